//! What is planned: one milestone, or a chain of them as a pattern of partnership usually goes. Pure.

use chrono::{Days, NaiveDate};
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use super::cases::AT_REST;
use super::entity::MilestoneType::{self, *};
use super::rules::hands;
use super::steps::PLANNERS;
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::partnerships::entity::{PartnershipStatus, Pattern};

/// Whether this actor may plan for a partnership that stands so.
///
/// # Errors
///
/// FORBIDDEN, INVALID_TRANSITION.
pub fn permit(
    actor: &Actor,
    action: &'static str,
    id: Uuid,
    partnership: PartnershipStatus,
) -> Result<Permit> {
    let permit = Permit::grant(actor, action, id, &PLANNERS, Level::Officer)?;
    if AT_REST.contains(&partnership) {
        let message = format!("nothing is planned for a partnership that is {}", partnership.to_value());
        return Err(Error::invalid_transition("partnership-status", message));
    }
    Ok(permit)
}

/// A chain is for a partnership without milestones.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_unplanned(milestones: usize) -> Result<()> {
    if milestones == 0 {
        return Ok(());
    }
    let message = "the partnership has milestones already: plan further ones one by one";
    Err(Error::invalid_transition("plan-exists", message))
}

/// What leads the partnership, by whose steward it is decided who reports and verifies.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn expect_lead<T>(lead: Option<T>) -> Result<T> {
    lead.ok_or_else(|| {
        let message = "the partnership has no lead partner, whose steward reports or verifies";
        Error::invalid_transition("lead-partner", message)
    })
}

/// The steps of a pattern by PP 7/2021, each with the days after the start by which it is due.
pub fn chain(pattern: Pattern) -> &'static [(MilestoneType, u64)] {
    match pattern {
        // The nucleus takes on its growers first, and coaches them from then on.
        Pattern::IntiPlasma => &[
            (NeedIdentification, 30),
            (Curation, 60),
            (CooperationAgreement, 90),
            (Coaching, 180),
            (Delivery, 270),
            (Payment, 300),
            (Review, 365),
        ],
        // What goes into a product has to pass its trial before it is ordered.
        Pattern::Subcontract | Pattern::SupplyChain => &[
            (NeedIdentification, 30),
            (Curation, 60),
            (Coaching, 120),
            (Certification, 180),
            (VendorRegistration, 210),
            (ProductTrial, 240),
            (TrialOrder, 270),
            (SupplyContract, 300),
            (Delivery, 360),
            (Payment, 390),
            (Review, 420),
        ],
        Pattern::Outsourcing => &[
            (NeedIdentification, 30),
            (Curation, 60),
            (VendorRegistration, 90),
            (SupplyContract, 120),
            (Delivery, 180),
            (Payment, 210),
            (Review, 365),
        ],
        Pattern::Franchise | Pattern::GeneralTrade | Pattern::DistributionAgency => &[
            (NeedIdentification, 30),
            (Curation, 60),
            (Coaching, 90),
            (CooperationAgreement, 120),
            (TrialOrder, 150),
            (Delivery, 210),
            (Payment, 240),
            (Review, 365),
        ],
        // A business that is run together has shares, and no deliveries.
        Pattern::ProfitSharing | Pattern::JointOperation | Pattern::JointVenture => &[
            (NeedIdentification, 30),
            (Curation, 60),
            (Coaching, 120),
            (CooperationAgreement, 180),
            (Review, 365),
        ],
    }
}

/// When a step of a chain is due.
pub fn due_on(start: NaiveDate, days: u64) -> NaiveDate {
    start.checked_add_days(Days::new(days)).unwrap_or(start)
}

/// The weights of so many steps: equal, and a hundred in all.
pub fn weight(count: usize, at: usize) -> i32 {
    let (count, at) = (count.max(1), at + 1);
    (100 * at / count - 100 * (at - 1) / count) as i32
}

/// Who reports and who verifies, where somebody is named who is to report: CURATION goes either way between BUMN and
/// KEMENKOPUKM, CERTIFICATION is reported by the BUMN or the steward. None where that seat does not report on such a one.
pub fn hands_by(
    kind: MilestoneType,
    steward: Role,
    technical: bool,
    reporter: Option<Role>,
) -> Option<(Role, Role)> {
    let usual = hands(kind, steward, technical);
    let Some(reporter) = reporter.filter(|reporter| *reporter != usual.0) else { return Some(usual) };
    match kind {
        Curation if reporter == Role::Kemenkopukm => Some((reporter, Role::Bumn)),
        Certification if reporter == steward => {
            let verifier = if usual.1 == steward { Role::Kemenbumn } else { usual.1 };
            Some((reporter, verifier))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable as _;

    #[test]
    fn each_pattern_has_a_chain_that_goes_forward() {
        for pattern in Pattern::iter() {
            let chain = chain(pattern);
            assert!(chain.is_sorted_by(|one, next| one.1 < next.1), "{pattern:?}");
            assert_eq!((chain[0].0, chain[chain.len() - 1].0), (NeedIdentification, Review));
            // Without one of these a partnership never becomes ACTIVE.
            assert!(chain.iter().any(|(kind, _)| matches!(kind, CooperationAgreement | SupplyContract)));
            let weights = (0..chain.len()).map(|at| weight(chain.len(), at)).collect::<Vec<_>>();
            assert_eq!(weights.iter().sum::<i32>(), 100, "{weights:?}");
        }
    }

    #[test]
    fn who_reports_can_be_chosen_where_the_table_leaves_it_open() {
        use Role::{Bumn, Kemenbumn, Kemenkopukm, Kemenperin};
        for (kind, steward, technical, reporter, expected) in [
            (Curation, Kemenperin, false, None, Some((Bumn, Kemenkopukm))),
            (Curation, Kemenperin, false, Some(Kemenkopukm), Some((Kemenkopukm, Bumn))),
            (Curation, Kemenperin, false, Some(Kemenperin), None),
            (Certification, Kemenkopukm, false, None, Some((Bumn, Kemenkopukm))),
            (Certification, Kemenkopukm, false, Some(Kemenkopukm), Some((Kemenkopukm, Kemenbumn))),
            (Certification, Kemenkopukm, true, Some(Kemenkopukm), Some((Kemenkopukm, Kemenperin))),
            (Certification, Kemenperin, true, Some(Kemenperin), Some((Kemenperin, Kemenbumn))),
            (Certification, Kemenperin, true, Some(Kemenkopukm), None),
            (Delivery, Kemenperin, false, Some(Bumn), Some((Bumn, Kemenperin))),
            (Delivery, Kemenperin, false, Some(Kemenperin), None),
            (Coaching, Kemenperin, false, Some(Kemenperin), Some((Kemenperin, Bumn))),
        ] {
            assert_eq!(hands_by(kind, steward, technical, reporter), expected, "{kind:?} {reporter:?}");
        }
        for kind in MilestoneType::iter() {
            for steward in [Kemenkopukm, Kemenperin] {
                for reporter in Role::ALL {
                    let hands = hands_by(kind, steward, false, Some(reporter));
                    assert!(hands.is_none_or(|(reports, verifies)| reports != verifies), "{kind:?}");
                }
            }
        }
    }
}

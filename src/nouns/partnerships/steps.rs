//! The status machine of partnerships, as data: what can be done to one, from where, by whom, and where it leads. The
//! decision by it is in `cases.rs`; `availableActions` tells of it, and the documentation prints it.

use std::fmt::Write as _;

use async_graphql::Enum;
use sea_orm::ActiveEnum as _;

use super::entity::PartnershipStatus::{self, *};
use crate::access::{Level, Role};

/// What can be done to a partnership: each is the mutation of that name.
///
/// Tindakan pada kemitraan: masing-masing adalah mutasi dengan nama itu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum PartnershipAction {
    /// Change what it is about, its batch, unit or lead partner (`partnershipUpdate`).
    ///
    /// Mengubah isi, angkatan, unit pelaksana, atau koordinatornya (`partnershipUpdate`).
    Update,
    /// Add a partner (`partnershipAddPartner`).
    ///
    /// Menambah mitra (`partnershipAddPartner`).
    AddPartner,
    /// Remove a partner that does not lead (`partnershipRemovePartner`).
    ///
    /// Mengeluarkan mitra yang bukan koordinator (`partnershipRemovePartner`).
    RemovePartner,
    /// Say what it could be worth (`partnershipSetPotentialValue`).
    ///
    /// Mengisi nilai potensialnya (`partnershipSetPotentialValue`).
    SetPotentialValue,
    /// Say what it is estimated to be worth (`partnershipSetEstimatedValue`).
    ///
    /// Mengisi nilai perkiraannya (`partnershipSetEstimatedValue`).
    SetEstimatedValue,
    /// Say what is contracted (`partnershipSetContractedValue`).
    ///
    /// Mengisi nilai kontraknya (`partnershipSetContractedValue`).
    SetContractedValue,
    /// Say by what another system knows it, or a milestone of it (`externalReferenceAdd`).
    ///
    /// Mencatat pengenalnya, atau pengenal tahapannya, pada sistem lain (`externalReferenceAdd`).
    AddExternalReference,
    /// Take such a reference away (`externalReferenceRemove`).
    ///
    /// Menghapus pengenal pada sistem lain (`externalReferenceRemove`).
    RemoveExternalReference,
    /// Take the proposal up for curation (`partnershipCurate`).
    ///
    /// Memulai kurasi (`partnershipCurate`).
    Curate,
    /// Let its preparation begin (`partnershipPrepare`).
    ///
    /// Memulai persiapan (`partnershipPrepare`).
    Prepare,
    /// Put it on trial (`partnershipStartTrial`).
    ///
    /// Memulai uji coba (`partnershipStartTrial`).
    StartTrial,
    /// Send it back from the trial to preparation (`partnershipReturnToPreparation`).
    ///
    /// Mengembalikan dari uji coba ke persiapan (`partnershipReturnToPreparation`).
    ReturnToPreparation,
    /// Activate it without a trial (`partnershipWaiveTrial`).
    ///
    /// Menjalankan tanpa uji coba (`partnershipWaiveTrial`).
    WaiveTrial,
    /// Activate it after its trial (`partnershipActivate`).
    ///
    /// Menjalankan setelah uji coba (`partnershipActivate`).
    Activate,
    /// Suspend it (`partnershipSuspend`).
    ///
    /// Menangguhkan (`partnershipSuspend`).
    Suspend,
    /// Let it go on (`partnershipResume`).
    ///
    /// Melanjutkan (`partnershipResume`).
    Resume,
    /// Complete it (`partnershipComplete`).
    ///
    /// Menyelesaikan (`partnershipComplete`).
    Complete,
    /// End it before its time (`partnershipTerminate`).
    ///
    /// Menghentikan sebelum waktunya (`partnershipTerminate`).
    Terminate,
    /// Reject the proposal (`partnershipReject`).
    ///
    /// Menolak usulan (`partnershipReject`).
    Reject,
    /// Propose a partnership that renews it (`partnershipRenew`).
    ///
    /// Mengusulkan perpanjangannya (`partnershipRenew`).
    Renew,
}

/// What a step asks for, beside who does it and where the partnership stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// A met COOPERATION_AGREEMENT or SUPPLY_CONTRACT.
    Agreement,
    /// No open milestone.
    NothingOpen,
    /// Fewer partners than the most.
    Room,
    /// A partner that does not lead.
    OtherPartner,
    /// A reference of it or of a milestone of it.
    Reference,
    /// No renewal that stands.
    NotRenewed,
}

/// One thing that can be done.
#[derive(Debug)]
pub struct Step {
    pub action: PartnershipAction,
    /// The mutation, and so the action in the journal.
    pub name: &'static str,
    pub from: &'static [PartnershipStatus],
    /// From where its BUMN can do it too: what it proposes is its own until it is curated.
    pub bumn_from: &'static [PartnershipStatus],
    /// Where it leads; none where the status stays.
    pub to: Option<PartnershipStatus>,
    /// APPROVER is asked for what binds the seat, OFFICER for what prepares.
    pub level: Level,
    pub reason: bool,
    pub asks: Option<Asks>,
}

impl Step {
    /// The seats whose it is.
    pub fn seats(&self) -> &'static [Role] {
        if self.bumn_from.is_empty() { &[Role::Kemenbumn] } else { &PROPOSERS }
    }
}

/// The most partners of one partnership.
pub const MOST_PARTNERS: usize = 50;

/// The seats that propose partnerships.
pub const PROPOSERS: [Role; 2] = [Role::Bumn, Role::Kemenbumn];

const PROPOSAL: &[PartnershipStatus] = &[Proposed, Curation];
const STANDING: &[PartnershipStatus] = &[Proposed, Curation, Preparation, Trial, Active, Suspended];
const ALL: &[PartnershipStatus] =
    &[Proposed, Curation, Preparation, Trial, Active, Suspended, Completed, Terminated, Rejected];
/// What is contracted is known once it is prepared, and may be told afterwards.
const CONTRACTING: &[PartnershipStatus] = &[Preparation, Trial, Active, Suspended, Completed];

/// What its BUMN does as well, all the time or while it is a proposal.
const fn own(
    action: PartnershipAction,
    name: &'static str,
    from: &'static [PartnershipStatus],
    bumn_from: &'static [PartnershipStatus],
) -> Step {
    Step { action, name, from, bumn_from, to: None, level: Level::Officer, reason: false, asks: None }
}

/// What KEMENBUMN decides.
const fn step(
    action: PartnershipAction,
    name: &'static str,
    from: &'static [PartnershipStatus],
    to: PartnershipStatus,
) -> Step {
    Step { to: Some(to), level: Level::Approver, ..own(action, name, from, &[]) }
}

use PartnershipAction as Do;

pub static STEPS: [Step; 20] = [
    own(Do::Update, "partnershipUpdate", STANDING, PROPOSAL),
    Step { asks: Some(Asks::Room), ..own(Do::AddPartner, "partnershipAddPartner", STANDING, PROPOSAL) },
    Step {
        asks: Some(Asks::OtherPartner),
        ..own(Do::RemovePartner, "partnershipRemovePartner", STANDING, PROPOSAL)
    },
    own(Do::SetPotentialValue, "partnershipSetPotentialValue", STANDING, STANDING),
    own(Do::SetEstimatedValue, "partnershipSetEstimatedValue", STANDING, STANDING),
    own(Do::SetContractedValue, "partnershipSetContractedValue", CONTRACTING, CONTRACTING),
    own(Do::AddExternalReference, "externalReferenceAdd", ALL, ALL),
    Step {
        asks: Some(Asks::Reference),
        ..own(Do::RemoveExternalReference, "externalReferenceRemove", ALL, ALL)
    },
    step(Do::Curate, "partnershipCurate", &[Proposed], Curation),
    step(Do::Prepare, "partnershipPrepare", &[Curation], Preparation),
    step(Do::StartTrial, "partnershipStartTrial", &[Preparation], Trial),
    Step {
        reason: true,
        ..step(Do::ReturnToPreparation, "partnershipReturnToPreparation", &[Trial], Preparation)
    },
    Step {
        reason: true,
        asks: Some(Asks::Agreement),
        ..step(Do::WaiveTrial, "partnershipWaiveTrial", &[Preparation], Active)
    },
    Step { asks: Some(Asks::Agreement), ..step(Do::Activate, "partnershipActivate", &[Trial], Active) },
    Step { reason: true, ..step(Do::Suspend, "partnershipSuspend", &[Active], Suspended) },
    // A verification may have been withdrawn meanwhile.
    Step { asks: Some(Asks::Agreement), ..step(Do::Resume, "partnershipResume", &[Suspended], Active) },
    Step { asks: Some(Asks::NothingOpen), ..step(Do::Complete, "partnershipComplete", &[Active], Completed) },
    Step {
        reason: true,
        ..step(Do::Terminate, "partnershipTerminate", &[Preparation, Trial, Active, Suspended], Terminated)
    },
    Step { reason: true, ..step(Do::Reject, "partnershipReject", PROPOSAL, Rejected) },
    Step {
        asks: Some(Asks::NotRenewed),
        ..own(Do::Renew, "partnershipRenew", &[Active, Completed], &[Active, Completed])
    },
];

/// The step of an action.
pub fn of(action: PartnershipAction) -> &'static Step {
    // In the order of the actions, which a test holds.
    &STEPS[action as usize]
}

/// The machine as the documentation has it: a diagram of the statuses, and all steps.
pub fn page() -> String {
    let mut page = "```mermaid\nstateDiagram-v2\n    [*] --> PROPOSED: partnershipPropose\n".to_owned();
    for step in &STEPS {
        for (from, to) in step.from.iter().flat_map(|from| step.to.map(|to| (from, to))) {
            // Writing into a string does not fail.
            _ = writeln!(page, "    {} --> {}: {}", from.to_value(), to.to_value(), step.name);
        }
    }
    page += "```\n\n| mutation | from | to | who | level | asks for |\n|---|---|---|---|---|---|\n";
    let names = |some: &[PartnershipStatus]| match some {
        ALL => "wherever it stands".to_owned(),
        some => some.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", "),
    };
    for step in &STEPS {
        let asks = step.asks.map(|asks| match asks {
            Asks::Agreement => "a MET COOPERATION_AGREEMENT or SUPPLY_CONTRACT",
            Asks::NothingOpen => "no open milestone",
            Asks::Room => "fewer than 50 partners",
            Asks::OtherPartner => "a partner that does not lead",
            Asks::Reference => "a reference of it or of a milestone of it",
            Asks::NotRenewed => "no renewal of it that stands",
        });
        let asks = step.reason.then_some("a reason").into_iter().chain(asks).collect::<Vec<_>>().join("; ");
        let who = match step.bumn_from {
            [] => "KEMENBUMN".to_owned(),
            some if some == step.from => "BUMN or KEMENBUMN".to_owned(),
            some => format!("KEMENBUMN; BUMN while {}", names(some)),
        };
        let to = step.to.map_or("–".to_owned(), |to| to.to_value());
        let (from, level) = (names(step.from), step.level.as_str());
        _ = writeln!(page, "| `{}` | {from} | {to} | {who} | {level} | {asks} |", step.name);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType as _;
    use sea_orm::Iterable as _;

    #[test]
    fn each_action_has_its_step() {
        assert_eq!(PartnershipAction::items().len(), STEPS.len());
        for item in PartnershipAction::items() {
            let step = of(item.value);
            assert_eq!(step.action, item.value);
            let words = item.name.replace('_', "");
            let own = step.name.strip_prefix("partnership").map(str::to_uppercase);
            let reference =
                words.strip_suffix("EXTERNALREFERENCE").map(|verb| format!("EXTERNALREFERENCE{verb}"));
            assert_eq!(own.unwrap_or_else(|| step.name.to_uppercase()), reference.unwrap_or(words));
        }
    }

    #[test]
    fn the_machine_is_that_of_the_design() {
        let mut arrows = Vec::new();
        for step in &STEPS {
            arrows.extend(step.from.iter().filter_map(|from| Some((*from, step.to?))));
            // What its BUMN may do is never more than what can be done.
            assert!(step.bumn_from.iter().all(|from| step.from.contains(from)), "{}", step.name);
            // Every step of the machine is KEMENBUMN's, and an approver's.
            if step.to.is_some() {
                assert_eq!((step.seats(), step.level), (&[Role::Kemenbumn][..], Level::Approver));
            }
        }
        let expected = [
            (Proposed, Curation),
            (Curation, Preparation),
            (Preparation, Trial),
            (Trial, Preparation),
            (Preparation, Active),
            (Trial, Active),
            (Active, Suspended),
            (Suspended, Active),
            (Active, Completed),
            (Preparation, Terminated),
            (Trial, Terminated),
            (Active, Terminated),
            (Suspended, Terminated),
            (Proposed, Rejected),
            (Curation, Rejected),
        ];
        assert_eq!(arrows, expected);
        // What ended stays ended, whatever is said of it.
        for ended in
            PartnershipStatus::iter().filter(|status| matches!(status, Completed | Terminated | Rejected))
        {
            assert!(arrows.iter().all(|(from, _)| *from != ended));
        }
        for step in STEPS.iter().filter(|step| matches!(step.to, Some(Rejected | Suspended | Terminated))) {
            assert!(step.reason, "{}", step.name);
        }
        for step in STEPS.iter().filter(|step| step.to == Some(Active)) {
            assert_eq!(step.asks, Some(Asks::Agreement), "{}", step.name);
        }
    }

    #[test]
    fn the_page_is_the_machine() {
        let page = std::fs::read_to_string("docs/workflows.md").unwrap();
        assert!(page.contains(&super::page()), "docs/workflows.md lacks this:\n\n{}", super::page());
    }
}

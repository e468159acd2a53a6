//! Partnerships and their milestones, as they stand on the day on which they are taken over.

use chrono::{Days, NaiveDate};

use super::parties::PRODUCTS;
use super::{Rows, Size, World, as_of};
use crate::access::Role;
use crate::error::Result;
use crate::nouns::milestones::entity::MilestoneType::{self, *};
use crate::nouns::milestones::entity::{MilestoneStatus, milestone, milestone_dependency};
use crate::nouns::milestones::rules::hands;
use crate::nouns::partners::entity::{Scale, partner};
use crate::nouns::partnerships::entity::{
    Channel, PartnershipStatus, Pattern, SupplyDirection, partnership, partnership_partner,
};
use crate::nouns::partnerships::rules::public_id;
use crate::seed::{at, signing_day};
use crate::types::Money;

/// What a partnership goes through. An agreement or a contract is among the seventh or earlier ones.
const PATHS: [[MilestoneType; 10]; 4] = [
    [
        NeedIdentification,
        Curation,
        Coaching,
        Certification,
        VendorRegistration,
        ProductTrial,
        CooperationAgreement,
        Delivery,
        Payment,
        Review,
    ],
    [
        NeedIdentification,
        Curation,
        Certification,
        VendorRegistration,
        TrialOrder,
        SupplyContract,
        Delivery,
        Payment,
        Review,
        Renewal,
    ],
    [
        NeedIdentification,
        Curation,
        Coaching,
        ProductTrial,
        TrialOrder,
        CooperationAgreement,
        SupplyContract,
        Delivery,
        Payment,
        Review,
    ],
    [
        NeedIdentification,
        Curation,
        VendorRegistration,
        ProductTrial,
        TrialOrder,
        SupplyContract,
        Delivery,
        Payment,
        Delivery,
        Payment,
    ],
];

/// How far a partnership has come, and when.
pub struct Course {
    pub place: usize,
    /// The place of its BUMN.
    pub bumn: usize,
    pub status: PartnershipStatus,
    path: [MilestoneType; 10],
    /// Milestones that are behind it.
    done: usize,
    pub proposed_on: NaiveDate,
    /// The day of its last step.
    pub until: NaiveDate,
}

impl Course {
    /// Whether it has ever been active, so that there are figures of it.
    pub fn has_figures(&self) -> bool {
        use PartnershipStatus as S;
        matches!(self.status, S::Active | S::Suspended | S::Completed | S::Terminated)
    }

    /// Whether nothing more will be done.
    pub fn has_ended(&self) -> bool {
        use PartnershipStatus as S;
        matches!(self.status, S::Completed | S::Terminated | S::Rejected)
    }
}

impl World {
    pub(super) fn partnership(&mut self, size: Size, place: usize, rows: &mut Rows) -> Result<()> {
        let course = self.course(size, place);
        let partners = self.partners_of(size, place);
        let row = self.partnership_row(&course, partners[0]);
        for (at, partner) in partners.iter().enumerate() {
            rows.partners.push(partnership_partner::Model {
                id: self.seed.clock.new_id(),
                version: 1,
                partnership: row.id,
                organisation: row.organisation,
                partner: self.partners[*partner].id,
                lead: at == 0,
                joined_on: course.proposed_on,
            });
        }
        let first = rows.milestones.len();
        self.milestones(&course, &row, self.partners[partners[0]].steward, rows)?;
        let milestones = rows.milestones[first..].to_vec();
        self.around(&course, &row, &milestones, rows)?;
        self.outcomes(&course, &row, rows)?;
        if course.status == PartnershipStatus::Completed {
            self.ended[course.bumn] = Some(row.id);
        }
        rows.partnerships.push(row);
        Ok(())
    }

    fn course(&mut self, size: Size, place: usize) -> Course {
        use PartnershipStatus as S;
        let dice = &mut self.dice;
        // Each has one; after that some have many.
        let bumn = if place < size.bumn { place } else { dice.index(size.bumn).min(dice.index(size.bumn)) };
        let status = match dice.below(100) {
            0..4 => S::Proposed,
            4..10 => S::Curation,
            10..18 => S::Preparation,
            18..28 => S::Trial,
            28..80 => S::Active,
            80..85 => S::Suspended,
            85..94 => S::Completed,
            94..97 => S::Terminated,
            _ => S::Rejected,
        };
        let path = dice.pick(PATHS);
        let agreed = path
            .iter()
            .position(|kind| matches!(kind, CooperationAgreement | SupplyContract))
            .map_or(path.len(), |at| at + 1);
        let done = match status {
            S::Proposed => 0,
            S::Curation | S::Rejected => 1,
            S::Preparation => 3,
            S::Trial => 4,
            S::Completed => path.len(),
            _ => agreed + dice.index(path.len() - agreed),
        };
        let (age, rest) = match status {
            S::Active | S::Suspended => (dice.between(300, 1_650), dice.between(10, 40)),
            S::Completed | S::Terminated | S::Rejected => (dice.between(420, 1_700), dice.between(30, 200)),
            _ => (dice.between(60, 500), dice.between(20, 50)),
        };
        let ago = |days: u32| as_of() - Days::new(days.into());
        let (proposed_on, until) = (ago(age).max(signing_day()), ago(rest));
        Course { place, bumn, status, path, done, proposed_on, until }
    }

    /// The places of its partners, each of which is in one partnership at least.
    fn partners_of(&mut self, size: Size, place: usize) -> Vec<usize> {
        let mut partners = vec![place % size.partners];
        partners.extend((place + size.partnerships..size.partners).step_by(size.partnerships));
        let another = self.dice.index(size.partners);
        if self.dice.percent(20) && !partners.contains(&another) {
            partners.push(another);
        }
        partners
    }

    fn partnership_row(&mut self, course: &Course, lead: usize) -> partnership::Model {
        use PartnershipStatus as S;
        let (id, lead) = (self.seed.clock.new_id(), &self.partners[lead]);
        let dice = &mut self.dice;
        let (product, worth) = (product_of(lead), worth_of(lead.scale));
        let estimated = i64::from(dice.between(worth / 5, worth)) * 1_000_000;
        let contracted = course.has_figures().then(|| estimated / 100 * i64::from(dice.between(80, 105)));
        let units =
            self.units.iter().filter(|(of, _)| *of == course.bumn).map(|(_, unit)| *unit).collect::<Vec<_>>();
        let unit = if !units.is_empty() && dice.percent(30) {
            units.get(dice.index(units.len())).copied()
        } else {
            None
        };
        let renewed = self.ended[course.bumn].filter(|_| dice.percent(4));
        let reason = match course.status {
            S::Suspended => Some("Data contoh: pengiriman tahap berjalan tidak tercapai"),
            S::Terminated => Some("Data contoh: mitra mengundurkan diri"),
            S::Rejected => Some("Data contoh: syarat kurasi tidak terpenuhi"),
            _ => None,
        };
        let potential = dice.percent(30).then_some(Money(estimated / 10 * 14));
        partnership::Model {
            id,
            version: 1,
            organisation: self.bumn[course.bumn].id,
            executing_unit: unit,
            memorandum: self.memorandum,
            renewal_of: renewed,
            title: format!("Contoh kemitraan {product} {:05} (data contoh)", course.place + 1),
            products: format!("Contoh: {product}"),
            pattern: dice.pick([
                Pattern::IntiPlasma,
                Pattern::Subcontract,
                Pattern::Franchise,
                Pattern::GeneralTrade,
                Pattern::DistributionAgency,
                Pattern::SupplyChain,
                Pattern::SupplyChain,
                Pattern::ProfitSharing,
                Pattern::JointOperation,
                Pattern::JointVenture,
                Pattern::Outsourcing,
            ]),
            channel: dice.pick([
                Channel::LinkAndMatch,
                Channel::LargeIndustryAndBumn,
                Channel::Marketplace,
                Channel::GovernmentProcurement,
                Channel::BumnProcurement,
                Channel::BumnProcurement,
            ]),
            supply_direction: if dice.percent(85) {
                SupplyDirection::PartnerToBumn
            } else {
                SupplyDirection::BumnToPartner
            },
            batch: format!("CONTOH_{}", course.proposed_on.format("%Y")),
            status: course.status,
            status_reason: reason.map(str::to_owned),
            status_since: at(course.until, 15),
            potential_value: potential,
            potential_source: potential.map(|_| "Data contoh: kajian BUMN".to_owned()),
            potential_on: potential.map(|_| course.proposed_on),
            estimated_value: Some(Money(estimated)),
            estimated_source: Some("Data contoh: perkiraan saat pengusulan".to_owned()),
            estimated_on: Some(course.proposed_on),
            contracted_value: contracted.map(Money),
            contracted_source: contracted.map(|_| "Data contoh: nilai perjanjian".to_owned()),
            contracted_on: contracted.map(|_| course.until),
            public_id: public_id(id),
        }
    }

    fn milestones(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        steward: Role,
        rows: &mut Rows,
    ) -> Result<()> {
        let mut before = None;
        for (kind, place) in course.path.into_iter().zip(0..) {
            let row = self.milestone(course, of, steward, kind, place)?;
            // Coaching and certification go beside the others.
            if let Some(depends_on) = before
                && !matches!(kind, Coaching | Certification)
            {
                rows.dependencies.push(milestone_dependency::Model {
                    id: self.seed.clock.new_id(),
                    version: 1,
                    partnership: of.id,
                    organisation: of.organisation,
                    milestone: row.id,
                    depends_on,
                });
            }
            before = Some(row.id);
            rows.milestones.push(row);
        }
        Ok(())
    }

    fn milestone(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        steward: Role,
        kind: MilestoneType,
        place: usize,
    ) -> Result<milestone::Model> {
        use MilestoneStatus as S;
        let technical = kind == Certification && steward == Role::Kemenperin;
        let (reporter, verifier) = hands(kind, steward, technical);
        let status = self.milestone_status(course, kind, place);
        let dice = &mut self.dice;
        let worked = u64::try_from((course.until - course.proposed_on).num_days()).unwrap_or(0);
        let due_on = if place < course.done {
            course.proposed_on + Days::new(worked * (place as u64 + 1) / (course.done as u64 + 1))
        } else {
            course.until + Days::new((place - course.done) as u64 * 45 + u64::from(dice.between(0, 60)))
        };
        let is_reported = matches!(status, S::Submitted | S::Returned | S::Met | S::PartiallyMet | S::NotMet);
        let is_verified = matches!(status, S::Met | S::PartiallyMet | S::NotMet);
        let days = |many: u32| Days::new(many.into());
        let occurred_on = (due_on - days(10) + days(dice.below(25))).min(as_of() - days(20));
        let recorded_on = occurred_on + days(dice.between(1, 9));
        let verified_on = recorded_on + days(dice.between(1, 9));
        let started_on = course.proposed_on.max((due_on - days(40)).min(as_of() - days(15)));
        let (recorded_at, verified_at) = (at(recorded_on, 10), at(verified_on, 14));
        let since = match status {
            S::Scheduled => at(course.proposed_on, 9),
            S::InProgress => at(started_on, 9),
            S::Submitted => recorded_at,
            S::Cancelled => at(course.until, 11),
            _ => verified_at,
        };
        let reason = match status {
            S::Returned => Some("Data contoh: lampiran laporan belum lengkap"),
            S::Cancelled => Some("Data contoh: tahapan tidak diperlukan lagi"),
            _ => None,
        };
        let (by, checked_by) = (self.hand(reporter, course.bumn)?, self.hand(verifier, course.bumn)?);
        Ok(milestone::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partnership: of.id,
            organisation: of.organisation,
            clause: self.seed.clause(kind),
            position: i32::try_from(place + 1).unwrap_or(i32::MAX),
            kind,
            title: title(kind).to_owned(),
            weight: 10,
            reporter,
            verifier,
            first_due_on: due_on,
            due_on,
            reschedules: 0,
            status,
            status_reason: reason.map(str::to_owned),
            status_since: since,
            occurred_on: is_reported.then_some(occurred_on),
            recorded_at: is_reported.then_some(recorded_at),
            report: is_reported.then(|| format!("Data contoh: {} selesai dilaksanakan", title(kind))),
            reported_by: is_reported.then(|| by.id.clone()),
            reporter_organisation: by.organisation_id().filter(|_| is_reported),
            verified_at: is_verified.then_some(verified_at),
            verified_by: is_verified.then(|| checked_by.id.clone()),
            verifier_organisation: checked_by.organisation_id().filter(|_| is_verified),
        })
    }

    fn milestone_status(&mut self, course: &Course, kind: MilestoneType, place: usize) -> MilestoneStatus {
        use MilestoneStatus as S;
        let is_agreement = matches!(kind, CooperationAgreement | SupplyContract);
        match place.checked_sub(course.done) {
            None if is_agreement => S::Met,
            None => match self.dice.below(100) {
                0..84 => S::Met,
                84..92 => S::PartiallyMet,
                92..97 => S::NotMet,
                _ => S::Cancelled,
            },
            Some(_) if course.has_ended() => S::Cancelled,
            Some(0) => {
                self.dice.pick([S::InProgress, S::InProgress, S::Submitted, S::Submitted, S::Returned])
            }
            Some(1) => self.dice.pick([S::Scheduled, S::InProgress]),
            Some(_) => S::Scheduled,
        }
    }
}

fn product_of(partner: &partner::Model) -> &'static str {
    let known = PRODUCTS.iter().find(|(_, kbli, _)| partner.kbli.as_deref() == Some(*kbli));
    known.map_or("jasa", |(product, _, _)| *product)
}

/// What its partnerships are worth at most, in millions of rupiah.
fn worth_of(scale: Scale) -> u32 {
    match scale {
        Scale::Micro => 1_500,
        Scale::Small => 8_000,
        Scale::Medium => 40_000,
    }
}

fn title(kind: MilestoneType) -> &'static str {
    match kind {
        NeedIdentification => "Identifikasi kebutuhan",
        Curation => "Kurasi mitra",
        Coaching => "Pembinaan dan pendampingan mitra",
        Certification => "Sertifikasi produk",
        VendorRegistration => "Pendaftaran vendor",
        ProductTrial => "Uji coba produk",
        TrialOrder => "Pesanan percobaan",
        CooperationAgreement => "Perjanjian kerja sama",
        SupplyContract => "Kontrak pasokan",
        Delivery => "Pengiriman tahap berjalan",
        Payment => "Pembayaran tahap berjalan",
        Review => "Monitoring dan evaluasi tahunan",
        Renewal => "Perpanjangan perjanjian",
    }
}

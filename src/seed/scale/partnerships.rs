//! Partnerships, as they stand on the day on which they are taken over.

use chrono::{Days, NaiveDate};

use super::parties::PRODUCTS;
use super::{Rows, Size, World, as_of};
use crate::error::Result;
use crate::nouns::milestones::entity::MilestoneType::{self, *};
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

/// What is usual stands twice.
const PATTERNS: [Pattern; 11] = [
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
];

const CHANNELS: [Channel; 6] = [
    Channel::LinkAndMatch,
    Channel::LargeIndustryAndBumn,
    Channel::Marketplace,
    Channel::GovernmentProcurement,
    Channel::BumnProcurement,
    Channel::BumnProcurement,
];

/// How far a partnership has come, and when.
pub struct Course {
    pub place: usize,
    /// The place of its BUMN.
    pub bumn: usize,
    pub status: PartnershipStatus,
    pub path: [MilestoneType; 10],
    /// Milestones that are behind it.
    pub done: usize,
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
        if place.is_multiple_of(20) {
            self.doubted.push((course.bumn, partners[0]));
        }
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
            pattern: dice.pick(PATTERNS),
            channel: dice.pick(CHANNELS),
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

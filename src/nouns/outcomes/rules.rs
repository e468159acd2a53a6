//! What each indicator measures, and who verifies it. Pure.

use async_graphql::Enum;
use uuid::Uuid;

use super::entity::{Indicator, OutcomeStatus, outcome};
use crate::access::Role;
use crate::nouns::memoranda::entity::Objective;
use crate::nouns::partnerships::entity::partnership;
use crate::types::Timestamp;

/// An outcome of which nothing was said yet: of version 0.
pub fn unsaid(
    (partnership, indicator, quarter): (&partnership::Model, Indicator, &str),
    id: Uuid,
    now: Timestamp,
) -> outcome::Model {
    outcome::Model {
        id,
        version: 0,
        partnership: partnership.id,
        organisation: partnership.organisation,
        indicator,
        quarter: quarter.to_owned(),
        target: None,
        actual: None,
        revised: None,
        revisions: 0,
        status: OutcomeStatus::Draft,
        status_reason: None,
        status_since: now,
        reported_at: None,
        reported_by: None,
        reporter_organisation: None,
        verified_at: None,
        verified_by: None,
        verifier_organisation: None,
    }
}

/// The unit of an indicator's figures.
///
/// Satuan suatu indikator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Unit {
    /// Rupiah.
    ///
    /// Rupiah.
    Rupiah,
    /// People.
    ///
    /// Orang.
    People,
    /// Percent, 0 to 100.
    ///
    /// Persen, 0 sampai 100.
    Percent,
    /// Days.
    ///
    /// Hari.
    Days,
}

/// How the figures of several outcomes make one.
///
/// Cara menggabungkan beberapa capaian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Aggregation {
    /// Summed over partnerships and quarters.
    ///
    /// Dijumlahkan antarkemitraan dan antartriwulan.
    Sum,
    /// Summed over partnerships at the end of one quarter, never over quarters.
    ///
    /// Dijumlahkan antarkemitraan pada akhir satu triwulan, tidak antartriwulan.
    EndOfPeriod,
    /// The mean, weighted by the transaction value of the same partnership and quarter.
    ///
    /// Rata-rata tertimbang nilai transaksi kemitraan pada triwulan yang sama.
    WeightedByValue,
}

impl Indicator {
    /// All of them, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        <Self as sea_orm::Iterable>::iter()
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::TransactionValue
            | Self::ExportValue
            | Self::ImportSubstitutionValue
            | Self::ValueAdded
            | Self::InvestmentValue => Unit::Rupiah,
            Self::Employment => Unit::People,
            Self::LocalContent | Self::OnTimeDelivery => Unit::Percent,
            Self::PaymentDays => Unit::Days,
        }
    }

    /// The objective of the memorandum that it serves; none where it serves the partnership's own order.
    pub fn objective(self) -> Option<Objective> {
        match self {
            Self::ExportValue => Some(Objective::Exports),
            Self::ImportSubstitutionValue => Some(Objective::ImportSubstitution),
            Self::ValueAdded => Some(Objective::ValueAdded),
            Self::InvestmentValue => Some(Objective::Investment),
            Self::Employment => Some(Objective::Employment),
            Self::LocalContent | Self::OnTimeDelivery => Some(Objective::Competitiveness),
            Self::TransactionValue | Self::PaymentDays => None,
        }
    }

    pub fn aggregation(self) -> Aggregation {
        match self.unit() {
            Unit::Rupiah => Aggregation::Sum,
            Unit::People => Aggregation::EndOfPeriod,
            Unit::Percent | Unit::Days => Aggregation::WeightedByValue,
        }
    }

    /// The seat that verifies it.
    pub fn verifier(self) -> Role {
        match self {
            Self::TransactionValue | Self::InvestmentValue | Self::OnTimeDelivery | Self::PaymentDays => {
                Role::Kemenbumn
            }
            Self::ExportValue | Self::ImportSubstitutionValue | Self::ValueAdded | Self::LocalContent => {
                Role::Kemenperin
            }
            Self::Employment => Role::Kemenkopukm,
        }
    }
}

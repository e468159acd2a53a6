//! The SQL of evidence.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::EvidenceKind;
use super::entity::evidence::{self, Column, Entity};
use crate::access::page::Order;
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};

impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(Column::Organisation)
    }
}

/// Which pieces of evidence; all that is given must hold.
///
/// Bukti mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct EvidenceFilter {
    /// Of one of these partnerships (their ids).
    ///
    /// Dari salah satu kemitraan ini (id).
    pub partnership: Option<Vec<ID>>,
    /// Of one of these BUMN (their ids).
    ///
    /// Milik salah satu BUMN ini (id).
    pub organisation: Option<Vec<ID>>,
    /// Of one of these milestones (their ids).
    ///
    /// Dari salah satu tahapan ini (id).
    pub milestone: Option<Vec<ID>>,
    /// Of one of these kinds.
    ///
    /// Dari salah satu jenis ini.
    pub kind: Option<Vec<EvidenceKind>>,
    /// With exactly one of these numbers.
    ///
    /// Dengan tepat salah satu nomor ini.
    pub number: Option<Vec<String>>,
    /// With exactly one of these hashes of its bytes (64 hexadecimal digits).
    ///
    /// Dengan tepat salah satu hash SHA-256 ini (64 digit heksadesimal).
    pub sha256: Option<Vec<String>>,
    /// Withdrawn, or standing.
    ///
    /// Ditarik, atau masih berlaku.
    pub withdrawn: Option<bool>,
}

impl EvidenceFilter {
    pub fn condition(&self) -> Result<Condition> {
        let partnerships =
            ids::parse_all(Noun::Partnership, "filter.partnership", self.partnership.as_deref())?;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let milestones = ids::parse_all(Noun::Milestone, "filter.milestone", self.milestone.as_deref())?;
        let withdrawn = |withdrawn: bool| {
            if withdrawn { Column::WithdrawnAt.is_not_null() } else { Column::WithdrawnAt.is_null() }
        };
        Ok(Condition::all()
            .add_option(partnerships.map(|some| Column::Partnership.is_in(some)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(milestones.map(|some| Column::Milestone.is_in(some)))
            .add_option(self.kind.as_ref().map(|some| Column::Kind.is_in(some.iter().copied())))
            .add_option(self.number.as_ref().map(|some| Column::Number.is_in(some)))
            .add_option(self.sha256.as_ref().map(|some| Column::Sha256.is_in(some)))
            .add_option(self.withdrawn.map(withdrawn)))
    }
}

/// What evidence can be ordered by.
///
/// Urutan bukti.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum EvidenceOrderField {
    /// By the time at which it was attached.
    ///
    /// Menurut waktu dilampirkan.
    AttachedAt,
}

pub fn order(field: EvidenceOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        EvidenceOrderField::AttachedAt => ("ATTACHED_AT", Column::AttachedAt),
    };
    Order { name, column, descending }
}

/// The standing evidence of a milestone, in the order in which it was attached.
pub async fn of_milestone(view: &View, milestone: Uuid) -> Result<Vec<evidence::Model>> {
    let own = Entity::find().filter(Column::Milestone.eq(milestone)).filter(Column::WithdrawnAt.is_null());
    view.all(own.order_by_asc(Column::Id)).await
}

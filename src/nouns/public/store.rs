//! The SQL of what is public between the parties.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::{public_nib, public_partner, public_partnership};
use crate::access::page::Order;
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::partnerships::entity::PartnershipStatus;

impl Scope for public_partnership::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

impl Scope for public_partner::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

impl Scope for public_nib::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

/// Which partnerships, by what they show of themselves; all that is given must hold.
///
/// Kemitraan mana, menurut keterangan umumnya; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PublicPartnershipFilter {
    /// Of one of these BUMN (their ids).
    ///
    /// Milik salah satu BUMN ini (id).
    pub organisation: Option<Vec<ID>>,
    /// In one of these statuses.
    ///
    /// Dalam salah satu status ini.
    pub status: Option<Vec<PartnershipStatus>>,
}

impl PublicPartnershipFilter {
    pub fn condition(&self) -> Result<Condition> {
        use public_partnership::Column;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        Ok(Condition::all()
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(self.status.as_ref().map(|some| Column::Status.is_in(some.iter().copied()))))
    }
}

/// What partnerships can be ordered by, of what they show of themselves.
///
/// Urutan kemitraan menurut keterangan umumnya.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PublicPartnershipOrderField {
    /// By title, capital letters first.
    ///
    /// Menurut judul, huruf besar lebih dahulu.
    Title,
}

pub fn order(field: PublicPartnershipOrderField, descending: bool) -> Order<public_partnership::Entity> {
    let (name, column) = match field {
        PublicPartnershipOrderField::Title => ("TITLE", public_partnership::Column::Title),
    };
    Order { name, column, descending }
}

/// The names of the partners that show theirs, of these partnerships (their public ids), by name.
pub async fn partners(view: &View, partnerships: &[Uuid]) -> Result<Vec<public_partner::Model>> {
    use public_partner::Column;
    let select = public_partner::Entity::find().filter(view.is_in(Column::Partnership, partnerships));
    view.all(select.order_by_asc(Column::Name)).await
}

/// The name of the partner with exactly this business number.
pub async fn name_by_nib(view: &View, nib: &str) -> Result<Option<String>> {
    let found = view.all(public_nib::Entity::find().filter(public_nib::Column::Nib.eq(nib))).await?;
    Ok(found.into_iter().next().map(|row| row.name))
}

//! The SQL of clauses.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};

use super::entity::clause::{Column, Entity};
use crate::access::page::Order;
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::milestones::entity::milestone;

/// Every party may see every clause.
impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

/// Which clauses; all that is given must hold.
///
/// Pasal mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ClauseFilter {
    /// Of one of these memoranda (their ids).
    ///
    /// Dari salah satu nota kesepahaman ini (id).
    pub memorandum: Option<Vec<ID>>,
    /// With a milestone that you can see, or without any.
    ///
    /// Dengan tahapan yang dapat Anda lihat, atau tanpa satu pun.
    pub has_milestone: Option<bool>,
}

impl ClauseFilter {
    pub fn condition(&self, view: &View) -> Result<Condition> {
        let memoranda = ids::parse_all(Noun::Memorandum, "filter.memorandum", self.memorandum.as_deref())?;
        Ok(Condition::all()
            .add_option(memoranda.map(|some| Column::Memorandum.is_in(some)))
            .add_option(self.has_milestone.map(|has| with_milestone(view, has))))
    }
}

/// What clauses can be ordered by.
///
/// Urutan pasal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ClauseOrderField {
    /// By their order in the memorandum.
    ///
    /// Menurut urutannya dalam nota kesepahaman.
    Position,
}

pub fn order(field: ClauseOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        ClauseOrderField::Position => ("POSITION", Column::Position),
    };
    Order { name, column, descending }
}

/// A milestone out of reach tells nothing: not even that its clause has one.
fn with_milestone(view: &View, has: bool) -> Condition {
    let clauses = milestone::Entity::find()
        .select_only()
        .column(milestone::Column::Clause)
        .filter(milestone::Column::Clause.is_not_null())
        .filter(milestone::Entity::narrow(view.reach()))
        .into_query();
    let condition = if has { Column::Id.in_subquery(clauses) } else { Column::Id.not_in_subquery(clauses) };
    Condition::all().add(condition)
}

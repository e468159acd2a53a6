//! The SQL of outcomes' revisions.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};

use crate::access::page::Order;
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::outcomes::entity::outcome_revision::{Column, Entity};
use crate::nouns::outcomes::entity::{Indicator, OutcomeStatus, outcome};
use crate::nouns::outcomes::store::quarter;

/// Which revisions; all that is given must hold.
///
/// Revisi mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct OutcomeRevisionFilter {
    /// Of one of these partnerships (their ids).
    ///
    /// Dari salah satu kemitraan ini (id).
    pub partnership: Option<Vec<ID>>,
    /// Of one of these BUMN (their ids).
    ///
    /// Milik salah satu BUMN ini (id).
    pub organisation: Option<Vec<ID>>,
    /// Of this quarter: `2021-Q3`.
    ///
    /// Pada triwulan ini: `2021-Q3`.
    pub quarter: Option<String>,
    /// By one of these indicators.
    ///
    /// Menurut salah satu indikator ini.
    pub indicator: Option<Vec<Indicator>>,
    /// In one of these statuses.
    ///
    /// Dalam salah satu status ini.
    pub status: Option<Vec<OutcomeStatus>>,
}

impl OutcomeRevisionFilter {
    pub fn condition(&self) -> Result<Condition> {
        let partnerships =
            ids::parse_all(Noun::Partnership, "filter.partnership", self.partnership.as_deref())?;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let quarter = quarter("filter.quarter", self.quarter.as_deref())?;
        let indicators = self.indicator.as_ref();
        let outcomes = (quarter.is_some() || indicators.is_some()).then(|| {
            // Its outcome is the same partnership's, and so within the same reach.
            let outcomes = outcome::Entity::find().select_only().column(outcome::Column::Id).filter(
                Condition::all()
                    .add_option(quarter.map(|code| outcome::Column::Quarter.eq(code)))
                    .add_option(
                        indicators.map(|some| outcome::Column::Indicator.is_in(some.iter().copied())),
                    ),
            );
            Column::Outcome.in_subquery(outcomes.into_query())
        });
        Ok(Condition::all()
            .add_option(partnerships.map(|some| Column::Partnership.is_in(some)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(outcomes)
            .add_option(self.status.as_ref().map(|some| Column::Status.is_in(some.iter().copied()))))
    }
}

/// What revisions can be ordered by.
///
/// Urutan revisi.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OutcomeRevisionOrderField {
    /// By the time at which it was reported.
    ///
    /// Menurut waktu dilaporkan.
    ReportedAt,
}

pub fn order(field: OutcomeRevisionOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        OutcomeRevisionOrderField::ReportedAt => ("REPORTED_AT", Column::ReportedAt),
    };
    Order { name, column, descending }
}

//! The SQL of outcomes.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::{Indicator, OutcomeStatus, outcome, outcome_revision};
use crate::access::page::Order;
use crate::access::{Reach, Scope, View};
use crate::error::{Error, Result};
use crate::nouns::ids::{self, Noun};
use crate::nouns::journal::store::changed_after;
use crate::nouns::partnerships::store::executed_by;
use crate::nouns::tallies::entity::tally_outcome;
use crate::nouns::tallies::store::between;
use crate::types::{Quarter, Timestamp};

impl Scope for outcome::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(outcome::Column::Organisation)
    }
}

impl Scope for outcome_revision::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(outcome_revision::Column::Organisation)
    }
}

/// Which outcomes; all that is given must hold.
///
/// Capaian mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct OutcomeFilter {
    /// Of one of these partnerships (their ids).
    ///
    /// Dari salah satu kemitraan ini (id).
    pub partnership: Option<Vec<ID>>,
    /// Of one of these BUMN (their ids).
    ///
    /// Milik salah satu BUMN ini (id).
    pub organisation: Option<Vec<ID>>,
    /// Of partnerships that one of these units executes (their ids).
    ///
    /// Dari kemitraan yang dilaksanakan salah satu unit ini (id).
    pub executing_unit: Option<Vec<ID>>,
    /// By one of these indicators.
    ///
    /// Menurut salah satu indikator ini.
    pub indicator: Option<Vec<Indicator>>,
    /// In one of these statuses.
    ///
    /// Dalam salah satu status ini.
    pub status: Option<Vec<OutcomeStatus>>,
    /// For this quarter or later: `2021-Q3`.
    ///
    /// Untuk triwulan ini atau sesudahnya: `2021-Q3`.
    pub quarter_from: Option<String>,
    /// For this quarter or earlier: `2021-Q3`.
    ///
    /// Untuk triwulan ini atau sebelumnya: `2021-Q3`.
    pub quarter_until: Option<String>,
    /// Whether a figure has been revised after its quarter was locked.
    ///
    /// Apakah angkanya direvisi setelah triwulan dikunci.
    pub revised: Option<bool>,
    /// Changed after this moment, by the journal's time: the outcome itself, not what hangs on it.
    ///
    /// Berubah setelah waktu ini menurut jurnal: capaian itu sendiri, bukan rinciannya.
    pub changed_after: Option<Timestamp>,
}

impl OutcomeFilter {
    pub fn condition(&self) -> Result<Condition> {
        use outcome::Column;
        let partnerships =
            ids::parse_all(Noun::Partnership, "filter.partnership", self.partnership.as_deref())?;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let units =
            ids::parse_all(Noun::Organisation, "filter.executingUnit", self.executing_unit.as_deref())?;
        let from = quarter("filter.quarterFrom", self.quarter_from.as_deref())?;
        let until = quarter("filter.quarterUntil", self.quarter_until.as_deref())?;
        let revised = |revised: bool| {
            if revised { Column::Revised.is_not_null() } else { Column::Revised.is_null() }
        };
        Ok(Condition::all()
            .add_option(partnerships.map(|some| Column::Partnership.is_in(some)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(units.map(|some| Column::Partnership.in_subquery(executed_by(some))))
            .add_option(self.indicator.as_ref().map(|some| Column::Indicator.is_in(some.iter().copied())))
            .add_option(self.status.as_ref().map(|some| Column::Status.is_in(some.iter().copied())))
            .add_option(from.map(|code| Column::Quarter.gte(code)))
            .add_option(until.map(|code| Column::Quarter.lte(code)))
            .add_option(self.revised.map(revised))
            .add_option(self.changed_after.map(changed_after::<outcome::Entity>)))
    }
}

impl OutcomeFilter {
    /// The same of the cells that are tallied; none where cells do not tell what is asked for.
    pub fn of_tallied(&self) -> Result<Option<Condition>> {
        use tally_outcome::Column;
        let Self {
            partnership: None,
            organisation: None,
            executing_unit: None,
            indicator,
            status: None,
            quarter_from,
            quarter_until,
            revised: None,
            changed_after: None,
        } = self
        else {
            return Ok(None);
        };
        let from = quarter("filter.quarterFrom", quarter_from.as_deref())?;
        let until = quarter("filter.quarterUntil", quarter_until.as_deref())?;
        let within = between(Column::Quarter, from.as_deref(), until.as_deref());
        let indicators = indicator.as_ref().map(|some| Column::Indicator.is_in(some.iter().copied()));
        Ok(Some(within.add_option(indicators)))
    }
}

/// A quarter's code, which sorts as the quarters do.
pub fn quarter(path: &str, code: Option<&str>) -> Result<Option<String>> {
    let parse = |code: &str| {
        let quarter = code.parse::<Quarter>().map_err(|expected| Error::input(path, code, expected))?;
        Ok(quarter.to_string())
    };
    code.map(parse).transpose()
}

/// What outcomes can be ordered by.
///
/// Urutan capaian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OutcomeOrderField {
    /// By quarter.
    ///
    /// Menurut triwulan.
    Quarter,
    /// By the time at which it was recorded.
    ///
    /// Menurut waktu pencatatan.
    Recorded,
}

pub fn order(field: OutcomeOrderField, descending: bool) -> Order<outcome::Entity> {
    let (name, column) = match field {
        OutcomeOrderField::Quarter => ("QUARTER", outcome::Column::Quarter),
        OutcomeOrderField::Recorded => ("RECORDED", outcome::Column::Id),
    };
    Order { name, column, descending }
}

/// The revisions of these outcomes, by number.
pub async fn revisions(view: &View, outcomes: &[Uuid]) -> Result<Vec<outcome_revision::Model>> {
    use outcome_revision::Column;
    let select = outcome_revision::Entity::find().filter(view.is_in(Column::Outcome, outcomes));
    view.all(select.order_by_asc(Column::Outcome).order_by_asc(Column::Number)).await
}

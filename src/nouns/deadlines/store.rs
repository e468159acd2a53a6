//! The SQL of what is due and what is late: one statement each.

use chrono::{NaiveDate, TimeDelta};
use sea_orm::sea_query::{Alias, CaseStatement, Expr};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QuerySelect as _, Select,
};

use super::rules::AGES;
use crate::access::{Scope, View};
use crate::error::Result;
use crate::nouns::certificates::entity::certificate;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::store::{is_overdue, is_unreported};
use crate::nouns::obstacles::entity::{ObstacleStatus, obstacle};
use crate::nouns::programme::store::{count, counted, sum, when};
use crate::nouns::quarters::entity::quarter;

/// What is overdue of one age.
#[derive(Debug, FromQueryResult)]
pub struct Overdue {
    /// The first day of the age, which tells it.
    pub from_days: i64,
    pub n: i64,
    pub rescheduled: i64,
    /// Days past the first due dates; none where nothing is past its own.
    pub slippage: Option<i64>,
}

/// The milestones that are overdue, by age. Ages without any are left out.
pub async fn overdue(view: &View) -> Result<Vec<Overdue>> {
    use milestone::Column;
    let today = view.today();
    let mut age = CaseStatement::new();
    for one in AGES {
        let since = one.until_days.and_then(|days| today.checked_sub_signed(TimeDelta::days(days)));
        age = match since {
            Some(since) => age.case(Column::DueOn.gte(since), one.from_days),
            None => age.finally(one.from_days),
        };
    }
    let slippage = when(Column::FirstDueOn.lt(today), view.days_since(Column::FirstDueOn, today));
    let select = milestone::Entity::find()
        .filter(is_overdue(today))
        .select_only()
        .expr_as(age, "from_days")
        .expr_as(count(), "n")
        .expr_as(counted(Column::Reschedules.gt(0)), "rescheduled")
        .expr_as(sum(slippage), "slippage")
        .group_by(Expr::col(Alias::new("from_days")));
    view.aggregate(select).await
}

/// The milestones that are due on a day.
#[derive(Debug, FromQueryResult)]
pub struct Due {
    pub due_on: NaiveDate,
    pub n: i64,
    pub open: i64,
}

pub async fn milestones(view: &View, first: NaiveDate, last: NaiveDate) -> Result<Vec<Due>> {
    use milestone::Column;
    let select = milestone::Entity::find()
        .filter(Column::DueOn.between(first, last))
        .select_only()
        .column(Column::DueOn)
        .expr_as(count(), "n")
        .expr_as(counted(is_unreported()), "open")
        .group_by(Column::DueOn);
    view.aggregate(select).await
}

/// How many of something are due on a day.
#[derive(Debug, FromQueryResult)]
pub struct CountDue {
    pub due_on: NaiveDate,
    pub n: i64,
}

/// The quarters whose reports are due on a day.
pub async fn quarters(view: &View, first: NaiveDate, last: NaiveDate) -> Result<Vec<CountDue>> {
    due(view, quarter::Entity::find(), quarter::Column::DueOn, first, last).await
}

/// The obstacles that are to be resolved by a day, and are not.
pub async fn obstacles(view: &View, first: NaiveDate, last: NaiveDate) -> Result<Vec<CountDue>> {
    use obstacle::Column;
    let open = obstacle::Entity::find().filter(Column::Status.ne(ObstacleStatus::Resolved));
    due(view, open, Column::DueOn, first, last).await
}

/// The certificates that are valid for the last time on a day.
pub async fn certificates(view: &View, first: NaiveDate, last: NaiveDate) -> Result<Vec<CountDue>> {
    due(view, certificate::Entity::find(), certificate::Column::ValidUntil, first, last).await
}

async fn due<E: Scope>(
    view: &View,
    of: Select<E>,
    column: E::Column,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<CountDue>> {
    let select = of
        .filter(column.between(first, last))
        .select_only()
        .column_as(column, "due_on")
        .expr_as(count(), "n")
        .group_by(column);
    view.aggregate(select).await
}

//! The SQL of who has reported: at most two statements, however many organisations there are.

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use super::rules::ByOrganisation;
use crate::access::{Scope as _, View};
use crate::error::Result;
use crate::nouns::organisations::entity::organisation;
use crate::nouns::outcomes::entity::{OutcomeStatus, outcome};
use crate::nouns::partnerships::entity::{PartnershipStatus, partnership};
use crate::nouns::programme::store::{count, counted};
use crate::nouns::quarters::entity::{QuarterStatus, quarter};

/// Each organisation that has an outcome of this quarter or, while it is open, a partnership that is active today. Of a
/// quarter that is locked nothing can lack any more, and which partnerships were active then is not known from today's.
pub async fn by_organisation(view: &View, quarter: &quarter::Model) -> Result<ByOrganisation> {
    let mut found = ByOrganisation::new();
    for one in outcomes(view, &quarter.code).await? {
        found.entry(one.organisation).or_default().add(one.status, one.n);
    }
    if quarter.status != QuarterStatus::Open {
        return Ok(found);
    }
    for one in active(view, &quarter.code).await? {
        found.entry(one.organisation).or_default().without_figures = one.n;
    }
    Ok(found)
}

#[derive(FromQueryResult)]
struct Outcomes {
    organisation: Uuid,
    status: OutcomeStatus,
    n: i64,
}

async fn outcomes(view: &View, quarter: &str) -> Result<Vec<Outcomes>> {
    use outcome::Column;
    let select = outcome::Entity::find()
        .filter(Column::Quarter.eq(quarter))
        .select_only()
        .column(Column::Organisation)
        .column(Column::Status)
        .expr_as(count(), "n")
        .group_by(Column::Organisation)
        .group_by(Column::Status);
    view.aggregate(select).await
}

#[derive(FromQueryResult)]
struct Active {
    organisation: Uuid,
    n: i64,
}

/// How many of its active partnerships have no outcome of the quarter; those that have none of these as well.
async fn active(view: &View, quarter: &str) -> Result<Vec<Active>> {
    use partnership::Column;
    let with_outcomes = outcome::Entity::find()
        .select_only()
        .column(outcome::Column::Partnership)
        .filter(outcome::Column::Quarter.eq(quarter))
        .filter(outcome::Entity::narrow(view.reach()))
        .into_query();
    let select = partnership::Entity::find()
        .filter(Column::Status.eq(PartnershipStatus::Active))
        .select_only()
        .column(Column::Organisation)
        .expr_as(counted(Column::Id.in_subquery(with_outcomes).not()), "n")
        .group_by(Column::Organisation);
    view.aggregate(select).await
}

/// The organisations with these ids, by code.
pub async fn organisations(view: &View, found: &ByOrganisation) -> Result<Vec<organisation::Model>> {
    let ids = found.keys().copied().collect::<Vec<_>>();
    let mut rows = view.by_ids::<organisation::Entity>(&ids).await?.into_values().collect::<Vec<_>>();
    rows.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(rows)
}

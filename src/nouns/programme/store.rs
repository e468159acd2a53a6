//! The SQL of sums and counts: one statement each, narrowed as every select is.

use chrono::NaiveDate;
use sea_orm::sea_query::{
    Alias, Asterisk, CaseStatement, Condition, Expr, ExprTrait as _, Func, SelectStatement,
};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, DbErr, EntityTrait as _, FromQueryResult, Iterable as _, JoinType,
    QueryFilter as _, QueryResult, QuerySelect, Select,
};

use super::rules::Basis;
use crate::access::View;
use crate::error::Result;
use crate::nouns::connection::number_of;
use crate::nouns::milestones::entity::{MilestoneStatus, milestone};
use crate::nouns::milestones::store::is_overdue;
use crate::nouns::outcomes::entity::{Indicator, OutcomeStatus, outcome};
use crate::nouns::outcomes::rules::Aggregation;
use crate::nouns::outcomes::store::OutcomeFilter;
use crate::nouns::partnerships::entity::{PartnershipStatus, partnership};
use crate::nouns::quarters::entity::QuarterStatus;
use crate::nouns::tallies::entity::tally_partnership;
use crate::nouns::tallies::store::{self as tallies, Dimension, Span};

/// How many partnerships stand where: every status, also those of none.
pub async fn by_status(view: &View) -> Result<Vec<(PartnershipStatus, i64)>> {
    #[derive(FromQueryResult)]
    struct Found {
        status: PartnershipStatus,
        n: i64,
    }
    let select = tallies::partnerships(Dimension::whole(view.reach()))
        .column(tally_partnership::Column::Status)
        .group_by(tally_partnership::Column::Status);
    let found = view.aggregate::<_, Found>(select).await?;
    let n = |status| found.iter().find(|found| found.status == status).map_or(0, |found| found.n);
    Ok(PartnershipStatus::iter().map(|status| (status, n(status))).collect())
}

/// The three values of partnerships: their sums, and of how many.
#[derive(Debug, Default, Clone, FromQueryResult)]
pub struct Values {
    pub n: i64,
    pub potential: Option<i64>,
    pub potential_n: i64,
    pub estimated: Option<i64>,
    pub estimated_n: i64,
    pub contracted: Option<i64>,
    pub contracted_n: i64,
}

pub async fn values(view: &View) -> Result<Option<Values>> {
    Ok(view.aggregate(tallies::partnerships(Dimension::whole(view.reach()))).await?.pop())
}

/// Their select, which others group.
pub fn of_values() -> Select<partnership::Entity> {
    use partnership::Column;
    let mut select = partnership::Entity::find().select_only().expr_as(count(), "n");
    for (name, column) in [
        ("potential", Column::PotentialValue),
        ("estimated", Column::EstimatedValue),
        ("contracted", Column::ContractedValue),
    ] {
        let column = Expr::col(column.as_column_ref());
        select = select
            .expr_as(sum(column.clone()), name)
            .expr_as(Expr::from(Func::count(column)), format!("{name}_n"));
    }
    select
}

/// How many milestones there are.
#[derive(Debug, Default, Clone, FromQueryResult)]
pub struct Milestones {
    pub total: i64,
    pub met: i64,
    pub partially_met: i64,
    pub not_met: i64,
    pub cancelled: i64,
    pub awaiting_verification: i64,
    pub overdue: i64,
}

pub async fn milestones(view: &View) -> Result<Milestones> {
    let whole = Dimension::whole(view.reach());
    let [years, months, days] = tallies::overdue(whole, view.today()).map(|select| view.narrow(select));
    let selects = [view.narrow(tallies::milestones(whole)), years, months, days];
    let mut all = Milestones::default();
    for part in view.union::<Milestones>(selects, every_column).await? {
        all.add(&part);
    }
    Ok(all)
}

/// Of selects that are put together.
pub fn every_column(all: &mut SelectStatement) {
    all.column(Asterisk);
}

impl Milestones {
    pub fn add(&mut self, more: &Self) {
        self.total += more.total;
        self.met += more.met;
        self.partially_met += more.partially_met;
        self.not_met += more.not_met;
        self.cancelled += more.cancelled;
        self.awaiting_verification += more.awaiting_verification;
        self.overdue += more.overdue;
    }
}

/// Their select, which others group.
pub fn of_milestones(today: NaiveDate) -> Select<milestone::Entity> {
    use milestone::Column;
    let is = |status: MilestoneStatus| counted(Column::Status.eq(status));
    milestone::Entity::find()
        .select_only()
        .expr_as(count(), "total")
        .expr_as(is(MilestoneStatus::Met), "met")
        .expr_as(is(MilestoneStatus::PartiallyMet), "partially_met")
        .expr_as(is(MilestoneStatus::NotMet), "not_met")
        .expr_as(is(MilestoneStatus::Cancelled), "cancelled")
        .expr_as(is(MilestoneStatus::Submitted), "awaiting_verification")
        .expr_as(counted(is_overdue(today)), "overdue")
}

/// The outcomes of one indicator and quarter. Every select of them begins with these columns, in this order.
#[derive(Debug, Clone)]
pub struct Figures {
    pub quarter: String,
    pub indicator: Indicator,
    pub n: i64,
    pub reported: i64,
    pub verified: i64,
    pub target: Option<i64>,
    pub total: Option<i64>,
    pub weighted: Option<i64>,
    pub weight: Option<i64>,
    /// How many verified ones have a weight above nothing.
    pub weighed: i64,
}

impl FromQueryResult for Figures {
    // By their places: an answer has hundreds, and a look for each by its name takes longer than all else of it.
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let number = |at| number_of(row, at).map_err(|error| DbErr::Type(error.describe().to_owned()));
        let count = |at| Ok::<_, DbErr>(number(at)?.unwrap_or_default());
        Ok(Self {
            quarter: row.try_get_by_index(0)?,
            indicator: row.try_get_by_index(1)?,
            n: count(2)?,
            reported: count(3)?,
            verified: count(4)?,
            target: number(5)?,
            total: number(6)?,
            weighted: number(7)?,
            weight: number(8)?,
            weighed: count(9)?,
        })
    }
}

/// The outcomes by quarter and indicator. Only verified figures are summed.
pub async fn figures(view: &View, filter: &OutcomeFilter, basis: Basis) -> Result<Vec<Figures>> {
    match filter.of_tallied()? {
        Some(filter) => {
            let whole = Dimension::whole(view.reach());
            view.aggregate(tallies::figures(whole, filter, basis, true)).await
        }
        None => view.aggregate(of_figures(filter.condition()?, basis)).await,
    }
}

/// Their select, which others group further.
pub fn of_figures(filter: Condition, basis: Basis) -> Select<outcome::Entity> {
    use outcome::Column;
    let is_verified = || Column::Status.eq(OutcomeStatus::Verified);
    // In whole thousands of rupiah: the products with a country's figures still fit.
    let weight = || figure(WEIGHT, basis).div(100_000);
    // Ratios alone: the product of two sums of rupiah would not fit.
    let ratios = Indicator::all().filter(|one| one.aggregation() == Aggregation::WeightedByValue);
    let is_weighed = is_verified().and(Column::Indicator.is_in(ratios)).and(of(WEIGHT, "id").is_not_null());
    let has_weight = || is_weighed.clone();
    let reported = Column::Status.is_in([OutcomeStatus::Submitted, OutcomeStatus::Verified]);
    let mut select = outcome::Entity::find()
        .filter(filter)
        .select_only()
        .column(Column::Quarter)
        .column(Column::Indicator)
        .expr_as(count(), "n")
        .expr_as(counted(reported), "reported")
        .expr_as(counted(is_verified()), "verified")
        .expr_as(sum(Expr::col(Column::Target.as_column_ref())), "target")
        .expr_as(sum(when(is_verified(), figure(OUTCOME, basis))), "total")
        .expr_as(sum(when(has_weight(), figure(OUTCOME, basis).mul(weight()))), "weighted")
        .expr_as(sum(when(has_weight(), weight())), "weight")
        .expr_as(counted(has_weight().and(weight().gt(0))), "weighed")
        .group_by(Column::Quarter)
        .group_by(Column::Indicator);
    let same = |column: &'static str| of(WEIGHT, column).eq(of(OUTCOME, column));
    let is_weight = same("partnership")
        .and(same("quarter"))
        .and(of(WEIGHT, "indicator").eq(Indicator::TransactionValue.to_value()))
        .and(of(WEIGHT, "status").eq(OutcomeStatus::Verified.to_value()));
    QuerySelect::query(&mut select).join_as(
        JoinType::LeftJoin,
        Alias::new(OUTCOME),
        Alias::new(WEIGHT),
        is_weight,
    );
    locked_alone(select, basis)
}

/// What was transacted: the sum of verified outcomes, in hundredths of rupiah, and of how many partnerships.
#[derive(Debug, Default, Clone, FromQueryResult)]
pub struct Transacted {
    pub total: Option<i64>,
    pub n: i64,
}

pub async fn transacted(view: &View, basis: Basis) -> Result<Option<Transacted>> {
    let all = Span::default();
    let span = if basis == Basis::AsLocked { all.of_locked(view).await? } else { Some(all) };
    let Some(span) = span else { return Ok(view.aggregate(of_transacted(basis)).await?.pop()) };
    let whole = Dimension::whole(view.reach());
    let selects = [
        view.narrow(tallies::transacted(whole, None, None, basis)),
        view.narrow(tallies::traded(whole, &span, false)),
    ];
    let parts = view.union::<Transacted>(selects, every_column).await?;
    let total = parts.iter().find_map(|part| part.total);
    Ok(Some(Transacted { total, n: parts.iter().map(|part| part.n).sum() }))
}

/// Its select, which others group.
pub fn of_transacted(basis: Basis) -> Select<outcome::Entity> {
    use outcome::Column;
    let select = outcome::Entity::find()
        .filter(Column::Indicator.eq(Indicator::TransactionValue))
        .filter(Column::Status.eq(OutcomeStatus::Verified))
        .select_only()
        .expr_as(sum(figure(OUTCOME, basis)), "total")
        .expr_as(Expr::col(Column::Partnership.as_column_ref()).count_distinct(), "n");
    locked_alone(select, basis)
}

const OUTCOME: &str = "outcome";

/// The transaction value of the same partnership and quarter. A joined row is not narrowed by itself; this one is the same
/// partnership's, and so within the same reach.
const WEIGHT: &str = "weight_of_it";

/// Of locked quarters alone, where figures count as they were locked.
fn locked_alone(mut select: Select<outcome::Entity>, basis: Basis) -> Select<outcome::Entity> {
    if basis == Basis::AsLocked {
        let is_locked = of("quarter", "code")
            .eq(of(OUTCOME, "quarter"))
            .and(of("quarter", "status").eq(QuarterStatus::Locked.to_value()));
        QuerySelect::query(&mut select).join(JoinType::InnerJoin, Alias::new("quarter"), is_locked);
    }
    select
}

fn figure(table: &'static str, basis: Basis) -> Expr {
    match basis {
        Basis::AsLocked => of(table, "actual"),
        Basis::Latest => Func::coalesce([of(table, "revised"), of(table, "actual")]).into(),
    }
}

pub fn of(table: &'static str, column: &'static str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(column)))
}

pub fn count() -> Expr {
    Expr::cust("count(*)")
}

pub fn counted(condition: Expr) -> Expr {
    Func::count(when(condition, Expr::val(1))).into()
}

pub fn when(condition: Expr, value: Expr) -> Expr {
    CaseStatement::new().case(condition, value).into()
}

/// PostgreSQL gives the sum of integers another type.
pub fn sum(value: Expr) -> Expr {
    Func::cast_as(Func::sum(value), Alias::new("bigint")).into()
}

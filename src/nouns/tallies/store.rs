//! The SQL of tallies.

use chrono::{Datelike as _, NaiveDate};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, Func, Query, SelectStatement};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use super::entity::{tally_due, tally_milestone, tally_outcome, tally_partnership, tally_transacted};
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::nouns::milestones::entity::MilestoneStatus;
use crate::nouns::outcomes::entity::Indicator;
use crate::nouns::outcomes::rules::Aggregation;
use crate::nouns::programme::rules::Basis;
use crate::nouns::programme::store::{of, sum, when};
use crate::nouns::quarters::entity::{QuarterStatus, quarter};

macro_rules! narrowed {
    ($($tally:ident),+) => {
        // A cell of all organisations has none that is within a reach but everybody's.
        $(impl Scope for $tally::Entity {
            fn narrow(reach: &Reach) -> Condition {
                reach.within($tally::Column::Organisation)
            }
        })+
    };
}

narrowed!(tally_partnership, tally_milestone, tally_due, tally_outcome, tally_transacted);

/// What cells are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    All,
    Organisation,
    /// The lead partner's.
    Province,
    /// The division of the lead partner's field of business, with the edition of the KBLI.
    Division,
    Batch,
    /// The verifier of a milestone.
    Seat,
    /// That in which a milestone is due.
    Quarter,
}

impl Dimension {
    /// All that is within reach, whatever it is.
    pub fn whole(reach: &Reach) -> Self {
        if *reach == Reach::All { Self::All } else { Self::Organisation }
    }

    /// Whose cells tell of this dimension what is within reach; none where only the rows do: of some organisations'
    /// there are cells of each organisation as a whole.
    pub fn within(self, reach: &Reach) -> Option<Self> {
        match (reach, self) {
            (Reach::All, own) => Some(own),
            (_, Self::All | Self::Organisation) => Some(Self::whole(reach)),
            _ => None,
        }
    }

    /// Its cells, by the beginning of their key, so that nothing but them is read.
    pub(super) fn cells<T: sea_orm::ColumnTrait>(self, dimension: T, organisation: T, part: T) -> Condition {
        let of_all = (self != Self::Organisation).then(|| organisation.eq(Uuid::nil()));
        let is_whole = matches!(self, Self::All | Self::Organisation).then(|| is_one(part, &[""]));
        Condition::all().add(is_one(dimension, &[self.name()])).add_option(of_all).add_option(is_whole)
    }

    fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Organisation => "ORGANISATION",
            Self::Province => "PROVINCE",
            Self::Division => "DIVISION",
            Self::Batch => "BATCH",
            Self::Seat => "SEAT",
            Self::Quarter => "QUARTER",
        }
    }
}

/// Partnerships: how many, and what they are worth.
pub fn partnerships(by: Dimension) -> Select<tally_partnership::Entity> {
    use tally_partnership::Column;
    let mut select = tally_partnership::Entity::find()
        .filter(by.cells(Column::Dimension, Column::Organisation, Column::Part))
        .select_only()
        .expr_as(total(Column::N), "n");
    for (name, value, counted) in [
        ("potential", Column::Potential, Column::PotentialN),
        ("estimated", Column::Estimated, Column::EstimatedN),
        ("contracted", Column::Contracted, Column::ContractedN),
    ] {
        select = select.expr_as(known(value, counted), name).expr_as(total(counted), format!("{name}_n"));
    }
    select
}

/// The organisations within reach that have a partnership.
pub fn organisations(reach: &Reach) -> SelectStatement {
    use tally_partnership::Column;
    let of_each = Dimension::Organisation.cells(Column::Dimension, Column::Organisation, Column::Part);
    tally_partnership::Entity::find()
        .filter(of_each)
        .filter(tally_partnership::Entity::narrow(reach))
        // As text, as in `is_one`.
        .filter(column(Column::N).gt(Expr::cust("0")))
        .select_only()
        .column(Column::Organisation)
        .into_query()
}

/// Milestones but for those that are overdue, which are 0 here.
pub fn milestones(by: Dimension) -> Select<tally_milestone::Entity> {
    use MilestoneStatus as S;
    use tally_milestone::Column;
    let is = |status: S| none(sum(when(Column::Status.eq(status), column(Column::N))));
    tally_milestone::Entity::find()
        .filter(by.cells(Column::Dimension, Column::Organisation, Column::Part))
        .select_only()
        .expr_as(total(Column::N), "total")
        .expr_as(is(S::Met), "met")
        .expr_as(is(S::PartiallyMet), "partially_met")
        .expr_as(is(S::NotMet), "not_met")
        .expr_as(is(S::Cancelled), "cancelled")
        .expr_as(is(S::Submitted), "awaiting_verification")
        .expr_as(Expr::cust("0"), "overdue")
}

/// Those that are overdue, in the same columns: of the years before this one, and of what has passed of this one. A select for
/// each, which takes cells on end.
pub fn overdue(by: Dimension, today: NaiveDate) -> [Select<tally_due::Entity>; 3] {
    let [months, days] = overdue_in(by, &today.format("M%Y-01").to_string(), today);
    [due(by, "Y", &today.format("Y%Y").to_string(), Sign::Plus), months, days]
}

/// The same by the month alone, and of this one by the day.
pub fn overdue_by_month(by: Dimension, today: NaiveDate) -> [Select<tally_due::Entity>; 2] {
    overdue_in(by, "M", today)
}

/// From a month on: the months before this one and its days before today; late in a month, this month as well but for what is
/// left of it. So at most sixteen days are added up.
fn overdue_in(by: Dimension, first: &str, today: NaiveDate) -> [Select<tally_due::Entity>; 2] {
    let day = |format: &str| today.format(format).to_string();
    if today.day() <= 16 {
        let days = due(by, &day("D%Y-%m-01"), &day("D%Y-%m-%d"), Sign::Plus);
        return [due(by, first, &day("M%Y-%m"), Sign::Plus), days];
    }
    // What begins as a period does and is longer follows it; no month has a 32nd.
    let left = due(by, &day("D%Y-%m-%d"), &day("D%Y-%m-32"), Sign::Minus);
    [due(by, first, &day("M%Y-%m-"), Sign::Plus), left]
}

enum Sign {
    Plus,
    Minus,
}

fn due(by: Dimension, from: &str, until: &str, sign: Sign) -> Select<tally_due::Entity> {
    use tally_due::Column;
    let mut select = tally_due::Entity::find()
        .filter(by.cells(Column::Dimension, Column::Organisation, Column::Part))
        .filter(Column::Period.gte(from))
        .filter(Column::Period.lt(until))
        .select_only();
    for name in ["total", "met", "partially_met", "not_met", "cancelled", "awaiting_verification"] {
        select = select.expr_as(Expr::cust("0"), name);
    }
    let n = match sign {
        Sign::Plus => total(Column::N),
        Sign::Minus => Expr::cust("0").sub(total(Column::N)),
    };
    select.expr_as(n, "overdue")
}

/// The month of a period, `2026-11`.
pub fn month() -> Expr {
    Expr::cust("substr(tally_due.period, 2, 7)")
}

/// Outcomes by indicator; by quarter as well, where that is asked for, and else of those alone that are measured at the
/// end of one.
pub fn figures(by: Dimension, filter: Condition, basis: Basis, each: bool) -> Select<tally_outcome::Entity> {
    use tally_outcome::Column;
    // As text: it is said twice, and PostgreSQL does not know that two parameters are the same.
    let own = names(at_the_end()).iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let at_the_end =
        format!("CASE WHEN tally_outcome.indicator IN ({own}) THEN tally_outcome.quarter ELSE '' END");
    let select = summed(by, basis, if each { QUARTER } else { &at_the_end }).filter(filter);
    match basis {
        Basis::AsLocked => select.filter(Column::Quarter.in_subquery(locked())),
        Basis::Latest => select.filter(Column::Quarter.gt("")),
    }
}

/// The same over all quarters, by the figures known now, of each part by itself: of those that are measured at the end of
/// one by quarter, of all others what is kept of all together. Each is one cell as it is, which nothing has to be summed up for.
pub fn figures_of_all(by: Dimension) -> [Select<tally_outcome::Entity>; 2] {
    use tally_outcome::Column;
    let others = Indicator::all().filter(|one| one.aggregation() != Aggregation::EndOfPeriod);
    let known = |of: Column, counted: Column| when(column(counted).gt(0), column(of));
    let select = || {
        tally_outcome::Entity::find()
            .filter(by.cells(Column::Dimension, Column::Organisation, Column::Part))
            .filter(Column::N.gt(0))
            .select_only()
            .columns([Column::Quarter, Column::Indicator, Column::N, Column::Reported, Column::Verified])
            .expr_as(known(Column::Target, Column::TargetN), "target")
            .expr_as(known(Column::Latest, Column::Verified), "total")
            .expr_as(known(Column::LatestWeighted, Column::WeightedN), "weighted")
            .expr_as(known(Column::LatestWeight, Column::WeightedN), "weight")
            .expr_as(column(Column::LatestWeighed), "weighed")
    };
    [
        select().filter(is_one(Column::Indicator, &names(others))).filter(is_one(Column::Quarter, &[""])),
        select().filter(is_one(Column::Indicator, &names(at_the_end()))).filter(Column::Quarter.gt("")),
    ]
}

const QUARTER: &str = "tally_outcome.quarter";

fn at_the_end() -> impl Iterator<Item = Indicator> {
    Indicator::all().filter(|one| one.aggregation() == Aggregation::EndOfPeriod)
}

fn summed(by: Dimension, basis: Basis, quarter: &str) -> Select<tally_outcome::Entity> {
    use tally_outcome::Column;
    let [total_of, weighted, weight, weighed] = match basis {
        Basis::AsLocked => {
            [Column::Locked, Column::LockedWeighted, Column::LockedWeight, Column::LockedWeighed]
        }
        Basis::Latest => {
            [Column::Latest, Column::LatestWeighted, Column::LatestWeight, Column::LatestWeighed]
        }
    };
    tally_outcome::Entity::find()
        .filter(by.cells(Column::Dimension, Column::Organisation, Column::Part))
        .select_only()
        .expr_as(Expr::cust(quarter.to_owned()), "quarter")
        .column(Column::Indicator)
        .expr_as(total(Column::N), "n")
        .expr_as(total(Column::Reported), "reported")
        .expr_as(total(Column::Verified), "verified")
        .expr_as(known(Column::Target, Column::TargetN), "target")
        .expr_as(known(total_of, Column::Verified), "total")
        .expr_as(known(weighted, Column::WeightedN), "weighted")
        .expr_as(known(weight, Column::WeightedN), "weight")
        .expr_as(total(weighed), "weighed")
        .group_by(Expr::cust(quarter.to_owned()))
        .group_by(Column::Indicator)
        .having(column(Column::N).sum().gt(0))
}

/// What was transacted in these quarters, in the columns of [`traded`].
pub fn transacted(
    by: Dimension,
    from: Option<&str>,
    until: Option<&str>,
    basis: Basis,
) -> Select<tally_outcome::Entity> {
    use tally_outcome::Column;
    let of = if basis == Basis::AsLocked { Column::Locked } else { Column::Latest };
    let select = tally_outcome::Entity::find()
        .filter(by.cells(Column::Dimension, Column::Organisation, Column::Part))
        .filter(Column::Indicator.eq(Indicator::TransactionValue))
        .filter(between(Column::Quarter, from, until))
        .select_only()
        .expr_as(known(of, Column::Verified), "total")
        .expr_as(Expr::cust("0"), "n")
        .having(column(Column::Verified).sum().gt(0));
    match basis {
        Basis::AsLocked => select.filter(Column::Quarter.in_subquery(locked())),
        Basis::Latest => select.filter(Column::Quarter.gt("")),
    }
}

/// How many partnerships have a verified transaction in one of all quarters from one to another, or in each of them.
pub fn traded(by: Dimension, span: &Span, each: bool) -> Select<tally_transacted::Entity> {
    use tally_transacted::Column;
    let (from, until) = (span.from.as_deref(), span.until.as_deref());
    let first = from.map_or(Column::Previous.eq(""), |from| Column::Previous.lt(from));
    let within = between(Column::Quarter, from, until).add_option((!each).then_some(first));
    tally_transacted::Entity::find()
        .filter(by.cells(Column::Dimension, Column::Organisation, Column::Part))
        .filter(within)
        .select_only()
        .expr_as(Expr::cust("CAST(NULL AS bigint)"), "total")
        .expr_as(total(Column::N), "n")
        .having(column(Column::N).sum().gt(0))
}

/// Those of locked quarters alone.
pub fn traded_in_locked(select: Select<tally_transacted::Entity>) -> Select<tally_transacted::Entity> {
    select.filter(tally_transacted::Column::Quarter.in_subquery(locked()))
}

/// Quarters on end; both ends belong to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    pub from: Option<String>,
    pub until: Option<String>,
}

impl Span {
    /// That of the locked ones of these quarters; none where open ones are between them.
    pub async fn of_locked(&self, view: &View) -> Result<Option<Self>> {
        let within = between(quarter::Column::Code, self.from.as_deref(), self.until.as_deref());
        let quarters = quarter::Entity::find().filter(within).order_by_asc(quarter::Column::Code);
        let quarters = view.all(quarters).await?;
        Ok(on_end(quarters.into_iter().map(|one| (one.code, one.status == QuarterStatus::Locked))))
    }
}

/// `quarters`: in their order, and whether each is locked.
fn on_end(quarters: impl Iterator<Item = (String, bool)>) -> Option<Span> {
    let (mut span, mut ended) = (Span::nothing(), false);
    for (code, locked) in quarters {
        match (locked, span.is_nothing()) {
            (true, true) => span = Span { from: Some(code.clone()), until: Some(code) },
            (true, false) if ended => return None,
            (true, false) => span.until = Some(code),
            (false, nothing) => ended = !nothing,
        }
    }
    Some(span)
}

impl Span {
    fn nothing() -> Self {
        Self { from: Some(String::new()), until: Some(String::new()) }
    }

    fn is_nothing(&self) -> bool {
        *self == Self::nothing()
    }
}

pub fn between<T: sea_orm::ColumnTrait>(quarter: T, from: Option<&str>, until: Option<&str>) -> Condition {
    Condition::all()
        .add_option(from.map(|from| quarter.gte(from)))
        .add_option(until.map(|until| quarter.lte(until)))
}

fn locked() -> SelectStatement {
    Query::select()
        .column(Alias::new("code"))
        .from(Alias::new("quarter"))
        .and_where(of("quarter", "status").eq(QuarterStatus::Locked.to_value()))
        .to_owned()
}

fn column(column: impl sea_orm::ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

/// Whether a column holds one of these, which are names of this program's own and stand in the statement as they are.
/// PostgreSQL keeps one plan for a statement whatever its parameters are: `part` is empty in most cells, and a plan that does not
/// know of the empty one took it for rare, and read a country's cells for those of six organisations.
fn is_one(column: impl sea_orm::ColumnTrait, names: &[impl AsRef<str>]) -> Expr {
    let names = names.iter().map(|name| Expr::cust(format!("'{}'", name.as_ref())));
    Expr::col(column.as_column_ref()).is_in(names)
}

fn names(indicators: impl Iterator<Item = Indicator>) -> Vec<String> {
    indicators.map(|indicator| indicator.to_value()).collect()
}

fn none(sum: Expr) -> Expr {
    Func::coalesce([sum, Expr::cust("0")]).into()
}

/// A count: of nothing it is 0.
pub(super) fn total(of: impl sea_orm::ColumnTrait) -> Expr {
    none(sum(column(of)))
}

/// A sum of what is known; null where nothing is.
fn known(of: impl sea_orm::ColumnTrait, counted: impl sea_orm::ColumnTrait) -> Expr {
    when(Expr::from(Func::sum(column(counted))).gt(0), sum(column(of)))
}

//! The SQL of scorecards: the programme's own selects, grouped by what a card is of, one statement each; over tallies, where
//! these tell of what is within reach, and else over the rows.

use chrono::NaiveDate;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, JoinType};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait, FromQueryResult, QueryFilter as _, QueryResult, QuerySelect, Select,
};

use super::rules::{Cards, Range, ScorecardDimension};
use crate::access::page::Keyed;
use crate::access::{Scope, View};
use crate::error::Result;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::outcomes::entity::outcome;
use crate::nouns::programme::rules::Basis;
use crate::nouns::programme::store::{self as programme, Figures, Milestones, Transacted, Values, of};
use crate::nouns::tallies::entity::{tally_milestone, tally_outcome};
use crate::nouns::tallies::store::{self as tallies, Dimension, Span, between};
use crate::types::Quarter;

/// What is summed up for a part of a card; none where that part is unknown.
struct Part<T> {
    card: Option<String>,
    of: T,
}

impl<T: FromQueryResult> FromQueryResult for Part<T> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self { card: row.try_get(prefix, CARD)?, of: T::from_query_result(row, prefix)? })
    }
}

/// All cards of a dimension: six statements at most, however many cards there are.
pub async fn cards(view: &View, by: ScorecardDimension, basis: Basis, range: Range) -> Result<Cards> {
    let mut cards = Cards::new(by);
    if by.has_partnerships() {
        for part in values(view, by).await? {
            cards.of(part.card.as_deref()).add_values(&part.of)?;
        }
    }
    for part in milestones(view, by, range).await? {
        cards.of(part.card.as_deref()).milestones.add(&part.of);
    }
    let span = Span {
        from: range.from.map(|from| from.to_string()),
        until: range.until.map(|until| until.to_string()),
    };
    for part in figures(view, by, basis, &span).await? {
        let seat = part.of.indicator.verifier().as_str();
        let is_seat = by == ScorecardDimension::VerifyingInstitution;
        cards.of(if is_seat { Some(seat) } else { part.card.as_deref() }).figures.push(part.of);
    }
    if by.has_transactions() {
        for part in transacted(view, by, basis, &span).await? {
            cards.of(part.card.as_deref()).add_transacted(&part.of)?;
        }
    }
    Ok(cards)
}

/// How many partnerships there are within reach.
pub async fn partnerships(view: &View) -> Result<i64> {
    Ok(programme::values(view).await?.map_or(0, |values| values.n))
}

async fn values(view: &View, by: ScorecardDimension) -> Result<Vec<Part<Values>>> {
    match dimension(by).within(view.reach()) {
        Some(own) => {
            let select = carded(tallies::partnerships(own), by, "tally_partnership.part");
            view.aggregate(select.having(held("tally_partnership"))).await
        }
        None => parts(view, programme::of_values(), by, "").await,
    }
}

async fn milestones(view: &View, by: ScorecardDimension, range: Range) -> Result<Vec<Part<Milestones>>> {
    let is_quarter = by == ScorecardDimension::Quarter;
    let (first, last) = if is_quarter { range.days() } else { (None, None) };
    let own = match by {
        ScorecardDimension::VerifyingInstitution => Dimension::Seat,
        ScorecardDimension::Quarter => Dimension::Quarter,
        _ => dimension(by),
    };
    let Some(own) = own.within(view.reach()) else {
        let within = Condition::all()
            .add_option(first.map(|day| milestone::Column::DueOn.gte(day)))
            .add_option(last.map(|day| milestone::Column::DueOn.lte(day)));
        return parts(view, programme::of_milestones(view.today()).filter(within), by, "verifier").await;
    };
    let (mut all, mut overdue) = (tallies::milestones(own), tallies::overdue(own, view.today()));
    let mut due = "tally_due.part";
    if is_quarter {
        // What is due is told by the month.
        overdue = tallies::overdue(Dimension::All, view.today());
        due = "substr(tally_due.period, 2, 7)";
        let month = |day: NaiveDate| day.format("%Y-%m").to_string();
        let quarters = |quarter: Quarter| quarter.to_string();
        let (from, until) = (range.from.map(quarters), range.until.map(quarters));
        all = all.filter(between(tally_milestone::Column::Part, from.as_deref(), until.as_deref()));
        let months = Condition::all()
            .add_option(first.map(|day| Expr::cust(due).gte(month(day))))
            .add_option(last.map(|day| Expr::cust(due).lte(month(day))));
        overdue = overdue.filter(months);
    }
    let all = carded(all, by, "tally_milestone.part").having(held("tally_milestone"));
    let overdue = carded(overdue, by, due).having(held("tally_due"));
    view.union([view.narrow(all), view.narrow(overdue)], programme::every_column).await
}

async fn figures(
    view: &View,
    by: ScorecardDimension,
    basis: Basis,
    span: &Span,
) -> Result<Vec<Part<Figures>>> {
    let (from, until) = (span.from.as_deref(), span.until.as_deref());
    let Some(own) = dimension(by).within(view.reach()) else {
        let within = between(outcome::Column::Quarter, from, until);
        return parts(view, programme::of_figures(within, basis), by, "indicator").await;
    };
    let within = between(tally_outcome::Column::Quarter, from, until);
    let select = tallies::figures(own, within, basis, by == ScorecardDimension::Quarter);
    view.aggregate(carded(select, by, "tally_outcome.part")).await
}

async fn transacted(
    view: &View,
    by: ScorecardDimension,
    basis: Basis,
    span: &Span,
) -> Result<Vec<Part<Transacted>>> {
    let (from, until) = (span.from.as_deref(), span.until.as_deref());
    let (each, is_locked) = (by == ScorecardDimension::Quarter, basis == Basis::AsLocked);
    let own = dimension(by).within(view.reach());
    let on_end = match own {
        Some(_) if is_locked && !each => span.of_locked(view).await?,
        _ => Some(span.clone()),
    };
    let (Some(own), Some(on_end)) = (own, on_end) else {
        let within = between(outcome::Column::Quarter, from, until);
        return parts(view, programme::of_transacted(basis).filter(within), by, "").await;
    };
    let mut traded = tallies::traded(own, &on_end, each);
    if each && is_locked {
        traded = tallies::traded_in_locked(traded);
    }
    let total = carded(tallies::transacted(own, from, until, basis), by, "tally_outcome.part");
    let traded = carded(traded, by, "tally_transacted.part");
    view.union([view.narrow(total), view.narrow(traded)], programme::every_column).await
}

/// The dimension of tallies whose parts a card is made of; all, where it follows from something else of a cell.
fn dimension(by: ScorecardDimension) -> Dimension {
    match by {
        ScorecardDimension::Organisation => Dimension::Organisation,
        ScorecardDimension::Province => Dimension::Province,
        ScorecardDimension::KbliSection => Dimension::Division,
        ScorecardDimension::Batch => Dimension::Batch,
        ScorecardDimension::VerifyingInstitution | ScorecardDimension::Quarter => Dimension::All,
    }
}

/// Whether a group of cells has anything in it: what is gone has left zeros.
fn held(table: &'static str) -> Expr {
    of(table, "n").sum().gt(0)
}

/// The cells that a select over a tally sums up, for each part of a card; `part` is where a cell says which.
fn carded<E: EntityTrait>(select: Select<E>, by: ScorecardDimension, part: &'static str) -> Select<E> {
    let (mut select, table) = (select, E::default().table_name().to_owned());
    let text = match by {
        ScorecardDimension::Organisation => {
            let own = Expr::col((Alias::new(table), Alias::new("organisation")));
            let is_own = of(ORGANISATION, "id").eq(own);
            QuerySelect::query(&mut select).join_as(
                JoinType::InnerJoin,
                Alias::new("organisation"),
                Alias::new(ORGANISATION),
                is_own,
            );
            of(ORGANISATION, "code")
        }
        ScorecardDimension::Quarter if matches!(table.as_str(), "tally_outcome" | "tally_transacted") => {
            Expr::col((Alias::new(table), Alias::new("quarter")))
        }
        _ => Expr::cust(part),
    };
    select.expr_as(text, CARD).group_by(Expr::col(Alias::new(CARD)))
}

const CARD: &str = "card";

/// What is joined to find the card. None of it is narrowed by itself, and none has to be: it is the same partnership's,
/// and so within the same reach.
const PARTNERSHIP: &str = "card_partnership";
const ORGANISATION: &str = "card_organisation";
const LEAD: &str = "card_lead";
const PARTNER: &str = "card_partner";

/// What a select sums up, for each part of a card. `seat` is the column that the verifying seat follows from.
async fn parts<E: Scope + Keyed, T: FromQueryResult>(
    view: &View,
    select: Select<E>,
    by: ScorecardDimension,
    seat: &'static str,
) -> Result<Vec<Part<T>>> {
    let partnership = || of(E::TABLE, if E::TABLE == "partnership" { "id" } else { "partnership" });
    let (mut select, text) = match by {
        ScorecardDimension::Organisation => {
            let is_own = of(ORGANISATION, "id").eq(of(E::TABLE, "organisation"));
            (joined(select, "organisation", ORGANISATION, is_own), of(ORGANISATION, "code"))
        }
        ScorecardDimension::VerifyingInstitution => (select, of(E::TABLE, seat)),
        // Of a regency its first two digits, of a field of business its edition and its first two.
        ScorecardDimension::Province => {
            (led(select, partnership()), Expr::cust("substr(card_partner.regency, 1, 2)"))
        }
        ScorecardDimension::KbliSection => {
            let division = "CAST(card_partner.kbli_version AS text) || substr(card_partner.kbli, 1, 2)";
            (led(select, partnership()), Expr::cust(division))
        }
        ScorecardDimension::Batch => {
            let is_own = of(PARTNERSHIP, "id").eq(partnership());
            (joined(select, "partnership", PARTNERSHIP, is_own), of(PARTNERSHIP, "batch"))
        }
        // A milestone's month.
        ScorecardDimension::Quarter if E::TABLE == "milestone" => {
            (select, Expr::cust("substr(CAST(milestone.due_on AS text), 1, 7)"))
        }
        ScorecardDimension::Quarter => (select, of(E::TABLE, "quarter")),
    };
    select = select.expr_as(text, CARD).group_by(Expr::col(Alias::new(CARD)));
    view.aggregate(select).await
}

/// With the lead partner, of whom a partnership has one at most.
fn led<E: Keyed>(select: Select<E>, partnership: Expr) -> Select<E> {
    let leads = of(LEAD, "partnership").eq(partnership).and(of(LEAD, "lead").eq(true));
    let is_partner = of(PARTNER, "id").eq(of(LEAD, "partner"));
    joined(joined(select, "partnership_partner", LEAD, leads), "partner", PARTNER, is_partner)
}

fn joined<E: Keyed>(mut select: Select<E>, table: &'static str, name: &'static str, on: Expr) -> Select<E> {
    QuerySelect::query(&mut select).join_as(JoinType::LeftJoin, Alias::new(table), Alias::new(name), on);
    select
}

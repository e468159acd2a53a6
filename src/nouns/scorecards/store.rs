//! The SQL of scorecards: the programme's own selects, grouped by what a card is of, one statement each; over tallies, where
//! these tell of what is within reach, and else over the rows.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, JoinType};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait, FromQueryResult, QueryFilter as _, QueryOrder as _, QueryResult,
    QuerySelect, Select,
};
use uuid::Uuid;

use super::rules::{Cards, Page, Range, ScorecardDimension};
use crate::access::page::Keyed;
use crate::access::{Scope, View};
use crate::error::Result;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::organisations::entity::organisation;
use crate::nouns::outcomes::entity::{Indicator, outcome};
use crate::nouns::programme::rules::Basis;
use crate::nouns::programme::store::{self as programme, Figures, Milestones, Transacted, Values, of};
use crate::nouns::tallies::entity::{tally_milestone, tally_outcome};
use crate::nouns::tallies::store::{self as tallies, Dimension, Span, between};
use crate::types::Quarter;

/// What is summed up for a part of a card; none where that part is unknown.
struct Part<T> {
    card: Option<String>,
    /// Nil but by organisation.
    organisation: Option<Uuid>,
    of: T,
}

impl<T: FromQueryResult> FromQueryResult for Part<T> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            card: row.try_get(prefix, CARD)?,
            organisation: row.try_get(prefix, OWN)?,
            of: T::from_query_result(row, prefix)?,
        })
    }
}

/// What cells are read of, where it is known beforehand.
enum Wanted {
    All,
    Parts(Vec<String>),
    Organisations(Vec<Uuid>),
}

/// The cards of a page, and the organisations that they are of. Each partnership is on one card by a dimension that has
/// partnerships, so these tell which cards there are, and of the rest only what is on the page is summed up. Six statements
/// at most, however many cards there are.
pub async fn cards(
    view: &View,
    by: ScorecardDimension,
    basis: Basis,
    range: Range,
    page: &Page,
) -> Result<(Cards, Vec<organisation::Model>)> {
    let mut cards = Cards::new(by);
    let mut organisations = Vec::new();
    let mut wanted = Wanted::All;
    if by == ScorecardDimension::Organisation {
        organisations = with_partnerships(view, page).await?;
        wanted = Wanted::Organisations(organisations.iter().map(|row| row.id).collect());
    }
    let code_of = codes(&organisations);
    if by.has_partnerships() {
        let values = values(view, by, &wanted).await?;
        for part in &values {
            cards.of(part.key(&code_of)).add_values(&part.of)?;
        }
        cards.cut(page);
        if by != ScorecardDimension::Organisation {
            let parts = values.iter().filter(|part| cards.has(part.key(&code_of)));
            wanted = Wanted::Parts(parts.map(|part| part.card.clone().unwrap_or_default()).collect());
        }
    }
    for part in milestones(view, by, range, &wanted).await? {
        if let Some(card) = cards.on(part.key(&code_of)) {
            card.milestones.add(&part.of);
        }
    }
    let span = Span {
        from: range.from.map(|from| from.to_string()),
        until: range.until.map(|until| until.to_string()),
    };
    for part in figures(view, by, basis, &span, &wanted).await? {
        let seat = part.of.indicator.verifier().as_str();
        let is_seat = by == ScorecardDimension::VerifyingInstitution;
        let of_transactions = part.of.indicator == Indicator::TransactionValue && by.has_transactions();
        if let Some(card) = cards.on(if is_seat { Some(seat) } else { part.key(&code_of) }) {
            if of_transactions {
                card.add_transacted(part.of.total)?;
            }
            card.figures.push(part.of);
        }
    }
    if by.has_transactions() {
        for part in traded(view, by, basis, &span, &wanted).await? {
            if let Some(card) = cards.on(part.key(&code_of)) {
                // A partnership has one lead partner, so those that are counted in parts of a card are others.
                card.transacted.n += part.of.n;
            }
        }
    }
    cards.cut(page);
    Ok((cards, organisations))
}

/// The organisations that have a partnership, on a page of cards in the order of their codes.
async fn with_partnerships(view: &View, page: &Page) -> Result<Vec<organisation::Model>> {
    use organisation::Column;
    let select = organisation::Entity::find()
        .filter(Column::Id.in_subquery(tallies::organisations(view.reach())))
        .filter(Condition::all().add_option(page.after.as_ref().map(|after| Column::Code.gt(after))))
        .order_by_asc(Column::Code)
        .limit(page.first);
    view.all(select).await
}

fn codes(organisations: &[organisation::Model]) -> HashMap<Uuid, &str> {
    organisations.iter().map(|one| (one.id, one.code.as_str())).collect()
}

impl<T> Part<T> {
    fn key<'a>(&'a self, code_of: &HashMap<Uuid, &'a str>) -> Option<&'a str> {
        let code = self.organisation.and_then(|own| code_of.get(&own).copied());
        code.or(self.card.as_deref())
    }
}

/// How many partnerships there are within reach.
pub async fn partnerships(view: &View) -> Result<i64> {
    Ok(programme::values(view).await?.map_or(0, |values| values.n))
}

async fn values(view: &View, by: ScorecardDimension, wanted: &Wanted) -> Result<Vec<Part<Values>>> {
    match dimension(by).within(view.reach()) {
        Some(own) => {
            let select = carded(view, tallies::partnerships(own), by, "tally_partnership.part", wanted);
            view.aggregate(select.having(held("tally_partnership"))).await
        }
        None => parts(view, programme::of_values(), by, "").await,
    }
}

async fn milestones(
    view: &View,
    by: ScorecardDimension,
    range: Range,
    wanted: &Wanted,
) -> Result<Vec<Part<Milestones>>> {
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
    let (mut all, mut overdue) = (tallies::milestones(own), tallies::overdue(own, view.today()).to_vec());
    let mut due = "tally_due.part";
    if is_quarter {
        // What is due is told by the month.
        overdue = tallies::overdue_by_month(Dimension::All, view.today()).to_vec();
        due = "substr(tally_due.period, 2, 7)";
        let month = |day: NaiveDate| day.format("%Y-%m").to_string();
        let quarters = |quarter: Quarter| quarter.to_string();
        let (from, until) = (range.from.map(quarters), range.until.map(quarters));
        all = all.filter(between(tally_milestone::Column::Part, from.as_deref(), until.as_deref()));
        let months = Condition::all()
            .add_option(first.map(|day| Expr::cust(due).gte(month(day))))
            .add_option(last.map(|day| Expr::cust(due).lte(month(day))));
        overdue = overdue.into_iter().map(|select| select.filter(months.clone())).collect();
    }
    let all = carded(view, all, by, "tally_milestone.part", wanted).having(held("tally_milestone"));
    let overdue = overdue
        .into_iter()
        .map(|select| view.narrow(carded(view, select, by, due, wanted).having(held("tally_due"))));
    let selects = [view.narrow(all)].into_iter().chain(overdue);
    view.union(selects, programme::every_column).await
}

async fn figures(
    view: &View,
    by: ScorecardDimension,
    basis: Basis,
    span: &Span,
    wanted: &Wanted,
) -> Result<Vec<Part<Figures>>> {
    let (from, until) = (span.from.as_deref(), span.until.as_deref());
    let Some(own) = dimension(by).within(view.reach()) else {
        let within = between(outcome::Column::Quarter, from, until);
        return parts(view, programme::of_figures(within, basis), by, "indicator").await;
    };
    let each = by == ScorecardDimension::Quarter;
    if !each && basis == Basis::Latest && *span == Span::default() {
        let selects = tallies::figures_of_all(own);
        let selects =
            selects.map(|select| view.narrow(parted(view, select, by, "tally_outcome.part", wanted)));
        return view.union(selects, programme::every_column).await;
    }
    let within = between(tally_outcome::Column::Quarter, from, until);
    let select = tallies::figures(own, within, basis, each);
    view.aggregate(carded(view, select, by, "tally_outcome.part", wanted)).await
}

/// How many partnerships have transacted; what they have is among the figures.
async fn traded(
    view: &View,
    by: ScorecardDimension,
    basis: Basis,
    span: &Span,
    wanted: &Wanted,
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
    view.aggregate(carded(view, traded, by, "tally_transacted.part", wanted)).await
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

/// What is wanted of the cells that a select over a tally sums up, for each part of a card; `part` is where a cell says which.
fn carded<E: EntityTrait>(
    view: &View,
    select: Select<E>,
    by: ScorecardDimension,
    part: &'static str,
    wanted: &Wanted,
) -> Select<E> {
    let select = parted(view, select, by, part, wanted);
    select.group_by(Expr::col(Alias::new(CARD))).group_by(Expr::col(Alias::new(OWN)))
}

/// The same of the cells by themselves.
fn parted<E: EntityTrait>(
    view: &View,
    mut select: Select<E>,
    by: ScorecardDimension,
    part: &'static str,
    wanted: &Wanted,
) -> Select<E> {
    let table = E::default().table_name().to_owned();
    let column = |name: &'static str| Expr::col((Alias::new(&table), Alias::new(name)));
    let own = column("organisation");
    select = match wanted {
        Wanted::All => select,
        Wanted::Parts(parts) => select.filter(column("part").is_in(parts)),
        Wanted::Organisations(ids) => select.filter(view.is_among(own.clone(), ids)),
    };
    let text = match by {
        ScorecardDimension::Quarter if matches!(table.as_str(), "tally_outcome" | "tally_transacted") => {
            column("quarter")
        }
        _ => Expr::cust(part),
    };
    select.expr_as(text, CARD).expr_as(own, OWN)
}

const CARD: &str = "card";
const OWN: &str = "card_own";

/// What is joined to find the card. None of it is narrowed by itself, and none has to be: it is the same partnership's,
/// and so within the same reach.
const PARTNERSHIP: &str = "card_partnership";
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
        ScorecardDimension::Organisation => (select, Expr::cust("CAST(NULL AS text)")),
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
    let is_own = by == ScorecardDimension::Organisation;
    let own = if is_own { of(E::TABLE, "organisation") } else { Expr::cust("CAST(NULL AS uuid)") };
    view.aggregate(select.expr_as(own, OWN).group_by(Expr::col(Alias::new(OWN)))).await
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

//! The SQL of scorecards: the programme's own selects, grouped by what a card is of, one statement each.

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, JoinType};
use sea_orm::{ColumnTrait as _, DbErr, FromQueryResult, QueryFilter as _, QueryResult, QuerySelect, Select};

use super::rules::{Cards, Range, ScorecardDimension};
use crate::access::page::Keyed;
use crate::access::{Scope, View};
use crate::error::Result;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::outcomes::entity::outcome;
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::programme::rules::Basis;
use crate::nouns::programme::store::{self as programme, Figures, Milestones, Transacted, Values, of};

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

/// All cards of a dimension: five statements at most, however many cards there are.
pub async fn cards(view: &View, by: ScorecardDimension, basis: Basis, range: Range) -> Result<Cards> {
    let mut cards = Cards::new(by);
    if by.has_partnerships() {
        for part in parts::<_, Values>(view, programme::of_values(), by, "").await? {
            cards.of(part.card.as_deref()).add_values(&part.of)?;
        }
    }

    let mut select = programme::of_milestones(view.today());
    if by == ScorecardDimension::Quarter {
        let (first, last) = range.days();
        let within = Condition::all()
            .add_option(first.map(|day| milestone::Column::DueOn.gte(day)))
            .add_option(last.map(|day| milestone::Column::DueOn.lte(day)));
        select = select.filter(within);
    }
    for part in parts::<_, Milestones>(view, select, by, "verifier").await? {
        cards.of(part.card.as_deref()).add_milestones(&part.of);
    }

    let within = Condition::all()
        .add_option(range.from.map(|from| outcome::Column::Quarter.gte(from.to_string())))
        .add_option(range.until.map(|until| outcome::Column::Quarter.lte(until.to_string())));
    let select = programme::of_figures(within.clone(), basis);
    for part in parts::<_, Figures>(view, select, by, "indicator").await? {
        let seat = part.of.indicator.verifier().as_str();
        let is_seat = by == ScorecardDimension::VerifyingInstitution;
        cards.of(if is_seat { Some(seat) } else { part.card.as_deref() }).figures.push(part.of);
    }

    if by.has_transactions() {
        let select = programme::of_transacted(basis).filter(within);
        for part in parts::<_, Transacted>(view, select, by, "").await? {
            cards.of(part.card.as_deref()).add_transacted(&part.of)?;
        }
    }
    Ok(cards)
}

/// How many partnerships there are within reach.
pub async fn partnerships(view: &View) -> Result<i64> {
    view.count::<partnership::Entity>(Condition::all()).await
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

//! The SQL of what waits: one select for each kind of work, all of them one statement.

use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, JoinType, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use super::rules::WorkKind;
use crate::access::page::{Cursor, Page, Slice};
use crate::access::{Level, Narrowed, Role, Scope, Stewardship, View};
use crate::error::{Error, Result};
use crate::nouns::milestones::entity::{MilestoneStatus, RescheduleStatus, milestone, reschedule};
use crate::nouns::obstacles::entity::{ObstacleStatus, obstacle};

use crate::nouns::outcomes::entity::{Indicator, OutcomeStatus, outcome, outcome_revision};
use crate::nouns::partners::corrections::{CorrectionStatus, partner_correction};
use crate::nouns::partners::entity::{LegalForm, partner};
use crate::nouns::partnerships::entity::{PartnershipStatus, partnership, partnership_partner};
use crate::nouns::quarters::entity::{QuarterStatus, quarter, quarter_agreement};
use crate::nouns::quarters::store::holders;
use crate::types::Timestamp;

/// Something that waits.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Item {
    pub kind: String,
    pub id: Uuid,
    pub since: Timestamp,
    pub reason: Option<String>,
}

impl Item {
    pub fn cursor(&self) -> Cursor {
        Cursor::of_kind(&self.kind, self.since.0, self.id)
    }
}

/// One page of what waits for the actor, the oldest first.
pub async fn page(view: &View, page: &Page) -> Result<Slice<Item>> {
    let order = if page.backward { Order::Desc } else { Order::Asc };
    let most = page.size + 1;
    let mut cut = Cut { ends: Vec::new(), order: order.clone(), most };
    for (cursor, is_after, argument) in [(&page.after, true, "after"), (&page.before, false, "before")] {
        let Some(cursor) = cursor else { continue };
        let (kind, since, id) = cursor.as_kind(argument)?;
        let kind = WorkKind::of(kind)
            .ok_or_else(|| Error::input(argument, &cursor.encode(), "a cursor of this connection"))?;
        cut.ends.push((Expr::tuple([Expr::val(since), Expr::val(id), Expr::val(kind.as_str())]), is_after));
    }
    let rows = view
        .union(selects(view, Some(cut)).await?, |items| {
            for name in ["kind", "id", "since", "reason"] {
                items.column(Alias::new(name));
            }
            items.limit(most);
            for name in ["since", "id", "kind"] {
                items.order_by(Alias::new(name), order.clone());
            }
        })
        .await?;
    Ok(page.slice(rows))
}

/// How much waits for the actor.
pub async fn count(view: &View) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let rows = view.union::<Count>(selects(view, None).await?, |items| {
        items.expr_as(Expr::cust("CAST(sum(n) AS bigint)"), Alias::new("n"));
    });
    Ok(rows.await?.first().map_or(0, |row| row.n))
}

/// What of each kind can be on a page: so many of it from a place on, so that what waits all over a country is not sorted for
/// the fifty that are shown.
struct Cut {
    /// Since when, which and what, and whether the page is after it.
    ends: Vec<(Expr, bool)>,
    order: Order,
    most: u64,
}

/// Who asks, as far as it decides what waits for it.
struct Me<'a> {
    view: &'a View,
    seat: Role,
    organisation: Uuid,
    /// None where it is only counted.
    cut: Option<Cut>,
}

/// A select for each kind of work that the actor's seat and level do.
async fn selects(view: &View, cut: Option<Cut>) -> Result<Vec<Narrowed>> {
    let actor = view.actor();
    // Who was succeeded still reads, and nothing waits for it any more.
    let (Some(seat), Some(organisation), None) = (actor.role, actor.organisation_id(), view.reads_until())
    else {
        return Ok(Vec::new());
    };
    let me = Me { view, seat, organisation, cut };
    let mut selects = Vec::new();
    if actor.is_at_least(Level::Officer) {
        selects.extend(me.to_prepare());
    }
    if actor.is_at_least(Level::Approver) {
        selects.extend(me.to_decide());
        if seat == Role::Kemenbumn {
            selects.push(me.to_lock(&holders(view).await?));
        }
    }
    Ok(selects)
}

impl Me<'_> {
    fn to_prepare(&self) -> Vec<Narrowed> {
        use milestone::Column as M;
        let today = self.view.today();
        let reported_by_me = || {
            milestone::Entity::find().filter(M::Reporter.eq(self.seat)).filter(self.stewarded(M::Partnership))
        };
        let returned = reported_by_me().filter(M::Status.eq(MilestoneStatus::Returned));
        let due = reported_by_me()
            .filter(M::Status.is_in([MilestoneStatus::Scheduled, MilestoneStatus::InProgress]))
            .filter(M::DueOn.lte(today));
        let obstacles = obstacle::Entity::find()
            .filter(obstacle::Column::Owner.eq(self.seat))
            .filter(obstacle::Column::Status.ne(ObstacleStatus::Resolved))
            .filter(self.stewarded(obstacle::Column::Partnership));
        let mut selects = vec![
            self.item(returned, WorkKind::CorrectMilestone, M::Id, col(M::StatusSince), col(M::StatusReason)),
            self.item(due, WorkKind::ReportMilestone, M::Id, self.view.start_of(M::DueOn, 0), none()),
            self.item(
                obstacles,
                WorkKind::FollowUpObstacle,
                obstacle::Column::Id,
                col(obstacle::Column::RaisedAt),
                col(obstacle::Column::FollowUp),
            ),
        ];
        if self.seat == Role::Bumn {
            selects.extend(self.figures_to_report());
        }
        selects
    }

    fn figures_to_report(&self) -> [Narrowed; 3] {
        use outcome::Column as O;
        use outcome_revision::Column as R;
        let returned = in_open_quarters(OutcomeStatus::Returned);
        let revisions = last_revisions(OutcomeStatus::Returned);
        let mut drafts =
            outcome::Entity::find().filter(O::Status.eq(OutcomeStatus::Draft)).filter(self.has_ended());
        let same = col(quarter::Column::Code).eq(col(O::Quarter));
        QuerySelect::query(&mut drafts).join(JoinType::InnerJoin, quarter::Entity, same);
        [
            self.item(returned, WorkKind::CorrectOutcome, O::Id, col(O::StatusSince), col(O::StatusReason)),
            self.item(revisions, WorkKind::CorrectRevision, R::Id, col(R::StatusSince), col(R::StatusReason)),
            self.item(
                drafts,
                WorkKind::ReportOutcome,
                O::Id,
                self.view.start_of(quarter::Column::EndsOn, 1),
                none(),
            ),
        ]
    }

    fn to_decide(&self) -> Vec<Narrowed> {
        use milestone::Column as M;
        use outcome::Column as O;
        use outcome_revision::Column as R;
        use reschedule::Column as S;
        let reported = milestone::Entity::find()
            .filter(M::Verifier.eq(self.seat))
            .filter(M::Status.eq(MilestoneStatus::Submitted))
            .filter(M::ReporterOrganisation.ne(self.organisation))
            .filter(self.stewarded(M::Partnership));
        // A milestone is the same partnership's as what hangs on it, and so within the same reach. It is looked up for each
        // that waits, which are few: a list of all that the seat verifies, of which EXISTS may be made, grows with the years.
        let verifier = milestone::Entity::find()
            .select_only()
            .column(M::Verifier)
            .filter(col(M::Id).eq(col(S::Milestone)))
            .into_query();
        let moves = reschedule::Entity::find()
            .filter(S::Status.eq(RescheduleStatus::Waiting))
            .filter(S::RequesterOrganisation.ne(self.organisation))
            .filter(Expr::SubQuery(None, Box::new(verifier.into())).eq(self.seat))
            .filter(self.stewarded(S::Partnership));
        let own = Indicator::all().filter(|indicator| indicator.verifier() == self.seat).collect::<Vec<_>>();
        let figures = in_open_quarters(OutcomeStatus::Submitted)
            .filter(O::Indicator.is_in(own.iter().copied()))
            .filter(O::ReporterOrganisation.ne(self.organisation))
            .filter(self.stewarded(O::Partnership));
        let of_own = outcome::Entity::find()
            .select_only()
            .column(O::Id)
            .filter(col(O::Id).eq(col(R::Outcome)))
            .filter(O::Indicator.is_in(own));
        let revisions = last_revisions(OutcomeStatus::Submitted)
            .filter(Expr::exists(of_own.into_query()))
            .filter(R::ReporterOrganisation.ne(self.organisation))
            .filter(self.stewarded(R::Partnership));
        let mut selects = vec![
            self.item(reported, WorkKind::VerifyMilestone, M::Id, col(M::StatusSince), none()),
            self.item(moves, WorkKind::ApproveReschedule, S::Milestone, col(S::RequestedAt), col(S::Reason)),
        ];
        if self.seat == Role::Bumn {
            return selects;
        }
        let agreed = Query::select()
            .column((quarter_agreement::Entity, quarter_agreement::Column::Quarter))
            .from(quarter_agreement::Entity)
            .and_where(quarter_agreement::Column::Organisation.eq(self.organisation))
            .to_owned();
        let quarters = quarter::Entity::find()
            .filter(self.has_ended())
            .filter(quarter::Column::Id.not_in_subquery(agreed));
        selects.extend([
            self.item(figures, WorkKind::VerifyOutcome, O::Id, col(O::StatusSince), none()),
            self.item(revisions, WorkKind::VerifyRevision, R::Id, col(R::StatusSince), col(R::Reason)),
            self.corrections(),
            self.item(
                quarters,
                WorkKind::AgreeQuarter,
                quarter::Column::Id,
                self.view.start_of(quarter::Column::EndsOn, 1),
                none(),
            ),
        ]);
        if self.seat == Role::Kemenbumn {
            use partnership::Column as P;
            let proposed = partnership::Entity::find().filter(P::Status.eq(PartnershipStatus::Proposed));
            selects.push(self.item(
                proposed,
                WorkKind::DecidePartnership,
                P::Id,
                col(P::StatusSince),
                none(),
            ));
        }
        selects
    }

    /// What BUMN say that is otherwise of partners that are the actor's to steward.
    fn corrections(&self) -> Narrowed {
        use partner::Column as P;
        use partner_correction::Column as C;
        let stewarded = partner::Entity::find()
            .select_only()
            .column(P::Id)
            .filter(col(P::Id).eq(col(C::Partner)))
            .filter(P::Steward.eq(self.seat));
        let stewarded = match self.view.stewardship() {
            Stewardship::All => stewarded,
            Stewardship::Koperasi => stewarded.filter(P::LegalForm.eq(LegalForm::Koperasi)),
            Stewardship::OtherThanKoperasi => stewarded.filter(P::LegalForm.ne(LegalForm::Koperasi)),
        };
        let waiting = partner_correction::Entity::find()
            .filter(C::Status.eq(CorrectionStatus::Waiting))
            .filter(Expr::exists(stewarded.into_query()));
        self.item(waiting, WorkKind::DecideCorrection, C::Partner, col(C::ProposedAt), col(C::Reason))
    }

    /// A quarter that has ended and that everyone who holds a seat today agrees to, since the last of them does.
    fn to_lock(&self, holders: &[(Uuid, Role)]) -> Narrowed {
        use quarter_agreement::Column as A;
        let of_holders = |what: Expr| -> SelectStatement {
            Query::select()
                .expr(what)
                .from(quarter_agreement::Entity)
                .and_where(col(A::Quarter).eq(col(quarter::Column::Id)))
                .and_where(A::Organisation.is_in(holders.iter().map(|(organisation, _)| *organisation)))
                .to_owned()
        };
        let all = i64::try_from(holders.len()).unwrap_or(i64::MAX);
        let count = Expr::SubQuery(None, Box::new(of_holders(Expr::cust("count(*)")).into()));
        let last = Expr::SubQuery(None, Box::new(of_holders(col(A::AgreedAt).max()).into()));
        let agreed = quarter::Entity::find().filter(self.has_ended()).filter(count.eq(all));
        self.item(agreed, WorkKind::LockQuarter, quarter::Column::Id, last, none())
    }

    fn has_ended(&self) -> Condition {
        Condition::all()
            .add(quarter::Column::Status.eq(QuarterStatus::Open))
            .add(quarter::Column::EndsOn.lt(self.view.today()))
    }

    /// The work of partners that are the actor's to steward, by the lead partner, where its seat was divided.
    fn stewarded<C: ColumnTrait>(&self, of: C) -> Condition {
        let part = self.view.stewardship();
        if part == Stewardship::All {
            return Condition::all();
        }
        let of_koperasi = Query::select()
            .column((partnership_partner::Entity, partnership_partner::Column::Partnership))
            .from(partnership_partner::Entity)
            .join(
                JoinType::InnerJoin,
                partner::Entity,
                col(partner::Column::Id).eq(col(partnership_partner::Column::Partner)),
            )
            .and_where(partnership_partner::Column::Lead.eq(true))
            .and_where(partner::Column::LegalForm.eq(LegalForm::Koperasi))
            .to_owned();
        // All that is not the one's is the other's, so that what has no lead partner is not lost.
        Condition::all().add(match part {
            Stewardship::Koperasi => of.in_subquery(of_koperasi),
            _ => of.not_in_subquery(of_koperasi),
        })
    }

    fn item<E: Scope>(
        &self,
        of: Select<E>,
        kind: WorkKind,
        id: E::Column,
        since: Expr,
        reason: Expr,
    ) -> Narrowed {
        let Some(cut) = &self.cut else {
            return self.view.narrow(of.select_only().expr_as(Expr::cust("count(*)"), "n"));
        };
        let kind = Expr::cust(format!("CAST('{}' AS text)", kind.as_str()));
        let mut bounds = Condition::all();
        for (end, is_after) in &cut.ends {
            let key = Expr::tuple([since.clone(), col(id), kind.clone()]);
            bounds = bounds.add(if *is_after { key.gt(end.clone()) } else { key.lt(end.clone()) });
        }
        let item = of.select_only().expr_as(kind, "kind").column_as(id, "id");
        let item = item.expr_as(since.clone(), "since").expr_as(reason, "reason");
        let item = item.filter(bounds).order_by(since, cut.order.clone()).order_by(id, cut.order.clone());
        self.view.narrow_first(item.limit(cut.most))
    }
}

/// The outcomes with this status whose quarter is open. Quarters are everyone's. Not as a join, of which SQLite would read all with the
/// status, instead of those of the open quarters by an index.
fn in_open_quarters(status: OutcomeStatus) -> Select<outcome::Entity> {
    let open = Query::select()
        .column((quarter::Entity, quarter::Column::Code))
        .from(quarter::Entity)
        .and_where(quarter::Column::Status.eq(QuarterStatus::Open))
        .to_owned();
    outcome::Entity::find()
        .filter(outcome::Column::Status.eq(status))
        .filter(outcome::Column::Quarter.in_subquery(open))
}

/// The revisions with this status that no later one of the same outcome, and so within the same reach, has followed.
fn last_revisions(status: OutcomeStatus) -> Select<outcome_revision::Entity> {
    use outcome_revision::Column;
    let later = |column: Column| Expr::col((Alias::new("later"), column));
    let followed = Query::select()
        .expr(Expr::val(1))
        .from_as(outcome_revision::Entity, Alias::new("later"))
        .and_where(later(Column::Outcome).eq(col(Column::Outcome)))
        .and_where(later(Column::Number).gt(col(Column::Number)))
        .to_owned();
    let revisions = outcome_revision::Entity::find().filter(Column::Status.eq(status));
    revisions.filter(Expr::exists(followed).not())
}

fn col<C: ColumnTrait>(column: C) -> Expr {
    Expr::col(column.as_column_ref())
}

fn none() -> Expr {
    Expr::cust("CAST(NULL AS text)")
}

/// The kind of an item.
pub fn kind(item: &Item) -> Result<WorkKind> {
    WorkKind::of(&item.kind).ok_or_else(|| Error::internal(format!("{} is no kind of work", item.kind)))
}

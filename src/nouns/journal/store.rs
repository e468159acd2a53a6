//! The SQL that reads the journal.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::access::page::{Page, Slice};
use crate::access::{Reach, Scope, View};
use crate::error::{Error, Result};
use crate::journal::Projected;
use crate::journal::entity::{change, entry};
use crate::nouns::certificates::entity::{certificate, platform_account};
use crate::nouns::contacts::entity::contact;
use crate::nouns::partners::entity::partner;
use crate::types::GlobalId;

/// The tables whose rows every party may see, so that their changes are within everyone's reach who reads the journal.
const SHARED: [&str; 9] = [
    "baseline",
    "clause",
    "memorandum",
    "memorandum_signatory",
    "organisation",
    "organisation_name",
    "quarter",
    "quarter_agreement",
    "succession",
];

impl Scope for change::Entity {
    fn narrow(reach: &Reach) -> Condition {
        if !matches!(reach, Reach::Organisations(_)) {
            return reach.shared();
        }
        // What is a partner's belongs to no organisation of its own: its subject is within reach where the partner is.
        let of_partners = Condition::any()
            .add(subjects::<partner::Entity>(reach))
            .add(subjects::<certificate::Entity>(reach))
            .add(subjects::<platform_account::Entity>(reach))
            .add(subjects::<contact::Entity>(reach));
        Condition::any()
            .add(reach.within(change::Column::Organisation))
            .add(change::Column::Noun.is_in(SHARED))
            .add(of_partners)
    }
}

/// The changes of this noun's rows that are within reach.
fn subjects<E: Scope + Projected>(reach: &Reach) -> Condition {
    let ids = E::find().select_only().column(E::ID).filter(E::narrow(reach)).into_query();
    Condition::all().add(change::Column::Noun.eq(E::NOUN)).add(change::Column::Id.in_subquery(ids))
}

/// The administrator, who sees none of the work, reads of every act who did it and when.
impl Scope for entry::Entity {
    fn narrow(reach: &Reach) -> Condition {
        match reach {
            Reach::All | Reach::Nobody => Condition::all(),
            Reach::Organisations(_) => Condition::all().add(
                entry::Column::Sequence
                    .in_subquery(sequences(Condition::all().add(change::Entity::narrow(reach)))),
            ),
        }
    }
}

fn sequences(changes: Condition) -> sea_orm::sea_query::SelectStatement {
    let select = change::Entity::find().select_only().column(change::Column::Sequence);
    select.filter(changes).into_query()
}

/// A row that the journal knows: the name of its table, and its id.
#[derive(Debug, Clone)]
pub struct Subject {
    noun: String,
    id: Uuid,
}

/// Reads the global id of a row of any table that the journal projects.
///
/// # Errors
///
/// NOT_FOUND: what no row bears, nobody can see.
pub fn subject(id: &str) -> Result<Subject> {
    let parsed = GlobalId::parse(id).ok_or_else(|| Error::not_found(id))?;
    if !crate::nouns::projections().iter().any(|projection| projection.noun() == parsed.noun) {
        return Err(Error::not_found(id));
    }
    Ok(Subject { noun: parsed.noun.to_owned(), id: parsed.id })
}

/// The entries that changed this subject, where the actor may know of those changes.
fn of(view: &View, subject: Option<&Subject>) -> Condition {
    Condition::all().add_option(subject.map(|subject| {
        let own = Condition::all()
            .add(change::Column::Id.eq(subject.id))
            .add(change::Column::Noun.eq(&subject.noun));
        let own = match view.reach() {
            Reach::Nobody => own,
            reach => own.add(change::Entity::narrow(reach)),
        };
        entry::Column::Sequence.in_subquery(sequences(own))
    }))
}

/// One page of entries, by sequence.
pub async fn entries(
    view: &View,
    subject: Option<&Subject>,
    descending: bool,
    page: &Page,
) -> Result<Slice<entry::Model>> {
    use entry::Column::Sequence;
    let mut select = entry::Entity::find().filter(of(view, subject));
    for (cursor, is_after, argument) in [(&page.after, true, "after"), (&page.before, false, "before")] {
        if let Some(cursor) = cursor {
            let at = cursor.as_number("SEQUENCE", argument)?;
            select = select.filter(if is_after == descending { Sequence.lt(at) } else { Sequence.gt(at) });
        }
    }
    let ascending = descending == page.backward;
    let select = if ascending { select.order_by_asc(Sequence) } else { select.order_by_desc(Sequence) };
    Ok(page.slice(view.all(select.limit(page.size + 1)).await?))
}

/// How many entries there are within reach.
pub async fn count(view: &View, subject: Option<&Subject>) -> Result<i64> {
    view.count::<entry::Entity>(of(view, subject)).await
}

/// The entry that the actor's own act has just made: it may see that whichever its role.
pub async fn own_entry(view: &View, sequence: i64) -> Result<Option<entry::Model>> {
    view.own_entry(sequence).await
}

/// The changes of these entries that are within reach, in order.
pub async fn changes(view: &View, sequences: &[i64]) -> Result<Vec<change::Model>> {
    let select = change::Entity::find().filter(change::Column::Sequence.is_in(sequences.iter().copied()));
    view.all(select.order_by_asc(change::Column::Sequence).order_by_asc(change::Column::Position)).await
}

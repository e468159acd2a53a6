//! The SQL of the journal's changes, each with the entry that it stands in.

use sea_orm::sea_query::{Expr, ExprTrait as _, Order};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::access::View;
use crate::access::page::{Page, Slice};
use crate::error::Result;
use crate::journal::entity::{change, entry};
use crate::nouns::journal::store::{first_since, is_named};
use crate::types::Timestamp;

/// A change, without its image, and who made it when.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Told {
    pub sequence: i64,
    pub position: i32,
    pub noun: String,
    pub id: Uuid,
    pub removed: bool,
    pub at: Timestamp,
    pub action: String,
    pub role: Option<String>,
    /// None where it is not told.
    pub organisation: Option<Uuid>,
}

/// What the name of these cursors is. It is never changed: machines keep them.
pub const ORDER: &str = "CHANGE";

/// Changes joined with their entries: whoever sees a change sees its entry.
pub fn with_entries() -> Select<change::Entity> {
    let relation = sea_orm::RelationDef::from(
        change::Entity::belongs_to(entry::Entity).from(change::Column::Sequence).to(entry::Column::Sequence),
    );
    change::Entity::find().select_only().join(JoinType::InnerJoin, relation)
}

/// All that was recorded at this moment or later.
fn since(column: impl ColumnTrait, at: Option<Timestamp>) -> Condition {
    let sequence = Expr::col(column.as_column_ref());
    Condition::all().add_option(at.map(|at| sequence.gte(first_since(at))))
}

/// One page of changes, oldest first.
///
/// Bounds are said of the entries as well: PostgreSQL does not see by the join that they hold there, too, and would read
/// all entries from the first.
pub async fn changes(view: &View, at: Option<Timestamp>, page: &Page) -> Result<Slice<Told>> {
    use change::Column::{Id, Image, Noun, Position, Sequence};
    let mut select = with_entries()
        .columns([Sequence, Position, Noun, Id])
        .column_as(Image.is_null(), "removed")
        .columns([entry::Column::At, entry::Column::Action, entry::Column::Role, entry::Column::Organisation])
        .filter(since(Sequence, at))
        .filter(since(entry::Column::Sequence, at));
    for (cursor, is_after, argument) in [(&page.after, true, "after"), (&page.before, false, "before")] {
        if let Some(cursor) = cursor {
            let (sequence, position) = cursor.as_place(ORDER, argument)?;
            let place = Expr::tuple([Sequence, Position].map(|column| Expr::col(column.as_column_ref())));
            let bound = Expr::tuple([Expr::val(sequence), Expr::val(position)]);
            let of_entry = entry::Column::Sequence;
            select = if is_after {
                select.filter(place.gt(bound)).filter(of_entry.gte(sequence))
            } else {
                select.filter(place.lt(bound)).filter(of_entry.lte(sequence))
            };
        }
    }
    let direction = || if page.backward { Order::Desc } else { Order::Asc };
    let select = select.order_by(Sequence, direction()).order_by(Position, direction()).limit(page.size + 1);
    let mut rows = view.aggregate::<change::Entity, Told>(select).await?;
    for row in &mut rows {
        row.organisation =
            row.organisation.filter(|own| is_named(view.reach(), row.role.as_deref(), Some(*own)));
    }
    Ok(page.slice(rows))
}

/// How many there are within reach.
pub async fn count(view: &View, at: Option<Timestamp>) -> Result<i64> {
    view.count::<change::Entity>(since(change::Column::Sequence, at)).await
}

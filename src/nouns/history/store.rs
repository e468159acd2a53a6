//! The SQL of histories: one statement for a page of each object's acts, one for all of their images, where they are asked
//! for.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, JoinType, Order, Query};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, Iterable as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::rules::{self, Column, FieldChange, Image, InReach};
use crate::access::page::{Page, Slice};
use crate::access::{Reach, Scope, View};
use crate::error::{Error, Result};
use crate::journal::entity::{change, entry};
use crate::journal::{Projected, projection};
use crate::nouns::ids::Noun;
use crate::nouns::journal::store::is_named;
use crate::nouns::partners::entity::partner;
use crate::nouns::partnerships::entity::partnership;
use crate::types::Timestamp;

/// An act that changed an object. Who acted is told as far as the actor may know.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Act {
    pub id: Uuid,
    pub sequence: i64,
    /// The act before it, of those within reach.
    previous: Option<i64>,
    pub at: Timestamp,
    pub actor: Option<String>,
    pub role: Option<String>,
    pub organisation: Option<Uuid>,
    pub action: String,
    pub reason: Option<String>,
}

/// What the cursors of histories are named. The number in them is the sequence.
pub const ORDER: &str = "HISTORY";

/// The columns of a table, in its order.
pub(super) fn columns<E: Projected>() -> impl Iterator<Item = Column> {
    E::Column::iter().map(|column| Column {
        name: sea_orm::IdenStatic::as_str(&column),
        is_id: *column.def().get_column_type() == sea_orm::ColumnType::Uuid,
    })
}

fn noun<E: Projected>() -> Result<Noun> {
    Noun::named(E::NOUN).ok_or_else(|| Error::internal(format!("{} is no noun", E::NOUN)))
}

/// For each of these objects one page of the acts that changed it, oldest first, as far as their changes are within reach.
pub async fn page<E: Projected>(view: &View, ids: &[Uuid], page: &Page) -> Result<HashMap<Uuid, Slice<Act>>> {
    use change::Column::{Id, Sequence};
    let item = |name: &'static str| Expr::col((Alias::new("items"), Alias::new(name)));
    // An entry that changed an object more than once is one act.
    let place = format!(
        "row_number() OVER (PARTITION BY journal_change.id ORDER BY journal_change.sequence {})",
        if page.backward { "DESC" } else { "ASC" }
    );
    let mut select = change::Entity::find()
        .select_only()
        .columns([Id, Sequence])
        .expr_as(Expr::cust(place), "place")
        .filter(view.is_in(Id, ids))
        .filter(change::Column::Noun.eq(E::NOUN))
        .group_by(Id)
        .group_by(Sequence);
    for (cursor, is_after, argument) in [(&page.after, true, "after"), (&page.before, false, "before")] {
        if let Some(cursor) = cursor {
            let at = cursor.as_number(ORDER, argument)?;
            select = select.filter(if is_after { Sequence.gt(at) } else { Sequence.lt(at) });
        }
    }
    let previous = Query::select()
        .expr(Expr::col(Sequence.as_column_ref()).max())
        .from(change::Entity)
        .and_where(Expr::col(Id.as_column_ref()).eq(item("id")))
        .and_where(change::Column::Noun.eq(E::NOUN))
        .and_where(Expr::col(Sequence.as_column_ref()).lt(item("sequence")))
        .cond_where(change::Entity::narrow(view.reach()))
        .to_owned();
    let acts = view.union::<Act>([view.narrow(select)], |items| {
        use entry::Column::{Action, Actor, At, Organisation, Reason, Role};
        // Whoever sees a change sees its entry.
        let same = Expr::col(entry::Column::Sequence.as_column_ref()).eq(item("sequence"));
        items.join(JoinType::InnerJoin, entry::Entity, same);
        items.expr(item("id")).expr(item("sequence"));
        items.expr_as(Expr::SubQuery(None, Box::new(previous.into())), Alias::new("previous"));
        items.columns([At, Actor, Role, Organisation, Action, Reason].map(|column| column.as_column_ref()));
        items.and_where(item("place").lte(page.size + 1));
        let order = if page.backward { Order::Desc } else { Order::Asc };
        items.order_by((Alias::new("items"), Alias::new("sequence")), order);
    });
    let mut pages = HashMap::<Uuid, Vec<Act>>::new();
    for mut act in acts.await? {
        if !is_named(view.reach(), act.role.as_deref(), act.organisation) {
            (act.actor, act.organisation, act.reason) = (None, None, None);
        }
        pages.entry(act.id).or_default().push(act);
    }
    Ok(pages.into_iter().map(|(id, acts)| (id, page.slice(acts))).collect())
}

/// How many acts changed each of these objects.
pub async fn count<E: Projected>(view: &View, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
    #[derive(FromQueryResult)]
    struct Count {
        id: Uuid,
        n: i64,
    }
    use change::Column::{Id, Noun, Sequence};
    let select = change::Entity::find()
        .select_only()
        .column(Id)
        .expr_as(Expr::col(Sequence.as_column_ref()).count_distinct(), "n")
        .filter(view.is_in(Id, ids))
        .filter(Noun.eq(E::NOUN))
        .group_by(Id);
    let rows = view.aggregate::<change::Entity, Count>(select).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.n)).collect())
}

/// What acts did to fields, by object and sequence.
pub type Fields = HashMap<(Uuid, i64), Vec<FieldChange>>;

/// What these acts did to the fields of the objects. What a change out of reach did is not told by the one after it either:
/// that one is compared with the last within reach.
pub async fn fields<E: Scope + Projected>(view: &View, acts: &[&Act]) -> Result<Fields> {
    let told = view.actor().role.map(|role| Ok::<_, Error>(rules::told(role, noun::<E>()?, columns::<E>())));
    let told = told.transpose()?.unwrap_or_default();
    let images = images::<E>(view, acts).await?;
    let named = images.values().flat_map(|image| rules::names(&told, image)).collect();
    let in_reach = in_reach(view, named).await?;
    let fields = |act: &&Act| {
        let old = act.previous.and_then(|before| images.get(&(act.id, before)));
        let new = images.get(&(act.id, act.sequence));
        ((act.id, act.sequence), rules::differences(&told, old, new, &in_reach))
    };
    Ok(acts.iter().map(fields).collect())
}

/// The images of these acts and of those before them, by object and sequence: the last that an entry made, where it made
/// several. How many there can be is bounded by the cost of the operation.
async fn images<E: Projected>(view: &View, acts: &[&Act]) -> Result<HashMap<(Uuid, i64), Image>> {
    #[derive(FromQueryResult)]
    struct Changed {
        id: Uuid,
        sequence: i64,
        noun_version: i32,
        image: Option<String>,
    }
    use change::Column::{Id, Image, Noun, NounVersion, Position, Sequence};
    let mut ids = acts.iter().map(|act| act.id).collect::<Vec<_>>();
    ids.sort_unstable();
    ids.dedup();
    let sequences = acts.iter().flat_map(|act| act.previous.into_iter().chain([act.sequence]));
    let sequences = sequences.collect::<HashSet<_>>();
    let select = change::Entity::find()
        .select_only()
        .columns([Id, Sequence, NounVersion, Image])
        .filter(view.is_in(Id, &ids))
        .filter(Noun.eq(E::NOUN))
        .filter(Sequence.is_in(sequences))
        .order_by_asc(Id)
        .order_by_asc(Sequence)
        .order_by_desc(Position);
    let mut changes = view.aggregate::<change::Entity, Changed>(select).await?;
    changes.dedup_by_key(|change| (change.id, change.sequence));
    let mut images = HashMap::with_capacity(changes.len());
    for change in changes {
        let Some(image) = change.image else { continue };
        if let serde_json::Value::Object(members) = projection::members::<E>(change.noun_version, &image)? {
            images.insert((change.id, change.sequence), members);
        }
    }
    Ok(images)
}

/// Which of the objects that are named the actor can see, as far as that is not all of their noun.
async fn in_reach(view: &View, named: HashSet<(Noun, Uuid)>) -> Result<InReach> {
    let mut seen = InReach::new();
    if *view.reach() == Reach::All {
        return Ok(seen);
    }
    let of = |noun| named.iter().filter(|name| name.0 == noun).map(|name| name.1).collect::<Vec<_>>();
    let partnerships = view.by_ids::<partnership::Entity>(&of(Noun::Partnership)).await?;
    seen.insert(Noun::Partnership, partnerships.into_keys().collect());
    let partners = view.by_ids::<partner::Entity>(&of(Noun::Partner)).await?;
    seen.insert(Noun::Partner, partners.into_keys().collect());
    Ok(seen)
}

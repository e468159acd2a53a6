//! The SQL of histories.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait as _, FromQueryResult, Iterable as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::rules::{self, Column, FieldChange, Image, InReach};
use crate::access::{Reach, Scope, View};
use crate::error::{Error, Result};
use crate::journal::entity::{change, entry};
use crate::journal::{Projected, projection};
use crate::nouns::changes::store::with_entries;
use crate::nouns::ids::Noun;
use crate::nouns::partners::entity::partner;
use crate::nouns::partnerships::entity::partnership;
use crate::types::Timestamp;

/// A change of one row, with the entry that it stands in.
#[derive(Debug, FromQueryResult)]
struct Changed {
    id: Uuid,
    sequence: i64,
    noun_version: i32,
    image: Option<String>,
    at: Timestamp,
    actor: String,
    role: Option<String>,
    organisation: Option<Uuid>,
    action: String,
    reason: Option<String>,
}

/// What an act did to an object.
#[derive(Debug, Clone)]
pub struct Act {
    pub subject: Uuid,
    pub sequence: i64,
    pub at: Timestamp,
    pub actor: String,
    pub role: Option<String>,
    pub organisation: Option<Uuid>,
    pub action: String,
    pub reason: Option<String>,
    pub fields: Vec<FieldChange>,
}

/// The columns of a table, in its order.
pub(super) fn columns<E: Projected>() -> impl Iterator<Item = Column> {
    E::Column::iter().map(|column| Column {
        name: sea_orm::IdenStatic::as_str(&column),
        is_id: *column.def().get_column_type() == sea_orm::ColumnType::Uuid,
    })
}

/// The acts that changed these objects, oldest first, as far as their changes are within reach. What a change out of
/// reach did is not told by the one after it either: that one is compared with the last within reach.
pub async fn acts<E: Scope + Projected>(view: &View, ids: &[Uuid]) -> Result<Vec<Act>> {
    let noun = Noun::named(E::NOUN).ok_or_else(|| Error::internal(format!("{} is no noun", E::NOUN)))?;
    let told = view.actor().role.map(|role| rules::told(role, noun, columns::<E>())).unwrap_or_default();
    let changes = read(view, noun, ids).await?;

    let mut images = Vec::with_capacity(changes.len());
    for change in &changes {
        let image = change.image.as_deref();
        let members = image.map(|image| projection::members::<E>(change.noun_version, image)).transpose()?;
        images.push(members.and_then(|members| match members {
            serde_json::Value::Object(members) => Some(members),
            _ => None,
        }));
    }
    let named = images.iter().flatten().flat_map(|image| rules::names(&told, image)).collect();
    let in_reach = in_reach(view, named).await?;

    let mut acts = Vec::with_capacity(changes.len());
    let mut before: Option<(Uuid, Option<Image>)> = None;
    for (change, image) in changes.into_iter().zip(images) {
        let old = before.take().filter(|(id, _)| *id == change.id).and_then(|(_, image)| image);
        let fields = rules::differences(&told, old.as_ref(), image.as_ref(), &in_reach);
        before = Some((change.id, image));
        acts.push(Act {
            subject: change.id,
            sequence: change.sequence,
            at: change.at,
            actor: change.actor,
            role: change.role,
            organisation: change.organisation,
            action: change.action,
            reason: change.reason,
            fields,
        });
    }
    Ok(acts)
}

/// The changes of these rows, each row's by itself and oldest first; the last that an entry made, where it made several.
async fn read(view: &View, noun: Noun, ids: &[Uuid]) -> Result<Vec<Changed>> {
    use change::Column::{Id, Image, NounVersion, Position, Sequence};
    use entry::Column::{Action, Actor, At, Organisation, Reason, Role};
    let select = with_entries()
        .columns([Id, Sequence, NounVersion, Image])
        .columns([At, Actor, Role, Organisation, Action, Reason])
        .filter(view.is_in(Id, ids))
        .filter(change::Column::Noun.eq(noun.as_str()))
        .order_by_asc(Id)
        .order_by_asc(Sequence)
        .order_by_desc(Position);
    let mut changes = view.aggregate::<change::Entity, Changed>(select).await?;
    changes.dedup_by_key(|change| (change.id, change.sequence));
    Ok(changes)
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

//! How a noun's rows stand in the journal, and how they are made again from it.

use std::collections::HashMap;
use std::marker::PhantomData;

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, Iterable as _,
    ModelTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::entity::change;
use crate::db::bulk;
use crate::error::{Error, Result};
use crate::types::Timestamp;

/// Where a row belongs: what an entry's change is narrowed by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The BUMN whose work it is; null for what is everyone's.
    pub organisation: Option<Uuid>,
    pub partnership: Option<Uuid>,
}

/// A table that the journal projects. Its image is its row, a JSON object with a member for each column; its key is
/// the one column `id`.
pub trait Projected:
    EntityTrait<Model: Serialize + DeserializeOwned + PartialEq + Send + Sync> + Sized
{
    /// The version of the image's shape. It rises with each change of the table's columns.
    const VERSION: i32 = 1;
    /// The table's name, which is the noun's in the journal.
    const NOUN: &'static str;
    const ID: Self::Column;

    fn id(row: &Self::Model) -> Uuid;

    fn place(row: &Self::Model) -> Place;

    /// Brings an image of an older version to [`Self::VERSION`].
    fn upcast(_version: i32, image: Value) -> Value {
        image
    }
}

/// For an image from before a time was kept: the first of these times that it tells, or when its row was recorded.
pub fn first_time(image: &Value, names: &[&str]) -> Value {
    let told = names.iter().map(|name| &image[*name]).find(|time| !time.is_null());
    let recorded = || {
        let id = image["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
        Value::from(Timestamp::of_id(id).to_string())
    };
    told.cloned().unwrap_or_else(recorded)
}

/// A table outside the journal, of those that `journal` names: it is written in the transaction of an entry that knows
/// of it, and never replayed.
pub trait Outside: EntityTrait {}

/// An image as it is kept: canonical JSON.
pub fn image<E: Projected>(row: &E::Model) -> Result<String> {
    serde_json_canonicalizer::to_string(row).map_err(Error::internal)
}

/// The members of an image in the present shape, whichever it was written in.
pub fn members<E: Projected>(version: i32, image: &str) -> Result<Value> {
    let image = serde_json::from_str(image).map_err(Error::internal)?;
    Ok(if version < E::VERSION { E::upcast(version, image) } else { image })
}

fn from_image<E: Projected>(version: i32, image: &str) -> Result<E::Model> {
    let parsed = if version < E::VERSION {
        serde_json::from_value(members::<E>(version, image)?)
    } else {
        serde_json::from_str(image)
    };
    parsed.map_err(|error| Error::internal(format!("an image of {} cannot be read: {error}", E::NOUN)))
}

/// One row that differs between the live tables and the replayed ones.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    pub noun: &'static str,
    pub id: Uuid,
    pub what: String,
}

/// What replay needs of a noun, whichever it is.
#[async_trait]
pub trait Projection: Send + Sync {
    fn noun(&self) -> &'static str;

    /// Puts rows as their images say; removes those without one.
    async fn apply(&self, into: &DatabaseConnection, rows: &HashMap<Uuid, &change::Model>) -> Result<()>;

    /// Compares every live row with the replayed one. Returns how many live rows there are.
    async fn compare(
        &self,
        live: &DatabaseTransaction,
        replayed: &DatabaseConnection,
        differences: &mut Vec<Difference>,
    ) -> Result<u64>;
}

/// The [`Projection`] of an entity.
pub struct Projector<E>(PhantomData<E>);

impl<E> Projector<E> {
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E> Default for Projector<E> {
    fn default() -> Self {
        Self::new()
    }
}

/// Rows that one statement removes, under the 32,766 values that SQLite takes.
const BATCH: usize = 500;

#[async_trait]
impl<E: Projected> Projection for Projector<E> {
    fn noun(&self) -> &'static str {
        E::NOUN
    }

    async fn apply(&self, into: &DatabaseConnection, rows: &HashMap<Uuid, &change::Model>) -> Result<()> {
        let image = |change: &&change::Model| Some((change.noun_version, change.image.clone()?));
        let images = rows.values().filter_map(image).collect::<Vec<_>>();
        // Beside the reading of what comes next.
        let decoding = move || {
            let read = |(version, image): &(i32, String)| from_image::<E>(*version, image);
            let mut rows = images.iter().map(read).collect::<Result<Vec<_>>>()?;
            // Into an index that is ordered as they are they go quicker.
            rows.sort_unstable_by_key(E::id);
            Ok::<_, Error>(rows)
        };
        let put = tokio::task::spawn_blocking(decoding).await.map_err(Error::internal)??;
        // All go before any comes: a unique value may have moved from one row to another. Of those beyond the greatest
        // that is there, none is.
        let greatest = E::find().select_only().column(E::ID).order_by_desc(E::ID).limit(1);
        if let Some(greatest) = greatest.into_tuple::<Uuid>().one(into).await? {
            let ids = rows.keys().copied().filter(|id| *id <= greatest).collect::<Vec<_>>();
            for some in ids.chunks(BATCH) {
                E::delete_many().filter(E::ID.is_in(some.iter().copied())).exec(into).await?;
            }
        }
        Ok(bulk::insert::<E>(into, &put).await?)
    }

    async fn compare(
        &self,
        live: &DatabaseTransaction,
        replayed: &DatabaseConnection,
        differences: &mut Vec<Difference>,
    ) -> Result<u64> {
        let (mut lives, mut replays) = (Pages::<E>::new(), Pages::<E>::new());
        let mut count = 0;
        loop {
            // Both pages at once where both have run out, as they do where nothing was tampered with.
            let (filled, replayed) = tokio::join!(lives.fill(live), replays.fill(replayed));
            filled.and(replayed)?;
            let (live, replay) = (lives.rows.last(), replays.rows.last());
            let order = match (live, replay) {
                (None, None) => return Ok(count),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(live), Some(replay)) => E::id(live).cmp(&E::id(replay)),
            };
            let live = if order.is_le() { lives.rows.pop() } else { None };
            let replay = if order.is_ge() { replays.rows.pop() } else { None };
            count += u64::from(live.is_some());
            if let Some((id, what)) = difference::<E>(live.as_ref(), replay.as_ref()) {
                differences.push(Difference { noun: E::NOUN, id, what });
            }
        }
    }
}

fn difference<E: Projected>(live: Option<&E::Model>, replay: Option<&E::Model>) -> Option<(Uuid, String)> {
    match (live, replay) {
        (Some(live), None) => Some((E::id(live), "row added: the journal knows nothing of it".to_owned())),
        (None, Some(replay)) => {
            Some((E::id(replay), "row deleted: the journal says that it is there".to_owned()))
        }
        (Some(live), Some(replay)) if live != replay => {
            let columns = E::Column::iter().filter(|column| live.get(*column) != replay.get(*column));
            let names = columns
                .map(|column| sea_orm::Iden::unquoted(&column).to_owned())
                .collect::<Vec<_>>()
                .join(", ");
            Some((E::id(live), format!("row edited: {names}")))
        }
        _ => None,
    }
}

/// A table's rows in the order of their ids, a thousand at a time.
struct Pages<E: Projected> {
    /// The present page, backwards: the next row is the last.
    rows: Vec<E::Model>,
    after: Option<Uuid>,
    ended: bool,
}

impl<E: Projected> Pages<E> {
    fn new() -> Self {
        Self { rows: Vec::new(), after: None, ended: false }
    }

    async fn fill<C: ConnectionTrait>(&mut self, from: &C) -> Result<()> {
        if !self.rows.is_empty() || self.ended {
            return Ok(());
        }
        let mut select = E::find().order_by_asc(E::ID).limit(1_000);
        if let Some(after) = self.after {
            select = select.filter(E::ID.gt(after));
        }
        self.rows = select.all(from).await?;
        self.rows.reverse();
        self.ended = self.rows.is_empty();
        self.after = self.rows.first().map(E::id).or(self.after);
        Ok(())
    }
}

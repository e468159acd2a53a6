//! How a noun's rows stand in the journal, and how they are made again from it.

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbBackend, DbErr, EntityTrait, Iterable as _, ModelTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Statement,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::task::JoinHandle;
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

/// A table outside the journal, of those that `journal` names, and never replayed: it is written in the transaction of an
/// entry that knows of it, or aside of any.
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

    /// How its images become rows.
    fn prepare(&self) -> Prepare;

    /// Compares every live row with the replayed one. Returns how many live rows there are.
    async fn compare(
        &self,
        live: &Arc<DatabaseTransaction>,
        replayed: &Arc<DatabaseTransaction>,
        differences: &mut Vec<Difference>,
    ) -> Result<u64>;
}

/// Makes rows of these changes, each of another row; without the database, so that it can be done beside what is put.
pub type Prepare = fn(changes: &[&change::Model], backend: DbBackend) -> Result<Rows>;

/// Rows as images say, ready to be put.
pub struct Rows {
    backend: DbBackend,
    ids: Vec<Uuid>,
    remove: fn(&[Uuid], DbBackend) -> Statement,
    /// Asks for the greatest id that is there.
    pub greatest: Statement,
    /// What puts the rows, once those that were there are removed.
    pub inserts: Vec<Statement>,
}

impl Rows {
    /// What removes the rows that are there, new images of them or none. All go before any comes: a unique value may have
    /// moved from one row to another. Of those beyond the greatest that is there, none is.
    pub fn removals(&self, greatest: Uuid) -> impl Iterator<Item = Statement> {
        let ids = self.ids.iter().copied().filter(|id| *id <= greatest).collect::<Vec<_>>();
        let batches = ids.chunks(BATCH).map(|some| (self.remove)(some, self.backend)).collect::<Vec<_>>();
        batches.into_iter()
    }
}

fn prepare<E: Projected>(changes: &[&change::Model], backend: DbBackend) -> Result<Rows> {
    let images = changes.iter().filter_map(|change| Some((change.noun_version, change.image.as_deref()?)));
    let mut rows =
        images.map(|(version, image)| from_image::<E>(version, image)).collect::<Result<Vec<_>>>()?;
    // Into an index that is ordered as they are they go quicker.
    rows.sort_unstable_by_key(E::id);
    let greatest = E::find().select_only().column_as(E::ID, "id").order_by_desc(E::ID).limit(1);
    Ok(Rows {
        backend,
        ids: changes.iter().map(|change| change.id).collect(),
        greatest: greatest.build(backend),
        remove: |ids, backend| E::delete_many().filter(E::ID.is_in(ids.iter().copied())).build(backend),
        inserts: bulk::statements::<E>(&rows, backend).collect(),
    })
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

    fn prepare(&self) -> Prepare {
        prepare::<E>
    }

    async fn compare(
        &self,
        live: &Arc<DatabaseTransaction>,
        replayed: &Arc<DatabaseTransaction>,
        differences: &mut Vec<Difference>,
    ) -> Result<u64> {
        let (mut lives, mut replays) = (Pages::<E>::of(live), Pages::<E>::of(replayed));
        let mut count = 0;
        loop {
            lives.fill().await?;
            replays.fill().await?;
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

/// A table's rows in the order of their ids, a thousand at a time. The next thousand are read meanwhile.
struct Pages<E: Projected> {
    from: Arc<DatabaseTransaction>,
    /// The present page, backwards: the next row is the last.
    rows: Vec<E::Model>,
    ahead: Option<JoinHandle<Result<Vec<E::Model>, DbErr>>>,
}

impl<E: Projected> Pages<E> {
    fn of(from: &Arc<DatabaseTransaction>) -> Self {
        let mut pages = Self { from: Arc::clone(from), rows: Vec::new(), ahead: None };
        pages.read_after(None);
        pages
    }

    fn read_after(&mut self, id: Option<Uuid>) {
        let mut select = E::find().order_by_asc(E::ID).limit(1_000);
        if let Some(id) = id {
            select = select.filter(E::ID.gt(id));
        }
        let from = Arc::clone(&self.from);
        self.ahead = Some(tokio::spawn(async move { select.all(&*from).await }));
    }

    async fn fill(&mut self) -> Result<()> {
        if !self.rows.is_empty() {
            return Ok(());
        }
        let Some(ahead) = self.ahead.take() else { return Ok(()) };
        self.rows = ahead.await.map_err(Error::internal)??;
        if let Some(last) = self.rows.last().map(E::id) {
            self.read_after(Some(last));
        }
        self.rows.reverse();
        Ok(())
    }
}

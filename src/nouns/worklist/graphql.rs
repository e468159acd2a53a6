//! What waits for the actor, as the API shows it.

use std::sync::Arc;

use async_graphql::Object;

use super::rules::{self, WorkKind};
use super::store::{self, Item};
use crate::access::page::{Cursor, Slice};
use crate::access::{Level, Row, Rows, View};
use crate::error::{Error, Result};
use crate::nouns::connection::{Connection, Listed, Paging, Total};
use crate::nouns::node::{self, Node};
use crate::types::Timestamp;

/// Something that waits for you.
///
/// Pekerjaan yang menunggu Anda.
#[derive(Clone)]
pub struct WorkItem {
    row: Row<Item>,
    kind: WorkKind,
}

impl Listed for WorkItem {
    type Order = ();

    fn cursor(&self, (): &()) -> Result<Cursor> {
        Ok(self.row.cursor())
    }
}

/// Something that waits for you.
///
/// Pekerjaan yang menunggu Anda.
#[Object]
impl WorkItem {
    /// What is to be done.
    ///
    /// Yang perlu dikerjakan.
    fn kind(&self) -> WorkKind {
        self.kind
    }

    /// Since when it waits.
    ///
    /// Sejak kapan menunggu.
    fn since(&self) -> Timestamp {
        self.row.since
    }

    /// Whole days since then, by the days in Asia/Jakarta.
    ///
    /// Banyaknya hari sejak itu (WIB).
    fn days(&self) -> i64 {
        rules::days(self.row.since, self.row.view().today())
    }

    /// What was said of it: why it was returned, is to be moved, was revised, or is said to be otherwise; what was agreed of an obstacle. Null where nothing was.
    ///
    /// Keterangannya: alasan dikembalikan, dijadwalkan ulang, direvisi, atau dikoreksi; tindak lanjut kendala. Kosong bila tidak ada.
    fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// The least level that does it.
    ///
    /// Tingkat wewenang terendah untuk mengerjakannya.
    fn level(&self) -> Level {
        self.kind.level()
    }

    /// What it is done to.
    ///
    /// Objek yang dikerjakan.
    async fn node(&self) -> Result<Node> {
        let own = (self.kind.noun(), self.row.id);
        let nodes = self.row.list().load("node", async |list: &Rows<Item>| {
            let subject = |row: &Item| Ok::<_, Error>((store::kind(row)?.noun(), row.id));
            let subjects = list.iter().map(subject).collect::<Result<Vec<_>>>()?;
            node::by_ids(list.view(), subjects).await
        });
        let node = nodes.await?.get(&own).cloned();
        node.ok_or_else(|| Error::internal("what waits is out of sight"))
    }
}

/// What waits for the actor, the oldest first.
pub async fn worklist(view: &View, paging: &Paging) -> Result<Connection<WorkItem>> {
    let slice = store::page(view, &paging.page()?).await?;
    let rows = Rows::siblings(view.clone(), slice.rows).into_iter();
    let rows = rows.map(|row| Ok(WorkItem { kind: store::kind(&row)?, row })).collect::<Result<_>>()?;
    let slice = Slice { rows, has_next: slice.has_next, has_previous: slice.has_previous };
    let view = view.clone();
    let total: Total = Arc::new(move |_| {
        let view = view.clone();
        Box::pin(async move { store::count(&view).await })
    });
    Ok(Connection::new(slice, (), total))
}

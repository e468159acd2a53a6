//! Contacts, as the API shows them: masked.

use std::collections::HashMap;

use async_graphql::{ID, Object};

use super::entity::ContactKind;
use super::entity::contact::{self, Entity};
use super::store;
use crate::access::page::{Cursor, Order};
use crate::access::{Row, Rows};
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Listed, NounObject, Paging};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::partners::graphql::Partner;

/// A contact of a partner: personal data (UU 27/2022), which is never shown but masked.
///
/// Kontak suatu mitra: data pribadi (UU 27/2022), selalu disamarkan.
#[derive(Clone)]
pub struct Contact(Row<contact::Model>);

impl Listed for Contact {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Contact {
    type Entity = Entity;

    fn new(row: Row<contact::Model>) -> Self {
        Self(row)
    }
}

/// A contact of a partner: personal data (UU 27/2022), which is never shown but masked.
///
/// Kontak suatu mitra: data pribadi (UU 27/2022), selalu disamarkan.
#[Object]
impl Contact {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Contact.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// What kind of personal data it is.
    ///
    /// Jenisnya.
    fn kind(&self) -> ContactKind {
        self.0.kind
    }

    /// What is shown of it, as `b***@…`; null once it is erased. Live: it is outside the journal.
    ///
    /// Bentuk samarannya, misalnya `b***@…`; kosong setelah dihapus. Di luar jurnal.
    async fn mask(&self) -> Option<Result<String>> {
        self.all_masks().await.map(|masks| masks.get(&self.0.id).cloned()).transpose()
    }

    /// Whether its value was erased for good.
    ///
    /// Apakah nilainya telah dihapus untuk selamanya.
    fn erased(&self) -> bool {
        self.0.erased
    }

    /// The partner.
    ///
    /// Mitranya.
    pub async fn partner(&self) -> Result<Partner> {
        connection::the_one(&self.0, "partner", |row| row.partner).await
    }

    /// The acts that changed it, oldest first, as far as you can see them; `last: 20` gives the latest.
    ///
    /// Tindakan yang mengubahnya, terlama lebih dahulu, sejauh dapat Anda lihat; `last: 20` memberi yang terbaru.
    async fn history(
        &self,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
    ) -> Result<Connection<HistoryEntry>> {
        history::of::<Entity>(&self.0, &Paging { first, after, last, before }).await
    }
}

impl Contact {
    /// The id of its row.
    pub fn row_id(&self) -> uuid::Uuid {
        self.0.id
    }

    /// Notes that the partner's personal data is given out, where any of these values is.
    pub(super) fn shows(&self, values: &HashMap<uuid::Uuid, String>) {
        if !values.is_empty() {
            self.0.list().view().shows_personal([self.0.partner]);
        }
    }

    async fn all_masks(&self) -> Result<std::sync::Arc<HashMap<uuid::Uuid, String>>> {
        let list = self.0.list();
        list.load("mask", async |list: &Rows<contact::Model>| {
            let ids = list.iter().map(|row| row.id).collect::<Vec<_>>();
            let masks = store::masks(list.view(), &ids).await?;
            let shown = list.iter().filter(|row| masks.contains_key(&row.id)).map(|row| row.partner);
            list.view().shows_personal(shown);
            Ok(masks)
        })
        .await
    }
}

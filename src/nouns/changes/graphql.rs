//! What has changed, as the API shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::store::{self, Told};
use crate::access::page::{Cursor, Slice};
use crate::access::{Role, Row, Rows, View};
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Listed, Paging, Total};
use crate::nouns::ids::Noun;
use crate::nouns::node::{self, Node};
use crate::nouns::organisations::graphql::Organisation;
use crate::types::{GlobalId, Timestamp};

/// That a row was changed by an act, and what has become of the object since.
///
/// Perubahan suatu baris oleh suatu tindakan, beserta objeknya sekarang.
#[derive(Clone)]
pub struct Change(Row<Told>);

impl Listed for Change {
    type Order = ();

    fn cursor(&self, (): &()) -> Result<Cursor> {
        Ok(Cursor::place(store::ORDER, self.0.sequence, self.0.position))
    }
}

/// That a row was changed by an act, and what has become of the object since.
///
/// Perubahan suatu baris oleh suatu tindakan, beserta objeknya sekarang.
#[Object]
impl Change {
    /// The sequence of its entry in the journal.
    ///
    /// Urutan catatannya dalam jurnal.
    fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// When it was recorded.
    ///
    /// Waktu pencatatan.
    fn recorded_at(&self) -> Timestamp {
        self.0.at
    }

    /// What was done: the mutation's name.
    ///
    /// Tindakannya: nama mutasi.
    fn action(&self) -> &str {
        &self.0.action
    }

    /// The role in which it was done; null for the program itself.
    ///
    /// Peran pelaku; kosong bila oleh program sendiri.
    fn role(&self) -> Option<Role> {
        self.0.role.as_ref()?.parse().ok()
    }

    /// The organisation of who acted; null for the program itself, and for a BUMN that is out of your reach.
    ///
    /// Organisasi pelaku; kosong bila oleh program sendiri atau oleh BUMN di luar jangkauan Anda.
    async fn organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "organisation", |row| row.organisation).await.transpose()
    }

    /// What kind of row it is: the name of its table, such as `milestone`, or `milestone_dependency` for a part of one.
    ///
    /// Jenis barisnya: nama tabelnya, misalnya `milestone`, atau `milestone_dependency` untuk rinciannya.
    fn noun(&self) -> &str {
        &self.0.noun
    }

    /// The global id of the row.
    ///
    /// Pengenal global baris.
    fn subject(&self) -> ID {
        ID(GlobalId { noun: &self.0.noun, id: self.0.id }.to_string())
    }

    /// Whether the act removed it.
    ///
    /// Apakah tindakan itu menghapusnya.
    fn removed(&self) -> bool {
        self.0.removed
    }

    /// The object as it is now, not as it was then. Null: the row is a part of another object, was removed, or is out
    /// of your reach by now.
    ///
    /// Objek sebagaimana adanya sekarang, bukan saat itu. Kosong: baris ini rincian objek lain, sudah dihapus, atau
    /// kini di luar jangkauan Anda.
    async fn node(&self) -> Option<Result<Node>> {
        let own = (Noun::named(&self.0.noun)?, self.0.id);
        let nodes = self.0.list().load("node", async |list: &Rows<Told>| {
            let subjects = list.iter().filter_map(|row| Some((Noun::named(&row.noun)?, row.id)));
            node::by_ids(list.view(), subjects).await
        });
        nodes.await.map(|nodes| nodes.get(&own).cloned()).transpose()
    }
}

/// The changes within the actor's reach.
async fn changes(view: &View, since: Option<Timestamp>, paging: &Paging) -> Result<Connection<Change>> {
    let slice = store::changes(view, since, &paging.page()?).await?;
    let rows = Rows::siblings(view.clone(), slice.rows).into_iter().map(Change).collect();
    let slice = Slice { rows, has_next: slice.has_next, has_previous: slice.has_previous };
    let view = view.clone();
    let total: Total = Arc::new(move |_| {
        let view = view.clone();
        Box::pin(async move { store::count(&view, since).await })
    });
    Ok(Connection::new(slice, (), total))
}

/// The root field of changes.
pub struct ChangesQuery;

#[Object]
impl ChangesQuery {
    /// What has changed within your reach: each row that an act changed, oldest first, in the order of commits. The row
    /// itself is not here, but `node`, the object as it is now.
    ///
    /// To keep in step, ask for `first` with `after` the last cursor that you had, and again while `hasNextPage`; on an
    /// empty page go on from the cursor that you gave. Cursors hold for ever, and nothing is ever recorded before one,
    /// so nothing is missed and nothing comes twice. What comes into your reach later than it was changed (a partner
    /// that joins a partnership of yours, the work of an organisation that you follow) is told by the change that
    /// brought it there; its earlier changes may stand before your cursor. Of a partner that leaves your partnerships the
    /// change that took it away is the last; what you were told before stays.
    ///
    /// Perubahan dalam jangkauan Anda: setiap baris yang diubah suatu tindakan, terlama lebih dahulu, menurut urutan
    /// pencatatan. Untuk mengikuti, minta `first` dengan `after` kursor terakhir Anda, ulangi selama `hasNextPage`; bila
    /// halaman kosong, lanjutkan dari kursor yang sama. Kursor berlaku selamanya, sehingga tidak ada yang terlewat atau
    /// terulang. Yang baru kemudian masuk jangkauan Anda diberitakan oleh perubahan yang membawanya; perubahan
    /// sebelumnya mungkin berada sebelum kursor Anda. Dari mitra yang keluar dari kemitraan Anda, perubahan yang
    /// mengeluarkannya adalah yang terakhir; yang telah diberitakan tetap ada.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Recorded at this moment or later; null: from the beginning. / Dicatat pada waktu ini atau sesudahnya; kosong: sejak awal."
        )]
        since: Option<Timestamp>,
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
    ) -> Result<Connection<Change>> {
        changes(ctx.data_unchecked::<View>(), since, &Paging { first, after, last, before }).await
    }
}

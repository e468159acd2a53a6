//! The read log, as the API shows it.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::store::{self, ReadLogFilter};
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, View};
use crate::error::{Error, Result};
use crate::journal::reads::entity::read_partner;
use crate::journal::reads::entity::read_record::{self, Entity};
use crate::nouns::connection::{self, Connection, List, Listed, NounObject, OrderDirection, Paging};
use crate::nouns::ids::Noun;
use crate::nouns::journal::store::is_named;
use crate::types::Timestamp;

/// What kind of request it was.
///
/// Jenis permintaan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ReadKind {
    /// A query.
    ///
    /// Kueri.
    Query,
    /// A mutation, whose payload was read.
    ///
    /// Mutasi, yang jawabannya dibaca.
    Mutation,
    /// The file of a piece of evidence.
    ///
    /// Berkas bukti.
    Evidence,
}

/// A request that was answered, or refused to somebody whose token is known: who has read what.
///
/// Permintaan yang dijawab atau ditolak kepada pemegang token: siapa membaca apa.
#[derive(Clone)]
pub struct ReadRecord(Row<read_record::Model>);

impl Listed for ReadRecord {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for ReadRecord {
    type Entity = Entity;

    fn new(row: Row<read_record::Model>) -> Self {
        Self(row)
    }
}

/// Rows that were read for an answer.
///
/// Banyaknya baris yang dibaca untuk suatu jawaban.
#[derive(Clone, SimpleObject)]
pub struct ReadNoun {
    /// The noun: the name of its table. `several` are rows of several that were read as one list.
    ///
    /// Jenis objek: nama tabelnya. `several`: baris beberapa jenis dalam satu daftar.
    noun: String,
    /// How many rows; 0 where they were only counted, or none was there.
    ///
    /// Banyaknya baris; 0 bila hanya dihitung atau tidak ada.
    rows: i64,
}

/// A request that was answered, or refused to somebody whose token is known: who has read what. To an auditor of some
/// organisations all of it is told of what these have read; of others' reads, that they were shown personal data of the
/// organisations' partners.
///
/// Permintaan yang dijawab atau ditolak kepada pemegang token: siapa membaca apa. Auditor beberapa organisasi melihat seluruhnya
/// untuk pembacaan organisasi itu; dari pihak lain, bahwa data pribadi mitra organisasi itu diperlihatkan.
#[Object]
impl ReadRecord {
    /// Its place in the log: from 1, without gaps, in the order in which records were written.
    ///
    /// Urutannya dalam catatan: mulai 1, tanpa sela, menurut urutan pencatatan.
    fn number(&self) -> i64 {
        self.0.number
    }

    /// When it was answered.
    ///
    /// Waktu permintaan dijawab.
    fn at(&self) -> Timestamp {
        self.0.at
    }

    /// The id of the request, as the header `X-Request-Id` and the journal have it.
    ///
    /// Pengenal permintaan, seperti pada header `X-Request-Id` dan jurnal.
    fn request_id(&self) -> String {
        self.0.id.to_string()
    }

    /// Who read: an opaque id; null for a BUMN that is out of your reach.
    ///
    /// Pembacanya: pengenal tanpa nama; kosong bila BUMN di luar jangkauan Anda.
    fn actor(&self) -> Option<&str> {
        self.is_named().then_some(&self.0.actor)
    }

    /// The id of the token (`jti`); null for a BUMN that is out of your reach.
    ///
    /// Pengenal token (`jti`); kosong bila BUMN di luar jangkauan Anda.
    fn token(&self) -> Option<&str> {
        self.0.token.as_deref().filter(|_| self.is_named())
    }

    /// The role of who read.
    ///
    /// Peran pembaca.
    fn role(&self) -> Option<Role> {
        self.0.role.as_ref()?.parse().ok()
    }

    /// The id of the reader's organisation; null for an auditor, an administrator, and a BUMN that is out of your reach.
    ///
    /// Pengenal organisasi pembaca; kosong bagi auditor, administrator, dan BUMN di luar jangkauan Anda.
    fn organisation(&self) -> Option<ID> {
        let organisation = self.0.organisation.filter(|_| self.is_named());
        organisation.map(|id| Noun::Organisation.id(id))
    }

    /// What kind of request it was; null for a document that was refused.
    ///
    /// Jenis permintaannya; kosong bila dokumennya ditolak.
    fn kind(&self) -> Option<ReadKind> {
        Some(match self.0.kind.as_deref()? {
            "QUERY" => ReadKind::Query,
            "MUTATION" => ReadKind::Mutation,
            "EVIDENCE" => ReadKind::Evidence,
            _ => return None,
        })
    }

    /// The name of the operation, where it has one; null where not all is told.
    ///
    /// Nama operasinya, bila ada; kosong bila tidak semuanya diberitakan.
    fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref().filter(|_| self.is_whole())
    }

    /// The SHA-256 of the document, in hexadecimal digits; null for a file, and where not all is told.
    ///
    /// SHA-256 dokumennya, heksadesimal; kosong untuk berkas, dan bila tidak semuanya diberitakan.
    fn document(&self) -> Option<String> {
        self.0.document.as_ref().filter(|_| self.is_whole()).map(hex::encode)
    }

    /// The variables as canonical JSON, what may be personal hidden; null where there were none, and where not all is told.
    ///
    /// Variabelnya sebagai JSON kanonik, yang mungkin pribadi disembunyikan; kosong bila tidak ada atau tidak semuanya
    /// diberitakan.
    fn variables(&self) -> Option<&str> {
        self.0.variables.as_deref().filter(|_| self.is_whole())
    }

    /// Which rows were read for the answer; none where not all is told.
    ///
    /// Baris yang dibaca untuk jawabannya; kosong bila tidak semuanya diberitakan.
    fn nouns(&self) -> Result<List<ReadNoun>> {
        if !self.is_whole() {
            return Ok(List(Vec::new()));
        }
        let nouns = serde_json::from_str::<BTreeMap<String, i64>>(&self.0.nouns).map_err(Error::internal)?;
        Ok(List(nouns.into_iter().map(|(noun, rows)| ReadNoun { noun, rows }).collect()))
    }

    /// The ids of the partners whose personal data was shown, as far as they are within your reach.
    ///
    /// Pengenal mitra yang data pribadinya diperlihatkan, sejauh dalam jangkauan Anda.
    async fn partners(&self) -> Result<List<ID>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::partners(view, ids).await;
        let parent = |row: &read_partner::Model| row.record;
        let rows = connection::all::<Entity, _>(&self.0, "partners", parent, read).await?;
        Ok(List(rows.iter().map(|row| Noun::Partner.id(row.partner)).collect()))
    }

    /// The journal's sequence that the answer was true at; null where there was none.
    ///
    /// Urutan jurnal saat jawabannya berlaku; kosong bila tidak ada.
    fn sequence(&self) -> Option<i64> {
        self.0.sequence
    }

    /// Whether it was an answer that was kept.
    ///
    /// Apakah jawabannya dari simpanan.
    fn cached(&self) -> bool {
        self.0.cached
    }

    /// Whether it was answered that nothing has changed (304), and the answer was not sent again.
    ///
    /// Apakah dijawab bahwa tidak ada perubahan (304), tanpa isinya.
    fn not_modified(&self) -> bool {
        self.0.not_modified
    }

    /// `OK`, or the code of the first error.
    ///
    /// `OK`, atau kode galat pertama.
    fn outcome(&self) -> &str {
        &self.0.outcome
    }

    /// The hash of the record before, in hexadecimal digits.
    ///
    /// Hash catatan sebelumnya, heksadesimal.
    fn previous_hash(&self) -> String {
        hex::encode(&self.0.previous_hash)
    }

    /// Its own hash, in hexadecimal digits.
    ///
    /// Hash catatan ini, heksadesimal.
    fn hash(&self) -> String {
        hex::encode(&self.0.hash)
    }
}

impl ReadRecord {
    fn is_named(&self) -> bool {
        is_named(self.0.view().reach(), self.0.role.as_deref(), self.0.organisation)
    }

    fn is_whole(&self) -> bool {
        store::is_whole(self.0.view().reach(), self.0.organisation)
    }
}

/// The root fields of the read log.
pub struct ReadsQuery;

#[Object]
impl ReadsQuery {
    /// The read log: each request by somebody whose token is known, by the time at which it was answered, the latest first. Live:
    /// it is outside the journal.
    ///
    /// Catatan pembacaan: setiap permintaan pemegang token, menurut waktu dijawab, terbaru lebih dahulu. Di luar jurnal.
    async fn read_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<ReadLogFilter>,
        #[graphql(
            desc = "Oldest first (ASC) or latest first (DESC). / Terlama (ASC) atau terbaru (DESC) lebih dahulu.",
            default_with = "OrderDirection::Desc"
        )]
        direction: OrderDirection,
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
    ) -> Result<Connection<ReadRecord>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition(view)?;
        let order = store::order(direction == OrderDirection::Desc);
        connection::connect(view, filter, order, &Paging { first, after, last, before }).await
    }
}

//! Who asks.

use async_graphql::{ID, Object, SimpleObject};

use crate::access::{Level, Role, View, table};
use crate::error::{Error, Result};
use crate::nouns::connection::{Connection, NounObject as _, Paging};
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::permissions::graphql::{ActionAccess, can};
use crate::nouns::tokens::graphql::Assignment;
use crate::nouns::worklist::graphql::{WorkItem, worklist};
use crate::types::Date;

/// Who asks, as the token says.
///
/// Pihak yang bertanya, menurut tokennya.
pub struct Viewer(pub View);

/// Who asks, as the token says.
///
/// Pihak yang bertanya, menurut tokennya.
#[Object]
impl Viewer {
    /// The opaque id that the journal keeps.
    ///
    /// Pengenal tanpa nama yang dicatat jurnal.
    fn actor(&self) -> &str {
        &self.0.actor().id
    }

    /// The role.
    ///
    /// Peran.
    fn role(&self) -> Option<Role> {
        self.0.actor().role
    }

    /// The level; null for auditors and administrators.
    ///
    /// Tingkat wewenang; kosong untuk auditor dan administrator.
    fn level(&self) -> Option<Level> {
        self.0.actor().level
    }

    /// The organisation; null for auditors and administrators.
    ///
    /// Organisasi; kosong untuk auditor dan administrator.
    async fn organisation(&self) -> Option<Result<Organisation>> {
        let id = self.0.actor().organisation_id()?;
        let row = self
            .0
            .by_id::<crate::nouns::organisations::entity::organisation::Entity>(id)
            .await
            .transpose()?;
        Some(row.map(|row| Organisation::new(crate::access::Rows::single(self.0.clone(), row))))
    }

    /// An auditor's letter of assignment.
    ///
    /// Surat tugas auditor.
    async fn assignment(&self) -> Option<Assignment> {
        let letter = self.0.actor().assignment.as_ref()?;
        Some(Assignment {
            institution: letter.institution.clone(),
            number: letter.number.clone(),
            organisations: letter
                .organisations
                .as_ref()
                .map(|some| some.iter().map(|organisation| organisation.code.clone()).collect()),
            valid_from: Date(letter.from),
            valid_until: Date(letter.until),
        })
    }

    /// Today in Asia/Jakarta, by which overdue is told.
    ///
    /// Hari ini (WIB), dasar perhitungan keterlambatan.
    fn today(&self) -> Date {
        Date(self.0.today())
    }

    /// The last day on which your token reads, where your organisation has been succeeded: it no longer writes. Null
    /// otherwise.
    ///
    /// Hari terakhir token Anda dapat membaca, bila organisasi Anda telah digantikan; selain itu kosong.
    fn reads_until(&self) -> Option<Date> {
        self.0.reads_until().map(Date)
    }

    /// What waits for you, the oldest first: what your seat has to report, correct, verify, agree to or decide, and your level
    /// allows. Of what your own organisation has reported nothing waits for you to verify.
    ///
    /// Yang menunggu Anda, terlama lebih dahulu: yang perlu dilaporkan, diperbaiki, diverifikasi, disetujui, atau diputuskan
    /// oleh kedudukan Anda sesuai tingkat wewenang Anda.
    async fn worklist(
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
    ) -> Result<Connection<WorkItem>> {
        worklist(&self.0, &Paging { first, after, last, before }).await
    }

    /// Whether your role reaches a field, and by which rule. BAD_USER_INPUT where there is no such field.
    ///
    /// Apakah peran Anda dapat mengakses suatu isian, dan menurut aturan apa.
    async fn can_read(
        &self,
        #[graphql(
            desc = "The coordinate of a field of an object: `Partnership.title`. / Koordinat isian suatu objek: `Partnership.title`."
        )]
        coordinate: String,
    ) -> Option<Result<FieldAccess>> {
        Some(FieldAccess::of(self.0.actor().role, coordinate))
    }

    /// Whether you could make a mutation now, decided as the mutation itself decides, and nothing is done: by seat, level, where the
    /// object stands, who acted on it before. The values of its input are not looked at. Errors: NOT_FOUND; BAD_USER_INPUT where
    /// there is no such mutation, or the id is missing.
    ///
    /// Apakah Anda dapat melaksanakan suatu mutasi sekarang, diputuskan seperti oleh mutasinya sendiri tanpa melaksanakannya: menurut
    /// kedudukan, tingkat wewenang, status objeknya, dan siapa yang telah bertindak. Isian masukannya tidak diperiksa.
    async fn can(
        &self,
        #[graphql(desc = "The name of a mutation: `milestoneVerify`. / Nama mutasi: `milestoneVerify`.")]
        action: String,
        #[graphql(
            desc = "What it would be done to: the `id` of its input; where that has none, what the new thing would belong to (a partnership, milestone, partner, memorandum, or what is commented on). Null for partnershipPropose, partnerRegister, organisationCreate and quarterOpen, and for delegationGrant of all partnerships. A first target or figure is asked for by its partnership. / Sasarannya: `id` pada masukannya; bila tidak ada, objek induk dari yang akan dibuat. Kosong bila tanpa induk."
        )]
        id: Option<ID>,
    ) -> Option<Result<ActionAccess>> {
        Some(can(&self.0, action, id.as_ref()).await)
    }
}

/// Whether a role reaches a field, and why.
///
/// Apakah suatu peran dapat mengakses suatu isian, dan alasannya.
#[derive(SimpleObject)]
pub struct FieldAccess {
    /// The field.
    ///
    /// Isiannya.
    coordinate: String,
    /// Whether you reach it.
    ///
    /// Apakah Anda dapat mengaksesnya.
    allowed: bool,
    /// The name of the rule that says so.
    ///
    /// Nama aturannya.
    rule: String,
    /// The rule in words: in English, then in Indonesian.
    ///
    /// Bunyi aturannya, dalam bahasa Inggris lalu Indonesia.
    explanation: String,
}

impl FieldAccess {
    fn of(role: Option<Role>, coordinate: String) -> Result<Self> {
        let rule = coordinate.split_once('.').and_then(|(object, field)| table::rule(object, field));
        let Some(rule) = rule else {
            return Err(Error::input("coordinate", &coordinate, "a field of an object, as Type.field"));
        };
        Ok(Self {
            coordinate,
            allowed: role.is_some_and(|role| rule.roles.contains(&role)),
            rule: rule.name.to_owned(),
            explanation: format!("{} / {}", rule.english, rule.indonesian),
        })
    }
}

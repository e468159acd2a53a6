//! Quarters, as the API shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::cases::Case;
use super::entity::quarter::{self, Entity};
use super::entity::{QuarterStatus, quarter_agreement};
use super::rules;
use super::steps::QuarterAction;
use super::store::{self, QuarterFilter, QuarterOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, Rows, View};
use crate::error::{Code, Error, Result};
use crate::nouns::comments::graphql::{self as comments, Comment};
use crate::nouns::connection::{
    self, Connection, List, Listed, NounObject, OrderDirection, Paging, Plain, plain, plain_day, plain_id,
    plain_text,
};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::worklist::rules::{days, ended};
use crate::types::{Date, Timestamp};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct QuarterOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: QuarterOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl QuarterOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order = given.unwrap_or(Self { field: QuarterOrderField::Code, direction: OrderDirection::Desc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A quarter (triwulan) that outcomes are reported for.
///
/// Triwulan pelaporan capaian.
#[derive(Clone)]
pub struct Quarter(Row<quarter::Model>);

impl Listed for Quarter {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Quarter {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(ids::Noun::Quarter, quarter::Column::Id),
        plain::<_, i32>("version", quarter::Column::Version),
        plain_text("code", quarter::Column::Code),
        plain_day("startsOn", quarter::Column::StartsOn),
        plain_day("endsOn", quarter::Column::EndsOn),
        plain_day("dueOn", quarter::Column::DueOn),
        plain_text("status", quarter::Column::Status),
        plain::<_, Option<Timestamp>>("lockedAt", quarter::Column::LockedAt),
    ];

    fn new(row: Row<quarter::Model>) -> Self {
        Self(row)
    }
}

/// A quarter (triwulan) that outcomes are reported for.
///
/// Triwulan pelaporan capaian.
#[Object]
impl Quarter {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Quarter.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// `2021-Q3`: Triwulan III 2021.
    ///
    /// `2021-Q3`: Triwulan III 2021.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its first day.
    ///
    /// Hari pertama.
    fn starts_on(&self) -> Date {
        Date(self.0.starts_on)
    }

    /// Its last day.
    ///
    /// Hari terakhir.
    fn ends_on(&self) -> Date {
        Date(self.0.ends_on)
    }

    /// The last day for reports on it.
    ///
    /// Batas akhir pelaporannya.
    fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// Whether its figures may still change.
    ///
    /// Apakah angkanya masih dapat berubah.
    fn status(&self) -> QuarterStatus {
        self.0.status
    }

    /// When it was locked; null while it is open.
    ///
    /// Waktu dikunci; kosong selama terbuka.
    fn locked_at(&self) -> Option<Timestamp> {
        self.0.locked_at
    }

    /// Who has agreed to its figures, in order.
    ///
    /// Pihak yang telah menyetujui angkanya, berurutan.
    async fn agreements(&self) -> Result<List<QuarterAgreement>> {
        Ok(List(self.all_agreements().await?.into_iter().map(QuarterAgreement).collect()))
    }

    /// The seats that it waits for: those that have yet to agree once it has ended, KEMENBUMN to lock it once all do; none while
    /// it goes on, or is locked. A seat agrees when every organisation that holds it today has.
    ///
    /// Kedudukan yang ditunggu: yang belum menyetujui setelah triwulan berakhir, lalu KEMENBUMN untuk menguncinya; kosong selama
    /// triwulan berjalan atau telah terkunci. Suatu kedudukan setuju bila semua organisasi pemegangnya hari ini setuju.
    async fn waiting_for(&self) -> Result<List<Role>> {
        Ok(List(self.waiting().await.transpose()?.map(|(seats, _)| seats).unwrap_or_default()))
    }

    /// Whole days for which it has waited, by the days in Asia/Jakarta; null where it waits for nobody.
    ///
    /// Lama menunggu dalam hari (WIB); kosong bila tidak menunggu siapa pun.
    async fn waiting_days(&self) -> Option<Result<i64>> {
        let today = self.0.view().today();
        Some(self.waiting().await?.map(|(_, since)| days(since, today)))
    }

    /// What was said of it, as it was written. Comments are permanent.
    ///
    /// Komentar atasnya, menurut waktu ditulis. Komentar bersifat permanen.
    async fn comments(
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
    ) -> Result<Connection<Comment>> {
        comments::on::<Entity>(&self.0, &Paging { first, after, last, before }).await
    }

    /// What you can do to it now: each would be carried out, given what it takes. Empty for who only reads.
    ///
    /// Yang dapat Anda lakukan kini: masing-masing akan dilaksanakan bila isiannya benar. Kosong bagi yang hanya membaca.
    async fn available_actions(&self) -> Result<List<QuarterAction>> {
        let view = self.0.view();
        if !view.may_write() {
            return Ok(List(Vec::new()));
        }
        let (holders, agreements) = (self.holders().await?, self.all_agreements().await?);
        let (actor, today) = (view.actor(), view.today());
        let case = Case { actor, row: &self.0, holders: &holders, agreements: &agreements, today };
        Ok(List(case.available()))
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

impl Quarter {
    pub fn row(&self) -> &quarter::Model {
        &self.0
    }

    async fn all_agreements(&self) -> Result<Vec<Row<quarter_agreement::Model>>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::agreements(view, ids).await;
        let parent = |row: &quarter_agreement::Model| row.quarter;
        connection::all::<Entity, _>(&self.0, "agreements", parent, read).await
    }

    /// The seats that it waits for, and since when.
    /// The organisations that hold a seat of a ministry today.
    async fn holders(&self) -> Result<Arc<Vec<(uuid::Uuid, Role)>>> {
        let read = async |list: &Rows<quarter::Model>| store::holders(list.view()).await;
        self.0.list().load("holders", read).await
    }

    async fn waiting(&self) -> Option<Result<(Vec<Role>, Timestamp)>> {
        let since = ended(&self.0, self.0.view().today())?;
        let waiting = async {
            let (holders, agreements) = (self.holders().await?, self.all_agreements().await?);
            Ok(rules::waiting(since, &holders, &agreements))
        };
        Some(waiting.await)
    }
}

/// The agreement of an organisation to a quarter's figures.
///
/// Persetujuan suatu organisasi atas angka triwulan.
pub struct QuarterAgreement(Row<quarter_agreement::Model>);

/// The agreement of an organisation to a quarter's figures.
///
/// Persetujuan suatu organisasi atas angka triwulan.
#[Object]
impl QuarterAgreement {
    /// The organisation.
    ///
    /// Organisasinya.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }

    /// The seat that it holds.
    ///
    /// Kedudukannya.
    fn seat(&self) -> Role {
        self.0.seat
    }

    /// When it agreed.
    ///
    /// Waktu persetujuan.
    fn agreed_at(&self) -> Timestamp {
        self.0.agreed_at
    }
}

/// The root fields of quarters.
pub struct QuartersQuery;

#[Object]
impl QuartersQuery {
    /// The quarter with this code. BAD_USER_INPUT where it is none; NOT_FOUND where nothing is reported for it yet.
    ///
    /// Triwulan dengan kode ini.
    async fn quarter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code: `2021-Q3`. / Kodenya: `2021-Q3`.")] code: String,
    ) -> Option<Result<Quarter>> {
        Some(by_code(ctx.data_unchecked::<View>(), "code", &code).await)
    }

    /// Quarters, the latest first.
    ///
    /// Triwulan, mulai yang terbaru.
    async fn quarters(
        &self,
        ctx: &Context<'_>,
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<QuarterFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<QuarterOrder>,
    ) -> Result<Connection<Quarter>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition();
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, QuarterOrder::or_default(order_by), paging).await
    }
}

/// The quarter that an argument names.
pub async fn by_code(view: &View, argument: &str, code: &str) -> Result<Quarter> {
    let parsed = code.parse::<crate::types::Quarter>();
    parsed.map_err(|expected| Error::input(argument, code, expected))?;
    let row = store::by_code(view, code).await?;
    let row = row.ok_or_else(|| Error::new(Code::NotFound, format!("nothing is reported for {code} yet")))?;
    Ok(Quarter::new(Rows::single(view.clone(), row)))
}

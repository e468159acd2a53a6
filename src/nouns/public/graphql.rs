//! What is public between the parties, as the API shows it.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::entity::public_partner;
use super::entity::public_partnership::{self, Entity};
use super::store::{self, PublicPartnershipFilter, PublicPartnershipOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, View};
use crate::error::{Code, Error, Result};
use crate::nouns::connection::{self, Connection, List, Listed, NounObject, OrderDirection, Paging};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::entity::PartnershipStatus;

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct PublicPartnershipOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: PublicPartnershipOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl PublicPartnershipOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order = given
            .unwrap_or(Self { field: PublicPartnershipOrderField::Title, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// What a partnership shows of itself to a BUMN that is not party to it.
///
/// Keterangan umum suatu kemitraan bagi BUMN lain.
#[derive(Clone)]
pub struct PublicPartnership(Row<public_partnership::Model>);

impl Listed for PublicPartnership {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for PublicPartnership {
    type Entity = Entity;

    fn new(row: Row<public_partnership::Model>) -> Self {
        Self(row)
    }
}

/// What a partnership shows of itself to a BUMN that is not party to it.
///
/// Keterangan umum suatu kemitraan bagi BUMN lain.
#[Object]
impl PublicPartnership {
    /// The global identifier (Relay). It is not the partnership's own, and does not tell when it was recorded.
    ///
    /// Pengenal global; bukan pengenal kemitraannya, dan tidak menunjukkan waktu pencatatan.
    pub async fn id(&self) -> ID {
        ids::Noun::PublicPartnership.id(self.0.id)
    }

    /// Its title.
    ///
    /// Judulnya.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Where it stands.
    ///
    /// Statusnya.
    fn status(&self) -> PartnershipStatus {
        self.0.status
    }

    /// The BUMN.
    ///
    /// BUMN-nya.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }

    /// The names of its partners, of those that have consented to it, in the order of the alphabet.
    ///
    /// Nama mitra yang bersedia namanya ditampilkan, menurut abjad.
    async fn partner_names(&self) -> Result<List<String>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::partners(view, ids).await;
        let parent = |row: &public_partner::Model| row.partnership;
        let rows = connection::all::<Entity, _>(&self.0, "partnerNames", parent, read).await?;
        Ok(List(rows.into_iter().map(|row| row.name.clone()).collect()))
    }
}

/// What a partner shows of itself to a BUMN that knows its business number.
///
/// Keterangan umum suatu mitra bagi BUMN yang mengetahui NIB-nya.
#[derive(SimpleObject)]
pub struct PublicPartner {
    /// Its name.
    ///
    /// Namanya.
    name: String,
}

/// The partner with exactly this business number.
///
/// # Errors
///
/// BAD_USER_INPUT: not 13 digits. NOT_FOUND.
pub async fn partner_by_nib(view: &View, nib: &str) -> Result<PublicPartner> {
    if nib.len() != 13 || !nib.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::input("nib", nib, "a business number (NIB): 13 digits"));
    }
    let name = store::name_by_nib(view, nib).await?;
    let name = name.ok_or_else(|| Error::new(Code::NotFound, "no partner has this NIB"))?;
    Ok(PublicPartner { name })
}

/// The root fields of what is public between the parties.
pub struct PublicQuery;

#[Object]
impl PublicQuery {
    /// What every partnership shows of itself to those who are not party to it, your own included.
    ///
    /// Keterangan umum setiap kemitraan bagi yang bukan pihaknya, termasuk milik Anda.
    async fn public_partnerships(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<
            PublicPartnershipFilter,
        >,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<PublicPartnershipOrder>,
    ) -> Result<Connection<PublicPartnership>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        connection::connect(
            view,
            filter,
            PublicPartnershipOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }

    /// What the partner with exactly this business number (NIB) shows of itself. NOT_FOUND where there is none.
    ///
    /// Keterangan umum mitra dengan NIB ini. NOT_FOUND bila tidak ada.
    async fn public_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its business number, 13 digits. / NIB-nya, 13 angka.")] nib: String,
    ) -> Option<Result<PublicPartner>> {
        Some(partner_by_nib(ctx.data_unchecked::<View>(), &nib).await)
    }

    /// What the partnership with this public id shows of itself.
    ///
    /// Keterangan umum kemitraan dengan pengenal umum ini.
    async fn public_partnership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<PublicPartnership>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::PublicPartnership, &id).await.transpose()
    }
}

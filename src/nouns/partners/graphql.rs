//! Partners, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::corrections::{self, PartnerCorrection, partner_correction};
use super::entity::partner::{self, Entity};
use super::entity::{LegalForm, Scale};
use super::store::{self, PartnerFilter, PartnerOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, View};
use crate::error::Result;
use crate::nouns::certificates::entity::{certificate, platform_account};
use crate::nouns::certificates::graphql::{Certificate, CertificateOrder, PlatformAccount};
use crate::nouns::certificates::store::{self as certificates, CertificateFilter};
use crate::nouns::codes::graphql::Code;
use crate::nouns::codes::rules::{province_of, section_of};
use crate::nouns::connection::{
    self, Connection, List, Listed, NounObject, OrderDirection, Paging, Plain, plain, plain_day, plain_id,
    plain_text,
};
use crate::nouns::contacts::entity::contact;
use crate::nouns::contacts::graphql::Contact;
use crate::nouns::contacts::store as contacts;
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::partnerships::entity::partnership_partner;
use crate::nouns::partnerships::parts::PartnershipPartner;
use crate::nouns::partnerships::store as partnerships;
use crate::types::Date;

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct PartnerOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: PartnerOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl PartnerOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order = given.unwrap_or(Self { field: PartnerOrderField::Name, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A partner (mitra): a cooperative, a micro, small or medium enterprise, a small or medium industry.
///
/// Mitra: koperasi, UMKM, atau IKM.
#[derive(Clone)]
pub struct Partner(Row<partner::Model>);

impl Listed for Partner {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Partner {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(ids::Noun::Partner, partner::Column::Id),
        plain::<_, i32>("version", partner::Column::Version),
        plain_text("name", partner::Column::Name),
        plain::<_, bool>("sample", partner::Column::Sample),
        plain_text("legalForm", partner::Column::LegalForm),
        plain_text("scale", partner::Column::Scale),
        plain_day("scaleSince", partner::Column::ScaleSince),
        plain::<_, bool>("isIkm", partner::Column::IsIkm),
        plain_text("steward", partner::Column::Steward),
        plain_text("nib", partner::Column::Nib),
        plain_text("nikKoperasi", partner::Column::NikKoperasi),
        plain_text("npwp", partner::Column::Npwp),
        plain_text("kbli", partner::Column::Kbli),
        plain::<_, Option<i32>>("kbliVersion", partner::Column::KbliVersion),
        plain_text("regency", partner::Column::Regency),
    ];

    fn new(row: Row<partner::Model>) -> Self {
        Self(row)
    }
}

/// A partner (mitra): a cooperative, a micro, small or medium enterprise, a small or medium industry.
///
/// Mitra: koperasi, UMKM, atau IKM.
#[Object]
impl Partner {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Partner.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Its name.
    ///
    /// Namanya.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Made up for demonstration; nobody real.
    ///
    /// Data contoh, bukan pihak yang sebenarnya.
    fn sample(&self) -> bool {
        self.0.sample
    }

    /// Its legal form.
    ///
    /// Bentuk badan usahanya.
    fn legal_form(&self) -> LegalForm {
        self.0.legal_form
    }

    /// Its scale.
    ///
    /// Skala usahanya.
    fn scale(&self) -> Scale {
        self.0.scale
    }

    /// The day since which it is of this scale.
    ///
    /// Sejak kapan berskala ini.
    fn scale_since(&self) -> Date {
        Date(self.0.scale_since)
    }

    /// Whether it is a small or medium industry (IKM).
    ///
    /// Apakah IKM.
    fn is_ikm(&self) -> bool {
        self.0.is_ikm
    }

    /// The ministry that it is under the stewardship of: KEMENKOPUKM or KEMENPERIN.
    ///
    /// Instansi pembinanya: KEMENKOPUKM atau KEMENPERIN.
    fn steward(&self) -> Role {
        self.0.steward
    }

    /// Its business number (NIB, 13 digits); null if unknown.
    ///
    /// Nomor Induk Berusaha (13 angka); kosong bila tidak diketahui.
    fn nib(&self) -> Option<&str> {
        self.0.nib.as_deref()
    }

    /// The registration number of a cooperative (NIK Koperasi).
    ///
    /// Nomor Induk Koperasi.
    fn nik_koperasi(&self) -> Option<&str> {
        self.0.nik_koperasi.as_deref()
    }

    /// Its tax number (16 digits); never that of a sole proprietor, which is personal.
    ///
    /// NPWP (16 angka); tidak pernah milik usaha perseorangan, karena data pribadi.
    fn npwp(&self) -> Option<&str> {
        self.0.npwp.as_deref()
    }

    /// Its field of business (KBLI, 5 digits).
    ///
    /// Bidang usaha (KBLI, 5 angka).
    fn kbli(&self) -> Option<&str> {
        self.0.kbli.as_deref()
    }

    /// The edition of the KBLI: 2020 or 2025.
    ///
    /// Edisi KBLI: 2020 atau 2025.
    fn kbli_version(&self) -> Option<i32> {
        self.0.kbli_version
    }

    /// The section of its field of business, in that edition of the KBLI; null if unknown.
    ///
    /// Kategori bidang usahanya dalam edisi KBLI tersebut; kosong bila tidak diketahui.
    fn sector(&self) -> Option<Code> {
        let (kbli, version) = (self.0.kbli.as_deref()?, self.0.kbli_version?);
        section_of(kbli, version).map(Code)
    }

    /// Its regency or city by the Ministry of Home Affairs' code: `32.04`.
    ///
    /// Kabupaten/kota menurut kode Kemendagri: `32.04`.
    fn regency(&self) -> Option<&str> {
        self.0.regency.as_deref()
    }

    /// The province that its regency lies in, by the present codes; null if unknown.
    ///
    /// Provinsi kabupaten/kotanya menurut kode yang berlaku; kosong bila tidak diketahui.
    fn province(&self) -> Option<Code> {
        self.0.regency.as_deref().and_then(province_of).map(Code)
    }

    /// Its certificates.
    ///
    /// Sertifikatnya.
    async fn certificates(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<CertificateFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<CertificateOrder>,
    ) -> Result<Connection<Certificate>> {
        let filter = filter.unwrap_or_default().condition()?;
        let (order, paging) = (CertificateOrder::or_default(order_by), Paging { first, after, last, before });
        connection::connect_each::<Entity, _>(
            &self.0,
            "certificates",
            certificate::Column::Partner,
            filter,
            order,
            &paging,
        )
        .await
    }

    /// Its accounts on platforms.
    ///
    /// Akunnya pada platform.
    async fn platform_accounts(&self) -> Result<List<PlatformAccount>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| certificates::accounts(view, ids).await;
        let parent = |row: &platform_account::Model| row.partner;
        let rows = connection::all::<Entity, _>(&self.0, "platformAccounts", parent, read).await?;
        Ok(List(rows.into_iter().map(PlatformAccount::new).collect()))
    }

    /// Its contacts, masked.
    ///
    /// Kontaknya, disamarkan.
    pub async fn contacts(&self) -> Result<List<Contact>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| contacts::of_partners(view, ids).await;
        let parent = |row: &contact::Model| row.partner;
        let rows = connection::all::<Entity, _>(&self.0, "contacts", parent, read).await?;
        Ok(List(rows.into_iter().map(Contact::new).collect()))
    }

    /// Corrections of it that BUMN have proposed, oldest first; a BUMN sees its own.
    ///
    /// Usulan koreksi datanya dari BUMN, terlama lebih dahulu; BUMN melihat usulannya sendiri.
    async fn corrections(&self) -> Result<List<PartnerCorrection>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| corrections::of_partners(view, ids).await;
        let parent = |row: &partner_correction::Model| row.partner;
        let rows = connection::all::<Entity, _>(&self.0, "corrections", parent, read).await?;
        Ok(List(rows.into_iter().map(PartnerCorrection::new).collect()))
    }

    /// Its places in partnerships that you can see, in the order in which they were recorded.
    ///
    /// Keikutsertaannya dalam kemitraan yang dapat Anda lihat, menurut urutan pencatatan.
    async fn participations(
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
    ) -> Result<Connection<PartnershipPartner>> {
        let (any, order) = (connection::everything(), partnerships::participation_order());
        let paging = &Paging { first, after, last, before };
        let parent = partnership_partner::Column::Partner;
        connection::connect_each::<Entity, _>(&self.0, "participations", parent, any, order, paging).await
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

/// The root fields of partners.
pub struct PartnersQuery;

#[Object]
impl PartnersQuery {
    /// The partner with this id.
    ///
    /// Mitra dengan pengenal ini.
    async fn partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Partner>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Partner, &id).await.transpose()
    }

    /// Partners that you can see.
    ///
    /// Mitra yang dapat Anda lihat.
    async fn partners(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<PartnerFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<PartnerOrder>,
    ) -> Result<Connection<Partner>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        connection::connect(
            view,
            filter,
            PartnerOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }
}

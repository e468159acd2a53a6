//! Corrections of partners that BUMN propose and stewards decide on: their rows, and what is shown of them.

use async_graphql::{Enum, Object};
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder as _};
use serde::{Deserialize, Serialize};

use super::entity::Scale;
use crate::access::{Reach, Row, Scope, View};
use crate::error::Result;
use crate::journal::{Place, Projected};
use crate::nouns::connection;
use crate::nouns::organisations::graphql::Organisation;
use crate::types::{Date, Timestamp};

/// Where a proposed correction stands.
///
/// Status usulan koreksi.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CorrectionStatus {
    /// It waits for the steward.
    ///
    /// Menunggu instansi pembina.
    Waiting,
    /// The steward accepted it: the partner is as it says.
    ///
    /// Diterima; data mitra telah disesuaikan.
    Accepted,
    /// The steward declined it, with a reason.
    ///
    /// Ditolak, dengan alasan.
    Declined,
}

/// What a BUMN says that is otherwise of a partner: what is none stays.
pub mod partner_correction {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "partner_correction")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partner: Uuid,
        /// The BUMN that proposes it.
        pub organisation: Uuid,
        pub name: Option<String>,
        pub scale: Option<Scale>,
        pub scale_since: Option<NaiveDate>,
        pub nib: Option<String>,
        pub nik_koperasi: Option<String>,
        pub npwp: Option<String>,
        pub kbli: Option<String>,
        pub kbli_version: Option<i32>,
        pub regency: Option<String>,
        pub reason: String,
        pub status: CorrectionStatus,
        pub status_reason: Option<String>,
        pub proposed_at: Timestamp,
        pub proposed_by: String,
        pub decided_at: Option<Timestamp>,
        pub decided_by: Option<String>,
        pub decider_organisation: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "partner_correction";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: None }
        }
    }
}

use partner_correction::{Column, Entity, Model};

/// What a BUMN proposes is its own; other BUMN are not told of it.
impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(Column::Organisation)
    }
}

/// The corrections of partners, oldest first.
pub async fn of_partners(view: &View, partners: &[Uuid]) -> Result<Vec<Model>> {
    view.all(Entity::find().filter(view.is_in(Column::Partner, partners)).order_by_asc(Column::Id)).await
}

/// A correction of a partner that a BUMN proposes and the steward decides on. What is null is to stay.
///
/// Koreksi data mitra yang diusulkan BUMN dan diputuskan instansi pembina. Yang kosong tetap.
pub struct PartnerCorrection(Row<Model>);

impl PartnerCorrection {
    pub fn new(row: Row<Model>) -> Self {
        Self(row)
    }
}

/// A correction of a partner that a BUMN proposes and the steward decides on. What is null is to stay.
///
/// Koreksi data mitra yang diusulkan BUMN dan diputuskan instansi pembina. Yang kosong tetap.
#[Object]
impl PartnerCorrection {
    /// The BUMN that proposes it.
    ///
    /// BUMN yang mengusulkan.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }

    /// Its name, as it is said to be.
    ///
    /// Namanya menurut usulan.
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Its scale, as it is said to be.
    ///
    /// Skalanya menurut usulan.
    fn scale(&self) -> Option<Scale> {
        self.0.scale
    }

    /// Since when it has that scale.
    ///
    /// Sejak kapan berskala demikian.
    fn scale_since(&self) -> Option<Date> {
        self.0.scale_since.map(Date)
    }

    /// Its business number (NIB), as it is said to be.
    ///
    /// NIB-nya menurut usulan.
    fn nib(&self) -> Option<&str> {
        self.0.nib.as_deref()
    }

    /// The number of the cooperative (NIK Koperasi), as it is said to be.
    ///
    /// Nomor Induk Koperasi menurut usulan.
    fn nik_koperasi(&self) -> Option<&str> {
        self.0.nik_koperasi.as_deref()
    }

    /// Its tax number, as it is said to be.
    ///
    /// NPWP-nya menurut usulan.
    fn npwp(&self) -> Option<&str> {
        self.0.npwp.as_deref()
    }

    /// Its field of business (KBLI), as it is said to be.
    ///
    /// Bidang usahanya (KBLI) menurut usulan.
    fn kbli(&self) -> Option<&str> {
        self.0.kbli.as_deref()
    }

    /// The edition of that KBLI: 2020 or 2025.
    ///
    /// Edisi KBLI tersebut: 2020 atau 2025.
    fn kbli_version(&self) -> Option<i32> {
        self.0.kbli_version
    }

    /// Its regency or city, as it is said to be.
    ///
    /// Kabupaten/kotanya menurut usulan.
    fn regency(&self) -> Option<&str> {
        self.0.regency.as_deref()
    }

    /// Why it is proposed. Permanent.
    ///
    /// Alasan usulannya. Permanen.
    fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Where it stands.
    ///
    /// Statusnya.
    fn status(&self) -> CorrectionStatus {
        self.0.status
    }

    /// Why it was declined. Permanent.
    ///
    /// Alasan penolakannya. Permanen.
    fn status_reason(&self) -> Option<&str> {
        self.0.status_reason.as_deref()
    }

    /// When it was proposed.
    ///
    /// Waktu diusulkan.
    fn proposed_at(&self) -> Timestamp {
        self.0.proposed_at
    }

    /// Who proposed it.
    ///
    /// Yang mengusulkan.
    fn proposed_by(&self) -> &str {
        &self.0.proposed_by
    }

    /// When it was decided on.
    ///
    /// Waktu diputuskan.
    fn decided_at(&self) -> Option<Timestamp> {
        self.0.decided_at
    }

    /// Who decided on it.
    ///
    /// Yang memutuskan.
    fn decided_by(&self) -> Option<&str> {
        self.0.decided_by.as_deref()
    }
}

//! The rows of outcomes (capaian), and of their revisions after their quarter was locked.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::projection::first_time;
use crate::journal::{Place, Projected};
use crate::types::{Decimal, Timestamp};

/// What an outcome measures.
///
/// Indikator capaian.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Indicator {
    /// Transactions, rupiah before PPN; summed; verified by KEMENBUMN.
    ///
    /// Nilai transaksi, rupiah sebelum PPN.
    TransactionValue,
    /// Exports, rupiah; summed; verified by KEMENPERIN.
    ///
    /// Nilai ekspor, rupiah.
    ExportValue,
    /// Imports that were substituted, rupiah; summed; verified by KEMENPERIN.
    ///
    /// Nilai substitusi impor, rupiah.
    ImportSubstitutionValue,
    /// Value added, rupiah; summed; verified by KEMENPERIN.
    ///
    /// Nilai tambah, rupiah.
    ValueAdded,
    /// Investment, rupiah; summed; verified by KEMENBUMN.
    ///
    /// Nilai investasi, rupiah.
    InvestmentValue,
    /// People employed at the quarter's end; never summed over quarters; verified by KEMENKOPUKM.
    ///
    /// Tenaga kerja pada akhir triwulan, orang; tidak dijumlahkan antartriwulan.
    Employment,
    /// Local content, percent; weighted by transaction value; verified by KEMENPERIN.
    ///
    /// Kandungan lokal, persen; tertimbang nilai transaksi.
    LocalContent,
    /// Deliveries on time, percent; weighted by transaction value; verified by KEMENBUMN.
    ///
    /// Ketepatan waktu pengiriman, persen; tertimbang nilai transaksi.
    OnTimeDelivery,
    /// Days from invoice to payment; weighted by transaction value; verified by KEMENBUMN.
    ///
    /// Lama pembayaran sejak tagihan, hari; tertimbang nilai transaksi.
    PaymentDays,
}

/// Where an outcome stands.
///
/// Status capaian.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OutcomeStatus {
    /// Not submitted yet.
    ///
    /// Konsep.
    Draft,
    /// Submitted; waits for verification.
    ///
    /// Diajukan; menunggu verifikasi.
    Submitted,
    /// Verified.
    ///
    /// Terverifikasi.
    Verified,
    /// Returned to whoever reported it, with a reason.
    ///
    /// Dikembalikan dengan alasan.
    Returned,
}

/// Version 1 did not tell since when it stood where it stood.
fn with_standing(mut image: serde_json::Value) -> serde_json::Value {
    image["status_since"] = first_time(&image, &["verified_at", "reported_at"]);
    image
}

/// What a partnership has brought about in a quarter, by one indicator. `actual` is never edited once its quarter is
/// locked; `revised` is then the figure of the latest verified revision.
pub mod outcome {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "outcome")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        pub indicator: Indicator,
        /// `2021-Q3`
        pub quarter: String,
        pub target: Option<Decimal>,
        pub actual: Option<Decimal>,
        pub revised: Option<Decimal>,
        pub revisions: i32,
        pub status: OutcomeStatus,
        pub status_reason: Option<String>,
        pub status_since: Timestamp,
        pub reported_at: Option<Timestamp>,
        pub reported_by: Option<String>,
        pub reporter_organisation: Option<Uuid>,
        pub verified_at: Option<Timestamp>,
        pub verified_by: Option<String>,
        pub verifier_organisation: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const VERSION: i32 = 2;
        const NOUN: &'static str = "outcome";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }

        fn upcast(_: i32, image: serde_json::Value) -> serde_json::Value {
            with_standing(image)
        }
    }
}

/// A figure that takes a locked one's place, from its verification on.
pub mod outcome_revision {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "outcome_revision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub outcome: Uuid,
        pub partnership: Uuid,
        pub organisation: Uuid,
        /// From 1, for each outcome.
        pub number: i32,
        pub actual: Decimal,
        pub reason: String,
        pub status: OutcomeStatus,
        pub status_reason: Option<String>,
        pub status_since: Timestamp,
        pub reported_at: Timestamp,
        pub reported_by: String,
        pub reporter_organisation: Uuid,
        pub verified_at: Option<Timestamp>,
        pub verified_by: Option<String>,
        pub verifier_organisation: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const VERSION: i32 = 2;
        const NOUN: &'static str = "outcome_revision";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }

        fn upcast(_: i32, image: serde_json::Value) -> serde_json::Value {
            with_standing(image)
        }
    }
}

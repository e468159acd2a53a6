//! The rows of obstacles (kendala dan tindak lanjut).

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::journal::{Place, Projected};
use crate::types::Timestamp;

/// What an obstacle is about.
///
/// Jenis kendala.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ObstacleCategory {
    /// Quality of goods or services.
    ///
    /// Mutu barang atau jasa.
    Quality,
    /// Capacity to produce.
    ///
    /// Kapasitas produksi.
    Capacity,
    /// Financing.
    ///
    /// Pembiayaan.
    Financing,
    /// Certification.
    ///
    /// Sertifikasi.
    Certification,
    /// Licensing.
    ///
    /// Perizinan.
    Licensing,
    /// Logistics.
    ///
    /// Logistik.
    Logistics,
    /// Price.
    ///
    /// Harga.
    Price,
    /// Payment.
    ///
    /// Pembayaran.
    Payment,
    /// Regulation.
    ///
    /// Regulasi.
    Regulation,
    /// Something else.
    ///
    /// Lainnya.
    Other,
}

/// How much an obstacle weighs.
///
/// Tingkat kendala.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// Low.
    ///
    /// Rendah.
    Low,
    /// Medium.
    ///
    /// Sedang.
    Medium,
    /// High.
    ///
    /// Tinggi.
    High,
    /// Critical: the partnership cannot go on.
    ///
    /// Kritis: kemitraan tidak dapat berjalan.
    Critical,
}

/// Where an obstacle stands.
///
/// Status kendala.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ObstacleStatus {
    /// Raised, and nothing done yet.
    ///
    /// Terbuka, belum ditindaklanjuti.
    Open,
    /// Being followed up.
    ///
    /// Sedang ditindaklanjuti.
    InProgress,
    /// Resolved.
    ///
    /// Selesai.
    Resolved,
}

/// An obstacle in a partnership, with what is done about it.
pub mod obstacle {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "obstacle")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        pub milestone: Option<Uuid>,
        pub category: ObstacleCategory,
        pub severity: Severity,
        pub title: String,
        pub description: Option<String>,
        pub owner: Role,
        pub follow_up: Option<String>,
        pub due_on: Option<NaiveDate>,
        pub status: ObstacleStatus,
        pub status_since: Timestamp,
        pub resolution: Option<String>,
        pub raised_at: Timestamp,
        pub raised_by: String,
        pub raiser_organisation: Uuid,
        pub resolved_at: Option<Timestamp>,
        pub resolved_by: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "obstacle";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }
    }
}

//! The rows of quarters, and of the seats' agreement to them.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::journal::{Place, Projected};
use crate::types::Timestamp;

/// Whether a quarter's figures may still change.
///
/// Apakah angka suatu triwulan masih dapat berubah.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QuarterStatus {
    /// Figures are reported and verified.
    ///
    /// Terbuka: capaian dilaporkan dan diverifikasi.
    Open,
    /// All seats have agreed (Berita Acara Rekonsiliasi): figures change by revisions alone.
    ///
    /// Terkunci setelah Berita Acara Rekonsiliasi: hanya dapat direvisi.
    Locked,
}

/// A quarter (triwulan) that outcomes are reported for.
pub mod quarter {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "quarter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        /// `2021-Q3`
        pub code: String,
        pub starts_on: NaiveDate,
        /// The last day.
        pub ends_on: NaiveDate,
        /// The last day for reports.
        pub due_on: NaiveDate,
        pub status: QuarterStatus,
        pub locked_at: Option<Timestamp>,
        pub locked_by: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "quarter";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// The agreement of one organisation to a quarter's figures, for the seat that it holds.
pub mod quarter_agreement {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "quarter_agreement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub quarter: Uuid,
        pub organisation: Uuid,
        pub seat: Role,
        pub agreed_at: Timestamp,
        pub agreed_by: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "quarter_agreement";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

//! The rows of memoranda and of their signatories.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Place, Projected};
use crate::types::Decimal;

/// A memorandum of understanding.
pub mod memorandum {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "memorandum")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub title: String,
        pub number: Option<String>,
        pub signed_on: NaiveDate,
        pub signed_at: String,
        pub starts_on: Option<NaiveDate>,
        pub ends_on: Option<NaiveDate>,
        pub objectives: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "memorandum";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// Who signed, under the name of that day.
pub mod memorandum_signatory {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "memorandum_signatory")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub memorandum: Uuid,
        pub position: i32,
        pub organisation: Uuid,
        pub signed_as: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "memorandum_signatory";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// What the memorandum is to bring about.
///
/// Sasaran nota kesepahaman.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Objective {
    /// Value added.
    ///
    /// Nilai tambah.
    ValueAdded,
    /// Competitiveness.
    ///
    /// Daya saing.
    Competitiveness,
    /// Investment.
    ///
    /// Investasi.
    Investment,
    /// Exports.
    ///
    /// Ekspor.
    Exports,
    /// Import substitution.
    ///
    /// Substitusi impor.
    ImportSubstitution,
    /// Employment.
    ///
    /// Penyerapan tenaga kerja.
    Employment,
}

/// What a baseline measures.
///
/// Yang diukur oleh angka dasar.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Measure {
    /// The share of UMKM that take part in a global value chain, percent.
    ///
    /// Bagian UMKM yang terlibat dalam rantai nilai global, persen.
    GlobalValueChainShare,
}

/// Where things stood on a day, against which the memorandum is to be measured.
pub mod baseline {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "baseline")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub memorandum: Uuid,
        pub measure: Measure,
        pub value: Decimal,
        pub as_of: NaiveDate,
        pub source: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "baseline";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

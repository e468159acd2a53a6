//! The rows of organisations, of their names through time, and of successions.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::Role;
pub use crate::access::Stewardship;
use crate::journal::{Place, Projected};

/// What kind of organisation it is.
///
/// Jenis organisasi.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganisationKind {
    /// A ministry.
    ///
    /// Kementerian.
    Ministry,
    /// A state-owned enterprise.
    ///
    /// Badan Usaha Milik Negara.
    Bumn,
    /// A unit or subsidiary that executes for its parent.
    ///
    /// Unit pelaksana atau anak usaha.
    ExecutingUnit,
    /// A private enterprise that buys.
    ///
    /// Pembeli swasta (offtaker).
    Offtaker,
}

/// How one organisation followed another.
///
/// Cara suatu organisasi menggantikan yang lain.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SuccessionKind {
    /// It goes on under another name.
    ///
    /// Berganti nama.
    Rename,
    /// Its duties are divided among several.
    ///
    /// Dipecah.
    Split,
    /// It goes into another.
    ///
    /// Digabung.
    Merge,
    /// Another takes its place.
    ///
    /// Digantikan.
    Replace,
    /// It comes under a holding.
    ///
    /// Masuk ke induk usaha (holding).
    Holding,
}

/// An organisation: its code is for ever, its names are not.
pub mod organisation {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "organisation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub code: String,
        pub kind: OrganisationKind,
        pub seat: Option<Role>,
        pub parent: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "organisation";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// A name, for the days on which it was borne.
pub mod organisation_name {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "organisation_name")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub organisation: Uuid,
        pub name: String,
        pub short_name: String,
        pub valid_from: Option<NaiveDate>,
        pub valid_until: Option<NaiveDate>,
        pub legal_basis: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "organisation_name";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// One organisation following another; one to many is several rows.
pub mod succession {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "succession")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub kind: SuccessionKind,
        pub predecessor: Uuid,
        pub successor: Uuid,
        pub stewardship: Stewardship,
        pub effective_on: NaiveDate,
        pub legal_basis: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "succession";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

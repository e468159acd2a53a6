//! The rows of partners.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::journal::{Place, Projected};

/// The legal form of a partner.
///
/// Bentuk badan usaha mitra.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LegalForm {
    /// A cooperative.
    ///
    /// Koperasi.
    Koperasi,
    /// A sole proprietor.
    ///
    /// Usaha perseorangan.
    Perseorangan,
    /// A limited partnership (commanditaire vennootschap).
    ///
    /// Persekutuan komanditer.
    Cv,
    /// A limited company.
    ///
    /// Perseroan terbatas.
    Pt,
}

/// The scale of a partner, by PP 7/2021: capital up to 1, 5 or 10, or sales up to 2, 15 or 50 miliar rupiah.
///
/// Skala usaha menurut PP 7/2021.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scale {
    /// Micro.
    ///
    /// Usaha mikro.
    Micro,
    /// Small.
    ///
    /// Usaha kecil.
    Small,
    /// Medium.
    ///
    /// Usaha menengah.
    Medium,
}

/// A partner. Contacts are not here.
pub mod partner {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "partner")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub name: String,
        pub sample: bool,
        pub legal_form: LegalForm,
        pub scale: Scale,
        pub scale_since: NaiveDate,
        pub is_ikm: bool,
        pub steward: Role,
        pub nib: Option<String>,
        pub nik_koperasi: Option<String>,
        pub npwp: Option<String>,
        pub kbli: Option<String>,
        pub kbli_version: Option<i32>,
        pub regency: Option<String>,
        pub name_public: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "partner";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

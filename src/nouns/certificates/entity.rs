//! The rows of partners' certificates, and of their accounts on platforms.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Place, Projected};

/// What a certificate certifies.
///
/// Jenis sertifikat.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CertificateKind {
    /// Conformity with an Indonesian national standard (SNI).
    ///
    /// Kesesuaian dengan Standar Nasional Indonesia (SNI).
    Sni,
    /// The level of domestic content (TKDN).
    ///
    /// Tingkat Komponen Dalam Negeri (TKDN).
    Tkdn,
    /// Halal.
    ///
    /// Halal.
    Halal,
    /// A distribution permit for food, drugs, cosmetics or medical devices.
    ///
    /// Izin edar pangan, obat, kosmetik, atau alat kesehatan.
    IzinEdar,
}

/// A platform on which partners sell or are registered.
///
/// Platform tempat mitra berjualan atau terdaftar.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Platform {
    /// PaDi UMKM, the BUMN's digital market for UMKM.
    ///
    /// PaDi UMKM, pasar digital UMKM milik BUMN.
    PadiUmkm,
    /// E-Katalog, the government's electronic catalogue (LKPP).
    ///
    /// E-Katalog LKPP.
    EKatalog,
    /// SIINas, the national industrial information system.
    ///
    /// SIINas, Sistem Informasi Industri Nasional.
    Siinas,
}

/// A certificate of a partner.
pub mod certificate {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "certificate")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partner: Uuid,
        pub kind: CertificateKind,
        pub number: String,
        pub issuer: String,
        pub issued_on: Option<NaiveDate>,
        pub valid_until: Option<NaiveDate>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "certificate";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// A partner's account on a platform.
pub mod platform_account {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "platform_account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partner: Uuid,
        pub platform: Platform,
        pub account: String,
        pub since: Option<NaiveDate>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "platform_account";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

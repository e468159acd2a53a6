//! The rows of partnerships and of the partners in them.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::rules::public_id;
use crate::journal::projection::first_time;
use crate::journal::{Place, Projected};
use crate::types::{Money, Timestamp};

/// Where a partnership stands.
///
/// Status kemitraan.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartnershipStatus {
    /// Proposed.
    ///
    /// Diusulkan.
    Proposed,
    /// Partners are being chosen.
    ///
    /// Kurasi.
    Curation,
    /// In preparation.
    ///
    /// Persiapan.
    Preparation,
    /// On trial.
    ///
    /// Uji coba.
    Trial,
    /// Active.
    ///
    /// Berjalan.
    Active,
    /// Suspended, with a reason.
    ///
    /// Ditangguhkan, dengan alasan.
    Suspended,
    /// Completed.
    ///
    /// Selesai.
    Completed,
    /// Ended before its time, with a reason.
    ///
    /// Dihentikan, dengan alasan.
    Terminated,
    /// Rejected, with a reason.
    ///
    /// Ditolak, dengan alasan.
    Rejected,
}

/// The pattern of a partnership, by PP 7/2021.
///
/// Pola kemitraan menurut PP 7/2021.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Pattern {
    /// Nucleus and plasma.
    ///
    /// Inti-plasma.
    IntiPlasma,
    /// Subcontracting.
    ///
    /// Subkontrak.
    Subcontract,
    /// Franchise.
    ///
    /// Waralaba.
    Franchise,
    /// General trade.
    ///
    /// Perdagangan umum.
    GeneralTrade,
    /// Distribution and agency.
    ///
    /// Distribusi dan keagenan.
    DistributionAgency,
    /// Supply chain.
    ///
    /// Rantai pasok.
    SupplyChain,
    /// Profit sharing.
    ///
    /// Bagi hasil.
    ProfitSharing,
    /// Joint operation.
    ///
    /// Kerja sama operasional.
    JointOperation,
    /// Joint venture.
    ///
    /// Usaha patungan.
    JointVenture,
    /// Outsourcing.
    ///
    /// Penyumberluaran.
    Outsourcing,
}

/// The channel of the memorandum that a partnership goes by.
///
/// Jalur kemitraan menurut nota kesepahaman.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Channel {
    /// Link and match.
    ///
    /// Link and match.
    LinkAndMatch,
    /// Partnership with large industry and BUMN.
    ///
    /// Kemitraan dengan industri besar dan BUMN.
    LargeIndustryAndBumn,
    /// Marketplaces.
    ///
    /// Lokapasar.
    Marketplace,
    /// Government procurement.
    ///
    /// Pengadaan pemerintah.
    GovernmentProcurement,
    /// BUMN procurement.
    ///
    /// Pengadaan BUMN.
    BumnProcurement,
}

/// Who supplies whom.
///
/// Arah pasokan.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupplyDirection {
    /// The partner supplies the BUMN.
    ///
    /// Mitra memasok BUMN.
    PartnerToBumn,
    /// The BUMN supplies the partner.
    ///
    /// BUMN memasok mitra.
    BumnToPartner,
}

/// A partnership. Its three values are never summed together.
pub mod partnership {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "partnership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub organisation: Uuid,
        pub executing_unit: Option<Uuid>,
        pub memorandum: Uuid,
        pub renewal_of: Option<Uuid>,
        pub title: String,
        pub products: String,
        pub pattern: Pattern,
        pub channel: Channel,
        pub supply_direction: SupplyDirection,
        pub batch: String,
        pub status: PartnershipStatus,
        pub status_reason: Option<String>,
        pub status_since: Timestamp,
        pub potential_value: Option<Money>,
        pub potential_source: Option<String>,
        pub potential_on: Option<NaiveDate>,
        pub estimated_value: Option<Money>,
        pub estimated_source: Option<String>,
        pub estimated_on: Option<NaiveDate>,
        pub contracted_value: Option<Money>,
        pub contracted_source: Option<String>,
        pub contracted_on: Option<NaiveDate>,
        /// By which those who are not party to it know it: `rules::public_id`.
        pub public_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const VERSION: i32 = 3;
        const NOUN: &'static str = "partnership";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.id) }
        }

        /// Version 1 had no public id, version 2 did not tell since when it stood where it stood.
        fn upcast(version: i32, mut image: serde_json::Value) -> serde_json::Value {
            if version < 2 {
                let id = image["id"].as_str().and_then(|id| id.parse().ok());
                image["public_id"] = id.map(|id| public_id(id).to_string()).into();
            }
            image["status_since"] = first_time(&image, &[]);
            image
        }
    }
}

/// A partner in a partnership; one of them leads.
pub mod partnership_partner {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "partnership_partner")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        pub partner: Uuid,
        pub lead: bool,
        pub joined_on: NaiveDate,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "partnership_partner";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }
    }
}

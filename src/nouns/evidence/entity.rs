//! The rows of evidence (bukti): what is known of each file. The bytes are kept elsewhere.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Outside, Place, Projected};
use crate::types::{Money, Timestamp};

/// What a piece of evidence is.
///
/// Jenis bukti.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EvidenceKind {
    /// An assessment.
    ///
    /// Hasil kurasi atau penilaian.
    Assessment,
    /// Minutes of a coaching or a meeting.
    ///
    /// Berita acara atau notulen pendampingan.
    Minutes,
    /// A certificate.
    ///
    /// Sertifikat.
    Certificate,
    /// A report of a trial.
    ///
    /// Laporan uji coba.
    TrialReport,
    /// A purchase order.
    ///
    /// Surat pesanan.
    PurchaseOrder,
    /// A cooperation agreement (PKS).
    ///
    /// Perjanjian Kerja Sama (PKS).
    Pks,
    /// A contract.
    ///
    /// Kontrak.
    Contract,
    /// A record of delivery (BAST).
    ///
    /// Berita Acara Serah Terima (BAST).
    Bast,
    /// A proof of payment.
    ///
    /// Bukti pembayaran.
    PaymentProof,
    /// A report of monitoring and evaluation.
    ///
    /// Laporan monitoring dan evaluasi.
    Report,
    /// An addendum.
    ///
    /// Adendum.
    Addendum,
    /// A tax invoice.
    ///
    /// Faktur pajak.
    FakturPajak,
    /// An invoice.
    ///
    /// Tagihan (invoice).
    Invoice,
    /// Something else.
    ///
    /// Lainnya.
    Other,
}

/// What is known of a file that shows that a milestone was reached.
pub mod evidence {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "evidence")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        pub milestone: Uuid,
        pub kind: EvidenceKind,
        pub number: Option<String>,
        pub dated_on: Option<NaiveDate>,
        pub issuer: Option<String>,
        pub amount: Option<Money>,
        pub file_name: String,
        pub media_type: String,
        /// Bytes.
        pub size: i64,
        /// Of the bytes, in hexadecimal digits.
        pub sha256: String,
        pub attached_at: Timestamp,
        pub attached_by: String,
        pub attacher_organisation: Uuid,
        pub withdrawn_at: Option<Timestamp>,
        pub withdrawn_by: Option<String>,
        pub withdrawal_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "evidence";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }
    }
}

/// That an organisation has sent a file, which it may attach. Outside the journal: what was never attached goes again.
pub mod upload {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "upload")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sha256: String,
        /// Bytes.
        pub size: i64,
        pub media_type: String,
        pub file_name: String,
        /// Who sent it last.
        pub actor: String,
        /// When it was sent last.
        pub at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Outside for Entity {}
}

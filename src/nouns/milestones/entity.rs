//! The rows of milestones and of what they wait for.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::journal::projection::first_time;
use crate::journal::{Place, Projected};
use crate::types::Timestamp;

/// What kind of step a milestone is.
///
/// Jenis tahapan.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MilestoneType {
    /// Need identification (OCDS: preProcurement).
    ///
    /// Identifikasi kebutuhan.
    NeedIdentification,
    /// Curation (OCDS: assessment).
    ///
    /// Kurasi.
    Curation,
    /// Coaching (OCDS: engagement).
    ///
    /// Pembinaan dan pendampingan.
    Coaching,
    /// Certification (OCDS: approval).
    ///
    /// Sertifikasi.
    Certification,
    /// Vendor registration (OCDS: procurement).
    ///
    /// Pendaftaran vendor.
    VendorRegistration,
    /// Product trial (OCDS: assessment).
    ///
    /// Uji coba produk.
    ProductTrial,
    /// Trial order (OCDS: procurement).
    ///
    /// Pesanan percobaan.
    TrialOrder,
    /// Cooperation agreement (OCDS: approval).
    ///
    /// Perjanjian Kerja Sama (PKS).
    CooperationAgreement,
    /// Supply contract (OCDS: approval).
    ///
    /// Kontrak pasokan.
    SupplyContract,
    /// Delivery (OCDS: delivery).
    ///
    /// Pengiriman (BAST).
    Delivery,
    /// Payment (OCDS: payment).
    ///
    /// Pembayaran.
    Payment,
    /// Monitoring and evaluation (OCDS: reporting).
    ///
    /// Monitoring dan evaluasi.
    Review,
    /// Renewal or addendum (OCDS: approval).
    ///
    /// Perpanjangan/adendum.
    Renewal,
}

/// Where a milestone stands.
///
/// Status tahapan.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MilestoneStatus {
    /// Planned, not begun.
    ///
    /// Terjadwal.
    Scheduled,
    /// Under way.
    ///
    /// Berjalan.
    InProgress,
    /// Reported, and waiting for verification.
    ///
    /// Dilaporkan, menunggu verifikasi.
    Submitted,
    /// Returned to the reporter, with a reason.
    ///
    /// Dikembalikan kepada pelapor, dengan alasan.
    Returned,
    /// Verified as met.
    ///
    /// Tercapai.
    Met,
    /// Verified as met in part.
    ///
    /// Tercapai sebagian.
    PartiallyMet,
    /// Verified as not met.
    ///
    /// Tidak tercapai.
    NotMet,
    /// Cancelled, with a reason.
    ///
    /// Dibatalkan, dengan alasan.
    Cancelled,
}

/// A milestone. Whether it is overdue is derived by the day, never kept.
pub mod milestone {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "milestone")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        pub clause: Option<Uuid>,
        pub position: i32,
        #[sea_orm(column_name = "type")]
        #[serde(rename = "type")]
        pub kind: MilestoneType,
        pub title: String,
        pub weight: i32,
        pub reporter: Role,
        pub verifier: Role,
        pub first_due_on: NaiveDate,
        pub due_on: NaiveDate,
        pub reschedules: i32,
        pub status: MilestoneStatus,
        pub status_reason: Option<String>,
        pub status_since: Timestamp,
        pub occurred_on: Option<NaiveDate>,
        pub recorded_at: Option<Timestamp>,
        pub report: Option<String>,
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
        const NOUN: &'static str = "milestone";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }

        /// Version 1 told neither the clause nor since when it stood where it stood.
        fn upcast(_: i32, mut image: serde_json::Value) -> serde_json::Value {
            image["clause"] = serde_json::Value::Null;
            image["status_since"] = first_time(&image, &["verified_at", "recorded_at"]);
            image
        }
    }
}

/// One milestone waiting for another of its partnership.
pub mod milestone_dependency {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "milestone_dependency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        pub milestone: Uuid,
        pub depends_on: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "milestone_dependency";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }
    }
}

/// Where a reschedule stands.
///
/// Status penjadwalan ulang.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RescheduleStatus {
    /// It waits for the verifier's approval.
    ///
    /// Menunggu persetujuan verifikator.
    Waiting,
    /// It has moved the due date.
    ///
    /// Berlaku; jatuh tempo telah bergeser.
    Effective,
    /// The verifier declined it.
    ///
    /// Ditolak verifikator.
    Declined,
}

/// A request to move a milestone's due date.
pub mod reschedule {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "reschedule")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        pub milestone: Uuid,
        /// From 1, for each milestone.
        pub number: i32,
        pub previous_due_on: NaiveDate,
        pub due_on: NaiveDate,
        pub reason: String,
        pub status: RescheduleStatus,
        pub requested_at: Timestamp,
        pub requested_by: String,
        pub requester_organisation: Uuid,
        pub decided_at: Option<Timestamp>,
        pub decided_by: Option<String>,
        pub decider_organisation: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "reschedule";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }
    }
}

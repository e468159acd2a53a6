//! The rows of delegations: what approvers delegate to service accounts.

use async_graphql::Enum;
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Place, Projected};
use crate::types::Timestamp;

/// What an approver can delegate to a service account. To verify is never delegated.
///
/// Yang dapat didelegasikan penyetuju kepada akun layanan. Verifikasi tidak pernah didelegasikan.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DelegatedAction {
    /// Report on milestones (`milestoneSubmit`).
    ///
    /// Melaporkan tahapan (`milestoneSubmit`).
    MilestoneSubmit,
    /// Report outcomes (`outcomeSubmit`).
    ///
    /// Melaporkan capaian (`outcomeSubmit`).
    OutcomeSubmit,
}

/// An action that a service account of the organisation may take, from one day to another.
pub mod delegation {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "delegation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        /// Whose approver has granted it, and whose service account it is for.
        pub organisation: Uuid,
        /// The subject of the service account's tokens.
        pub grantee: String,
        pub action: DelegatedAction,
        /// Where it is for one partnership alone.
        pub partnership: Option<Uuid>,
        pub valid_from: NaiveDate,
        /// The last day, in Asia/Jakarta.
        pub valid_until: NaiveDate,
        pub granted_at: Timestamp,
        pub granted_by: String,
        pub revoked_at: Option<Timestamp>,
        pub revoked_by: Option<String>,
        pub revocation_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "delegation";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: row.partnership }
        }
    }
}

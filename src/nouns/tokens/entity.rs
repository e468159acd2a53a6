//! The rows of access tokens: what is kept of them for ever, and their last use, which is not. The tokens themselves are kept
//! nowhere.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::{Level, Role};
use crate::journal::{Outside, Place, Projected};
use crate::types::Timestamp;

/// A token that was issued: what it says, for what, by whom, and whether it was revoked.
pub mod token {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "token")]
    pub struct Model {
        /// The token's `jti`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub subject: String,
        pub role: Role,
        pub organisation_code: Option<String>,
        pub level: Option<Level>,
        pub purpose: String,
        pub expires_at: Timestamp,
        /// An auditor's letter of assignment.
        pub letter_institution: Option<String>,
        pub letter_number: Option<String>,
        /// The codes of those that it covers, a space between them; none for the whole programme.
        pub letter_organisations: Option<String>,
        pub letter_from: Option<NaiveDate>,
        pub letter_until: Option<NaiveDate>,
        pub issued_at: Timestamp,
        pub issued_by: String,
        pub revoked_at: Option<Timestamp>,
        pub revoked_by: Option<String>,
        pub revocation_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "token";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        /// Nobody's work: whoever sees a part of the work sees nothing of tokens.
        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// When and from where a token was last used. Outside the journal.
pub mod token_use {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "token_use")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub token: Uuid,
        pub used_at: Timestamp,
        /// An address, where it is known.
        pub used_from: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Outside for Entity {}
}

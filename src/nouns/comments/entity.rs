//! The rows of comments.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::journal::{Place, Projected};
use crate::types::Timestamp;

/// What was said of a piece of the work. Its words are never changed, and it is never removed.
pub mod comment {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "comment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        /// None of a quarter, which is no partnership's.
        pub partnership: Option<Uuid>,
        pub organisation: Option<Uuid>,
        /// The noun of what it is of, as the journal has it.
        pub subject_noun: String,
        pub subject: Uuid,
        pub body: String,
        pub written_at: Timestamp,
        pub written_by: String,
        pub writer_role: Role,
        pub writer_organisation: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "comment";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: row.organisation, partnership: row.partnership }
        }
    }
}

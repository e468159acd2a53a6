//! The rows of the access tables that were enforced.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Place, Projected};
use crate::types::Timestamp;

/// The access table from one start of the program on.
pub mod access_table {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "access_table")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        /// From 1.
        pub number: i32,
        pub recorded_at: Timestamp,
        /// Of `fields`: SHA-256, hexadecimal.
        pub hash: String,
        /// All of it, a line for each field: `Type.field ROLE ROLE`.
        pub fields: String,
        /// What the one before had not, a line for each: `Type.field ROLE`. Nothing of the first.
        pub added: String,
        /// What the one before had besides.
        pub removed: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "access_table";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

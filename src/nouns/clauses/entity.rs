//! The rows of a memorandum's clauses.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Place, Projected};

/// A clause (pasal) of a memorandum.
pub mod clause {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "clause")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub memorandum: Uuid,
        pub position: i32,
        pub number: String,
        pub title: String,
        pub body: Option<String>,
        pub sample: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "clause";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

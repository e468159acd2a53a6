//! The rows of external references.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Place, Projected};

/// By what another system knows a partnership, or a milestone of it.
pub mod external_reference {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "external_reference")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partnership: Uuid,
        pub organisation: Uuid,
        /// None: it is the partnership's own.
        pub milestone: Option<Uuid>,
        pub system: String,
        pub value: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "external_reference";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(row: &Model) -> Place {
            Place { organisation: Some(row.organisation), partnership: Some(row.partnership) }
        }
    }
}

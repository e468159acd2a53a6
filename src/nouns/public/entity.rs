//! The rows of the public views. They are nobody's projection: what is in them is another table's.

use sea_orm::entity::prelude::*;

use crate::access::page::Keyed;
use crate::nouns::partnerships::entity::PartnershipStatus;

/// What every partnership shows of itself. Its id is the partnership's public one.
pub mod public_partnership {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "public_partnership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organisation: Uuid,
        pub title: String,
        pub status: PartnershipStatus,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Keyed for Entity {
        const TABLE: &'static str = "public_partnership";
        const KEY: Column = Column::Id;

        fn key(row: &Model) -> Uuid {
            row.id
        }
    }
}

/// The name of a partner in a partnership, where the partner has consented to its being shown.
pub mod public_partner {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "public_partner")]
    pub struct Model {
        /// The partnership's public id.
        #[sea_orm(primary_key, auto_increment = false)]
        pub partnership: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The name of the partner with a business number.
pub mod public_nib {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "public_nib")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub nib: String,
        pub name: String,
        /// No answer tells it; a proposal finds the partner by it.
        pub partner: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

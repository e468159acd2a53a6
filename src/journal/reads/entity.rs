//! The rows of the read log.

/// The one row that says where the log ends; its lock orders all processes that write to it.
pub mod read_head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "read_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub number: i64,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A request that was answered: who asked, for what, and what of it was told.
pub mod read_record {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "read_record")]
    pub struct Model {
        /// The request's.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: i64,
        pub format: i32,
        pub at: crate::types::Timestamp,
        pub actor: String,
        pub token: Option<String>,
        pub role: Option<String>,
        pub organisation: Option<Uuid>,
        pub kind: Option<String>,
        pub operation: Option<String>,
        pub document: Option<Vec<u8>>,
        pub variables: Option<String>,
        pub nouns: String,
        pub sequence: Option<i64>,
        pub cached: bool,
        pub not_modified: bool,
        pub outcome: String,
        pub previous_hash: Vec<u8>,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A partner whose personal data was shown in a request's answer.
pub mod read_partner {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "read_partner")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub record: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub partner: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

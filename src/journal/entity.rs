//! The rows of the journal itself.

/// The one row that says where the journal ends; its lock orders all writers.
pub mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub sequence: i64,
        pub at: crate::types::Timestamp,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One act: who, in which role, when, what, why.
pub mod entry {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub format: i32,
        pub at: crate::types::Timestamp,
        pub actor: String,
        pub token: Option<String>,
        pub role: Option<String>,
        pub organisation: Option<Uuid>,
        pub level: Option<String>,
        pub action: String,
        pub reason: Option<String>,
        pub request_id: Option<String>,
        pub changes_root: Vec<u8>,
        pub previous_hash: Vec<u8>,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One row as it stands after an act; no image where the act removed it.
pub mod change {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "journal_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub noun: String,
        pub id: Uuid,
        pub noun_version: i32,
        pub organisation: Option<Uuid>,
        pub partnership: Option<Uuid>,
        pub image: Option<String>,
        pub salt: Vec<u8>,
        pub hash: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

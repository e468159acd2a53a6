//! The six tables that are measured, in the form of sea-orm-cli's entities. Our foreign keys
//! are named as the tables that they point to, and so as the related entities: those get other names here, or Seaography
//! finds the field there already and does not start.

pub mod partnership {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "partnership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub title: String,
        pub products: String,
        pub status: String,
        pub batch: String,
        pub pattern: String,
        pub channel: String,
        pub organisation: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::organisation::Entity",
            from = "Column::Organisation",
            to = "super::organisation::Column::Id"
        )]
        Organisation,
        #[sea_orm(has_many = "super::partnership_partner::Entity")]
        PartnershipPartner,
        #[sea_orm(has_many = "super::milestone::Entity")]
        Milestone,
    }

    impl Related<super::organisation::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Organisation.def()
        }
    }

    impl Related<super::partnership_partner::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::PartnershipPartner.def()
        }
    }

    impl Related<super::milestone::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Milestone.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
    pub enum RelatedEntity {
        #[sea_orm(entity = "super::organisation::Entity")]
        OrganisationRow,
        #[sea_orm(entity = "super::partnership_partner::Entity")]
        PartnershipPartner,
        #[sea_orm(entity = "super::milestone::Entity")]
        Milestone,
    }
}

pub mod milestone {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "milestone")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub partnership: Uuid,
        pub title: String,
        pub status: String,
        pub due_on: Date,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::partnership::Entity",
            from = "Column::Partnership",
            to = "super::partnership::Column::Id"
        )]
        Partnership,
    }

    impl Related<super::partnership::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Partnership.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
    pub enum RelatedEntity {
        #[sea_orm(entity = "super::partnership::Entity")]
        PartnershipRow,
    }
}

pub mod organisation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "organisation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub code: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::organisation_name::Entity")]
        OrganisationName,
        #[sea_orm(has_many = "super::partnership::Entity")]
        Partnership,
    }

    impl Related<super::organisation_name::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::OrganisationName.def()
        }
    }

    impl Related<super::partnership::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Partnership.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
    pub enum RelatedEntity {
        #[sea_orm(entity = "super::organisation_name::Entity")]
        OrganisationName,
        #[sea_orm(entity = "super::partnership::Entity")]
        Partnership,
    }
}

pub mod organisation_name {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "organisation_name")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organisation: Uuid,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::organisation::Entity",
            from = "Column::Organisation",
            to = "super::organisation::Column::Id"
        )]
        Organisation,
    }

    impl Related<super::organisation::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Organisation.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
    pub enum RelatedEntity {
        #[sea_orm(entity = "super::organisation::Entity")]
        OrganisationRow,
    }
}

pub mod partner {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "partner")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::partnership_partner::Entity")]
        PartnershipPartner,
    }

    impl Related<super::partnership_partner::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::PartnershipPartner.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
    pub enum RelatedEntity {
        #[sea_orm(entity = "super::partnership_partner::Entity")]
        PartnershipPartner,
    }
}

pub mod partnership_partner {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Eq)]
    #[sea_orm(table_name = "partnership_partner")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub partnership: Uuid,
        pub partner: Uuid,
        pub lead: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::partnership::Entity",
            from = "Column::Partnership",
            to = "super::partnership::Column::Id"
        )]
        Partnership,
        #[sea_orm(
            belongs_to = "super::partner::Entity",
            from = "Column::Partner",
            to = "super::partner::Column::Id"
        )]
        Partner,
    }

    impl Related<super::partnership::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Partnership.def()
        }
    }

    impl Related<super::partner::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Partner.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
    pub enum RelatedEntity {
        #[sea_orm(entity = "super::partnership::Entity")]
        PartnershipRow,
        #[sea_orm(entity = "super::partner::Entity")]
        PartnerRow,
    }
}

//! The cells of tallies. They are nobody's projection: the database makes them of other tables' rows.
//!
//! A cell is of a part of a dimension; `organisation` is nil but in the dimension ORGANISATION.

use sea_orm::entity::prelude::*;

use crate::nouns::milestones::entity::MilestoneStatus;
use crate::nouns::outcomes::entity::Indicator;
use crate::nouns::partnerships::entity::PartnershipStatus;

/// Partnerships and what they are worth, by status.
pub mod tally_partnership {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tally_partnership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dimension: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub status: PartnershipStatus,
        pub n: i64,
        pub potential: i64,
        pub potential_n: i64,
        pub estimated: i64,
        pub estimated_n: i64,
        pub contracted: i64,
        pub contracted_n: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Milestones by status.
pub mod tally_milestone {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tally_milestone")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dimension: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub status: MilestoneStatus,
        pub n: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Milestones that wait for their report, by the month (`M2026-11`) and the day (`D2026-11-24`) on which they are due.
pub mod tally_due {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tally_due")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dimension: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub period: String,
        pub n: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Outcomes, by the figures that quarters are locked with (`locked`) and by those known now (`latest`).
pub mod tally_outcome {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tally_outcome")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dimension: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub quarter: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub indicator: Indicator,
        pub n: i64,
        pub reported: i64,
        pub verified: i64,
        pub target: i64,
        pub target_n: i64,
        pub locked: i64,
        pub latest: i64,
        pub weighted_n: i64,
        pub locked_weighted: i64,
        pub locked_weight: i64,
        pub locked_weighed: i64,
        pub latest_weighted: i64,
        pub latest_weight: i64,
        pub latest_weighed: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Partnerships with a verified transaction in a quarter, by the last quarter before it that they have one in; empty
/// where they have none before.
pub mod tally_transacted {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tally_transacted")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dimension: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub quarter: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub previous: String,
        pub n: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

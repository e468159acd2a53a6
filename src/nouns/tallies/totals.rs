//! How many rows there are, told by cells: the totals of lists.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select, Value,
};

use super::entity::{tally_milestone, tally_outcome, tally_partnership};
use super::store::{Dimension, total};
use crate::access::Reach;
use crate::nouns::milestones::entity::MilestoneStatus;
use crate::nouns::partnerships::entity::PartnershipStatus;

/// How many partnerships there are, in these statuses or in any.
pub fn partnerships(
    reach: &Reach,
    statuses: Option<&[PartnershipStatus]>,
) -> Select<tally_partnership::Entity> {
    use tally_partnership::Column;
    tally_partnership::Entity::find()
        .filter(Dimension::whole(reach).cells(Column::Dimension, Column::Organisation, Column::Part))
        .filter(among(Column::Status, statuses))
        .select_only()
        .expr_as(total(Column::N), "n")
}

/// How many milestones there are, in these statuses or in any.
pub fn milestones(reach: &Reach, statuses: Option<&[MilestoneStatus]>) -> Select<tally_milestone::Entity> {
    use tally_milestone::Column;
    tally_milestone::Entity::find()
        .filter(Dimension::whole(reach).cells(Column::Dimension, Column::Organisation, Column::Part))
        .filter(among(Column::Status, statuses))
        .select_only()
        .expr_as(total(Column::N), "n")
}

/// How many outcomes there are in the cells that fit.
pub fn outcomes(reach: &Reach, filter: Condition) -> Select<tally_outcome::Entity> {
    use tally_outcome::Column;
    tally_outcome::Entity::find()
        .filter(Dimension::whole(reach).cells(Column::Dimension, Column::Organisation, Column::Part))
        .filter(Column::Quarter.gt(""))
        .filter(filter)
        .select_only()
        .expr_as(total(Column::N), "n")
}

fn among<T: sea_orm::ColumnTrait, V: Into<Value> + Copy>(column: T, some: Option<&[V]>) -> Condition {
    Condition::all().add_option(some.map(|some| column.is_in(some.iter().copied())))
}

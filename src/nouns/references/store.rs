//! The SQL of external references.

use async_graphql::InputObject;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use sea_orm::{QueryTrait as _, Select};
use uuid::Uuid;

use super::entity::external_reference::{Column, Entity, Model};
use crate::access::{Reach, Scope, View};
use crate::error::Result;

impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(Column::Organisation)
    }
}

/// By what another system knows something: its own identifier, and which system that is.
///
/// Pengenal pada sistem lain, beserta nama sistemnya.
#[derive(Debug, Clone, InputObject)]
pub struct ExternalReferenceInput {
    /// The system, such as `SAP`.
    ///
    /// Sistemnya, misalnya `SAP`.
    pub system: String,
    /// The identifier there; exactly this.
    ///
    /// Pengenal di sana; harus sama persis.
    pub value: String,
}

impl ExternalReferenceInput {
    /// What bears it. Whatever is found by it is narrowed as everything is, and belongs to the same organisation.
    fn found(&self) -> Select<Entity> {
        Entity::find()
            .filter(Column::System.eq(&self.system))
            .filter(Column::Value.eq(&self.value))
            .select_only()
    }

    /// The partnership that bears it, as a condition on the column with its id.
    pub fn partnership<C: sea_orm::ColumnTrait>(&self, id: C) -> Condition {
        let own = self.found().column(Column::Partnership).filter(Column::Milestone.is_null());
        Condition::all().add(id.in_subquery(own.into_query()))
    }

    /// The milestone that bears it, and all milestones of the partnership that does.
    pub fn milestone<C: sea_orm::ColumnTrait>(&self, id: C, partnership: C) -> Condition {
        let own = self.found().column(Column::Milestone).filter(Column::Milestone.is_not_null());
        Condition::any().add(id.in_subquery(own.into_query())).add(self.partnership(partnership))
    }
}

/// The references of these partnerships themselves.
pub async fn of_partnerships(view: &View, partnerships: &[Uuid]) -> Result<Vec<Model>> {
    let own = Entity::find()
        .filter(view.is_in(Column::Partnership, partnerships))
        .filter(Column::Milestone.is_null());
    view.all(own.order_by_asc(Column::System).order_by_asc(Column::Value).order_by_asc(Column::Id)).await
}

/// The references of these milestones.
pub async fn of_milestones(view: &View, milestones: &[Uuid]) -> Result<Vec<Model>> {
    let own = Entity::find().filter(view.is_in(Column::Milestone, milestones));
    view.all(own.order_by_asc(Column::System).order_by_asc(Column::Value).order_by_asc(Column::Id)).await
}

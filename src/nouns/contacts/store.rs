//! The SQL of contacts.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use super::entity::{contact, contact_mask};
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::nouns::partners;

/// Whoever sees a partner sees that it has contacts, and their masks.
impl Scope for contact::Entity {
    fn narrow(reach: &Reach) -> Condition {
        partners::store::of_partners(reach, contact::Column::Partner)
    }
}

impl Scope for contact_mask::Entity {
    fn narrow(reach: &Reach) -> Condition {
        if *reach == Reach::All {
            return Condition::all();
        }
        let contacts = contact::Entity::find().select_only().column(contact::Column::Id);
        let within = contacts.filter(contact::Entity::narrow(reach)).into_query();
        Condition::all().add(contact_mask::Column::Contact.in_subquery(within))
    }
}

/// The contacts of these partners, by kind.
pub async fn of_partners(view: &View, partners: &[Uuid]) -> Result<Vec<contact::Model>> {
    use contact::Column;
    let select = contact::Entity::find().filter(view.is_in(Column::Partner, partners));
    view.all(select.order_by_asc(Column::Kind).order_by_asc(Column::Id)).await
}

/// The masks of these contacts; an erased one has none.
pub async fn masks(view: &View, contacts: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let select = contact_mask::Entity::find().filter(view.is_in(contact_mask::Column::Contact, contacts));
    Ok(view.all(select).await?.into_iter().map(|row| (row.contact, row.mask)).collect())
}

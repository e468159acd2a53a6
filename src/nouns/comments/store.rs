//! The SQL of comments.

use sea_orm::Condition;
use uuid::Uuid;

use super::entity::comment::{Column, Entity};
use crate::access::page::Order;
use crate::access::{Reach, Scope, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::evidence::entity::evidence;
use crate::nouns::ids::Noun;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::obstacles::entity::obstacle;
use crate::nouns::outcomes::entity::outcome;
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::quarters::entity::quarter;

/// Those of quarters are of no organisation: they are seen by whoever sees everything.
impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(Column::Organisation)
    }
}

/// As they were written: ids follow time.
pub fn order() -> Order<Entity> {
    Order { name: "WRITTEN", column: Column::Id, descending: false }
}

/// The partnership of what is to be commented on, where it has one.
///
/// # Errors
///
/// NOT_FOUND.
pub async fn partnership_of(write: &Write, noun: Noun, on: &Named) -> Result<Option<Uuid>> {
    Ok(match noun {
        Noun::Partnership => Some(on.find::<partnership::Entity>(write).await?.id),
        Noun::Milestone => Some(on.find::<milestone::Entity>(write).await?.partnership),
        Noun::Outcome => Some(on.find::<outcome::Entity>(write).await?.partnership),
        Noun::Obstacle => Some(on.find::<obstacle::Entity>(write).await?.partnership),
        Noun::Evidence => Some(on.find::<evidence::Entity>(write).await?.partnership),
        Noun::Quarter => {
            on.find::<quarter::Entity>(write).await?;
            None
        }
        _ => return Err(Error::not_found(&on.given)),
    })
}

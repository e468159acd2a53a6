//! The acts on quarters. The quarter is held, and with it all figures of it.

use chrono::Days;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::cases::Case;
use super::entity::{QuarterStatus, quarter, quarter_agreement};
use super::rules::{self, DUE};
use super::steps::QuarterAction;
use super::store;
use crate::access::{Done, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::types::Quarter;

/// A quarter from now on reported for.
pub async fn open(mut write: Write, of: Quarter) -> Result<Done> {
    let id = write.clock().new_id();
    let permit = rules::permit_open(write.actor(), id)?;
    let code = of.to_string();
    let there = write.all(quarter::Entity::find().filter(quarter::Column::Code.eq(code.as_str()))).await?;
    if !there.is_empty() {
        return Err(Error::invalid_transition("quarter-exists", format!("{code} was opened already")));
    }
    let (first, next) = of.days().ok_or_else(|| Error::internal("a quarter without days"))?;
    let row = quarter::Model {
        id,
        version: 1,
        code,
        starts_on: first,
        ends_on: next - Days::new(1),
        due_on: next + Days::new(DUE - 1),
        status: QuarterStatus::Open,
        locked_at: None,
        locked_by: None,
    };
    write.insert::<quarter::Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

/// Agrees, withdraws an agreement, or locks. Agreements change no version of the quarter.
pub async fn step(
    mut write: Write,
    (on, version, action, reason): (Named, i32, QuarterAction, Option<String>),
) -> Result<Done> {
    let row = on.hold::<quarter::Entity>(&mut write).await?;
    let agreements = quarter_agreement::Entity::find().filter(quarter_agreement::Column::Quarter.eq(row.id));
    let agreements = write.all(agreements).await?;
    let agreements = agreements.iter().collect::<Vec<_>>();
    let holders = write.all(store::ministries()).await?;
    let holders = store::holding(holders, |organisation, seat| write.holds_seat(organisation, seat));
    let (actor, today) = (write.actor().clone(), write.today());
    let case = Case { actor: &actor, row: &row, holders: &holders, agreements: &agreements, today };
    let permit = case.decide(action, version)?;
    let now = write.clock().now();
    match (action, case.own()) {
        (QuarterAction::WithdrawAgreement, Some(own)) => {
            write.delete::<quarter_agreement::Entity>(&permit, own).await?;
        }
        (QuarterAction::Lock, _) => {
            let locked = quarter::Model {
                version: row.version + 1,
                status: QuarterStatus::Locked,
                locked_at: Some(now),
                locked_by: Some(actor.id),
                ..row
            };
            write.update::<quarter::Entity>(&permit, &locked).await?;
            return write.done(&permit, None, locked.version);
        }
        _ => {
            let (Some(organisation), Some(seat)) = (actor.organisation_id(), actor.role) else {
                return Err(Error::internal("who agrees is of no organisation"));
            };
            let agreement = quarter_agreement::Model {
                id: write.clock().new_id(),
                version: 1,
                quarter: row.id,
                organisation,
                seat,
                agreed_at: now,
                agreed_by: actor.id,
            };
            write.insert::<quarter_agreement::Entity>(&permit, &agreement).await?;
        }
    }
    write.done(&permit, reason.as_deref(), row.version)
}

//! The SQL of the access tables that were enforced.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
};

use super::entity::access_table::{Column, Entity, Model};
use super::rules;
use crate::access::table::{self, Rule};
use crate::access::{Access, Actor, Done, Level, Permit, Reach, Scope, View, Write, Written};
use crate::error::{Error, Result};
use crate::types::Timestamp;

/// What every role reaches is no secret of anybody's work.
impl Scope for Entity {
    fn narrow(_: &Reach) -> Condition {
        Condition::all()
    }
}

fn latest(by: Option<Timestamp>) -> Select<Entity> {
    let by = Condition::all().add_option(by.map(|at| Column::RecordedAt.lte(at)));
    Entity::find().filter(by).order_by_desc(Column::Number).limit(1)
}

/// The last one that was recorded by a moment, or by now.
pub async fn by(view: &View, at: Option<Timestamp>) -> Result<Option<Model>> {
    Ok(view.all(latest(at)).await?.pop())
}

/// Records the table that the program enforces from now on, where it is another than the last one.
///
/// # Errors
///
/// Those of a write.
pub async fn record(access: &Access) -> Result<Option<Written>> {
    record_fields(access, table::fields()).await
}

/// The rule of a write that finds that another process has recorded the same meanwhile.
const RECORDED: &str = "recorded-already";

/// The same of these fields.
pub async fn record_fields(
    access: &Access,
    fields: impl Iterator<Item = (&'static str, &'static str, &'static Rule)>,
) -> Result<Option<Written>> {
    let (system, text) = (Actor::system(), rules::text(fields));
    let last = by(&View::open(access, system.clone()).await?, None).await?;
    if !rules::is_another(last.as_ref(), &text) {
        return Ok(None);
    }
    match access.write(&system, None, None, text, append).await {
        Err(error) if error.details().get("rule").is_some_and(|rule| rule == RECORDED) => Ok(None),
        written => written.map(Some),
    }
}

async fn append(mut write: Write, text: String) -> Result<Done> {
    // Once more: of those that start at once, the number lets one through, and the others look again.
    let last = write.all(latest(None)).await?.pop();
    if !rules::is_another(last.as_ref(), &text) {
        return Err(Error::invalid_transition(RECORDED, "the same table was recorded just now"));
    }
    let row = rules::next(last.as_ref(), text, (write.clock().new_id(), write.clock().now()));
    let permit = Permit::grant(write.actor(), "accessTableChanged", row.id, &[], Level::Approver)?;
    write.insert::<Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

//! The SQL of quarters.

use async_graphql::{Enum, InputObject};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, Select};
use uuid::Uuid;

use super::entity::{QuarterStatus, quarter, quarter_agreement};
use super::steps::SEATS;
use crate::access::page::Order;
use crate::access::{Reach, Role, Scope, View};
use crate::error::Result;
use crate::nouns::organisations::entity::organisation;

/// Every party may see which quarters there are, and who has agreed to them.
impl Scope for quarter::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

impl Scope for quarter_agreement::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

/// Which quarters; all that is given must hold.
///
/// Triwulan mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct QuarterFilter {
    /// In one of these statuses.
    ///
    /// Dalam salah satu status ini.
    pub status: Option<Vec<QuarterStatus>>,
}

impl QuarterFilter {
    pub fn condition(&self) -> Condition {
        let status = self.status.as_ref();
        Condition::all().add_option(status.map(|some| quarter::Column::Status.is_in(some.iter().copied())))
    }
}

/// What quarters can be ordered by.
///
/// Urutan triwulan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum QuarterOrderField {
    /// By time.
    ///
    /// Menurut waktunya.
    Code,
}

pub fn order(field: QuarterOrderField, descending: bool) -> Order<quarter::Entity> {
    let (name, column) = match field {
        QuarterOrderField::Code => ("CODE", quarter::Column::Code),
    };
    Order { name, column, descending }
}

/// The quarter with this code.
pub async fn by_code(view: &View, code: &str) -> Result<Option<quarter::Model>> {
    Ok(view.all(quarter::Entity::find().filter(quarter::Column::Code.eq(code))).await?.pop())
}

/// Those quarters that have these codes.
pub async fn by_codes(view: &View, codes: &[String]) -> Result<Vec<quarter::Model>> {
    view.all(quarter::Entity::find().filter(quarter::Column::Code.is_in(codes))).await
}

/// Who has agreed to these quarters, in the order in which they did.
pub async fn agreements(view: &View, quarters: &[Uuid]) -> Result<Vec<quarter_agreement::Model>> {
    use quarter_agreement::Column;
    let select = quarter_agreement::Entity::find().filter(view.is_in(Column::Quarter, quarters));
    view.all(select.order_by_asc(Column::Id)).await
}

/// The organisations that hold, or have held, the seat of a ministry.
pub fn ministries() -> Select<organisation::Entity> {
    organisation::Entity::find().filter(organisation::Column::Seat.is_in(SEATS))
}

/// Those of them that hold it today, as `holds` says of an organisation and a seat.
pub fn holding(
    ministries: Vec<organisation::Model>,
    holds: impl Fn(Uuid, Role) -> bool,
) -> Vec<(Uuid, Role)> {
    let held = |row: organisation::Model| Some((row.id, row.seat.filter(|seat| holds(row.id, *seat))?));
    ministries.into_iter().filter_map(held).collect()
}

/// The organisations that hold a ministry's seat today.
pub async fn holders(view: &View) -> Result<Vec<(Uuid, Role)>> {
    let rows = view.all(ministries()).await?;
    Ok(holding(rows, |organisation, seat| view.holds_seat(organisation, seat)))
}

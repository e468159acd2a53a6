//! The SQL of memoranda.

use async_graphql::Enum;
use sea_orm::{ActiveEnum as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::{Objective, baseline, memorandum, memorandum_signatory};
use crate::access::page::Order;
use crate::access::{Reach, Scope, View};
use crate::error::Result;

/// Every party may see every memorandum.
impl Scope for memorandum::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

impl Scope for baseline::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

impl Scope for memorandum_signatory::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

/// What memoranda can be ordered by.
///
/// Urutan nota kesepahaman.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum MemorandumOrderField {
    /// By the day of signing.
    ///
    /// Menurut tanggal penandatanganan.
    SignedOn,
}

pub fn order(field: MemorandumOrderField, descending: bool) -> Order<memorandum::Entity> {
    let (name, column) = match field {
        MemorandumOrderField::SignedOn => ("SIGNED_ON", memorandum::Column::SignedOn),
    };
    Order { name, column, descending }
}

/// Who signed these memoranda, in the order of signing.
pub async fn signatories(view: &View, memoranda: &[Uuid]) -> Result<Vec<memorandum_signatory::Model>> {
    use memorandum_signatory::Column;
    let select = memorandum_signatory::Entity::find().filter(view.is_in(Column::Memorandum, memoranda));
    view.all(select.order_by_asc(Column::Memorandum).order_by_asc(Column::Position)).await
}

/// The objectives, kept as codes with a space between them.
pub fn objectives(row: &memorandum::Model) -> Vec<Objective> {
    row.objectives.split(' ').filter_map(|code| Objective::try_from_value(&code.to_owned()).ok()).collect()
}

/// What these memoranda are measured against, the oldest first.
pub async fn baselines(view: &View, memoranda: &[Uuid]) -> Result<Vec<baseline::Model>> {
    use baseline::Column;
    let select = baseline::Entity::find().filter(view.is_in(Column::Memorandum, memoranda));
    view.all(select.order_by_asc(Column::AsOf).order_by_asc(Column::Id)).await
}

//! The fields of partnerships that need no object.

use super::entity::partnership::{self, Entity};
use super::entity::partnership_partner;
use super::parts::PartnershipPartner;
use super::store;
use crate::nouns::connection::{Plain, plain, plain_hanging, plain_id, plain_link, plain_text};
use crate::nouns::ids;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::graphql::{Milestone, MilestoneOrder};
use crate::nouns::milestones::store::MilestoneFilter;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::outcomes::entity::outcome;
use crate::nouns::outcomes::graphql::{Outcome, OutcomeOrder};
use crate::nouns::outcomes::store::OutcomeFilter;
use crate::types::Timestamp;

pub const FIELDS: &[Plain<Entity>] = &[
    plain_id(ids::Noun::Partnership, partnership::Column::Id),
    plain::<_, i32>("version", partnership::Column::Version),
    plain_text("title", partnership::Column::Title),
    plain_text("products", partnership::Column::Products),
    plain_text("pattern", partnership::Column::Pattern),
    plain_text("channel", partnership::Column::Channel),
    plain_text("supplyDirection", partnership::Column::SupplyDirection),
    plain_text("batch", partnership::Column::Batch),
    plain_text("status", partnership::Column::Status),
    plain_text("statusReason", partnership::Column::StatusReason),
    plain::<_, Timestamp>("statusSince", partnership::Column::StatusSince),
    plain_link::<_, Organisation>("organisation", partnership::Column::Organisation),
    plain_hanging("partners", partnership::Column::Id, |asking| {
        asking.list::<PartnershipPartner>(partnership_partner::Column::Partnership, store::partners)
    }),
    plain_hanging("milestones", partnership::Column::Id, |asking| {
        let filter = asking.argument::<MilestoneFilter>("filter")?.unwrap_or_default();
        let filter = filter.condition(asking.view).ok()?;
        let order = MilestoneOrder::or_default(asking.argument("orderBy")?);
        asking.page::<Entity, Milestone>(milestone::Column::Partnership, filter, order)
    }),
    plain_hanging("outcomes", partnership::Column::Id, |asking| {
        let filter = asking.argument::<OutcomeFilter>("filter")?.unwrap_or_default().condition().ok()?;
        let order = OutcomeOrder::or_default(asking.argument("orderBy")?);
        asking.page::<Entity, Outcome>(outcome::Column::Partnership, filter, order)
    }),
];

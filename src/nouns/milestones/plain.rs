//! The fields of milestones that need no object.

use super::entity::milestone::{self, Entity};
use crate::nouns::connection::{Plain, plain, plain_day, plain_id, plain_link, plain_text};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::types::Timestamp;

pub const FIELDS: &[Plain<Entity>] = &[
    plain_id(ids::Noun::Milestone, milestone::Column::Id),
    plain::<_, i32>("version", milestone::Column::Version),
    plain::<_, i32>("position", milestone::Column::Position),
    plain_text("type", milestone::Column::Kind),
    plain_text("title", milestone::Column::Title),
    plain::<_, i32>("weight", milestone::Column::Weight),
    plain_text("reporter", milestone::Column::Reporter),
    plain_text("verifier", milestone::Column::Verifier),
    plain_day("firstDueOn", milestone::Column::FirstDueOn),
    plain_day("dueOn", milestone::Column::DueOn),
    plain::<_, i32>("reschedules", milestone::Column::Reschedules),
    plain_text("status", milestone::Column::Status),
    plain_text("statusReason", milestone::Column::StatusReason),
    plain::<_, Timestamp>("statusSince", milestone::Column::StatusSince),
    plain_day("occurredOn", milestone::Column::OccurredOn),
    plain::<_, Option<Timestamp>>("recordedAt", milestone::Column::RecordedAt),
    plain_text("report", milestone::Column::Report),
    plain_text("reportedBy", milestone::Column::ReportedBy),
    plain::<_, Option<Timestamp>>("verifiedAt", milestone::Column::VerifiedAt),
    plain_text("verifiedBy", milestone::Column::VerifiedBy),
    plain_link::<_, Partnership>("partnership", milestone::Column::Partnership),
    plain_link::<_, Organisation>("organisation", milestone::Column::Organisation),
];

//! The fields of outcomes that need no object.

use super::entity::outcome::{self, Entity};
use crate::nouns::connection::{Plain, plain, plain_id, plain_link, plain_text};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::types::{Decimal, Timestamp};

pub const FIELDS: &[Plain<Entity>] = &[
    plain_id(ids::Noun::Outcome, outcome::Column::Id),
    plain::<_, i32>("version", outcome::Column::Version),
    plain_text("indicator", outcome::Column::Indicator),
    plain::<_, Option<Decimal>>("target", outcome::Column::Target),
    plain::<_, Option<Decimal>>("actual", outcome::Column::Actual),
    plain_text("status", outcome::Column::Status),
    plain_text("statusReason", outcome::Column::StatusReason),
    plain::<_, Timestamp>("statusSince", outcome::Column::StatusSince),
    plain::<_, Option<Timestamp>>("reportedAt", outcome::Column::ReportedAt),
    plain_text("reportedBy", outcome::Column::ReportedBy),
    plain::<_, Option<Timestamp>>("verifiedAt", outcome::Column::VerifiedAt),
    plain_text("verifiedBy", outcome::Column::VerifiedBy),
    plain_link::<_, Partnership>("partnership", outcome::Column::Partnership),
    plain_link::<_, Organisation>("organisation", outcome::Column::Organisation),
];

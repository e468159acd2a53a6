//! The mutations of obstacles: input, faults, and the act that is meant.

use async_graphql::{Context, MaybeUndefined, Object, SimpleObject};

use super::acts::{self, Raised};
use super::graphql::Obstacle;
use super::inputs::*;
use super::rules::Changes;
use crate::access::Role;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Payload};
use crate::nouns::faults::{Faults, LONGEST};
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::milestones::rules::last_day;
use crate::types::Date;

/// What a mutation of an obstacle did.
///
/// Hasil mutasi kendala.
#[derive(SimpleObject)]
pub struct ObstaclePayload {
    /// The obstacle as it is now; in a dry run as it would be.
    ///
    /// Kendala setelah perubahan; pada uji coba, seandainya dilaksanakan.
    obstacle: Obstacle,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for ObstaclePayload {
    type Object = Obstacle;

    fn of(made: Made<Obstacle>) -> Self {
        Self { obstacle: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// The longest title.
const TITLE: usize = 200;

fn owner(faults: &mut Faults, given: Role) -> Role {
    let expected = "a seat: KEMENKOPUKM, KEMENPERIN, KEMENBUMN or BUMN";
    faults.expect(given.is_seat(), "input.owner", given.as_str(), expected);
    given
}

fn due_on(ctx: &Context<'_>, faults: &mut Faults, given: Date) -> chrono::NaiveDate {
    let today = acting::today(ctx);
    faults.day("input.dueOn", given, today, last_day(today))
}

/// The mutations of obstacles.
#[derive(Default)]
pub struct ObstaclesMutation;

#[Object]
impl ObstaclesMutation {
    /// Raises an obstacle in a partnership that has not ended, or to a milestone of it. For an officer of its BUMN, or of a
    /// ministry. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, INVALID_TRANSITION.
    ///
    /// Mencatat kendala dalam kemitraan yang belum berakhir, atau pada tahapannya. Untuk operator BUMN-nya atau kementerian.
    async fn obstacle_raise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What stands in the way, and of what. / Kendalanya, dan letaknya.")]
        input: ObstacleRaiseInput,
    ) -> Option<Result<ObstaclePayload>> {
        let mut faults = Faults::default();
        let given = Raised {
            partnership: faults.id(Noun::Partnership, &input.partnership),
            milestone: input.milestone.as_ref().map(|id| faults.id(Noun::Milestone, id)),
            category: input.category,
            severity: input.severity,
            title: faults.line("input.title", &input.title, TITLE),
            description: input
                .description
                .as_deref()
                .map(|text| faults.text("input.description", text, LONGEST)),
            owner: owner(&mut faults, input.owner),
            due_on: input.due_on.map(|day| due_on(ctx, &mut faults, day)),
        };
        acting::carry_out(ctx, &input.manner, faults, given, acts::raise).await
    }

    /// Gives an obstacle to a seat to see to: OPEN becomes IN_PROGRESS. For an officer of the seat that raised it, of the one
    /// that sees to it, or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT, INVALID_TRANSITION.
    ///
    /// Menugaskan kedudukan yang menangani kendala. Untuk operator dari kedudukan pencatatnya, yang menanganinya, atau
    /// KEMENBUMN.
    async fn obstacle_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which obstacle, and whose it is. / Kendala mana, dan siapa yang menanganinya.")]
        input: ObstacleAssignInput,
    ) -> Option<Result<ObstaclePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Obstacle, &input.target.id);
        let given = (on, input.target.expected_version, owner(&mut faults, input.owner));
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::assign).await
    }

    /// Changes what is known of an obstacle that is not resolved, or agrees on a follow-up: with one OPEN becomes IN_PROGRESS. For
    /// an officer of the seat that raised it, of the one that sees to it, or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN,
    /// CONFLICT, BAD_USER_INPUT, INVALID_TRANSITION.
    ///
    /// Mengubah keterangan kendala yang belum selesai, atau menyepakati tindak lanjutnya. Untuk operator dari kedudukan
    /// pencatatnya, yang menanganinya, atau KEMENBUMN.
    async fn obstacle_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which obstacle, and what changes. / Kendala mana, dan perubahannya.")]
        input: ObstacleUpdateInput,
    ) -> Option<Result<ObstaclePayload>> {
        let mut faults = Faults::default();
        let changes = Changes {
            category: input.category,
            severity: input.severity,
            title: input.title.as_deref().map(|title| faults.line("input.title", title, TITLE)),
            follow_up: match &input.follow_up {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(text) => Some(Some(faults.text("input.followUp", text, LONGEST))),
            },
            due_on: match &input.due_on {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(day) => Some(Some(due_on(ctx, &mut faults, *day))),
            },
        };
        let changes_something = changes.category.is_some()
            || changes.severity.is_some()
            || changes.title.is_some()
            || changes.follow_up.is_some()
            || changes.due_on.is_some();
        let expected = "category, severity, title, followUp or dueOn";
        faults.expect(changes_something, "input", "nothing to change", expected);
        let given = (faults.id(Noun::Obstacle, &input.target.id), input.target.expected_version, changes);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::update).await
    }

    /// Tells how an obstacle was resolved: IN_PROGRESS becomes RESOLVED. For an officer of the seat that raised it, of the one
    /// that sees to it, or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mencatat penyelesaian kendala. Untuk operator dari kedudukan pencatatnya, yang menanganinya, atau KEMENBUMN.
    async fn obstacle_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which obstacle, and how it was resolved. / Kendala mana, dan penyelesaiannya.")]
        input: ObstacleResolveInput,
    ) -> Option<Result<ObstaclePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Obstacle, &input.target.id);
        let how = faults.reason("input.resolution", &input.resolution);
        let given = (on, input.target.expected_version, how);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::resolve).await
    }

    /// Opens an obstacle again: RESOLVED becomes OPEN, without a follow-up, in a partnership that has not ended. The journal
    /// keeps how it was resolved. For an officer of the seat that raised it, of the one that sees to it, or of KEMENBUMN.
    /// Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Membuka kembali kendala yang telah selesai, dalam kemitraan yang belum berakhir. Untuk operator dari kedudukan
    /// pencatatnya, yang menanganinya, atau KEMENBUMN.
    async fn obstacle_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which obstacle, and why. / Kendala mana, dan alasannya.")]
        input: ObstacleReopenInput,
    ) -> Option<Result<ObstaclePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Obstacle, &input.target.id);
        let given = (on, input.target.expected_version, faults.reason("input.reason", &input.reason));
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::reopen).await
    }
}

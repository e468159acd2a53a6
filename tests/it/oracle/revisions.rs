//! Revisions of outcomes as objects of their own.

use serde_json::{Value, json};

use super::figures::{HANDS, Outcome, Revision, figure_text, hands, moment_text};
use super::lists::Row;
use super::script::{Script, text_of};
use super::sight::Sight;
use super::world::{Id, World, point};

fn with_outcomes(world: &World) -> impl Iterator<Item = (&Outcome, usize, &Revision)> {
    world.outcomes.iter().flat_map(|of| of.revisions.iter().zip(1..).map(move |(one, at)| (of, at, one)))
}

pub fn insert(world: &World, script: &mut Script) {
    let columns = format!(
        "outcome_revision (id, version, outcome, partnership, organisation, number, actual, reason, status, status_reason, \
        status_since, {HANDS})"
    );
    let mut rows = with_outcomes(world).collect::<Vec<_>>();
    // Not written in the order in which they are read.
    rows.sort_by_key(|(_, _, row)| row.id);
    script.insert(&columns, &rows, |s, (of, number, row)| {
        let (own, outcome) = (s.id(row.id), s.id(of.id));
        let (partnership, organisation) = (s.id(of.partnership), s.id(of.organisation));
        let (actual, reason, status) = (row.actual, text_of(&row.reason), row.status);
        let hands = hands(s, of, Some(row.reported_at), row.verified_at);
        format!(
            "{own}, 1, {outcome}, {partnership}, {organisation}, {number}, {actual}, {reason}, '{status}', 'x', {}, {hands}",
            row.id.moment()
        )
    });
}

/// Those of the organisations whose work is seen.
pub fn rows_of_revisions(sight: &Sight) -> Vec<Row> {
    let seen = with_outcomes(sight.world).filter(|(of, ..)| sight.sees(of.organisation));
    let rows = seen.map(|(of, number, one)| {
        let facts = json!({
            "version": 1, "number": number, "actual": figure_text(one.actual), "reason": one.reason,
            "status": one.status, "statusReason": "x", "statusSince": moment_text(one.id.moment()),
            "reportedAt": moment_text(one.reported_at), "reportedBy": "a",
            "verifiedAt": one.verified_at.map(moment_text), "verifiedBy": one.verified_at.map(|_| "b"),
            "partnership": of.partnership.to_string(), "organisation": of.organisation.to_string(),
            "indicator": of.indicator, "quarter": of.quarter,
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

pub const REVISION: &str = "version number actual reason status statusReason statusSince reportedAt reportedBy verifiedAt verifiedBy";
pub const ON_REVISION: &str = "verifierOrganisation { id } partnership { id title } organisation { id }
    outcome { id latest statusSince revisions { id } }";

pub fn on_revision(world: &World, id: Id) -> Value {
    let (of, _, own) = with_outcomes(world).find(|(.., own)| own.id == id).unwrap();
    let revisions = of.revisions.iter().map(|one| point(one.id)).collect::<Vec<_>>();
    json!({
        "verifierOrganisation": own.verified_at.map(|_| point(of.verifier)), "organisation": point(of.organisation),
        "partnership": { "id": of.partnership.to_string(), "title": world.partnership(of.partnership).title },
        "outcome": {
            "id": of.id.to_string(), "latest": of.latest(), "statusSince": moment_text(of.id.moment()),
            "revisions": revisions,
        },
    })
}

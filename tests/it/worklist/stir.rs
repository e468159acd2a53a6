//! Rows in any state, told by a number.

use super::recomputed::{MINISTRIES, start};
use crate::scope::{literal, uuids};
use crate::support::TestApp;

/// Numbers that look like chance, and are the same each time (xorshift64).
pub struct Chance(pub u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }

    fn of<'a>(&mut self, some: &[&'a str]) -> &'a str {
        some[self.below(some.len())]
    }

    /// Some moment of the last days: few, so that many rows have the same.
    fn moment(&mut self) -> i64 {
        start("2026-11-20") + self.below(9) as i64 * 43_200_000_000
    }
}

/// Rows of all nouns in any state that the database allows.
pub async fn stir(app: &TestApp, chance: &mut Chance) {
    let backend = app.backend;
    let ministry = |chance: &mut Chance| {
        let code = chance.of(&["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", ""]);
        match code {
            "" => "organisation".to_owned(),
            code => format!("(SELECT id FROM organisation WHERE code = '{code}')"),
        }
    };
    for id in uuids(app, "SELECT id FROM milestone ORDER BY id").await {
        let status = chance.of(&["SCHEDULED", "IN_PROGRESS", "SUBMITTED", "RETURNED", "CANCELLED"]);
        app.sql(&format!(
            "UPDATE milestone SET status = '{status}', status_since = {}, due_on = '2026-11-{}', status_reason = 'Alasan',
                reported_by = 'a', recorded_at = 1, occurred_on = '2026-01-01', reporter_organisation = {},
                verifier_organisation = NULL, verified_by = NULL, verified_at = NULL WHERE id = {}",
            chance.moment(),
            22 + chance.below(5),
            ministry(chance),
            literal(backend, id),
        ))
        .await;
    }
    app.sql("DELETE FROM outcome_revision").await;
    for id in uuids(app, "SELECT id FROM outcome ORDER BY id").await {
        let (status, id) = (chance.of(&["DRAFT", "SUBMITTED", "RETURNED", "VERIFIED"]), literal(backend, id));
        let (by, verified) = match status {
            "VERIFIED" => (
                "organisation".to_owned(),
                "verified_at = 1, verified_by = 'v', verifier_organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
            ),
            _ => (ministry(chance), "verified_at = NULL, verified_by = NULL, verifier_organisation = NULL"),
        };
        app.sql(&format!(
            "UPDATE outcome SET status = '{status}', status_since = {}, status_reason = 'Alasan', actual = coalesce(actual, 1),
                reported_at = 1, reported_by = 'a', reporter_organisation = {by}, revised = NULL, revisions = 0, {verified}
                WHERE id = {id}",
            chance.moment(),
        ))
        .await;
        if chance.below(8) > 0 {
            continue;
        }
        for number in 1..=1 + chance.below(2) {
            let status = chance.of(&["SUBMITTED", "RETURNED", "VERIFIED"]);
            let unit = "(SELECT id FROM organisation WHERE kind = 'EXECUTING_UNIT' ORDER BY id LIMIT 1)";
            let verified = match status {
                "VERIFIED" => format!("1, 'v', {unit}"),
                _ => "NULL, NULL, NULL".to_owned(),
            };
            let (since, by) = (chance.moment(), ministry(chance));
            let new = literal(backend, app.clock.new_id());
            app.sql(&format!(
                "INSERT INTO outcome_revision (id, version, outcome, partnership, organisation, number, actual, reason, status,
                    status_reason, status_since, reported_at, reported_by, reporter_organisation, verified_at, verified_by, verifier_organisation)
                SELECT {new}, 1, id, partnership, organisation, {number}, 1, 'Revisi', '{status}', 'Alasan', {since}, 1, 'a', {by}, {verified}
                    FROM outcome WHERE id = {id}"
            ))
            .await;
        }
    }
    for id in uuids(app, "SELECT id FROM reschedule ORDER BY id").await {
        app.sql(&format!(
            "UPDATE reschedule SET status = '{}', requested_at = {} + number, requester_organisation = {}, decided_at = NULL,
                decided_by = NULL, decider_organisation = NULL WHERE id = {}",
            chance.of(&["WAITING", "EFFECTIVE"]),
            chance.moment(),
            ministry(chance),
            literal(backend, id),
        ))
        .await;
    }
    for id in uuids(app, "SELECT id FROM obstacle ORDER BY id").await {
        app.sql(&format!(
            "UPDATE obstacle SET owner = '{}', status = '{}', raised_at = {}, resolution = 'a', resolved_at = 1, resolved_by = 'a' WHERE id = {}",
            chance.of(&["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "BUMN"]),
            chance.of(&["OPEN", "IN_PROGRESS", "RESOLVED"]),
            chance.moment(),
            literal(backend, id),
        ))
        .await;
    }
    for id in uuids(app, "SELECT id FROM partnership ORDER BY id").await {
        app.sql(&format!(
            "UPDATE partnership SET status = '{}', status_since = {}, status_reason = 'Alasan' WHERE id = {}",
            chance.of(&["PROPOSED", "ACTIVE", "SUSPENDED"]),
            chance.moment(),
            literal(backend, id),
        ))
        .await;
    }
    correct(app, chance).await;
    app.sql("DELETE FROM quarter_agreement").await;
    for id in uuids(app, "SELECT id FROM quarter ORDER BY id").await {
        let id = literal(backend, id);
        let locked = chance.below(4) == 0;
        let set = if locked {
            "'LOCKED', locked_at = 1, locked_by = 'a'"
        } else {
            "'OPEN', locked_at = NULL, locked_by = NULL"
        };
        app.sql(&format!("UPDATE quarter SET status = {set} WHERE id = {id}")).await;
        let least = chance.below(2);
        for seat in MINISTRIES {
            if least == 0 || chance.below(3) > 0 {
                agree(app, &id, seat, seat, chance.moment()).await;
            }
        }
    }
}

/// Some partners are said to be otherwise, by one BUMN or two, and some of that was decided on.
pub async fn correct(app: &TestApp, chance: &mut Chance) {
    app.sql("DELETE FROM partner_correction").await;
    for id in uuids(app, "SELECT id FROM partner ORDER BY id").await {
        for (number, code) in ["PLN", "PERTAMINA"].into_iter().enumerate().take(chance.below(3)) {
            let (status, decided) = match chance.below(4) {
                0 => ("DECLINED", "1, 'v'"),
                _ => ("WAITING", "NULL, NULL"),
            };
            let (new, id) = (literal(app.backend, app.clock.new_id()), literal(app.backend, id));
            let at = chance.moment() + number as i64;
            app.sql(&format!(
                "INSERT INTO partner_correction (id, version, partner, organisation, name, reason, status, status_reason,
                    proposed_at, proposed_by, decided_at, decided_by)
                SELECT {new}, 1, {id}, id, 'Contoh', 'Koreksi {number}', '{status}', 'Alasan', {at}, 'a', {decided}
                    FROM organisation WHERE code = '{code}'"
            ))
            .await;
        }
    }
}

/// An organisation agrees to a quarter.
pub async fn agree(app: &TestApp, quarter: &str, seat: &str, code: &str, at: i64) {
    let new = literal(app.backend, app.clock.new_id());
    app.sql(&format!(
        "INSERT INTO quarter_agreement (id, version, quarter, organisation, seat, agreed_at, agreed_by)
            SELECT {new}, 1, {quarter}, id, '{seat}', {at}, 'a' FROM organisation WHERE code = '{code}'"
    ))
    .await;
}

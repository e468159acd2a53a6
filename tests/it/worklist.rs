//! What waits for whom, held against the same made row by row.

mod edges;
mod recomputed;
mod seats;
mod stir;

use std::collections::BTreeSet;

use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use serde_json::{Value, json};

use self::recomputed::{ITEM, Seat, assert_fields, assert_told, days, next, start, today, worklist};
use crate::programme::texts;
use crate::scope::{assert_forbidden, readers};
use crate::succession::{create, find, follow};
use crate::support::{BUMN, Backend, TestApp};

crate::both!(
    each_seat_and_level_is_told_what_waits_for_it,
    what_waits_follows_the_rows_whatever_they_are,
    a_quarter_waits_for_seats_and_then_for_its_lock,
    a_divided_seat_is_told_its_part,
    who_has_no_seat_is_told_nothing,
    statements_do_not_grow,
);

async fn each_seat_and_level_is_told_what_waits_for_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    stir::correct(&app, &mut stir::Chance(7)).await;
    let mut kinds = BTreeSet::new();
    for name in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"].into_iter().chain(BUMN) {
        for level in ["VIEWER", "OFFICER", "APPROVER"] {
            let who = format!("{name}:{level}");
            let own = assert_told(&app, &who).await;
            assert_eq!(own.is_empty() && level == "VIEWER", level == "VIEWER", "{who}");
            kinds.extend(own);
        }
    }
    for kind in [
        "VERIFY_MILESTONE",
        "CORRECT_MILESTONE",
        "REPORT_MILESTONE",
        "APPROVE_RESCHEDULE",
        "VERIFY_OUTCOME",
        "CORRECT_OUTCOME",
        "REPORT_OUTCOME",
        "AGREE_QUARTER",
        "FOLLOW_UP_OBSTACLE",
        "DECIDE_PARTNERSHIP",
        "DECIDE_CORRECTION",
    ] {
        assert!(kinds.contains(kind), "nothing of {kind} waits in the pilot: {kinds:?}");
    }
}

async fn what_waits_follows_the_rows_whatever_they_are(backend: Backend) {
    let app = TestApp::new(backend).await;
    assert_fields(&app, &Seat::of("KEMENBUMN").holders).await;
    // Reported by nobody of the seats, so that whoever verifies may; due around today.
    app.sql(
        "UPDATE milestone SET reporter_organisation = organisation, reported_by = 'a', recorded_at = 1, occurred_on = '2026-01-01',
            verifier_organisation = NULL, verified_by = NULL, verified_at = NULL, status_reason = 'Alasan', status = 'IN_PROGRESS'",
    )
    .await;
    for (seed, statuses) in [
        (1, ["SCHEDULED", "SUBMITTED", "RETURNED", "IN_PROGRESS"]),
        (2, ["RETURNED", "IN_PROGRESS", "CANCELLED", "SUBMITTED"]),
    ] {
        for (at, status) in statuses.into_iter().enumerate() {
            app.sql(&format!(
                "UPDATE milestone SET status = '{status}', status_since = {}, due_on = '2026-11-{}' WHERE (position + {seed}) % 4 = {at}",
                1_790_000_000_000_000_i64 + at as i64 * 86_400_000_000,
                22 + at + seed - 1,
            ))
            .await;
        }
        app.sql("UPDATE outcome_revision SET status = 'SUBMITTED', verified_at = NULL").await;
        app.sql("UPDATE outcome SET status = 'DRAFT', verified_at = NULL, revised = NULL WHERE indicator = 'EMPLOYMENT'").await;
        app.sql("UPDATE outcome SET status = 'RETURNED', status_reason = 'Ulang' WHERE indicator = 'PAYMENT_DAYS'").await;
        for who in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA", "KRAKATAU_STEEL", "RNI:OFFICER"] {
            assert_told(&app, who).await;
        }
        assert_fields(&app, &Seat::of("KEMENBUMN").holders).await;
        app.sql("UPDATE outcome_revision SET status = 'RETURNED', status_reason = 'Bukti kurang'").await;
        assert!(assert_told(&app, "PERTAMINA").await.len() > 3);
        assert_fields(&app, &Seat::of("KEMENBUMN").holders).await;
    }
    // What one's own organisation has reported is not one's own to verify.
    app.sql(
        "UPDATE milestone SET status = 'SUBMITTED', reporter_organisation = (SELECT id FROM organisation WHERE code = 'KEMENPERIN')
            WHERE verifier = 'KEMENPERIN'",
    )
    .await;
    let kinds = worklist(&app, "KEMENPERIN").await;
    assert!(kinds.iter().all(|one| one["kind"] != "VERIFY_MILESTONE"));
}

async fn quarter(app: &TestApp, code: &str) -> (Value, Value) {
    let document = format!("{{ quarter(code: \"{code}\") {{ waitingFor waitingDays }} }}");
    let data = app.data("PLN", &document).await;
    (data["quarter"]["waitingFor"].clone(), data["quarter"]["waitingDays"].clone())
}

async fn a_quarter_waits_for_seats_and_then_for_its_lock(backend: Backend) {
    let app = TestApp::new(backend).await;
    let open = "SELECT code FROM quarter WHERE status = 'OPEN' ORDER BY code";
    let codes = texts(&app, open, 1).await.into_iter().map(|row| row[0].clone().unwrap()).collect::<Vec<_>>();
    let (first, current) = (codes[0].clone(), codes[codes.len() - 1].clone());
    assert_eq!(quarter(&app, &current).await, (json!([]), Value::Null));
    let locked = texts(&app, "SELECT code FROM quarter WHERE status = 'LOCKED'", 1).await;
    assert_eq!(quarter(&app, locked[0][0].as_ref().unwrap()).await, (json!([]), Value::Null));
    let mut left = vec!["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"];
    let since =
        texts(&app, &format!("SELECT CAST(ends_on AS text) FROM quarter WHERE code = '{first}'"), 1).await;
    let waited = days(&app, start(&next(since[0][0].as_ref().unwrap())));
    for seat in ["KEMENPERIN", "KEMENKOPUKM", "KEMENBUMN"] {
        assert_eq!(quarter(&app, &first).await, (json!(left), json!(waited)), "{seat}");
        let id = crate::scope::literal(backend, app.clock.new_id());
        let agreed = start("2026-11-10") + 36_000_000_000;
        app.sql(&format!(
            "INSERT INTO quarter_agreement (id, version, quarter, organisation, seat, agreed_at, agreed_by)
                SELECT {id}, 1, quarter.id, organisation.id, '{seat}', {agreed}, 'a' FROM quarter, organisation
                WHERE quarter.code = '{first}' AND organisation.code = '{seat}'"
        ))
        .await;
        left.retain(|other| *other != seat);
        let listed = worklist(&app, seat).await;
        let code = |kind: &str| listed.iter().filter(|one| one["kind"] == kind).count();
        assert_eq!(code("LOCK_QUARTER"), usize::from(seat == "KEMENBUMN"));
        assert_told(&app, seat).await;
    }
    assert_eq!(quarter(&app, &first).await, (json!(["KEMENBUMN"]), json!(14)));
    assert!(worklist(&app, "KEMENBUMN:OFFICER").await.iter().all(|one| one["kind"] != "LOCK_QUARTER"));
}

/// KEMENKOPUKM is followed by two, each for its part; as things really went in 2024.
async fn a_divided_seat_is_told_its_part(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = worklist(&app, "KEMENKOPUKM").await;
    let old = find(&app, "KEMENKOPUKM").await;
    for (code, part) in [("KEMENKOP", Stewardship::Koperasi), ("KEMEN_UMKM", Stewardship::OtherThanKoperasi)]
    {
        let by = create(&app.app.access, code, kemitraan::access::Role::Kemenkopukm).await;
        follow(&app.app.access, SuccessionKind::Split, old, by, part, &today(&app)).await;
    }
    assert!(worklist(&app, "KEMENKOPUKM").await.is_empty());
    let document = format!("{{ viewer {{ worklist(first: 100) {{ {ITEM} }} }} }}");
    let mut parts = Vec::new();
    for code in ["KEMENKOP", "KEMEN_UMKM"] {
        let token = crate::succession::token(&app, &format!("KEMENKOPUKM:{code}"));
        let data = crate::succession::data(&app, &token, &document).await;
        let own = data["viewer"]["worklist"]["nodes"].as_array().unwrap().clone();
        for one in &own {
            let id = one["node"]["id"].as_str().unwrap();
            let on = "... on Milestone { partnership { p: partners { lead partner { legalForm } } } }
                ... on Outcome { partnership { p: partners { lead partner { legalForm } } } }
                ... on Obstacle { partnership { p: partners { lead partner { legalForm } } } }";
            let node = app.data("KEMENBUMN", &format!("{{ node(id: \"{id}\") {{ {on} }} }}")).await;
            let Some(partners) = node["node"]["partnership"]["p"].as_array() else { continue };
            let lead = partners.iter().find(|partner| partner["lead"] == true).unwrap();
            assert_eq!(lead["partner"]["legalForm"] == "KOPERASI", code == "KEMENKOP", "{one}");
        }
        parts.extend(
            own.into_iter().filter(|one| one["kind"] != "AGREE_QUARTER").map(|one| one["node"]["id"].clone()),
        );
    }
    let mut all = before
        .iter()
        .filter(|one| one["kind"] != "AGREE_QUARTER")
        .map(|one| one["node"]["id"].clone())
        .collect::<Vec<_>>();
    parts.sort_by_key(ToString::to_string);
    all.sort_by_key(ToString::to_string);
    assert_eq!(parts, all);
}

async fn who_has_no_seat_is_told_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, _) in readers().into_iter().filter(|(who, _)| who.starts_with("AUDITOR")) {
        assert_forbidden(
            &app,
            &who,
            "{ viewer { worklist { totalCount } } }",
            "Viewer.worklist",
            "seats-write",
        )
        .await;
    }
    assert_forbidden(
        &app,
        "ADMIN",
        "{ viewer { worklist { totalCount } } }",
        "Viewer.worklist",
        "seats-write",
    )
    .await;
    let wrong = "{ viewer { worklist(after: \"abc\") { totalCount nodes { kind } } } }";
    assert_eq!(app.code("PLN", wrong).await, "BAD_USER_INPUT");
    // A cursor of something else.
    let other = app.data("PLN", "{ partnerships(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = other["partnerships"]["pageInfo"]["endCursor"].as_str().unwrap();
    let wrong = format!("{{ viewer {{ worklist(after: \"{cursor}\") {{ nodes {{ kind }} }} }} }}");
    assert_eq!(app.code("PLN", &wrong).await, "BAD_USER_INPUT");
}

async fn statements_do_not_grow(backend: Backend) {
    let app = TestApp::new(backend).await;
    let count = async |who: &str, document: &str| {
        app.data(who, "{ viewer { role } }").await;
        let before = app.db.statements();
        app.data(who, document).await;
        app.db.statements() - before
    };
    let list = "{ viewer { worklist(first: 100) { totalCount nodes { kind node { id } } } } }";
    // The head, the rows, and what of each noun decides it: reschedules; quarters and revisions; outcomes and their revisions.
    for (field, statements) in [("milestones", 3), ("outcomes", 4), ("outcomeRevisions", 4), ("quarters", 4)]
    {
        // Of quarters the first goes on still.
        for first in [3, 100] {
            let document = format!("{{ {field}(first: {first}) {{ nodes {{ waitingFor waitingDays }} }} }}");
            assert_eq!(count("KEMENBUMN", &document).await, statements, "{document}");
        }
    }
    // The head, the list, its total, who holds the seats for either, and each noun that is listed.
    assert!(count("KEMENBUMN", list).await <= 5 + 6);
    assert!(count("PLN", list).await <= 3 + 4);
    let quarters = "{ quarters(first: 100) { nodes { waitingFor waitingDays agreements { seat } } } }";
    assert_eq!(count("PLN", quarters).await, 4);
}

//! At the edges: of the day, of a page, of what rows can be.

use serde_json::{Value, json};
use uuid::Uuid;

use super::recomputed::{MINISTRIES, Seat, assert_fields, assert_told, today};
use super::stir::{Chance, stir};
use crate::scope::{ids, literal, uuids};
use crate::support::{BUMN, Backend, TestApp};

crate::both!(
    what_waits_turns_at_midnight_in_jakarta,
    any_rows_wait_for_whom_they_wait,
    nobody_verifies_what_its_own_organisation_reported,
    an_outcome_waits_alike_alone_and_among_others,
    a_revision_waits_until_a_later_one_follows,
    a_move_that_waits_is_told_of_its_milestone,
    cursors_of_anything_else_are_refused,
);

fn everyone() -> impl Iterator<Item = &'static str> {
    MINISTRIES.into_iter().chain(BUMN)
}

fn signed() -> Vec<(&'static str, &'static str)> {
    Seat::of("KEMENBUMN").holders
}

async fn what_waits_turns_at_midnight_in_jakarta(backend: Backend) {
    let app = TestApp::new(backend).await;
    // The last moment of a quarter and the first of the next; a day on which much is due, and the days around it.
    let last = uuids(&app, "SELECT id FROM milestone WHERE status = 'SCHEDULED' ORDER BY due_on, id").await;
    for id in last.iter().take(12) {
        let id = literal(backend, *id);
        app.sql(&format!("UPDATE milestone SET due_on = '2027-01-01' WHERE id = {id}")).await;
    }
    let mut seen = Vec::new();
    for moment in [
        "2026-12-31T23:59:00+07:00",
        "2026-12-31T23:59:59.999999+07:00",
        "2027-01-01T00:00:00+07:00",
        "2027-01-01T23:59:59.999999+07:00",
        "2027-01-02T00:00:00+07:00",
    ] {
        app.clock.set(moment.parse().unwrap());
        let mut kinds = Vec::new();
        for who in everyone() {
            kinds.extend(assert_told(&app, who).await);
        }
        assert_fields(&app, &signed()).await;
        let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
        seen.push((today(&app), count("REPORT_MILESTONE"), count("AGREE_QUARTER")));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[2].1 - seen[1].1, seen[2].2 - seen[1].2), (12, 3), "{seen:?}");
    assert_eq!((&seen[3], seen[4].2), (&seen[2], seen[3].2));
}

async fn any_rows_wait_for_whom_they_wait(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut kinds = std::collections::BTreeSet::new();
    for seed in [0x9E37_79B9_7F4A_7C15, 2_463_534_242, 88_172_645_463_325_252] {
        stir(&app, &mut Chance(seed)).await;
        for who in everyone() {
            kinds.extend(assert_told(&app, who).await);
            assert_told(&app, &format!("{who}:OFFICER")).await;
        }
        assert_fields(&app, &signed()).await;
    }
    assert_eq!(kinds.len(), 14, "{kinds:?}");
}

async fn nobody_verifies_what_its_own_organisation_reported(backend: Backend) {
    let app = TestApp::new(backend).await;
    stir(&app, &mut Chance(7)).await;
    let own = "(SELECT id FROM organisation WHERE code = 'KEMENPERIN')";
    app.sql("UPDATE outcome SET status = 'SUBMITTED', verified_at = NULL, verified_by = NULL, verifier_organisation = NULL").await;
    app.sql("UPDATE outcome_revision SET status = 'SUBMITTED', verified_at = NULL, verified_by = NULL, verifier_organisation = NULL").await;
    app.sql("UPDATE reschedule SET status = 'WAITING'").await;
    app.sql("UPDATE milestone SET status = 'SUBMITTED', reporter = 'BUMN', verifier = 'KEMENPERIN'").await;
    let verbs = ["VERIFY_MILESTONE", "VERIFY_OUTCOME", "VERIFY_REVISION", "APPROVE_RESCHEDULE"];
    for (by, listed) in [("organisation", true), (own, false)] {
        for (noun, column) in [
            ("milestone", "reporter_organisation"),
            ("outcome", "reporter_organisation"),
            ("outcome_revision", "reporter_organisation"),
            ("reschedule", "requester_organisation"),
        ] {
            app.sql(&format!("UPDATE {noun} SET {column} = {by}")).await;
        }
        let kinds = assert_told(&app, "KEMENPERIN").await;
        for verb in verbs {
            assert_eq!(kinds.iter().any(|kind| kind == verb), listed, "{verb}");
        }
    }
    // The rows wait for the seat all the same.
    assert_fields(&app, &signed()).await;
}

/// What is asked of a row does not depend on what it is asked with.
async fn an_outcome_waits_alike_alone_and_among_others(backend: Backend) {
    let app = TestApp::new(backend).await;
    stir(&app, &mut Chance(11)).await;
    let sql = "SELECT outcome.id FROM outcome WHERE status <> 'VERIFIED' AND id IN
        (SELECT outcome FROM outcome_revision AS r WHERE status <> 'VERIFIED' AND NOT EXISTS
            (SELECT 1 FROM outcome_revision AS later WHERE later.outcome = r.outcome AND later.number > r.number)) ORDER BY id";
    let some = ids(&app, "outcome", sql).await;
    assert!(some.len() > 10);
    let list = "{ outcomes(first: 100, filter: { status: [DRAFT, SUBMITTED, RETURNED] }) { nodes { id waitingFor waitingDays } } }";
    let list = app.data("KEMENBUMN", list).await;
    let mut among = 0;
    for id in some {
        let alone = format!(
            "{{ outcome(id: \"{id}\") {{ id waitingFor waitingDays revisions {{ number status waitingFor waitingDays }} }} }}"
        );
        let alone = app.data("KEMENBUMN", &alone).await["outcome"].take();
        let last = alone["revisions"].as_array().unwrap().last().unwrap();
        assert_eq!(alone["waitingFor"], last["waitingFor"], "{alone}");
        assert_eq!(alone["waitingDays"], last["waitingDays"], "{alone}");
        let nodes = list["outcomes"]["nodes"].as_array().unwrap();
        if let Some(node) = nodes.iter().find(|node| node["id"] == alone["id"]) {
            assert_eq!(
                (&node["waitingFor"], &node["waitingDays"]),
                (&alone["waitingFor"], &alone["waitingDays"])
            );
            among += 1;
        }
    }
    assert!(among > 1);
}

/// A returned revision is corrected by the next.
async fn a_revision_waits_until_a_later_one_follows(backend: Backend) {
    let app = TestApp::new(backend).await;
    stir(&app, &mut Chance(11)).await;
    let sql = "SELECT r.id FROM outcome_revision AS r WHERE number = 1 AND EXISTS
        (SELECT 1 FROM outcome_revision AS later WHERE later.outcome = r.outcome AND later.number = 2) ORDER BY id";
    let some = ids(&app, "outcome_revision", sql).await;
    assert!(some.len() > 3);
    for status in ["RETURNED", "SUBMITTED"] {
        app.sql(&format!("UPDATE outcome_revision SET status = '{status}', verified_at = NULL, verified_by = NULL, verifier_organisation = NULL WHERE number = 1"))
            .await;
        for id in &some {
            let document = format!("{{ outcomeRevision(id: \"{id}\") {{ status waitingFor waitingDays }} }}");
            let alone = app.data("KEMENBUMN", &document).await["outcomeRevision"].take();
            assert_eq!(alone, json!({ "status": status, "waitingFor": null, "waitingDays": null }));
        }
        for who in everyone() {
            let listed = super::recomputed::worklist(&app, who).await;
            assert!(listed.iter().all(|one| !some.contains(&one["node"]["id"].as_str().unwrap().to_owned())));
        }
    }
}

async fn a_move_that_waits_is_told_of_its_milestone(backend: Backend) {
    let app = TestApp::new(backend).await;
    let sql = "SELECT milestone FROM reschedule WHERE status = 'WAITING' ORDER BY milestone";
    let id = ids(&app, "milestone", sql).await.remove(0);
    let key = literal(backend, kemitraan::types::GlobalId::parse(&id).unwrap().id);
    app.sql(&format!("UPDATE milestone SET status = 'SCHEDULED', due_on = '2026-12-24' WHERE id = {key}"))
        .await;
    let document = format!("{{ milestone(id: \"{id}\") {{ verifier waitingFor waitingDays }} }}");
    let told = app.data("KEMENBUMN", &document).await["milestone"].take();
    assert_eq!(told["waitingFor"], told["verifier"], "{told}");
    let verifier = told["verifier"].as_str().unwrap();
    let listed = super::recomputed::worklist(&app, verifier).await;
    let own = listed.iter().find(|one| one["node"]["id"] == id.as_str()).unwrap();
    assert_eq!((&own["kind"], &own["days"]), (&json!("APPROVE_RESCHEDULE"), &told["waitingDays"]));
    // Where it stands comes first.
    app.sql(&format!("UPDATE milestone SET due_on = '2026-11-20' WHERE id = {key}")).await;
    let told = app.data("KEMENBUMN", &document.replace("verifier", "reporter")).await["milestone"].take();
    assert_eq!((&told["waitingFor"], &told["waitingDays"]), (&told["reporter"], &json!(4)));
}

async fn cursors_of_anything_else_are_refused(backend: Backend) {
    use base64::Engine as _;
    let app = TestApp::new(backend).await;
    let document = "query ($at: String) { viewer { worklist(after: $at) { nodes { kind } } } }";
    let encode = |value: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let id = Uuid::nil().to_string();
    let refused = async |cursor: String| {
        let answer = app.post("KEMENBUMN", document, json!({ "at": cursor })).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
    };
    for order in ["\0", "", "-RAISED_AT", "VERIFY_MILESTONES", "verify_milestone"] {
        refused(encode(json!({ "o": order, "k": { "n": 1 }, "i": id }))).await;
    }
    refused(encode(json!({ "o": "VERIFY_MILESTONE", "k": { "s": "1" }, "i": id }))).await;
    // As another list of the API gives it.
    let other = app.data("KEMENBUMN", "{ obstacles(first: 1) { pageInfo { endCursor } } }").await;
    refused(other["obstacles"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned()).await;
}

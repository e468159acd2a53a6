//! Clauses: added to a memorandum, and carried out by milestones.

use kemitraan::access::Role;
use kemitraan::nouns::milestones::entity::MilestoneStatus;
use serde_json::{Value, json};

use crate::scope::{global, ids, literal, uuids};
use crate::support::{Backend, TestApp};
use crate::walls::cases::Ground;
use crate::walls::dump;
use crate::writes::assert_verified;

crate::both!(a_clause_is_added_to_a_memorandum, a_milestone_is_linked_to_a_clause);

async fn send(app: &TestApp, who: &str, name: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let object = match name {
        "clauseAdd" => "clause { id version position number title body sample memorandum { id } }",
        _ => "milestone { id version status clause { id } availableActions }",
    };
    let document = format!(
        "mutation($input: {ty}!) {{ {name}(input: $input) {{ {object} version journalEntry {{ action }} }} }}"
    );
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

async fn a_clause_is_added_to_a_memorandum(backend: Backend) {
    let app = TestApp::new(backend).await;
    let memorandum = global("memorandum", uuids(&app, "SELECT id FROM memorandum").await[0]);
    let given = |more: Value| {
        let mut input = json!({ "memorandum": memorandum, "number": "99 ayat (1)", "title": "Contoh pasal" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let before = dump(&app).await;
    for (who, rule) in [
        ("PERTAMINA", "seat"),
        ("KEMENKOPUKM", "seat"),
        ("KEMENPERIN", "seat"),
        ("KEMENBUMN:VIEWER", "level"),
        ("AUDITOR", "seats-write"),
        ("ADMIN", "seats-write"),
    ] {
        let refused = send(&app, who, "clauseAdd", given(json!({}))).await;
        assert_eq!((&refused["code"], &refused["rule"]), (&json!("FORBIDDEN"), &json!(rule)), "{who}");
    }
    let wrong = json!({ "number": "1".repeat(41), "title": "a\nb", "body": "" });
    let wrong = send(&app, "KEMENBUMN", "clauseAdd", given(wrong)).await;
    let paths = wrong["faults"].as_array().unwrap().iter().map(|fault| fault["path"].clone());
    assert_eq!(paths.collect::<Vec<_>>(), ["input.number", "input.title", "input.body"]);
    let nowhere = json!({ "memorandum": "memorandum_01femp4p80ev1b8bj0qbwv8t4z" });
    assert_eq!(send(&app, "KEMENBUMN", "clauseAdd", given(nowhere)).await["code"], "NOT_FOUND");
    let dry = send(&app, "KEMENBUMN", "clauseAdd", given(json!({ "dryRun": true }))).await;
    assert_eq!((&dry["version"], &dry["journalEntry"]), (&json!(1), &Value::Null), "{dry:#}");
    assert_eq!(dump(&app).await, before);

    let others = uuids(&app, "SELECT id FROM clause").await.len();
    let added =
        send(&app, "KEMENBUMN:OFFICER", "clauseAdd", given(json!({ "body": "Baris satu.\nBaris dua." })))
            .await;
    let clause = &added["clause"];
    assert_eq!(
        (&clause["position"], &clause["number"]),
        (&json!(others + 1), &json!("99 ayat (1)")),
        "{added:#}"
    );
    assert_eq!((&clause["body"], &clause["sample"]), (&json!("Baris satu.\nBaris dua."), &json!(false)));
    assert_eq!(
        (&clause["memorandum"]["id"], &added["journalEntry"]["action"]),
        (&json!(memorandum), &json!("clauseAdd"))
    );
    let again = send(&app, "KEMENBUMN", "clauseAdd", given(json!({}))).await;
    assert_eq!(
        (&again["faults"][0]["path"], &again["takenBy"]),
        (&json!("input.number"), &clause["id"]),
        "{again:#}"
    );
    let next = send(&app, "KEMENBUMN", "clauseAdd", given(json!({ "number": "100" }))).await;
    assert_eq!(next["clause"]["position"], others + 2, "{next:#}");
    // Seen by every party, and one of those that nothing carries out yet.
    let document = "{ clauses(first: 100, filter: { hasMilestone: false }) { nodes { id } } }";
    let found = app.data("PLN", document).await;
    assert!(found["clauses"]["nodes"].as_array().unwrap().iter().any(|one| one["id"] == clause["id"]));
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_milestone_is_linked_to_a_clause(backend: Backend) {
    let app = TestApp::new(backend).await;
    let hands = (Role::Bumn, Role::Kemenbumn);
    let sql = "SELECT id FROM milestone WHERE status = 'SCHEDULED' AND organisation =
        (SELECT id FROM organisation WHERE code = 'PERTAMINA') ORDER BY id";
    let real = global("milestone", uuids(&app, sql).await[0]);
    let clauses = ids(&app, "clause", "SELECT id FROM clause ORDER BY position").await;
    let (one, other) = (clauses[0].clone(), clauses[1].clone());
    let link = async |who: &str, id: &str, clause: &str| {
        let data = app.data("KEMENBUMN", &format!("{{ milestone(id: \"{id}\") {{ version }} }}")).await;
        let input = json!({ "id": id, "expectedVersion": data["milestone"]["version"], "clause": clause });
        send(&app, who, "clauseLink", input).await
    };
    let carried = async || {
        let document = format!("{{ milestone(id: \"{real}\") {{ clause {{ id }} }} }}");
        app.data("AUDITOR", &document).await["milestone"]["clause"]["id"].clone()
    };
    let (first, second) = if carried().await == other { (&one, &other) } else { (&other, &one) };
    let linked = link("PERTAMINA:OFFICER", &real, first).await;
    assert_eq!(linked["milestone"]["clause"]["id"], *first, "{linked:#}");
    assert_eq!(linked["journalEntry"]["action"], "clauseLink");
    let same = link("PERTAMINA", &real, first).await;
    assert_eq!(same["faults"][0]["path"], "input.clause", "{same:#}");
    assert_eq!(link("KEMENBUMN:OFFICER", &real, second).await["milestone"]["clause"]["id"], *second);
    assert_eq!(carried().await, *second);
    assert_verified(&app.app.access, &app.folder).await;

    let ground = Ground::new(&app, "PERTAMINA", true).await;
    // Wherever it stands, but when it was cancelled, or its partnership is at rest.
    for status in [
        MilestoneStatus::InProgress,
        MilestoneStatus::Submitted,
        MilestoneStatus::Met,
        MilestoneStatus::NotMet,
    ] {
        let id = global("milestone", ground.milestone(hands, status).await.id);
        assert_eq!(link("PERTAMINA", &id, &one).await["milestone"]["clause"]["id"], one, "{status:?}");
    }
    let cancelled = global("milestone", ground.milestone(hands, MilestoneStatus::Cancelled).await.id);
    let refused = link("PERTAMINA", &cancelled, &one).await;
    assert_eq!((&refused["code"], &refused["rule"]), (&json!("INVALID_TRANSITION"), &json!("status")));
    assert_eq!(refused["open"], json!([]));

    let open = global("milestone", ground.milestone(hands, MilestoneStatus::Scheduled).await.id);
    for (who, code, rule) in [
        ("KEMENKOPUKM", "FORBIDDEN", json!("seat")),
        ("KEMENPERIN", "FORBIDDEN", json!("seat")),
        ("PERTAMINA:VIEWER", "FORBIDDEN", json!("level")),
        ("AUDITOR", "FORBIDDEN", json!("seats-write")),
        ("ADMIN", "FORBIDDEN", json!("seats-write")),
        ("PLN", "NOT_FOUND", Value::Null),
    ] {
        let refused = link(who, &open, &one).await;
        assert_eq!((&refused["code"], &refused["rule"]), (&json!(code), &rule), "{who}");
    }
    let stale = json!({ "id": open, "expectedVersion": 7, "clause": one });
    assert_eq!(send(&app, "PERTAMINA", "clauseLink", stale).await["code"], "CONFLICT");
    // Of the memorandum of its partnership.
    let nothing = link("PERTAMINA", &open, "clause_01femp4p80ev1b8bj0qbwv8t4z").await;
    assert_eq!(nothing["faults"][0]["path"], "input.clause", "{nothing:#}");
    let foreign = foreign_clause(&app).await;
    assert_eq!(link("KEMENBUMN", &open, &foreign).await["faults"][0]["path"], "input.clause");
    let id = literal(backend, ground.partnership.id);
    app.sql(&format!("UPDATE partnership SET status = 'COMPLETED' WHERE id = {id}")).await;
    let refused = link("PERTAMINA", &open, &one).await;
    assert_eq!(
        (&refused["code"], &refused["rule"]),
        (&json!("INVALID_TRANSITION"), &json!("partnership-status"))
    );
}

/// A clause of a memorandum that is put there beside the one that there is.
async fn foreign_clause(app: &TestApp) -> String {
    let [memorandum, clause] = [app.clock.new_id(), app.clock.new_id()];
    let [of, id] = [memorandum, clause].map(|id| literal(app.backend, id));
    app.sql(&format!(
        "INSERT INTO memorandum (id, version, title, signed_on, signed_at, objectives)
            VALUES ({of}, 1, 'Contoh', '2021-09-03', 'Jakarta', '')"
    ))
    .await;
    app.sql(&format!(
        "INSERT INTO clause (id, version, memorandum, position, number, title, sample)
            VALUES ({id}, 1, {of}, 1, '1', 'Contoh', TRUE)"
    ))
    .await;
    global("clause", clause)
}

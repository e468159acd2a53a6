//! Comments: who says something of what, who sees it, and that it stays.

use kemitraan::access::Role;
use kemitraan::nouns::milestones::entity::MilestoneStatus;
use kemitraan::nouns::obstacles::entity::ObstacleStatus;
use serde_json::{Value, json};

use crate::coverage::whole;
use crate::scope::{global, ids};
use crate::support::{Backend, TestApp};
use crate::walls::cases::Ground;
use crate::walls::dump;
use crate::writes::assert_verified;

crate::both!(
    whoever_sees_a_thing_may_say_something_of_it,
    comments_are_read_by_whom_the_work_is_seen,
    what_cannot_be_said_is_refused,
    a_page_of_comments_is_in_the_order_of_time,
);

const FIELDS: &str = "{ comment { id version body writtenAt writtenBy writerRole writerOrganisation { code }
    organisation { code } partnership { id } subject { __typename id } history { nodes { action } } } version
    journalEntry { action reason } }";

async fn say(app: &TestApp, who: &str, subject: &str, body: &str, more: Value) -> Value {
    let mut input = json!({ "subject": subject, "body": body });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let document = format!("mutation($input: CommentAddInput!) {{ commentAdd(input: $input) {FIELDS} }}");
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"]["commentAdd"].clone()
}

/// One of each thing of Pertamina's that can be commented on, and a quarter: its type and id.
async fn subjects(app: &TestApp) -> Vec<(&'static str, String)> {
    let mut subjects = Vec::new();
    for (noun, object) in [
        ("partnership", "Partnership"),
        ("milestone", "Milestone"),
        ("outcome", "Outcome"),
        ("obstacle", "Obstacle"),
        ("evidence", "Evidence"),
    ] {
        let sql = format!(
            "SELECT id FROM {noun} WHERE organisation = (SELECT id FROM organisation WHERE code = 'PERTAMINA') ORDER BY id"
        );
        subjects.push((object, ids(app, noun, &sql).await[0].clone()));
    }
    subjects.push(("Quarter", ids(app, "quarter", "SELECT id FROM quarter ORDER BY id").await[0].clone()));
    subjects
}

/// What is read on a thing: the bodies of its comments.
async fn read(app: &TestApp, who: &str, object: &str, id: &str) -> Vec<Value> {
    let document = format!(
        "{{ node(id: \"{id}\") {{ ... on {object} {{ comments(first: 100) {{ totalCount nodes {{ body }} }} }} }} }}"
    );
    let data = app.data(who, &document).await;
    let comments = &data["node"]["comments"];
    let bodies =
        comments["nodes"].as_array().unwrap().iter().map(|one| one["body"].clone()).collect::<Vec<_>>();
    assert_eq!(comments["totalCount"], bodies.len());
    bodies
}

async fn whoever_sees_a_thing_may_say_something_of_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (object, id) in subjects(&app).await {
        for who in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA"] {
            let refused = say(&app, &format!("{who}:VIEWER"), &id, "Contoh", json!({})).await;
            let rule = if object == "Quarter" && who == "PERTAMINA" { "seat" } else { "level" };
            assert_eq!(
                (&refused["code"], &refused["rule"]),
                (&json!("FORBIDDEN"), &json!(rule)),
                "{who} {object}"
            );
            let body = format!("Contoh {who}\nbaris dua");
            let said = say(&app, &format!("{who}:OFFICER"), &id, &body, json!({})).await;
            if rule == "seat" {
                assert_eq!((&said["code"], &said["rule"]), (&json!("FORBIDDEN"), &json!("seat")), "{said:#}");
                continue;
            }
            let comment = &said["comment"];
            assert_eq!((&comment["body"], &said["version"]), (&json!(body), &json!(1)), "{said:#}");
            assert_eq!(comment["subject"], json!({ "__typename": object, "id": id }));
            assert_eq!(comment["writtenBy"], format!("test-{who}:OFFICER"));
            assert_eq!(comment["writerOrganisation"]["code"], who);
            assert_eq!(comment["writerRole"], if who == "PERTAMINA" { "BUMN" } else { who });
            let organisation = if object == "Quarter" { Value::Null } else { json!({ "code": "PERTAMINA" }) };
            assert_eq!(comment["organisation"], organisation);
            assert_eq!(comment["partnership"].is_null(), object == "Quarter");
            assert_eq!(comment["history"]["nodes"], json!([{ "action": "commentAdd" }]));
            assert_eq!(said["journalEntry"], json!({ "action": "commentAdd", "reason": null }));
        }
        // Those who are told nothing of it, and those who never write.
        let other = say(&app, "PLN", &id, "Contoh", json!({})).await;
        let code = if object == "Quarter" { "FORBIDDEN" } else { "NOT_FOUND" };
        assert_eq!(other["code"], code, "{object}: {other:#}");
        for who in ["AUDITOR", "AUDITOR+PERTAMINA", "ADMIN"] {
            let refused = say(&app, who, &id, "Contoh", json!({})).await;
            assert_eq!(
                (&refused["code"], &refused["rule"]),
                (&json!("FORBIDDEN"), &json!("seats-write")),
                "{who}"
            );
        }
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn comments_are_read_by_whom_the_work_is_seen(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (object, id) in subjects(&app).await {
        let before = read(&app, "KEMENBUMN", object, &id).await;
        let said = say(&app, "KEMENBUMN", &id, "Contoh: terbaca", json!({})).await;
        let own = said["comment"]["id"].as_str().unwrap();
        let node = format!("{{ node(id: \"{own}\") {{ ... on Comment {{ body }} }} }}");
        let mut after = before.clone();
        after.push(json!("Contoh: terbaca"));
        for who in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN:VIEWER", "AUDITOR"] {
            assert_eq!(read(&app, who, object, &id).await, after, "{who} {object}");
            assert_eq!(app.data(who, &node).await["node"]["body"], "Contoh: terbaca");
        }
        for who in ["PERTAMINA:VIEWER", "AUDITOR+PERTAMINA"] {
            if object == "Quarter" {
                // The quarter is everyone's to see; what the ministries say of it is not.
                assert_eq!(read(&app, who, object, &id).await, <[Value; 0]>::default());
                assert_eq!(app.code(who, &node).await, "NOT_FOUND");
            } else {
                assert_eq!(read(&app, who, object, &id).await, after, "{who} {object}");
                assert_eq!(app.data(who, &node).await["node"]["body"], "Contoh: terbaca");
            }
        }
        for who in ["PLN", "AUDITOR+PLN"] {
            assert_eq!(app.code(who, &node).await, "NOT_FOUND", "{who} {object}");
        }
        // Nor is it told in what has changed.
        let told = async |who: &str| {
            let changes = app.data(who, "{ changes(last: 1) { nodes { subject } } }").await;
            changes["changes"]["nodes"][0]["subject"] == own
        };
        assert!(told("KEMENKOPUKM").await && !told("PLN").await);
        assert_eq!(told("PERTAMINA").await, object != "Quarter");
    }
}

async fn what_cannot_be_said_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let before = dump(&app).await;
    let id = ground.id();
    for bad in ["", " \n", &"a".repeat(2_001), "a\u{0}b", "a\u{202e}b", "a\rb"] {
        let refused = say(&app, "PERTAMINA", &id, bad, json!({})).await;
        // NUL is refused in any variable, before what it is for is known.
        let path = if bad.contains('\0') { "$input.body" } else { "input.body" };
        assert_eq!(
            (&refused["code"], &refused["faults"][0]["path"]),
            (&json!("BAD_USER_INPUT"), &json!(path)),
            "{bad:?}"
        );
    }
    // Of what is no subject; all faults at once.
    let memorandum = global("memorandum", ground.partnership.memorandum);
    let refused = say(&app, "PERTAMINA", &memorandum, "", json!({})).await;
    let faults =
        refused["faults"].as_array().unwrap().iter().map(|fault| fault["path"].clone()).collect::<Vec<_>>();
    assert_eq!(faults, ["input.subject", "input.body"]);
    for nothing in ["x", "partnership_01femp4p80ev1b8bj0qbwv8t4z", "quarter_01femp4p80ev1b8bj0qbwv8t4z"] {
        assert_eq!(
            say(&app, "KEMENBUMN", nothing, "Contoh", json!({})).await["code"],
            "NOT_FOUND",
            "{nothing}"
        );
    }
    let dry = say(&app, "PERTAMINA", &id, &"é".repeat(2_000), json!({ "dryRun": true })).await;
    assert_eq!((&dry["version"], &dry["journalEntry"]), (&json!(1), &Value::Null), "{dry:#}");
    assert_eq!(dump(&app).await, before);

    let key = json!({ "idempotencyKey": "erp-komentar-1" });
    let once = say(&app, "PERTAMINA", &id, "Contoh", key.clone()).await;
    assert_eq!(say(&app, "PERTAMINA", &id, "Contoh", key.clone()).await, once);
    let other = say(&app, "PERTAMINA", &id, "Contoh lain", key).await;
    assert_eq!(other["code"], "IDEMPOTENCY_MISMATCH");
    assert_eq!(read(&app, "PERTAMINA", "Partnership", &id).await, ["Contoh"]);
    // What was said stays: there is no other mutation of it.
    let mutations = whole().get_object("Mutation").unwrap().fields.keys();
    assert_eq!(mutations.filter(|name| name.starts_with("comment")).collect::<Vec<_>>(), ["commentAdd"]);
}

async fn a_page_of_comments_is_in_the_order_of_time(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let obstacle =
        global("obstacle", ground.obstacle(Role::Bumn, "PERTAMINA", ObstacleStatus::Open).await.id);
    let row = ground.milestone((Role::Bumn, Role::Kemenbumn), MilestoneStatus::Scheduled).await;
    let milestone = global("milestone", row.id);
    let now = app.now();
    for number in 0..5 {
        app.clock.set(kemitraan::types::Timestamp(now.0 + number * 1_000_000));
        for subject in [&obstacle, &milestone] {
            let said = say(&app, "PERTAMINA", subject, &format!("{number}"), json!({})).await;
            assert_eq!(said["version"], 1, "{said:#}");
        }
    }
    let page = async |arguments: &str| {
        let document = format!(
            "{{ partnership(id: \"{}\") {{ comments {{ totalCount }} obstacles {{ nodes {{ comments({arguments}) {{
                nodes {{ body }} pageInfo {{ endCursor startCursor hasNextPage hasPreviousPage }} totalCount }} }} }} }} }}",
            ground.id()
        );
        let data = app.data("PERTAMINA", &document).await;
        assert_eq!(data["partnership"]["comments"]["totalCount"], 0);
        let page = data["partnership"]["obstacles"]["nodes"][0]["comments"].clone();
        assert_eq!(page["totalCount"], 5);
        let bodies = page["nodes"].as_array().unwrap().iter();
        let bodies = bodies.map(|one| one["body"].as_str().unwrap().to_owned()).collect::<String>();
        (bodies, page["pageInfo"].clone())
    };
    let (first, info) = page("first: 2").await;
    assert_eq!((first.as_str(), &info["hasNextPage"]), ("01", &json!(true)));
    let (next, info) = page(&format!("first: 3, after: {}", info["endCursor"])).await;
    assert_eq!((next.as_str(), &info["hasNextPage"]), ("234", &json!(false)));
    let (last, info) = page("last: 2").await;
    assert_eq!((last.as_str(), &info["hasPreviousPage"]), ("34", &json!(true)));
    let document =
        format!("{{ milestone(id: \"{milestone}\") {{ comments(first: 101) {{ totalCount }} }} }}");
    assert_eq!(app.code("PERTAMINA", &document).await, "LIMIT_EXCEEDED");
}

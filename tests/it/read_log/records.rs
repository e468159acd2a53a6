//! What each kind of request leaves behind.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kemitraan::journal::reads::entity::read_record::Model;
use kemitraan::types::GlobalId;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{assert_verified, last, record, records, rows_of, shown, there};
use crate::answers::{get, keeping};
use crate::evidence_files::{get as download, piece, post as upload};
use crate::personal::{sole, standing};
use crate::scope::{global, ids, rows};
use crate::support::{Answer, Backend, TestApp};
use crate::walls::start;

crate::both!(
    a_query_leaves_who_asked_for_what,
    a_mutation_leaves_what_its_payload_read,
    what_is_refused_is_on_record_and_has_read_nothing,
    personal_data_that_is_shown_is_told_by_partner,
    what_is_given_out_is_on_record_when_the_answer_is,
    an_auditors_record_is_there_when_the_answer_is,
    an_answer_that_is_kept_tells_what_was_read_for_it,
    a_file_that_is_given_is_on_record,
    what_may_be_personal_is_hidden,
);

async fn organisation(app: &TestApp, code: &str) -> Uuid {
    rows(app, &format!("SELECT id FROM organisation WHERE code = '{code}'")).await[0]
        .try_get_by_index(0)
        .unwrap()
}

fn variables(record: &Model) -> Value {
    record.variables.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
}

async fn a_query_leaves_who_asked_for_what(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "query Morning($first: Int!, $status: [MilestoneStatus!]) {
        milestones(first: $first, filter: { status: $status }) { totalCount nodes { title partnership { title } } } }";
    let answer =
        app.post("PLN:VIEWER", document, json!({ "first": 2, "status": ["MET"], "other": "x" })).await;
    let nodes = answer.json()["data"]["milestones"]["nodes"].as_array().unwrap().len() as i64;
    assert_eq!(nodes, 2);
    let record = record(&app, &answer).await;
    assert_eq!((record.actor.as_str(), record.role.as_deref()), ("test-PLN:VIEWER", Some("BUMN")));
    assert_eq!(record.organisation, Some(organisation(&app, "PLN").await));
    assert!(record.token.as_ref().is_some_and(|token| !token.is_empty()));
    assert_eq!(record.at, app.now());
    assert_eq!((record.kind.as_deref(), record.operation.as_deref()), (Some("QUERY"), Some("Morning")));
    assert_eq!(record.document, Some(Sha256::digest(document).to_vec()));
    // What the operation does not declare is no variable of it.
    assert_eq!(variables(&record), json!({ "first": 2, "status": ["MET"] }));
    assert_eq!(rows_of(&record, "milestone"), Some(2));
    assert!(rows_of(&record, "partnership").is_some_and(|rows| (1..=2).contains(&rows)), "{}", record.nouns);
    assert_eq!(rows_of(&record, "partner"), None);
    let sequence = answer.headers["journal-sequence"].to_str().unwrap().parse::<i64>().unwrap();
    assert_eq!(record.sequence, Some(sequence));
    assert_eq!((record.cached, record.not_modified, record.outcome.as_str()), (false, false, "OK"));
    assert_eq!(shown(&app, &record).await, Vec::<Uuid>::new());

    // Asked so as to be read by objects, it reads the same; what is only counted, or was not there, has no rows.
    let document = "{ milestones(first: 2, filter: { status: [MET] }) { nodes { id overdue waitingDays } } }";
    let one = super::record(&app, &app.post("PLN", document, json!({})).await).await;
    assert_eq!((rows_of(&one, "milestone"), one.operation, one.variables), (Some(2), None, None));
    let document = "{ obstacles(first: 0, filter: { severity: [CRITICAL] }) { totalCount } }";
    let none = super::record(&app, &app.post("PLN", document, json!({})).await).await;
    assert_eq!(rows_of(&none, "obstacle"), Some(0), "{}", none.nouns);
    let document = "{ __typename viewer { role } __schema { types { name } } }";
    let none = super::record(&app, &app.post("ADMIN", document, json!({})).await).await;
    assert_eq!((none.nouns.as_str(), none.organisation, none.role.as_deref()), ("{}", None, Some("ADMIN")));

    // The journal and sums are reads as well.
    let document =
        "{ journal(first: 3) { nodes { changes { noun } } } programmeSummary { milestones { total } } }";
    let sums = super::record(&app, &app.post("KEMENBUMN", document, json!({})).await).await;
    assert!(rows_of(&sums, "journal_entry") >= Some(3), "{}", sums.nouns);
    assert!(
        rows_of(&sums, "journal_change") >= Some(3) && rows_of(&sums, "tally_milestone").is_some(),
        "{}",
        sums.nouns
    );
    let document = "{ viewer { worklist(first: 5) { nodes { kind } } } }";
    let waiting = super::record(&app, &app.post("KEMENBUMN", document, json!({})).await).await;
    assert!(rows_of(&waiting, "several").is_some_and(|rows| rows > 0), "{}", waiting.nouns);
    assert_eq!(rows_of(&waiting, "milestone"), Some(0));
    assert_verified(&app).await;
}

async fn a_mutation_leaves_what_its_payload_read(backend: Backend) {
    let app = TestApp::new(backend).await;
    let case = start(&app, "BUMN", Some(&["PLN"])).await;
    let document = "mutation Start($input: MilestoneStartInput!) { milestoneStart(input: $input) {
        milestone { title partnership { title } } journalEntry { sequence } } }";
    let mut dry = case.variables.clone();
    dry["input"]["dryRun"] = true.into();
    dry["input"]["idempotencyKey"] = "contoh-rahasia".into();
    let mut before = None;
    for given in [dry, case.variables.clone()] {
        let answer = app.post("PLN", document, given.clone()).await;
        let body = answer.json();
        assert_eq!(body.get("errors"), None, "{body:#}");
        let record = record(&app, &answer).await;
        assert_eq!((record.kind.as_deref(), record.operation.as_deref()), (Some("MUTATION"), Some("Start")));
        assert_eq!(
            (rows_of(&record, "milestone"), rows_of(&record, "partnership")),
            (Some(1), Some(1)),
            "{}",
            record.nouns
        );
        let sequence = body["data"]["milestoneStart"]["journalEntry"]["sequence"].as_i64();
        assert_eq!((record.sequence, rows_of(&record, "journal_entry")), (sequence, sequence.map(|_| 1)));
        let told = variables(&record);
        assert_eq!(
            (&told["input"]["id"], &told["input"]["expectedVersion"]),
            (&given["input"]["id"], &given["input"]["expectedVersion"])
        );
        assert!(!record.variables.as_ref().unwrap().contains("rahasia"));
        assert_ne!(before.replace(record.number), Some(record.number));
    }
}

async fn what_is_refused_is_on_record_and_has_read_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mutation = start(&app, "BUMN", Some(&["PLN"])).await;
    for (who, document, given, outcome, kind) in [
        ("PLN", "{ nothing }", json!({}), "GRAPHQL_VALIDATION_FAILED", None),
        ("PLN", "{ milestones(", json!({}), "GRAPHQL_PARSE_FAILED", None),
        ("PLN", "{ journal { totalCount } }", json!({}), "FORBIDDEN", None),
        ("AUDITOR", &*mutation.document, mutation.variables.clone(), "FORBIDDEN", None),
        (
            "PLN",
            "query($n: Int!) { milestones(first: $n) { totalCount } }",
            json!({ "n": "budi" }),
            "BAD_USER_INPUT",
            None,
        ),
        ("PLN", "{ quarter(code: \"2099-Q1\") { code } }", json!({}), "NOT_FOUND", Some("QUERY")),
    ] {
        let answer = app.post(who, document, given).await;
        let record = record(&app, &answer).await;
        assert_eq!((record.outcome.as_str(), record.kind.as_deref()), (outcome, kind), "{document}");
        assert_eq!(record.document, Some(Sha256::digest(document).to_vec()));
        if kind.is_none() {
            assert_eq!((record.nouns.as_str(), record.variables), ("{}", None), "{document}");
        }
    }
    // By a hash that nothing is known by.
    let body = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "07".repeat(32) } } });
    let token = format!("Bearer {}", app.token("PLN"));
    let request =
        Request::post("/graphql").header("content-type", "application/json").header("authorization", &token);
    let answer = app.send(request.body(Body::from(body.to_string())).unwrap()).await;
    let unknown = record(&app, &answer).await;
    assert_eq!(
        (unknown.outcome.as_str(), unknown.document),
        ("PERSISTED_QUERY_NOT_FOUND", Some(vec![7; 32]))
    );

    // Who is not known leaves nothing, nor does what is no request of GraphQL.
    let before = records(&app).await.len();
    for (name, value, body) in [
        ("authorization", "Bearer x", "{\"query\":\"{ viewer { role } }\"}"),
        ("authorization", &*token, "not JSON"),
        ("x-nothing", "", "{\"query\":\"{ viewer { role } }\"}"),
    ] {
        let request =
            Request::post("/graphql").header("content-type", "application/json").header(name, value);
        let answer = app.send(request.body(Body::from(body)).unwrap()).await;
        assert!(answer.status.is_client_error(), "{}", answer.text);
    }
    assert_eq!(records(&app).await.len(), before);
}

async fn personal_data_that_is_shown_is_told_by_partner(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ partners(first: 4) { nodes { id contacts { id mask } } } }";
    let answer = app.post("KEMENKOPUKM", document, json!({})).await;
    // It is there when the answer is.
    let record = there(&app, &answer).await.unwrap();
    let body = answer.json();
    let nodes = body["data"]["partners"]["nodes"].as_array().unwrap();
    let id = |node: &Value| GlobalId::parse(node["id"].as_str().unwrap()).unwrap().id;
    let mut expected = nodes
        .iter()
        .filter(|node| node["contacts"].as_array().unwrap().iter().any(|one| one["mask"].is_string()))
        .map(id)
        .collect::<Vec<_>>();
    expected.sort_unstable();
    assert!(expected.len() > 1);
    assert_eq!(shown(&app, &record).await, expected);
    assert!(rows_of(&record, "contact") > Some(1), "{}", record.nouns);

    // By whichever way it is shown.
    let contact = &nodes[0]["contacts"][0]["id"];
    let node = format!("{{ node(id: {contact}) {{ ... on Contact {{ mask }} }} }}");
    let record = there(&app, &app.post("AUDITOR", &node, json!({})).await).await.unwrap();
    assert_eq!(shown(&app, &record).await, [id(&nodes[0])]);
    // Not where it is not asked for, was erased, or is somebody else's.
    let kinds = "{ partners(first: 4) { nodes { id npwp contacts { kind } } } }";
    let answer = app.post("KEMENKOPUKM", kinds, json!({})).await;
    assert_eq!(shown(&app, &super::record(&app, &answer).await).await, Vec::<Uuid>::new());
    app.sql("DELETE FROM contact_value").await;
    let answer = app.post("KEMENKOPUKM", document, json!({})).await;
    assert_eq!(shown(&app, &super::record(&app, &answer).await).await, Vec::<Uuid>::new());
    let code = "SELECT code FROM organisation WHERE kind = 'BUMN' AND id NOT IN (SELECT organisation FROM partnership_partner
                WHERE partner = (SELECT partner FROM contact ORDER BY id LIMIT 1))";
    let stranger = rows(&app, code).await[0].try_get_by_index::<String>(0).unwrap();
    let first = ids(&app, "contact", "SELECT id FROM contact ORDER BY id LIMIT 1").await;
    let answer = app.post(&stranger, &format!("{{ node(id: \"{}\") {{ id }} }}", first[0]), json!({})).await;
    let record = super::record(&app, &answer).await;
    assert_eq!((record.outcome.as_str(), rows_of(&record, "contact")), ("NOT_FOUND", Some(0)));
    assert_verified(&app).await;
}

async fn what_is_given_out_is_on_record_when_the_answer_is(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, _) = sole(&app).await;
    let contact = standing(&app, &partner, "NPWP").await.unwrap()["id"].clone();
    // The value alone is asked for: no mask of it, and nothing else of the contact.
    for (name, fields) in [("contactReveal", "value"), ("subjectExport", "contacts { value }")] {
        let document =
            format!("mutation {{ {name}(input: {{ id: {contact}, reason: \"Contoh\" }}) {{ {fields} }} }}");
        let answer = app.post(&steward, &document, json!({})).await;
        assert_eq!(answer.json().get("errors"), None, "{}", answer.text);
        let record = there(&app, &answer).await.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(record.kind.as_deref(), Some("MUTATION"));
        assert_eq!(shown(&app, &record).await, [GlobalId::parse(&partner).unwrap().id], "{name}");
    }
}

async fn an_auditors_record_is_there_when_the_answer_is(backend: Backend) {
    let app = TestApp::new(backend).await;
    for who in ["AUDITOR", "AUDITOR+PLN"] {
        for document in ["{ partnerships { totalCount } }", "{ nothing }", "{ __typename }"] {
            let answer = app.post(who, document, json!({})).await;
            let record = there(&app, &answer).await.unwrap_or_else(|| panic!("{who}: {document}"));
            assert_eq!((record.role.as_deref(), record.actor), (Some("AUDITOR"), format!("test-{who}")));
        }
    }
    // Of others it is, soon.
    let answer = app.post("KEMENBUMN", "{ partnerships { totalCount } }", json!({})).await;
    for _ in 0..500 {
        if there(&app, &answer).await.is_some() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not on record after five seconds");
}

async fn an_answer_that_is_kept_tells_what_was_read_for_it(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let document = "query Open($first: Int) { milestones(first: $first, filter: { status: [SCHEDULED] }) { nodes { title } } }";
    let post = async || app.post("KEMENBUMN", document, json!({ "first": 3 })).await;
    let (one, other) = (post().await, post().await);
    assert_eq!(one.text, other.text);
    let (one, other) = (record(&app, &one).await, record(&app, &other).await);
    assert_eq!((one.cached, other.cached), (false, true));
    assert_eq!(rows_of(&one, "milestone"), Some(3));
    let told = |of: &Model| {
        (
            of.kind.clone(),
            of.operation.clone(),
            of.document.clone(),
            of.variables.clone(),
            of.nouns.clone(),
            of.sequence,
        )
    };
    assert_eq!(told(&one), told(&other));
    assert_eq!(variables(&other), json!({ "first": 3 }));
    // Another who has the same reach is told as another.
    let theirs = record(&app, &app.post("KEMENBUMN:VIEWER", document, json!({ "first": 3 })).await).await;
    assert_eq!(theirs.actor, "test-KEMENBUMN:VIEWER");

    // Known by its tag it is not sent again.
    let query = "{ milestones(first: 2) { nodes { title } } }";
    let tag = |answer: &Answer| answer.headers["etag"].to_str().unwrap().to_owned();
    let first = get(&app, "PLN", query, "GET", None).await;
    let etag = tag(&first);
    let first = record(&app, &first).await;
    assert_eq!((first.cached, first.not_modified), (false, false));
    for method in ["GET", "HEAD"] {
        let same = get(&app, "PLN", query, method, Some(&etag)).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
        let same = record(&app, &same).await;
        assert_eq!((same.cached, same.not_modified, told(&same)), (true, true, told(&first)));
    }
    let case = start(&app, "KEMENKOPUKM", None).await;
    app.post("KEMENKOPUKM", &case.document, case.variables).await;
    let changed = record(&app, &get(&app, "PLN", query, "GET", Some(&etag)).await).await;
    assert_eq!((changed.cached, changed.not_modified), (false, false));
    assert!(changed.sequence > first.sequence);
    assert_verified(&app).await;
}

async fn a_file_that_is_given_is_on_record(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (id, sha256, _) = piece(&app, "PLN").await;
    let tag = format!("\"{sha256}\"");
    for (headers, status, not_modified) in [
        (vec![], StatusCode::OK, false),
        (vec![("range", "bytes=0-1")], StatusCode::PARTIAL_CONTENT, false),
        (vec![("if-none-match", &*tag)], StatusCode::NOT_MODIFIED, true),
    ] {
        for who in ["PLN", "AUDITOR"] {
            assert_eq!(download(&app, who, &id, &headers).await.status, status);
            let record = last(&app).await;
            assert_eq!((record.kind.as_deref(), &*record.actor), (Some("EVIDENCE"), &*format!("test-{who}")));
            assert_eq!((variables(&record), rows_of(&record, "evidence")), (json!({ "id": id }), Some(1)));
            assert_eq!((record.not_modified, record.outcome.as_str()), (not_modified, "OK"));
            assert!(record.sequence.is_some() && record.document.is_none());
        }
    }
    for (who, asked, outcome) in
        [("RNI", &*id, "NOT_FOUND"), ("ADMIN", &*id, "FORBIDDEN"), ("PLN", "0000000000000001", "NOT_FOUND")]
    {
        assert!(download(&app, who, asked, &[]).await.status.is_client_error());
        let record = last(&app).await;
        assert_eq!((record.outcome.as_str(), record.nouns.as_str()), (outcome, "{}"), "{who}");
        assert_eq!(record.variables.unwrap().contains(asked), asked == id);
    }
    // What is sent is not read.
    let before = records(&app).await.len();
    upload(&app, "PLN", "contoh.pdf", "application/pdf", crate::evidence_files::pdf(100)).await;
    assert_eq!(records(&app).await.len(), before);
    assert_verified(&app).await;
}

async fn what_may_be_personal_is_hidden(backend: Backend) {
    let app = TestApp::new(backend).await;
    let partner = global("partner", Uuid::from_u128(7));
    let contact = json!({ "input": { "partner": partner, "kind": "NPWP", "value": "3174012345670001" } });
    let set = "mutation($input: ContactSetInput!) { contactSet(input: $input) { version } }";
    let list = "query($filter: PartnerFilter) { partners(filter: $filter) { totalCount } }";
    let filter = json!({ "filter": { "text": "Rahasia Contoh", "nib": "7777000011112", "scale": ["MICRO"],
        "changedAfter": "2026-01-01T00:00:00Z" } });
    let mut hidden = Vec::new();
    for (who, document, given) in [
        ("KEMENKOPUKM", set, contact.clone()),
        ("KEMENKOPUKM", list, filter.clone()),
        ("KEMENBUMN", list, filter),
        (
            "PLN",
            "query($nib: String!) { publicPartner(nib: $nib) { name } }",
            json!({ "nib": "7777000011112" }),
        ),
        ("KEMENBUMN", "query($id: ID!) { partner(id: $id) { name } }", json!({ "id": "3174012345670001" })),
        (
            "KEMENBUMN",
            "query($id: ID!) { partner(id: $id) { name } }",
            json!({ "id": 3_174_012_345_670_001_i64 }),
        ),
        ("KEMENBUMN", "query Q($q: String!) { quarter(code: $q) { code } }", json!({ "q": "2025-Q1" })),
    ] {
        let record = record(&app, &app.post(who, document, given).await).await;
        hidden.push(variables(&record));
    }
    let is_hidden =
        |value: &Value| value.as_str().is_some_and(|text| text.starts_with("hidden:") && text.len() == 39);
    let (input, list) = (&hidden[0]["input"], &hidden[1]["filter"]);
    assert_eq!((&input["partner"], &input["kind"]), (&json!(partner), &json!("NPWP")));
    assert!(is_hidden(&input["value"]), "{input}");
    assert_eq!((&list["scale"], &list["changedAfter"]), (&json!(["MICRO"]), &json!("2026-01-01T00:00:00Z")));
    assert!(is_hidden(&list["text"]) && is_hidden(&list["nib"]) && list["text"] != list["nib"], "{list}");
    // The same value is hidden alike, so that it is seen that two have asked for the same.
    assert_eq!(hidden[2], hidden[1]);
    assert_eq!(hidden[3]["nib"], list["nib"]);
    assert!(is_hidden(&hidden[4]["id"]) && hidden[4]["id"] == input["value"]);
    assert_eq!(hidden[6], json!({ "q": "2025-Q1" }));
    // Another process hides it otherwise.
    let access = &app.app.access;
    let log =
        |access| kemitraan::access::ReadLog::start(access, 1, kemitraan::access::ReadLog::WAIT).unwrap();
    assert_ne!(log(access).hidden("a"), log(access).hidden("a"));

    app.app.reads.flush().await.unwrap();
    for (table, lines) in crate::walls::dump_all(&app).await {
        let text = lines.join("\n");
        for value in ["3174012345670001", "7777000011112", "Rahasia"] {
            assert!(!text.contains(value), "{table}: {value}");
        }
    }
    // What is long is hidden as a whole.
    let many = json!({ "some": vec!["2025-Q1"; 900] });
    let document = "query($some: [String!]) { partnerships(filter: { batch: $some }) { totalCount } }";
    let long = record(&app, &app.post("KEMENBUMN", document, many).await).await;
    assert!(is_hidden(&variables(&long)), "{:?}", long.variables);
}

//! Who reads the read log, and how much of it.

use kemitraan::types::{GlobalId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scope::{assert_forbidden, global, literal, rows, uuids};
use crate::support::{BUMN, Backend, TestApp};

crate::both!(
    auditors_and_administrators_alone_read_it,
    it_is_found_by_person_token_noun_partner_and_time,
    it_is_paged_by_time,
    an_auditor_of_some_organisations_reads_what_is_theirs,
);

const FIELDS: &str =
    "number at requestId actor token role organisation kind operation document variables nouns { noun rows }
    partners sequence cached notModified outcome previousHash hash";
const CONTACTS: &str = "query Contacts($id: ID!) { partner(id: $id) { contacts { mask } } }";

/// The records that fit, whole.
async fn log(app: &TestApp, who: &str, filter: Value) -> Vec<Value> {
    app.app.reads.flush().await.unwrap();
    let document = format!(
        "query($filter: ReadLogFilter) {{ readLog(first: 100, filter: $filter, direction: ASC) {{ totalCount nodes {{ {FIELDS} }} }} }}"
    );
    let answer = app.post(who, &document, json!({ "filter": filter })).await.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    let nodes = answer["data"]["readLog"]["nodes"].as_array().unwrap().clone();
    assert_eq!(answer["data"]["readLog"]["totalCount"], nodes.len());
    nodes
}

/// A partner with contacts of one BUMN and of none of these others.
async fn partner_of(app: &TestApp, code: &str, but: &[&str]) -> String {
    let others = but.iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ");
    let of = |codes: &str| {
        format!(
            "SELECT partner FROM partnership_partner WHERE organisation IN (SELECT id FROM organisation WHERE code IN ({codes}))"
        )
    };
    let sql = format!(
        "SELECT id FROM partner WHERE id IN ({}) AND id NOT IN ({}) AND id IN (SELECT partner FROM contact) ORDER BY id",
        of(&format!("'{code}'")),
        of(&others)
    );
    global("partner", uuids(app, &sql).await[0])
}

async fn show(app: &TestApp, who: &str, partner: &str) -> String {
    let answer = app.post(who, CONTACTS, json!({ "id": partner })).await;
    assert!(answer.json()["data"]["partner"]["contacts"][0]["mask"].is_string(), "{}", answer.text);
    answer.headers["x-request-id"].to_str().unwrap().to_owned()
}

fn requests(records: &[Value]) -> Vec<String> {
    records.iter().map(|record| record["requestId"].as_str().unwrap().to_owned()).collect()
}

async fn auditors_and_administrators_alone_read_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.data("PLN", "{ viewer { role } }").await;
    let ministries = ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "KEMENBUMN:VIEWER"];
    for who in ministries.iter().chain(&BUMN) {
        for document in [
            "{ readLog { nodes { at } } }",
            "{ readLog(first: 0) { totalCount } }",
            "{ readLog(filter: { actor: [\"test-PLN\"] }) { totalCount } }",
            "{ readLog { edges { cursor node { number } } } }",
        ] {
            assert_forbidden(&app, who, document, "Query.readLog", "read-log-readers").await;
        }
    }
    for who in ["AUDITOR", "ADMIN"] {
        let own = log(&app, who, json!({ "actor": ["test-PLN"] })).await;
        assert_eq!(own.len(), 1 + 4, "{own:#?}");
        assert_eq!(
            (&own[0]["role"], &own[0]["kind"], &own[0]["outcome"]),
            (&json!("BUMN"), &json!("QUERY"), &json!("OK"))
        );
        assert_eq!((&own[1]["kind"], &own[1]["outcome"]), (&Value::Null, &json!("FORBIDDEN")));
    }
    // Nor is it kept for another, or told at what it is.
    let first = log(&app, "ADMIN", json!({})).await.len();
    assert_eq!(log(&app, "ADMIN", json!({})).await.len(), first + 1);
    for (path, filter) in [
        ("filter.noun.1", json!({ "noun": ["milestone", "%"] })),
        ("filter.noun.0", json!({ "noun": [""] })),
        ("filter.partner", json!({ "partner": "milestone_01h455vb4pex5vsknk084sn02q" })),
        ("$filter.from", json!({ "from": "yesterday" })),
    ] {
        let document = "query($filter: ReadLogFilter) { readLog(filter: $filter) { totalCount } }";
        let answer = app.post("ADMIN", document, json!({ "filter": filter })).await.json();
        let fault = &answer["errors"][0]["extensions"];
        assert_eq!((&fault["code"], &fault["faults"][0]["path"]), (&json!("BAD_USER_INPUT"), &json!(path)));
    }
}

async fn it_is_found_by_person_token_noun_partner_and_time(backend: Backend) {
    let app = TestApp::new(backend).await;
    let start = app.now();
    let at = |seconds: i64| Timestamp(start.0 + seconds * 1_000_000);
    let (one, other) = (partner_of(&app, "PLN", &["RNI"]).await, partner_of(&app, "RNI", &["PLN"]).await);
    let mut made = Vec::new();
    for (seconds, who, partner) in
        [(0, "KEMENKOPUKM", &one), (10, "KEMENPERIN", &one), (20, "KEMENKOPUKM", &other), (30, "PLN", &one)]
    {
        app.clock.set(at(seconds));
        made.push(show(&app, who, partner).await);
    }
    app.clock.set(at(40));
    app.data("PLN", "{ milestones(first: 1) { nodes { title } } outcomes(first: 0) { totalCount } }").await;
    app.clock.set(at(50));

    // Who has read this partner's contacts?
    for who in ["ADMIN", "AUDITOR"] {
        let of_one = log(&app, who, json!({ "partner": one })).await;
        assert_eq!(requests(&of_one), [&*made[0], &made[1], &made[3]]);
        assert!(
            of_one
                .iter()
                .all(|record| record["partners"] == json!([one]) && record["operation"] == "Contacts")
        );
        assert_eq!(requests(&log(&app, who, json!({ "partner": other })).await), [&*made[2]]);
    }
    // Whose data did this token see between these times?
    let first = log(&app, "ADMIN", json!({ "actor": ["test-KEMENKOPUKM"] })).await;
    assert_eq!(requests(&first), [&*made[0], &made[2]]);
    // Each request came by a token of its own.
    let tokens = first.iter().map(|record| record["token"].clone()).collect::<Vec<_>>();
    assert_ne!(tokens[0], tokens[1]);
    let by_token = log(&app, "ADMIN", json!({ "token": [tokens[1]] })).await;
    assert_eq!((requests(&by_token), &by_token[0]["partners"]), (vec![made[2].clone()], &json!([other])));
    let times = json!({ "token": tokens, "from": at(0), "until": at(20) });
    assert_eq!(requests(&log(&app, "ADMIN", times).await), [&*made[0]]);
    let times = json!({ "from": at(10), "until": at(31) });
    assert_eq!(requests(&log(&app, "ADMIN", times).await), [&*made[1], &made[2], &made[3]]);

    let nouns = |record: &Value, noun: &str| {
        let all = record["nouns"].as_array().unwrap();
        all.iter().find(|one| one["noun"] == noun).map(|one| one["rows"].clone())
    };
    let milestones = log(&app, "ADMIN", json!({ "noun": ["milestone"] })).await;
    assert_eq!(milestones.len(), 1, "{milestones:#?}");
    assert_eq!(nouns(&milestones[0], "milestone"), Some(json!(1)));
    // A name is all of it, and no pattern.
    for noun in ["mileston", "m_lestone", "milestones", "outcome_revision"] {
        assert!(log(&app, "ADMIN", json!({ "noun": [noun] })).await.is_empty(), "{noun}");
    }
    let several = log(&app, "ADMIN", json!({ "noun": ["contact", "milestone"], "until": at(50) })).await;
    assert_eq!(several.len(), 5);
    assert!(log(&app, "ADMIN", json!({ "noun": [] })).await.is_empty());

    // What is told is what is kept.
    let row = &rows(&app, "SELECT hash, token FROM read_record WHERE number = 1").await[0];
    let hash = hex::encode(row.try_get_by_index::<Vec<u8>>(0).unwrap());
    assert_eq!((&first[0]["hash"], &first[0]["number"]), (&json!(hash), &json!(1)));
    let second = log(&app, "ADMIN", json!({ "actor": ["test-KEMENPERIN"] })).await;
    assert_eq!(second[0]["previousHash"], json!(hash));
    assert_eq!(
        (&first[0]["at"], &first[0]["organisation"]),
        (
            &json!(start.to_string()),
            &json!(global("organisation", crate::succession::find(&app, "KEMENKOPUKM").await))
        )
    );
    assert_eq!(first[0]["variables"], json!(json!({ "id": one }).to_string()));
}

async fn it_is_paged_by_time(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut made = Vec::new();
    for seconds in 0..7_i64 {
        // Two at each moment.
        app.clock
            .set(Timestamp(crate::support::NOW.parse::<Timestamp>().unwrap().0 + seconds / 2 * 1_000_000));
        let answer = app.post("KEMENBUMN", "{ __typename }", json!({})).await;
        made.push(answer.headers["x-request-id"].to_str().unwrap().to_owned());
    }
    app.app.reads.flush().await.unwrap();
    for direction in ["ASC", "DESC"] {
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let document = format!(
                "{{ readLog(first: 2, after: {after}, direction: {direction}, filter: {{ actor: [\"test-KEMENBUMN\"] }}) {{
                    nodes {{ requestId }} pageInfo {{ hasNextPage endCursor }} }} }}"
            );
            let data = app.data("ADMIN", &document).await;
            found.extend(requests(data["readLog"]["nodes"].as_array().unwrap()));
            if data["readLog"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = data["readLog"]["pageInfo"]["endCursor"].clone();
        }
        let mut expected = made.clone();
        if direction == "DESC" {
            expected.reverse();
        }
        assert_eq!(found, expected, "{direction}");
    }
}

async fn an_auditor_of_some_organisations_reads_what_is_theirs(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (own, theirs) = (partner_of(&app, "PLN", &["RNI"]).await, partner_of(&app, "RNI", &["PLN"]).await);
    // RNI gets a partner of PLN's as well.
    let id = |global: &str| GlobalId::parse(global).unwrap().id;
    app.sql(&format!(
        "INSERT INTO partnership_partner (id, version, partnership, organisation, partner, lead, joined_on)
         SELECT {}, 1, partnership, organisation, {}, (1 = 0), joined_on FROM partnership_partner
         WHERE organisation = (SELECT id FROM organisation WHERE code = 'RNI') LIMIT 1",
        literal(backend, app.clock.new_id()),
        literal(backend, id(&own))
    ))
    .await;
    let by_rni = show(&app, "RNI", &own).await;
    let by_pln = show(&app, "PLN", &own).await;
    let by_ministry = show(&app, "KEMENKOPUKM", &own).await;
    // Of both at once, and of what is RNI's alone.
    let both = "query Both { partners(first: 100) { nodes { id contacts { mask } } } }";
    let both = app.post("KEMENBUMN", both, json!({})).await;
    let by_both = both.headers["x-request-id"].to_str().unwrap().to_owned();
    show(&app, "KEMENKOPUKM", &theirs).await;
    show(&app, "RNI", &theirs).await;
    app.data("KEMENBUMN", "{ milestones(first: 1) { nodes { title } } }").await;

    let all = log(&app, "AUDITOR+PLN", json!({})).await;
    let expected = [by_rni, by_pln, by_ministry, by_both];
    assert_eq!(requests(&all), expected);
    // Another BUMN is not told; that it was one, and when, is.
    assert_eq!((&all[0]["role"], &all[0]["partners"]), (&json!("BUMN"), &json!([own])));
    for hidden in ["actor", "token", "organisation", "operation", "document", "variables"] {
        assert_eq!(all[0][hidden], Value::Null, "{hidden}");
    }
    assert_eq!(all[0]["nouns"], json!([]));
    // What PLN has read is told whole.
    assert_eq!((&all[1]["actor"], &all[1]["operation"]), (&json!("test-PLN"), &json!("Contacts")));
    assert!(all[1]["variables"].is_string() && !all[1]["nouns"].as_array().unwrap().is_empty());
    // Of a ministry's read who it was and whose data it has seen, of PLN's partners.
    for (record, who) in [(&all[2], "test-KEMENKOPUKM"), (&all[3], "test-KEMENBUMN")] {
        assert_eq!(record["actor"], who);
        assert!(record["organisation"].is_string() && record["token"].is_string());
        for hidden in ["operation", "document", "variables"] {
            assert_eq!(record[hidden], Value::Null, "{hidden}");
        }
        assert_eq!(record["nouns"], json!([]));
        let partners = record["partners"].as_array().unwrap();
        assert!(partners.contains(&json!(own)) && !partners.contains(&json!(theirs)), "{partners:?}");
        let reached = uuids(&app, "SELECT partner FROM partnership_partner WHERE organisation = (SELECT id FROM organisation WHERE code = 'PLN')").await;
        let reached = |partner: &Value| reached.contains(&id(partner.as_str().unwrap()));
        assert!(partners.iter().all(reached), "{partners:?}");
    }
    // What is not told is found by no filter.
    let find = async |filter: Value| requests(&log(&app, "AUDITOR+PLN", filter).await);
    assert_eq!(find(json!({ "actor": ["test-RNI"] })).await, [""; 0]);
    assert_eq!(find(json!({ "partner": theirs })).await, [""; 0]);
    assert_eq!(find(json!({ "noun": ["milestone"] })).await, [""; 0]);
    assert_eq!(find(json!({ "noun": ["contact"] })).await, expected[1..2]);
    assert_eq!(find(json!({ "actor": ["test-KEMENBUMN"] })).await, expected[3..]);
    assert_eq!(find(json!({ "partner": own })).await, expected);
    // Of nobody's there is nothing, to whoever may see nothing of it.
    let nobody = json!({ "partner": global("partner", Uuid::from_u128(7)) });
    assert!(log(&app, "AUDITOR+PERHUTANI", nobody).await.is_empty());
    // An auditor of all, and an administrator, are told of all of them.
    for who in ["AUDITOR", "ADMIN"] {
        let of_rni = log(&app, who, json!({ "actor": ["test-RNI"] })).await;
        assert_eq!(of_rni.last().unwrap()["partners"], json!([theirs]), "{who}");
    }
}

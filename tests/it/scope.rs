//! What each actor sees: exactly its own, in lists, totals, single objects, filters and orders.
//!
//! What is expected is computed here by SQL of the test's own, behind the program's back.

use kemitraan::types::GlobalId;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{BUMN, Backend, TestApp};

crate::both!(
    lists_and_totals_are_exactly_those_within_reach,
    single_objects_out_of_reach_are_not_there,
    filters_reveal_nothing,
    orders_and_cursors_reveal_nothing,
    nested_lists_are_narrowed_too,
    administrators_see_none_of_the_work,
    viewers_are_who_their_token_says,
);

/// Everyone who sees some of the work: whom a token is for, and whose work that is; none for all.
pub fn readers() -> Vec<(String, Option<Vec<&'static str>>)> {
    let mut readers = ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "KEMENBUMN:VIEWER", "AUDITOR"]
        .map(|who| (who.to_owned(), None))
        .to_vec();
    for code in BUMN {
        readers.push((code.to_owned(), Some(vec![code])));
    }
    readers.push(("PLN:VIEWER".to_owned(), Some(vec!["PLN"])));
    readers.push(("AUDITOR+PLN+RNI".to_owned(), Some(vec!["PLN", "RNI"])));
    readers.push(("AUDITOR+PERHUTANI".to_owned(), Some(vec!["PERHUTANI"])));
    // A letter that names a ministry covers no partnership.
    readers.push(("AUDITOR+KEMENPERIN".to_owned(), Some(vec!["KEMENPERIN"])));
    readers
}

/// SQL that holds for the rows of these organisations.
pub fn within(codes: Option<&[&str]>) -> String {
    let Some(codes) = codes else { return "1 = 1".to_owned() };
    let codes = codes.iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ");
    format!("organisation IN (SELECT id FROM organisation WHERE code IN ({codes}))")
}

pub async fn rows(app: &TestApp, sql: &str) -> Vec<sea_orm::QueryResult> {
    let raw = app.raw();
    let statement = Statement::from_string(raw.get_database_backend(), sql);
    raw.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

pub async fn uuids(app: &TestApp, sql: &str) -> Vec<Uuid> {
    rows(app, sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// An id as SQL writes it.
pub fn literal(backend: Backend, id: Uuid) -> String {
    match backend {
        Backend::Sqlite => format!("X'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

pub fn global(noun: &str, id: Uuid) -> String {
    GlobalId { noun, id }.to_string()
}

/// The global ids of what the SQL gives, in its order.
pub async fn ids(app: &TestApp, noun: &str, sql: &str) -> Vec<String> {
    uuids(app, sql).await.into_iter().map(|id| global(noun, id)).collect()
}

pub async fn sequences(app: &TestApp, sql: &str) -> Vec<i64> {
    rows(app, sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// A list of the API: its field, the noun, and what it is ordered by at first.
pub const LISTS: [(&str, &str, &str); 11] = [
    ("memoranda", "memorandum", "signed_on"),
    ("organisations", "organisation", "code"),
    ("partners", "partner", "name"),
    ("partnerships", "partnership", "title"),
    ("milestones", "milestone", "due_on"),
    ("clauses", "clause", "position"),
    ("certificates", "certificate", "number"),
    ("obstacles", "obstacle", "raised_at DESC"),
    ("evidenceItems", "evidence", "attached_at DESC"),
    ("outcomeRevisions", "outcome_revision", "reported_at DESC"),
    ("successions", "succession", "effective_on"),
];

/// The root field of a noun's single objects.
pub fn root(noun: &str) -> String {
    let mut words = noun.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |root, word| root + &word[..1].to_uppercase() + &word[1..])
}

/// SQL that holds for the rows of a noun that are within reach.
pub fn reach(noun: &str, codes: Option<&[&str]>) -> String {
    match (noun, codes) {
        ("memorandum" | "organisation" | "quarter" | "clause" | "succession", _) | (_, None) => {
            "1 = 1".to_owned()
        }
        ("partner", some) => {
            format!("id IN (SELECT partner FROM partnership_partner WHERE {})", within(some))
        }
        ("certificate" | "contact", some) => {
            format!("partner IN (SELECT partner FROM partnership_partner WHERE {})", within(some))
        }
        (_, some) => within(some),
    }
}

/// All that is within reach, in the order of `by`.
pub async fn expected(app: &TestApp, noun: &str, codes: Option<&[&str]>, by: &str) -> Vec<String> {
    ids(
        app,
        noun,
        &format!(
            "SELECT id FROM {noun} WHERE {} ORDER BY {by}, id{}",
            reach(noun, codes),
            if by.ends_with(" DESC") { " DESC" } else { "" }
        ),
    )
    .await
}

pub fn listed(connection: &Value) -> Vec<String> {
    let id = |node: &Value| node["id"].as_str().unwrap().to_owned();
    connection["nodes"]
        .as_array()
        .unwrap_or_else(|| panic!("no nodes: {connection:#}"))
        .iter()
        .map(id)
        .collect()
}

async fn lists_and_totals_are_exactly_those_within_reach(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, codes) in readers() {
        for (field, noun, by) in LISTS {
            let expected = expected(&app, noun, codes.as_deref(), by).await;
            let document = format!(
                "{{ {field}(first: 100) {{ totalCount nodes {{ id }} edges {{ node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
            );
            let data = app.data(&who, &document).await;
            assert_eq!(listed(&data[field]), expected, "{who}: {field}");
            let edges = data[field]["edges"]
                .as_array()
                .unwrap()
                .iter()
                .map(|edge| edge["node"]["id"].as_str().unwrap());
            assert_eq!(edges.collect::<Vec<_>>(), expected, "{who}: {field}");
            assert_eq!(data[field]["totalCount"], expected.len(), "{who}: {field}");
            assert_eq!(data[field]["pageInfo"], json!({ "hasNextPage": false, "hasPreviousPage": false }));
            // A total is counted where nothing else is asked, too.
            let data = app.data(&who, &format!("{{ {field}(first: 0) {{ totalCount }} }}")).await;
            assert_eq!(data[field]["totalCount"], expected.len(), "{who}: {field}");
        }
    }
    // The test is one: what they see differs, and is not nothing.
    let count = async |who: &str| {
        app.data(who, "{ partnerships { totalCount } }").await["partnerships"]["totalCount"].as_i64().unwrap()
    };
    assert_eq!(count("KEMENBUMN").await, 9);
    assert_eq!(count("PLN").await, 2);
    assert_eq!(count("AUDITOR+PLN+RNI").await, 3);
    assert_eq!(count("AUDITOR+KEMENPERIN").await, 0);
}

async fn single_objects_out_of_reach_are_not_there(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| {
        (limits.limit_root_fields, limits.limit_aliases) = (5_000, 5_000);
        (limits.limit_tokens, limits.limit_cost) = (100_000, 1_000_000);
    })
    .await;
    let nothing = Uuid::from_u128(0x01890a5d_ac96_774b_bcce_b302099a8057);
    for (who, codes) in readers() {
        let mut asked = Vec::new();
        for (_, noun, by) in LISTS {
            let own = &*root(noun).leak();
            let visible = expected(&app, noun, codes.as_deref(), by).await;
            for id in expected(&app, noun, None, by).await {
                let seen = visible.contains(&id);
                // By its own field, by `node`, and under another noun's name.
                let other = if noun == "partner" { "milestone" } else { "partner" };
                asked.push((own, id.clone(), seen));
                asked.push(("node", id.clone(), seen));
                asked.push((other, id.clone(), false));
                asked.push((other, id.replace(noun, other), false));
                asked.push(("node", id.replace(noun, other), false));
            }
            let missing = global(noun, nothing);
            asked.push((own, missing.clone(), false));
            for id in ["", "x", noun, &format!("{noun}_"), &missing[1..], &missing[..missing.len() - 1]] {
                asked.push((own, id.to_owned(), false));
                asked.push(("node", id.to_owned(), false));
            }
        }
        asked.push(("node", "entry_01h455vb4pex5vsknk084sn02q".to_owned(), false));
        let fields = asked
            .iter()
            .enumerate()
            .map(|(at, (field, id, _))| format!("a{at}: {field}(id: \"{id}\") {{ id }}"));
        let answer = app.ask(&who, &format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "))).await;
        let errors = answer["errors"].as_array().unwrap();
        let mut unseen = 0;
        for (at, (field, id, seen)) in asked.iter().enumerate() {
            let key = format!("a{at}");
            if *seen {
                assert_eq!(answer["data"][&key], json!({ "id": id }), "{who}: {field} {id}");
                continue;
            }
            unseen += 1;
            assert_eq!(answer["data"][&key], Value::Null, "{who}: {field} {id}");
            let own = errors.iter().filter(|error| error["path"] == json!([key])).collect::<Vec<_>>();
            let [error] = own[..] else { panic!("{who}: {field} {id}: {own:#?}") };
            // What is hidden and what is not there are told in the same words.
            assert_eq!(error["extensions"], json!({ "code": "NOT_FOUND" }), "{who}: {field} {id}");
            assert_eq!(
                error["message"],
                format!("nothing that you can see has the id {id:?}"),
                "{who}: {field}"
            );
        }
        assert_eq!(errors.len(), unseen, "{who}");
    }
}

async fn filters_reveal_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let list = |some: &[String]| json!(some).to_string();
    for (who, codes) in readers() {
        let Some(own) = codes else { continue };
        let others = BUMN.into_iter().filter(|code| !own.contains(code)).collect::<Vec<_>>();
        let quoted = others.iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ");
        let organisations =
            ids(&app, "organisation", &format!("SELECT id FROM organisation WHERE code IN ({quoted})")).await;
        let partnerships = expected(&app, "partnership", Some(&others), "title").await;
        let partners = ids(
            &app,
            "partner",
            &format!("SELECT id FROM partner WHERE NOT ({})", reach("partner", Some(&own))),
        )
        .await;
        assert!(!organisations.is_empty() && !partnerships.is_empty() && !partners.is_empty());
        let mut documents = vec![
            format!("list: partnerships(filter: {{ organisation: {} }})", list(&organisations)),
            format!("list: milestones(filter: {{ organisation: {} }})", list(&organisations)),
            format!("list: milestones(filter: {{ partnership: {} }})", list(&partnerships)),
        ];
        documents.extend(
            partners
                .iter()
                .map(|partner| format!("list: partnerships(filter: {{ partner: \"{partner}\" }})")),
        );
        for row in
            rows(&app, &format!("SELECT nib FROM partner WHERE NOT ({})", reach("partner", Some(&own)))).await
        {
            let nib: String = row.try_get_by_index(0).unwrap();
            documents.push(format!("list: partners(filter: {{ nib: \"{nib}\" }})"));
        }
        for document in documents {
            let data = app.data(&who, &format!("{{ {document} {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage startCursor }} }} }}")).await;
            let nothing = json!({ "totalCount": 0, "nodes": [], "pageInfo": { "hasNextPage": false, "startCursor": null } });
            assert_eq!(data["list"], nothing, "{who}: {document}");
        }
    }
    // Every other filter: as SQL says, within reach.
    let pick = async |noun: &str| ids(&app, noun, &format!("SELECT id FROM {noun} ORDER BY id")).await;
    let memorandum = pick("memorandum").await.remove(0);
    let partners = uuids(&app, "SELECT id FROM partner ORDER BY id").await;
    let mut filters = vec![
        (
            "partnerships",
            "status: [ACTIVE, PROPOSED]".to_owned(),
            "status IN ('ACTIVE', 'PROPOSED')".to_owned(),
        ),
        ("partnerships", "pattern: [SUPPLY_CHAIN]".to_owned(), "pattern = 'SUPPLY_CHAIN'".to_owned()),
        ("partnerships", "channel: [BUMN_PROCUREMENT]".to_owned(), "channel = 'BUMN_PROCUREMENT'".to_owned()),
        (
            "partnerships",
            "supplyDirection: BUMN_TO_PARTNER".to_owned(),
            "supply_direction = 'BUMN_TO_PARTNER'".to_owned(),
        ),
        ("partnerships", "batch: [\"PILOT_2021\"]".to_owned(), "batch = 'PILOT_2021'".to_owned()),
        ("partnerships", "batch: [\"OTHER\"]".to_owned(), "batch = 'OTHER'".to_owned()),
        ("partnerships", format!("memorandum: \"{memorandum}\""), "1 = 1".to_owned()),
        ("milestones", "status: [MET, RETURNED]".to_owned(), "status IN ('MET', 'RETURNED')".to_owned()),
        ("milestones", "type: [CURATION]".to_owned(), "type = 'CURATION'".to_owned()),
        ("milestones", "reporter: [KEMENPERIN]".to_owned(), "reporter = 'KEMENPERIN'".to_owned()),
        (
            "milestones",
            "verifier: [KEMENBUMN, BUMN]".to_owned(),
            "verifier IN ('KEMENBUMN', 'BUMN')".to_owned(),
        ),
        ("milestones", "dueFrom: \"2022-06-01\"".to_owned(), "due_on >= '2022-06-01'".to_owned()),
        ("milestones", "dueUntil: \"2022-06-01\"".to_owned(), "due_on <= '2022-06-01'".to_owned()),
        (
            "milestones",
            "dueFrom: \"2022-06-01\", dueUntil: \"2026-12-31\", status: [SCHEDULED]".to_owned(),
            "due_on >= '2022-06-01' AND due_on <= '2026-12-31' AND status = 'SCHEDULED'".to_owned(),
        ),
        (
            "milestones",
            "overdue: true".to_owned(),
            "due_on < '2026-11-24' AND status IN ('SCHEDULED', 'IN_PROGRESS', 'RETURNED')".to_owned(),
        ),
        (
            "milestones",
            "overdue: false".to_owned(),
            "NOT (due_on < '2026-11-24' AND status IN ('SCHEDULED', 'IN_PROGRESS', 'RETURNED'))".to_owned(),
        ),
        ("partners", "steward: KEMENPERIN".to_owned(), "steward = 'KEMENPERIN'".to_owned()),
        ("partners", "legalForm: [CV, PT]".to_owned(), "legal_form IN ('CV', 'PT')".to_owned()),
        ("partners", "scale: [MICRO]".to_owned(), "scale = 'MICRO'".to_owned()),
        ("partners", "isIkm: false".to_owned(), "steward = 'KEMENKOPUKM'".to_owned()),
        ("partners", "nib: \"0000000000008\"".to_owned(), "nib = '0000000000008'".to_owned()),
        ("organisations", "kind: [MINISTRY]".to_owned(), "kind = 'MINISTRY'".to_owned()),
        ("organisations", "seat: [BUMN, KEMENPERIN]".to_owned(), "seat IN ('BUMN', 'KEMENPERIN')".to_owned()),
        (
            "organisations",
            "code: [\"PLN\", \"RNI\", \"X\"]".to_owned(),
            "code IN ('PLN', 'RNI', 'X')".to_owned(),
        ),
    ];
    for partner in &partners {
        let sql = format!(
            "id IN (SELECT partnership FROM partnership_partner WHERE partner = {})",
            literal(backend, *partner)
        );
        filters.push(("partnerships", format!("partner: \"{}\"", global("partner", *partner)), sql));
    }
    for (who, codes) in readers() {
        for (field, filter, sql) in &filters {
            let (_, noun, by) = LISTS.into_iter().find(|list| list.0 == *field).unwrap();
            let sql = format!(
                "SELECT id FROM {noun} WHERE {} AND ({sql}) ORDER BY {by}, id",
                reach(noun, codes.as_deref())
            );
            let expected = ids(&app, noun, &sql).await;
            let data = app
                .data(
                    &who,
                    &format!(
                        "{{ {field}(first: 100, filter: {{ {filter} }}) {{ totalCount nodes {{ id }} }} }}"
                    ),
                )
                .await;
            assert_eq!(listed(&data[*field]), expected, "{who}: {field} {filter}");
            assert_eq!(data[*field]["totalCount"], expected.len(), "{who}: {field} {filter}");
        }
    }
}

/// What the lists can be ordered by: the field's name in the API, and the column.
pub const ORDERS: [(&str, &str, &str, &str); 9] = [
    ("memoranda", "memorandum", "SIGNED_ON", "signed_on"),
    ("organisations", "organisation", "CODE", "code"),
    ("organisations", "organisation", "RECORDED", "id"),
    ("partners", "partner", "NAME", "name"),
    ("partners", "partner", "RECORDED", "id"),
    ("partnerships", "partnership", "TITLE", "title"),
    ("partnerships", "partnership", "RECORDED", "id"),
    ("milestones", "milestone", "DUE_ON", "due_on"),
    ("milestones", "milestone", "RECORDED", "id"),
];

pub async fn in_order(
    app: &TestApp,
    noun: &str,
    codes: Option<&[&str]>,
    column: &str,
    direction: &str,
) -> Vec<String> {
    let sql = format!(
        "SELECT id FROM {noun} WHERE {} ORDER BY {column} {direction}, id {direction}",
        reach(noun, codes)
    );
    ids(app, noun, &sql).await
}

async fn orders_and_cursors_reveal_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let own: &[&str] = &["PLN"];
    for (field, noun, by, column) in ORDERS {
        for direction in ["ASC", "DESC"] {
            let all = in_order(&app, noun, None, column, direction).await;
            let visible = in_order(&app, noun, Some(own), column, direction).await;
            let document = format!(
                "{{ {field}(first: 100, orderBy: {{ field: {by}, direction: {direction} }}) {{ nodes {{ id }} edges {{ cursor }} }} }}"
            );
            let data = app.data("KEMENBUMN", &document).await;
            assert_eq!(listed(&data[field]), all, "{field} {by} {direction}");
            // A cursor of a row out of reach is a place, and leads to nothing but one's own rows.
            for (at, edge) in data[field]["edges"].as_array().unwrap().iter().enumerate() {
                let page = |argument: &str| {
                    format!(
                        "{argument}: {field}(first: 100, orderBy: {{ field: {by}, direction: {direction} }}, {argument}: {}) {{ nodes {{ id }} }}",
                        edge["cursor"]
                    )
                };
                let data = app.data("PLN", &format!("{{ {} {} }}", page("after"), page("before"))).await;
                let kept = |some: &[String]| {
                    some.iter().filter(|id| visible.contains(id)).cloned().collect::<Vec<_>>()
                };
                assert_eq!(listed(&data["after"]), kept(&all[at + 1..]), "{field} {by} {direction} {at}");
                assert_eq!(listed(&data["before"]), kept(&all[..at]), "{field} {by} {direction} {at}");
            }
        }
    }
}

async fn nested_lists_are_narrowed_too(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_cost = 1_000_000).await;
    // A partnership that renews another BUMN's, as after a succession.
    let of = |code: &str| format!("(SELECT id FROM organisation WHERE code = '{code}')");
    app.sql(&format!(
        "UPDATE partnership SET renewal_of = (SELECT p.id FROM partnership p WHERE p.organisation = {} ORDER BY p.id LIMIT 1)
            WHERE organisation = {}",
        of("PERTAMINA"),
        of("PLN")
    ))
    .await;
    for (who, codes) in readers() {
        let codes = codes.as_deref();
        let visible = expected(&app, "partnership", codes, "title").await;
        let milestones = expected(&app, "milestone", codes, "due_on").await;
        let partners = expected(&app, "partner", codes, "name").await;
        let data = app.data(&who, "{ memoranda { nodes { signatories { signedAs organisation { code } } partnerships(first: 100) { totalCount nodes { id } } } } }").await;
        let memorandum = &data["memoranda"]["nodes"][0];
        assert_eq!(listed(&memorandum["partnerships"]), visible, "{who}");
        assert_eq!(memorandum["partnerships"]["totalCount"], visible.len(), "{who}");
        assert_eq!(memorandum["signatories"].as_array().unwrap().len(), 3);

        let data = app.data(&who, "{ organisations(first: 100) { nodes { code shortName partnerships(first: 100) { totalCount nodes { id } } } } }").await;
        for organisation in data["organisations"]["nodes"].as_array().unwrap() {
            let code = organisation["code"].as_str().unwrap();
            let own = codes.is_none_or(|codes| codes.contains(&code));
            let expected =
                if own { expected(&app, "partnership", Some(&[code]), "title").await } else { Vec::new() };
            assert_eq!(listed(&organisation["partnerships"]), expected, "{who}: {code}");
            assert_eq!(organisation["partnerships"]["totalCount"], expected.len(), "{who}: {code}");
        }

        let data = app.data(&who, "{ partners(first: 100) { nodes { id participations(first: 100) { totalCount nodes { partnership { id organisation { code } } partner { id } } } } } }").await;
        let mut joined = 0;
        for partner in data["partners"]["nodes"].as_array().unwrap() {
            for place in partner["participations"]["nodes"].as_array().unwrap() {
                let partnership = place["partnership"]["id"].as_str().unwrap().to_owned();
                assert!(visible.contains(&partnership), "{who}: {place:#}");
                assert_eq!(place["partner"]["id"], partner["id"]);
                joined += 1;
            }
            assert_eq!(
                partner["participations"]["totalCount"],
                partner["participations"]["nodes"].as_array().unwrap().len()
            );
        }
        assert_eq!(
            uuids(&app, &format!("SELECT id FROM partnership_partner WHERE {}", within(codes))).await.len(),
            joined
        );

        let data = app
            .data(
                &who,
                "{ partnerships(first: 100) { nodes { id organisation { code } partners { partner { id } }
            milestones(first: 100) { totalCount nodes { id partnership { id } dependsOn { id } } } } } }",
            )
            .await;
        let mut seen = Vec::new();
        for partnership in data["partnerships"]["nodes"].as_array().unwrap() {
            for joined in partnership["partners"].as_array().unwrap() {
                assert!(partners.contains(&joined["partner"]["id"].as_str().unwrap().to_owned()), "{who}");
            }
            for milestone in partnership["milestones"]["nodes"].as_array().unwrap() {
                assert_eq!(milestone["partnership"]["id"], partnership["id"]);
                for other in milestone["dependsOn"].as_array().unwrap() {
                    assert!(milestones.contains(&other["id"].as_str().unwrap().to_owned()), "{who}");
                }
                seen.push(milestone["id"].as_str().unwrap().to_owned());
            }
        }
        seen.sort();
        let mut milestones = milestones;
        milestones.sort();
        assert_eq!(seen, milestones, "{who}");

        // What is renewed may be out of sight: then it is null, and no error tells that it is there.
        let data = app
            .data(&who, "{ partnerships(first: 100) { nodes { organisation { code } renewalOf { id } } } }")
            .await;
        for partnership in data["partnerships"]["nodes"].as_array().unwrap() {
            let renews = partnership["organisation"]["code"] == "PLN"
                && codes.is_none_or(|codes| codes.contains(&"PERTAMINA"));
            assert_eq!(partnership["renewalOf"].is_object(), renews, "{who}: {partnership:#}");
        }
    }
}

/// Refused as a whole, before anything of it is run.
pub async fn assert_forbidden(app: &TestApp, who: &str, document: &str, coordinate: &str, rule: &str) {
    let answer = app.ask(who, document).await;
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{who}: {document}: {answer:#}"));
    for error in errors {
        assert_eq!(
            error["extensions"],
            json!({ "code": "FORBIDDEN", "rule": rule, "coordinate": coordinate }),
            "{who}: {document}: {answer:#}"
        );
    }
    assert_eq!(answer.get("data"), None, "{answer:#}");
}

async fn administrators_see_none_of_the_work(backend: Backend) {
    let app = TestApp::new(backend).await;
    let rule = "admin-sees-no-partnership";
    let nothing = Uuid::from_u128(0x01890a5d_ac96_774b_bcce_b302099a8057);
    for (field, noun, by) in LISTS {
        for selection in ["nodes { id }", "totalCount", "edges { cursor }", "pageInfo { hasNextPage }"] {
            let document = format!("{{ {field}(first: 0) {{ {selection} }} }}");
            assert_forbidden(&app, "ADMIN", &document, &format!("Query.{field}"), rule).await;
        }
        let mut some = expected(&app, noun, None, by).await;
        some.truncate(2);
        some.push(global(noun, nothing));
        for id in some {
            for root in [&*root(noun), "node"] {
                let document = format!("{{ {root}(id: \"{id}\") {{ id }} }}");
                assert_forbidden(&app, "ADMIN", &document, &format!("Query.{root}"), rule).await;
            }
        }
    }
    // Nor by way of the journal, whose images are the rows.
    let document = "{ journal { nodes { sequence changes { image } } } }";
    assert_forbidden(&app, "ADMIN", document, "JournalEntry.changes", rule).await;
    assert_forbidden(&app, "ADMIN", "{ viewer { organisation { code } } }", "Viewer.organisation", rule)
        .await;
    // A root of which nothing but its name is asked for.
    assert_forbidden(&app, "AUDITOR", "mutation { __typename }", "Mutation", "seats-write").await;
}

async fn viewers_are_who_their_token_says(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ viewer { actor role level today organisation { code shortName } assignment { institution number organisations validFrom validUntil } } }";
    for who in ["PLN", "PLN:VIEWER", "RNI:OFFICER", "KEMENKOPUKM", "KEMENPERIN:OFFICER", "KEMENBUMN"] {
        let viewer = &app.data(who, document).await["viewer"];
        let (code, level) = who.split_once(':').unwrap_or((who, "APPROVER"));
        assert_eq!(viewer["actor"], format!("test-{who}"));
        assert_eq!(viewer["role"], if BUMN.contains(&code) { "BUMN" } else { code });
        assert_eq!(viewer["level"], level);
        assert_eq!(viewer["organisation"]["code"], code);
        assert_eq!(viewer["assignment"], Value::Null);
        assert_eq!(viewer["today"], "2026-11-24");
    }
    for (who, organisations) in [("AUDITOR", json!(null)), ("AUDITOR+PLN+RNI", json!(["PLN", "RNI"]))] {
        let viewer = &app.data(who, document).await["viewer"];
        let letter = json!({ "institution": "Contoh lembaga", "number": "CONTOH/1", "organisations": organisations, "validFrom": "2026-11-24", "validUntil": "2026-12-24" });
        assert_eq!(viewer["assignment"], letter);
        assert_eq!(
            (&viewer["role"], &viewer["level"], &viewer["organisation"]),
            (&json!("AUDITOR"), &Value::Null, &Value::Null)
        );
    }
    let viewer = &app.data("ADMIN", "{ viewer { role level assignment { number } } }").await["viewer"];
    assert_eq!(*viewer, json!({ "role": "ADMIN", "level": null, "assignment": null }));
}

//! What auditors ask: met without its least evidence, recorded long after it happened, revised after lock, and the papers
//! of a partnership side by side.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::scope::{ids, listed, reach, readers};
use crate::support::{Backend, TestApp};

crate::both!(
    met_without_its_least_evidence_is_found,
    recorded_late_is_counted_in_days_of_jakarta,
    revisions_after_lock_are_listed,
    papers_stand_side_by_side,
);

/// The design's table, by hand.
const LEAST: [(&str, &str); 11] = [
    ("CURATION", "ASSESSMENT"),
    ("COACHING", "MINUTES"),
    ("CERTIFICATION", "CERTIFICATE"),
    ("PRODUCT_TRIAL", "TRIAL_REPORT"),
    ("TRIAL_ORDER", "PURCHASE_ORDER"),
    ("COOPERATION_AGREEMENT", "PKS"),
    ("SUPPLY_CONTRACT", "CONTRACT"),
    ("DELIVERY", "BAST"),
    ("PAYMENT", "PAYMENT_PROOF"),
    ("REVIEW", "REPORT"),
    ("RENEWAL", "ADDENDUM"),
];

async fn milestones(app: &TestApp, who: &str, filter: &str) -> Vec<String> {
    let document =
        format!("{{ milestones(first: 100, filter: {{ {filter} }}) {{ totalCount nodes {{ id }} }} }}");
    let list = app.data(who, &document).await["milestones"].clone();
    let mut found = listed(&list);
    assert_eq!(list["totalCount"], json!(found.len()), "{who}: {filter}");
    found.sort();
    found
}

async fn met_without_its_least_evidence_is_found(backend: Backend) {
    let app = TestApp::new(backend).await;
    // One of those that ask for none, and one whose evidence is of another kind.
    app.sql(
        "UPDATE evidence SET kind = 'OTHER' WHERE kind = 'BAST' AND organisation IN
            (SELECT id FROM organisation WHERE code = 'KRAKATAU_STEEL')",
    )
    .await;
    for (who, codes) in readers() {
        let within = reach("milestone", codes.as_deref());
        let lacking = LEAST.map(|(kind, least)| {
            format!(
                "(type = '{kind}' AND id NOT IN
                    (SELECT milestone FROM evidence WHERE kind = '{least}' AND withdrawn_at IS NULL))"
            )
        });
        let lacking = lacking.join(" OR ");
        for (filter, condition) in [
            ("withoutLeastEvidence: true", format!("({lacking})")),
            ("withoutLeastEvidence: false", format!("NOT ({lacking})")),
            ("withoutLeastEvidence: true, status: [MET]", format!("({lacking}) AND status = 'MET'")),
        ] {
            let sql = format!("SELECT id FROM milestone WHERE {within} AND {condition}");
            let mut expected = ids(&app, "milestone", &sql).await;
            expected.sort();
            assert_eq!(milestones(&app, &who, filter).await, expected, "{who}: {filter}");
        }
    }
    let found = milestones(&app, "AUDITOR", "withoutLeastEvidence: true, status: [MET]").await;
    // The one that the pilot has, and the delivery just robbed of its record.
    assert!(found.len() >= 2, "{found:?}");
    let of_pln = milestones(&app, "AUDITOR+PLN", "withoutLeastEvidence: true, status: [MET]").await;
    assert_eq!(of_pln.len(), 1);
}

async fn recorded_late_is_counted_in_days_of_jakarta(backend: Backend) {
    let app = TestApp::new(backend).await;
    let all = app.data("AUDITOR", "{ milestones(first: 100) { nodes { id occurredOn recordedAt } } }").await
        ["milestones"]["nodes"]
        .clone();
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let mut late = BTreeMap::<String, i64>::new();
    for row in all.as_array().unwrap() {
        let (Some(occurred), Some(recorded)) = (row["occurredOn"].as_str(), row["recordedAt"].as_str())
        else {
            continue;
        };
        let recorded = chrono::DateTime::parse_from_rfc3339(recorded).unwrap();
        let jakarta = chrono::FixedOffset::east_opt(7 * 3600).unwrap();
        let days = (recorded.with_timezone(&jakarta).date_naive() - day(occurred)).num_days();
        late.insert(row["id"].as_str().unwrap().to_owned(), days);
    }
    for days in [0, 1, 2, 14, 30, 39, 40, 41, 36_500] {
        let expected = late.iter().filter(|(_, late)| **late > days).map(|(id, _)| id.clone());
        let found = milestones(&app, "AUDITOR", &format!("recordedDaysLate: {days}")).await;
        assert_eq!(found, expected.collect::<Vec<_>>(), "{days}");
    }
    assert!(late.values().any(|days| *days == 40));

    // By the day in Jakarta: 23:59 of the second day is two days late, a minute later it is three.
    let id = late.keys().next().unwrap();
    for (at, days) in [("2022-03-02T16:59:59.999999Z", 2), ("2022-03-02T17:00:00Z", 3)] {
        let at = at.parse::<kemitraan::types::Timestamp>().unwrap().0;
        let raw = kemitraan::types::GlobalId::parse(id).unwrap().id;
        let literal = crate::scope::literal(backend, raw);
        app.sql(&format!(
            "UPDATE milestone SET occurred_on = '2022-02-28', recorded_at = {at} WHERE id = {literal}"
        ))
        .await;
        for limit in 0..5 {
            let found = milestones(&app, "AUDITOR", &format!("recordedDaysLate: {limit}")).await;
            assert_eq!(found.contains(id), days > limit, "{at}: {limit}");
        }
    }
    for wrong in [-1, 36_501] {
        let document = format!("{{ milestones(filter: {{ recordedDaysLate: {wrong} }}) {{ totalCount }} }}");
        let answer = app.ask("AUDITOR", &document).await;
        assert_eq!(answer["errors"][0]["extensions"]["faults"][0]["path"], "filter.recordedDaysLate");
    }
}

async fn revisions_after_lock_are_listed(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ outcomeRevisions(first: 10, filter: FILTER) { totalCount nodes {
        number actual reason status reportedBy verifiedBy outcome { id actual latest indicator quarter { code status lockedAt } }
        partnership { title } organisation { code } reportedAt } } }";
    let ask = async |who: &str, filter: &str| {
        app.data(who, &document.replace("FILTER", filter)).await["outcomeRevisions"].clone()
    };
    let all = ask("AUDITOR", "{}").await;
    assert_eq!(all["totalCount"], 1);
    let revision = &all["nodes"][0];
    assert_eq!(revision["status"], "VERIFIED");
    assert_eq!(revision["outcome"]["latest"], revision["actual"]);
    assert_ne!(revision["outcome"]["actual"], revision["actual"]);
    let quarter = &revision["outcome"]["quarter"];
    assert_eq!(quarter["status"], "LOCKED");
    assert!(quarter["lockedAt"].as_str() < revision["reportedAt"].as_str());
    let (code, owner) =
        (quarter["code"].as_str().unwrap(), revision["organisation"]["code"].as_str().unwrap());
    for (filter, count) in [
        (format!("{{ quarter: \"{code}\" }}"), 1),
        ("{ quarter: \"2021-Q3\" }".to_owned(), 0),
        ("{ indicator: [TRANSACTION_VALUE], status: [VERIFIED] }".to_owned(), 1),
        ("{ indicator: [EMPLOYMENT] }".to_owned(), 0),
        ("{ status: [SUBMITTED] }".to_owned(), 0),
    ] {
        assert_eq!(ask("AUDITOR", &filter).await["totalCount"], count, "{filter}");
    }
    for who in ["PERTAMINA", "PLN", "RNI", "AUDITOR+PLN", "KEMENPERIN"] {
        let sees = who == owner || who.starts_with("KEMEN");
        assert_eq!(ask(who, "{}").await["totalCount"], i32::from(sees), "{who}");
    }
    let answer =
        app.ask("AUDITOR", "{ outcomeRevisions(filter: { quarter: \"2021-Q9\" }) { totalCount } }").await;
    assert_eq!(answer["errors"][0]["extensions"]["faults"][0]["path"], "filter.quarter");
}

async fn papers_stand_side_by_side(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ partnerships(first: 100) { nodes { title contractedValue { amount }
        contracts: evidence(filter: { kind: [CONTRACT, PKS] }) { nodes { kind number amount datedOn withdrawnAt } }
        deliveries: evidence(filter: { kind: [BAST] }) { nodes { kind number amount } }
        payments: evidence(filter: { kind: [PAYMENT_PROOF, INVOICE, FAKTUR_PAJAK] }) { nodes { kind number amount } } } } }";
    let data = app.data("AUDITOR", document).await;
    let has = |node: &Value, field: &str| !node[field]["nodes"].as_array().unwrap().is_empty();
    let whole = data["partnerships"]["nodes"].as_array().unwrap().iter();
    let whole =
        whole.filter(|node| ["contracts", "deliveries", "payments"].iter().all(|field| has(node, field)));
    let whole = whole.collect::<Vec<_>>();
    assert!(!whole.is_empty(), "{data:#}");
    for node in &whole {
        for payment in node["payments"]["nodes"].as_array().unwrap() {
            assert!(
                ["PAYMENT_PROOF", "INVOICE", "FAKTUR_PAJAK"].contains(&payment["kind"].as_str().unwrap())
            );
            assert!(payment["number"].as_str().unwrap().starts_with("CONTOH/"));
        }
    }
    // Exactly by number, and by the hash of the bytes.
    let number = whole[0]["payments"]["nodes"][0]["number"].as_str().unwrap();
    let found = format!(
        "{{ evidenceItems(filter: {{ number: [\"{number}\"] }}) {{ totalCount nodes {{ sha256 size }} }} }}"
    );
    let found = app.data("AUDITOR", &found).await["evidenceItems"].clone();
    assert_eq!(found["totalCount"], 1);
    let hash = found["nodes"][0]["sha256"].as_str().unwrap();
    let same = format!("{{ evidenceItems(filter: {{ sha256: [\"{hash}\"] }}) {{ nodes {{ number }} }} }}");
    assert_eq!(app.data("AUDITOR", &same).await["evidenceItems"]["nodes"], json!([{ "number": number }]));
}

//! What surrounds the work, as it is asked for: masks instead of values, the path from a clause to its verification,
//! objects by what another system calls them, obstacles, certificates, baselines.

use serde_json::{Value, json};

use crate::scope::{ids, listed, reach, readers, rows};
use crate::support::{Backend, TestApp};

crate::both!(
    contacts_are_masked_for_everyone,
    a_clause_leads_to_its_verification,
    clauses_without_a_milestone_are_told_by_what_one_sees,
    objects_are_found_by_what_another_system_calls_them,
    obstacles_are_filtered_and_late_by_the_day,
    certificates_and_the_baseline_tell_their_dates_and_sources,
    a_succession_is_told_from_both_ends,
);

async fn contacts_are_masked_for_everyone(backend: Backend) {
    let app = TestApp::new(backend).await;
    let values = rows(&app, "SELECT value FROM contact_value").await;
    let values = values.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<_>>();
    assert!(values.len() > 20 && values.iter().any(|value| value.len() == 16));
    let document =
        "{ partners(first: 100) { nodes { name legalForm npwp contacts { id kind mask erased } } } }";
    for (who, codes) in readers() {
        let answer = app.post(&who, document, json!({})).await;
        for value in &values {
            assert!(!answer.text.contains(value.as_str()), "{who}: {value}");
        }
        let data = answer.json()["data"]["partners"]["nodes"].clone();
        let contacts = data.as_array().unwrap().iter().flat_map(|one| one["contacts"].as_array().unwrap());
        let contacts = contacts.collect::<Vec<_>>();
        let sql = format!("SELECT id FROM contact WHERE {}", reach("contact", codes.as_deref()));
        assert_eq!(contacts.len(), ids(&app, "contact", &sql).await.len(), "{who}");
        for contact in contacts {
            let mask = contact["mask"].as_str().unwrap();
            let fits = match contact["kind"].as_str().unwrap() {
                "PERSON" => mask == "C*** P*** 1***" || mask.starts_with("C*** P*** "),
                "EMAIL" => mask == "c***@…",
                "PHONE" => mask.starts_with("****") && mask.len() == 14,
                "NPWP" => mask.len() == 16 && mask[4..12] == *"********",
                other => panic!("{other}"),
            };
            assert!(fits, "{contact}");
        }
        // The NPWP of a sole proprietor is personal: it is no field of the partner.
        for one in data.as_array().unwrap().iter().filter(|one| one["legalForm"] == "PERSEORANGAN") {
            assert_eq!(one["npwp"], Value::Null);
        }
    }
    // Erased: the value is gone, and what was said of it stays.
    app.sql("DELETE FROM contact_value").await;
    app.sql(if backend == Backend::Sqlite {
        "UPDATE contact SET erased = 1"
    } else {
        "UPDATE contact SET erased = true"
    })
    .await;
    let data =
        app.data("KEMENKOPUKM", "{ partners(first: 1) { nodes { contacts { mask erased kind } } } }").await;
    for contact in data["partners"]["nodes"][0]["contacts"].as_array().unwrap() {
        assert_eq!((&contact["mask"], &contact["erased"]), (&Value::Null, &json!(true)));
    }
}

async fn a_clause_leads_to_its_verification(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document =
        "{ memoranda(first: 1) { nodes { clauses(first: 10) { totalCount nodes { number title sample
        milestones(first: 30, filter: { status: [MET] }) { nodes { title clause { number }
            evidence(first: 5, filter: { withdrawn: false }) { nodes { kind number milestone { title } } }
            verifiedAt verifiedBy verifierOrganisation { code } } } } } } } }";
    for who in ["KEMENBUMN", "AUDITOR", "PERTAMINA"] {
        let data = app.data(who, document).await;
        let clauses = &data["memoranda"]["nodes"][0]["clauses"];
        assert_eq!(clauses["totalCount"], 7);
        let mut proved = 0;
        for clause in clauses["nodes"].as_array().unwrap() {
            assert_eq!(clause["sample"], true);
            for milestone in clause["milestones"]["nodes"].as_array().unwrap() {
                assert_eq!(milestone["clause"]["number"], clause["number"]);
                assert!(
                    milestone["verifiedAt"].is_string()
                        && milestone["verifierOrganisation"]["code"].is_string()
                );
                for evidence in milestone["evidence"]["nodes"].as_array().unwrap() {
                    assert_eq!(evidence["milestone"]["title"], milestone["title"]);
                    proved += 1;
                }
            }
        }
        assert!(proved >= 5, "{who}: {proved}");
    }
}

async fn clauses_without_a_milestone_are_told_by_what_one_sees(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, codes) in readers() {
        let within = reach("milestone", codes.as_deref());
        for (has, word) in [(true, "IN"), (false, "NOT IN")] {
            let sql = format!(
                "SELECT id FROM clause WHERE id {word}
                    (SELECT clause FROM milestone WHERE clause IS NOT NULL AND {within}) ORDER BY position"
            );
            let document =
                format!("{{ clauses(first: 100, filter: {{ hasMilestone: {has} }}) {{ nodes {{ id }} }} }}");
            let found = listed(&app.data(&who, &document).await["clauses"]);
            assert_eq!(found, ids(&app, "clause", &sql).await, "{who}: {has}");
        }
    }
    let without = "{ clauses(filter: { hasMilestone: false }) { totalCount } }";
    assert_eq!(app.data("KEMENBUMN", without).await["clauses"]["totalCount"], 1);
    // Who has no milestone at all sees none for any clause.
    assert_eq!(app.data("AUDITOR+KEMENPERIN", without).await["clauses"]["totalCount"], 7);
}

async fn objects_are_found_by_what_another_system_calls_them(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ask = async |who: &str, system: &str, value: &str| {
        let document = "query ($system: String!, $value: String!) {
            partnerships(filter: { externalReference: { system: $system, value: $value } }) {
                totalCount nodes { organisation { code } externalReferences { system value } } }
            milestones(first: 100, filter: { externalReference: { system: $system, value: $value } }) {
                totalCount nodes { type externalReferences { system value } partnership { externalReferences { value } } } } }";
        let answer = app.post(who, document, json!({ "system": system, "value": value })).await.json();
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].clone()
    };
    let own = ask("KEMENBUMN", "SAP", "CONTOH-0001").await;
    assert_eq!(own["partnerships"]["totalCount"], 1);
    let node = &own["partnerships"]["nodes"][0];
    assert_eq!(node["organisation"]["code"], "PERTAMINA");
    assert_eq!(node["externalReferences"], json!([{ "system": "SAP", "value": "CONTOH-0001" }]));
    // All milestones of that partnership, or the one that bears it.
    let all = own["milestones"]["nodes"].as_array().unwrap();
    assert!(all.len() > 5);
    assert!(all.iter().all(|one| one["partnership"]["externalReferences"][0]["value"] == "CONTOH-0001"));
    let bearer = all.iter().find_map(|one| one["externalReferences"][0]["value"].as_str()).unwrap();
    let one = ask("PERTAMINA", "SAP", bearer).await;
    assert_eq!(
        (&one["partnerships"]["totalCount"], &one["milestones"]["totalCount"]),
        (&json!(0), &json!(1))
    );
    for (who, system, value) in [
        ("PLN", "SAP", "CONTOH-0001"),
        ("PLN", "SAP", bearer),
        ("AUDITOR+RNI", "SAP", bearer),
        ("PERTAMINA", "ORACLE", "CONTOH-0001"),
        ("PERTAMINA", "SAP", "contoh-0001"),
        ("PERTAMINA", "SAP", ""),
    ] {
        let none = ask(who, system, value).await;
        assert_eq!(none["partnerships"]["totalCount"], 0, "{who}: {system} {value}");
        assert_eq!(none["milestones"]["totalCount"], 0, "{who}: {system} {value}");
    }
}

async fn obstacles_are_filtered_and_late_by_the_day(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, codes) in readers() {
        let within = reach("obstacle", codes.as_deref());
        for (filter, condition) in [
            ("status: [OPEN, IN_PROGRESS]", "status <> 'RESOLVED'"),
            ("severity: [CRITICAL]", "severity = 'CRITICAL'"),
            ("category: [QUALITY, LOGISTICS]", "category IN ('QUALITY', 'LOGISTICS')"),
            ("owner: [BUMN, KEMENPERIN]", "owner IN ('BUMN', 'KEMENPERIN')"),
            ("overdue: true", "status <> 'RESOLVED' AND due_on < '2026-11-24'"),
            ("overdue: false", "NOT (status <> 'RESOLVED' AND due_on < '2026-11-24')"),
            ("dueFrom: \"2026-11-24\"", "due_on >= '2026-11-24'"),
            (
                "dueUntil: \"2026-11-24\", status: [RESOLVED]",
                "due_on <= '2026-11-24' AND status = 'RESOLVED'",
            ),
        ] {
            let sql = format!(
                "SELECT id FROM obstacle WHERE {within} AND {condition} ORDER BY raised_at DESC, id DESC"
            );
            let document =
                format!("{{ obstacles(first: 100, filter: {{ {filter} }}) {{ nodes {{ id }} }} }}");
            let found = listed(&app.data(&who, &document).await["obstacles"]);
            assert_eq!(found, ids(&app, "obstacle", &sql).await, "{who}: {filter}");
        }
    }
    // The day itself is not late; without a day nothing is.
    app.sql("UPDATE obstacle SET status = 'OPEN', due_on = NULL").await;
    let late = "{ obstacles(filter: { overdue: true }) { totalCount } }";
    assert_eq!(app.data("KEMENBUMN", late).await["obstacles"]["totalCount"], 0);
    for (due_on, count) in [("2026-11-24", 0), ("2026-11-23", 5)] {
        app.sql(&format!("UPDATE obstacle SET due_on = '{due_on}'")).await;
        assert_eq!(app.data("KEMENBUMN", late).await["obstacles"]["totalCount"], count);
        let each = app.data("KEMENBUMN", "{ obstacles { nodes { overdue } } }").await;
        let each = each["obstacles"]["nodes"].as_array().unwrap().clone();
        assert!(each.iter().all(|one| one["overdue"] == (count > 0)));
    }
}

async fn certificates_and_the_baseline_tell_their_dates_and_sources(backend: Backend) {
    let app = TestApp::new(backend).await;
    let data = app.data("PLN", "{ memoranda { nodes { baselines { measure value asOf source } } } }").await;
    let baselines = data["memoranda"]["nodes"][0]["baselines"].as_array().unwrap().clone();
    assert_eq!(baselines.len(), 1);
    assert_eq!(
        (&baselines[0]["measure"], &baselines[0]["value"], &baselines[0]["asOf"]),
        (&json!("GLOBAL_VALUE_CHAIN_SHARE"), &json!("6.3"), &json!("2021-09-03"))
    );
    assert!(baselines[0]["source"].as_str().unwrap().contains("3 September 2021"));

    for (who, codes) in readers() {
        let within = reach("certificate", codes.as_deref());
        for (filter, condition) in [
            ("kind: [HALAL]", "kind = 'HALAL'"),
            (
                "validUntilFrom: \"2026-11-24\", validUntilUntil: \"2027-01-31\"",
                "valid_until BETWEEN '2026-11-24' AND '2027-01-31'",
            ),
        ] {
            let sql =
                format!("SELECT id FROM certificate WHERE {within} AND {condition} ORDER BY number, id");
            let document = format!(
                "{{ certificates(first: 100, filter: {{ {filter} }}) {{ nodes {{ id validUntil expired }} }} }}"
            );
            let list = app.data(&who, &document).await["certificates"].clone();
            assert_eq!(listed(&list), ids(&app, "certificate", &sql).await, "{who}: {filter}");
            for one in list["nodes"].as_array().unwrap() {
                let expired = one["validUntil"].as_str().is_some_and(|day| day < "2026-11-24");
                assert_eq!(one["expired"], expired, "{one}");
            }
        }
    }
}

async fn a_succession_is_told_from_both_ends(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ organisations(first: 20) { nodes { code
        succeededBy { kind effectiveOn successor { code } } succeeds { stewardship legalBasis predecessor { code } } } }
        successions(filter: { kind: [MERGE] }) { totalCount } none: successions(filter: { kind: [SPLIT] }) { totalCount } }";
    let data = app.data("RNI", document).await;
    assert_eq!((&data["successions"]["totalCount"], &data["none"]["totalCount"]), (&json!(1), &json!(0)));
    for one in data["organisations"]["nodes"].as_array().unwrap() {
        let (by, of) = match one["code"].as_str().unwrap() {
            "CONTOH_UNIT_LAMA" => (
                json!([{ "kind": "MERGE", "effectiveOn": "2022-01-01", "successor": { "code": "CONTOH_UNIT_KILANG" } }]),
                json!([]),
            ),
            "CONTOH_UNIT_KILANG" => (
                json!([]),
                json!([{
                    "stewardship": "ALL", "legalBasis": "Contoh keputusan direksi (data contoh)",
                    "predecessor": { "code": "CONTOH_UNIT_LAMA" },
                }]),
            ),
            _ => (json!([]), json!([])),
        };
        assert_eq!((&one["succeededBy"], &one["succeeds"]), (&by, &of), "{one}");
    }
}

//! A document is parsed and validated once for each role, and what is kept of documents is bounded.

use kemitraan::access::Role;
use kemitraan::config::AccessSettings;
use serde_json::json;

use super::who;
use crate::support::{Backend, TestApp};

#[tokio::test]
async fn a_document_is_worked_on_once_for_each_role() {
    let app = TestApp::new(Backend::Sqlite).await;
    let worked = || Role::ALL.map(|role| app.app.gates.of(role).worked());
    let document = "query($first: Int, $of: String!) { viewer { role canRead(coordinate: $of) { allowed } }
        partnerships(first: $first) { nodes { id } } }";
    let mut expected = worked();
    assert_eq!(expected, [(0, 0); 6]);
    for (at, role) in Role::ALL.into_iter().enumerate().filter(|(_, role)| *role != Role::Admin) {
        for first in 1..=5 {
            let variables = json!({ "first": first, "of": "Query.viewer" });
            let answer = app.post(who(role), document, variables).await.json();
            assert_eq!(answer.get("errors"), None, "{answer:#}");
            assert_eq!(answer["data"]["viewer"]["role"], role.as_str());
            expected[at].0 += u64::from(first == 1);
            assert_eq!(worked(), expected, "{role:?}: {first}");
        }
        // Another document, if only by a space.
        app.post(who(role), &format!("{document} "), json!({ "of": "" })).await;
        expected[at].0 += 1;
        assert_eq!(worked(), expected);
    }

    let whole = "{ __schema { types { name fields { name } } } }";
    for (at, role) in Role::ALL.into_iter().enumerate() {
        let first = app.data(who(role), whole).await;
        (expected[at].0, expected[at].1) = (expected[at].0 + 1, expected[at].1 + 1);
        assert_eq!(app.data(who(role), whole).await, first);
        assert_eq!(worked(), expected, "{role:?}");
    }
    // What is introspected by variables is of the same document, and answered each time.
    let one = "query($name: String!) { __type(name: $name) { name } }";
    for (name, more) in [("Viewer", (1, 1)), ("Viewer", (0, 1)), ("Query", (0, 1))] {
        let answer = app.post("AUDITOR", one, json!({ "name": name })).await.json();
        assert_eq!(answer["data"]["__type"]["name"], name);
        let own = &mut expected[Role::Auditor as usize];
        *own = (own.0 + more.0, own.1 + more.1);
        assert_eq!(worked(), expected, "{name}");
    }
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let most = AccessSettings::default().document_cache;
    let app = TestApp::new(Backend::Sqlite).await;
    let gate = app.app.gates.of(Role::Kemenbumn);
    let total = app.data("KEMENBUMN", "{ partnerships { totalCount } }").await;
    let mut sent = 0;
    for round in 0..100 {
        let comment = format!("# {round} {}\n", "x".repeat(5_000));
        let document = format!("{comment}{{ partnerships {{ totalCount }} }}");
        sent += document.len() as u64;
        assert_eq!(app.data("KEMENBUMN", &document).await, total);
        assert!(gate.kept().0 <= most, "{:?}", gate.kept());
    }
    assert!(sent > 2 * most && gate.kept().0 > most / 4, "{sent} {:?}", gate.kept());
    // One that does not fit at all is answered, too, and does not put out the others' answers.
    let document =
        format!("# {}\n{{ partnerships {{ totalCount }} }}", "x".repeat(usize::try_from(most).unwrap()));
    assert_eq!(app.data("KEMENBUMN", &document).await, total);
    assert!(gate.kept().0 <= most, "{:?}", gate.kept());
    assert_eq!(gate.worked().0, 102);
    assert_eq!(app.data("KEMENBUMN", "{ partnerships { totalCount } }").await, total);

    // Nor is introspection kept without end.
    const ANSWERS: u64 = 2 * 1024 * 1024;
    let mut told = 0;
    for round in 0..10 {
        let types = (0..8)
            .map(|at| format!("a{round}{at}: types {{ name description fields {{ name description }} }}"));
        let types = types.collect::<Vec<_>>().join(" ");
        told +=
            app.data("KEMENBUMN", &format!("{{ __schema {{ {types} }} }}")).await.to_string().len() as u64;
        assert!(gate.kept().1 <= ANSWERS, "{:?}", gate.kept());
    }
    assert!(told > ANSWERS && gate.kept().1 > 0, "{told} {:?}", gate.kept());
}

/// A text that is written may be a person's, and is to be gone once it is erased there.
#[tokio::test]
async fn what_is_written_is_not_kept_of_a_document() {
    let app = TestApp::new(Backend::Sqlite).await;
    let gate = app.app.gates.of(Role::Kemenkopukm);
    let kept = || gate.kept().0;
    for document in [
        "mutation { contactSet(input: { partner: \"partner_1\", kind: PHONE, value: \"+628123456789\" }) { version } }",
        "mutation { contactErase(input: { id: \"\"\"contact_1\"\"\", expectedVersion: 1, reason: \"x\" }) { version } }",
        "query One { viewer { role } } mutation Two { contactErase(input: { id: \"1\", expectedVersion: 1, reason: \"x\" }) { version } }",
    ] {
        let before = (kept(), gate.worked().0);
        for _ in 0..2 {
            app.post("KEMENKOPUKM", document, json!({})).await;
        }
        assert_eq!((kept(), gate.worked().0), (before.0, before.1 + 2), "{document}");
    }
    let document = "mutation($input: ContactSetInput!) { contactSet(input: $input) { version } }";
    let before = kept();
    for _ in 0..2 {
        let input = json!({ "partner": "partner_1", "kind": "PHONE", "value": "+628123456789" });
        app.post("KEMENKOPUKM", document, json!({ "input": input })).await;
    }
    assert_eq!(kept(), before + document.len() as u64);
}

//! Walking connections: every row once, in order, forwards and backwards.

use kemitraan::types::GlobalId;
use serde_json::{Value, json};

use crate::journal_readers::changes_within;
use crate::scope::{ORDERS, global, ids, in_order, listed, literal, sequences, uuids};
use crate::support::{Backend, TestApp};

crate::both!(pages_give_every_row_once, pages_within_pages_give_every_row_once);

/// A connection that is walked: what stands before its arguments and after its selection, and where the answer has it.
struct Walk<'a> {
    app: &'a TestApp,
    who: &'a str,
    open: String,
    close: &'a str,
    pointer: String,
    /// The arguments beside those of paging.
    arguments: String,
    /// What tells one node from another: a field, or one below another.
    key: &'a str,
}

impl Walk<'_> {
    async fn page(&self, paging: &str) -> Value {
        let document = format!(
            "{{ {}({paging}, {}) {{ totalCount edges {{ cursor node {{ {key} }} }} nodes {{ {key} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} {} }}",
            self.open,
            self.arguments,
            self.close,
            key = self.key
        );
        let data = self.app.data(self.who, &document).await;
        data.pointer(&self.pointer).unwrap_or_else(|| panic!("{document}: {data:#}")).clone()
    }

    fn keys(&self, page: &Value) -> Vec<String> {
        let edges = page["edges"].as_array().unwrap();
        let text = |node: &Value| {
            let names = self.key.split([' ', '{', '}']).filter(|name| !name.is_empty());
            let value = names.fold(node, |value, name| &value[name]);
            value.as_str().map_or_else(|| value.to_string(), str::to_owned)
        };
        let keys = edges.iter().map(|edge| text(&edge["node"])).collect::<Vec<_>>();
        assert_eq!(keys, page["nodes"].as_array().unwrap().iter().map(text).collect::<Vec<_>>());
        let info = &page["pageInfo"];
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        assert_eq!(info["startCursor"], cursor(edges.first()));
        assert_eq!(info["endCursor"], cursor(edges.last()));
        keys
    }

    /// Forward and backward by pages of `size`: every row once, in order, and told rightly where the ends are.
    async fn assert_gives(&self, expected: &[String], size: usize) {
        let what = format!("{}: {} {}", self.who, self.open, self.arguments);
        if expected.len() <= 100 {
            for paging in ["first: 100", "last: 100"] {
                let page = self.page(paging).await;
                assert_eq!(self.keys(&page), expected, "{what} {paging}");
                assert_eq!(
                    (&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["hasPreviousPage"]),
                    (&json!(false), &json!(false)),
                    "{what} {paging}"
                );
            }
        }
        let (mut forward, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = self.page(&format!("first: {size}, after: {after}")).await;
            assert_eq!(page["totalCount"], expected.len(), "{what}");
            assert_eq!(page["pageInfo"]["hasPreviousPage"], !forward.is_empty(), "{what}");
            forward.extend(self.keys(&page));
            let more = forward.len() < expected.len();
            assert_eq!(
                page["pageInfo"]["hasNextPage"],
                more,
                "{what}: after {} of {}",
                forward.len(),
                expected.len()
            );
            if !more {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(forward, expected, "{what}");
        let (mut backward, mut before) = (Vec::new(), Value::Null);
        loop {
            let page = self.page(&format!("last: {size}, before: {before}")).await;
            assert_eq!(page["totalCount"], expected.len(), "{what}");
            assert_eq!(page["pageInfo"]["hasNextPage"], !backward.is_empty(), "{what}");
            backward.splice(0..0, self.keys(&page));
            let more = backward.len() < expected.len();
            assert_eq!(
                page["pageInfo"]["hasPreviousPage"],
                more,
                "{what}: {} of {}",
                backward.len(),
                expected.len()
            );
            if !more {
                break;
            }
            before = page["pageInfo"]["startCursor"].clone();
        }
        assert_eq!(backward, expected, "{what}");
    }
}

/// Rows that tie in what they are ordered by, so that the id decides.
async fn tie(app: &TestApp) {
    app.sql("UPDATE milestone SET due_on = '2026-12-31' WHERE position IN (2, 3, 5)").await;
    app.sql("UPDATE partnership SET title = 'Sama' WHERE pattern IN ('SUPPLY_CHAIN', 'INTI_PLASMA')").await;
    app.sql("UPDATE partner SET name = 'sama' WHERE is_ikm = (1 = 1)").await;
}

async fn pages_give_every_row_once(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_cost = 1_000_000).await;
    tie(&app).await;
    for (who, codes) in
        [("KEMENBUMN", None), ("PLN", Some(&["PLN"][..])), ("AUDITOR+PLN+RNI", Some(&["PLN", "RNI"][..]))]
    {
        for (field, noun, by, column) in ORDERS {
            for direction in ["ASC", "DESC"] {
                let walk = Walk {
                    app: &app,
                    who,
                    open: field.to_owned(),
                    close: "",
                    pointer: format!("/{field}"),
                    arguments: format!("orderBy: {{ field: {by}, direction: {direction} }}"),
                    key: "id",
                };
                walk.assert_gives(&in_order(&app, noun, codes, column, direction).await, 2).await;
            }
        }
        // A page between two cursors, from either end.
        let walk = Walk {
            app: &app,
            who,
            open: "milestones".to_owned(),
            close: "",
            pointer: "/milestones".to_owned(),
            arguments: "orderBy: { field: DUE_ON, direction: ASC }".to_owned(),
            key: "id",
        };
        let all = in_order(&app, "milestone", codes, "due_on", "ASC").await;
        let page = walk.page("first: 10").await;
        let (after, before) = (&page["edges"][1]["cursor"], &page["edges"][8]["cursor"]);
        let bounds = format!("after: {after}, before: {before}");
        assert_eq!(walk.keys(&walk.page(&format!("first: 100, {bounds}")).await), &all[2..8]);
        assert_eq!(walk.keys(&walk.page(&format!("last: 100, {bounds}")).await), &all[2..8]);
        assert_eq!(walk.keys(&walk.page(&format!("first: 4, {bounds}")).await), &all[2..6]);
        assert_eq!(walk.keys(&walk.page(&format!("last: 4, {bounds}")).await), &all[4..8]);
        let none = walk.page(&format!("first: 4, after: {before}, before: {after}")).await;
        assert!(walk.keys(&none).is_empty());
    }
    for (who, sql) in [
        ("ADMIN", "1 = 1".to_owned()),
        ("AUDITOR+PLN+RNI", changes_within(&["PLN", "RNI"])),
        ("AUDITOR+KEMENPERIN", changes_within(&["KEMENPERIN"])),
    ] {
        for direction in ["ASC", "DESC"] {
            let walk = Walk {
                app: &app,
                who,
                open: "journal".to_owned(),
                close: "",
                pointer: "/journal".to_owned(),
                arguments: format!("direction: {direction}"),
                key: "sequence",
            };
            let sql = format!(
                "SELECT DISTINCT sequence FROM journal_change WHERE {sql} ORDER BY sequence {direction}"
            );
            let expected = sequences(&app, &sql).await.iter().map(ToString::to_string).collect::<Vec<_>>();
            walk.assert_gives(&expected, 7).await;
        }
    }
}

async fn pages_within_pages_give_every_row_once(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_cost = 1_000_000).await;
    tie(&app).await;
    // The parent; the list on it; what the list's rows point to the parent by.
    for (parent, field, noun, orders) in [
        ("memorandum", "partnerships", "partnership", &[("TITLE", "title"), ("RECORDED", "id")]),
        ("organisation", "partnerships", "partnership", &[("TITLE", "title"), ("RECORDED", "id")]),
        ("partnership", "milestones", "milestone", &[("DUE_ON", "due_on"), ("RECORDED", "id")]),
    ] {
        for id in uuids(&app, &format!("SELECT id FROM {parent} ORDER BY id")).await {
            let literal = literal(backend, id);
            for (by, column) in orders {
                for direction in ["ASC", "DESC"] {
                    let sql = format!(
                        "SELECT id FROM {noun} WHERE {parent} = {literal} ORDER BY {column} {direction}, id {direction}"
                    );
                    let walk = Walk {
                        app: &app,
                        who: "KEMENBUMN",
                        open: format!("{parent}(id: \"{}\") {{ {field}", global(parent, id)),
                        close: "}",
                        pointer: format!("/{parent}/{field}"),
                        arguments: format!("orderBy: {{ field: {by}, direction: {direction} }}"),
                        key: "id",
                    };
                    walk.assert_gives(&ids(&app, noun, &sql).await, 2).await;
                }
            }
        }
    }
    for id in uuids(&app, "SELECT id FROM partner ORDER BY id").await {
        let walk = Walk {
            app: &app,
            who: "KEMENBUMN",
            open: format!("partner(id: \"{}\") {{ participations", global("partner", id)),
            close: "}",
            pointer: "/partner/participations".to_owned(),
            arguments: String::new(),
            key: "partnership { id }",
        };
        let sql = format!(
            "SELECT partnership FROM partnership_partner WHERE partner = {} ORDER BY id",
            literal(backend, id)
        );
        walk.assert_gives(&ids(&app, "partnership", &sql).await, 1).await;
    }
    // For all parents at once, whose pages are read in one statement.
    for (paging, from_the_end) in [("first: 3", false), ("last: 3", true)] {
        for direction in ["ASC", "DESC"] {
            let document = format!(
                "{{ partnerships(first: 100) {{ nodes {{ id milestones({paging}, orderBy: {{ field: DUE_ON, direction: {direction} }}) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage }} }} }} }} }}"
            );
            let data = app.data("KEMENBUMN", &document).await;
            for partnership in data["partnerships"]["nodes"].as_array().unwrap() {
                let id = GlobalId::parse(partnership["id"].as_str().unwrap()).unwrap().id;
                let literal = literal(backend, id);
                let sql = format!(
                    "SELECT id FROM milestone WHERE partnership = {literal} ORDER BY due_on {direction}, id {direction}"
                );
                let all = ids(&app, "milestone", &sql).await;
                let expected = if from_the_end { &all[all.len() - 3..] } else { &all[..3] };
                assert_eq!(listed(&partnership["milestones"]), expected, "{document}");
                assert_eq!(partnership["milestones"]["totalCount"], all.len());
                assert_eq!(
                    partnership["milestones"]["pageInfo"],
                    json!({ "hasNextPage": !from_the_end, "hasPreviousPage": from_the_end })
                );
            }
        }
    }
}

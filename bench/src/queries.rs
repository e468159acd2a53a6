//! What is asked.

use serde_json::{Value, json};

pub const DASHBOARD_SIZE: i64 = 50;
pub const PAGE_SIZE: i64 = 20;

/// A question, as each side is asked it.
pub struct Query {
    /// The operation's name; floors know it by that.
    pub name: &'static str,
    pub title: &'static str,
    /// Ours.
    pub document: &'static str,
    pub postgraphile: Option<&'static str>,
    pub seaography: Option<&'static str>,
    /// What Mercurius is asked is what we are asked.
    pub mercurius: bool,
    pub floor: bool,
    pub hand: bool,
}

/// A request's body.
pub fn body(name: &str, document: &str, variables: &Value) -> Vec<u8> {
    json!({ "query": document, "operationName": name, "variables": variables }).to_string().into_bytes()
}

pub fn all() -> Vec<Query> {
    vec![
        Query {
            name: "Dashboard",
            title: "the dashboard list: 50 partnerships with organisation, partners, ten milestones each, page info, total",
            document: include_str!("../queries/dashboard.graphql"),
            postgraphile: Some(include_str!("../queries/postgraphile/dashboard.graphql")),
            seaography: Some(include_str!("../queries/seaography/dashboard.graphql")),
            mercurius: true,
            floor: true,
            hand: true,
        },
        Query {
            name: "Page",
            title: "the third page of 20 of a filtered list, by its cursor",
            document: include_str!("../queries/page.graphql"),
            postgraphile: Some(include_str!("../queries/postgraphile/page.graphql")),
            seaography: None,
            mercurius: true,
            floor: true,
            hand: true,
        },
        Query {
            name: "Summary",
            title: "`programmeSummary`",
            document: include_str!("../queries/summary.graphql"),
            postgraphile: None,
            seaography: None,
            mercurius: false,
            floor: true,
            hand: false,
        },
        Query {
            name: "Cards",
            title: "`scorecards`, whole, of the first 6 organisations, which are all that the pilot has",
            document: include_str!("../queries/cards.graphql"),
            postgraphile: None,
            seaography: None,
            mercurius: false,
            floor: false,
            hand: false,
        },
        Query {
            name: "Scorecards",
            title: "`scorecards`, whole, of the first 20 organisations",
            document: include_str!("../queries/scorecards.graphql"),
            postgraphile: None,
            seaography: None,
            mercurius: false,
            floor: false,
            hand: false,
        },
        Query {
            name: "Worklist",
            title: "`viewer.worklist`",
            document: include_str!("../queries/worklist.graphql"),
            postgraphile: None,
            seaography: None,
            mercurius: false,
            floor: false,
            hand: false,
        },
        Query {
            name: "Partnership",
            title: "one partnership whole, with its history",
            document: include_str!("../queries/partnership.graphql"),
            postgraphile: None,
            seaography: None,
            mercurius: false,
            floor: false,
            hand: false,
        },
    ]
}

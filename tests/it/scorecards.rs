//! Scorecards, held against sums made row by row: in the pilot and in random worlds, for everyone's rows, along every
//! dimension, by every basis, over some quarters and all.

mod expected;
pub mod rows;
pub mod world;

use serde_json::{Value, json};

use self::expected::Asked;
use self::rows::{Labels, Rows};
use crate::programme::decimal;
use crate::scope::{assert_forbidden, readers};
use crate::support::{Backend, TestApp};

crate::both!(
    cards_hold_what_is_theirs_in_the_pilot,
    cards_hold_what_is_theirs_in_random_worlds,
    cards_add_up_to_the_summary,
    what_is_overdue_is_so_on_every_day,
    pages_are_parts_of_the_whole,
    statements_do_not_grow_with_cards,
    what_cannot_be_is_refused,
);

const DIMENSIONS: [&str; 6] =
    ["ORGANISATION", "VERIFYING_INSTITUTION", "PROVINCE", "KBLI_SECTION", "BATCH", "QUARTER"];

const CARD: &str = "key english indonesian organisation { code } partnerships
    milestones { total met partiallyMet notMet cancelled awaitingVerification overdue }
    values { potential { amount counted outOf } estimated { amount counted outOf }
        contracted { amount counted outOf } transacted { amount counted outOf } }
    outcomes { reported verified outOf }
    indicators { indicator quarter target actual counted verified reported outOf }";

fn arguments(asked: Asked) -> String {
    let basis = if asked.as_locked { "AS_LOCKED" } else { "LATEST" };
    let from = asked.from.map_or(String::new(), |from| format!(", quarterFrom: \"{from}\""));
    let until = asked.until.map_or(String::new(), |until| format!(", quarterUntil: \"{until}\""));
    format!("(by: {}, basis: {basis}{from}{until})", asked.by)
}

/// Every question there is, answered to everyone as the rows say.
async fn assert_cards(app: &TestApp, ranges: &[(Option<&'static str>, Option<&'static str>)]) {
    let labels = Labels::read(app).await;
    for (who, codes) in readers() {
        let rows = Rows::read(app, codes.as_deref()).await;
        for by in DIMENSIONS {
            for (from, until) in ranges.iter().copied() {
                let asked = [true, false].map(|as_locked| Asked { by, as_locked, from, until });
                let [locked, latest] = asked.map(arguments);
                let document = format!(
                    "{{ locked: scorecards{locked} {{ {CARD} }} latest: scorecards{latest} {{ {CARD} }} }}"
                );
                let data = app.data(&who, &document).await;
                for (asked, key) in asked.into_iter().zip(["locked", "latest"]) {
                    assert_eq!(data[key], expected::cards(&rows, &labels, asked), "{who}: {asked:?}");
                }
            }
        }
    }
}

async fn cards_hold_what_is_theirs_in_the_pilot(backend: Backend) {
    let app = TestApp::new(backend).await;
    assert_cards(&app, &[(None, None), (Some("2025-Q2"), Some("2026-Q1"))]).await;
    // The test is one: there is something on the cards.
    let keys = async |who: &str, by: &str| {
        let data = app.data(who, &format!("{{ scorecards(by: {by}) {{ key }} }}")).await;
        let cards = data["scorecards"].as_array().unwrap();
        cards.iter().map(|card| card["key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys("PLN", "ORGANISATION").await, ["PLN"]);
    assert_eq!(keys("KEMENPERIN", "ORGANISATION").await.len(), 6);
    assert_eq!(keys("KEMENBUMN", "KBLI_SECTION").await, ["KBLI_2020_A", "KBLI_2020_C", "KBLI_2020_G"]);
    assert_eq!(keys("AUDITOR+PLN+RNI", "PROVINCE").await, ["34", "35"]);
    assert_eq!(
        keys("AUDITOR", "VERIFYING_INSTITUTION").await,
        ["BUMN", "KEMENBUMN", "KEMENKOPUKM", "KEMENPERIN"]
    );
    for by in DIMENSIONS {
        assert!(keys("AUDITOR+KEMENPERIN", by).await.is_empty(), "{by}");
    }
}

async fn cards_hold_what_is_theirs_in_random_worlds(backend: Backend) {
    let app = TestApp::new(backend).await;
    for seed in 1..=3 {
        world::random(&app, seed).await;
        let ranges = [
            (None, None),
            (Some("2025-Q1"), Some("2026-Q3")),
            (None, Some("2025-Q4")),
            (Some("9999-Q4"), None),
        ];
        assert_cards(&app, &ranges[..if seed == 1 { 4 } else { 2 }]).await;
    }
    let data = app
        .data("KEMENBUMN", "{ p: scorecards(by: PROVINCE) { key } k: scorecards(by: KBLI_SECTION) { key } }")
        .await;
    for (key, least) in [("p", 3), ("k", 4)] {
        let cards = data[key].as_array().unwrap();
        assert!(cards.len() >= least && cards.last().unwrap()["key"] == "UNKNOWN", "{cards:?}");
    }
}

/// Over the end of a month and of a year: by years, months and days, early in a month and late.
async fn what_is_overdue_is_so_on_every_day(backend: Backend) {
    let app = TestApp::new(backend).await;
    world::random(&app, 41).await;
    let rows = Rows::read(&app, None).await;
    let cards = ["ORGANISATION", "VERIFYING_INSTITUTION", "QUARTER"]
        .map(|by| format!("{by}: scorecards(by: {by}) {{ milestones {{ overdue }} }}"));
    let document = format!("{{ programmeSummary {{ milestones {{ overdue }} }} {} }}", cards.join(" "));
    // The turn of a year, and each day on which one is due, with the one after it.
    let day = |day: &str| day.parse::<chrono::NaiveDate>().unwrap();
    let due =
        rows.milestones.iter().filter(|row| row.waits()).flat_map(|row| day(&row.due_on).iter_days().take(2));
    let days = day("2026-12-20").iter_days().take(24).chain(due).collect::<std::collections::BTreeSet<_>>();
    let mut seen = std::collections::BTreeSet::new();
    for today in days {
        app.clock.set(format!("{today}T05:00:00Z").parse().unwrap());
        let today = today.to_string();
        let overdue = rows.milestones.iter().filter(|row| row.waits() && row.due_on < today).count() as i64;
        let data = app.data("KEMENBUMN", &document).await;
        assert_eq!(data["programmeSummary"]["milestones"]["overdue"], overdue, "{today}");
        for by in ["ORGANISATION", "VERIFYING_INSTITUTION", "QUARTER"] {
            let cards = data[by].as_array().unwrap().iter().map(|card| &card["milestones"]["overdue"]);
            assert!(cards.clone().all(|own| number(own) >= 0), "{today}: {by}");
            assert_eq!(cards.map(number).sum::<i64>(), overdue, "{today}: {by}");
        }
        seen.insert(overdue);
    }
    assert!(seen.len() > 5, "{seen:?}");
}

fn number(value: &Value) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().unwrap(),
        Value::String(text) => text.parse().unwrap(),
        _ => 0,
    }
}

/// A decimal as hundredths.
fn hundredths(value: &Value) -> i64 {
    let Some(text) = value.as_str() else { return 0 };
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    whole.parse::<i64>().unwrap() * 100 + format!("{decimals:0<2}").parse::<i64>().unwrap()
}

async fn cards_add_up_to_the_summary(backend: Backend) {
    let app = TestApp::new(backend).await;
    for seed in 0..=2 {
        if seed > 0 {
            world::random(&app, 100 + seed).await;
        }
        for who in ["KEMENKOPUKM", "PERTAMINA", "AUDITOR+PLN+RNI"] {
            for basis in ["AS_LOCKED", "LATEST"] {
                let document = format!(
                    "{{ programmeSummary(basis: {basis}) {{ partnerships {{ count }}
                        milestones {{ total met partiallyMet notMet cancelled awaitingVerification overdue }}
                        values {{ potential {{ amount counted outOf }} estimated {{ amount counted outOf }}
                            contracted {{ amount counted outOf }} transacted {{ amount counted outOf }} }}
                        indicators {{ quarter indicator target actual verified reported outOf }} }} }}"
                );
                let summary = app.data(who, &document).await["programmeSummary"].take();
                for by in DIMENSIONS {
                    let document = format!("{{ scorecards(by: {by}, basis: {basis}) {{ {CARD} }} }}");
                    let cards = app.data(who, &document).await["scorecards"].take();
                    let why = format!("{who}: {by} {basis} {seed}");
                    adds_up(&summary, cards.as_array().unwrap(), by, &why);
                }
            }
        }
    }
}

fn adds_up(summary: &Value, cards: &[Value], by: &str, why: &str) {
    let sum = |at: &dyn Fn(&Value) -> i64| cards.iter().map(at).sum::<i64>();
    let of_partnerships = !["VERIFYING_INSTITUTION", "QUARTER"].contains(&by);
    let all =
        summary["partnerships"].as_array().unwrap().iter().map(|one| number(&one["count"])).sum::<i64>();
    assert_eq!(sum(&|card| number(&card["partnerships"])), if of_partnerships { all } else { 0 }, "{why}");
    for (count, own) in summary["milestones"].as_object().unwrap() {
        assert_eq!(sum(&|card| number(&card["milestones"][count])), number(own), "{why}: {count}");
    }
    for name in ["potential", "estimated", "contracted"] {
        if !of_partnerships {
            assert!(cards.iter().all(|card| card["values"][name].is_null()), "{why}: {name}");
            continue;
        }
        for (part, own) in summary["values"][name].as_object().unwrap() {
            assert_eq!(sum(&|card| number(&card["values"][name][part])), number(own), "{why}: {name} {part}");
        }
    }
    let transacted = &summary["values"]["transacted"];
    if by != "VERIFYING_INSTITUTION" {
        // Each is cut to whole rupiah.
        let cut =
            number(&transacted["amount"]) - sum(&|card| number(&card["values"]["transacted"]["amount"]));
        assert!((0..=cards.len() as i64).contains(&cut), "{why}: {cut}");
    }
    if of_partnerships {
        let counted = sum(&|card| number(&card["values"]["transacted"]["counted"]));
        assert_eq!(counted, number(&transacted["counted"]), "{why}");
    }
    let figures = summary["indicators"].as_array().unwrap();
    for part in ["reported", "verified", "outOf"] {
        let own = figures.iter().map(|figure| number(&figure[part])).sum::<i64>();
        assert_eq!(sum(&|card| number(&card["outcomes"][part])), own, "{why}: {part}");
    }
    let on = |card: &Value, indicator: &str| {
        let indicators = card["indicators"].as_array().unwrap();
        indicators.iter().find(|figure| figure["indicator"] == indicator).cloned().unwrap_or_default()
    };
    for indicator in
        ["TRANSACTION_VALUE", "EXPORT_VALUE", "IMPORT_SUBSTITUTION_VALUE", "VALUE_ADDED", "INVESTMENT_VALUE"]
    {
        for part in ["actual", "target"] {
            let own = figures.iter().filter(|figure| figure["indicator"] == indicator);
            let own = own.map(|figure| hundredths(&figure[part])).sum::<i64>();
            assert_eq!(sum(&|card| hundredths(&on(card, indicator)[part])), own, "{why}: {indicator} {part}");
        }
    }
    // Of employment, cards of the same quarter: all of them, where they are all of it.
    let employed =
        cards.iter().map(|card| on(card, "EMPLOYMENT")).filter(|figure| !figure["actual"].is_null());
    let employed = employed.collect::<Vec<_>>();
    let Some(last) = employed.iter().map(|figure| figure["quarter"].as_str().unwrap()).max() else { return };
    let own = employed.iter().filter(|figure| figure["quarter"] == last);
    let own = own.map(|figure| hundredths(&figure["actual"])).sum::<i64>();
    let whole =
        figures.iter().find(|figure| figure["indicator"] == "EMPLOYMENT" && figure["quarter"] == last);
    assert_eq!(whole.unwrap()["actual"], decimal(own), "{why}: {last}");
}

/// Page by page, by the last key, they are the cards that are answered at once.
async fn pages_are_parts_of_the_whole(backend: Backend) {
    let app = TestApp::new(backend).await;
    world::random(&app, 11).await;
    let ask = async |who: &str, by: &str, page: &str| {
        let document = format!("{{ scorecards(by: {by}{page}) {{ {CARD} }} }}");
        app.data(who, &document).await["scorecards"].as_array().unwrap().clone()
    };
    for who in ["KEMENBUMN", "PLN", "AUDITOR+PLN+RNI"] {
        for by in DIMENSIONS {
            let whole = ask(who, by, "").await;
            assert!(who != "KEMENBUMN" || whole.len() > 2, "{by}: too few to be paged");
            let (mut walked, mut after) = (Vec::new(), String::new());
            loop {
                let page = ask(who, by, &format!(", first: 2{after}")).await;
                let Some(last) = page.last() else { break };
                after = format!(", after: {}", last["key"]);
                assert!(page.len() <= 2, "{who}: {by}");
                walked.extend(page);
            }
            assert_eq!(walked, whole, "{who}: {by}");
            assert!(ask(who, by, ", first: 0").await.is_empty(), "{who}: {by}");
            assert_eq!(ask(who, by, ", first: 100, after: \"\"").await, whole, "{who}: {by}");
        }
    }
}

async fn statements_do_not_grow_with_cards(backend: Backend) {
    let app = TestApp::new(backend).await;
    let documents = DIMENSIONS.map(|by| format!("{{ scorecards(by: {by}) {{ {CARD} }} }}"));
    let count = async |who: &str| {
        // Who asks for the first time has the organisation of its token looked up.
        app.data(who, "{ viewer { role } }").await;
        let mut counts = Vec::new();
        for document in &documents {
            let before = app.db.statements();
            app.data(who, document).await;
            counts.push(app.db.statements() - before);
        }
        counts
    };
    // The head; partnerships, milestones, figures and transactions, each where it is on the cards; of organisations who they
    // are and their names; of quarters how many partnerships there are.
    let expected = [7, 3, 5, 5, 5, 5];
    assert_eq!(count("KEMENBUMN").await, expected);
    assert_eq!(count("PLN").await, expected);
    world::random(&app, 7).await;
    assert_eq!(count("KEMENBUMN").await, expected);
}

async fn what_cannot_be_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (argument, given) in [("quarterFrom", "2021"), ("quarterUntil", "2021-Q5"), ("quarterFrom", "")] {
        let document = format!("{{ scorecards(by: BATCH, {argument}: \"{given}\") {{ key }} }}");
        let answer = app.ask("KEMENBUMN", &document).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "BAD_USER_INPUT", "{answer:#}");
        let fault = &extensions["faults"][0];
        assert_eq!((&fault["path"], &fault["given"]), (&json!(argument), &json!(given)));
    }
    for (first, code) in [(-1, "BAD_USER_INPUT"), (101, "LIMIT_EXCEEDED")] {
        let document = format!("{{ scorecards(by: BATCH, first: {first}) {{ key }} }}");
        let answer = app.ask("KEMENBUMN", &document).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer:#}");
    }
    let document = "{ scorecards(by: PROVINCE) { key } }";
    assert_forbidden(&app, "ADMIN", document, "Query.scorecards", "admin-sees-no-partnership").await;
}

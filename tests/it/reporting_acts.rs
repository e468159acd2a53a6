//! Outcomes from target to lock and revision, and quarters: who may do what, when, and what becomes of it.

mod matrix;
mod split;

use serde_json::{Value, json};

use crate::support::{Backend, TestApp};
use crate::writes::assert_verified;

crate::both!(
    an_outcome_goes_its_way,
    figures_are_what_they_can_be,
    a_quarter_is_locked_once_all_agree,
    a_revision_moves_the_latest_and_never_the_locked,
);

const OUTCOME: &str = "{ outcome { id version status statusReason target actual latest reportedAt verifiedBy
    availableActions revisions { number status actual } } version journalEntry { action reason } }";
const QUARTER: &str = "{ quarter { id version code status availableActions agreements { seat } } version
    journalEntry { action reason } }";

/// The answer to a mutation.
async fn send(app: &TestApp, who: &str, name: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let fields = if name.starts_with("outcome") { OUTCOME } else { QUARTER };
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {fields} }}");
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

/// What is done to an outcome or a quarter, as of the version that it has.
async fn act(app: &TestApp, who: &str, name: &str, id: &Value, more: Value) -> Value {
    let document =
        format!("{{ node(id: {id}) {{ ... on Outcome {{ version }} ... on Quarter {{ version }} }} }}");
    let data = app.data("KEMENBUMN", &document).await;
    let mut input = json!({ "id": id, "expectedVersion": data["node"]["version"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    send(app, who, name, input).await
}

/// It was refused with this code, by this rule.
#[track_caller]
fn assert_rule(answer: &Value, code: &str, rule: &str) {
    assert_eq!((&answer["code"], &answer["rule"]), (&json!(code), &json!(rule)), "{answer:#}");
}

/// A new partnership of Pertamina's by another that is ACTIVE, without outcomes in the quarters to come.
async fn partnership(app: &TestApp, status: &str) -> Value {
    let document =
        format!("{{ partnerships(first: 1, filter: {{ status: [{status}] }}) {{ nodes {{ id }} }} }}");
    app.data("PERTAMINA", &document).await["partnerships"]["nodes"][0]["id"].clone()
}

/// A quarter that nothing was said of yet, opened: one that is over, in the oldest years.
async fn opened(app: &TestApp, code: &str) -> Value {
    let answer = send(app, "KEMENBUMN", "quarterOpen", json!({ "quarter": code })).await;
    assert!(answer["journalEntry"].is_object(), "{answer:#}");
    answer["quarter"]["id"].clone()
}

/// An input with more.
fn with(input: &Value, more: Value) -> Value {
    let mut input = input.clone();
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

fn place(partnership: &Value, quarter: &str, more: Value) -> Value {
    let of = json!({ "partnership": partnership, "indicator": "TRANSACTION_VALUE", "quarter": quarter });
    with(&of, more)
}

/// An outcome reported, submitted and verified.
async fn verified(app: &TestApp, partnership: &Value, quarter: &str, actual: &str) -> Value {
    let input = place(partnership, quarter, json!({ "actual": actual }));
    let reported = send(app, "PERTAMINA:OFFICER", "outcomeReport", input).await;
    let id = reported["outcome"]["id"].clone();
    act(app, "PERTAMINA", "outcomeSubmit", &id, json!({})).await;
    let verified = act(app, "KEMENBUMN", "outcomeVerify", &id, json!({})).await;
    assert_eq!(verified["outcome"]["status"], "VERIFIED", "{verified:#}");
    id
}

const OVER: &str = "2021-Q4";

async fn an_outcome_goes_its_way(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = partnership(&app, "ACTIVE").await;
    opened(&app, OVER).await;
    let target = place(&of, OVER, json!({ "target": "900000" }));
    let refused = send(&app, "PERTAMINA:VIEWER", "outcomeSetTarget", target.clone()).await;
    assert_rule(&refused, "FORBIDDEN", "level");
    assert_rule(&send(&app, "KEMENBUMN", "outcomeSetTarget", target.clone()).await, "FORBIDDEN", "seat");
    assert_eq!(send(&app, "PLN", "outcomeSetTarget", target.clone()).await["code"], "NOT_FOUND");
    let made = send(&app, "PERTAMINA:OFFICER", "outcomeSetTarget", target.clone()).await;
    assert_eq!((&made["version"], &made["outcome"]["status"]), (&json!(1), &json!("DRAFT")), "{made:#}");
    // There is one now, and its version is to be said.
    assert_eq!(send(&app, "PERTAMINA:OFFICER", "outcomeSetTarget", target).await["currentVersion"], 1);
    let id = &made["outcome"]["id"];
    assert_rule(
        &act(&app, "PERTAMINA", "outcomeSubmit", id, json!({})).await,
        "INVALID_TRANSITION",
        "no-figure",
    );
    let report = place(&of, OVER, json!({ "actual": "800000", "note": "Contoh", "expectedVersion": 1 }));
    let reported = send(&app, "PERTAMINA:OFFICER", "outcomeReport", report).await;
    assert_eq!(reported["outcome"]["actual"], "800000", "{reported:#}");
    assert_eq!(reported["journalEntry"]["reason"], "Contoh");
    let refused = act(&app, "PERTAMINA:OFFICER", "outcomeSubmit", id, json!({})).await;
    assert_rule(&refused, "FORBIDDEN", "level");
    let submitted = act(&app, "PERTAMINA", "outcomeSubmit", id, json!({})).await;
    assert_eq!(submitted["outcome"]["status"], "SUBMITTED", "{submitted:#}");
    let again = place(&of, OVER, json!({ "actual": "1", "expectedVersion": 3 }));
    let again = send(&app, "PERTAMINA", "outcomeReport", again).await;
    assert_rule(&again, "INVALID_TRANSITION", "status");
    assert_eq!(again["open"], json!([]));
    for other in ["KEMENPERIN", "KEMENKOPUKM", "PERTAMINA"] {
        assert_rule(&act(&app, other, "outcomeVerify", id, json!({})).await, "FORBIDDEN", "seat");
    }
    let why = json!({ "reason": "Contoh: tidak sesuai" });
    let returned = act(&app, "KEMENBUMN", "outcomeReturn", id, why).await;
    assert_eq!(returned["outcome"]["statusReason"], "Contoh: tidak sesuai", "{returned:#}");
    let again = place(&of, OVER, json!({ "actual": "700000", "expectedVersion": 4 }));
    let again = send(&app, "PERTAMINA:OFFICER", "outcomeReport", again).await;
    assert_eq!(again["outcome"]["status"], "DRAFT", "{again:#}");
    act(&app, "PERTAMINA", "outcomeSubmit", id, json!({})).await;
    let done = act(&app, "KEMENBUMN", "outcomeVerify", id, json!({})).await;
    assert_eq!((&done["outcome"]["status"], &done["version"]), (&json!("VERIFIED"), &json!(7)), "{done:#}");
    let early =
        act(&app, "PERTAMINA", "outcomeRevise", id, json!({ "actual": "1", "reason": "Contoh" })).await;
    assert_rule(&early, "INVALID_TRANSITION", "quarter-open");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn figures_are_what_they_can_be(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = partnership(&app, "ACTIVE").await;
    opened(&app, OVER).await;
    for (indicator, figure, fits) in [
        ("TRANSACTION_VALUE", "1000000000000000", true),
        ("TRANSACTION_VALUE", "1000000000000001", false),
        ("TRANSACTION_VALUE", "1.5", false),
        ("EMPLOYMENT", "3", true),
        ("EMPLOYMENT", "3.5", false),
        ("LOCAL_CONTENT", "100", true),
        ("LOCAL_CONTENT", "100.01", false),
        ("ON_TIME_DELIVERY", "99.25", true),
        ("PAYMENT_DAYS", "30.5", true),
        ("PAYMENT_DAYS", "36501", false),
    ] {
        let input = place(&of, OVER, json!({ "indicator": indicator, "actual": figure, "dryRun": true }));
        let answer = send(&app, "PERTAMINA", "outcomeReport", input).await;
        assert_eq!(answer["outcome"].is_object(), fits, "{indicator} {figure} {answer:#}");
        assert!(fits || answer["code"] == "BAD_USER_INPUT", "{answer:#}");
    }
    let next = kemitraan::types::Quarter::of(app.clock.today());
    let next = kemitraan::types::Quarter { year: next.year + 1, ..next }.to_string();
    let id = opened(&app, &next).await;
    let early = place(&of, &next, json!({ "actual": "1" }));
    let early = send(&app, "PERTAMINA", "outcomeReport", early).await;
    assert_rule(&early, "INVALID_TRANSITION", "quarter-not-begun");
    let target = place(&of, &next, json!({ "target": "1" }));
    assert_eq!(send(&app, "PERTAMINA", "outcomeSetTarget", target).await["version"], 1);
    let early = act(&app, "KEMENPERIN", "quarterAgree", &id, json!({})).await;
    assert_rule(&early, "INVALID_TRANSITION", "quarter-not-over");
    let twice = send(&app, "KEMENBUMN", "quarterOpen", json!({ "quarter": next })).await;
    assert_rule(&twice, "INVALID_TRANSITION", "quarter-exists");
    let other = send(&app, "KEMENPERIN", "quarterOpen", json!({ "quarter": "2022-Q1" })).await;
    assert_rule(&other, "FORBIDDEN", "seat");
    let before = send(&app, "KEMENBUMN", "quarterOpen", json!({ "quarter": "2021-Q2" })).await;
    assert_eq!(before["code"], "BAD_USER_INPUT");
}

async fn a_quarter_is_locked_once_all_agree(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = partnership(&app, "ACTIVE").await;
    let quarter = opened(&app, OVER).await;
    for seat in ["KEMENKOPUKM", "KEMENPERIN"] {
        let agreed = act(&app, seat, "quarterAgree", &quarter, json!({})).await;
        assert!(agreed["journalEntry"].is_object(), "{agreed:#}");
    }
    let twice = act(&app, "KEMENPERIN", "quarterAgree", &quarter, json!({})).await;
    assert_rule(&twice, "INVALID_TRANSITION", "agreed");
    assert_eq!(twice["open"], json!(["WITHDRAW_AGREEMENT"]));
    let none =
        act(&app, "KEMENBUMN", "quarterWithdrawAgreement", &quarter, json!({ "reason": "Contoh" })).await;
    assert_rule(&none, "INVALID_TRANSITION", "no-agreement");
    let early = act(&app, "KEMENBUMN", "quarterLock", &quarter, json!({})).await;
    assert_rule(&early, "INVALID_TRANSITION", "seats-agree");
    assert_eq!(early["missing"].as_array().unwrap().len(), 1);
    assert_eq!(early["missing"][0]["seat"], "KEMENBUMN");
    act(&app, "KEMENBUMN", "quarterAgree", &quarter, json!({})).await;
    // All agreed, to what stood.
    verified(&app, &of, OVER, "500000").await;
    let early = act(&app, "KEMENBUMN", "quarterLock", &quarter, json!({})).await;
    assert_eq!(early["missing"].as_array().unwrap().len(), 3, "{early:#}");
    let draft = place(&of, OVER, json!({ "indicator": "EMPLOYMENT", "actual": "4" }));
    let draft = send(&app, "PERTAMINA", "outcomeReport", draft).await["outcome"]["id"].clone();
    for seat in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"] {
        act(&app, seat, "quarterAgree", &quarter, json!({})).await;
    }
    assert_rule(&act(&app, "KEMENPERIN", "quarterLock", &quarter, json!({})).await, "FORBIDDEN", "seat");
    let low = act(&app, "KEMENBUMN:OFFICER", "quarterLock", &quarter, json!({})).await;
    assert_rule(&low, "FORBIDDEN", "level");
    let locked = act(&app, "KEMENBUMN", "quarterLock", &quarter, json!({})).await;
    assert_eq!(locked["quarter"]["status"], "LOCKED", "{locked:#}");
    let late =
        act(&app, "KEMENPERIN", "quarterWithdrawAgreement", &quarter, json!({ "reason": "Contoh" })).await;
    assert_rule(&late, "INVALID_TRANSITION", "quarter-locked");
    let late = act(&app, "PERTAMINA", "outcomeSubmit", &draft, json!({})).await;
    assert_rule(&late, "INVALID_TRANSITION", "left-out");
    assert_verified(&app.app.access, &app.folder).await;
}

/// AS_LOCKED and LATEST of the transactions in a quarter.
async fn totals(app: &TestApp) -> (Value, Value) {
    let figure = async |basis: &str| {
        let document = format!(
            "{{ programmeSummary(basis: {basis}, outcomes: {{ quarterFrom: \"{OVER}\", quarterUntil: \"{OVER}\" }}) {{ indicators {{ indicator actual }} }} }}"
        );
        let data = app.data("KEMENBUMN", &document).await;
        let all = data["programmeSummary"]["indicators"].as_array().unwrap().clone();
        all.iter().find(|one| one["indicator"] == "TRANSACTION_VALUE").unwrap()["actual"].clone()
    };
    (figure("AS_LOCKED").await, figure("LATEST").await)
}

async fn a_revision_moves_the_latest_and_never_the_locked(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = partnership(&app, "ACTIVE").await;
    let quarter = opened(&app, OVER).await;
    let id = verified(&app, &of, OVER, "500000").await;
    for seat in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"] {
        act(&app, seat, "quarterAgree", &quarter, json!({})).await;
    }
    act(&app, "KEMENBUMN", "quarterLock", &quarter, json!({})).await;
    assert_eq!(totals(&app).await, (json!("500000"), json!("500000")));
    let edit = place(&of, OVER, json!({ "actual": "1", "expectedVersion": 3 }));
    let edit = send(&app, "PERTAMINA", "outcomeReport", edit).await;
    assert_rule(&edit, "INVALID_TRANSITION", "quarter-locked");
    assert_eq!(edit["open"], json!(["REVISE"]));
    let none = act(&app, "KEMENBUMN", "outcomeVerify", &id, json!({})).await;
    assert_rule(&none, "INVALID_TRANSITION", "no-revision");
    let why = |figure: &str| json!({ "actual": figure, "reason": "Contoh: terhitung dua kali" });
    let bad = act(&app, "PERTAMINA", "outcomeRevise", &id, why("0.5")).await;
    assert_eq!(bad["code"], "BAD_USER_INPUT");
    let low = act(&app, "PERTAMINA:OFFICER", "outcomeRevise", &id, why("1")).await;
    assert_rule(&low, "FORBIDDEN", "level");
    act(&app, "PERTAMINA", "outcomeRevise", &id, why("400000")).await;
    let waits = act(&app, "PERTAMINA", "outcomeRevise", &id, why("1")).await;
    assert_rule(&waits, "INVALID_TRANSITION", "revision-waits");
    let back = act(&app, "KEMENBUMN", "outcomeReturn", &id, json!({ "reason": "Contoh" })).await;
    assert_eq!(back["outcome"]["revisions"][0]["status"], "RETURNED", "{back:#}");
    assert_eq!(totals(&app).await, (json!("500000"), json!("500000")));
    act(&app, "PERTAMINA", "outcomeRevise", &id, why("450000")).await;
    assert_eq!(totals(&app).await, (json!("500000"), json!("500000")));
    let done = act(&app, "KEMENBUMN", "outcomeVerify", &id, json!({})).await;
    assert_eq!(done["outcome"]["revisions"][1]["status"], "VERIFIED", "{done:#}");
    assert_eq!(
        (&done["outcome"]["actual"], &done["outcome"]["latest"]),
        (&json!("500000"), &json!("450000"))
    );
    assert_eq!(totals(&app).await, (json!("500000"), json!("450000")));
    assert_verified(&app.app.access, &app.folder).await;
}

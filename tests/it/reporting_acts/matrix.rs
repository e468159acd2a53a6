//! `availableActions` is what the mutations then do: for every role and level, on the pilot's outcomes and quarters.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{OVER, act, opened, partnership, place, send, with};
use crate::support::{Backend, TestApp};

crate::both!(what_is_available_of_outcomes_is_done, what_is_available_of_quarters_is_done);

fn name(noun: &str, action: &str) -> String {
    let words = action.split('_').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase()));
    format!("{noun}{}", words.collect::<String>())
}

/// Holds what is told of one object against a dry run of each mutation, and gives those that were done.
async fn hold(app: &TestApp, who: &str, noun: &str, told: &Value, inputs: &[(&str, Value)]) -> Vec<String> {
    let mut done = Vec::new();
    for (action, input) in inputs {
        let name = name(noun, action);
        let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let mut input = input.clone();
        input["dryRun"] = json!(true);
        input["expectedVersion"] = told["version"].clone();
        let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ version }} }}");
        let answer = app.post(who, &document, json!({ "input": input })).await.json();
        let does = answer["data"][&name].is_object();
        let says = told["availableActions"].as_array().unwrap().contains(&json!(action));
        assert_eq!(says, does, "{who} {action} {told:#} {answer:#}");
        if does {
            done.push((*action).to_owned());
            continue;
        }
        let error = &answer["errors"][0]["extensions"];
        assert!(error["rule"].is_string(), "{error:#}");
        if error["code"] == "INVALID_TRANSITION" {
            assert_eq!(error["open"], told["availableActions"], "{error:#}");
        }
    }
    done
}

fn people() -> impl Iterator<Item = String> {
    ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA"]
        .into_iter()
        .flat_map(|seat| ["VIEWER", "OFFICER", "APPROVER"].map(|level| format!("{seat}:{level}")))
}

async fn what_is_available_of_outcomes_is_done(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = partnership(&app, "ACTIVE").await;
    opened(&app, OVER).await;
    // One to submit, and one for each seat to verify.
    for indicator in ["PAYMENT_DAYS", "TRANSACTION_VALUE", "EXPORT_VALUE", "EMPLOYMENT"] {
        let input = place(&of, OVER, json!({ "indicator": indicator, "actual": "7" }));
        let reported = send(&app, "PERTAMINA:OFFICER", "outcomeReport", input).await;
        if indicator != "PAYMENT_DAYS" {
            act(&app, "PERTAMINA", "outcomeSubmit", &reported["outcome"]["id"], json!({})).await;
        }
    }
    let mut done = BTreeSet::new();
    for who in people() {
        for status in ["DRAFT", "SUBMITTED", "VERIFIED", "RETURNED"] {
            let document = format!(
                "{{ outcomes(first: 100, filter: {{ status: [{status}], partnership: [{of}] }}) {{ nodes {{ id version status
                indicator quarter {{ code status }} availableActions }} }} }}"
            );
            let data = app.data(&who, &document).await;
            let nodes = data["outcomes"]["nodes"].as_array().unwrap();
            // Some of every age, and those.
            let step = nodes.len() / 5 + 1;
            let some = nodes.iter().enumerate();
            for (_, told) in some.filter(|(at, told)| at % step == 0 || told["quarter"]["code"] == OVER) {
                let place = json!({ "partnership": of, "indicator": told["indicator"],
                    "quarter": told["quarter"]["code"] });
                let id = json!({ "id": told["id"] });
                let inputs = [
                    ("SET_TARGET", with(&place, json!({ "target": "7" }))),
                    ("REPORT", with(&place, json!({ "actual": "7" }))),
                    ("SUBMIT", id.clone()),
                    ("VERIFY", id.clone()),
                    ("RETURN", with(&id, json!({ "reason": "Contoh" }))),
                    ("REVISE", with(&id, json!({ "actual": "7", "reason": "Contoh" }))),
                ];
                done.extend(hold(&app, &who, "outcome", told, &inputs).await);
            }
        }
    }
    assert_eq!(done.len(), 6, "{done:?}");
}

async fn what_is_available_of_quarters_is_done(backend: Backend) {
    let app = TestApp::new(backend).await;
    // One that a seat agrees to, and one that all do.
    let some = opened(&app, OVER).await;
    let all = opened(&app, "2022-Q1").await;
    for (who, quarter) in
        [("KEMENPERIN", &some), ("KEMENPERIN", &all), ("KEMENKOPUKM", &all), ("KEMENBUMN", &all)]
    {
        act(&app, who, "quarterAgree", quarter, json!({})).await;
    }
    let mut done = BTreeSet::new();
    for who in people() {
        let data = app.data(&who, "{ quarters { nodes { id version status availableActions } } }").await;
        for told in data["quarters"]["nodes"].as_array().unwrap() {
            let id = json!({ "id": told["id"] });
            let why = with(&id, json!({ "reason": "Contoh" }));
            let inputs = [("AGREE", id.clone()), ("WITHDRAW_AGREEMENT", why), ("LOCK", id)];
            done.extend(hold(&app, &who, "quarter", told, &inputs).await);
        }
    }
    assert_eq!(done.len(), 3, "{done:?}");
}

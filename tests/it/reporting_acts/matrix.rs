//! `availableActions` is what the mutations then do: for every role and level, on the pilot's outcomes and quarters.

use std::collections::BTreeSet;

use serde_json::{Value, json};

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
    let mut done = BTreeSet::new();
    for who in people() {
        for status in ["DRAFT", "SUBMITTED", "VERIFIED", "RETURNED"] {
            let document = format!(
                "{{ outcomes(first: 100, filter: {{ status: [{status}] }}) {{ nodes {{ id version status indicator quarter {{ code status }}
                partnership {{ id }} organisation {{ code }} availableActions }} }} }}"
            );
            let data = app.data(&who, &document).await;
            let nodes = data["outcomes"]["nodes"].as_array().unwrap();
            for told in nodes.iter().filter(|one| one["organisation"]["code"] == "PERTAMINA").take(14) {
                let place = json!({ "partnership": told["partnership"]["id"], "indicator": told["indicator"],
                    "quarter": told["quarter"]["code"] });
                let with = |of: &Value, more: Value| {
                    let mut input = of.clone();
                    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                    input
                };
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
    assert!(done.len() >= 5, "{done:?}");
}

async fn what_is_available_of_quarters_is_done(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut done = BTreeSet::new();
    for who in people() {
        let data = app.data(&who, "{ quarters { nodes { id version status availableActions } } }").await;
        for told in data["quarters"]["nodes"].as_array().unwrap() {
            let id = json!({ "id": told["id"] });
            let why = json!({ "id": told["id"], "reason": "Contoh" });
            let inputs = [("AGREE", id.clone()), ("WITHDRAW_AGREEMENT", why), ("LOCK", id)];
            done.extend(hold(&app, &who, "quarter", told, &inputs).await);
        }
    }
    assert!(done.contains("AGREE"), "{done:?}");
}

//! `availableActions` is what the mutations then do: for every role, level, status, owner, raiser and organisation.

use std::collections::BTreeMap;

use kemitraan::access::Role;
use kemitraan::nouns::obstacles::entity::{ObstacleStatus, obstacle};
use sea_orm::Iterable as _;
use serde_json::{Value, json};

use crate::coverage::whole;
use crate::scope::{global, literal};
use crate::support::{Backend, TestApp};
use crate::walls::cases::Ground;

crate::both!(what_is_available_is_what_is_then_done);

fn input(action: &str, of: &obstacle::Model) -> Value {
    let mut input = json!({ "id": global("obstacle", of.id), "expectedVersion": of.version, "dryRun": true });
    let more = match action {
        "ASSIGN" => json!({ "owner": if of.owner == Role::Bumn { "KEMENPERIN" } else { "BUMN" } }),
        "UPDATE" => json!({ "followUp": "Contoh" }),
        "RESOLVE" => json!({ "resolution": "Contoh" }),
        "REOPEN" => json!({ "reason": "Contoh" }),
        other => panic!("say here what {other} takes"),
    };
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// Obstacles in every status, of every owner, raised by those whom they concern, in partnerships at work and at rest.
async fn all(app: &TestApp) -> Vec<obstacle::Model> {
    let mut all = Vec::new();
    for partnership in ["ACTIVE", "SUSPENDED", "COMPLETED", "TERMINATED", "REJECTED"] {
        let ground = Ground::new(app, "PERTAMINA", true).await;
        for status in ObstacleStatus::iter() {
            for owner in [Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn, Role::Bumn] {
                for raiser in ["PERTAMINA", "KEMENKOPUKM", "KEMENBUMN"] {
                    // All of it once, and of the rest what makes a difference.
                    if partnership == "ACTIVE" || (owner == Role::Kemenperin && raiser == "PERTAMINA") {
                        all.push(ground.obstacle(owner, raiser, status).await);
                    }
                }
            }
        }
        let id = literal(app.backend, ground.partnership.id);
        app.sql(&format!(
            "UPDATE partnership SET status = '{partnership}', status_reason = 'Contoh' WHERE id = {id}"
        ))
        .await;
    }
    all
}

async fn what_is_available_is_what_is_then_done(backend: Backend) {
    let app = TestApp::new(backend).await;
    let tried = all(&app).await;
    let actions = whole().get_enum("ObstacleAction").unwrap().values.keys().map(ToString::to_string);
    let actions = actions.collect::<Vec<_>>();
    let (mut done, mut refused) = (BTreeMap::<String, usize>::new(), 0);
    for seat in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA"] {
        for level in ["VIEWER", "OFFICER", "APPROVER"] {
            let who = format!("{seat}:{level}");
            for of in &tried {
                let id = global("obstacle", of.id);
                let document = format!("{{ obstacle(id: \"{id}\") {{ status availableActions }} }}");
                let told = app.data(&who, &document).await["obstacle"].clone();
                let available = told["availableActions"].as_array().unwrap();
                // All in one document: each begins from what there is.
                let name = |action: &String| format!("{}{}", &action[..1], action[1..].to_lowercase());
                let given = actions.iter().map(|action| format!("${0}: Obstacle{0}Input!", name(action)));
                let fields = actions
                    .iter()
                    .map(|action| format!("{action}: obstacle{0}(input: ${0}) {{ version }}", name(action)));
                let document = format!(
                    "mutation({}) {{ {} }}",
                    given.collect::<Vec<_>>().join(", "),
                    fields.collect::<Vec<_>>().join(" ")
                );
                let variables = actions.iter().map(|action| (name(action), input(action, of)));
                let variables = variables.collect::<serde_json::Map<_, _>>();
                let answer = app.post(&who, &document, variables.into()).await.json();
                for action in &actions {
                    let says = available.contains(&json!(action));
                    let does = answer["data"][action].is_object();
                    assert_eq!(says, does, "{who} {action} {told} {of:?} {answer:#}");
                    if does {
                        *done.entry(action.clone()).or_default() += 1;
                        assert_eq!(answer["data"][action]["version"], of.version + 1);
                    } else {
                        refused += 1;
                    }
                }
                for error in answer["errors"].as_array().into_iter().flatten() {
                    let error = &error["extensions"];
                    assert!(error["rule"].is_string(), "{error:#}");
                    if error["code"] == "INVALID_TRANSITION" {
                        assert_eq!(error["open"], told["availableActions"]);
                    } else {
                        assert_eq!(error["code"], "FORBIDDEN");
                    }
                }
            }
        }
    }
    // It would be a poor test if something were never done.
    assert_eq!(done.len(), actions.len(), "{done:?}");
    assert!(refused > 1_000, "{refused}");
    // Who only reads does nothing; who is out of reach is told of nothing. A whole list is told as each alone.
    for of in tried.iter().take(4) {
        let document =
            format!("{{ obstacle(id: \"{}\") {{ availableActions }} }}", global("obstacle", of.id));
        assert_eq!(app.data("AUDITOR", &document).await["obstacle"]["availableActions"], json!([]));
        assert_eq!(app.code("PLN", &document).await, "NOT_FOUND");
    }
    let list = app.data("KEMENPERIN", "{ obstacles(first: 100) { nodes { id availableActions } } }").await;
    let list = list["obstacles"]["nodes"].as_array().unwrap();
    assert!(list.iter().any(|node| node["availableActions"] == json!([])));
    for node in list.iter().step_by(7) {
        let document = format!("{{ obstacle(id: {}) {{ availableActions }} }}", node["id"]);
        let alone = app.data("KEMENPERIN", &document).await;
        assert_eq!(node["availableActions"], alone["obstacle"]["availableActions"]);
    }
}

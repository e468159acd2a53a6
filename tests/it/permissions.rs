//! `viewer.can` says what the mutations then do: what the dry run of a right request does, for each of them and everybody, before
//! and after it was carried out; and of what there is in the pilot, what `availableActions` has.

use std::collections::{BTreeMap, BTreeSet};

use kemitraan::access::Level;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use kemitraan::nouns::{milestones, obstacles, outcomes, partnerships, quarters};
use serde_json::{Value, json};

use crate::coverage::whole;
use crate::delegations::service;
use crate::succession::follow;
use crate::support::{Backend, TestApp};
use crate::walls::cases::{self, organisation};
use crate::walls::{Case, post_as};

crate::both!(
    what_you_can_is_what_a_dry_run_does,
    what_you_can_is_what_is_available,
    who_was_succeeded_can_nothing,
    what_is_no_question_is_refused,
);

/// Everybody: who, and a token.
fn everybody(app: &TestApp) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for name in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PLN", "PERTAMINA"] {
        for level in Level::ALL {
            all.push(format!("{name}:{}", level.as_str()));
        }
    }
    all.extend(["AUDITOR", "AUDITOR+PLN", "ADMIN"].map(str::to_owned));
    let token = |who: String| (who.clone(), app.token(&who));
    let mut everybody = all.into_iter().map(token).collect::<Vec<_>>();
    everybody.push(("service:erp of PLN".to_owned(), service(app, "PLN", Level::Officer, "erp")));
    everybody
}

/// What `can` says of each of these: as it is, or an error as what is not allowed.
async fn can(app: &TestApp, token: &str, asked: &[(&str, Option<&str>)]) -> Vec<Value> {
    let mut said = Vec::new();
    for some in asked.chunks(40) {
        let fields = some.iter().enumerate().map(|(at, (action, id))| {
            let id = id.map_or("null".to_owned(), |id| format!("\"{id}\""));
            format!("c{at}: can(action: \"{action}\", id: {id}) {{ action allowed code rule message open }}")
        });
        let document = format!("{{ viewer {{ {} }} }}", fields.collect::<Vec<_>>().join(" "));
        let answer = post_as(app, token, &document, json!({})).await.json();
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        for (at, (action, _)) in some.iter().enumerate() {
            let name = format!("c{at}");
            let own = &answer["data"]["viewer"][&name];
            if own.is_object() {
                assert_eq!(own["action"], *action);
                said.push(own.clone());
                continue;
            }
            let error = errors.iter().find(|error| error["path"] == json!(["viewer", name]));
            let error = error.unwrap_or_else(|| panic!("{document}: {answer:#}"));
            said.push(json!({ "action": action, "allowed": false, "code": error["extensions"]["code"],
                "rule": null, "message": error["message"], "open": null,
                "path": error["extensions"]["faults"][0]["path"] }));
        }
    }
    said
}

/// What is made and belongs to nothing.
const NEW: [&str; 5] =
    ["partnershipPropose", "partnerRegister", "organisationCreate", "quarterOpen", "tokenIssue"];

/// By what a request is asked for.
fn subject(case: &Case) -> Option<&str> {
    if NEW.contains(&case.field.as_str()) {
        return None;
    }
    let names = ["id", "partnership", "milestone", "partner", "memorandum", "subject"];
    let id = names.iter().find_map(|name| case.variables["input"][*name].as_str());
    Some(id.unwrap_or_else(|| panic!("say here by what {} is asked for", case.field)))
}

/// Rules of what only the input tells.
const OF_INPUT: [&str; 5] =
    ["own-organisation", "quarter-exists", "depends-already", "partner-already", "no-account"];

/// Whether `can` and a dry run agree: both yes (true), both no (false). The values of the input are the dry run's alone.
fn agree(said: &Value, answer: &Value, words: &str) -> bool {
    let error = &answer["errors"][0];
    if said["allowed"] == true {
        assert_eq!([&said["code"], &said["rule"], &said["message"], &said["open"]], [&Value::Null; 4]);
        let (code, rule) = (&error["extensions"]["code"], error["extensions"]["rule"].as_str());
        let of_input = code == "BAD_USER_INPUT" || rule.is_some_and(|rule| OF_INPUT.contains(&rule));
        assert!(error.is_null() || of_input, "{words}: {answer:#}");
        return error.is_null();
    }
    let extensions = &error["extensions"];
    let done = [&extensions["code"], &extensions["rule"], &error["message"], &extensions["open"]];
    assert_eq!([&said["code"], &said["rule"], &said["message"], &said["open"]], done, "{words}: {answer:#}");
    false
}

async fn dry_run(app: &TestApp, token: &str, case: &Case) -> Value {
    let mut variables = case.variables.clone();
    variables["input"]["dryRun"] = json!(true);
    post_as(app, token, &case.document, variables).await.json()
}

/// Everybody asks and tries each of these: the mutations that somebody could make and with whose token, and those that
/// somebody could not.
async fn try_all(app: &TestApp, cases: &[Case]) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let (mut yes, mut no) = (BTreeMap::new(), BTreeSet::new());
    for (who, token) in everybody(app) {
        let asked = cases.iter().map(|case| (case.field.as_str(), subject(case))).collect::<Vec<_>>();
        for (case, said) in cases.iter().zip(can(app, &token, &asked).await) {
            let words = format!("{who}: {} {said}", case.field);
            if agree(&said, &dry_run(app, &token, case).await, &words) {
                yes.insert(case.field.clone(), token.clone());
            } else if said["allowed"] == false {
                no.insert(case.field.clone());
            }
        }
    }
    (yes, no)
}

async fn what_you_can_is_what_a_dry_run_does(backend: Backend) {
    let app = TestApp::new(backend).await;
    let all = whole().get_object("Mutation").unwrap().fields.keys().map(ToString::to_string);
    let all = all.collect::<BTreeSet<_>>();
    // As they are a BUMN's to make, or else the seat's whose they are.
    let mut of_bumn = Vec::new();
    for field in &all {
        of_bumn.push(cases::case(&app, field, "BUMN", Some(&["PLN"]), true).await);
    }
    let (yes, no) = try_all(&app, &of_bumn).await;
    assert_eq!(yes.keys().cloned().collect::<BTreeSet<_>>(), all, "somebody can");
    assert_eq!(no, all, "somebody cannot");

    // As they are a ministry's.
    let mut of_ministry = Vec::new();
    for field in all.iter().filter(|field| field.starts_with("milestone") || field.starts_with("obstacle")) {
        of_ministry.push(cases::case(&app, field, "KEMENKOPUKM", Some(&["PLN"]), true).await);
    }
    try_all(&app, &of_ministry).await;

    // And once they are made: most cannot be made again.
    for case in &mut of_bumn {
        let document = case.document.replace("__typename", "version");
        let made = post_as(&app, &yes[&case.field], &document, case.variables.clone()).await.json();
        assert_eq!(made.get("errors"), None, "{}: {made:#}", case.field);
        let is_versioned = case.variables["input"].get("expectedVersion").is_some()
            || ["contactSet", "outcomeReport", "outcomeSetTarget"].contains(&case.field.as_str());
        if is_versioned {
            case.variables["input"]["expectedVersion"] = made["data"][&case.field]["version"].clone();
        }
    }
    let (again, _) = try_all(&app, &of_bumn).await;
    for stays in
        ["milestoneUpdate", "partnerUpdate", "commentAdd", "outcomeReport", "partnershipSetPotentialValue"]
    {
        assert!(again.contains_key(stays), "{stays}");
    }
    for once in ["milestoneStart", "partnershipActivate", "quarterLock", "contactErase", "delegationRevoke"] {
        assert!(!again.contains_key(once), "{once}");
    }
}

/// The actions of a machine as the API names them, with their mutations.
fn machines() -> Vec<(&'static str, Vec<(String, &'static str)>)> {
    macro_rules! machine {
        ($noun:ident) => {
            $noun::steps::STEPS
                .iter()
                .map(|step| (async_graphql::Value::from(step.action).to_string(), step.name))
                .collect()
        };
    }
    vec![
        ("partnerships", machine!(partnerships)),
        ("milestones", machine!(milestones)),
        ("outcomes", machine!(outcomes)),
        ("quarters", machine!(quarters)),
        ("obstacles", machine!(obstacles)),
    ]
}

async fn what_you_can_is_what_is_available(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (mut yes, mut no) = (0, 0);
    for (who, token) in everybody(&app) {
        // An administrator sees none of it; of the levels one of each seat will do.
        let is_left_out = who.ends_with(":VIEWER") || who.ends_with(":OFFICER") || who == "ADMIN";
        if is_left_out && !["PLN:OFFICER", "KEMENBUMN:VIEWER"].contains(&who.as_str()) {
            continue;
        }
        for (root, machine) in machines() {
            let document = format!("{{ {root}(first: 100) {{ nodes {{ id status availableActions }} }} }}");
            let answer = post_as(&app, &token, &document, json!({})).await.json();
            let nodes = answer["data"][root]["nodes"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
            // One in each status, and in each of what can be done to it.
            let mut some = BTreeMap::new();
            for node in nodes {
                some.entry((node["status"].to_string(), node["availableActions"].to_string()))
                    .or_insert(node);
            }
            for node in some.into_values() {
                let asked = machine.iter().map(|(_, name)| (*name, node["id"].as_str()));
                let said = can(&app, &token, &asked.collect::<Vec<_>>()).await;
                let available = node["availableActions"].as_array().unwrap();
                for ((action, _), said) in machine.iter().zip(said) {
                    let is_available = available.contains(&json!(action));
                    assert_eq!(said["allowed"], is_available, "{who}: {said} {node}");
                    (yes, no) = (yes + usize::from(is_available), no + usize::from(!is_available));
                }
            }
        }
    }
    assert!(yes > 50 && no > 500, "{yes} {no}");
}

async fn who_was_succeeded_can_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let all = whole().get_object("Mutation").unwrap().fields.keys();
    let asked = all.map(|field| (field.as_str(), None)).collect::<Vec<_>>();
    let token = app.token("PLN");
    let before = can(&app, &token, &[("partnershipPropose", None)]).await;
    assert_eq!(before[0]["allowed"], true);
    let (pln, rni) = (organisation(&app, "PLN").await, organisation(&app, "RNI").await);
    let (kind, today) = (SuccessionKind::Replace, app.clock.today().to_string());
    follow(&app.app.access, kind, pln, rni, Stewardship::All, &today).await;
    for said in can(&app, &token, &asked).await {
        let rule = match said["action"].as_str().unwrap() {
            "contactReveal" | "subjectExport" => "stewards-reveal-contacts",
            action if action.starts_with("organisation") => "kemenbumn-keeps-organisations",
            action if action.starts_with("token") => "administrator-keeps-tokens",
            _ => "succeeded",
        };
        assert_eq!((&said["code"], &said["rule"]), (&json!("FORBIDDEN"), &json!(rule)), "{said}");
    }
}

async fn what_is_no_question_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let milestone = app.data("PLN", "{ milestones(first: 1) { nodes { id } } }").await;
    let milestone = milestone["milestones"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    let token = app.token("PLN");
    for (action, id, code, path) in [
        ("nothing", None, "BAD_USER_INPUT", json!("action")),
        ("milestoneNothing", Some(milestone.as_str()), "BAD_USER_INPUT", json!("action")),
        ("milestoneStart", None, "BAD_USER_INPUT", json!("id")),
        ("commentAdd", None, "BAD_USER_INPUT", json!("id")),
        ("partnershipPropose", Some(milestone.as_str()), "BAD_USER_INPUT", json!("id")),
        ("milestoneStart", Some("milestone:x"), "NOT_FOUND", Value::Null),
        ("partnershipUpdate", Some(milestone.as_str()), "NOT_FOUND", Value::Null),
        ("commentAdd", Some("x"), "NOT_FOUND", Value::Null),
    ] {
        let said = can(&app, &token, &[(action, id)]).await;
        assert_eq!((&said[0]["code"], &said[0]["path"]), (&json!(code), &path), "{action}: {}", said[0]);
    }
    // Whether another's work is there is told to nobody who does not see it.
    let said = can(&app, &app.token("PERTAMINA"), &[("milestoneStart", Some(&milestone))]).await;
    assert_eq!(said[0]["code"], "NOT_FOUND");
    // Whoever writes nothing hears so first, whatever it asks for.
    for who in ["AUDITOR", "ADMIN"] {
        for id in [None, Some("x"), Some(milestone.as_str())] {
            let said = can(&app, &app.token(who), &[("milestoneStart", id)]).await;
            assert_eq!((&said[0]["code"], &said[0]["rule"]), (&json!("FORBIDDEN"), &json!("seats-write")));
        }
    }
    // Whose hand it is, is told what is open instead.
    let met = "{ milestones(first: 1, filter: {status: [MET], reporter: [BUMN]}) { nodes { id } } }";
    let met = app.data("PLN", met).await;
    let id = met["milestones"]["nodes"][0]["id"].as_str();
    let said = can(&app, &token, &[("milestoneStart", id)]).await;
    assert_eq!(said[0]["code"], "INVALID_TRANSITION", "{}", said[0]);
    assert!(said[0]["rule"].is_string() && said[0]["open"].is_array(), "{}", said[0]);
}

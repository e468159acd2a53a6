//! `availableActions` is what the mutations then do: for every role, level, status, and what a step asks for.

use kemitraan::access::Role;
use kemitraan::nouns::evidence::entity::EvidenceKind;
use kemitraan::nouns::milestones::entity::{MilestoneStatus, milestone};
use sea_orm::Iterable as _;
use serde_json::{Value, json};

use crate::coverage::whole;
use crate::scope::{global, literal};
use crate::support::{Backend, TestApp};
use crate::walls::cases::{Ground, organisation};

crate::both!(what_is_available_is_what_is_then_done);

/// A milestone that everything is tried on.
struct Tried {
    id: String,
    version: i32,
    /// One that it waits for, and one that it could.
    depends_on: String,
    spare: String,
    /// A piece of its evidence, which may be withdrawn already.
    evidence: String,
    /// A clause of the memorandum.
    clause: String,
}

/// `milestoneStart` of START, `evidenceAttach` of ATTACH_EVIDENCE.
fn name(action: &str) -> String {
    if action == "LINK_CLAUSE" {
        return "clauseLink".to_owned();
    }
    let words = action.split('_').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase()));
    let words = words.collect::<String>();
    words
        .strip_suffix("Evidence")
        .map_or_else(|| format!("milestone{words}"), |verb| format!("evidence{verb}"))
}

fn input(app: &TestApp, action: &str, of: &Tried, sha256: &str) -> Value {
    if action == "ATTACH_EVIDENCE" {
        return json!({ "milestone": of.id, "sha256": sha256, "kind": "OTHER", "dryRun": true });
    }
    if action == "WITHDRAW_EVIDENCE" {
        return json!({ "id": of.evidence, "expectedVersion": 1, "reason": "Contoh", "dryRun": true });
    }
    let mut input = json!({ "id": of.id, "expectedVersion": of.version, "dryRun": true });
    let today = app.clock.today();
    let more = match action {
        "UPDATE" => json!({ "weight": 3 }),
        "LINK_CLAUSE" => json!({ "clause": of.clause }),
        "DEPEND" => json!({ "dependsOn": of.spare }),
        "UNDEPEND" => json!({ "dependsOn": of.depends_on }),
        "SUBMIT" => json!({ "report": "Contoh", "occurredOn": today.to_string() }),
        "VERIFY" => json!({ "verdict": "MET" }),
        "RESCHEDULE" => json!({ "dueOn": (today + chrono::Days::new(9)).to_string(), "reason": "Contoh" }),
        "RETURN" | "WITHDRAW_VERIFICATION" | "DECLINE_RESCHEDULE" | "CANCEL" => json!({ "reason": "Contoh" }),
        _ => json!({}),
    };
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// Milestones in every status, with and without what steps ask for.
async fn all(app: &TestApp) -> Vec<Tried> {
    let mut tried = Vec::new();
    let pairs = [
        (Role::Bumn, Role::Kemenkopukm),
        (Role::Kemenkopukm, Role::Kemenbumn),
        (Role::Kemenperin, Role::Bumn),
    ];
    for (at, partnership) in ["ACTIVE", "PROPOSED", "SUSPENDED"].into_iter().enumerate() {
        let ground = Ground::new(app, "PERTAMINA", true).await;
        let clause = ground.clause(0).await;
        let spare = ground.milestone(pairs[0], MilestoneStatus::Scheduled).await;
        let met = ground.milestone(pairs[0], MilestoneStatus::Met).await;
        for (number, status) in MilestoneStatus::iter().enumerate() {
            for variant in 0..4 {
                if at > 0 && variant > 0 {
                    continue;
                }
                let pair = if variant % 3 == 0 { pairs[0] } else { pairs[(number + variant) % 3] };
                let row = ground.milestone(pair, status).await;
                let evidence = vary(app, &ground, &row, variant, (&spare, &met)).await;
                tried.push(Tried {
                    evidence: global("evidence", evidence),
                    id: global("milestone", row.id),
                    version: row.version,
                    clause: clause.clone(),
                    depends_on: global("milestone", if variant == 2 { spare.id } else { met.id }),
                    spare: global("milestone", if variant == 2 { met.id } else { spare.id }),
                });
            }
        }
        let id = literal(app.backend, spare.partnership);
        app.sql(&format!(
            "UPDATE partnership SET status = '{partnership}', status_reason = 'Contoh' WHERE id = {id}"
        ))
        .await;
    }
    tried
}

/// 0: nothing; 1: what it depends on is met, its evidence is there, a move waits; 2: what it depends on is not met; 3: it
/// asks for evidence that is not there, has other, and its report is of the organisation of a verifier. What it has not is
/// withdrawn.
async fn vary(
    app: &TestApp,
    ground: &Ground<'_>,
    row: &milestone::Model,
    variant: usize,
    (spare, met): (&milestone::Model, &milestone::Model),
) -> uuid::Uuid {
    let kind = if variant == 1 { EvidenceKind::Bast } else { EvidenceKind::Invoice };
    let evidence = ground.evidence(row, kind).await.id;
    if variant.is_multiple_of(2) {
        let evidence = literal(app.backend, evidence);
        app.sql(&format!(
            "UPDATE evidence SET withdrawn_at = 2, withdrawn_by = 'somebody', withdrawal_reason = 'Contoh' WHERE id = {evidence}"
        ))
        .await;
    }
    let id = literal(app.backend, row.id);
    match variant {
        1 => {
            app.sql(&format!("UPDATE milestone SET type = 'DELIVERY' WHERE id = {id}")).await;
            ground.depend(row, met).await;
            ground.request(row, 40).await;
        }
        2 => ground.depend(row, spare).await,
        3 => {
            let own = literal(app.backend, organisation(app, "KEMENKOPUKM").await);
            app.sql(&format!(
                "UPDATE milestone SET type = 'DELIVERY', reporter_organisation = {own} WHERE id = {id} AND reported_by IS NOT NULL"
            ))
            .await;
            app.sql(&format!("UPDATE milestone SET type = 'DELIVERY' WHERE id = {id}")).await;
        }
        _ => {}
    }
    evidence
}

async fn what_is_available_is_what_is_then_done(backend: Backend) {
    let app = TestApp::new(backend).await;
    let tried = all(&app).await;
    let sha256 = Ground::new(&app, "PERTAMINA", true).await.upload().await;
    let actions = whole().get_enum("MilestoneAction").unwrap().values.keys().map(ToString::to_string);
    let actions = actions.collect::<Vec<_>>();
    let (mut done, mut refused) = (std::collections::BTreeMap::<String, usize>::new(), 0);
    for seat in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA"] {
        for level in ["VIEWER", "OFFICER", "APPROVER"] {
            let who = format!("{seat}:{level}");
            for of in &tried {
                let document = format!("{{ milestone(id: \"{}\") {{ status availableActions }} }}", of.id);
                let told = app.data(&who, &document).await["milestone"].clone();
                let available = told["availableActions"].as_array().unwrap();
                // All of them in one document: each begins from what there is.
                let inputs = actions.iter().map(|action| (name(action), input(&app, action, of, &sha256)));
                let inputs = inputs.collect::<Vec<_>>();
                let given = inputs
                    .iter()
                    .map(|(name, _)| format!("${name}: {}{}Input!", name[..1].to_uppercase(), &name[1..]));
                let fields = inputs.iter().map(|(name, _)| format!("{name}(input: ${name}) {{ version }}"));
                let document = format!(
                    "mutation({}) {{ {} }}",
                    given.collect::<Vec<_>>().join(", "),
                    fields.collect::<Vec<_>>().join(" ")
                );
                let variables = inputs.into_iter().collect::<serde_json::Map<_, _>>();
                let answer = app.post(&who, &document, variables.into()).await.json();
                for action in &actions {
                    let name = name(action);
                    let says = available.contains(&json!(action));
                    let does = answer["data"][&name].is_object();
                    assert_eq!(says, does, "{who} {action} {told} {} {answer:#}", of.id);
                    if does {
                        *done.entry(action.clone()).or_default() += 1;
                        let before = if action == "ATTACH_EVIDENCE" { 0 } else { of.version };
                        assert_eq!(answer["data"][&name]["version"], before + 1);
                    } else {
                        refused += 1;
                    }
                }
                for error in answer["errors"].as_array().into_iter().flatten() {
                    let error = &error["extensions"];
                    assert!(
                        error["code"] == "FORBIDDEN" || error["code"] == "INVALID_TRANSITION",
                        "{error:#}"
                    );
                    assert!(error["rule"].is_string());
                    if error["code"] == "INVALID_TRANSITION" {
                        assert_eq!(error["open"], told["availableActions"]);
                    }
                }
            }
        }
    }
    // It would be a poor test if something were never done.
    assert_eq!(done.len(), actions.len(), "{done:?}");
    assert!(refused > 1_000);
    // Who only reads does nothing; who is out of reach is told of nothing.
    for of in tried.iter().take(8) {
        let document = format!("{{ milestone(id: \"{}\") {{ availableActions }} }}", of.id);
        assert_eq!(app.data("AUDITOR", &document).await["milestone"]["availableActions"], json!([]));
        assert_eq!(app.code("PLN", &document).await, "NOT_FOUND");
    }
}

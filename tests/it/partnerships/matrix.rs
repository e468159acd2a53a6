//! `availableActions` is what the mutations then do: for every role, level, status, and what a step asks for.

use std::collections::BTreeMap;

use kemitraan::nouns::milestones::entity::{MilestoneStatus, MilestoneType};
use kemitraan::nouns::partnerships::entity::PartnershipStatus;
use sea_orm::{ActiveEnum as _, Iterable as _};
use serde_json::{Value, json};

use super::{milestone, proposal, send, stranger, uuid};
use crate::coverage::whole;
use crate::scope::literal;
use crate::support::{Backend, TestApp};

crate::both!(what_is_available_is_what_is_then_done);

/// A partnership that everything is tried on.
struct Tried {
    id: String,
    version: i64,
    /// The partner beside the lead, where there is one; else the lead.
    other: String,
}

/// `partnershipCurate` of CURATE.
fn name(action: &str) -> String {
    let words = action.split('_').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase()));
    let words = words.collect::<String>();
    words
        .strip_suffix("ExternalReference")
        .map_or_else(|| format!("partnership{words}"), |verb| format!("externalReference{verb}"))
}

fn input(action: &str, of: &Tried, nib: &str) -> Value {
    let value = json!({ "amount": "1", "source": "Contoh", "asOf": "2026-11-01" });
    let target = json!({ "id": of.id, "expectedVersion": of.version, "dryRun": true });
    let with = |more: Value| super::with(target.clone(), &more);
    match action {
        "UPDATE" => with(json!({ "title": "Contoh" })),
        "ADD_PARTNER" => with(json!({ "nib": nib })),
        "REMOVE_PARTNER" => with(json!({ "partner": of.other, "reason": "Contoh" })),
        "SET_POTENTIAL_VALUE" | "SET_ESTIMATED_VALUE" | "SET_CONTRACTED_VALUE" => {
            with(json!({ "value": value }))
        }
        "ADD_EXTERNAL_REFERENCE" => {
            json!({ "partnership": of.id, "dryRun": true, "system": "SAP", "value": "lain" })
        }
        "REMOVE_EXTERNAL_REFERENCE" => {
            json!({ "partnership": of.id, "dryRun": true, "system": "SAP", "value": of.id })
        }
        "RENEW" => json!({ "id": of.id, "dryRun": true, "batch": "STAGE_3" }),
        "RETURN_TO_PREPARATION" | "WAIVE_TRIAL" | "SUSPEND" | "TERMINATE" | "REJECT" => {
            with(json!({ "reason": "Contoh" }))
        }
        _ => target,
    }
}

/// 0: nothing; 1: another partner, a reference, what is met, a renewal that was rejected; 2: an open milestone, a renewal
/// that stands.
async fn all(app: &TestApp) -> Vec<Tried> {
    let mut tried = Vec::new();
    let (_, lead) = stranger(app, "KEMENKOPUKM", "PERTAMINA").await;
    let (_, other) = stranger(app, "KEMENPERIN", "PERTAMINA").await;
    for status in PartnershipStatus::iter() {
        for variant in 0..3 {
            let mut given = proposal(app, &lead).await;
            if variant == 1 {
                given["partners"] = json!([{ "nib": lead, "lead": true }, { "nib": other }]);
            }
            let made = send(app, "PERTAMINA", "partnershipPropose", given).await;
            let row = &made["partnership"];
            let partners = row["partners"].as_array().unwrap_or_else(|| panic!("{made:#}"));
            let partner = partners.last().unwrap()["partner"]["id"].as_str().unwrap().to_owned();
            let id = row["id"].as_str().unwrap().to_owned();
            let own = literal(app.backend, uuid(&id));
            let stands = async |status: &str| {
                app.sql(&format!(
                    "UPDATE partnership SET status = '{status}', status_reason = 'Contoh' WHERE id = {own}"
                ))
                .await;
            };
            if variant == 1 {
                let reference = json!({ "partnership": id, "system": "SAP", "value": id });
                send(app, "PERTAMINA", "externalReferenceAdd", reference).await;
                milestone(app, &id, MilestoneType::CooperationAgreement, MilestoneStatus::Met).await;
            }
            if variant == 2 {
                milestone(app, &id, MilestoneType::SupplyContract, MilestoneStatus::Submitted).await;
            }
            if variant > 0 {
                stands("ACTIVE").await;
                let renewal = json!({ "id": id, "batch": "STAGE_3" });
                let renewal = send(app, "PERTAMINA", "partnershipRenew", renewal).await;
                let renewal = renewal["partnership"]["id"].as_str().unwrap_or_else(|| panic!("{renewal:#}"));
                let reject = json!({ "id": renewal, "expectedVersion": 1, "reason": "Contoh" });
                if variant == 1 {
                    send(app, "KEMENBUMN", "partnershipReject", reject).await;
                }
            }
            stands(&status.to_value()).await;
            tried.push(Tried { id, version: 1, other: partner });
        }
    }
    tried
}

async fn what_is_available_is_what_is_then_done(backend: Backend) {
    let app = TestApp::new(backend).await;
    let tried = all(&app).await;
    let spare = "SELECT nib FROM partner WHERE nib IS NOT NULL AND id NOT IN
        (SELECT partner FROM partnership_partner JOIN partnership ON partnership.id = partnership_partner.partnership
            WHERE batch = 'STAGE_2') ORDER BY id";
    let nib = crate::scope::rows(&app, spare).await[0].try_get_by_index::<String>(0).unwrap();
    let actions = whole().get_enum("PartnershipAction").unwrap().values.keys().map(ToString::to_string);
    let actions = actions.collect::<Vec<_>>();
    let (mut done, mut refused) = (BTreeMap::<String, usize>::new(), 0);
    for seat in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA"] {
        for level in ["VIEWER", "OFFICER", "APPROVER"] {
            let who = format!("{seat}:{level}");
            for of in &tried {
                let document = format!("{{ partnership(id: \"{}\") {{ status availableActions }} }}", of.id);
                let told = app.data(&who, &document).await["partnership"].clone();
                let available = told["availableActions"].as_array().unwrap();
                // Half of them in one document: each begins from what there is.
                for some in actions.chunks(10) {
                    let inputs = some.iter().map(|action| (name(action), input(action, of, &nib)));
                    let inputs = inputs.collect::<Vec<_>>();
                    let given = inputs.iter().map(|(name, _)| {
                        format!("${name}: {}{}Input!", name[..1].to_uppercase(), &name[1..])
                    });
                    let fields =
                        inputs.iter().map(|(name, _)| format!("{name}(input: ${name}) {{ version }}"));
                    let document = format!(
                        "mutation({}) {{ {} }}",
                        given.collect::<Vec<_>>().join(", "),
                        fields.collect::<Vec<_>>().join(" ")
                    );
                    let variables = inputs.into_iter().collect::<serde_json::Map<_, _>>();
                    let answer = app.post(&who, &document, variables.into()).await.json();
                    for action in some {
                        let does = answer["data"][&name(action)].is_object();
                        let says = available.contains(&json!(action));
                        assert_eq!(says, does, "{who} {action} {told} {} {answer:#}", of.id);
                        if does {
                            *done.entry(action.clone()).or_default() += 1;
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
    }
    // It would be a poor test if something were never done.
    assert_eq!(done.len(), actions.len(), "{done:?}");
    assert!(refused > 1_000);
    // Who only reads does nothing; who is out of reach is told of nothing. A list is decided as one.
    for of in tried.iter().take(4) {
        let document = format!("{{ partnership(id: \"{}\") {{ availableActions }} }}", of.id);
        assert_eq!(app.data("AUDITOR", &document).await["partnership"]["availableActions"], json!([]));
        assert_eq!(app.code("PLN", &document).await, "NOT_FOUND");
    }
    let listed =
        "{ partnerships(first: 100, filter: { batch: [\"STAGE_2\"] }) { nodes { id availableActions } } }";
    let listed = app.data("PERTAMINA", listed).await;
    for of in &tried {
        let nodes = listed["partnerships"]["nodes"].as_array().unwrap();
        let node = nodes.iter().find(|node| node["id"] == of.id.as_str()).unwrap();
        let document = format!("{{ partnership(id: \"{}\") {{ availableActions }} }}", of.id);
        let alone = app.data("PERTAMINA", &document).await;
        assert_eq!(node["availableActions"], alone["partnership"]["availableActions"]);
    }
}

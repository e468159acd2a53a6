//! What of a history each role is told, and what not.

use std::collections::BTreeMap;

use kemitraan::nouns::comments::entity::comment;
use kemitraan::nouns::evidence::entity::evidence;
use kemitraan::nouns::milestones::entity::{MilestoneStatus, milestone, milestone_dependency, reschedule};
use kemitraan::nouns::obstacles::entity::obstacle;
use kemitraan::nouns::outcomes::entity::{outcome, outcome_revision};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::{partnership, partnership_partner};
use kemitraan::nouns::references::entity::external_reference;
use kemitraan::types::{GlobalId, Money};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{HISTORY, NOUNS, act, fields, history, of_bumn, seat};
use crate::journal_readers::changes_within;
use crate::scope::{assert_forbidden, expected, global, literal, readers, sequences, uuids};
use crate::support::{Backend, TestApp};

crate::both!(
    histories_are_those_within_reach,
    what_is_no_field_is_not_told,
    what_is_out_of_reach_is_not_named,
    work_that_was_handed_over_begins_with_the_handing_over,
    histories_are_not_for_administrators,
);

async fn histories_are_those_within_reach(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, codes) in readers() {
        let codes = codes.as_deref();
        for (_, noun, object) in NOUNS {
            let within = codes.map_or_else(|| "1 = 1".to_owned(), changes_within);
            let seen = expected(&app, noun, codes, "id").await;
            for id in seen.iter().step_by(seen.len() / 5 + 1) {
                let key = literal(backend, GlobalId::parse(id).unwrap().id);
                let sql = format!(
                    "SELECT DISTINCT sequence FROM journal_change WHERE id = {key} AND {within} ORDER BY sequence"
                );
                let told = history(&app, &who, id).await;
                let told = told.iter().map(|entry| entry["sequence"].as_i64().unwrap()).collect::<Vec<_>>();
                assert_eq!(told, sequences(&app, &sql).await, "{who}: {id}");
                assert!(!told.is_empty());
            }
            let all = expected(&app, noun, None, "id").await;
            if let Some(other) = all.iter().find(|id| !seen.contains(id)) {
                let document = format!("{{ node(id: \"{other}\") {{ ... on {object} {{ {HISTORY} }} }} }}");
                assert_eq!(app.code(&who, &document).await, "NOT_FOUND", "{who}");
            }
        }
    }
}

async fn what_is_no_field_is_not_told(backend: Backend) {
    let app = TestApp::new(backend).await;
    let row = of_bumn(&app, "PLN").await;
    let of = partnership_partner::Column::Partnership.eq(row.id);
    let own = partnership_partner::Entity::find().filter(of).one(app.raw()).await.unwrap().unwrap();
    let mitra = partner::Entity::find_by_id(own.partner).one(app.raw()).await.unwrap().unwrap();
    let actor = seat(&app, "KEMENKOPUKM").await;
    act(&app, &actor, "example", Some("Persetujuan"), async |write, permit| {
        let changed =
            partner::Model { version: mitra.version + 1, name_public: !mitra.name_public, ..mitra.clone() };
        write.update::<partner::Entity>(permit, &changed).await.unwrap();
    })
    .await;
    for who in ["KEMENKOPUKM", "PLN", "AUDITOR"] {
        let told = history(&app, who, &global("partner", mitra.id)).await;
        let last = told.last().unwrap();
        assert_eq!((&last["reason"], &last["fields"]), (&json!("Persetujuan"), &json!([])), "{who}");
        let text = json!(told).to_string();
        assert!(text.contains("Partner.isIkm") && !text.contains("ublic"), "{who}: {text}");
        let told = json!(history(&app, who, &global("partnership", row.id)).await).to_string();
        assert!(
            !told.contains("ublic") && !told.contains(".version") && !told.contains(".id"),
            "{who}: {told}"
        );
    }
    // Who locked a quarter is no field of it.
    let quarters = uuids(&app, "SELECT id FROM quarter WHERE locked_by IS NOT NULL ORDER BY id").await;
    let told = json!(history(&app, "KEMENBUMN", &global("quarter", quarters[0])).await).to_string();
    assert!(told.contains("Quarter.lockedAt") && !told.contains("lockedBy"), "{told}");
    // What counts the revisions of an outcome is not the list of them.
    let revised = uuids(&app, "SELECT id FROM outcome WHERE revised IS NOT NULL ORDER BY id").await;
    let told = json!(history(&app, "KEMENBUMN", &global("outcome", revised[0])).await).to_string();
    assert!(told.contains("Outcome.latest") && !told.contains("Outcome.revis"), "{told}");
}

async fn what_is_out_of_reach_is_not_named(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (pln, pertamina) = (of_bumn(&app, "PLN").await, of_bumn(&app, "PERTAMINA").await);
    let actor = seat(&app, "KEMENBUMN").await;
    let renewed = partnership::Model {
        version: pln.version + 1,
        renewal_of: Some(pertamina.id),
        potential_value: Some(Money(3_000_000_000)),
        potential_source: Some("Contoh".to_owned()),
        potential_on: Some("2026-11-01".parse().unwrap()),
        ..pln.clone()
    };
    act(&app, &actor, "example", None, async |write, permit| {
        write.update::<partnership::Entity>(permit, &renewed).await.unwrap();
    })
    .await;
    let id = global("partnership", pln.id);
    for (who, is_named) in [
        ("KEMENBUMN", true),
        ("AUDITOR", true),
        ("AUDITOR+PLN+PERTAMINA", true),
        ("AUDITOR+PLN", false),
        ("PLN", false),
    ] {
        let told = history(&app, who, &id).await;
        let mut last = fields(told.last().unwrap());
        let value = |value: &str| (Value::Null, json!(value));
        let named = last.remove("Partnership.renewalOf");
        assert_eq!(named, is_named.then(|| value(&global("partnership", pertamina.id))), "{who}");
        let rest = [("amount", "3000000000"), ("source", "Contoh"), ("asOf", "2026-11-01")];
        let rest = rest.map(|(name, text)| (format!("Partnership.potentialValue.{name}"), value(text)));
        assert_eq!(last, BTreeMap::from(rest), "{who}");
    }
}

async fn work_that_was_handed_over_begins_with_the_handing_over(backend: Backend) {
    let app = TestApp::new(backend).await;
    let row = of_bumn(&app, "PLN").await;
    let to = uuids(&app, "SELECT id FROM organisation WHERE code = 'PERTAMINA'").await[0];
    let actor = seat(&app, "KEMENBUMN").await;
    let raw = app.raw();
    macro_rules! of {
        ($module:ident) => {{
            let of = $module::Column::Partnership.eq(row.id);
            let rows = $module::Entity::find().filter(of).all(raw).await.unwrap().into_iter();
            rows.map(|row| $module::Model { version: row.version + 1, organisation: to, ..row })
                .collect::<Vec<_>>()
        }};
    }
    let (partners, steps, waits) = (of!(partnership_partner), of!(milestone), of!(milestone_dependency));
    let (figures, revisions) = (of!(outcome), of!(outcome_revision));
    let (moves, names) = (of!(reschedule), of!(external_reference));
    let (papers, hindrances) = (of!(evidence), of!(obstacle));
    let of = comment::Column::Partnership.eq(row.id);
    let said = comment::Entity::find().filter(of).all(raw).await.unwrap().into_iter();
    let said = said
        .map(|row| comment::Model { version: row.version + 1, organisation: Some(to), ..row })
        .collect::<Vec<_>>();
    let sequence = act(&app, &actor, "example", Some("Alih kelola"), async |write, permit| {
        let moved = partnership::Model { version: row.version + 1, organisation: to, ..row.clone() };
        write.update::<partnership::Entity>(permit, &moved).await.unwrap();
        for row in &partners {
            write.update::<partnership_partner::Entity>(permit, row).await.unwrap();
        }
        for row in &steps {
            write.update::<milestone::Entity>(permit, row).await.unwrap();
        }
        for row in &waits {
            write.update::<milestone_dependency::Entity>(permit, row).await.unwrap();
        }
        for row in &figures {
            write.update::<outcome::Entity>(permit, row).await.unwrap();
        }
        for row in &revisions {
            write.update::<outcome_revision::Entity>(permit, row).await.unwrap();
        }
        for row in &moves {
            write.update::<reschedule::Entity>(permit, row).await.unwrap();
        }
        for row in &names {
            write.update::<external_reference::Entity>(permit, row).await.unwrap();
        }
        for row in &papers {
            write.update::<evidence::Entity>(permit, row).await.unwrap();
        }
        for row in &said {
            write.update::<comment::Entity>(permit, row).await.unwrap();
        }
        for row in &hindrances {
            write.update::<obstacle::Entity>(permit, row).await.unwrap();
        }
    })
    .await;

    let id = global("milestone", steps.iter().find(|row| row.status == MilestoneStatus::Met).unwrap().id);
    let whole = history(&app, "KEMENBUMN", &id).await;
    assert!(whole.len() > 3);
    assert_eq!(fields(whole.last().unwrap()).len(), 1);
    for who in ["PERTAMINA", "AUDITOR+PERTAMINA"] {
        let told = history(&app, who, &id).await;
        assert_eq!(told.len(), 1, "{who}");
        assert_eq!((&told[0]["sequence"], &told[0]["reason"]), (&json!(sequence), &json!("Alih kelola")));
        // As it was handed over, not what was done to it before.
        let first = fields(&told[0]);
        assert_eq!(first["Milestone.status"], (Value::Null, json!("MET")));
        assert_eq!(first["Milestone.organisation"], (Value::Null, json!(global("organisation", to))));
    }
    assert_eq!(
        app.code("PLN", &format!("{{ milestone(id: \"{id}\") {{ history {{ nodes {{ sequence }} }} }} }}"))
            .await,
        "NOT_FOUND"
    );
}

async fn histories_are_not_for_administrators(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (root, ..) in NOUNS {
        let document = format!("{{ {root}(first: 0) {{ nodes {{ history {{ nodes {{ sequence }} }} }} }} }}");
        let coordinate = format!("Query.{root}");
        assert_forbidden(&app, "ADMIN", &document, &coordinate, "admin-sees-no-partnership").await;
    }
}

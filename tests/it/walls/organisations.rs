//! A right request for each mutation of organisations, on rows that are put there for it.

use kemitraan::nouns::organisations::entity::{
    OrganisationKind, Stewardship, SuccessionKind, organisation, succession,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cases::Ground;
use crate::scope::global;
use crate::support::TestApp;

/// Before what follows in other tests.
const DAY: &str = "2021-09-04";
const BASIS: &str = "Contoh untuk satu uji (data contoh)";

/// Takes away all organisations that were put there for mutations, or made.
pub async fn clear(app: &TestApp) {
    let own = "(SELECT id FROM organisation WHERE code LIKE 'CONTOH_UJI_%')";
    app.sql(&format!("DELETE FROM succession WHERE legal_basis = '{BASIS}'")).await;
    app.sql(&format!("DELETE FROM organisation_name WHERE organisation IN {own}")).await;
    app.sql("DELETE FROM organisation WHERE code LIKE 'CONTOH_UJI_%'").await;
}

/// A code that no other organisation has.
fn code(app: &TestApp) -> String {
    let id = app.clock.new_id().simple().to_string().to_uppercase();
    format!("CONTOH_UJI_{}", &id[16..])
}

async fn put(app: &TestApp) -> Uuid {
    let id = app.clock.new_id();
    let (code, kind) = (code(app), OrganisationKind::Offtaker);
    let row = organisation::Model { id, version: 1, code, kind, seat: None, parent: None };
    let active = row.into_active_model();
    organisation::Entity::insert(active).exec_without_returning(app.raw()).await.unwrap();
    id
}

async fn follow(app: &TestApp, predecessor: Uuid, successor: Uuid) {
    let row = succession::Model {
        id: app.clock.new_id(),
        version: 1,
        kind: SuccessionKind::Split,
        predecessor,
        successor,
        stewardship: Stewardship::All,
        effective_on: DAY.parse().unwrap(),
        legal_basis: BASIS.to_owned(),
    };
    let active = row.into_active_model();
    succession::Entity::insert(active).exec_without_returning(app.raw()).await.unwrap();
}

/// What a mutation takes.
pub async fn input(ground: &Ground<'_>, field: &str) -> Value {
    let app = ground.app;
    let id = |id: Uuid| global("organisation", id);
    match field {
        "organisationCreate" => {
            json!({ "code": code(app), "kind": "OFFTAKER", "name": "Contoh (data contoh)",
            "shortName": "Contoh" })
        }
        "organisationRename" => {
            json!({ "id": id(put(app).await), "expectedVersion": 1, "name": "Contoh (data contoh)",
            "shortName": "Contoh", "from": "2022-01-12", "legalBasis": BASIS })
        }
        "organisationSucceed" => json!({ "id": id(put(app).await), "expectedVersion": 1, "kind": "REPLACE",
            "effectiveOn": "2022-01-12", "legalBasis": BASIS,
            "successors": [{ "organisation": id(put(app).await) }] }),
        "organisationDivideWork" => {
            // What was split off has work to get, and the BUMN goes on.
            let whose = organisation::Entity::find_by_id(ground.partnership.organisation);
            let whose = whose.one(app.raw()).await.unwrap().unwrap();
            let itself = succession::Entity::find()
                .filter(succession::Column::Predecessor.eq(whose.id))
                .filter(succession::Column::Successor.eq(whose.id));
            let itself = itself.one(app.raw()).await.unwrap();
            if itself.is_none() {
                follow(app, whose.id, whose.id).await;
            }
            let other = put(app).await;
            follow(app, whose.id, other).await;
            json!({ "id": id(whose.id), "expectedVersion": whose.version, "reason": "Contoh",
                "shares": [{ "successor": id(other), "partnerships": [ground.id()] }] })
        }
        other => panic!("say here what {other} takes"),
    }
}

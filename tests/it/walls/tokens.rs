//! A right request for each mutation of tokens, and tokens that are put there for it.

use kemitraan::access::Role;
use kemitraan::nouns::tokens::entity::token;
use kemitraan::types::Timestamp;
use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scope::global;
use crate::support::TestApp;

const SUBJECT: &str = "contoh-untuk-satu-uji";

/// Takes away all tokens that were put there for mutations, or made.
pub async fn clear(app: &TestApp) {
    app.sql("DELETE FROM token_use").await;
    app.sql(&format!("DELETE FROM token WHERE subject = '{SUBJECT}'")).await;
}

/// An auditor's, so that it has all that a token can have but organisation and level.
pub async fn put(app: &TestApp) -> Uuid {
    let (id, today) = (app.clock.new_id(), app.clock.today());
    let row = token::Model {
        id,
        version: 1,
        subject: SUBJECT.to_owned(),
        role: Role::Auditor,
        organisation_code: None,
        level: None,
        purpose: "Contoh".to_owned(),
        expires_at: tomorrow(app),
        letter_institution: Some("Contoh lembaga".to_owned()),
        letter_number: Some("CONTOH/1".to_owned()),
        letter_organisations: Some("PLN RNI".to_owned()),
        letter_from: Some(today),
        letter_until: Some(today),
        issued_at: app.now(),
        issued_by: "somebody".to_owned(),
        revoked_at: None,
        revoked_by: None,
        revocation_reason: None,
    };
    token::Entity::insert(row.into_active_model()).exec_without_returning(app.raw()).await.unwrap();
    id
}

fn tomorrow(app: &TestApp) -> Timestamp {
    Timestamp(app.now().0 + 24 * 3_600 * 1_000_000)
}

/// What a mutation takes.
pub async fn input(app: &TestApp, field: &str) -> Value {
    match field {
        "tokenIssue" => json!({ "subject": SUBJECT, "role": "BUMN", "organisation": "PLN", "level": "VIEWER",
            "purpose": "Contoh", "expiresAt": tomorrow(app).to_string() }),
        "tokenRevoke" => {
            json!({ "id": global("token", put(app).await), "expectedVersion": 1, "reason": "Contoh" })
        }
        other => panic!("say here what {other} takes"),
    }
}

//! A right request for each mutation of outcomes and quarters.

use kemitraan::access::Role;
use kemitraan::nouns::organisations::entity::organisation;
use kemitraan::nouns::outcomes::entity::{Indicator, OutcomeStatus, outcome};
use kemitraan::nouns::quarters::entity::{QuarterStatus, quarter, quarter_agreement};
use kemitraan::types::{Decimal, Timestamp};
use sea_orm::{EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use serde_json::{Value, json};

use super::cases::{self, Ground, TITLE};
use crate::scope::global;
use crate::support::TestApp;

const MINISTRIES: [Role; 3] = [Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn];

/// The quarter that is opened; those that are put there have codes of a far year.
const OPENED: &str = "2022-Q3";

pub fn is_of(field: &str) -> bool {
    field.starts_with("outcome") || field.starts_with("quarter")
}

/// The seats that may make a mutation.
pub fn seats(field: &str) -> &'static [Role] {
    match field {
        "outcomeVerify" | "outcomeReturn" | "quarterAgree" | "quarterWithdrawAgreement" => &MINISTRIES,
        "quarterOpen" | "quarterLock" => &[Role::Kemenbumn],
        _ => &[Role::Bumn],
    }
}

/// Takes away what was put there and what came of it.
pub async fn clear(app: &TestApp) {
    let own = format!("(SELECT id FROM partnership WHERE title = '{TITLE}')");
    app.sql(&format!("DELETE FROM outcome_revision WHERE partnership IN {own}")).await;
    app.sql(&format!("DELETE FROM outcome WHERE partnership IN {own}")).await;
    let of = format!("code >= '3000-Q1' OR code = '{OPENED}'");
    app.sql(&format!("DELETE FROM quarter_agreement WHERE quarter IN (SELECT id FROM quarter WHERE {of})"))
        .await;
    app.sql(&format!("DELETE FROM quarter WHERE {of}")).await;
}

/// A quarter that is over.
async fn quarter(app: &TestApp, is_locked: bool) -> quarter::Model {
    let others = quarter::Entity::find().count(app.raw()).await.unwrap();
    let row = quarter::Model {
        id: app.clock.new_id(),
        version: 1,
        code: format!("{}-Q1", 3000 + others),
        starts_on: "2022-01-01".parse().unwrap(),
        ends_on: "2022-03-31".parse().unwrap(),
        due_on: "2022-04-30".parse().unwrap(),
        status: if is_locked { QuarterStatus::Locked } else { QuarterStatus::Open },
        locked_at: is_locked.then_some(Timestamp(1)),
        locked_by: is_locked.then(|| "somebody".to_owned()),
    };
    let active = row.clone().into_active_model();
    quarter::Entity::insert(active).exec_without_returning(app.raw()).await.unwrap();
    row
}

/// An outcome, reported and verified as its status says by nobody whom the tests know.
async fn outcome(
    ground: &Ground<'_>,
    quarter: &quarter::Model,
    indicator: Indicator,
    status: OutcomeStatus,
) -> outcome::Model {
    let app = ground.app;
    let is_verified = status == OutcomeStatus::Verified;
    let verifier = cases::organisation(app, "PERHUTANI").await;
    let row = outcome::Model {
        id: app.clock.new_id(),
        version: 1,
        partnership: ground.partnership.id,
        organisation: ground.partnership.organisation,
        indicator,
        quarter: quarter.code.clone(),
        target: None,
        actual: Some(Decimal(700)),
        revised: None,
        revisions: 0,
        status,
        status_reason: None,
        status_since: Timestamp(1),
        reported_at: Some(Timestamp(1)),
        reported_by: Some("somebody".to_owned()),
        reporter_organisation: Some(cases::organisation(app, "KRAKATAU_STEEL").await),
        verified_at: is_verified.then_some(Timestamp(1)),
        verified_by: is_verified.then(|| "another".to_owned()),
        verifier_organisation: is_verified.then_some(verifier),
    };
    let active = row.clone().into_active_model();
    outcome::Entity::insert(active).exec_without_returning(app.raw()).await.unwrap();
    row
}

/// The agreement of every organisation that holds, or has held, a ministry's seat.
async fn agree(app: &TestApp, quarter: &quarter::Model) {
    for ministry in organisation::Entity::find().all(app.raw()).await.unwrap() {
        let Some(seat) = ministry.seat.filter(|seat| MINISTRIES.contains(seat)) else { continue };
        let row = quarter_agreement::Model {
            id: app.clock.new_id(),
            version: 1,
            quarter: quarter.id,
            organisation: ministry.id,
            seat,
            agreed_at: Timestamp(1),
            agreed_by: "somebody".to_owned(),
        };
        let active = row.into_active_model();
        quarter_agreement::Entity::insert(active).exec_without_returning(app.raw()).await.unwrap();
    }
}

/// What a mutation takes.
pub async fn input(ground: &Ground<'_>, field: &str, seat: Role) -> Value {
    let app = ground.app;
    if field == "quarterOpen" {
        return json!({ "quarter": OPENED });
    }
    let quarter = quarter(app, field == "outcomeRevise").await;
    let place =
        || json!({ "partnership": ground.id(), "indicator": "TRANSACTION_VALUE", "quarter": quarter.code });
    let with = |mut input: Value, more: Value| {
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let indicator = Indicator::all().find(|one| one.verifier() == seat).unwrap_or(Indicator::ValueAdded);
    let of_outcome = async |status| {
        let row = outcome(ground, &quarter, indicator, status).await;
        json!({ "id": global("outcome", row.id), "expectedVersion": 1 })
    };
    let of_quarter = json!({ "id": global("quarter", quarter.id), "expectedVersion": 1 });
    let why = || json!({ "reason": "Contoh" });
    match field {
        "outcomeSetTarget" => with(place(), json!({ "target": "7" })),
        "outcomeReport" => with(place(), json!({ "actual": "7" })),
        "outcomeSubmit" => of_outcome(OutcomeStatus::Draft).await,
        "outcomeVerify" => of_outcome(OutcomeStatus::Submitted).await,
        "outcomeReturn" => with(of_outcome(OutcomeStatus::Submitted).await, why()),
        "outcomeRevise" => {
            with(of_outcome(OutcomeStatus::Verified).await, json!({ "actual": "8", "reason": "Contoh" }))
        }
        "quarterAgree" => of_quarter,
        "quarterWithdrawAgreement" => {
            agree(app, &quarter).await;
            with(of_quarter, why())
        }
        "quarterLock" => {
            agree(app, &quarter).await;
            of_quarter
        }
        other => panic!("say here what {other} takes"),
    }
}

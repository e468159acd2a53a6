//! A right request for each mutation of obstacles, comments and clauses, on rows that are put there for it.

use kemitraan::access::Role;
use kemitraan::nouns::milestones::entity::MilestoneStatus;
use kemitraan::nouns::obstacles::entity::{ObstacleCategory, ObstacleStatus, Severity, obstacle};
use kemitraan::types::Timestamp;
use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use super::cases::{Ground, TITLE, organisation};
use crate::scope::{global, ids, literal};
use crate::support::TestApp;

/// Whether a mutation is one of these.
pub fn has(field: &str) -> bool {
    ["obstacle", "comment", "clause"].iter().any(|noun| field.starts_with(noun))
}

/// The seats whose each is.
pub fn seats(field: &str) -> &'static [Role] {
    match field {
        "clauseAdd" => &[Role::Kemenbumn],
        "clauseLink" => &[Role::Bumn, Role::Kemenbumn],
        _ => &[Role::Bumn, Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn],
    }
}

/// Takes away what hangs on the partnerships that were put there, and clauses that were made.
pub async fn clear(app: &TestApp) {
    let own = format!("(SELECT id FROM partnership WHERE title = '{TITLE}')");
    for table in ["comment", "obstacle"] {
        app.sql(&format!("DELETE FROM {table} WHERE partnership IN {own}")).await;
    }
}

/// Takes away clauses that were made, once no milestone that was put there is left.
pub async fn clear_clauses(app: &TestApp) {
    app.sql(&format!("DELETE FROM clause WHERE title = '{TITLE}'")).await;
}

impl Ground<'_> {
    /// An obstacle of it that a seat sees to, raised by an organisation.
    pub async fn obstacle(&self, owner: Role, raiser: &str, status: ObstacleStatus) -> obstacle::Model {
        let is_resolved = status == ObstacleStatus::Resolved;
        let row = obstacle::Model {
            id: self.app.clock.new_id(),
            version: 1,
            partnership: self.partnership.id,
            organisation: self.partnership.organisation,
            milestone: None,
            category: ObstacleCategory::Quality,
            severity: Severity::Low,
            title: "Contoh kendala (data contoh)".to_owned(),
            description: None,
            owner,
            follow_up: (status != ObstacleStatus::Open).then(|| "Contoh".to_owned()),
            due_on: None,
            status,
            status_since: Timestamp(1),
            resolution: is_resolved.then(|| "Contoh".to_owned()),
            raised_at: Timestamp(1),
            raised_by: "somebody".to_owned(),
            raiser_organisation: organisation(self.app, raiser).await,
            resolved_at: is_resolved.then_some(Timestamp(1)),
            resolved_by: is_resolved.then(|| "another".to_owned()),
        };
        let active = row.clone().into_active_model();
        obstacle::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
        row
    }

    /// A clause of its memorandum, by its place.
    pub async fn clause(&self, at: usize) -> String {
        let memorandum = literal(self.app.backend, self.partnership.memorandum);
        let sql = format!("SELECT id FROM clause WHERE memorandum = {memorandum} ORDER BY position");
        ids(self.app, "clause", &sql).await[at].clone()
    }
}

/// What a mutation takes.
pub async fn input(ground: &Ground<'_>, field: &str, seat: Role) -> Value {
    let obstacle = async |status, more: Value| {
        let row = ground.obstacle(seat, "KRAKATAU_STEEL", status).await;
        let mut input = json!({ "id": global("obstacle", row.id), "expectedVersion": row.version });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    match field {
        "obstacleRaise" => json!({ "partnership": ground.id(), "category": "QUALITY", "severity": "LOW",
            "title": "Contoh kendala (data contoh)", "owner": "KEMENPERIN" }),
        "obstacleAssign" => obstacle(ObstacleStatus::Open, json!({ "owner": "KEMENPERIN" })).await,
        "obstacleUpdate" => obstacle(ObstacleStatus::Open, json!({ "followUp": "Contoh" })).await,
        "obstacleResolve" => obstacle(ObstacleStatus::InProgress, json!({ "resolution": "Contoh" })).await,
        "obstacleReopen" => obstacle(ObstacleStatus::Resolved, json!({ "reason": "Contoh" })).await,
        "commentAdd" => json!({ "subject": ground.id(), "body": "Contoh" }),
        "clauseAdd" => {
            let memorandum = global("memorandum", ground.partnership.memorandum);
            let number = ground.app.clock.new_id().to_string();
            json!({ "memorandum": memorandum, "number": number, "title": TITLE })
        }
        "clauseLink" => {
            let row = ground.milestone((Role::Bumn, Role::Kemenbumn), MilestoneStatus::Scheduled).await;
            json!({ "id": global("milestone", row.id), "expectedVersion": row.version, "clause": ground.clause(0).await })
        }
        other => panic!("say here what {other} takes"),
    }
}

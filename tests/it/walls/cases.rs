//! A right request for each mutation that the schema has, on rows of its own that are put there for it.

use kemitraan::access::Role;
use kemitraan::nouns::delegations::entity::{DelegatedAction, delegation};
use kemitraan::nouns::evidence::entity::{EvidenceKind, evidence};
use kemitraan::nouns::milestones::entity::{
    MilestoneStatus, MilestoneType, RescheduleStatus, milestone, milestone_dependency, reschedule,
};
use kemitraan::nouns::partners::entity::{LegalForm, partner};
use kemitraan::nouns::partnerships::entity::{PartnershipStatus, partnership, partnership_partner};
use kemitraan::types::Timestamp;
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Case, figures, organisations, parties, tokens, work};
use crate::coverage::whole;
use crate::scope::{global, uuids};
use crate::support::TestApp;

/// A partnership of its own.
pub struct Ground<'a> {
    pub app: &'a TestApp,
    pub partnership: partnership::Model,
}

pub const TITLE: &str = "Contoh untuk satu uji (data contoh)";
const FILE: &str = "contoh-untuk-satu-uji.pdf";

/// Takes away all that was put there for mutations, with what they made of it.
pub async fn clear(app: &TestApp) {
    parties::clear(app).await;
    tokens::clear(app).await;
    work::clear(app).await;
    figures::clear(app).await;
    let own = format!("(SELECT id FROM partnership WHERE title = '{TITLE}')");
    let tables =
        ["delegation", "evidence", "reschedule", "milestone_dependency", "milestone", "partnership_partner"];
    for table in tables {
        app.sql(&format!("DELETE FROM {table} WHERE partnership IN {own}")).await;
    }
    app.sql(&format!("DELETE FROM partnership WHERE title = '{TITLE}'")).await;
    organisations::clear(app).await;
    app.sql(&format!("DELETE FROM upload WHERE file_name = '{FILE}'")).await;
    work::clear_clauses(app).await;
}

/// The id of an organisation.
pub async fn organisation(app: &TestApp, code: &str) -> Uuid {
    uuids(app, &format!("SELECT id FROM organisation WHERE code = '{code}'")).await[0]
}

impl<'a> Ground<'a> {
    /// Of an organisation, ACTIVE, led by a cooperative or not, without milestones.
    pub async fn new(app: &'a TestApp, code: &str, koperasi: bool) -> Self {
        let model = partnership::Entity::find().one(app.raw()).await.unwrap().unwrap();
        let id = app.clock.new_id();
        let partnership = partnership::Model {
            id,
            organisation: organisation(app, code).await,
            executing_unit: None,
            title: TITLE.to_owned(),
            status: PartnershipStatus::Active,
            public_id: kemitraan::nouns::partnerships::rules::public_id(id),
            ..model
        };
        let row = partnership.clone().into_active_model();
        partnership::Entity::insert(row).exec_without_returning(app.raw()).await.unwrap();
        let form = partner::Column::LegalForm;
        let led = if koperasi { form.eq(LegalForm::Koperasi) } else { form.ne(LegalForm::Koperasi) };
        let lead = partner::Entity::find().filter(led).one(app.raw()).await.unwrap().unwrap();
        let lead = partnership_partner::Model {
            id: app.clock.new_id(),
            version: 1,
            partnership: id,
            organisation: partnership.organisation,
            partner: lead.id,
            lead: true,
            joined_on: "2021-09-03".parse().unwrap(),
        };
        let row = lead.into_active_model();
        partnership_partner::Entity::insert(row).exec_without_returning(app.raw()).await.unwrap();
        Self { app, partnership }
    }

    /// A milestone of it: reported, and verified, as its status says, by nobody whom the tests know.
    pub async fn milestone(
        &self,
        (reporter, verifier): (Role, Role),
        status: MilestoneStatus,
    ) -> milestone::Model {
        use MilestoneStatus::{Met, NotMet, PartiallyMet, Returned, Submitted};
        let today = self.app.clock.today();
        let is_verified = matches!(status, Met | PartiallyMet | NotMet);
        let is_reported = is_verified || matches!(status, Submitted | Returned);
        let all = milestone::Entity::find().filter(milestone::Column::Partnership.eq(self.partnership.id));
        let others = all.all(self.app.raw()).await.unwrap().len();
        let row = milestone::Model {
            id: self.app.clock.new_id(),
            version: 1,
            partnership: self.partnership.id,
            organisation: self.partnership.organisation,
            clause: None,
            position: i32::try_from(others).unwrap() + 1,
            kind: MilestoneType::NeedIdentification,
            title: "Contoh tahapan (data contoh)".to_owned(),
            weight: 10,
            reporter,
            verifier,
            first_due_on: today,
            due_on: today,
            reschedules: 0,
            status,
            status_reason: Some("Contoh".to_owned()),
            status_since: Timestamp(1),
            occurred_on: is_reported.then_some(today),
            recorded_at: is_reported.then_some(Timestamp(1)),
            report: is_reported.then(|| "Contoh".to_owned()),
            reported_by: is_reported.then(|| "somebody".to_owned()),
            reporter_organisation: if is_reported {
                Some(organisation(self.app, "KRAKATAU_STEEL").await)
            } else {
                None
            },
            verified_at: is_verified.then_some(Timestamp(1)),
            verified_by: is_verified.then(|| "another".to_owned()),
            verifier_organisation: if is_verified {
                Some(organisation(self.app, "PERHUTANI").await)
            } else {
                None
            },
        };
        let active = row.clone().into_active_model();
        milestone::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
        row
    }

    /// A request to move it by so many days, which waits.
    pub async fn request(&self, row: &milestone::Model, days: u64) -> reschedule::Model {
        let request = reschedule::Model {
            id: self.app.clock.new_id(),
            version: 1,
            partnership: row.partnership,
            organisation: row.organisation,
            milestone: row.id,
            number: 1,
            previous_due_on: row.due_on,
            due_on: row.due_on + chrono::Days::new(days),
            reason: "Contoh".to_owned(),
            status: RescheduleStatus::Waiting,
            requested_at: Timestamp(1),
            requested_by: "somebody".to_owned(),
            requester_organisation: organisation(self.app, "KRAKATAU_STEEL").await,
            decided_at: None,
            decided_by: None,
            decider_organisation: None,
        };
        let active = request.clone().into_active_model();
        reschedule::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
        request
    }

    /// The hash of a file that every organisation has sent just now.
    pub async fn upload(&self) -> String {
        let sha256 = self.app.clock.new_id().simple().to_string().repeat(2);
        let sql = format!(
            "INSERT INTO upload (organisation, sha256, size, media_type, file_name, actor, at)
             SELECT id, '{sha256}', 1, 'application/pdf', '{FILE}', 'somebody', {} FROM organisation",
            self.app.now().0
        );
        self.app.sql(&sql).await;
        sha256
    }

    /// Evidence of a milestone, attached by nobody whom the tests know.
    pub async fn evidence(&self, of: &milestone::Model, kind: EvidenceKind) -> evidence::Model {
        let row = evidence::Model {
            id: self.app.clock.new_id(),
            version: 1,
            partnership: of.partnership,
            organisation: of.organisation,
            milestone: of.id,
            kind,
            number: None,
            dated_on: None,
            issuer: None,
            amount: None,
            file_name: FILE.to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 1,
            sha256: "0".repeat(64),
            attached_at: Timestamp(1),
            attached_by: "somebody".to_owned(),
            attacher_organisation: of.organisation,
            withdrawn_at: None,
            withdrawn_by: None,
            withdrawal_reason: None,
        };
        let active = row.clone().into_active_model();
        evidence::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
        row
    }

    /// One waits for the other.
    pub async fn depend(&self, one: &milestone::Model, other: &milestone::Model) {
        let row = milestone_dependency::Model {
            id: self.app.clock.new_id(),
            version: 1,
            partnership: one.partnership,
            organisation: one.organisation,
            milestone: one.id,
            depends_on: other.id,
        };
        let active = row.into_active_model();
        milestone_dependency::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
    }

    pub fn id(&self) -> String {
        global("partnership", self.partnership.id)
    }
}

/// The seats that may make a mutation, where it is not every one, by what it is done to.
fn seats(field: &str) -> &'static [Role] {
    const ALL: &[Role] = &[Role::Bumn, Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn];
    match field {
        "milestoneCancel" => &[Role::Kemenbumn],
        "milestonePlan" | "milestonePlanChain" | "milestoneUpdate" | "milestoneDepend"
        | "milestoneUndepend" => &[Role::Bumn, Role::Kemenbumn],
        _ if field.starts_with("milestone") || field.starts_with("evidence") => ALL,
        _ if field.starts_with("organisation") => &[Role::Kemenbumn],
        _ if field.starts_with("token") => &[Role::Admin],
        _ if field.starts_with("delegation") => &[Role::Bumn, Role::Kemenkopukm, Role::Kemenperin],
        _ if work::has(field) => work::seats(field),
        _ if figures::is_of(field) => figures::seats(field),
        _ => parties::seats(field),
    }
}

/// Every mutation that the schema has and this seat may make, on the work of these.
pub async fn mutations(app: &TestApp, seat: &str, codes: Option<&[&str]>) -> Vec<Case> {
    mutations_led(app, seat, codes, false).await
}

/// The same in partnerships that a cooperative leads, or another.
pub async fn mutations_led(app: &TestApp, seat: &str, codes: Option<&[&str]>, koperasi: bool) -> Vec<Case> {
    let role = seat.parse::<Role>().unwrap();
    let mut cases = Vec::new();
    for field in whole().get_object("Mutation").unwrap().fields.keys() {
        if seats(field).contains(&role) {
            cases.push(case(app, field, seat, codes, koperasi).await);
        }
    }
    assert!(!cases.is_empty());
    cases
}

/// One mutation as a seat makes it, or as it would, where it is not its own.
pub async fn case(app: &TestApp, field: &str, seat: &str, codes: Option<&[&str]>, koperasi: bool) -> Case {
    let definition = &whole().get_object("Mutation").unwrap().fields[field];
    let ty = definition.argument_by_name("input").unwrap().ty.to_string();
    let role = seat.parse::<Role>().unwrap();
    let role = if seats(field).contains(&role) { role } else { seats(field)[0] };
    let ground = Ground::new(app, codes.map_or("PLN", |codes| codes[0]), koperasi).await;
    let input = if field.starts_with("milestone") || field.starts_with("evidence") {
        input(&ground, field, role).await
    } else if field.starts_with("organisation") {
        organisations::input(&ground, field).await
    } else if field.starts_with("token") {
        tokens::input(app, field).await
    } else if field.starts_with("delegation") {
        delegation(&ground, field, role).await
    } else if work::has(field) {
        work::input(&ground, field, role).await
    } else if figures::is_of(field) {
        figures::input(&ground, field, role).await
    } else {
        parties::input(&ground, field, role, koperasi).await
    };
    Case::of(field, &ty, input)
}

/// What a mutation of delegations takes.
async fn delegation(ground: &Ground<'_>, field: &str, seat: Role) -> Value {
    let (app, today) = (ground.app, ground.app.clock.today());
    if field == "delegationGrant" {
        return json!({ "grantee": "service:contoh", "action": "MILESTONE_SUBMIT", "partnership": ground.id(),
            "validUntil": today.to_string() });
    }
    let granted_by = match seat {
        Role::Bumn => ground.partnership.organisation,
        ministry => organisation(app, ministry.as_str()).await,
    };
    let row = delegation::Model {
        id: app.clock.new_id(),
        version: 1,
        organisation: granted_by,
        grantee: "service:contoh".to_owned(),
        action: DelegatedAction::MilestoneSubmit,
        partnership: Some(ground.partnership.id),
        valid_from: today,
        valid_until: today,
        granted_at: app.now(),
        granted_by: "somebody".to_owned(),
        revoked_at: None,
        revoked_by: None,
        revocation_reason: None,
    };
    let active = row.clone().into_active_model();
    delegation::Entity::insert(active).exec_without_returning(app.raw()).await.unwrap();
    json!({ "id": global("delegation", row.id), "expectedVersion": 1, "reason": "Contoh" })
}

/// What a mutation takes.
async fn input(ground: &Ground<'_>, field: &str, seat: Role) -> Value {
    use MilestoneStatus::{InProgress, Met, Scheduled, Submitted};
    let other = if seat == Role::Bumn { Role::Kemenbumn } else { Role::Bumn };
    let (own, theirs) = ((seat, other), (other, seat));
    let today = ground.app.clock.today();
    let target = |row: &milestone::Model, more: Value| {
        let mut input = json!({ "id": global("milestone", row.id), "expectedVersion": row.version });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    match field {
        "milestonePlan" => json!({ "partnership": ground.id(), "type": "NEED_IDENTIFICATION", "weight": 5,
            "title": "Contoh (data contoh)", "dueOn": today.to_string() }),
        "milestonePlanChain" => json!({ "partnership": ground.id(), "startsOn": today.to_string() }),
        "milestoneUpdate" => target(&ground.milestone(own, Scheduled).await, json!({ "weight": 7 })),
        "milestoneStart" => target(&ground.milestone(own, Scheduled).await, json!({})),
        "milestoneSubmit" => target(
            &ground.milestone(own, InProgress).await,
            json!({ "report": "Contoh", "occurredOn": today.to_string() }),
        ),
        "milestoneVerify" => target(&ground.milestone(theirs, Submitted).await, json!({ "verdict": "MET" })),
        "milestoneReturn" => {
            target(&ground.milestone(theirs, Submitted).await, json!({ "reason": "Contoh" }))
        }
        "milestoneWithdrawVerification" => {
            target(&ground.milestone(theirs, Met).await, json!({ "reason": "Contoh" }))
        }
        "milestoneReschedule" => {
            let due_on = (today + chrono::Days::new(10)).to_string();
            target(&ground.milestone(own, Scheduled).await, json!({ "dueOn": due_on, "reason": "Contoh" }))
        }
        "milestoneApproveReschedule" | "milestoneDeclineReschedule" => {
            let row = ground.milestone(theirs, Scheduled).await;
            ground.request(&row, 40).await;
            let declines = field == "milestoneDeclineReschedule";
            target(&row, if declines { json!({ "reason": "Contoh" }) } else { json!({}) })
        }
        "milestoneCancel" => target(&ground.milestone(own, Scheduled).await, json!({ "reason": "Contoh" })),
        "milestoneDepend" | "milestoneUndepend" => {
            let (one, other) =
                (ground.milestone(own, Scheduled).await, ground.milestone(own, Scheduled).await);
            if field == "milestoneUndepend" {
                ground.depend(&one, &other).await;
            }
            target(&one, json!({ "dependsOn": global("milestone", other.id) }))
        }
        "evidenceAttach" => {
            let milestone = global("milestone", ground.milestone(own, InProgress).await.id);
            json!({ "milestone": milestone, "sha256": ground.upload().await, "kind": "REPORT" })
        }
        "evidenceWithdraw" => {
            let of = ground.milestone(own, InProgress).await;
            let row = ground.evidence(&of, EvidenceKind::Report).await;
            let id = global("evidence", row.id);
            json!({ "id": id, "expectedVersion": row.version, "reason": "Contoh" })
        }
        other => panic!("say here what {other} takes"),
    }
}

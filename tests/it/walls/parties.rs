//! A right request for each mutation of partnerships, partners, and what hangs on them, on rows that are put there for it.

use kemitraan::access::Role;
use kemitraan::nouns::certificates::entity::{CertificateKind, Platform, certificate, platform_account};
use kemitraan::nouns::contacts::entity::{ContactKind, contact, contact_value};
use kemitraan::nouns::contacts::rules::{hash, mask};
use kemitraan::nouns::milestones::entity::MilestoneStatus;
use kemitraan::nouns::partners::corrections::{CorrectionStatus, partner_correction};
use kemitraan::nouns::partners::entity::{LegalForm, Scale, partner};
use kemitraan::nouns::partnerships::entity::partnership_partner;
use kemitraan::nouns::references::entity::external_reference;
use kemitraan::types::Timestamp;
use sea_orm::{EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::cases::{Ground, TITLE, organisation};
use crate::scope::{global, literal, uuids};
use crate::support::TestApp;

/// The seats whose each is.
pub fn seats(field: &str) -> &'static [Role] {
    match field {
        "partnershipPropose"
        | "partnershipUpdate"
        | "partnershipRenew"
        | "partnershipAddPartner"
        | "partnershipRemovePartner"
        | "partnershipSetPotentialValue"
        | "partnershipSetEstimatedValue"
        | "partnershipSetContractedValue"
        | "externalReferenceAdd"
        | "externalReferenceRemove" => &[Role::Bumn, Role::Kemenbumn],
        _ if field.starts_with("partnership") => &[Role::Kemenbumn],
        "partnerProposeCorrection" => &[Role::Bumn],
        _ => &[Role::Kemenkopukm, Role::Kemenperin],
    }
}

/// What partnerships and partners are called that are put there, or made.
const MADE: &str = "('Contoh usulan satu uji (data contoh)', 'Contoh perubahan satu uji (data contoh)')";
const PARTNERS: &str = "('Contoh mitra satu uji (data contoh)', 'Contoh mitra lain satu uji (data contoh)',
    'AAA Contoh mitra satu uji (data contoh)')";

/// Takes away all partners that were put there for mutations, and makes that partnerships are found by their title.
pub async fn clear(app: &TestApp) {
    app.sql(&format!("UPDATE partnership SET title = '{TITLE}' WHERE title IN {MADE}")).await;
    let own = format!("(SELECT id FROM partnership WHERE title = '{TITLE}')");
    app.sql(&format!("DELETE FROM external_reference WHERE partnership IN {own}")).await;
    let own = format!("(SELECT id FROM partner WHERE name IN {PARTNERS})");
    app.sql(&format!(
        "DELETE FROM contact_value WHERE contact IN (SELECT id FROM contact WHERE partner IN {own})"
    ))
    .await;
    for table in ["contact", "certificate", "platform_account", "partner_correction", "partnership_partner"] {
        app.sql(&format!("DELETE FROM {table} WHERE partner IN {own}")).await;
    }
    app.sql(&format!("DELETE FROM partner WHERE name IN {PARTNERS}")).await;
}

impl Ground<'_> {
    /// The partnership in another status.
    async fn stands(&self, status: &str) {
        let id = literal(self.app.backend, self.partnership.id);
        let sql =
            format!("UPDATE partnership SET status = '{status}', status_reason = 'Contoh' WHERE id = {id}");
        self.app.sql(&sql).await;
    }

    /// With an agreement that is met.
    async fn agreed(&self) {
        let row = self.milestone((Role::Bumn, Role::Kemenbumn), MilestoneStatus::Met).await;
        let id = literal(self.app.backend, row.id);
        self.app.sql(&format!("UPDATE milestone SET type = 'COOPERATION_AGREEMENT' WHERE id = {id}")).await;
    }

    /// A partner of its own under this stewardship, beside the lead.
    async fn partner(&self, steward: Role, koperasi: bool) -> partner::Model {
        let raw = self.app.raw();
        let id = self.app.clock.new_id();
        let row = partner::Model {
            id,
            version: 1,
            name: "Contoh mitra satu uji (data contoh)".to_owned(),
            sample: true,
            legal_form: if koperasi { LegalForm::Koperasi } else { LegalForm::Perseorangan },
            scale: Scale::Small,
            scale_since: "2021-09-03".parse().unwrap(),
            is_ikm: steward == Role::Kemenperin,
            steward,
            nib: None,
            nik_koperasi: None,
            npwp: None,
            kbli: None,
            kbli_version: None,
            regency: None,
            name_public: false,
        };
        let active = row.clone().into_active_model();
        partner::Entity::insert(active).exec_without_returning(raw).await.unwrap();
        let beside = partnership_partner::Model {
            id: self.app.clock.new_id(),
            version: 1,
            partnership: self.partnership.id,
            organisation: self.partnership.organisation,
            partner: id,
            lead: false,
            joined_on: "2021-09-03".parse().unwrap(),
        };
        let active = beside.into_active_model();
        partnership_partner::Entity::insert(active).exec_without_returning(raw).await.unwrap();
        row
    }

    async fn lead(&self) -> Uuid {
        let id = literal(self.app.backend, self.partnership.id);
        let sql =
            format!("SELECT partner FROM partnership_partner WHERE partnership = {id} ORDER BY lead DESC");
        uuids(self.app, &sql).await[0]
    }

    async fn certificate(&self, of: &partner::Model) -> Uuid {
        let id = self.app.clock.new_id();
        let row = certificate::Model {
            id,
            version: 1,
            partner: of.id,
            kind: CertificateKind::Sni,
            number: format!("CONTOH-{id}"),
            issuer: "Contoh".to_owned(),
            issued_on: None,
            valid_until: None,
        };
        let active = row.into_active_model();
        certificate::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
        id
    }

    async fn account(&self, of: &partner::Model) {
        let id = self.app.clock.new_id();
        let row = platform_account::Model {
            id,
            version: 1,
            partner: of.id,
            platform: Platform::PadiUmkm,
            account: id.to_string(),
            since: None,
        };
        let active = row.into_active_model();
        platform_account::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
    }

    async fn contact(&self, of: &partner::Model) -> Uuid {
        let (id, value) = (self.app.clock.new_id(), "contoh@contoh.example");
        let row = contact::Model {
            id,
            version: 1,
            partner: of.id,
            kind: ContactKind::Email,
            hash: hash(&[7; 16], value),
            erased: false,
        };
        let beside = contact_value::Model {
            contact: id,
            value: value.to_owned(),
            salt: vec![7; 16],
            mask: mask(ContactKind::Email, value),
        };
        let raw = self.app.raw();
        contact::Entity::insert(row.into_active_model()).exec_without_returning(raw).await.unwrap();
        contact_value::Entity::insert(beside.into_active_model()).exec_without_returning(raw).await.unwrap();
        id
    }

    /// Among the first of a list, so that what hangs on it is found there.
    async fn first(&self, of: &partner::Model) {
        let id = literal(self.app.backend, of.id);
        self.app
            .sql(&format!(
                "UPDATE partner SET name = 'AAA Contoh mitra satu uji (data contoh)' WHERE id = {id}"
            ))
            .await;
    }

    /// A correction that its BUMN has proposed.
    async fn correction(&self, of: &partner::Model) {
        self.first(of).await;
        let row = partner_correction::Model {
            id: self.app.clock.new_id(),
            version: 1,
            partner: of.id,
            organisation: self.partnership.organisation,
            name: None,
            scale: None,
            scale_since: None,
            nib: None,
            nik_koperasi: None,
            npwp: None,
            kbli: None,
            kbli_version: None,
            regency: Some("32.04".to_owned()),
            reason: "Contoh".to_owned(),
            status: CorrectionStatus::Waiting,
            status_reason: None,
            proposed_at: Timestamp(1),
            proposed_by: "somebody".to_owned(),
            decided_at: None,
            decided_by: None,
            decider_organisation: None,
        };
        let active = row.into_active_model();
        partner_correction::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
    }

    async fn reference(&self) -> String {
        let id = self.app.clock.new_id();
        let row = external_reference::Model {
            id,
            version: 1,
            partnership: self.partnership.id,
            organisation: self.partnership.organisation,
            milestone: None,
            system: "SAP".to_owned(),
            value: id.to_string(),
        };
        let active = row.into_active_model();
        external_reference::Entity::insert(active).exec_without_returning(self.app.raw()).await.unwrap();
        id.to_string()
    }
}

fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What a mutation takes.
pub async fn input(ground: &Ground<'_>, field: &str, seat: Role, koperasi: bool) -> Value {
    if seats(field).contains(&Role::Kemenkopukm) {
        return of_partner(ground, field, seat, koperasi).await;
    }
    if field == "partnerProposeCorrection" {
        let row = ground.partner(Role::Kemenkopukm, koperasi).await;
        ground.first(&row).await;
        return json!({ "id": global("partner", row.id), "regency": "32.04", "reason": "Contoh" });
    }
    let id = ground.id();
    let target = json!({ "id": id, "expectedVersion": ground.partnership.version });
    let why = || json!({ "reason": "Contoh" });
    let today = ground.app.clock.today().to_string();
    let value = json!({ "value": { "amount": "1", "source": "Contoh", "asOf": today } });
    match field {
        "partnershipPropose" => {
            let memorandum = global("memorandum", uuids(ground.app, "SELECT id FROM memorandum").await[0]);
            let of = global("organisation", ground.partnership.organisation);
            let input = json!({ "memorandum": memorandum, "title": "Contoh usulan satu uji (data contoh)", "products": "Contoh",
                "pattern": "SUPPLY_CHAIN", "channel": "BUMN_PROCUREMENT", "supplyDirection": "PARTNER_TO_BUMN",
                "batch": "STAGE_2", "partners": [{ "id": global("partner", ground.lead().await), "lead": true }] });
            // A BUMN proposes for itself, also with a partner that it has inherited.
            if seat == Role::Bumn { input } else { with(input, json!({ "organisation": of })) }
        }
        "partnershipUpdate" => {
            ground.stands("PROPOSED").await;
            with(target, json!({ "title": "Contoh perubahan satu uji (data contoh)" }))
        }
        "partnershipRenew" => json!({ "id": id, "batch": "STAGE_2" }),
        "partnershipAddPartner" => {
            ground.stands("CURATION").await;
            let other = Ground::new(ground.app, &ground.code().await, !koperasi).await.lead().await;
            with(target, json!({ "partner": global("partner", other) }))
        }
        "partnershipRemovePartner" => {
            ground.stands("PROPOSED").await;
            let other = ground.partner(Role::Kemenkopukm, koperasi).await;
            with(with(target, why()), json!({ "partner": global("partner", other.id) }))
        }
        "partnershipSetPotentialValue" | "partnershipSetEstimatedValue" | "partnershipSetContractedValue" => {
            with(target, value)
        }
        "externalReferenceAdd" => {
            json!({ "partnership": id, "system": "SAP", "value": ground.app.clock.new_id().to_string() })
        }
        "externalReferenceRemove" => {
            json!({ "partnership": id, "system": "SAP", "value": ground.reference().await })
        }
        _ => {
            let (from, has_reason, is_agreed) = match field {
                "partnershipCurate" => ("PROPOSED", false, false),
                "partnershipPrepare" => ("CURATION", false, false),
                "partnershipStartTrial" => ("PREPARATION", false, false),
                "partnershipReturnToPreparation" => ("TRIAL", true, false),
                "partnershipWaiveTrial" => ("PREPARATION", true, true),
                "partnershipActivate" => ("TRIAL", false, true),
                "partnershipSuspend" => ("ACTIVE", true, false),
                "partnershipResume" => ("SUSPENDED", false, true),
                "partnershipComplete" => ("ACTIVE", false, false),
                "partnershipTerminate" => ("ACTIVE", true, false),
                "partnershipReject" => ("PROPOSED", true, false),
                other => panic!("say here what {other} takes"),
            };
            ground.stands(from).await;
            if is_agreed {
                ground.agreed().await;
            }
            if has_reason { with(target, why()) } else { target }
        }
    }
}

async fn of_partner(ground: &Ground<'_>, field: &str, seat: Role, koperasi: bool) -> Value {
    let today = ground.app.clock.today().to_string();
    let row = ground.partner(seat, koperasi).await;
    let target =
        |noun: &str, id: Uuid, version: i32| json!({ "id": global(noun, id), "expectedVersion": version });
    let partner = || target("partner", row.id, row.version);
    match field {
        "partnerRegister" => {
            json!({ "name": "Contoh mitra satu uji (data contoh)", "scale": "MICRO", "scaleSince": today,
            "legalForm": if koperasi { "KOPERASI" } else { "CV" } })
        }
        "partnerUpdate" => with(partner(), json!({ "name": "Contoh mitra lain satu uji (data contoh)" })),
        "platformAccountSet" => {
            let account = ground.app.clock.new_id().to_string();
            with(partner(), json!({ "platform": "SIINAS", "account": account }))
        }
        "platformAccountRemove" => {
            ground.account(&row).await;
            with(partner(), json!({ "platform": "PADI_UMKM" }))
        }
        "certificateAdd" => json!({ "partner": global("partner", row.id), "kind": "SNI", "number": "CONTOH",
            "issuer": "Contoh" }),
        "certificateExpire" => {
            let target = target("certificate", ground.certificate(&row).await, 1);
            with(target, json!({ "validUntil": today, "reason": "Contoh" }))
        }
        "contactSet" => {
            json!({ "partner": global("partner", row.id), "kind": "PHONE", "value": "+6200000000" })
        }
        "contactErase" => {
            with(target("contact", ground.contact(&row).await, 1), json!({ "reason": "Contoh" }))
        }
        "contactReveal" | "subjectExport" => {
            json!({ "id": global("contact", ground.contact(&row).await), "reason": "Contoh" })
        }
        "partnerCorrectionAccept" | "partnerCorrectionDecline" => {
            ground.correction(&row).await;
            let whose = json!({ "organisation": global("organisation", ground.partnership.organisation) });
            let input = with(partner(), whose);
            if field == "partnerCorrectionAccept" {
                input
            } else {
                with(input, json!({ "reason": "Contoh" }))
            }
        }
        other => panic!("say here what {other} takes"),
    }
}

impl Ground<'_> {
    /// The code of its BUMN.
    async fn code(&self) -> String {
        for code in crate::support::BUMN {
            if organisation(self.app, code).await == self.partnership.organisation {
                return code.to_owned();
            }
        }
        panic!("no BUMN")
    }
}

//! The mutations of delegations: input, faults, and the acts.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use uuid::Uuid;

use super::entity::{DelegatedAction, delegation};
use super::graphql::Delegation;
use super::rules;
use crate::access::{Done, Write, is_service};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Made, Manner, Named, Payload, Target};
use crate::nouns::deciding::check_stewardship;
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::milestones::situations::lead;
use crate::nouns::organisations::entity::organisation;
use crate::nouns::partnerships::entity::partnership;
use crate::types::Date;

/// What a mutation of a delegation did.
///
/// Hasil mutasi delegasi.
#[derive(SimpleObject)]
pub struct DelegationPayload {
    /// The delegation as it is now; in a dry run as it would be.
    ///
    /// Delegasi setelah perubahan; pada uji coba, seandainya dilaksanakan.
    delegation: Delegation,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for DelegationPayload {
    type Object = Delegation;

    fn of(made: Made<Delegation>) -> Self {
        Self { delegation: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// An action to be delegated to a service account of your organisation.
///
/// Tindakan yang didelegasikan kepada akun layanan organisasi Anda.
#[derive(InputObject)]
pub struct DelegationGrantInput {
    /// The subject of the service account's tokens: `service:` and 1 to 200 visible ASCII characters.
    ///
    /// Subjek token akun layanan itu: `service:` dan 1 sampai 200 karakter ASCII tercetak.
    pub grantee: String,
    /// What it may do.
    ///
    /// Yang boleh dilakukannya.
    pub action: DelegatedAction,
    /// The id of the partnership for which alone it may; null for all.
    ///
    /// Pengenal satu-satunya kemitraan yang dicakup; kosong untuk semua.
    pub partnership: Option<ID>,
    /// The first day: today if it is left out, and at most a year from now.
    ///
    /// Tanggal mulai: hari ini bila tidak diisi, paling lambat setahun dari sekarang.
    pub valid_from: Option<Date>,
    /// The last day: at most a year after the first.
    ///
    /// Tanggal terakhir: paling lama setahun setelah tanggal mulai.
    pub valid_until: Date,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A delegation to be revoked.
///
/// Delegasi yang dicabut.
#[derive(InputObject)]
pub struct DelegationRevokeInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// The mutations of delegations.
#[derive(Default)]
pub struct DelegationsMutation;

#[Object]
impl DelegationsMutation {
    /// Delegates an action to a service account of your organisation, for a year at most. For an approver of a seat that takes
    /// the action. Errors: NOT_FOUND, FORBIDDEN.
    ///
    /// Mendelegasikan tindakan kepada akun layanan organisasi Anda, paling lama setahun. Untuk penyetuju dari kedudukan yang
    /// melakukannya.
    async fn delegation_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What is delegated to whom, and for how long. / Apa, kepada siapa, dan berapa lama."
        )]
        input: DelegationGrantInput,
    ) -> Option<Result<DelegationPayload>> {
        let mut faults = Faults::default();
        let today = acting::today(ctx);
        let is_account = is_service(&input.grantee)
            && input.grantee.len() <= 208
            && input.grantee.bytes().all(|byte| byte.is_ascii_graphic());
        let expected = "a service account: `service:` and 1 to 200 visible ASCII characters";
        faults.expect(is_account, "input.grantee", &input.grantee, expected);
        let from = input.valid_from.unwrap_or(Date(today));
        let valid_from = faults.day("input.validFrom", from, today, rules::last_day(today));
        let last = rules::last_day(valid_from);
        let given = Granted {
            grantee: input.grantee.clone(),
            action: input.action,
            partnership: input.partnership.as_ref().map(|id| faults.id(Noun::Partnership, id)),
            valid_from,
            valid_until: faults.day("input.validUntil", input.valid_until, valid_from, last),
        };
        acting::carry_out(ctx, &input.manner, faults, given, grant).await
    }

    /// Revokes a delegation: from now on its service account only prepares. For an approver of the organisation that granted it,
    /// or of one that followed it. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION where it was revoked before.
    ///
    /// Mencabut delegasi; sejak itu akun layanannya hanya menyiapkan. Untuk penyetuju organisasi pemberinya atau
    /// penerusnya.
    async fn delegation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delegation, and why. / Delegasi mana, dan alasannya.")]
        input: DelegationRevokeInput,
    ) -> Option<Result<DelegationPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Delegation, &input.target.id);
        let reason = faults.reason("input.reason", &input.reason);
        let given = (on, input.target.expected_version, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, revoke).await
    }
}

#[derive(Debug, Clone)]
struct Granted {
    grantee: String,
    action: DelegatedAction,
    partnership: Option<Named>,
    valid_from: NaiveDate,
    valid_until: NaiveDate,
}

async fn grant(mut write: Write, given: Granted) -> Result<Done> {
    let permit = rules::permit_grant(write.actor(), write.clock().new_id(), given.action)?;
    let organisation = write.actor().organisation_id();
    let organisation = organisation.ok_or_else(|| Error::internal("a seat without an organisation"))?;
    let partnership = match &given.partnership {
        Some(named) => Some(named.find::<partnership::Entity>(&write).await?.id),
        None => None,
    };
    check_stewarded(&write, partnership).await?;
    let row = delegation::Model {
        id: permit.subject(),
        version: 1,
        organisation,
        grantee: given.grantee,
        action: given.action,
        partnership,
        valid_from: given.valid_from,
        valid_until: given.valid_until,
        granted_at: write.clock().now(),
        granted_by: write.actor().id.clone(),
        revoked_at: None,
        revoked_by: None,
        revocation_reason: None,
    };
    write.insert::<delegation::Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

/// Where the seat was divided, each part delegates its own work.
async fn check_stewarded(write: &Write, partnership: Option<Uuid>) -> Result<()> {
    let Some(partnership) = partnership else { return Ok(()) };
    let lead = lead(write, partnership).await?;
    check_stewardship(write.actor(), write.stewardship(), lead.map(|lead| lead.legal_form))
}

async fn revoke(mut write: Write, (on, version, reason): (Named, i32, String)) -> Result<Done> {
    let row = on.hold::<delegation::Entity>(&mut write).await?;
    let organisation = write.find::<organisation::Entity>(row.organisation).await?;
    let seat = organisation.and_then(|organisation| organisation.seat);
    let permit = rules::permit_revoke(write.actor(), &row, seat)?;
    check_stewarded(&write, row.partnership).await?;
    rules::check_revocable(&row, version)?;
    let row = delegation::Model {
        version: row.version + 1,
        revoked_at: Some(write.clock().now()),
        revoked_by: Some(write.actor().id.clone()),
        revocation_reason: Some(reason.clone()),
        ..row
    };
    write.update::<delegation::Entity>(&permit, &row).await?;
    write.done(&permit, Some(&reason), row.version)
}

//! The mutations of evidence: input, faults, and the act. What is decided is a step of the milestone's machine.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::entity::EvidenceKind;
use super::entity::evidence::{Column, Entity, Model};
use super::graphql::Evidence;
use super::{rules, uploads};
use crate::access::{Done, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Made, Manner, Named, Payload, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::steps::MilestoneAction;
use crate::nouns::milestones::{acts, situations};
use crate::nouns::partners::mutations::past;
use crate::types::{Date, Money};

/// What a mutation of evidence did.
///
/// Hasil mutasi bukti.
#[derive(SimpleObject)]
pub struct EvidencePayload {
    /// The piece of evidence as it is now; in a dry run as it would be.
    ///
    /// Bukti setelah perubahan; pada uji coba, seandainya dilaksanakan.
    evidence: Evidence,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for EvidencePayload {
    type Object = Evidence;

    fn of(made: Made<Evidence>) -> Self {
        Self { evidence: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// A file to be attached to a milestone.
///
/// Berkas yang dilampirkan pada tahapan.
#[derive(InputObject)]
pub struct EvidenceAttachInput {
    /// The id of the milestone.
    ///
    /// Pengenal tahapannya.
    pub milestone: ID,
    /// The file that your organisation has sent: the `sha256` that `POST /evidence` answered, at most seven days ago.
    ///
    /// Berkas yang dikirim organisasi Anda: `sha256` jawaban `POST /evidence`, paling lama tujuh hari lalu.
    pub sha256: String,
    /// What it is.
    ///
    /// Jenisnya.
    pub kind: EvidenceKind,
    /// Its number: one line, up to 100 characters; null where it bears none.
    ///
    /// Nomornya: satu baris, paling banyak 100 karakter; kosong bila tidak bernomor.
    pub number: Option<String>,
    /// The day that it bears: not after today.
    ///
    /// Tanggal yang tertera: tidak setelah hari ini.
    pub dated_on: Option<Date>,
    /// Who issued it: one line, up to 200 characters.
    ///
    /// Penerbitnya: satu baris, paling banyak 200 karakter.
    pub issuer: Option<String>,
    /// The amount that it is about, in whole rupiah.
    ///
    /// Nilai yang tertera, dalam rupiah utuh.
    pub amount: Option<Money>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A piece of evidence to be withdrawn.
///
/// Bukti yang ditarik.
#[derive(InputObject)]
pub struct EvidenceWithdrawInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// The mutations of evidence.
#[derive(Default)]
pub struct EvidenceMutation;

#[Object]
impl EvidenceMutation {
    /// Attaches a file to a milestone that is not reported yet, or whose report was returned. The file was sent by `POST
    /// /evidence`, by the same organisation. For an officer of the seat that reports on the milestone. Errors: NOT_FOUND,
    /// FORBIDDEN, INVALID_TRANSITION, BAD_USER_INPUT.
    ///
    /// Melampirkan berkas pada tahapan yang belum dilaporkan atau yang laporannya dikembalikan. Untuk operator dari kedudukan
    /// yang melaporkan tahapannya.
    async fn evidence_attach(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file, to which milestone. / Berkas mana, pada tahapan mana.")]
        input: EvidenceAttachInput,
    ) -> Option<Result<EvidencePayload>> {
        let mut faults = Faults::default();
        let given = Attached {
            on: faults.id(Noun::Milestone, &input.milestone),
            sha256: faults.sha256("input.sha256", &input.sha256),
            kind: input.kind,
            number: input.number.as_deref().map(|number| faults.line("input.number", number, 100)),
            dated_on: input.dated_on.map(|day| past(ctx, &mut faults, "input.datedOn", day)),
            issuer: input.issuer.as_deref().map(|issuer| faults.line("input.issuer", issuer, 200)),
            amount: input.amount.map(|amount| faults.money("input.amount", amount)),
        };
        acting::carry_out(ctx, &input.manner, faults, given, attach).await
    }

    /// Withdraws a piece of evidence of a milestone that is not verified. It stays to be seen with the reason, and counts no
    /// more. What is SUBMITTED keeps its least evidence. The milestone's version rises as well. For an officer of the seat that
    /// reports on it. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menarik bukti dari tahapan yang belum diverifikasi. Bukti tetap terlihat beserta alasannya, tetapi tidak lagi
    /// diperhitungkan. Untuk operator dari kedudukan yang melaporkan tahapannya.
    async fn evidence_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which piece of evidence, and why. / Bukti mana, dan alasannya.")]
        input: EvidenceWithdrawInput,
    ) -> Option<Result<EvidencePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Evidence, &input.target.id);
        let reason = faults.reason("input.reason", &input.reason);
        let given = (on, input.target.expected_version, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, withdraw).await
    }
}

#[derive(Debug, Clone)]
struct Attached {
    on: Named,
    sha256: String,
    kind: EvidenceKind,
    number: Option<String>,
    dated_on: Option<NaiveDate>,
    issuer: Option<String>,
    amount: Option<Money>,
}

async fn attach(mut write: Write, given: Attached) -> Result<Done> {
    let held = situations::hold(&mut write, &given.on).await?;
    let (id, now) = (write.clock().new_id(), write.clock().now());
    let permit = acts::case(&write, &held).decide_on(id, MilestoneAction::AttachEvidence, Ok(()))?;
    let attacher = write.actor().organisation_id();
    let attacher = attacher.ok_or_else(|| Error::internal("who attaches is of no organisation"))?;
    let upload = write.all(uploads::upload_of(attacher, &given.sha256)).await?.pop();
    let upload = upload.ok_or_else(|| Error::not_found(&given.sha256))?;
    rules::attachable(&upload, now)?;
    let same = Entity::find()
        .filter(Column::Milestone.eq(held.row.id))
        .filter(Column::Kind.eq(given.kind))
        .filter(Column::Sha256.eq(&given.sha256))
        .filter(Column::WithdrawnAt.is_null());
    if let Some(other) = write.all(same).await?.pop() {
        let expected = "a file that is not attached to this milestone as evidence of this kind";
        let by = Noun::Evidence.id(other.id).0;
        return Err(Error::input("input.sha256", &given.sha256, expected).and("takenBy", by.into()));
    }
    let row = Model {
        id,
        version: 1,
        partnership: held.row.partnership,
        organisation: held.row.organisation,
        milestone: held.row.id,
        kind: given.kind,
        number: given.number,
        dated_on: given.dated_on,
        issuer: given.issuer,
        amount: given.amount,
        file_name: upload.file_name,
        media_type: upload.media_type,
        size: upload.size,
        sha256: upload.sha256,
        attached_at: now,
        attached_by: write.actor().id.clone(),
        attacher_organisation: attacher,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_reason: None,
    };
    write.insert::<Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

async fn withdraw(mut write: Write, (on, version, reason): (Named, i32, String)) -> Result<Done> {
    let found = on.find::<Entity>(&write).await?;
    let of = Named { id: found.milestone, given: on.given.clone() };
    let held = situations::hold(&mut write, &of).await?;
    let row = on.hold::<Entity>(&mut write).await?;
    let permit = rules::permit_withdraw(&acts::case(&write, &held), &row, version)?;
    let row = Model {
        version: row.version + 1,
        withdrawn_at: Some(write.clock().now()),
        withdrawn_by: Some(write.actor().id.clone()),
        withdrawal_reason: Some(reason.clone()),
        ..row
    };
    write.update::<Entity>(&permit, &row).await?;
    // Whoever has read the milestone with this evidence does not decide on it without.
    let milestone = milestone::Model { version: held.row.version + 1, ..held.row };
    write.update::<milestone::Entity>(&permit, &milestone).await?;
    write.done(&permit, Some(&reason), row.version)
}

//! The mutations of corrections: input, faults, and the acts.

use async_graphql::{Context, ID, InputObject, Object};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::acts::{Given, decide, put};
use super::corrections::CorrectionStatus;
use super::corrections::partner_correction::{Column, Entity, Model};
use super::entity::{Scale, partner};
use super::inputs::KbliInput;
use super::mutations::{PartnerPayload, kbli, past};
use super::rules;
use crate::access::{Done, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Manner, Named, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::types::Date;

/// What is otherwise of a partner: what is left out stays.
///
/// Koreksi data mitra: yang tidak diisi tetap.
#[derive(InputObject)]
pub struct PartnerProposeCorrectionInput {
    /// The id of the partner.
    ///
    /// Pengenal mitranya.
    pub id: ID,
    /// Its name: one line, up to 200 characters.
    ///
    /// Namanya: satu baris, paling banyak 200 karakter.
    pub name: Option<String>,
    /// Its scale, by PP 7/2021; with `scaleSince`.
    ///
    /// Skalanya menurut PP 7/2021; beserta `scaleSince`.
    pub scale: Option<Scale>,
    /// Since when it has that scale: not after today.
    ///
    /// Sejak kapan berskala demikian: tidak setelah hari ini.
    pub scale_since: Option<Date>,
    /// Its business number (NIB, 13 digits).
    ///
    /// NIB-nya (13 angka).
    pub nib: Option<String>,
    /// The registration number of a cooperative (NIK Koperasi): 4 to 40 characters.
    ///
    /// Nomor Induk Koperasi: 4 sampai 40 karakter.
    pub nik_koperasi: Option<String>,
    /// Its tax number (16 digits); not of a sole proprietor, whose is personal.
    ///
    /// NPWP-nya (16 angka); bukan milik usaha perseorangan, karena data pribadi.
    pub npwp: Option<String>,
    /// Its field of business.
    ///
    /// Bidang usahanya.
    pub kbli: Option<KbliInput>,
    /// Its regency or city by the Ministry of Home Affairs' code: `32.04`.
    ///
    /// Kabupaten/kota menurut kode Kemendagri: `32.04`.
    pub regency: Option<String>,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A correction to be accepted, of the partner as you have read it.
///
/// Koreksi yang diterima, terhadap data mitra yang telah Anda baca.
#[derive(InputObject)]
pub struct PartnerCorrectionAcceptInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The id of the BUMN that proposes it.
    ///
    /// Pengenal BUMN yang mengusulkan.
    pub organisation: ID,
}

/// A correction to be declined.
///
/// Koreksi yang ditolak.
#[derive(InputObject)]
pub struct PartnerCorrectionDeclineInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The id of the BUMN that proposes it.
    ///
    /// Pengenal BUMN yang mengusulkan.
    pub organisation: ID,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// The mutations of corrections. Each answers with the partner.
#[derive(Default)]
pub struct CorrectionsMutation;

#[Object]
impl CorrectionsMutation {
    /// Proposes a correction of a partner; one at a time waits. For an officer of a BUMN with a partnership with it. Errors:
    /// NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, INVALID_TRANSITION.
    ///
    /// Mengusulkan koreksi data mitra; satu usulan setiap kali. Untuk operator BUMN yang bermitra dengannya.
    async fn partner_propose_correction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partner, and what is otherwise of it. / Mitra mana, dan koreksinya.")]
        input: PartnerProposeCorrectionInput,
    ) -> Option<Result<PartnerPayload>> {
        let mut faults = Faults::default();
        let is_dated = input.scale.is_some() == input.scale_since.is_some();
        faults.expect(
            is_dated,
            "input.scaleSince",
            "the one without the other",
            "scale and scaleSince together",
        );
        let given = Given {
            name: input.name.as_deref().map(|name| faults.line("input.name", name, 200)),
            scale: input.scale,
            scale_since: input.scale_since.map(|day| past(ctx, &mut faults, "input.scaleSince", day)),
            nib: input.nib.as_deref().map(|nib| Some(faults.nib("input.nib", nib))),
            nik_koperasi: input
                .nik_koperasi
                .as_deref()
                .map(|number| Some(faults.nik_koperasi("input.nikKoperasi", number))),
            npwp: input.npwp.as_deref().map(|npwp| Some(faults.npwp("input.npwp", npwp))),
            kbli: input.kbli.as_ref().map(|given| Some(kbli(&mut faults, given))),
            regency: input.regency.as_deref().map(|code| Some(faults.regency("input.regency", code))),
            ..Given::default()
        };
        faults.expect(given.is_some(), "input", "nothing to correct", "at least one field to correct");
        let reason = faults.reason("input.reason", &input.reason);
        let given = (faults.id(Noun::Partner, &input.id), given, reason);
        acting::carry_out(ctx, &input.manner, faults, given, propose).await
    }

    /// Accepts the correction that waits: the partner is then as it says. For an approver of the partner's steward. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT, INVALID_TRANSITION where none waits.
    ///
    /// Menerima koreksi yang menunggu; data mitra disesuaikan. Untuk penyetuju instansi pembinanya.
    async fn partner_correction_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which partner, and whose. / Mitra mana, dan usulan siapa.")]
        input: PartnerCorrectionAcceptInput,
    ) -> Option<Result<PartnerPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Partner, &input.target.id);
        let whose = faults.id(Noun::Organisation, &input.organisation);
        let given = (on, input.target.expected_version, whose, None);
        acting::carry_out(ctx, &input.target.manner, faults, given, settle).await
    }

    /// Declines the correction that waits: the partner stays as it is. For an approver of the partner's steward. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION where none waits.
    ///
    /// Menolak koreksi yang menunggu; data mitra tetap. Untuk penyetuju instansi pembinanya.
    async fn partner_correction_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which partner, whose, and why. / Mitra mana, usulan siapa, dan alasannya.")]
        input: PartnerCorrectionDeclineInput,
    ) -> Option<Result<PartnerPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Partner, &input.target.id);
        let whose = faults.id(Noun::Organisation, &input.organisation);
        let reason = Some(faults.reason("input.reason", &input.reason));
        let given = (on, input.target.expected_version, whose, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, settle).await
    }
}

async fn waiting(write: &Write, partner: Uuid, organisation: Uuid) -> Result<Option<Model>> {
    let of = Entity::find().filter(Column::Partner.eq(partner)).filter(Column::Organisation.eq(organisation));
    Ok(write.all(of.filter(Column::Status.eq(CorrectionStatus::Waiting))).await?.pop())
}

async fn propose(mut write: Write, (on, given, reason): (Named, Given, String)) -> Result<Done> {
    let partner = on.hold::<partner::Entity>(&mut write).await?;
    let permit = rules::permit_correction(write.actor(), partner.id)?;
    let organisation = write.actor().organisation_id();
    let organisation = organisation.ok_or_else(|| Error::internal("a BUMN without an organisation"))?;
    // What could not be accepted is not proposed; whether a number is another's the steward finds.
    rules::check(&given.clone().onto(partner.clone()))?;
    rules::check_none_waits(waiting(&write, partner.id, organisation).await?.is_some())?;
    let (kbli, kbli_version) = given.kbli.flatten().unzip();
    let row = Model {
        id: write.clock().new_id(),
        version: 1,
        partner: partner.id,
        organisation,
        name: given.name,
        scale: given.scale,
        scale_since: given.scale_since,
        nib: given.nib.flatten(),
        nik_koperasi: given.nik_koperasi.flatten(),
        npwp: given.npwp.flatten(),
        kbli,
        kbli_version,
        regency: given.regency.flatten(),
        reason: reason.clone(),
        status: CorrectionStatus::Waiting,
        status_reason: None,
        proposed_at: write.clock().now(),
        proposed_by: write.actor().id.clone(),
        decided_at: None,
        decided_by: None,
        decider_organisation: None,
    };
    write.insert::<Entity>(&permit, &row).await?;
    write.done(&permit, Some(&reason), partner.version)
}

/// The steward's decision on the correction that waits; with a reason it is declined.
async fn settle(
    mut write: Write,
    (on, version, whose, reason): (Named, i32, Named, Option<String>),
) -> Result<Done> {
    let accepts = reason.is_none();
    let action = if accepts { rules::ACCEPT_CORRECTION } else { rules::DECLINE_CORRECTION };
    let (partner, permit) = decide(&mut write, &on, Some(version), action).await?;
    let row = rules::expect_waiting(waiting(&write, partner.id, whose.id).await?)?;
    let status = if accepts { CorrectionStatus::Accepted } else { CorrectionStatus::Declined };
    let decided = Model {
        version: row.version + 1,
        status,
        status_reason: reason.clone(),
        decided_at: Some(write.clock().now()),
        decided_by: Some(write.actor().id.clone()),
        decider_organisation: write.actor().organisation_id(),
        ..row.clone()
    };
    write.update::<Entity>(&permit, &decided).await?;
    if !accepts {
        return write.done(&permit, reason.as_deref(), partner.version);
    }
    put(write, &permit, &onto(row, partner)).await
}

/// A partner as a correction says that it is.
fn onto(of: Model, row: partner::Model) -> partner::Model {
    let given = Given {
        name: of.name,
        scale: of.scale,
        scale_since: of.scale_since,
        nib: of.nib.map(Some),
        nik_koperasi: of.nik_koperasi.map(Some),
        npwp: of.npwp.map(Some),
        kbli: of.kbli.zip(of.kbli_version).map(Some),
        regency: of.regency.map(Some),
        ..Given::default()
    };
    given.onto(partner::Model { version: row.version + 1, ..row })
}

//! The mutations of organisations: input, faults, and the act that is meant.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{Days, NaiveDate};

use super::acts::{self, Asked, Name, Succeeding};
use super::dividing;
use super::graphql::Organisation;
use super::inputs::*;
use super::rules;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Payload};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::types::Date;

/// What a mutation of an organisation did.
///
/// Hasil mutasi organisasi.
#[derive(SimpleObject)]
pub struct OrganisationPayload {
    /// The organisation as it is now; in a dry run as it would be.
    ///
    /// Organisasi setelah perubahan; pada uji coba, seandainya dilaksanakan.
    organisation: Organisation,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for OrganisationPayload {
    type Object = Organisation;

    fn of(made: Made<Organisation>) -> Self {
        Self { organisation: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// A day since the republic's first, and not more than ten years ahead.
fn day(ctx: &Context<'_>, faults: &mut Faults, path: &str, given: Date) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(1945, 8, 17).unwrap_or_default();
    faults.day(path, given, first, acting::today(ctx) + Days::new(3_653))
}

/// The mutations of organisations.
#[derive(Default)]
pub struct OrganisationsMutation;

#[Object]
impl OrganisationsMutation {
    /// Records an organisation. For an APPROVER of KEMENBUMN. A code that another has is refused, with which one that is.
    /// Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
    ///
    /// Mencatat organisasi. Untuk penyetuju KEMENBUMN.
    async fn organisation_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organisation. / Organisasinya.")] input: OrganisationCreateInput,
    ) -> Option<Result<OrganisationPayload>> {
        let mut faults = Faults::default();
        let expected = "2 to 32 capital letters, digits or `_`, the first a letter";
        faults.expect(rules::is_code(&input.code), "input.code", &input.code, expected);
        let name = Name {
            name: faults.line("input.name", &input.name, 200),
            short_name: faults.line("input.shortName", &input.short_name, 60),
            from: input.named_from.map(|from| day(ctx, &mut faults, "input.namedFrom", from)),
            legal_basis: input.legal_basis.as_deref().map(|law| faults.line("input.legalBasis", law, 500)),
        };
        let given = Asked {
            code: input.code,
            kind: input.kind,
            seat: input.seat,
            parent: input.parent.as_ref().map(|id| faults.id(Noun::Organisation, id)),
            name,
        };
        acting::carry_out(ctx, &input.manner, faults, given, acts::create).await
    }

    /// Gives an organisation another name from a day on; what was done before keeps the name of its day. For an APPROVER of
    /// KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT.
    ///
    /// Memberi nama baru sejak suatu tanggal; tindakan sebelumnya memakai nama pada masanya. Untuk penyetuju KEMENBUMN.
    async fn organisation_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organisation, and its name. / Organisasi mana, dan namanya.")]
        input: OrganisationRenameInput,
    ) -> Option<Result<OrganisationPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Organisation, &input.target.id);
        let from = day(ctx, &mut faults, "input.from", input.from);
        let name = Name {
            name: faults.line("input.name", &input.name, 200),
            short_name: faults.line("input.shortName", &input.short_name, 60),
            from: Some(from),
            legal_basis: Some(faults.line("input.legalBasis", &input.legal_basis, 500)),
        };
        let given = (on, input.target.expected_version, from, name);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::rename).await
    }

    /// Records that others follow an organisation from a day on: from then it reads for a while and writes nothing, and they hold
    /// its seat. Under a holding, or split, it goes on where it is among its successors. For an APPROVER of KEMENBUMN.
    /// Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT, INVALID_TRANSITION where it is followed already.
    ///
    /// Mencatat pergantian organisasi sejak suatu tanggal: pendahulu hanya membaca untuk sementara, penerus memegang kedudukannya.
    /// Untuk penyetuju KEMENBUMN.
    async fn organisation_succeed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organisation, and who follows it. / Organisasi mana, dan para penerusnya.")]
        input: OrganisationSucceedInput,
    ) -> Option<Result<OrganisationPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Organisation, &input.target.id);
        let ids = input.successors.iter().map(|one| one.organisation.clone()).collect::<Vec<_>>();
        faults.expect(!ids.is_empty(), "input.successors", "nothing", "at least one successor");
        let named = faults.ids(Noun::Organisation, "input.successors", &ids, 20);
        let given = Succeeding {
            on,
            version: input.target.expected_version,
            kind: input.kind,
            effective_on: day(ctx, &mut faults, "input.effectiveOn", input.effective_on),
            legal_basis: faults.line("input.legalBasis", &input.legal_basis, 500),
            successors: named.into_iter().zip(input.successors.iter().map(|one| one.stewardship)).collect(),
        };
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::succeed).await
    }

    /// Divides open partnerships of a BUMN that was succeeded among its successors, each with all that hangs on it, in one entry.
    /// What is not named stays with the predecessor, and all its successors see to it. For an APPROVER of KEMENBUMN. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT, INVALID_TRANSITION where nobody has followed it yet.
    ///
    /// Membagi kemitraan berjalan dari BUMN yang digantikan kepada para penerusnya dalam satu catatan. Untuk penyetuju KEMENBUMN.
    async fn organisation_divide_work(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose work, and who gets what. / Pekerjaan siapa, dan pembagiannya.")]
        input: OrganisationDivideWorkInput,
    ) -> Option<Result<OrganisationPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Organisation, &input.target.id);
        let given = input.shares.iter().map(|share| (&share.successor, share.partnerships.as_slice()));
        let shares = dividing::shares(&mut faults, given);
        let reason = faults.reason("input.reason", &input.reason);
        let given = (on, input.target.expected_version, shares, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, dividing::divide_work).await
    }
}

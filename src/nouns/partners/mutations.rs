//! The mutations of partners: input, faults, and the act that is meant.

use async_graphql::{Context, MaybeUndefined, Object, SimpleObject};
use chrono::NaiveDate;

use super::acts::{self, Given};
use super::graphql::Partner;
use super::inputs::*;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Payload};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::types::Date;

/// What a mutation of a partner did.
///
/// Hasil mutasi mitra.
#[derive(SimpleObject)]
pub struct PartnerPayload {
    /// The partner as it is now; in a dry run as it would be.
    ///
    /// Mitra setelah perubahan; pada uji coba, seandainya dilaksanakan.
    partner: Partner,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for PartnerPayload {
    type Object = Partner;

    fn of(made: Made<Partner>) -> Self {
        Self { partner: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// A day in the past, or today.
pub fn past(ctx: &Context<'_>, faults: &mut Faults, path: &str, given: Date) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(1945, 8, 17).unwrap_or_default();
    faults.day(path, given, first, acting::today(ctx))
}

pub fn kbli(faults: &mut Faults, given: &KbliInput) -> (String, i32) {
    (faults.kbli("input.kbli", &given.code, given.version), given.version)
}

fn cleared<T, U>(given: &MaybeUndefined<T>, check: impl FnOnce(&T) -> U) -> Option<Option<U>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(check(value))),
    }
}

/// The mutations of partners.
#[derive(Default)]
pub struct PartnersMutation;

#[Object]
impl PartnersMutation {
    /// Registers a partner. For an officer of the steward's seat: KEMENPERIN for an IKM, KEMENKOPUKM for others; where that seat
    /// was divided, for the part that it falls to. A number that another partner has is refused, with which one that is.
    /// Errors: FORBIDDEN, BAD_USER_INPUT.
    ///
    /// Mendaftarkan mitra. Untuk operator instansi pembinanya: KEMENPERIN untuk IKM, KEMENKOPUKM untuk lainnya.
    async fn partner_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner. / Mitranya.")] input: PartnerRegisterInput,
    ) -> Option<Result<PartnerPayload>> {
        let mut faults = Faults::default();
        let given = Given {
            name: Some(faults.line("input.name", &input.name, 200)),
            legal_form: Some(input.legal_form),
            scale: Some(input.scale),
            scale_since: Some(past(ctx, &mut faults, "input.scaleSince", input.scale_since)),
            nib: Some(input.nib.as_deref().map(|nib| faults.nib("input.nib", nib))),
            nik_koperasi: Some(
                input.nik_koperasi.as_deref().map(|number| faults.nik_koperasi("input.nikKoperasi", number)),
            ),
            npwp: Some(input.npwp.as_deref().map(|npwp| faults.npwp("input.npwp", npwp))),
            kbli: Some(input.kbli.as_ref().map(|given| kbli(&mut faults, given))),
            regency: Some(input.regency.as_deref().map(|code| faults.regency("input.regency", code))),
            name_public: Some(input.name_public),
        };
        acting::carry_out(ctx, &input.manner, faults, given, acts::register).await
    }

    /// Changes a partner. For an officer of its steward alone. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT.
    ///
    /// Mengubah mitra. Hanya untuk operator instansi pembinanya.
    async fn partner_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partner, and what changes. / Mitra mana, dan perubahannya.")]
        input: PartnerUpdateInput,
    ) -> Option<Result<PartnerPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Partner, &input.target.id);
        let is_dated = input.scale.is_none() || input.scale_since.is_some();
        faults.expect(is_dated, "input.scaleSince", "nothing", "since when it has that scale");
        let given = Given {
            name: input.name.as_deref().map(|name| faults.line("input.name", name, 200)),
            legal_form: input.legal_form,
            scale: input.scale,
            scale_since: input.scale_since.map(|day| past(ctx, &mut faults, "input.scaleSince", day)),
            nib: cleared(&input.nib, |nib| faults.nib("input.nib", nib)),
            nik_koperasi: cleared(&input.nik_koperasi, |number| {
                faults.nik_koperasi("input.nikKoperasi", number)
            }),
            npwp: cleared(&input.npwp, |npwp| faults.npwp("input.npwp", npwp)),
            kbli: cleared(&input.kbli, |given| kbli(&mut faults, given)),
            regency: cleared(&input.regency, |code| faults.regency("input.regency", code)),
            name_public: input.name_public,
        };
        faults.expect(given.is_some(), "input", "nothing to change", "at least one field to change");
        let given = (on, input.target.expected_version, given);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::update).await
    }

    /// Sets the account of a partner on a platform. For an officer of its steward. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// BAD_USER_INPUT.
    ///
    /// Mengisi akun mitra pada platform. Untuk operator instansi pembinanya.
    async fn platform_account_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partner, and its account. / Mitra mana, dan akunnya.")]
        input: PlatformAccountSetInput,
    ) -> Option<Result<PartnerPayload>> {
        let mut faults = Faults::default();
        let given = (
            faults.id(Noun::Partner, &input.target.id),
            input.target.expected_version,
            input.platform,
            faults.line("input.account", &input.account, 100),
            input.since.map(|day| past(ctx, &mut faults, "input.since", day)),
        );
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::set_account).await
    }

    /// Removes the account of a partner on a platform. For an officer of its steward. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION where it has none.
    ///
    /// Menghapus akun mitra pada platform. Untuk operator instansi pembinanya.
    async fn platform_account_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partner, and where. / Mitra mana, dan di platform mana.")]
        input: PlatformAccountRemoveInput,
    ) -> Option<Result<PartnerPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Partner, &input.target.id);
        let given = (on, input.target.expected_version, input.platform);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::remove_account).await
    }
}

//! The mutations of partnerships that are no step of their machine: input, faults, and the act that is meant.

use async_graphql::{Context, ID, MaybeUndefined, Object, SimpleObject};

use super::acts::{self, Proposed, Update, Value, Wanted};
use super::graphql::Partnership;
use super::inputs::*;
use super::steps::{MOST_PARTNERS, PartnershipAction};
use crate::error::Result;
use crate::nouns::acting::{self, Made, Payload, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;

/// What a mutation of a partnership did.
///
/// Hasil mutasi kemitraan.
#[derive(SimpleObject)]
pub struct PartnershipPayload {
    /// The partnership as it is now; in a dry run as it would be.
    ///
    /// Kemitraan setelah perubahan; pada uji coba, seandainya dilaksanakan.
    partnership: Partnership,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for PartnershipPayload {
    type Object = Partnership;

    fn of(made: Made<Partnership>) -> Self {
        Self { partnership: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// The longest title, and the longest source of a value.
const LINE: usize = 200;

/// The longest text on products.
const PRODUCTS: usize = 1_000;

fn batch(faults: &mut Faults, given: &str) -> String {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_batch = (2..=40).contains(&given.len()) && given.bytes().all(is_part);
    faults.expect(is_batch, "input.batch", given, "2 to 40 capital letters, digits and `_`: PILOT_2021");
    given.to_owned()
}

/// A partner by its id or its business number: the one or the other.
fn wanted(faults: &mut Faults, path: &str, id: Option<&ID>, nib: Option<&str>) -> Wanted {
    let (id_path, nib_path) = match path.rsplit_once('.') {
        Some((_, "partner")) => (path.to_owned(), "input.nib".to_owned()),
        _ => (format!("{path}.id"), format!("{path}.nib")),
    };
    if let (None, Some(nib)) = (id, nib) {
        return Wanted::Nib(nib_path.clone(), faults.nib(&nib_path, nib));
    }
    let given = if id.is_some() { "both" } else { "neither" };
    faults.expect(
        id.is_some() != nib.is_some(),
        &id_path,
        given,
        "the partner's id or its NIB, and not both",
    );
    Wanted::Id(faults.id(Noun::Partner, &id.cloned().unwrap_or_default()))
}

fn value(ctx: &Context<'_>, faults: &mut Faults, path: &str, given: Option<&PartnershipValueInput>) -> Value {
    let given = given?;
    let first = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    Some((
        faults.money(&format!("{path}.amount"), given.amount),
        faults.line(&format!("{path}.source"), &given.source, LINE),
        faults.day(&format!("{path}.asOf"), given.as_of, first, acting::today(ctx)),
    ))
}

/// The mutations of partnerships.
#[derive(Default)]
pub struct PartnershipsMutation;

#[Object]
impl PartnershipsMutation {
    /// Proposes a partnership: it is PROPOSED. For an officer of a BUMN, for itself, or of KEMENBUMN, for a BUMN. A BUMN names a
    /// partner that it does not work with yet by its NIB. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
    ///
    /// Mengusulkan kemitraan. Untuk operator BUMN bagi BUMN itu sendiri, atau operator KEMENBUMN. Mitra baru disebut dengan NIB.
    async fn partnership_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is proposed. / Usulannya.")] input: PartnershipProposeInput,
    ) -> Option<Result<PartnershipPayload>> {
        let mut faults = Faults::default();
        let partners = &input.partners;
        let count = format!("{} partners", partners.len());
        faults.expect(
            (1..=MOST_PARTNERS).contains(&partners.len()),
            "input.partners",
            count,
            "1 to 50 partners",
        );
        let leads = partners.iter().filter(|partner| partner.lead).count();
        faults.expect(leads == 1, "input.partners", format!("{leads} that lead"), "one partner that leads");
        let partner = |(at, one): (usize, &PartnershipPartnerInput)| {
            let path = format!("input.partners.{at}");
            (wanted(&mut faults, &path, one.id.as_ref(), one.nib.as_deref()), one.lead)
        };
        let partners = partners.iter().take(MOST_PARTNERS).enumerate().map(partner).collect();
        let given = Proposed {
            organisation: input.organisation.as_ref().map(|id| faults.id(Noun::Organisation, id)),
            executing_unit: input.executing_unit.as_ref().map(|id| faults.id(Noun::Organisation, id)),
            memorandum: faults.id(Noun::Memorandum, &input.memorandum),
            title: faults.line("input.title", &input.title, LINE),
            products: faults.text("input.products", &input.products, PRODUCTS),
            pattern: input.pattern,
            channel: input.channel,
            supply_direction: input.supply_direction,
            batch: batch(&mut faults, &input.batch),
            partners,
            potential: value(ctx, &mut faults, "input.potentialValue", input.potential_value.as_ref()),
            estimated: value(ctx, &mut faults, "input.estimatedValue", input.estimated_value.as_ref()),
        };
        acting::carry_out(ctx, &input.manner, faults, given, acts::propose).await
    }

    /// Changes what a partnership is about, its batch, its executing unit or its lead partner. For an officer of KEMENBUMN
    /// until it has ended, or of its BUMN while it is PROPOSED or in CURATION. A lead of another steward takes over only while
    /// no milestone is open. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengubah isi, angkatan, unit pelaksana, atau koordinator kemitraan. Untuk operator KEMENBUMN, atau BUMN selama masih usulan.
    async fn partnership_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and what changes. / Kemitraan mana, dan perubahannya.")]
        input: PartnershipUpdateInput,
    ) -> Option<Result<PartnershipPayload>> {
        let mut faults = Faults::default();
        let executing_unit = match &input.executing_unit {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => Some(Some(faults.id(Noun::Organisation, id))),
        };
        let given = Update {
            on: faults.id(Noun::Partnership, &input.target.id),
            version: input.target.expected_version,
            title: input.title.as_deref().map(|title| faults.line("input.title", title, LINE)),
            products: input.products.as_deref().map(|text| faults.text("input.products", text, PRODUCTS)),
            pattern: input.pattern,
            channel: input.channel,
            supply_direction: input.supply_direction,
            batch: input.batch.as_deref().map(|given| batch(&mut faults, given)),
            executing_unit,
            lead: input.lead.as_ref().map(|id| faults.id(Noun::Partner, id)),
        };
        faults.expect(given.changes(), "input", "nothing to change", "at least one field to change");
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::update).await
    }

    /// Proposes a partnership that renews an ACTIVE or COMPLETED one: PROPOSED, linked by `renewalOf`, with the same partners,
    /// and no values yet. For an officer of its BUMN, or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, INVALID_TRANSITION.
    ///
    /// Mengusulkan perpanjangan kemitraan yang berjalan atau selesai, sebagai kemitraan baru yang tertaut. Untuk operator BUMN-nya,
    /// atau KEMENBUMN.
    async fn partnership_renew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership is renewed. / Kemitraan yang diperpanjang.")]
        input: PartnershipRenewInput,
    ) -> Option<Result<PartnershipPayload>> {
        let mut faults = Faults::default();
        let title = input.title.as_deref().map(|title| faults.line("input.title", title, LINE));
        let given = (faults.id(Noun::Partnership, &input.id), title, batch(&mut faults, &input.batch));
        acting::carry_out(ctx, &input.manner, faults, given, acts::renew).await
    }

    /// Sets what a partnership could be worth, until it has ended. For an officer of its BUMN, or of KEMENBUMN. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengisi nilai potensial kemitraan. Untuk operator BUMN-nya, atau KEMENBUMN.
    async fn partnership_set_potential_value(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and its value. / Kemitraan mana, dan nilainya.")]
        input: PartnershipSetPotentialValueInput,
    ) -> Option<Result<PartnershipPayload>> {
        set(ctx, &input.target, PartnershipAction::SetPotentialValue, input.value.as_ref()).await
    }

    /// Sets what a partnership is estimated to be worth, until it has ended. For an officer of its BUMN, or of KEMENBUMN.
    /// Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengisi nilai perkiraan kemitraan. Untuk operator BUMN-nya, atau KEMENBUMN.
    async fn partnership_set_estimated_value(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and its value. / Kemitraan mana, dan nilainya.")]
        input: PartnershipSetEstimatedValueInput,
    ) -> Option<Result<PartnershipPayload>> {
        set(ctx, &input.target, PartnershipAction::SetEstimatedValue, input.value.as_ref()).await
    }

    /// Sets what is contracted in a partnership, from its preparation on, also once it is COMPLETED. For an officer of its
    /// BUMN, or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengisi nilai kontrak kemitraan sejak persiapan. Untuk operator BUMN-nya, atau KEMENBUMN.
    async fn partnership_set_contracted_value(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and its value. / Kemitraan mana, dan nilainya.")]
        input: PartnershipSetContractedValueInput,
    ) -> Option<Result<PartnershipPayload>> {
        set(ctx, &input.target, PartnershipAction::SetContractedValue, input.value.as_ref()).await
    }

    /// Adds a partner, which does not lead, to a partnership. For an officer of KEMENBUMN until it has ended, or of its BUMN
    /// while it is PROPOSED or in CURATION. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menambah mitra pada kemitraan. Untuk operator KEMENBUMN, atau BUMN selama masih usulan.
    async fn partnership_add_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which partner joins which partnership. / Mitra mana bergabung dalam kemitraan mana."
        )]
        input: PartnershipAddPartnerInput,
    ) -> Option<Result<PartnershipPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Partnership, &input.target.id);
        let wanted = wanted(&mut faults, "input.partner", input.partner.as_ref(), input.nib.as_deref());
        let given = (on, input.target.expected_version, wanted);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::add_partner).await
    }

    /// Removes a partner that does not lead from a partnership. For an officer of KEMENBUMN until it has ended, or of its
    /// BUMN while it is PROPOSED or in CURATION. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengeluarkan mitra yang bukan koordinator. Untuk operator KEMENBUMN, atau BUMN selama masih usulan.
    async fn partnership_remove_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partner leaves, and why. / Mitra mana keluar, dan alasannya.")]
        input: PartnershipRemovePartnerInput,
    ) -> Option<Result<PartnershipPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Partnership, &input.target.id);
        let partner = faults.id(Noun::Partner, &input.partner);
        let reason = faults.reason("input.reason", &input.reason);
        let given = (on, input.target.expected_version, partner, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::remove_partner).await
    }
}

async fn set(
    ctx: &Context<'_>,
    target: &Target,
    action: PartnershipAction,
    given: Option<&PartnershipValueInput>,
) -> Option<Result<PartnershipPayload>> {
    let mut faults = Faults::default();
    let on = faults.id(Noun::Partnership, &target.id);
    let given = (on, target.expected_version, action, value(ctx, &mut faults, "input.value", given));
    acting::carry_out(ctx, &target.manner, faults, given, acts::set_value).await
}

//! The SQL of partners.

use async_graphql::{Enum, InputObject};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};

use super::entity::{LegalForm, Scale, partner};
use crate::access::page::Order;
use crate::access::{Reach, Role, Scope};
use crate::error::Result;
use crate::nouns::journal::store::changed_after;
use crate::nouns::partnerships::entity::partnership_partner;
use crate::nouns::search;
use crate::types::Timestamp;

/// A BUMN, and an auditor of some organisations, sees the partners of the partnerships within reach.
impl Scope for partner::Entity {
    fn narrow(reach: &Reach) -> Condition {
        of_partners(reach, partner::Column::Id)
    }
}

/// The rows whose partner, in this column, is within reach.
pub fn of_partners<C: sea_orm::ColumnTrait>(reach: &Reach, partner: C) -> Condition {
    if *reach == Reach::All {
        return Condition::all();
    }
    let within = partnership_partner::Entity::find()
        .select_only()
        .column(partnership_partner::Column::Partner)
        .filter(reach.within(partnership_partner::Column::Organisation))
        .into_query();
    Condition::all().add(partner.in_subquery(within))
}

/// Which partners; all that is given must hold.
///
/// Mitra mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PartnerFilter {
    /// Having all these words, whole or in part, in its name or business number; accents and case aside.
    ///
    /// Memuat semua kata ini, utuh atau sebagian, pada nama atau NIB; tanpa membedakan aksen dan huruf besar.
    pub text: Option<String>,
    /// Under this ministry's stewardship: KEMENKOPUKM or KEMENPERIN.
    ///
    /// Di bawah pembinaan kementerian ini: KEMENKOPUKM atau KEMENPERIN.
    pub steward: Option<Role>,
    /// Of one of these legal forms.
    ///
    /// Dari salah satu bentuk badan usaha ini.
    pub legal_form: Option<Vec<LegalForm>>,
    /// Of one of these scales.
    ///
    /// Dari salah satu skala ini.
    pub scale: Option<Vec<Scale>>,
    /// A small or medium industry, or not.
    ///
    /// IKM atau bukan.
    pub is_ikm: Option<bool>,
    /// With exactly this business number (NIB, 13 digits).
    ///
    /// Dengan NIB ini (13 angka).
    pub nib: Option<String>,
    /// Changed after this moment, by the journal's time: the partner itself, not what hangs on it.
    ///
    /// Berubah setelah waktu ini menurut jurnal: mitra itu sendiri, bukan rinciannya.
    pub changed_after: Option<Timestamp>,
}

impl PartnerFilter {
    pub fn condition(&self) -> Result<Condition> {
        use partner::Column;
        let text = self.text.as_deref().map(|text| search::words("filter.text", text)).transpose()?;
        Ok(Condition::all()
            .add_option(text.map(|words| with_words(&words)))
            .add_option(self.steward.map(|steward| Column::Steward.eq(steward)))
            .add_option(self.legal_form.as_ref().map(|some| Column::LegalForm.is_in(some.iter().copied())))
            .add_option(self.scale.as_ref().map(|some| Column::Scale.is_in(some.iter().copied())))
            .add_option(self.is_ikm.map(|is_ikm| Column::IsIkm.eq(is_ikm)))
            .add_option(self.nib.as_ref().map(|nib| Column::Nib.eq(nib)))
            .add_option(self.changed_after.map(changed_after::<partner::Entity>)))
    }
}

fn with_words(words: &[String]) -> Condition {
    words.iter().fold(Condition::all(), |all, word| {
        all.add(partner::Column::Id.in_subquery(search::having::<partner::Entity>(word, partner::Column::Id)))
    })
}

/// What partners can be ordered by.
///
/// Urutan mitra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PartnerOrderField {
    /// By name, capital letters first.
    ///
    /// Menurut nama, huruf besar lebih dahulu.
    Name,
    /// By the time at which it was recorded.
    ///
    /// Menurut waktu pencatatan.
    Recorded,
}

pub fn order(field: PartnerOrderField, descending: bool) -> Order<partner::Entity> {
    let (name, column) = match field {
        PartnerOrderField::Name => ("NAME", partner::Column::Name),
        PartnerOrderField::Recorded => ("RECORDED", partner::Column::Id),
    };
    Order { name, column, descending }
}

//! The SQL of partnerships.

use std::collections::HashMap;

use async_graphql::{Enum, ID, InputObject};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use super::entity::{Channel, PartnershipStatus, Pattern, SupplyDirection, partnership, partnership_partner};
use crate::access::page::Order;
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::journal::store::changed_after;
use crate::nouns::partners::entity::{LegalForm, partner};
use crate::nouns::references::entity::external_reference;
use crate::nouns::references::store::ExternalReferenceInput;
use crate::nouns::search;
use crate::nouns::tallies::entity::tally_partnership;
use crate::nouns::tallies::totals;
use crate::types::Timestamp;

impl Scope for partnership::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(partnership::Column::Organisation)
    }
}

impl Scope for partnership_partner::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(partnership_partner::Column::Organisation)
    }
}

/// Which partnerships; all that is given must hold.
///
/// Kemitraan mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PartnershipFilter {
    /// Having all these words, whole or in part, in its title or products, the names or NIB of its partners, its external references or those of its milestones; accents and case aside.
    ///
    /// Memuat semua kata ini, utuh atau sebagian, pada judul, produk, nama atau NIB mitra, atau pengenalnya dan tahapannya pada sistem lain; tanpa membedakan aksen dan huruf besar.
    pub text: Option<String>,
    /// Of one of these BUMN (their ids).
    ///
    /// Milik salah satu BUMN ini (id).
    pub organisation: Option<Vec<ID>>,
    /// Executed by one of these units (their ids).
    ///
    /// Dilaksanakan salah satu unit ini (id).
    pub executing_unit: Option<Vec<ID>>,
    /// Under this memorandum (its id).
    ///
    /// Di bawah nota kesepahaman ini (id).
    pub memorandum: Option<ID>,
    /// With this partner (its id).
    ///
    /// Dengan mitra ini (id).
    pub partner: Option<ID>,
    /// Known by this to another system.
    ///
    /// Dikenal demikian pada sistem lain.
    pub external_reference: Option<ExternalReferenceInput>,
    /// In one of these statuses.
    ///
    /// Dalam salah satu status ini.
    pub status: Option<Vec<PartnershipStatus>>,
    /// Of one of these patterns.
    ///
    /// Dengan salah satu pola ini.
    pub pattern: Option<Vec<Pattern>>,
    /// By one of these channels.
    ///
    /// Melalui salah satu jalur ini.
    pub channel: Option<Vec<Channel>>,
    /// In this direction of supply.
    ///
    /// Dengan arah pasokan ini.
    pub supply_direction: Option<SupplyDirection>,
    /// Of one of these batches, such as `PILOT_2021`.
    ///
    /// Dari salah satu angkatan ini, misalnya `PILOT_2021`.
    pub batch: Option<Vec<String>>,
    /// Changed after this moment, by the journal's time: the partnership itself, not what hangs on it.
    ///
    /// Berubah setelah waktu ini menurut jurnal: kemitraan itu sendiri, bukan rinciannya.
    pub changed_after: Option<Timestamp>,
}

impl PartnershipFilter {
    pub fn condition(&self) -> Result<Condition> {
        use partnership::Column;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let units =
            ids::parse_all(Noun::Organisation, "filter.executingUnit", self.executing_unit.as_deref())?;
        let memorandum = ids::parse_given(Noun::Memorandum, "filter.memorandum", self.memorandum.as_ref())?;
        let partner = ids::parse_given(Noun::Partner, "filter.partner", self.partner.as_ref())?;
        let text = self.text.as_deref().map(|text| search::words("filter.text", text)).transpose()?;
        Ok(Condition::all()
            .add_option(text.map(|words| with_words(&words)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(units.map(|some| Column::ExecutingUnit.is_in(some)))
            .add_option(memorandum.map(|memorandum| Column::Memorandum.eq(memorandum)))
            .add_option(partner.map(with_partner))
            .add_option(self.external_reference.as_ref().map(|reference| reference.partnership(Column::Id)))
            .add_option(self.status.as_ref().map(|some| Column::Status.is_in(some.iter().copied())))
            .add_option(self.pattern.as_ref().map(|some| Column::Pattern.is_in(some.iter().copied())))
            .add_option(self.channel.as_ref().map(|some| Column::Channel.is_in(some.iter().copied())))
            .add_option(self.supply_direction.map(|direction| Column::SupplyDirection.eq(direction)))
            .add_option(self.batch.as_ref().map(|some| Column::Batch.is_in(some)))
            .add_option(self.changed_after.map(changed_after::<partnership::Entity>)))
    }

    /// The cells that tell how many fit, where any do.
    pub fn tallied(&self, reach: &Reach) -> Option<Select<tally_partnership::Entity>> {
        let Self {
            status,
            text: None,
            organisation: None,
            executing_unit: None,
            memorandum: None,
            partner: None,
            external_reference: None,
            pattern: None,
            channel: None,
            supply_direction: None,
            batch: None,
            changed_after: None,
        } = self
        else {
            return None;
        };
        Some(totals::partnerships(reach, status.as_deref()))
    }
}

/// The partnerships that this partner is in.
pub fn with_partner(partner: Uuid) -> sea_orm::sea_query::Expr {
    let of_partner = partnership_partner::Entity::find()
        .select_only()
        .column(partnership_partner::Column::Partnership)
        .filter(partnership_partner::Column::Partner.eq(partner))
        .into_query();
    partnership::Column::Id.in_subquery(of_partner)
}

/// Partners and references of a partnership are within reach where it is itself.
fn with_words(words: &[String]) -> Condition {
    use external_reference::Column as Reference;
    use partnership::Column;
    words.iter().fold(Condition::all(), |all, word| {
        let titled = search::having::<partnership::Entity>(word, Column::Id);
        let named = partnership_partner::Entity::find()
            .select_only()
            .column(partnership_partner::Column::Partnership)
            .filter(
                partnership_partner::Column::Partner
                    .in_subquery(search::having::<partner::Entity>(word, partner::Column::Id)),
            )
            .into_query();
        let referred = search::having::<external_reference::Entity>(word, Reference::Partnership);
        let found = [titled, named, referred].into_iter();
        all.add(found.fold(Condition::any(), |any, ids| any.add(Column::Id.in_subquery(ids))))
    })
}

/// The partnerships that one of these units executes. Whoever sees what hangs on one sees it as well.
pub fn executed_by(units: Vec<Uuid>) -> SelectStatement {
    let select = partnership::Entity::find().select_only().column(partnership::Column::Id);
    select.filter(partnership::Column::ExecutingUnit.is_in(units)).into_query()
}

/// What partnerships can be ordered by.
///
/// Urutan kemitraan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PartnershipOrderField {
    /// By title, capital letters first.
    ///
    /// Menurut judul, huruf besar lebih dahulu.
    Title,
    /// By the time at which it was recorded.
    ///
    /// Menurut waktu pencatatan.
    Recorded,
}

pub fn order(field: PartnershipOrderField, descending: bool) -> Order<partnership::Entity> {
    let (name, column) = match field {
        PartnershipOrderField::Title => ("TITLE", partnership::Column::Title),
        PartnershipOrderField::Recorded => ("RECORDED", partnership::Column::Id),
    };
    Order { name, column, descending }
}

/// The partners of partnerships, the lead first.
pub fn partners() -> Select<partnership_partner::Entity> {
    use partnership_partner::Column;
    partnership_partner::Entity::find().order_by_desc(Column::Lead).order_by_asc(Column::Id)
}

pub async fn partners_of(view: &View, partnerships: &[Uuid]) -> Result<Vec<partnership_partner::Model>> {
    view.all(partners().filter(view.is_in(partnership_partner::Column::Partnership, partnerships))).await
}

/// The legal forms of the lead partners of these, where they have one.
pub async fn lead_forms(view: &View, partnerships: &[Uuid]) -> Result<HashMap<Uuid, LegalForm>> {
    let leads = partners_of(view, partnerships).await?.into_iter().filter(|row| row.lead);
    let leads = leads.map(|row| (row.partnership, row.partner)).collect::<Vec<_>>();
    let ids = leads.iter().map(|(_, partner)| *partner).collect::<Vec<_>>();
    let partners = view.by_ids::<partner::Entity>(&ids).await?;
    let form = |(of, partner)| Some((of, partners.get(&partner)?.legal_form));
    Ok(leads.into_iter().filter_map(form).collect())
}

/// A partner's places in partnerships have one order: that of recording.
pub fn participation_order() -> Order<partnership_partner::Entity> {
    Order { name: "RECORDED", column: partnership_partner::Column::Id, descending: false }
}

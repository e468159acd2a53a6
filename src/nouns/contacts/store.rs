//! The SQL of contacts.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use super::entity::{contact, contact_mask};
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::journal::Projected as _;
use crate::journal::entity::{change, entry};
use crate::nouns::partners;
use crate::nouns::partnerships::entity::{partnership, partnership_partner};
use crate::nouns::partnerships::rules::ENDS;
use crate::types::Timestamp;

/// Whoever sees a partner sees that it has contacts, and their masks.
impl Scope for contact::Entity {
    fn narrow(reach: &Reach) -> Condition {
        partners::store::of_partners(reach, contact::Column::Partner)
    }
}

impl Scope for contact_mask::Entity {
    fn narrow(reach: &Reach) -> Condition {
        if *reach == Reach::All {
            return Condition::all();
        }
        let contacts = contact::Entity::find().select_only().column(contact::Column::Id);
        let within = contacts.filter(contact::Entity::narrow(reach)).into_query();
        Condition::all().add(contact_mask::Column::Contact.in_subquery(within))
    }
}

/// The contacts of these partners, by kind.
pub async fn of_partners(view: &View, partners: &[Uuid]) -> Result<Vec<contact::Model>> {
    use contact::Column;
    let select = contact::Entity::find().filter(view.is_in(Column::Partner, partners));
    view.all(select.order_by_asc(Column::Kind).order_by_asc(Column::Id)).await
}

/// The masks of these contacts; an erased one has none.
pub async fn masks(view: &View, contacts: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    let select = contact_mask::Entity::find().filter(view.is_in(contact_mask::Column::Contact, contacts));
    Ok(view.all(select).await?.into_iter().map(|row| (row.contact, row.mask)).collect())
}

/// The contacts of a partner that are not erased.
pub fn standing_of(partner: Uuid) -> Select<contact::Entity> {
    let own = contact::Entity::find().filter(contact::Column::Partner.eq(partner));
    own.filter(contact::Column::Erased.eq(false)).order_by_asc(contact::Column::Id)
}

/// The partnerships that a partner is in.
pub fn partnerships_of(partner: Uuid) -> Select<partnership::Entity> {
    use partnership_partner::Column::{Partner, Partnership};
    let places = partnership_partner::Entity::find().select_only().column(Partnership);
    let within = places.filter(Partner.eq(partner)).into_query();
    partnership::Entity::find().filter(partnership::Column::Id.in_subquery(within))
}

/// The entry by which a partner was last taken out of a partnership. The image of its place there is gone with it: an earlier
/// one names the partner.
pub fn last_leaving(partner: Uuid) -> Select<entry::Entity> {
    use change::Column::{Id, Image, Noun, Sequence};
    let place = |column: &'static str| Expr::col((Alias::new("place"), Alias::new(column)));
    let places = Query::select()
        .expr(place("id"))
        .from_as(change::Entity, Alias::new("place"))
        // No parameter, for the index is of these rows alone.
        .and_where(Expr::cust("place.noun = 'partnership_partner'"))
        .and_where(place("partner").eq(partner))
        .to_owned();
    let left = change::Entity::find().select_only().column(Sequence).filter(Id.in_subquery(places));
    let left = left.filter(Noun.eq(partnership_partner::Entity::NOUN)).filter(Image.is_null()).into_query();
    let entries = entry::Entity::find().filter(entry::Column::Sequence.in_subquery(left));
    entries.order_by_desc(entry::Column::Sequence).limit(1)
}

/// The partners with contacts from before this moment, and in no partnership that is open or has ended since: of these the
/// contacts may be due.
pub async fn perhaps_due(view: &View, before: Timestamp) -> Result<Vec<Uuid>> {
    use contact::Column::{Erased, Id, Partner};
    let needed = Condition::any()
        .add(partnership::Column::Status.is_not_in(ENDS))
        .add(partnership::Column::StatusSince.gte(before));
    let needed = partnership::Entity::find().select_only().column(partnership::Column::Id).filter(needed);
    let places =
        partnership_partner::Entity::find().select_only().column(partnership_partner::Column::Partner);
    let places = places.filter(partnership_partner::Column::Partnership.in_subquery(needed.into_query()));
    // Ids are made by time.
    let first = Uuid::from_u128(u128::from((before.0 / 1_000).unsigned_abs()) << 80);
    let select = contact::Entity::find()
        .filter(Erased.eq(false))
        .filter(Id.lt(first))
        .filter(Partner.not_in_subquery(places.into_query()))
        .order_by_asc(Partner);
    let mut partners = view.all(select).await?.into_iter().map(|row| row.partner).collect::<Vec<_>>();
    partners.dedup();
    Ok(partners)
}

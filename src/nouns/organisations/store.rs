//! The SQL of organisations.

use std::collections::HashMap;

use async_graphql::{Enum, InputObject};
use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::{OrganisationKind, organisation, organisation_name, succession};
use crate::access::page::Order;
use crate::access::{Reach, Role, Scope, View};
use crate::error::Result;

/// Organisations are public facts: every party may see all of them.
impl Scope for organisation::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

impl Scope for organisation_name::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

impl Scope for succession::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.shared()
    }
}

/// Which organisations; all that is given must hold.
///
/// Organisasi mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct OrganisationFilter {
    /// Of one of these kinds.
    ///
    /// Dari salah satu jenis ini.
    pub kind: Option<Vec<OrganisationKind>>,
    /// Holding one of these seats.
    ///
    /// Memegang salah satu kedudukan ini.
    pub seat: Option<Vec<Role>>,
    /// With one of these codes.
    ///
    /// Dengan salah satu kode ini.
    pub code: Option<Vec<String>>,
}

impl OrganisationFilter {
    pub fn condition(&self) -> Condition {
        use organisation::Column;
        Condition::all()
            .add_option(self.kind.as_ref().map(|some| Column::Kind.is_in(some.iter().copied())))
            .add_option(self.seat.as_ref().map(|some| Column::Seat.is_in(some.iter().copied())))
            .add_option(self.code.as_ref().map(|some| Column::Code.is_in(some)))
    }
}

/// What organisations can be ordered by.
///
/// Urutan organisasi.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrganisationOrderField {
    /// By code.
    ///
    /// Menurut kode.
    Code,
    /// By the time at which it was recorded.
    ///
    /// Menurut waktu pencatatan.
    Recorded,
}

pub fn order(field: OrganisationOrderField, descending: bool) -> Order<organisation::Entity> {
    let (name, column) = match field {
        OrganisationOrderField::Code => ("CODE", organisation::Column::Code),
        OrganisationOrderField::Recorded => ("RECORDED", organisation::Column::Id),
    };
    Order { name, column, descending }
}

/// The names of these organisations, oldest first.
pub async fn names(view: &View, organisations: &[Uuid]) -> Result<Vec<organisation_name::Model>> {
    use organisation_name::Column;
    let select = organisation_name::Entity::find().filter(view.is_in(Column::Organisation, organisations));
    let mut names = view.all(select.order_by_asc(Column::Id)).await?;
    // A name without a first day is older than any other; the two databases place nulls differently.
    names.sort_by_key(|name| name.valid_from);
    Ok(names)
}

/// Whether a name is borne on a day.
pub fn is_borne(name: &organisation_name::Model, day: NaiveDate) -> bool {
    name.valid_from.is_none_or(|from| from <= day) && name.valid_until.is_none_or(|until| day < until)
}

/// What these organisations are named today: by their code, where they bear no name.
pub async fn names_today(view: &View, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
    use organisation_name::Column;
    let today = view.today();
    let begun = Column::ValidFrom.is_null().or(Column::ValidFrom.lte(today));
    let lasting = Column::ValidUntil.is_null().or(Column::ValidUntil.gt(today));
    // The one that began last stands last; one without a first day is older than any other.
    let select = organisation_name::Entity::find()
        .filter(begun.and(lasting))
        .order_by_asc(Column::ValidFrom.is_not_null())
        .order_by_asc(Column::ValidFrom)
        .order_by_asc(Column::Id);
    let columns = [Column::Organisation, Column::Name];
    let rows = view.columns_of(select, Column::Organisation, &ids, &columns).await?;
    let named = rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)));
    let mut named = named.collect::<Result<HashMap<Uuid, String>>>()?;
    let unnamed = ids.into_iter().filter(|id| !named.contains_key(id)).collect::<Vec<_>>();
    let unnamed = view.by_ids::<organisation::Entity>(&unnamed).await?;
    named.extend(unnamed.into_iter().map(|(id, row)| (id, row.code)));
    Ok(named)
}

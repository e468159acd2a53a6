//! The SQL of delegations.

use async_graphql::{Enum, ID, InputObject};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select};
use uuid::Uuid;

use super::entity::DelegatedAction;
use super::entity::delegation::{Column, Entity, Model};
use super::rules::covers;
use crate::access::page::Order;
use crate::access::{Actor, Reach, Scope, View, Write};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};

impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(Column::Organisation)
    }
}

/// Which delegations; all that is given must hold.
///
/// Delegasi mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DelegationFilter {
    /// Granted by one of these organisations (their ids).
    ///
    /// Diberikan salah satu organisasi ini (id).
    pub organisation: Option<Vec<ID>>,
    /// To one of these service accounts.
    ///
    /// Kepada salah satu akun layanan ini.
    pub grantee: Option<Vec<String>>,
    /// Of one of these actions.
    ///
    /// Untuk salah satu tindakan ini.
    pub action: Option<Vec<DelegatedAction>>,
    /// In force today in Asia/Jakarta, or not.
    ///
    /// Berlaku hari ini (WIB), atau tidak.
    pub in_force: Option<bool>,
}

impl DelegationFilter {
    pub fn condition(&self, today: NaiveDate) -> Result<Condition> {
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let holds = |holds: bool| if holds { in_force(today) } else { in_force(today).not() };
        Ok(Condition::all()
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(self.grantee.as_ref().map(|some| Column::Grantee.is_in(some)))
            .add_option(self.action.as_ref().map(|some| Column::Action.is_in(some.iter().copied())))
            .add_option(self.in_force.map(holds)))
    }
}

fn in_force(today: NaiveDate) -> Condition {
    Condition::all()
        .add(Column::RevokedAt.is_null())
        .add(Column::ValidFrom.lte(today))
        .add(Column::ValidUntil.gte(today))
}

/// What delegations can be ordered by.
///
/// Urutan delegasi.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DelegationOrderField {
    /// By the time at which it was granted.
    ///
    /// Menurut waktu pemberian.
    GrantedAt,
}

pub fn order(field: DelegationOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        DelegationOrderField::GrantedAt => ("GRANTED_AT", Column::GrantedAt),
    };
    Order { name, column, descending }
}

/// What holds today for this actor, where it is a service account.
fn for_actor(actor: &Actor, today: NaiveDate) -> Option<Select<Entity>> {
    let organisation = actor.organisation_id().filter(|_| actor.is_service())?;
    let own = Entity::find()
        .filter(Column::Organisation.eq(organisation))
        .filter(Column::Grantee.eq(&actor.id))
        .filter(in_force(today));
    Some(own)
}

/// The delegations that hold today for who reads.
pub async fn of_actor(view: &View) -> Result<Vec<Model>> {
    match for_actor(view.actor(), view.today()) {
        Some(own) => view.all(own).await,
        None => Ok(Vec::new()),
    }
}

/// What these delegate in a partnership.
pub fn actions(rows: &[Model], partnership: Uuid) -> Vec<DelegatedAction> {
    rows.iter().filter(|row| covers(row, partnership)).map(|row| row.action).collect()
}

/// What is delegated in a partnership to who writes. None of it is revoked before the write has its entry; others that go by
/// the same are not kept waiting.
pub async fn held(write: &Write, partnership: Uuid) -> Result<Vec<DelegatedAction>> {
    let Some(own) = for_actor(write.actor(), write.today()) else { return Ok(Vec::new()) };
    Ok(actions(&write.all(own.lock_shared()).await?, partnership))
}

//! The SQL of tokens.

use std::collections::HashMap;

use async_graphql::{Enum, InputObject};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::entity::token::{Column, Entity};
use super::entity::token_use;
use crate::access::page::Order;
use crate::access::{Access, Actor, Reach, Role, Scope, View};
use crate::error::Result;
use crate::nouns::organisations::entity::organisation;
use crate::types::Timestamp;

/// The administrator, who sees none of the work, sees all tokens; whoever sees a part of the work sees none.
impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        narrow(reach)
    }
}

impl Scope for token_use::Entity {
    fn narrow(reach: &Reach) -> Condition {
        narrow(reach)
    }
}

fn narrow(reach: &Reach) -> Condition {
    match reach {
        Reach::All | Reach::Nobody => Condition::all(),
        Reach::Organisations(_) => Condition::all().add(Expr::val(1).eq(0)),
    }
}

/// Which tokens; all that is given must hold.
///
/// Token mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TokenFilter {
    /// Of one of these subjects.
    ///
    /// Milik salah satu subjek ini.
    pub subject: Option<Vec<String>>,
    /// Of one of these roles.
    ///
    /// Dengan salah satu peran ini.
    pub role: Option<Vec<Role>>,
    /// For one of these organisations (their codes); an auditor's is for none.
    ///
    /// Untuk salah satu organisasi ini (kode).
    pub organisation: Option<Vec<String>>,
    /// In force now, or not: revoked or expired.
    ///
    /// Berlaku sekarang, atau tidak: dicabut atau kedaluwarsa.
    pub in_force: Option<bool>,
}

impl TokenFilter {
    pub fn condition(&self, now: Timestamp) -> Condition {
        let in_force = || Condition::all().add(Column::RevokedAt.is_null()).add(Column::ExpiresAt.gt(now));
        let holds = |holds: bool| if holds { in_force() } else { in_force().not() };
        Condition::all()
            .add_option(self.subject.as_ref().map(|some| Column::Subject.is_in(some)))
            .add_option(self.role.as_ref().map(|some| Column::Role.is_in(some.iter().copied())))
            .add_option(self.organisation.as_ref().map(|some| Column::OrganisationCode.is_in(some)))
            .add_option(self.in_force.map(holds))
    }
}

/// What tokens can be ordered by.
///
/// Urutan token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TokenOrderField {
    /// By the time at which it was issued.
    ///
    /// Menurut waktu penerbitan.
    IssuedAt,
    /// By the time at which it expires.
    ///
    /// Menurut waktu berakhir.
    ExpiresAt,
}

pub fn order(field: TokenOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        TokenOrderField::IssuedAt => ("ISSUED_AT", Column::IssuedAt),
        TokenOrderField::ExpiresAt => ("EXPIRES_AT", Column::ExpiresAt),
    };
    Order { name, column, descending }
}

/// When these tokens were last used; one that was not has none.
pub async fn uses(view: &View, tokens: &[Uuid]) -> Result<HashMap<Uuid, token_use::Model>> {
    let select = token_use::Entity::find().filter(view.is_in(token_use::Column::Token, tokens));
    Ok(view.all(select).await?.into_iter().map(|row| (row.token, row)).collect())
}

/// Of these codes those that organisations have, with their seats: looked up by the program itself, for an administrator sees no
/// organisations.
pub async fn seats(access: &Access, codes: Vec<String>) -> Result<HashMap<String, Option<Role>>> {
    // PostgreSQL takes no such text, and would say so as an error.
    let codes = codes.into_iter().filter(|code| !code.contains('\0')).collect::<Vec<_>>();
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let view = View::open(access, Actor::seed()).await?;
    let select = organisation::Entity::find().filter(organisation::Column::Code.is_in(codes));
    Ok(view.all(select).await?.into_iter().map(|row| (row.code, row.seat)).collect())
}

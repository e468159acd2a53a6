//! How far an actor's sight reaches, and how each noun is narrowed to it.

use sea_orm::EntityTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _};
use uuid::Uuid;

/// Whose work an actor may see. No rule depends on a row's content, only on the organisation that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Every organisation's: the ministries, an auditor of the programme, the program itself.
    All,
    /// That of these: a BUMN's own, an auditor's assignment.
    Organisations(Vec<Uuid>),
    /// Nobody's: the administrator's.
    Nobody,
}

impl Reach {
    /// The rows whose organisation, in this column, is within reach.
    pub fn within<T: sea_orm::ColumnTrait>(&self, organisation: T) -> Condition {
        match self {
            Self::All => Condition::all(),
            Self::Organisations(some) => Condition::all().add(organisation.is_in(some.iter().copied())),
            Self::Nobody => Condition::all().add(Expr::val(1).eq(0)),
        }
    }

    /// All rows, for what every party of the memorandum may see.
    pub fn shared(&self) -> Condition {
        match self {
            Self::All | Self::Organisations(_) => Condition::all(),
            Self::Nobody => Condition::all().add(Expr::val(1).eq(0)),
        }
    }
}

/// A noun that can be read through a view. Each says in its `store.rs` which of its rows are within reach.
pub trait Scope: EntityTrait {
    fn narrow(reach: &Reach) -> Condition;
}

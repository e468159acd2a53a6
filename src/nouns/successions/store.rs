//! The SQL of successions.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::access::View;
use crate::access::page::Order;
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::organisations::entity::SuccessionKind;
use crate::nouns::organisations::entity::succession::{Column, Entity, Model};

/// Which successions; all that is given must hold.
///
/// Pergantian mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SuccessionFilter {
    /// In which one of these took part (their ids), as predecessor or successor.
    ///
    /// Yang melibatkan salah satu organisasi ini (id), sebagai pendahulu atau penerus.
    pub organisation: Option<Vec<ID>>,
    /// Of one of these kinds.
    ///
    /// Dari salah satu jenis ini.
    pub kind: Option<Vec<SuccessionKind>>,
}

impl SuccessionFilter {
    pub fn condition(&self) -> Result<Condition> {
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let of = |some: Vec<Uuid>| {
            Condition::any()
                .add(Column::Predecessor.is_in(some.iter().copied()))
                .add(Column::Successor.is_in(some))
        };
        Ok(Condition::all()
            .add_option(organisations.map(of))
            .add_option(self.kind.as_ref().map(|some| Column::Kind.is_in(some.iter().copied()))))
    }
}

/// What successions can be ordered by.
///
/// Urutan pergantian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SuccessionOrderField {
    /// By the day from which it holds.
    ///
    /// Menurut tanggal berlaku.
    EffectiveOn,
}

pub fn order(field: SuccessionOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        SuccessionOrderField::EffectiveOn => ("EFFECTIVE_ON", Column::EffectiveOn),
    };
    Order { name, column, descending }
}

/// Those in which these organisations were followed, by day.
pub async fn of_predecessors(view: &View, organisations: &[Uuid]) -> Result<Vec<Model>> {
    let select = Entity::find().filter(view.is_in(Column::Predecessor, organisations));
    view.all(select.order_by_asc(Column::EffectiveOn).order_by_asc(Column::Id)).await
}

/// Those in which these organisations followed others, by day.
pub async fn of_successors(view: &View, organisations: &[Uuid]) -> Result<Vec<Model>> {
    let select = Entity::find().filter(view.is_in(Column::Successor, organisations));
    view.all(select.order_by_asc(Column::EffectiveOn).order_by_asc(Column::Id)).await
}

//! The SQL of obstacles.

use async_graphql::{Enum, ID, InputObject};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, Condition};

use super::entity::obstacle::{Column, Entity};
use super::entity::{ObstacleCategory, ObstacleStatus, Severity};
use crate::access::page::Order;
use crate::access::{Reach, Role, Scope};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::search;
use crate::types::Date;

impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(Column::Organisation)
    }
}

/// Which obstacles; all that is given must hold.
///
/// Kendala mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ObstacleFilter {
    /// Having all these words, whole or in part, in its title or description; accents and case aside.
    ///
    /// Memuat semua kata ini, utuh atau sebagian, pada judul atau uraian; tanpa membedakan aksen dan huruf besar.
    pub text: Option<String>,
    /// Of one of these partnerships (their ids).
    ///
    /// Dari salah satu kemitraan ini (id).
    pub partnership: Option<Vec<ID>>,
    /// Of one of these BUMN (their ids).
    ///
    /// Milik salah satu BUMN ini (id).
    pub organisation: Option<Vec<ID>>,
    /// Of one of these milestones (their ids).
    ///
    /// Dari salah satu tahapan ini (id).
    pub milestone: Option<Vec<ID>>,
    /// About one of these.
    ///
    /// Tentang salah satu jenis ini.
    pub category: Option<Vec<ObstacleCategory>>,
    /// Of one of these severities.
    ///
    /// Dengan salah satu tingkat ini.
    pub severity: Option<Vec<Severity>>,
    /// In one of these statuses.
    ///
    /// Dalam salah satu status ini.
    pub status: Option<Vec<ObstacleStatus>>,
    /// That one of these seats has to see to.
    ///
    /// Yang ditangani salah satu kedudukan ini.
    pub owner: Option<Vec<Role>>,
    /// To be resolved on this day or later.
    ///
    /// Tenggat pada tanggal ini atau sesudahnya.
    pub due_from: Option<Date>,
    /// To be resolved on this day or earlier.
    ///
    /// Tenggat pada tanggal ini atau sebelumnya.
    pub due_until: Option<Date>,
    /// Past its day and not resolved, today in Asia/Jakarta, or not; without a day it never is.
    ///
    /// Lewat tenggat dan belum selesai per hari ini (WIB), atau tidak; tanpa tenggat tidak pernah.
    pub overdue: Option<bool>,
}

impl ObstacleFilter {
    pub fn condition(&self, today: NaiveDate) -> Result<Condition> {
        let partnerships =
            ids::parse_all(Noun::Partnership, "filter.partnership", self.partnership.as_deref())?;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let milestones = ids::parse_all(Noun::Milestone, "filter.milestone", self.milestone.as_deref())?;
        let overdue = |overdue: bool| {
            let late = Condition::all()
                .add(Column::DueOn.is_not_null())
                .add(Column::DueOn.lt(today))
                .add(Column::Status.ne(ObstacleStatus::Resolved));
            if overdue { late } else { late.not() }
        };
        let text = self.text.as_deref().map(|text| search::words("filter.text", text)).transpose()?;
        Ok(Condition::all()
            .add_option(text.map(|words| with_words(&words)))
            .add_option(partnerships.map(|some| Column::Partnership.is_in(some)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(milestones.map(|some| Column::Milestone.is_in(some)))
            .add_option(self.category.as_ref().map(|some| Column::Category.is_in(some.iter().copied())))
            .add_option(self.severity.as_ref().map(|some| Column::Severity.is_in(some.iter().copied())))
            .add_option(self.status.as_ref().map(|some| Column::Status.is_in(some.iter().copied())))
            .add_option(self.owner.as_ref().map(|some| Column::Owner.is_in(some.iter().copied())))
            .add_option(self.due_from.map(|day| Column::DueOn.gte(day.0)))
            .add_option(self.due_until.map(|day| Column::DueOn.lte(day.0)))
            .add_option(self.overdue.map(overdue)))
    }
}

fn with_words(words: &[String]) -> Condition {
    words.iter().fold(Condition::all(), |all, word| {
        all.add(Column::Id.in_subquery(search::having::<Entity>(word, Column::Id)))
    })
}

/// What obstacles can be ordered by.
///
/// Urutan kendala.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ObstacleOrderField {
    /// By the time at which it was raised.
    ///
    /// Menurut waktu pencatatan.
    RaisedAt,
}

pub fn order(field: ObstacleOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        ObstacleOrderField::RaisedAt => ("RAISED_AT", Column::RaisedAt),
    };
    Order { name, column, descending }
}

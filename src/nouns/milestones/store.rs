//! The SQL of milestones.

use async_graphql::{Enum, ID, InputObject};
use chrono::NaiveDate;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::{MilestoneStatus, MilestoneType, milestone, milestone_dependency};
use super::rules;
use crate::access::page::Order;
use crate::access::{Permit, Reach, Role, Scope, View, Write};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::journal::store::changed_after;
use crate::nouns::partnerships::store::executed_by;
use crate::types::{Date, Timestamp};

impl Scope for milestone::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(milestone::Column::Organisation)
    }
}

impl Scope for milestone_dependency::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(milestone_dependency::Column::Organisation)
    }
}

/// Which milestones; all that is given must hold.
///
/// Tahapan mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct MilestoneFilter {
    /// Of one of these partnerships (their ids).
    ///
    /// Dari salah satu kemitraan ini (id).
    pub partnership: Option<Vec<ID>>,
    /// Of one of these BUMN (their ids).
    ///
    /// Milik salah satu BUMN ini (id).
    pub organisation: Option<Vec<ID>>,
    /// Of partnerships that one of these units executes (their ids).
    ///
    /// Dari kemitraan yang dilaksanakan salah satu unit ini (id).
    pub executing_unit: Option<Vec<ID>>,
    /// Of one of these types.
    ///
    /// Dari salah satu jenis ini.
    #[graphql(name = "type")]
    pub kind: Option<Vec<MilestoneType>>,
    /// In one of these statuses.
    ///
    /// Dalam salah satu status ini.
    pub status: Option<Vec<MilestoneStatus>>,
    /// Reported by one of these seats.
    ///
    /// Dilaporkan salah satu kedudukan ini.
    pub reporter: Option<Vec<Role>>,
    /// Verified by one of these seats.
    ///
    /// Diverifikasi salah satu kedudukan ini.
    pub verifier: Option<Vec<Role>>,
    /// Due on this day or later.
    ///
    /// Jatuh tempo pada tanggal ini atau sesudahnya.
    pub due_from: Option<Date>,
    /// Due on this day or earlier.
    ///
    /// Jatuh tempo pada tanggal ini atau sebelumnya.
    pub due_until: Option<Date>,
    /// Overdue today (in Asia/Jakarta), or not.
    ///
    /// Terlambat per hari ini (WIB), atau tidak.
    pub overdue: Option<bool>,
    /// Changed after this moment, by the journal's time: the milestone itself, not what hangs on it.
    ///
    /// Berubah setelah waktu ini menurut jurnal: tahapan itu sendiri, bukan rinciannya.
    pub changed_after: Option<Timestamp>,
}

impl MilestoneFilter {
    pub fn condition(&self, today: NaiveDate) -> Result<Condition> {
        use milestone::Column;
        let partnerships =
            ids::parse_all(Noun::Partnership, "filter.partnership", self.partnership.as_deref())?;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let units =
            ids::parse_all(Noun::Organisation, "filter.executingUnit", self.executing_unit.as_deref())?;
        let overdue = |overdue: bool| {
            let open = Column::DueOn.lt(today).and(Column::Status.is_in(rules::UNREPORTED));
            if overdue { open } else { open.not() }
        };
        Ok(Condition::all()
            .add_option(partnerships.map(|some| Column::Partnership.is_in(some)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(units.map(|some| Column::Partnership.in_subquery(executed_by(some))))
            .add_option(self.kind.as_ref().map(|some| Column::Kind.is_in(some.iter().copied())))
            .add_option(self.status.as_ref().map(|some| Column::Status.is_in(some.iter().copied())))
            .add_option(self.reporter.as_ref().map(|some| Column::Reporter.is_in(some.iter().copied())))
            .add_option(self.verifier.as_ref().map(|some| Column::Verifier.is_in(some.iter().copied())))
            .add_option(self.due_from.map(|day| Column::DueOn.gte(day.0)))
            .add_option(self.due_until.map(|day| Column::DueOn.lte(day.0)))
            .add_option(self.overdue.map(overdue))
            .add_option(self.changed_after.map(changed_after::<milestone::Entity>)))
    }
}

/// What milestones can be ordered by.
///
/// Urutan tahapan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum MilestoneOrderField {
    /// By the day on which it is due.
    ///
    /// Menurut tanggal jatuh tempo.
    DueOn,
    /// By the time at which it was recorded.
    ///
    /// Menurut waktu pencatatan.
    Recorded,
}

pub fn order(field: MilestoneOrderField, descending: bool) -> Order<milestone::Entity> {
    let (name, column) = match field {
        MilestoneOrderField::DueOn => ("DUE_ON", milestone::Column::DueOn),
        MilestoneOrderField::Recorded => ("RECORDED", milestone::Column::Id),
    };
    Order { name, column, descending }
}

/// What these milestones wait for.
pub async fn dependencies(view: &View, milestones: &[Uuid]) -> Result<Vec<milestone_dependency::Model>> {
    use milestone_dependency::Column;
    let select = milestone_dependency::Entity::find().filter(view.is_in(Column::Milestone, milestones));
    view.all(select.order_by_asc(Column::Id)).await
}

/// Puts a milestone as a permitted act left it.
pub async fn update(write: &mut Write, permit: &Permit, row: &milestone::Model) -> Result<()> {
    write.update::<milestone::Entity>(permit, row).await
}

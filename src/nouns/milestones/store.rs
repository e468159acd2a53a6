//! The SQL of milestones.

use async_graphql::{Enum, ID, InputObject};
use chrono::NaiveDate;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, EntityTrait as _, Iterable as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::entity::{MilestoneStatus, MilestoneType, milestone, milestone_dependency, reschedule};
use super::rules;
use crate::access::page::Order;
use crate::access::{Permit, Reach, Role, Scope, View, Write};
use crate::error::{Error, Result};
use crate::nouns::evidence::entity::evidence;
use crate::nouns::ids::{self, Noun};
use crate::nouns::journal::store::changed_after;
use crate::nouns::partnerships::store::executed_by;
use crate::nouns::references::entity::external_reference;
use crate::nouns::references::store::ExternalReferenceInput;
use crate::nouns::search;
use crate::nouns::tallies::entity::tally_milestone;
use crate::nouns::tallies::totals;
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

impl Scope for reschedule::Entity {
    fn narrow(reach: &Reach) -> Condition {
        reach.within(reschedule::Column::Organisation)
    }
}

/// Which milestones; all that is given must hold.
///
/// Tahapan mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct MilestoneFilter {
    /// Having all these words, whole or in part, in its title or its external references; accents and case aside.
    ///
    /// Memuat semua kata ini, utuh atau sebagian, pada judul atau pengenal pada sistem lain; tanpa membedakan aksen dan huruf besar.
    pub text: Option<String>,
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
    /// Of one of these clauses (their ids).
    ///
    /// Melaksanakan salah satu pasal ini (id).
    pub clause: Option<Vec<ID>>,
    /// Known by this to another system, itself or with its partnership.
    ///
    /// Dikenal demikian pada sistem lain, sendiri atau bersama kemitraannya.
    pub external_reference: Option<ExternalReferenceInput>,
    /// Overdue today (in Asia/Jakarta), or not.
    ///
    /// Terlambat per hari ini (WIB), atau tidak.
    pub overdue: Option<bool>,
    /// Of a type that asks for evidence of some kind, and without any of that kind that stands; or not.
    ///
    /// Jenisnya menuntut bukti tertentu, tetapi tidak ada yang berlaku; atau sebaliknya.
    pub without_least_evidence: Option<bool>,
    /// Recorded more than so many days after the day on which it happened (both in Asia/Jakarta): 0 to 36500.
    ///
    /// Dicatat lebih dari sekian hari setelah tanggal kejadian (WIB): 0 sampai 36500.
    pub recorded_days_late: Option<i32>,
    /// Changed after this moment, by the journal's time: the milestone itself, not what hangs on it.
    ///
    /// Berubah setelah waktu ini menurut jurnal: tahapan itu sendiri, bukan rinciannya.
    pub changed_after: Option<Timestamp>,
}

impl MilestoneFilter {
    pub fn condition(&self, view: &View) -> Result<Condition> {
        let today = view.today();
        use milestone::Column;
        let partnerships =
            ids::parse_all(Noun::Partnership, "filter.partnership", self.partnership.as_deref())?;
        let organisations =
            ids::parse_all(Noun::Organisation, "filter.organisation", self.organisation.as_deref())?;
        let clauses = ids::parse_all(Noun::Clause, "filter.clause", self.clause.as_deref())?;
        let reference = self.external_reference.as_ref();
        let late = self.recorded_days_late.map(days_late).transpose()?;
        let units =
            ids::parse_all(Noun::Organisation, "filter.executingUnit", self.executing_unit.as_deref())?;
        let overdue = |overdue: bool| {
            let is_overdue = is_overdue(today);
            if overdue { is_overdue } else { is_overdue.not() }
        };
        let text = self.text.as_deref().map(|text| search::words("filter.text", text)).transpose()?;
        Ok(Condition::all()
            .add_option(text.map(|words| with_words(&words)))
            .add_option(partnerships.map(|some| Column::Partnership.is_in(some)))
            .add_option(organisations.map(|some| Column::Organisation.is_in(some)))
            .add_option(clauses.map(|some| Column::Clause.is_in(some)))
            .add_option(reference.map(|reference| reference.milestone(Column::Id, Column::Partnership)))
            .add_option(units.map(|some| Column::Partnership.in_subquery(executed_by(some))))
            .add_option(self.kind.as_ref().map(|some| Column::Kind.is_in(some.iter().copied())))
            .add_option(self.status.as_ref().map(|some| Column::Status.is_in(some.iter().copied())))
            .add_option(self.reporter.as_ref().map(|some| Column::Reporter.is_in(some.iter().copied())))
            .add_option(self.verifier.as_ref().map(|some| Column::Verifier.is_in(some.iter().copied())))
            .add_option(self.due_from.map(|day| Column::DueOn.gte(day.0)))
            .add_option(self.due_until.map(|day| Column::DueOn.lte(day.0)))
            .add_option(self.overdue.map(overdue))
            .add_option(self.without_least_evidence.map(without_least_evidence))
            .add_option(late.map(|days| recorded_from(view.start_of(Column::OccurredOn, days + 1))))
            .add_option(self.changed_after.map(changed_after::<milestone::Entity>)))
    }

    /// The cells that tell how many fit, where any do.
    pub fn tallied(&self, reach: &Reach) -> Option<Select<tally_milestone::Entity>> {
        let Self {
            status,
            text: None,
            partnership: None,
            organisation: None,
            executing_unit: None,
            kind: None,
            reporter: None,
            verifier: None,
            due_from: None,
            due_until: None,
            clause: None,
            external_reference: None,
            overdue: None,
            without_least_evidence: None,
            recorded_days_late: None,
            changed_after: None,
        } = self
        else {
            return None;
        };
        Some(totals::milestones(reach, status.as_deref()))
    }
}

fn with_words(words: &[String]) -> Condition {
    use external_reference::Column as Reference;
    use milestone::Column;
    words.iter().fold(Condition::all(), |all, word| {
        let titled = search::having::<milestone::Entity>(word, Column::Id);
        let mut referred = search::having::<external_reference::Entity>(word, Reference::Milestone);
        referred.and_where(Reference::Milestone.is_not_null());
        all.add(Condition::any().add(Column::Id.in_subquery(titled)).add(Column::Id.in_subquery(referred)))
    })
}

fn recorded_from(moment: Expr) -> Expr {
    Expr::col(milestone::Column::RecordedAt.as_column_ref()).gte(moment)
}

fn days_late(days: i32) -> Result<i64> {
    if (0..=36_500).contains(&days) {
        return Ok(days.into());
    }
    Err(Error::input("filter.recordedDaysLate", &days.to_string(), "days, 0 to 36500"))
}

/// Evidence belongs to the same partnership as its milestone, and so is within the same reach.
fn without_least_evidence(without: bool) -> Condition {
    use milestone::Column;
    let least = MilestoneType::iter().filter_map(|kind| Some((kind, rules::least_evidence(kind)?)));
    let (mut asking, mut asked_for) = (Vec::new(), CaseStatement::new());
    for (kind, evidence) in least {
        asking.push(kind);
        asked_for = asked_for.case(Column::Kind.eq(kind), evidence.to_value());
    }
    let asked_for: Expr = asked_for.into();
    let standing = evidence::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(Expr::col(evidence::Column::Milestone.as_column_ref()).equals(Column::Id.as_column_ref()))
        .filter(evidence::Column::WithdrawnAt.is_null())
        .filter(Expr::col(evidence::Column::Kind.as_column_ref()).eq(asked_for))
        .into_query();
    let lacking = Condition::all().add(Column::Kind.is_in(asking)).add(Expr::exists(standing).not());
    if without { lacking } else { lacking.not() }
}

/// As [`rules::overdue`] has it.
pub fn is_overdue(today: NaiveDate) -> Expr {
    milestone::Column::DueOn.lt(today).and(is_unreported())
}

/// Whether it still waits for its report.
pub fn is_unreported() -> Expr {
    milestone::Column::Status.is_in(rules::UNREPORTED)
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

/// The requests to move the due dates of these milestones, by number.
pub async fn reschedules(view: &View, milestones: &[Uuid]) -> Result<Vec<reschedule::Model>> {
    use reschedule::Column;
    let select = reschedule::Entity::find().filter(view.is_in(Column::Milestone, milestones));
    view.all(select.order_by_asc(Column::Milestone).order_by_asc(Column::Number)).await
}

/// Puts a milestone as a permitted act left it.
pub async fn update(write: &mut Write, permit: &Permit, row: &milestone::Model) -> Result<()> {
    write.update::<milestone::Entity>(permit, row).await
}

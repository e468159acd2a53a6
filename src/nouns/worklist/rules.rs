//! What there is to do, by whom, and since when it waits. Pure.

use std::ops::Deref;

use async_graphql::Enum;
use async_graphql::resolver_utils::EnumType as _;
use chrono::NaiveDate;

use crate::access::{Level, Role};
use crate::nouns::ids::Noun;
use crate::nouns::milestones::entity::{MilestoneStatus, RescheduleStatus, milestone, reschedule};
use crate::nouns::outcomes::entity::{OutcomeStatus, outcome, outcome_revision};
use crate::nouns::quarters::entity::{QuarterStatus, quarter};
use crate::types::{Timestamp, start_of};

/// What is to be done.
///
/// Yang perlu dikerjakan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum WorkKind {
    /// A milestone was reported; verify it or return it.
    ///
    /// Tahapan telah dilaporkan; verifikasi atau kembalikan.
    VerifyMilestone,
    /// A milestone was returned; correct its report.
    ///
    /// Tahapan dikembalikan; perbaiki laporannya.
    CorrectMilestone,
    /// A milestone is due; report on it.
    ///
    /// Tahapan jatuh tempo; laporkan.
    ReportMilestone,
    /// A milestone is to be moved by more than is free; approve or decline.
    ///
    /// Penjadwalan ulang menunggu persetujuan; setujui atau tolak.
    ApproveReschedule,
    /// An outcome of an open quarter was reported; verify it or return it.
    ///
    /// Capaian triwulan yang masih terbuka telah dilaporkan; verifikasi atau kembalikan.
    VerifyOutcome,
    /// An outcome of an open quarter was returned; correct it.
    ///
    /// Capaian triwulan yang masih terbuka dikembalikan; perbaiki.
    CorrectOutcome,
    /// The quarter has ended; report the outcome.
    ///
    /// Triwulan telah berakhir; laporkan capaiannya.
    ReportOutcome,
    /// A locked figure was revised; verify its latest revision or return it.
    ///
    /// Angka terkunci direvisi; verifikasi atau kembalikan revisi terakhirnya.
    VerifyRevision,
    /// The latest revision of a figure was returned; correct it.
    ///
    /// Revisi terakhir suatu angka dikembalikan; perbaiki.
    CorrectRevision,
    /// The quarter has ended; agree to its figures.
    ///
    /// Triwulan telah berakhir; setujui angkanya.
    AgreeQuarter,
    /// All seats agree to a quarter; lock it.
    ///
    /// Semua kedudukan telah menyetujui triwulan; kunci.
    LockQuarter,
    /// An obstacle is yours to see to.
    ///
    /// Kendala menunggu tindak lanjut Anda.
    FollowUpObstacle,
    /// A partnership was proposed; curate or reject it. Later steps follow from milestones, which wait themselves.
    ///
    /// Kemitraan diusulkan; kurasi atau tolak. Langkah berikutnya mengikuti tahapan, yang menunggu tersendiri.
    DecidePartnership,
    /// A correction of a partner that you steward was proposed; accept or decline it.
    ///
    /// Koreksi data mitra binaan Anda diusulkan; terima atau tolak.
    DecideCorrection,
}

impl WorkKind {
    /// Its code, by which the database tells rows of several kinds apart.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyMilestone => "VERIFY_MILESTONE",
            Self::CorrectMilestone => "CORRECT_MILESTONE",
            Self::ReportMilestone => "REPORT_MILESTONE",
            Self::ApproveReschedule => "APPROVE_RESCHEDULE",
            Self::VerifyOutcome => "VERIFY_OUTCOME",
            Self::CorrectOutcome => "CORRECT_OUTCOME",
            Self::ReportOutcome => "REPORT_OUTCOME",
            Self::VerifyRevision => "VERIFY_REVISION",
            Self::CorrectRevision => "CORRECT_REVISION",
            Self::AgreeQuarter => "AGREE_QUARTER",
            Self::LockQuarter => "LOCK_QUARTER",
            Self::FollowUpObstacle => "FOLLOW_UP_OBSTACLE",
            Self::DecidePartnership => "DECIDE_PARTNERSHIP",
            Self::DecideCorrection => "DECIDE_CORRECTION",
        }
    }

    /// The kind with this code.
    pub fn of(code: &str) -> Option<Self> {
        Self::items().iter().map(|item| item.value).find(|kind| kind.as_str() == code)
    }

    /// The noun of what it is done to.
    pub fn noun(self) -> Noun {
        match self {
            Self::VerifyMilestone
            | Self::CorrectMilestone
            | Self::ReportMilestone
            | Self::ApproveReschedule => Noun::Milestone,
            Self::VerifyOutcome | Self::CorrectOutcome | Self::ReportOutcome => Noun::Outcome,
            Self::VerifyRevision | Self::CorrectRevision => Noun::OutcomeRevision,
            Self::AgreeQuarter | Self::LockQuarter => Noun::Quarter,
            Self::FollowUpObstacle => Noun::Obstacle,
            Self::DecidePartnership => Noun::Partnership,
            Self::DecideCorrection => Noun::Partner,
        }
    }

    /// The least level that does it.
    pub fn level(self) -> Level {
        match self {
            Self::CorrectMilestone
            | Self::ReportMilestone
            | Self::CorrectOutcome
            | Self::ReportOutcome
            | Self::CorrectRevision
            | Self::FollowUpObstacle => Level::Officer,
            Self::VerifyMilestone
            | Self::ApproveReschedule
            | Self::VerifyOutcome
            | Self::VerifyRevision
            | Self::AgreeQuarter
            | Self::LockQuarter
            | Self::DecidePartnership
            | Self::DecideCorrection => Level::Approver,
        }
    }
}

/// Whom something waits for, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub seat: Role,
    pub since: Timestamp,
}

impl Waiting {
    /// Whole days since, by the days in Asia/Jakarta.
    pub fn days(self, today: NaiveDate) -> i64 {
        days(self.since, today)
    }
}

pub fn days(since: Timestamp, today: NaiveDate) -> i64 {
    (today - since.day()).num_days().max(0)
}

/// A milestone by where it stands: for its verifier once it is reported, for its reporter where it was returned or is due.
pub fn of_milestone(row: &milestone::Model, today: NaiveDate) -> Option<Waiting> {
    let waiting = |seat, since| Some(Waiting { seat, since });
    match row.status {
        MilestoneStatus::Submitted => waiting(row.verifier, row.status_since),
        MilestoneStatus::Returned => waiting(row.reporter, row.status_since),
        MilestoneStatus::Scheduled | MilestoneStatus::InProgress if row.due_on <= today => {
            waiting(row.reporter, start_of(row.due_on))
        }
        _ => None,
    }
}

/// A milestone by the oldest request to move it that waits: for its verifier.
pub fn of_moves<R: Deref<Target = reschedule::Model>>(
    row: &milestone::Model,
    moves: &[R],
) -> Option<Waiting> {
    let waiting = moves.iter().filter(|request| request.status == RescheduleStatus::Waiting);
    let since = waiting.map(|request| request.requested_at).min()?;
    Some(Waiting { seat: row.verifier, since })
}

/// A figure: for its verifier once it is reported, for the BUMN where it was returned.
fn of_figure(status: OutcomeStatus, verifier: Role, since: Timestamp) -> Option<Waiting> {
    match status {
        OutcomeStatus::Submitted => Some(Waiting { seat: verifier, since }),
        OutcomeStatus::Returned => Some(Waiting { seat: Role::Bumn, since }),
        OutcomeStatus::Draft | OutcomeStatus::Verified => None,
    }
}

/// A revision, by the indicator of its outcome: the last of the outcome's (in their order) alone, for a later one has taken
/// the place of what was returned.
pub fn of_revision<R: Deref<Target = outcome_revision::Model>>(
    row: &outcome_revision::Model,
    outcome: &outcome::Model,
    revisions: &[R],
) -> Option<Waiting> {
    let is_last = revisions.last().is_some_and(|last| last.id == row.id);
    is_last.then(|| of_figure(row.status, outcome.indicator.verifier(), row.status_since)).flatten()
}

/// An outcome of a quarter: by the last of its revisions, where that waits; else by itself, as long as the quarter is not
/// locked: what is locked is revised, and neither reported, verified nor corrected any more. A draft waits for the report
/// of the BUMN once the quarter has ended.
pub fn of_outcome<R: Deref<Target = outcome_revision::Model>>(
    row: &outcome::Model,
    quarter: &quarter::Model,
    revisions: &[R],
    today: NaiveDate,
) -> Option<Waiting> {
    let of_last = revisions.last().and_then(|last| of_revision(last, row, revisions));
    if of_last.is_some() || quarter.status != QuarterStatus::Open {
        return of_last;
    }
    if row.status != OutcomeStatus::Draft {
        return of_figure(row.status, row.indicator.verifier(), row.status_since);
    }
    let since = ended(quarter, today)?;
    Some(Waiting { seat: Role::Bumn, since })
}

/// When an open quarter ended, if it has.
pub fn ended(quarter: &quarter::Model, today: NaiveDate) -> Option<Timestamp> {
    let next = quarter.ends_on.succ_opt()?;
    (quarter.status == QuarterStatus::Open && next <= today).then(|| start_of(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_code() {
        for item in WorkKind::items() {
            assert_eq!(item.value.as_str(), item.name);
        }
    }

    #[test]
    fn days_are_those_of_jakarta() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let today = "2026-11-24".parse().unwrap();
        for (since, expected) in [
            ("2026-11-23T16:59:59.999999Z", 1),
            ("2026-11-23T17:00:00Z", 0),
            ("2026-11-24T10:00:00Z", 0),
            ("2026-10-25T03:00:00Z", 30),
        ] {
            assert_eq!(days(at(since), today), expected, "{since}");
        }
    }
}

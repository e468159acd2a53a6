//! The status machine of milestones, as data: what can be done to one, from where, by whom, and where it leads. The rules
//! decide by it, `availableActions` tells of it, and `docs/workflows.md` prints it.

use std::fmt::Write as _;

use async_graphql::Enum;
use sea_orm::{ActiveEnum as _, Iterable as _};

use super::entity::MilestoneStatus::{self, *};
use super::entity::{MilestoneType, milestone};
use super::rules;
use crate::access::{Level, Role};
use crate::nouns::delegations::entity::DelegatedAction;

/// What can be done to a milestone: each is the mutation that it names.
///
/// Tindakan pada tahapan: masing-masing adalah mutasi yang disebutkan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum MilestoneAction {
    /// Change title, clause or weight (`milestoneUpdate`).
    ///
    /// Mengubah judul, pasal, atau bobot (`milestoneUpdate`).
    Update,
    /// Let it wait for another milestone (`milestoneDepend`).
    ///
    /// Menggantungkan pada tahapan lain (`milestoneDepend`).
    Depend,
    /// Let it wait for another one no more (`milestoneUndepend`).
    ///
    /// Melepaskan ketergantungan pada tahapan lain (`milestoneUndepend`).
    Undepend,
    /// Start it (`milestoneStart`).
    ///
    /// Memulai (`milestoneStart`).
    Start,
    /// Report on it (`milestoneSubmit`).
    ///
    /// Melaporkan (`milestoneSubmit`).
    Submit,
    /// Verify its report (`milestoneVerify`).
    ///
    /// Memverifikasi laporannya (`milestoneVerify`).
    Verify,
    /// Return its report (`milestoneReturn`).
    ///
    /// Mengembalikan laporannya (`milestoneReturn`).
    Return,
    /// Withdraw its verification (`milestoneWithdrawVerification`).
    ///
    /// Menarik kembali verifikasinya (`milestoneWithdrawVerification`).
    WithdrawVerification,
    /// Move its due date, or ask for that (`milestoneReschedule`).
    ///
    /// Menggeser jatuh temponya, atau memintanya (`milestoneReschedule`).
    Reschedule,
    /// Approve the move that waits (`milestoneApproveReschedule`).
    ///
    /// Menyetujui penjadwalan ulang yang menunggu (`milestoneApproveReschedule`).
    ApproveReschedule,
    /// Decline the move that waits (`milestoneDeclineReschedule`).
    ///
    /// Menolak penjadwalan ulang yang menunggu (`milestoneDeclineReschedule`).
    DeclineReschedule,
    /// Cancel it (`milestoneCancel`).
    ///
    /// Membatalkan (`milestoneCancel`).
    Cancel,
    /// Link it to a clause of the memorandum (`clauseLink`).
    ///
    /// Mengaitkannya dengan pasal nota kesepahaman (`clauseLink`).
    LinkClause,
    /// Attach a file to it (`evidenceAttach`).
    ///
    /// Melampirkan bukti (`evidenceAttach`).
    AttachEvidence,
    /// Withdraw a piece of its evidence (`evidenceWithdraw`).
    ///
    /// Menarik buktinya (`evidenceWithdraw`).
    WithdrawEvidence,
}

/// Whose hand it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// The seat that reports on the milestone.
    Reporter,
    /// The seat that verifies it: nobody who reported, nor anybody of the same organisation.
    Verifier,
    /// The seat that keeps partnerships.
    Kemenbumn,
    /// Who plans: the BUMN, or the seat that keeps partnerships.
    Planner,
}

impl Hand {
    /// The seats that it is, for a milestone.
    pub fn seats(self, row: &milestone::Model) -> Vec<Role> {
        match self {
            Self::Reporter => vec![row.reporter],
            Self::Verifier => vec![row.verifier],
            Self::Kemenbumn => vec![Role::Kemenbumn],
            Self::Planner => PLANNERS.to_vec(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Verifier => "verifier",
            Self::Kemenbumn => "KEMENBUMN",
            Self::Planner => "BUMN or KEMENBUMN",
        }
    }
}

/// The seats that plan milestones.
pub const PLANNERS: [Role; 2] = [Role::Bumn, Role::Kemenbumn];

/// What a step asks for, beside its hand, its level and where the milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The least kind of evidence, and that what it depends on is met.
    Evidence,
    /// Evidence that stands, and that it can do without.
    Withdrawable,
    /// That it waits for another milestone.
    Dependency,
    /// That no move waits.
    NoMove,
    /// That a move waits, which another organisation has asked for.
    Move,
}

/// One thing that can be done.
#[derive(Debug)]
pub struct Step {
    pub action: MilestoneAction,
    /// The mutation, and so the action in the journal.
    pub name: &'static str,
    pub from: &'static [MilestoneStatus],
    /// Where it leads; empty where the status stays.
    pub to: &'static [MilestoneStatus],
    pub hand: Hand,
    /// APPROVER is asked for what binds the seat.
    pub level: Level,
    /// As what an approver delegates it to a service account, which otherwise only prepares.
    pub delegable: Option<DelegatedAction>,
    pub reason: bool,
    pub asks: Option<Asks>,
    /// Whether it can be done while the partnership stands still or has ended.
    pub at_rest: bool,
}

const OPEN: &[MilestoneStatus] = &rules::UNREPORTED;
const VERIFIED: &[MilestoneStatus] = &[Met, PartiallyMet, NotMet];
/// What it carries out may be found at any time, and changes nothing of what was reported.
const LINKED: &[MilestoneStatus] = &[Scheduled, InProgress, Submitted, Returned, Met, PartiallyMet, NotMet];

const fn step(action: MilestoneAction, name: &'static str, hand: Hand, level: Level) -> Step {
    Step {
        action,
        name,
        from: OPEN,
        to: &[],
        hand,
        level,
        delegable: None,
        reason: false,
        asks: None,
        at_rest: false,
    }
}

use Level::{Approver, Officer};
use MilestoneAction as Do;

pub static STEPS: [Step; 15] = [
    step(Do::Update, "milestoneUpdate", Hand::Planner, Officer),
    step(Do::Depend, "milestoneDepend", Hand::Planner, Officer),
    Step { asks: Some(Asks::Dependency), ..step(Do::Undepend, "milestoneUndepend", Hand::Planner, Officer) },
    Step {
        from: &[Scheduled, Returned, PartiallyMet, NotMet],
        to: &[InProgress],
        ..step(Do::Start, "milestoneStart", Hand::Reporter, Officer)
    },
    Step {
        from: &[InProgress],
        to: &[Submitted],
        delegable: Some(DelegatedAction::MilestoneSubmit),
        asks: Some(Asks::Evidence),
        ..step(Do::Submit, "milestoneSubmit", Hand::Reporter, Approver)
    },
    Step {
        from: &[Submitted],
        to: VERIFIED,
        ..step(Do::Verify, "milestoneVerify", Hand::Verifier, Approver)
    },
    Step {
        from: &[Submitted],
        to: &[Returned],
        reason: true,
        ..step(Do::Return, "milestoneReturn", Hand::Verifier, Approver)
    },
    Step {
        from: VERIFIED,
        to: &[InProgress],
        reason: true,
        at_rest: true,
        ..step(Do::WithdrawVerification, "milestoneWithdrawVerification", Hand::Verifier, Approver)
    },
    Step {
        reason: true,
        asks: Some(Asks::NoMove),
        ..step(Do::Reschedule, "milestoneReschedule", Hand::Reporter, Officer)
    },
    Step {
        from: &[Scheduled, InProgress, Returned, Submitted],
        asks: Some(Asks::Move),
        ..step(Do::ApproveReschedule, "milestoneApproveReschedule", Hand::Verifier, Approver)
    },
    // Wherever it stands by now, so that nothing waits for ever.
    Step {
        from: &[Scheduled, InProgress, Submitted, Returned, Met, PartiallyMet, NotMet, Cancelled],
        reason: true,
        asks: Some(Asks::Move),
        ..step(Do::DeclineReschedule, "milestoneDeclineReschedule", Hand::Verifier, Approver)
    },
    Step { to: &[Cancelled], reason: true, ..step(Do::Cancel, "milestoneCancel", Hand::Kemenbumn, Approver) },
    Step { from: LINKED, ..step(Do::LinkClause, "clauseLink", Hand::Planner, Officer) },
    step(Do::AttachEvidence, "evidenceAttach", Hand::Reporter, Officer),
    Step {
        from: &[Scheduled, InProgress, Submitted, Returned],
        reason: true,
        asks: Some(Asks::Withdrawable),
        ..step(Do::WithdrawEvidence, "evidenceWithdraw", Hand::Reporter, Officer)
    },
];

/// The step of an action.
pub fn of(action: MilestoneAction) -> &'static Step {
    // In the order of the actions, which a test holds.
    &STEPS[action as usize]
}

/// The machine as `docs/workflows.md` has it: a diagram of the statuses, all steps, and who reports and verifies.
pub fn page() -> String {
    let mut page = "```mermaid\nstateDiagram-v2\n    [*] --> SCHEDULED: milestonePlan\n".to_owned();
    for step in &STEPS {
        for (from, to) in step.from.iter().flat_map(|from| step.to.iter().map(move |to| (from, to))) {
            let (from, to) = (from.to_value(), to.to_value());
            // Writing into a string does not fail.
            _ = writeln!(page, "    {from} --> {to}: {} ({})", step.name, step.hand.words());
        }
    }
    page += "```\n\n| mutation | from | to | who | level | asks for |\n|---|---|---|---|---|---|\n";
    let names = |some: &[MilestoneStatus]| {
        some.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", ")
    };
    for step in &STEPS {
        let asks = step.asks.map(|asks| match asks {
            Asks::Evidence => "its least evidence; what it depends on MET or CANCELLED",
            Asks::Withdrawable => "evidence that stands; what is SUBMITTED keeps its least evidence",
            Asks::Dependency => "something that it depends on",
            Asks::NoMove => "no move that waits",
            Asks::Move => "a move that waits, asked for by another organisation",
        });
        let at_rest = step.at_rest.then_some("also while the partnership is at rest or has ended");
        let asks = step.reason.then_some("a reason").into_iter().chain(asks).chain(at_rest);
        let to = if step.to.is_empty() { "–".to_owned() } else { names(step.to) };
        let (from, who, level) = (names(step.from), step.hand.words(), step.level.as_str());
        let level = format!("{level}{}", if step.delegable.is_some() { ", or delegated" } else { "" });
        let asks = asks.collect::<Vec<_>>().join("; ");
        _ = writeln!(page, "| `{}` | {from} | {to} | {who} | {level} | {asks} |", step.name);
    }
    page += "\n| type | reports | verifies | at least |\n|---|---|---|---|\n";
    for kind in MilestoneType::iter() {
        let steward = [Role::Kemenkopukm, Role::Kemenperin];
        let pairs = steward.map(|steward| rules::hands(kind, steward, false));
        let word = |of: fn((Role, Role)) -> Role| match (of(pairs[0]), of(pairs[1])) {
            (one, other) if one == other => one.as_str(),
            _ => "steward",
        };
        let evidence = rules::least_evidence(kind).map_or("–".to_owned(), |kind| kind.to_value());
        let (reports, verifies) = (word(|pair| pair.0), word(|pair| pair.1));
        let (reports, verifies) = match kind {
            MilestoneType::Curation => ("BUMN or KEMENKOPUKM", "the other"),
            MilestoneType::Certification => {
                ("BUMN or steward", "SNI, TKDN: KEMENPERIN; else steward; KEMENBUMN where that one reports")
            }
            _ => (reports, verifies),
        };
        _ = writeln!(page, "| {} | {reports} | {verifies} | {evidence} |", kind.to_value());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType as _;

    #[test]
    fn each_action_has_its_step() {
        assert_eq!(MilestoneAction::items().len(), STEPS.len());
        for item in MilestoneAction::items() {
            let step = of(item.value);
            assert_eq!(step.action, item.value);
            let own = step.name.strip_prefix("milestone").map(str::to_uppercase);
            let words = match item.name.rsplit_once('_') {
                Some((verb, of @ ("CLAUSE" | "EVIDENCE"))) => format!("{of}{verb}"),
                _ => item.name.replace('_', ""),
            };
            assert_eq!(own.unwrap_or_else(|| step.name.to_uppercase()), words);
        }
    }

    #[test]
    fn the_page_is_the_machine() {
        let page = std::fs::read_to_string("docs/workflows.md").unwrap();
        assert!(page.contains(&super::page()), "docs/workflows.md lacks this:\n\n{}", super::page());
    }
}

//! The status machine of outcomes, as data: what can be done to one, from where, by whom, and where it leads. The decision by
//! it is in `cases.rs`; `availableActions` tells of it, and `docs/workflows.md` prints it.

use std::fmt::Write as _;

use async_graphql::Enum;
use sea_orm::ActiveEnum as _;

use super::entity::OutcomeStatus::{self, *};
use crate::access::Level::{self, Approver, Officer};
use crate::nouns::delegations::entity::DelegatedAction;

/// What can be done to an outcome: each is the mutation of that name.
///
/// Tindakan pada capaian: masing-masing adalah mutasi dengan nama itu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum OutcomeAction {
    /// Set its target (`outcomeSetTarget`).
    ///
    /// Menetapkan targetnya (`outcomeSetTarget`).
    SetTarget,
    /// Report its figure (`outcomeReport`).
    ///
    /// Melaporkan angkanya (`outcomeReport`).
    Report,
    /// Submit its figure for verification (`outcomeSubmit`).
    ///
    /// Mengajukan angkanya untuk diverifikasi (`outcomeSubmit`).
    Submit,
    /// Verify its figure, or its revision once the quarter is locked (`outcomeVerify`).
    ///
    /// Memverifikasi angkanya, atau revisinya setelah triwulan dikunci (`outcomeVerify`).
    Verify,
    /// Return its figure, or its revision once the quarter is locked (`outcomeReturn`).
    ///
    /// Mengembalikan angkanya, atau revisinya setelah triwulan dikunci (`outcomeReturn`).
    Return,
    /// Revise its figure once the quarter is locked (`outcomeRevise`).
    ///
    /// Merevisi angkanya setelah triwulan dikunci (`outcomeRevise`).
    Revise,
}

/// Whose hand it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// The BUMN whose partnership it is.
    Bumn,
    /// The seat that verifies the indicator: nobody who reported, nor anybody of the same organisation.
    Verifier,
}

/// One thing that can be done. Verifying and returning are of the revision that waits, once the quarter is locked.
#[derive(Debug)]
pub struct Step {
    pub action: OutcomeAction,
    /// The mutation, and so the action in the journal.
    pub name: &'static str,
    pub from: &'static [OutcomeStatus],
    /// Where it leads; none where the status stays.
    pub to: Option<OutcomeStatus>,
    pub hand: Hand,
    pub level: Level,
    /// As what an approver delegates it to a service account, which otherwise only prepares.
    pub delegable: Option<DelegatedAction>,
    pub reason: bool,
    /// What else is asked for, in words.
    pub asks: &'static str,
}

use OutcomeAction as Do;

const fn step(
    action: OutcomeAction,
    name: &'static str,
    (from, to): (&'static [OutcomeStatus], Option<OutcomeStatus>),
    (hand, level): (Hand, Level),
) -> Step {
    Step {
        action,
        name,
        from,
        to,
        hand,
        level,
        delegable: None,
        reason: false,
        asks: "a quarter that is OPEN",
    }
}

const WAITS: &str = "a quarter that is OPEN; once it is LOCKED a revision that is SUBMITTED";

pub static STEPS: [Step; 6] = [
    step(Do::SetTarget, "outcomeSetTarget", (&[Draft, Returned], None), (Hand::Bumn, Officer)),
    Step {
        asks: "a quarter that is OPEN and has begun",
        ..step(Do::Report, "outcomeReport", (&[Draft, Returned], Some(Draft)), (Hand::Bumn, Officer))
    },
    Step {
        delegable: Some(DelegatedAction::OutcomeSubmit),
        asks: "a reported figure; a quarter that is OPEN",
        ..step(Do::Submit, "outcomeSubmit", (&[Draft], Some(Submitted)), (Hand::Bumn, Approver))
    },
    Step {
        asks: WAITS,
        ..step(Do::Verify, "outcomeVerify", (&[Submitted], Some(Verified)), (Hand::Verifier, Approver))
    },
    Step {
        reason: true,
        asks: WAITS,
        ..step(Do::Return, "outcomeReturn", (&[Submitted], Some(Returned)), (Hand::Verifier, Approver))
    },
    Step {
        reason: true,
        asks: "a quarter that is LOCKED; no revision that waits",
        ..step(Do::Revise, "outcomeRevise", (&[Verified], None), (Hand::Bumn, Approver))
    },
];

/// The step of an action.
pub fn of(action: OutcomeAction) -> &'static Step {
    // In the order of the actions, which a test holds.
    &STEPS[action as usize]
}

/// The machine as `docs/workflows.md` has it.
pub fn page() -> String {
    let words = |hand: Hand| if hand == Hand::Bumn { "BUMN" } else { "verifier" };
    let mut page =
        "```mermaid\nstateDiagram-v2\n    [*] --> DRAFT: outcomeSetTarget, outcomeReport\n".to_owned();
    for step in &STEPS {
        for (from, to) in step.from.iter().flat_map(|from| step.to.map(|to| (from, to))) {
            // Writing into a string does not fail.
            let (from, to) = (from.to_value(), to.to_value());
            _ = writeln!(page, "    {from} --> {to}: {} ({})", step.name, words(step.hand));
        }
    }
    page += "```\n\n| mutation | from | to | who | level | asks for |\n|---|---|---|---|---|---|\n";
    for step in &STEPS {
        let from = step.from.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", ");
        let to = step.to.map_or("–".to_owned(), |to| to.to_value());
        let (who, level) = (words(step.hand), step.level.as_str());
        let level = format!("{level}{}", if step.delegable.is_some() { ", or delegated" } else { "" });
        let reason = if step.reason { "a reason; " } else { "" };
        _ = writeln!(page, "| `{}` | {from} | {to} | {who} | {level} | {reason}{} |", step.name, step.asks);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType as _;

    #[test]
    fn each_action_has_its_step() {
        assert_eq!(OutcomeAction::items().len(), STEPS.len());
        for item in OutcomeAction::items() {
            let step = of(item.value);
            assert_eq!(step.action, item.value);
            let name = step.name.strip_prefix("outcome").unwrap().to_uppercase();
            assert_eq!(name, item.name.replace('_', ""));
        }
    }

    #[test]
    fn the_page_is_the_machine() {
        let page = std::fs::read_to_string("docs/workflows.md").unwrap();
        assert!(page.contains(&super::page()), "docs/workflows.md lacks this:\n\n{}", super::page());
    }
}

//! The status machine of quarters, as data: what can be done to one, by whom, and where it leads. The decision by it is in
//! `cases.rs`; `availableActions` tells of it, and `docs/workflows.md` prints it.

use std::fmt::Write as _;

use async_graphql::Enum;

use crate::access::Role;

/// What can be done to a quarter: each is the mutation of that name.
///
/// Tindakan pada triwulan: masing-masing adalah mutasi dengan nama itu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum QuarterAction {
    /// Agree to its figures for your seat (`quarterAgree`).
    ///
    /// Menyetujui angkanya bagi kedudukan Anda (`quarterAgree`).
    Agree,
    /// Withdraw your agreement (`quarterWithdrawAgreement`).
    ///
    /// Menarik persetujuan Anda (`quarterWithdrawAgreement`).
    WithdrawAgreement,
    /// Lock it (`quarterLock`).
    ///
    /// Menguncinya (`quarterLock`).
    Lock,
}

/// The seats that agree.
pub const SEATS: [Role; 3] = [Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn];

/// One thing that an APPROVER can do to a quarter that is OPEN.
#[derive(Debug)]
pub struct Step {
    pub action: QuarterAction,
    /// The mutation, and so the action in the journal.
    pub name: &'static str,
    pub seats: &'static [Role],
    /// What it asks for, in words.
    pub asks: &'static str,
}

use QuarterAction as Do;

pub static STEPS: [Step; 3] = [
    Step {
        action: Do::Agree,
        name: "quarterAgree",
        seats: &SEATS,
        asks: "that the quarter is over; no agreement of the same organisation",
    },
    Step {
        action: Do::WithdrawAgreement,
        name: "quarterWithdrawAgreement",
        seats: &SEATS,
        asks: "a reason; an agreement of the same organisation",
    },
    Step {
        action: Do::Lock,
        name: "quarterLock",
        seats: &[Role::Kemenbumn],
        asks: "that the quarter is over; the agreement of every organisation that holds a seat of a ministry",
    },
];

/// The step of an action.
pub fn of(action: QuarterAction) -> &'static Step {
    // In the order of the actions, which a test holds.
    &STEPS[action as usize]
}

/// The machine as `docs/workflows.md` has it.
pub fn page() -> String {
    let mut page = "```mermaid\nstateDiagram-v2\n    [*] --> OPEN: quarterOpen (KEMENBUMN)\n    OPEN --> LOCKED: quarterLock (KEMENBUMN)\n```\n\n| mutation | from | to | who | level | asks for |\n|---|---|---|---|---|---|\n".to_owned();
    for step in &STEPS {
        let who = step.seats.iter().map(|seat| seat.as_str()).collect::<Vec<_>>().join(", ");
        let to = if step.action == Do::Lock { "LOCKED" } else { "–" };
        // Writing into a string does not fail.
        _ = writeln!(page, "| `{}` | OPEN | {to} | {who} | APPROVER | {} |", step.name, step.asks);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType as _;

    #[test]
    fn each_action_has_its_step() {
        assert_eq!(QuarterAction::items().len(), STEPS.len());
        for item in QuarterAction::items() {
            let step = of(item.value);
            assert_eq!(step.action, item.value);
            let name = step.name.strip_prefix("quarter").unwrap().to_uppercase();
            assert_eq!(name, item.name.replace('_', ""));
        }
    }

    #[test]
    fn the_page_is_the_machine() {
        let page = std::fs::read_to_string("docs/workflows.md").unwrap();
        assert!(page.contains(&super::page()), "docs/workflows.md lacks this:\n\n{}", super::page());
    }
}

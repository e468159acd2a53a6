//! The status machine of obstacles, as data: what can be done to one, from where, and where it leads. The rules decide by it,
//! `availableActions` tells of it, and `docs/workflows.md` prints it.

use std::fmt::Write as _;

use async_graphql::Enum;
use sea_orm::ActiveEnum as _;

use super::entity::ObstacleStatus::{self, *};

/// What can be done to an obstacle: each is the mutation of that name.
///
/// Tindakan pada kendala: masing-masing adalah mutasi dengan nama itu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum ObstacleAction {
    /// Give it to a seat to see to (`obstacleAssign`).
    ///
    /// Menugaskan kedudukan yang menanganinya (`obstacleAssign`).
    Assign,
    /// Change what is known of it, or agree on a follow-up (`obstacleUpdate`).
    ///
    /// Mengubah keterangannya, atau menyepakati tindak lanjut (`obstacleUpdate`).
    Update,
    /// Tell how it was resolved (`obstacleResolve`).
    ///
    /// Mencatat penyelesaiannya (`obstacleResolve`).
    Resolve,
    /// Open it again (`obstacleReopen`).
    ///
    /// Membukanya kembali (`obstacleReopen`).
    Reopen,
}

/// One thing that can be done. It takes an OFFICER of the seat that raised the obstacle, of the one that sees to it, or of
/// KEMENBUMN.
#[derive(Debug)]
pub struct Step {
    pub action: ObstacleAction,
    /// The mutation, and so the action in the journal.
    pub name: &'static str,
    pub from: &'static [ObstacleStatus],
    /// Where it leads, from anywhere else.
    pub to: ObstacleStatus,
    /// What it takes to lead there; nothing where it always does.
    pub with: &'static str,
    pub asks: &'static str,
    /// Whether its partnership must not have ended.
    pub runs: bool,
}

const UNRESOLVED: &[ObstacleStatus] = &[Open, InProgress];

use ObstacleAction as Do;

pub static STEPS: [Step; 4] = [
    Step {
        action: Do::Assign,
        name: "obstacleAssign",
        from: UNRESOLVED,
        to: InProgress,
        with: "",
        asks: "a seat; once IN_PROGRESS another one",
        runs: false,
    },
    Step {
        action: Do::Update,
        name: "obstacleUpdate",
        from: UNRESOLVED,
        to: InProgress,
        with: "a follow-up",
        asks: "",
        runs: false,
    },
    Step {
        action: Do::Resolve,
        name: "obstacleResolve",
        from: &[InProgress],
        to: Resolved,
        with: "",
        asks: "how it was resolved",
        runs: false,
    },
    Step {
        action: Do::Reopen,
        name: "obstacleReopen",
        from: &[Resolved],
        to: Open,
        with: "",
        asks: "a reason; a partnership that has not ended",
        runs: true,
    },
];

/// The step of an action.
pub fn of(action: ObstacleAction) -> &'static Step {
    // In the order of the actions, which a test holds.
    &STEPS[action as usize]
}

/// The machine as `docs/workflows.md` has it: a diagram of the statuses, and all steps.
pub fn page() -> String {
    let mut page = "```mermaid\nstateDiagram-v2\n    [*] --> OPEN: obstacleRaise\n".to_owned();
    for step in &STEPS {
        for from in step.from.iter().filter(|from| **from != step.to) {
            let with = if step.with.is_empty() { String::new() } else { format!(" with {}", step.with) };
            // Writing into a string does not fail.
            _ = writeln!(page, "    {} --> {}: {}{with}", from.to_value(), step.to.to_value(), step.name);
        }
    }
    page += "```\n\n| mutation | from | to | asks for |\n|---|---|---|---|\n";
    for step in &STEPS {
        let from = step.from.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", ");
        let with = if step.with.is_empty() { String::new() } else { format!(", with {}", step.with) };
        let (name, to, asks) = (step.name, step.to.to_value(), step.asks);
        _ = writeln!(page, "| `{name}` | {from} | {to}{with} | {asks} |");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType as _;

    #[test]
    fn each_action_has_its_step() {
        assert_eq!(ObstacleAction::items().len(), STEPS.len());
        for item in ObstacleAction::items() {
            let step = of(item.value);
            assert_eq!(step.action, item.value);
            assert_eq!(step.name.strip_prefix("obstacle").unwrap().to_uppercase(), item.name);
        }
    }

    #[test]
    fn the_page_is_the_machine() {
        let page = std::fs::read_to_string("docs/workflows.md").unwrap();
        assert!(page.contains(&super::page()), "docs/workflows.md lacks this:\n\n{}", super::page());
    }
}

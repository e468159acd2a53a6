//! The permit: proof that this actor may take this action on this subject.

use uuid::Uuid;

use super::{Actor, Level, Role};
use crate::error::{Error, Result};

/// For one action on one subject. A noun's `rules.rs` decides and asks for it; a write takes nothing without one.
#[derive(Debug)]
pub struct Permit {
    actor: String,
    action: &'static str,
    subject: Uuid,
}

impl Permit {
    /// Grants `action` to an actor that holds one of `roles`, at this level or above.
    ///
    /// # Errors
    ///
    /// FORBIDDEN, naming the rule: `auditor-never-writes`, `seat` (another seat's action), `service-account` or
    /// `level`.
    pub fn grant(
        actor: &Actor,
        action: &'static str,
        subject: Uuid,
        roles: &[Role],
        level: Level,
    ) -> Result<Self> {
        let permit = Self { actor: actor.id.clone(), action, subject };
        let Some(role) = actor.role else {
            // The program itself: its seed and its jobs.
            return Ok(permit);
        };
        if role == Role::Auditor {
            return Err(Error::forbidden("auditor-never-writes", "an auditor reads and never writes"));
        }
        if !roles.contains(&role) {
            let allowed = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" or ");
            return Err(Error::forbidden(
                "seat",
                format!("{action} is for {allowed}, not for {}", role.as_str()),
            ));
        }
        if actor.is_service() && level > Level::Officer {
            return Err(Error::forbidden(
                "service-account",
                format!(
                    "a service account prepares; {action} is an approver's, unless it is one's to delegate and was"
                ),
            ));
        }
        // An administrator has no level.
        if role.is_seat() && !actor.is_at_least(level) {
            return Err(Error::forbidden(
                "level",
                format!("{action} takes the level {} or above", level.as_str()),
            ));
        }
        Ok(permit)
    }

    /// Whether it was granted to this actor.
    pub fn is_for(&self, actor: &Actor) -> bool {
        self.actor == actor.id
    }

    pub fn action(&self) -> &'static str {
        self.action
    }

    pub fn subject(&self) -> Uuid {
        self.subject
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Organisation;

    #[test]
    fn an_auditor_is_never_granted_anything() {
        let organisation = Organisation { id: Uuid::nil(), code: "BPK".into() };
        let actor = Actor { assignment: None, ..Actor::seed_for(Role::Auditor, organisation) };
        let refused =
            Permit::grant(&actor, "milestoneStart", Uuid::nil(), &Role::ALL, Level::Viewer).unwrap_err();
        assert_eq!(refused.details()["rule"], "auditor-never-writes");
    }
}

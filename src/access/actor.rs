//! Who acts: made from a verified token by `auth`, or by the program itself for its seed and its jobs.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Level, Role};
use crate::journal::Author;

/// An organisation as an actor carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: Uuid,
    pub code: String,
}

/// An auditor's letter of assignment (surat tugas). Its period bounds the token, not the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub institution: String,
    pub number: String,
    /// `None` covers the whole programme.
    pub organisations: Option<Vec<Organisation>>,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

/// Whether a subject is a service account's.
pub fn is_service(subject: &str) -> bool {
    subject.strip_prefix("service:").is_some_and(|name| !name.is_empty())
}

/// Who acts. `role` is none for the program itself, which is never reached from outside.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Opaque: the token's `sub`.
    pub id: String,
    /// The token's `jti`.
    pub token: Option<String>,
    pub role: Option<Role>,
    pub organisation: Option<Organisation>,
    pub level: Option<Level>,
    pub assignment: Option<Assignment>,
}

/// What the `jti` of a provider's token begins with, so that it is none of ours.
pub const PROVIDED: &str = "oidc:";

impl Actor {
    /// The program filling an empty database.
    pub fn seed() -> Self {
        Self {
            id: "SEED".to_owned(),
            token: None,
            role: None,
            organisation: None,
            level: None,
            assignment: None,
        }
    }

    /// Whoever runs the program on its command line.
    pub fn command_line() -> Self {
        Self { id: "COMMAND_LINE".to_owned(), ..Self::seed() }
    }

    /// Whether the journal knows the program itself by this, so that no token may say it.
    pub fn is_program(id: &str) -> bool {
        id.starts_with("SEED") || ["SYSTEM", "COMMAND_LINE"].contains(&id)
    }

    /// The program at its own jobs.
    pub fn system() -> Self {
        Self { id: "SYSTEM".to_owned(), ..Self::seed() }
    }

    /// The seed acting for a seat, so that the seat's own rules hold for what it writes.
    pub fn seed_for(role: Role, organisation: Organisation) -> Self {
        let id = format!("SEED-{}", organisation.code);
        Self {
            id,
            role: Some(role),
            organisation: Some(organisation),
            level: Some(Level::Approver),
            ..Self::seed()
        }
    }

    /// Whether it is a machine: its subject says so, which whoever issues its token gives it.
    pub fn is_service(&self) -> bool {
        is_service(&self.id)
    }

    pub fn organisation_id(&self) -> Option<Uuid> {
        self.organisation.as_ref().map(|organisation| organisation.id)
    }

    /// Whether the actor's level is at least this one.
    pub fn is_at_least(&self, level: Level) -> bool {
        self.level.is_some_and(|own| own >= level)
    }

    /// The actor as the journal keeps it.
    pub fn author(&self, request_id: Option<String>) -> Author {
        Author {
            actor: self.id.clone(),
            token: self.token.clone(),
            role: self.role.map(|role| role.as_str().to_owned()),
            organisation: self.organisation_id(),
            level: self.level.map(|level| level.as_str().to_owned()),
            request_id,
        }
    }
}

//! What a token says.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::access::{Level, Role};

/// The claims of an access token (RFC 7519), ours included: `role`, `org`, `level`, `assignment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: Audience,
    /// The opaque id of the person or machine.
    pub sub: String,
    /// Seconds since 1970, as the next two.
    pub exp: i64,
    pub nbf: i64,
    pub iat: i64,
    /// The token's own id.
    pub jti: String,
    pub role: Role,
    /// The code of the organisation; a seat's token has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// An auditor's letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<Assignment>,
}

/// One audience or several (RFC 7519 section 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    pub fn includes(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(some) => some.iter().any(|one| one == audience),
        }
    }
}

/// An auditor's letter of assignment (surat tugas).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    pub institution: String,
    pub number: String,
    /// The codes of the organisations that it covers; none for the whole programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisations: Option<Vec<String>>,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

//! One error type for everything that can go wrong, and the closed list of codes that clients see.
//!
//! Which one to use: what the caller can mend gets a constructor that names whose fault it is, which field, and
//! what would be right ([`Error::input`], [`Error::forbidden`], [`Error::not_found`], …). Everything else is
//! [`Error::internal`]: its cause goes to the log with the request's id, and never to the wire.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::types::veil;

/// The stable codes, sent as `extensions.code`. A client may switch on them: none is renamed or reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request is not one that GraphQL over HTTP allows: method, media type, body.
    BadRequest,
    /// No valid access token.
    Unauthenticated,
    /// No document is known by this hash; it is to be sent whole, with its hash.
    PersistedQueryNotFound,
    /// The document does not parse.
    ParseFailed,
    /// The document is not valid against the schema.
    ValidationFailed,
    /// A value in a variable or an argument cannot be what it stands for.
    BadUserInput,
    /// The request is larger, deeper or costlier than a limit.
    LimitExceeded,
    /// The token, or the address, has asked for so much that it has to wait.
    RateLimited,
    /// The role, level or organisation may not do this.
    Forbidden,
    /// There is no such thing, or none that the caller may know of.
    NotFound,
    /// The row has changed since the version that the caller names.
    Conflict,
    /// The step does not lead from the present status, or what it takes is not there yet.
    InvalidTransition,
    /// The idempotency key came with another request before.
    IdempotencyMismatch,
    /// It took longer than the time limit.
    Timeout,
    /// The database was too busy; the same request may be sent again.
    Busy,
    /// The bytes of a file are missing from the store, or are not those that were recorded.
    Damaged,
    /// Our fault. The log has the cause under the request's id.
    Internal,
}

impl Code {
    pub const ALL: [Self; 17] = [
        Self::BadRequest,
        Self::Unauthenticated,
        Self::PersistedQueryNotFound,
        Self::ParseFailed,
        Self::ValidationFailed,
        Self::BadUserInput,
        Self::LimitExceeded,
        Self::RateLimited,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::InvalidTransition,
        Self::IdempotencyMismatch,
        Self::Timeout,
        Self::Busy,
        Self::Damaged,
        Self::Internal,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::InvalidTransition => "INVALID_TRANSITION",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::Timeout => "TIMEOUT",
            Self::Busy => "BUSY",
            Self::Damaged => "DAMAGED",
            Self::Internal => "INTERNAL",
        }
    }
}

/// What went wrong, in words for the caller.
#[derive(Debug, Clone)]
pub struct Error(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: String,
    /// Sent beside the code in `extensions`.
    details: Map<String, Value>,
    /// Where an internal error came from; for the log alone.
    cause: Option<String>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::with(code, message, Map::new())
    }

    fn with(code: Code, message: impl Into<String>, details: Map<String, Value>) -> Self {
        Self(Arc::new(Inner { code, message: message.into(), details, cause: None }))
    }

    /// The caller's value at `path` (an argument or a field of an input, dotted) cannot be; `expected` says what could. What was
    /// given may be anything, so that what looks like a person's is not repeated.
    pub fn input(path: &str, given: &str, expected: &str) -> Self {
        Self::value(path, veil(given), expected)
    }

    /// The same of an amount, a number or a day, which is told back as it was given.
    pub fn value(path: &str, given: impl ToString, expected: &str) -> Self {
        let given = given.to_string().chars().take(100).collect::<String>();
        let message = format!("{path}: {given:?} was given; expected {expected}");
        let fault = json!({ "path": path, "given": given, "expected": expected });
        Self::with(Code::BadUserInput, message, Map::from_iter([("faults".to_owned(), json!([fault]))]))
    }

    /// Several faults of one input at once: the message is of the first.
    pub fn inputs(faults: &[Self]) -> Option<Self> {
        let first = faults.first()?;
        let own = faults.iter().filter_map(|fault| fault.details().get("faults")?.as_array());
        let all = own.flatten().cloned().collect::<Vec<_>>();
        Some(Self::with(
            Code::BadUserInput,
            first.message(),
            Map::from_iter([("faults".to_owned(), json!(all))]),
        ))
    }

    /// The caller may not do this; `rule` is the name of the rule that says so.
    pub fn forbidden(rule: &str, message: impl Into<String>) -> Self {
        Self::with(Code::Forbidden, message, Map::from_iter([("rule".to_owned(), json!(rule))]))
    }

    /// A document asks for what is not in its role's schema; `rule` is the name of the rule that says so, in `words`.
    pub fn out_of_schema(coordinate: &str, role: &str, rule: &str, words: &str) -> Self {
        let details =
            Map::from_iter([("coordinate".to_owned(), json!(coordinate)), ("rule".to_owned(), json!(rule))]);
        let message = format!("{coordinate} is not for {role}: {words}");
        Self::with(Code::Forbidden, message, details)
    }

    /// Nothing has this identifier, or nothing that the caller may know of: the two are not told apart.
    pub fn not_found(id: &str) -> Self {
        let id = veil(id).chars().take(100).collect::<String>();
        Self::new(Code::NotFound, format!("nothing that you can see has the id {id:?}"))
    }

    /// The row with this id has moved on from the version that the caller expected.
    pub fn conflict(id: &str, expected: i32, current: i32) -> Self {
        let details = Map::from_iter([
            ("id".to_owned(), json!(id)),
            ("expectedVersion".to_owned(), json!(expected)),
            ("currentVersion".to_owned(), json!(current)),
        ]);
        let message =
            format!("version {expected} was expected, but the current version is {current}: read it again");
        Self::with(Code::Conflict, message, details)
    }

    /// No such step as things are; `rule` is the name of the rule that says so.
    pub fn invalid_transition(rule: &str, message: impl Into<String>) -> Self {
        Self::with(Code::InvalidTransition, message, Map::from_iter([("rule".to_owned(), json!(rule))]))
    }

    /// The same with one more thing told beside the code.
    #[must_use]
    pub fn and(&self, name: &str, value: Value) -> Self {
        let mut details = self.0.details.clone();
        details.insert(name.to_owned(), value);
        let (message, cause) = (self.0.message.clone(), self.0.cause.clone());
        Self(Arc::new(Inner { code: self.0.code, message, details, cause }))
    }

    /// The request has `value` of what `limit` (a setting's name) bounds.
    pub fn limit(limit: &str, value: impl fmt::Display, most: impl fmt::Display) -> Self {
        let details = Map::from_iter([
            ("limit".to_owned(), json!(limit)),
            ("value".to_owned(), json!(value.to_string())),
            ("most".to_owned(), json!(most.to_string())),
        ]);
        Self::with(Code::LimitExceeded, format!("{limit} is {value}; at most {most} is accepted"), details)
    }

    /// A budget is used up, until so much time has passed.
    pub fn rate_limited(budget: &str, wait: Duration) -> Self {
        let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX).max(1);
        let details =
            Map::from_iter([("budget".to_owned(), json!(budget)), ("retryAfter".to_owned(), json!(seconds))]);
        let message = format!("the budget of {budget} is used up; try again in {seconds} s");
        Self::with(Code::RateLimited, message, details)
    }

    /// Our fault: `cause` is for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self(Arc::new(Inner {
            code: Code::Internal,
            message: "something went wrong on our side; the log has it under this request's id".to_owned(),
            details: Map::new(),
            cause: Some(cause.to_string()),
        }))
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn details(&self) -> &Map<String, Value> {
        &self.0.details
    }

    /// For a log or a terminal alone: the cause, where there is one.
    pub fn describe(&self) -> &str {
        self.0.cause.as_deref().unwrap_or(&self.0.message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl From<sea_orm::DbErr> for Error {
    /// A statement that the database ended for its time is TIMEOUT, one that lost a race is BUSY, all else INTERNAL.
    fn from(error: sea_orm::DbErr) -> Self {
        let cause = error.to_string();
        let is = |words: &[&str]| words.iter().any(|word| cause.contains(word));
        let error = if is(&["statement timeout", "interrupted"]) {
            Self::new(
                Code::Timeout,
                "the database ended the statement at the time limit; ask for less at once",
            )
        } else if is(&[
            "database is locked",
            "could not serialize",
            "deadlock detected",
            "lock timeout",
            "could not obtain lock",
            // What was looked for was not there, and then it was: once more, and it is found.
            "UNIQUE constraint failed",
            "duplicate key value violates unique constraint",
        ]) || matches!(error, sea_orm::DbErr::ConnectionAcquire(_))
        {
            Self::new(Code::Busy, "the database is too busy just now; send the same request again")
        } else {
            return Self::internal(cause);
        };
        tracing::warn!(code = error.code().as_str(), cause, "database");
        error
    }
}

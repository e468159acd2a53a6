//! Global identifiers of nouns, as the API shows and reads them.

use async_graphql::ID;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::types::GlobalId;

/// The nouns that have an identity of their own (GraphQL: implement `Node`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Noun {
    Memorandum,
    Organisation,
    Partner,
    Partnership,
    Milestone,
    PublicPartnership,
    Outcome,
    Quarter,
    Clause,
    Certificate,
    Contact,
    Obstacle,
    Comment,
    Evidence,
    OutcomeRevision,
    Succession,
    Delegation,
    Token,
}

impl Noun {
    pub const ALL: [Self; 18] = [
        Self::Memorandum,
        Self::Organisation,
        Self::Partner,
        Self::Partnership,
        Self::Milestone,
        Self::PublicPartnership,
        Self::Outcome,
        Self::Quarter,
        Self::Clause,
        Self::Certificate,
        Self::Contact,
        Self::Obstacle,
        Self::Comment,
        Self::Evidence,
        Self::OutcomeRevision,
        Self::Succession,
        Self::Delegation,
        Self::Token,
    ];

    /// The prefix of its identifiers, and its name in the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Memorandum => "memorandum",
            Self::Organisation => "organisation",
            Self::Partner => "partner",
            Self::Partnership => "partnership",
            Self::Milestone => "milestone",
            Self::PublicPartnership => "public_partnership",
            Self::Outcome => "outcome",
            Self::Quarter => "quarter",
            Self::Clause => "clause",
            Self::Certificate => "certificate",
            Self::Contact => "contact",
            Self::Obstacle => "obstacle",
            Self::Comment => "comment",
            Self::Evidence => "evidence",
            Self::OutcomeRevision => "outcome_revision",
            Self::Succession => "succession",
            Self::Delegation => "delegation",
            Self::Token => "token",
        }
    }

    /// The noun with this name; none for a row that is a part of another.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|noun| noun.as_str() == name)
    }

    /// The name of its object in the schema.
    pub fn object(self) -> &'static str {
        match self {
            Self::Memorandum => "Memorandum",
            Self::Organisation => "Organisation",
            Self::Partner => "Partner",
            Self::Partnership => "Partnership",
            Self::Milestone => "Milestone",
            Self::PublicPartnership => "PublicPartnership",
            Self::Outcome => "Outcome",
            Self::Quarter => "Quarter",
            Self::Clause => "Clause",
            Self::Certificate => "Certificate",
            Self::Contact => "Contact",
            Self::Obstacle => "Obstacle",
            Self::Comment => "Comment",
            Self::Evidence => "Evidence",
            Self::OutcomeRevision => "OutcomeRevision",
            Self::Succession => "Succession",
            Self::Delegation => "Delegation",
            Self::Token => "Token",
        }
    }

    pub fn id(self, id: Uuid) -> ID {
        ID(GlobalId { noun: self.as_str(), id }.to_string())
    }

    /// Whether a row of this noun is still as the caller has read it.
    ///
    /// # Errors
    ///
    /// CONFLICT.
    pub fn expect_version(self, id: Uuid, expected: i32, current: i32) -> Result<()> {
        if expected == current { Ok(()) } else { Err(Error::conflict(&self.id(id), expected, current)) }
    }
}

/// Reads an identifier of any noun.
///
/// # Errors
///
/// NOT_FOUND: what no object bears, nobody can see.
pub fn parse_any(id: &ID) -> Result<(Noun, Uuid)> {
    let parsed = GlobalId::parse(id).ok_or_else(|| Error::not_found(id))?;
    Ok((Noun::named(parsed.noun).ok_or_else(|| Error::not_found(id))?, parsed.id))
}

/// Reads an identifier of this noun, to look one object up.
///
/// # Errors
///
/// NOT_FOUND, also for another noun's.
pub fn parse(noun: Noun, id: &ID) -> Result<Uuid> {
    match parse_any(id)? {
        (found, id) if found == noun => Ok(id),
        _ => Err(Error::not_found(id)),
    }
}

/// Reads an identifier that filters, if it is given.
///
/// # Errors
///
/// BAD_USER_INPUT, naming the path: a filter that could never match is a mistake.
pub fn parse_given(noun: Noun, path: &str, id: Option<&ID>) -> Result<Option<Uuid>> {
    let expected = || format!("the id of one {}", noun.as_str());
    id.map(|id| parse(noun, id).map_err(|_| Error::input(path, id, &expected()))).transpose()
}

/// Reads identifiers that filter, if they are given.
pub fn parse_all(noun: Noun, path: &str, ids: Option<&[ID]>) -> Result<Option<Vec<Uuid>>> {
    let one = |(at, id): (usize, &ID)| {
        Ok(parse_given(noun, &format!("{path}.{at}"), Some(id))?.unwrap_or_default())
    };
    ids.map(|ids| ids.iter().enumerate().map(one).collect()).transpose()
}

//! The read log: who has read what. It is outside the journal, for it is no fact of the programme, and chained as the
//! journal is, so that gaps and edits are found. `docs/read-log.md` has the format.

pub mod entity;
mod verify;

pub use verify::{Report, verify};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use serde::Serialize;
use uuid::Uuid;

use self::entity::{read_head, read_partner, read_record};
use super::Author;
use super::hash::{self, Hash};
use crate::db::bulk;
use crate::error::{Error, Result};
use crate::types::Timestamp;

/// The number of this format.
pub const FORMAT: i32 = 1;

/// What was read for an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// Rows by table.
    pub nouns: BTreeMap<&'static str, u64>,
    /// The partners whose personal data was shown.
    pub partners: BTreeSet<Uuid>,
}

/// What was asked, and what was read for it: the same each time that the answer is given again.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// `QUERY`, `MUTATION` or `EVIDENCE`; none of a document that was not understood.
    pub kind: Option<&'static str>,
    /// The operation's name.
    pub operation: Option<String>,
    /// The SHA-256 of the document.
    pub document: Option<Hash>,
    /// Canonical JSON, personal values hidden.
    pub variables: Option<String>,
    /// Nothing, where nothing of it was answered.
    pub noted: Noted,
}

/// A request that is answered, as the log is to tell it.
#[derive(Debug, Clone)]
pub struct Read {
    /// The request's.
    pub id: Uuid,
    pub at: Timestamp,
    pub author: Author,
    pub told: Arc<Told>,
    /// The journal's sequence that the answer is true at.
    pub sequence: Option<i64>,
    pub cached: bool,
    pub not_modified: bool,
    /// `OK`, or the code of the first error.
    pub outcome: String,
}

/// Appends records at the log's end, and moves its head, whose row lock orders all processes. Where it is not known whether
/// they were appended before (`again`), they are looked for first.
pub async fn append<C: ConnectionTrait>(tx: &C, reads: &[Read], again: bool) -> Result<()> {
    let Some(first) = reads.first() else { return Ok(()) };
    let seen = hold_head(tx).await?;
    if again && read_record::Entity::find_by_id(first.id).one(tx).await?.is_some() {
        return Ok(());
    }
    let mut head = seen.clone();
    let (mut records, mut partners) = (Vec::with_capacity(reads.len()), Vec::new());
    for read in reads {
        let own = read.told.noted.partners.iter().copied().collect::<Vec<_>>();
        let record = seal(read, &own, &head)?;
        head = read_head::Model { id: 1, number: record.number, hash: record.hash.clone() };
        partners.extend(own.into_iter().map(|partner| read_partner::Model { record: read.id, partner }));
        records.push(record);
    }
    let moved = read_head::Entity::update_many()
        .set(head.into_active_model().reset_all())
        .filter(read_head::Column::Number.eq(seen.number));
    if moved.exec(tx).await?.rows_affected != 1 {
        return Err(Error::internal("the read log's head has moved while it was held"));
    }
    bulk::insert_both::<read_record::Entity, read_partner::Entity>(tx, &records, &partners).await?;
    Ok(())
}

/// Reads the head and holds it. SQLite holds the whole file's write lock already.
async fn hold_head<C: ConnectionTrait>(tx: &C) -> Result<read_head::Model> {
    let select = read_head::Entity::find();
    let select =
        if tx.get_database_backend() == DbBackend::Postgres { select.lock_exclusive() } else { select };
    select.one(tx).await?.ok_or_else(|| Error::internal("the read log has no head"))
}

fn seal(read: &Read, partners: &[Uuid], head: &read_head::Model) -> Result<read_record::Model> {
    let (author, told) = (&read.author, &*read.told);
    let mut record = read_record::Model {
        id: read.id,
        number: head.number + 1,
        format: FORMAT,
        at: read.at,
        actor: storable(&author.actor),
        token: author.token.as_deref().map(storable),
        role: author.role.clone(),
        organisation: author.organisation,
        kind: told.kind.map(str::to_owned),
        operation: told.operation.as_deref().map(storable),
        document: told.document.map(|hash| hash.to_vec()),
        variables: told.variables.clone(),
        nouns: in_order(&told.noted.nouns)?,
        sequence: read.sequence,
        cached: read.cached,
        not_modified: read.not_modified,
        outcome: read.outcome.clone(),
        previous_hash: head.hash.clone(),
        hash: Vec::new(),
    };
    record.hash = hash_of(&record, partners)?.to_vec();
    Ok(record)
}

/// A text as both databases take it: one that they refused would keep all others waiting.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Canonical JSON (RFC 8785) of what is in its order already, and has no numbers but whole ones below 2^53: there serde_json writes
/// what the canonicaliser does, which sorts and takes three times as long. A test holds the two against each other.
fn in_order(what: &impl Serialize) -> Result<String> {
    serde_json::to_string(what).map_err(Error::internal)
}

/// A record as it is hashed, its members in their canonical order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text<'a> {
    actor: &'a str,
    at: Timestamp,
    cached: bool,
    document: Option<String>,
    format: i32,
    kind: Option<&'a str>,
    not_modified: bool,
    nouns: &'a str,
    number: i64,
    operation: Option<&'a str>,
    organisation: Option<Uuid>,
    outcome: &'a str,
    partners: &'a [Uuid],
    previous: String,
    request: Uuid,
    role: Option<&'a str>,
    sequence: Option<i64>,
    token: Option<&'a str>,
    variables: Option<&'a str>,
}

/// A record's canonical text: all of it, the partners in the order of their ids, and the hash of the record before.
pub fn text_of(record: &read_record::Model, partners: &[Uuid]) -> Result<String> {
    let text = Text {
        actor: &record.actor,
        at: record.at,
        cached: record.cached,
        document: record.document.as_ref().map(hex::encode),
        format: record.format,
        kind: record.kind.as_deref(),
        not_modified: record.not_modified,
        nouns: &record.nouns,
        number: record.number,
        operation: record.operation.as_deref(),
        organisation: record.organisation,
        outcome: &record.outcome,
        partners,
        previous: hex::encode(&record.previous_hash),
        request: record.id,
        role: record.role.as_deref(),
        sequence: record.sequence,
        token: record.token.as_deref(),
        variables: record.variables.as_deref(),
    };
    in_order(&text)
}

pub fn hash_of(record: &read_record::Model, partners: &[Uuid]) -> Result<Hash> {
    Ok(hash::leaf(&text_of(record, partners)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As docs/read-log.md has it.
    #[test]
    fn a_record_is_written_and_hashed_as_the_documentation_says() {
        let read = Read {
            id: Uuid::from_u128(1),
            at: Timestamp(1_795_496_400_000_000),
            author: Author { actor: "p-0001".into(), role: Some("ADMIN".into()), ..Author::default() },
            told: Arc::new(Told {
                kind: Some("QUERY"),
                operation: None,
                document: Some([7; 32]),
                variables: Some("{\"first\":3}".into()),
                noted: Noted {
                    nouns: BTreeMap::from([("contact", 2)]),
                    partners: BTreeSet::from([Uuid::from_u128(3), Uuid::from_u128(2)]),
                },
            }),
            sequence: Some(206),
            cached: false,
            not_modified: false,
            outcome: "OK".into(),
        };
        let head = read_head::Model { id: 1, number: 0, hash: hash::genesis().to_vec() };
        let partners = read.told.noted.partners.iter().copied().collect::<Vec<_>>();
        let record = seal(&read, &partners, &head).unwrap();
        let page = include_str!("../../../docs/read-log.md");
        let text = text_of(&record, &partners).unwrap();
        assert!(page.contains(&text), "{text}");
        assert!(page.contains(&hex::encode(&record.hash)), "{}", hex::encode(&record.hash));
    }

    /// Whatever a client has put into a name, and whatever is missing.
    #[test]
    fn what_is_in_order_is_canonical() {
        use proptest::prelude::*;
        let text = proptest::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter);
        let texts = proptest::option::of(text);
        let record = (texts.clone(), texts.clone(), texts, any::<bool>(), 1..1_i64 << 53, any::<[u8; 16]>());
        proptest!(|((operation, variables, token, cached, number, id) in record)| {
            let author = Author { actor: token.clone().unwrap_or_default(), token, ..Author::default() };
            let nouns = BTreeMap::from([("contact", 2), ("partner", number as u64), ("a", 0)]);
            let noted = Noted { nouns, partners: BTreeSet::from([Uuid::from_bytes(id)]) };
            let told = Arc::new(Told { kind: Some("QUERY"), operation, document: Some([7; 32]), variables, noted });
            let read = Read { id: Uuid::from_bytes(id), at: Timestamp(number), author, told, sequence: Some(number), cached,
                not_modified: !cached, outcome: "OK".into() };
            let head = read_head::Model { id: 1, number: number - 1, hash: hash::genesis().to_vec() };
            let record = seal(&read, &[read.id], &head).unwrap();
            for text in [text_of(&record, &[read.id]).unwrap(), record.nouns] {
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(serde_json_canonicalizer::to_string(&value).unwrap(), text);
            }
        });
    }
}

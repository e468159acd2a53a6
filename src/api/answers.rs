//! Whole answers, kept in memory: while nothing has been recorded, what was answered is still true.
//!
//! An answer depends on the schema and its access table, on who asks (role, level, organisation, assignment, and the
//! person where a field tells of it), on the document and its variables, on the journal's sequence, on the day in
//! Asia/Jakarta. The first three make its key, under which the latest answer is kept with the other two. So an answer is given
//! again only if the journal stands where it stood, which is read anew for each request (`Access::see`).
//!
//! Live fields (`access/table.rs`) read what the journal does not hold: an answer with one is never kept.

use std::sync::Arc;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::document::{self, Traits};
use super::execute::Parameters;
use crate::access::{Actor, Seen};
use crate::error::Result;
use crate::journal::reads::Told;

/// What an answer depends on, but for time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// An answer as it was sent, and when it was true.
#[derive(Debug, Clone)]
pub struct Kept {
    pub sequence: i64,
    pub day: NaiveDate,
    pub body: Bytes,
    /// What the read log is told of it.
    pub told: Arc<Told>,
}

#[derive(Clone)]
struct Size;

/// Besides the body, the variables and the operation's name: the key, the times, what was read, and what the cache itself takes for an entry.
const OVERHEAD: u64 = 512;

impl Weighter<Key, Kept> for Size {
    fn weight(&self, _: &Key, kept: &Kept) -> u64 {
        let told = [&kept.told.variables, &kept.told.operation];
        let told = told.into_iter().flatten().map(String::len).sum::<usize>();
        (kept.body.len() + told) as u64 + OVERHEAD
    }
}

/// The answers that are kept, bounded by their bytes.
pub struct Answers {
    cache: Cache<Key, Kept, Size>,
    /// Of the schema with its access table, and of the program.
    version: [u8; 32],
    largest: usize,
}

impl Answers {
    /// `bytes`: what is kept at most; none with 0. `annotated`: the schema with `@access`.
    pub fn new(bytes: u64, annotated: &str) -> Result<Self> {
        let version = Sha256::new().chain_update(env!("CARGO_PKG_VERSION")).chain_update([0]);
        Ok(Self {
            cache: document::cache(1_024, bytes, Size)?,
            version: version.chain_update(annotated).finalize().into(),
            // One answer does not push out all others.
            largest: usize::try_from(bytes / 8).unwrap_or(usize::MAX),
        })
    }

    /// The key of a request; none where its answer is not to be kept.
    pub fn key(&self, actor: &Actor, traits: Traits, parameters: &Parameters) -> Option<Key> {
        if traits.live {
            return None;
        }
        let mut hash = Sha256::new();
        // Each part with its length, so that no two requests are one text.
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(&self.version);
        part(actor.role.map_or("", |role| role.as_str()).as_bytes());
        part(actor.level.map_or("", |level| level.as_str()).as_bytes());
        part(actor.organisation_id().unwrap_or_default().as_bytes());
        part(format!("{:?}", actor.assignment).as_bytes());
        part(if traits.personal { actor.id.as_bytes() } else { b"" });
        // Of whoever has several tokens each may do something else: none revokes itself.
        let token = actor.token.as_deref().filter(|_| traits.personal);
        part(token.unwrap_or_default().as_bytes());
        part(parameters.query.as_bytes());
        // An empty name is a name that no operation has.
        part(&[u8::from(parameters.operation_name.is_some())]);
        part(parameters.operation_name.as_deref().unwrap_or_default().as_bytes());
        part(&serde_json::to_vec(&parameters.variables).ok()?);
        Some(Key(hash.finalize().into()))
    }

    /// Whether anything is kept under this key, be it true still or not: only then it is worth asking.
    pub fn has(&self, key: &Key) -> bool {
        self.cache.peek(key).is_some()
    }

    /// The answer, if the journal and the day are still where they were.
    pub fn get(&self, key: &Key, seen: &Seen) -> Option<Kept> {
        let kept = self.cache.get(key)?;
        (kept.sequence == seen.sequence && kept.day == seen.today()).then_some(kept)
    }

    pub fn put(&self, key: Key, kept: Kept) {
        if kept.body.len() <= self.largest {
            self.cache.insert(key, kept);
        }
    }
}

impl Key {
    /// The entity tag (RFC 9110) of the answer at a sequence and on a day: strong, for it is the same bytes.
    pub fn etag(&self, sequence: i64, day: NaiveDate) -> String {
        let hash = Sha256::new().chain_update(self.0).chain_update(sequence.to_be_bytes());
        let hash = hash.chain_update(day.to_string()).finalize();
        format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..16]))
    }
}

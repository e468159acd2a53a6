//! Documents by their hash, as clients send them who would not send the whole text each time, or who ask by GET: the
//! protocol of automatic persisted queries, `extensions.persistedQuery { version: 1, sha256Hash }`. A hash alone asks for
//! what is known by it; with its document it makes that known, once the document has passed and a query of it is run. What
//! is only ever sent to write is not kept: its text may hold what is written.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::document;
use super::execute::Parameters;
use crate::error::{Code, Error, Result};

/// The SHA-256 of a document's text.
pub type Hash = [u8; 32];

#[derive(Clone)]
struct TextLength;

impl Weighter<Hash, Arc<str>> for TextLength {
    fn weight(&self, _: &Hash, text: &Arc<str>) -> u64 {
        text.len() as u64 + 64
    }
}

/// The documents that are known by their hash, bounded by the bytes of their text. A document that was pushed out is asked
/// for again: clients then send it whole.
pub struct Persisted(Cache<Hash, Arc<str>, TextLength>);

impl Persisted {
    pub fn new(bytes: u64) -> Result<Self> {
        Ok(Self(document::cache(256, bytes, TextLength)?))
    }

    /// Puts the document in the place of its hash.
    ///
    /// # Errors
    ///
    /// PERSISTED_QUERY_NOT_FOUND; BAD_REQUEST: the hash is that of another text.
    pub fn resolve(&self, parameters: &mut Parameters) -> Result<()> {
        match (&parameters.hash, parameters.query.is_empty()) {
            (None, _) => Ok(()),
            (Some(hash), true) => {
                let known = self.0.get(hash).ok_or_else(|| {
                    let message = "PersistedQueryNotFound: send the document with its hash once";
                    Error::new(Code::PersistedQueryNotFound, message)
                })?;
                parameters.query = known.to_string();
                Ok(())
            }
            (Some(hash), false) if *hash == <Hash>::from(Sha256::digest(&parameters.query)) => Ok(()),
            (Some(_), false) => {
                let message = "extensions.persistedQuery.sha256Hash is not the SHA-256 of query";
                Err(Error::new(Code::BadRequest, message))
            }
        }
    }

    /// Makes a document known that has passed, of which a query is run.
    pub fn learn(&self, parameters: &Parameters) {
        if let Some(hash) = parameters.hash.filter(|hash| self.0.peek(hash).is_none()) {
            self.0.insert(hash, parameters.query.as_str().into());
        }
    }
}

/// The hash in a request's extensions, if there is one.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn hash(extensions: &Map<String, Value>) -> Result<Option<Hash>, &'static str> {
    const EXPECTED: &str =
        "extensions.persistedQuery must have version 1 and sha256Hash, 64 hexadecimal digits";
    let Some(persisted) = extensions.get("persistedQuery") else { return Ok(None) };
    let digits = persisted.get("sha256Hash").and_then(Value::as_str).unwrap_or_default();
    let mut hash = Hash::default();
    let is_hash = hex::decode_to_slice(digits, &mut hash).is_ok();
    if persisted.get("version") == Some(&Value::from(1)) && is_hash { Ok(Some(hash)) } else { Err(EXPECTED) }
}

//! A file that goes out: only while its bytes are those that were recorded.

use std::ops::Range;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use futures_util::Stream;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore as _};
use sha2::{Digest as _, Sha256};

use super::{Files, damaged, failed, none_if_missing};
use crate::error::Result;

/// Bytes that are read at once: what one reader keeps in memory.
const PIECE: u64 = 1 << 20;

/// For how long an object counts as verified that the store says is the same.
const VERIFIED_FOR: Duration = Duration::from_secs(600);

/// What there is under a hash.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// The bytes that were recorded.
    Whole {
        size: u64,
    },
    /// Other bytes.
    Other {
        sha256: String,
        size: u64,
    },
    Nothing,
}

/// A file whose bytes were those that were recorded when it was opened.
pub struct Readable {
    files: Files,
    sha256: String,
    key: Path,
    e_tag: Option<String>,
    size: u64,
}

impl Files {
    /// Reads the object with this hash from end to end.
    pub async fn verify(&self, sha256: &str) -> Result<Found> {
        match self.opened(sha256).await? {
            None => Ok(Found::Nothing),
            Some(readable) => readable.verify().await,
        }
    }

    /// Opens a file to be read, once its bytes have been held against their hash; of late is enough, for the same object.
    ///
    /// # Errors
    ///
    /// DAMAGED, where the bytes are others or are missing.
    pub async fn readable(&self, sha256: &str, size: u64) -> Result<Readable> {
        let missing = || damaged("the file is not in the store of evidence");
        let readable = self.opened(sha256).await?.ok_or_else(missing)?;
        if readable.size == size && readable.is_verified() {
            return Ok(readable);
        }
        match readable.verify().await? {
            Found::Whole { size: whole } if whole == size => Ok(readable),
            Found::Nothing => Err(missing()),
            other => {
                tracing::error!(sha256, ?other, "evidence is damaged");
                Err(damaged(
                    "the file in the store is not the one that was recorded: its bytes do not have its hash",
                ))
            }
        }
    }

    async fn opened(&self, sha256: &str) -> Result<Option<Readable>> {
        Ok(self.head(sha256).await?.map(|object| Readable {
            files: self.clone(),
            sha256: sha256.to_owned(),
            key: object.location,
            e_tag: object.e_tag,
            size: object.size,
        }))
    }
}

impl Readable {
    fn mark(&self) -> Option<(String, String)> {
        Some((self.sha256.clone(), self.e_tag.clone()?))
    }

    fn is_verified(&self) -> bool {
        let when = self.mark().and_then(|mark| self.files.verified.get(&mark));
        when.is_some_and(|when| when.elapsed() < VERIFIED_FOR)
    }

    async fn verify(&self) -> Result<Found> {
        let mut hash = Sha256::new();
        let mut at = 0;
        while at < self.size {
            let Some(piece) = self.piece(at, self.size).await? else { return Ok(Found::Nothing) };
            at += piece.len() as u64;
            hash.update(&piece);
        }
        let sha256 = hex::encode(hash.finalize());
        if sha256 != self.sha256 {
            return Ok(Found::Other { sha256, size: self.size });
        }
        if let Some(mark) = self.mark() {
            self.files.verified.insert(mark, Instant::now());
        }
        Ok(Found::Whole { size: self.size })
    }

    /// Some bytes from `at` on, of this very object; none where it has gone.
    async fn piece(&self, at: u64, end: u64) -> Result<Option<Bytes>> {
        let options = GetOptions {
            range: Some((at..end.min(at + PIECE)).into()),
            if_match: self.e_tag.clone(),
            ..GetOptions::default()
        };
        let got = self.files.store.get_opts(&self.key, options).await;
        let Some(got) = none_if_missing(got)? else { return Ok(None) };
        let piece = got.bytes().await.map_err(failed)?;
        if piece.is_empty() { Err(damaged("the file in the store ends too early")) } else { Ok(Some(piece)) }
    }

    /// The bytes of a range, piece by piece. Of the whole file the last piece comes only if the hash is right once more; else
    /// it ends with an error, and whoever reads gets less than was announced.
    pub fn stream(self, range: Range<u64>) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        let whole = (range == (0..self.size)).then(Sha256::new);
        futures_util::stream::try_unfold((self, range, whole), |(file, range, mut whole)| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let gone = || damaged("the file has gone from the store");
            let piece = file.piece(range.start, range.end).await?.ok_or_else(gone)?;
            let next = range.start + piece.len() as u64..range.end;
            if let Some(hash) = &mut whole {
                hash.update(&piece);
                if next.is_empty() && hex::encode(hash.clone().finalize()) != file.sha256 {
                    tracing::error!(
                        sha256 = file.sha256,
                        "evidence is damaged, as was seen while it was sent"
                    );
                    return Err(damaged("the file in the store is not the one that was recorded"));
                }
            }
            Ok(Some((piece, (file, next, whole))))
        })
    }
}

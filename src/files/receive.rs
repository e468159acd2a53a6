//! A file that comes in: part by part into the store, hashed on the way, and kept only if it comes in whole.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _};
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::{Files, failed, none_if_missing};
use crate::error::{Code, Error, Result};

/// Bytes that are sent to the store at once, and kept in memory until then. A bucket takes no smaller part but the last.
const PART: usize = 5 << 20;

/// Bytes that come in at once, mostly at most.
const CHUNK: usize = 512 << 10;

/// What an upload may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub bytes: u64,
    pub time: Duration,
}

/// A file that has come in whole, and has yet to be kept.
#[must_use]
pub struct Received {
    pub sha256: String,
    pub size: u64,
    at: Path,
}

impl Files {
    /// Takes a file in. `check` is given how it begins (all of a small one) before anything is stored.
    ///
    /// Whatever goes wrong leaves nothing in the store. Not to be cancelled: whoever may go away has it done by a task.
    ///
    /// # Errors
    ///
    /// Those of `check`; LIMIT_EXCEEDED, TIMEOUT, BAD_REQUEST for what broke off, BUSY.
    pub async fn receive<E>(
        &self,
        chunks: impl Stream<Item = Result<Bytes, E>>,
        limits: Limits,
        check: impl FnOnce(&[u8]) -> Result<()>,
    ) -> Result<Received> {
        let Ok(_turn) = self.uploads.try_acquire() else {
            return Err(Error::new(Code::Busy, "too many uploads at once; send the same request again"));
        };
        let chunks = std::pin::pin!(chunks);
        let mut coming =
            Coming { chunks, limits, deadline: Instant::now() + limits.time, size: 0, ended: false };
        let mut part = coming.part().await?;
        check(&part)?;
        let at = self.incoming();
        let mut upload = self.store.put_multipart(&at).await.map_err(failed)?;
        let mut hash = Sha256::new();
        let outcome = async {
            loop {
                hash.update(&part);
                upload.put_part(part.into()).await.map_err(failed)?;
                if coming.ended {
                    return Ok(());
                }
                part = coming.part().await?;
                if part.is_empty() {
                    return Ok(());
                }
            }
        };
        let outcome = match outcome.await {
            Ok(()) => upload.complete().await.map(drop).map_err(failed),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            if let Err(error) = upload.abort().await {
                tracing::warn!(cause = %error, "an upload that failed could not be taken back");
            }
            return Err(error);
        }
        Ok(Received { sha256: hex::encode(hash.finalize()), size: coming.size, at })
    }

    /// Moves a file that has come in to where it is kept, unless it is there `already`.
    pub async fn keep(&self, received: &Received, already: bool) -> Result<()> {
        let key = self.key(&received.sha256);
        if already && none_if_missing(self.store.head(&key).await)?.is_some() {
            return Ok(());
        }
        self.store.rename(&received.at, &key).await.map_err(failed)
    }

    /// Removes what has come in and was not moved.
    pub async fn discard(&self, received: &Received) {
        if let Err(error) = none_if_missing(self.store.delete(&received.at).await) {
            tracing::warn!(cause = error.describe(), "what had come in could not be removed");
        }
    }
}

/// What comes in.
struct Coming<'a, S> {
    chunks: Pin<&'a mut S>,
    limits: Limits,
    deadline: Instant,
    /// Bytes so far.
    size: u64,
    ended: bool,
}

impl<S: Stream<Item = Result<Bytes, E>>, E> Coming<'_, S> {
    /// The next part; a smaller one, or none, where it ends.
    async fn part(&mut self) -> Result<Vec<u8>> {
        // At once, so that it is not copied as it grows; what is not written to takes no memory.
        let mut part = Vec::with_capacity(PART + CHUNK);
        while part.len() < PART {
            let Ok(chunk) = tokio::time::timeout_at(self.deadline, self.chunks.next()).await else {
                let seconds = self.limits.time.as_secs();
                return Err(Error::new(Code::Timeout, format!("a file has {seconds} seconds to come in")));
            };
            let Some(chunk) = chunk else {
                self.ended = true;
                break;
            };
            let chunk = chunk.map_err(|_| Error::new(Code::BadRequest, "the body broke off"))?;
            self.size += chunk.len() as u64;
            if self.size > self.limits.bytes {
                return Err(too_large(self.limits.bytes));
            }
            part.extend_from_slice(&chunk);
        }
        Ok(part)
    }
}

pub fn too_large(most: u64) -> Error {
    Error::limit("file", format!("more than {most} bytes"), most)
}

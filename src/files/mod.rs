//! The bytes of evidence: where they are kept, by which key, and that they are what they are said to be.
//!
//! A file's key is the SHA-256 of its bytes, so the same bytes are stored once, and whoever reads them can tell whether
//! they are still the same. What is still coming in has a key of its own, and is gone if it does not come in whole.

mod place;
mod read;
mod receive;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _, PutPayload};
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

pub use place::{beside, check_writable};
pub use read::{Found, Readable};
pub use receive::{Limits, Received, too_large};

use crate::error::{Code, Error, Result};

/// Objects whose bytes have been held against their hash of late, at most.
const VERIFIED: usize = 10_000;

/// Uploads that come in at the same time, at most: each keeps a part in memory.
const UPLOADS: usize = 16;

/// The folder, in the store, of whole files.
const KEPT: &str = "sha256";

/// The folder, in the store, of what is still coming in.
const INCOMING: &str = "incoming";

/// The store of evidence. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    root: Path,
    /// As whoever set it says it.
    location: Arc<str>,
    /// The folder on this machine, if it is one.
    folder: Option<Arc<std::path::Path>>,
    /// By hash and entity tag: when the bytes were last held against their hash.
    verified: Arc<Cache<(String, String), Instant>>,
    uploads: Arc<Semaphore>,
}

impl Files {
    /// Opens a store: `s3://BUCKET/PREFIX`, `file:///FOLDER` or `FOLDER`, which is made where it is missing.
    pub fn open(location: &str) -> Result<Self> {
        let (store, root, folder) = place::open(location)?;
        Ok(Self {
            store,
            root,
            location: location.into(),
            folder: folder.map(Into::into),
            verified: Arc::new(Cache::new(VERIFIED)),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
        })
    }

    pub fn location(&self) -> &str {
        &self.location
    }

    fn key(&self, sha256: &str) -> Path {
        let folder = sha256.get(..2).unwrap_or_default();
        self.root.clone().join(KEPT).join(folder).join(sha256)
    }

    fn incoming(&self) -> Path {
        // Of the system's own time and chance: several processes share the store.
        self.root.clone().join(INCOMING).join(Uuid::now_v7().simple().to_string())
    }

    /// Puts a file that is in memory already; gives its hash.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String> {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        self.store.put(&self.key(&sha256), PutPayload::from(bytes)).await.map_err(failed)?;
        Ok(sha256)
    }

    /// What the store says of the object with this hash; none where it has none.
    async fn head(&self, sha256: &str) -> Result<Option<ObjectMeta>> {
        none_if_missing(self.store.head(&self.key(sha256)).await)
    }

    /// The hashes of the whole files that were put more than so many seconds ago.
    pub async fn kept(&self, seconds: i64) -> Result<Vec<String>> {
        let now = chrono::Utc::now();
        let objects = self.store.list(Some(&self.root.clone().join(KEPT)));
        let old = |object: ObjectMeta| {
            let name = object.location.filename().unwrap_or_default();
            // What somebody else has put here is not ours.
            let ours = name.len() == 64 && object.location == self.key(name);
            (ours && (now - object.last_modified).num_seconds() > seconds).then(|| name.to_owned())
        };
        objects
            .try_filter_map(|object| std::future::ready(Ok(old(object))))
            .try_collect()
            .await
            .map_err(failed)
    }

    /// Removes a whole file; whether it was there.
    pub async fn remove(&self, sha256: &str) -> Result<bool> {
        Ok(none_if_missing(self.store.delete(&self.key(sha256)).await)?.is_some())
    }

    /// Removes what began to come in more than so many seconds ago and never ended: a process was killed meanwhile.
    /// Parts that a bucket holds of it are for a rule of the bucket's own.
    pub async fn remove_abandoned(&self, seconds: i64) -> Result<u64> {
        let now = chrono::Utc::now();
        let objects = self.store.list(Some(&self.root.clone().join(INCOMING)));
        let old = |object: &ObjectMeta| (now - object.last_modified).num_seconds() > seconds;
        let mut objects = objects.try_filter(|object| std::future::ready(old(object))).boxed();
        let mut removed = 0;
        while let Some(object) = objects.try_next().await.map_err(failed)? {
            none_if_missing(self.store.delete(&object.location).await)?;
            removed += 1;
        }
        let Some(folder) = &self.folder else { return Ok(removed) };
        Ok(removed + place::remove_staged(&folder.join(INCOMING), seconds)?)
    }
}

fn none_if_missing<T>(outcome: Result<T, object_store::Error>) -> Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// The store does not do what it is asked: nobody's fault who sent the request, and often over soon.
fn failed(error: object_store::Error) -> Error {
    tracing::error!(cause = %error, "the store of evidence");
    Error::new(
        Code::Busy,
        "the store of evidence does not answer as it should; send the same request again later",
    )
}

/// The bytes are missing, or are not those that were recorded.
fn damaged(message: impl Into<String>) -> Error {
    Error::new(Code::Damaged, message)
}

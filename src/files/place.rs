//! Where the store is: a folder, or a bucket.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig};

use super::Files;
use crate::error::{Error, Result};
use crate::types::Secret;

/// A request to a bucket: of one part, or of one piece that is read.
const REQUEST: Duration = Duration::from_secs(60);

/// How long a request to a bucket is tried again.
const RETRIES: Duration = Duration::from_secs(20);

/// Where evidence is kept by default: beside the database's file, in `data` for a server's.
pub fn beside(database: &str) -> String {
    let file = database.strip_prefix("sqlite:").map(|file| file.strip_prefix("//").unwrap_or(file));
    let file = file.map(|file| file.split('?').next().unwrap_or_default());
    let folder =
        file.map_or(Folder::new("data"), |file| Folder::new(file).parent().unwrap_or(Folder::new("")));
    folder.join("evidence").display().to_string()
}

type Opened = (Arc<dyn ObjectStore>, Path, Option<PathBuf>);

pub(super) fn open(location: &str) -> Result<Opened> {
    match location.split_once("://") {
        Some(("s3", bucket)) => open_bucket(location, bucket),
        Some(("file", folder)) => open_folder(folder),
        Some((scheme, _)) => {
            let expected = "a folder, file:///FOLDER or s3://BUCKET/PREFIX";
            Err(told(location, format!("there is no {scheme}://; it is {expected}")))
        }
        None => open_folder(location),
    }
}

fn told(location: &str, what: impl std::fmt::Display) -> Error {
    Error::internal(format!("the store of evidence {location}: {what} (--evidence-store)"))
}

fn open_folder(folder: &str) -> Result<Opened> {
    // For nobody else on the machine: what is in it is read by what the tracker lets each see.
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| told(folder, error))?;
    let path = std::fs::canonicalize(folder).map_err(|error| told(folder, error))?;
    let store = LocalFileSystem::new_with_prefix(&path).map_err(|error| told(folder, error))?;
    // What is answered as stored is on the disk.
    Ok((Arc::new(store.with_fsync(true)), Path::default(), Some(path)))
}

/// Endpoint, region and credentials come from the variables that every S3 client reads; credentials may be in files that
/// they name.
fn open_bucket(location: &str, bucket: &str) -> Result<Opened> {
    let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
    if bucket.is_empty() {
        return Err(told(location, "it names no bucket: s3://BUCKET/PREFIX"));
    }
    let prefix = Path::parse(prefix.trim_end_matches('/')).map_err(|error| told(location, error))?;
    // The one that the rest of the program takes; where another was installed before, that is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(RetryConfig {
        max_retries: 4,
        retry_timeout: RETRIES,
        ..RetryConfig::default()
    });
    for (variable, key) in [
        ("AWS_ACCESS_KEY_ID_FILE", AmazonS3ConfigKey::AccessKeyId),
        ("AWS_SECRET_ACCESS_KEY_FILE", AmazonS3ConfigKey::SecretAccessKey),
        ("AWS_SESSION_TOKEN_FILE", AmazonS3ConfigKey::Token),
    ] {
        if let Ok(file) = std::env::var(variable) {
            let secret = Secret::of_file(&file);
            let secret = secret.map_err(|error| told(location, format!("{variable}: {error}")))?;
            builder = builder.with_config(key, secret.expose());
        }
    }
    let keys = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
    let endpoint = keys.iter().find_map(|key| builder.get_config_value(key));
    // Whoever names an endpoint without TLS means it.
    let plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    let client = ClientOptions::new().with_timeout(REQUEST).with_allow_http(plain);
    builder = builder.with_client_options(client);
    Ok((Arc::new(builder.build().map_err(|error| told(location, error))?), prefix, None))
}

/// Whether the store can be written, by writing to it.
///
/// # Errors
///
/// With what the store says to it, for whoever starts the program.
pub async fn check_writable(files: &Files) -> Result<()> {
    let probe = files.incoming();
    let written = files.store.put(&probe, PutPayload::from_static(b"probe")).await;
    let removed = written.map(|_| files.store.delete(&probe));
    let outcome = match removed {
        Ok(removed) => removed.await,
        Err(error) => Err(error),
    };
    outcome.map_err(|error| told(files.location(), format!("it cannot be written: {}", chain(&error))))
}

/// An error with what is behind it, which the library tells only in part.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(behind) = source {
        let more = behind.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        source = behind.source();
    }
    words.replace('\n', " ")
}

/// Removes the files under way in a folder that were last written so many seconds ago. The library lists whole ones only.
pub(super) fn remove_staged(folder: &Folder, seconds: i64) -> Result<u64> {
    let fail = |error: std::io::Error| told(&folder.display().to_string(), error);
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(fail(error)),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry.map_err(fail)?;
        // One that was moved away meanwhile is whole.
        let Ok(modified) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
        let age = modified.elapsed().map_or(0, |age| age.as_secs());
        if i64::try_from(age).unwrap_or(i64::MAX) > seconds && std::fs::remove_file(entry.path()).is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

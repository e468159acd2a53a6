//! Signing keys: Ed25519 in PEM files (PKCS #8), one a key, in a folder. A file's name is the key's `kid`.
//!
//! Several at once make rotation: the newest signs, all verify. `key new` adds one; a file taken away stops verifying
//! at the next start.

use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};

use super::Claims;
use crate::error::{Error, Result};
use crate::types::Clock;

/// All keys of a folder.
pub struct Keys {
    /// The newest, which signs.
    signing: (String, EncodingKey),
    verifying: HashMap<String, DecodingKey>,
    public: JwkSet,
}

impl Keys {
    /// Reads the folder; makes it, and a first key in it, where there is none.
    pub fn load(folder: &Path, clock: &Clock) -> Result<Self> {
        if !folder.is_dir() || names(folder)?.is_empty() {
            new_key(folder, clock)?;
        }
        let mut signing = None;
        let mut verifying = HashMap::new();
        let mut public = JwkSet { keys: Vec::new() };
        for kid in names(folder)? {
            let path = folder.join(format!("{kid}.pem"));
            let fail =
                |error: &dyn std::fmt::Display| Error::internal(format!("{}: {error}", path.display()));
            let pem = std::fs::read_to_string(&path).map_err(|error| fail(&error))?;
            let key = SigningKey::from_pkcs8_pem(&pem).map_err(|error| fail(&error))?;
            let encoding = EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|error| fail(&error))?;
            let mut jwk =
                Jwk::from_encoding_key(&encoding, Algorithm::EdDSA).map_err(|error| fail(&error))?;
            jwk.common.key_id = Some(kid.clone());
            jwk.common.public_key_use = Some(PublicKeyUse::Signature);
            public.keys.push(jwk);
            verifying.insert(kid.clone(), DecodingKey::from_ed_der(key.verifying_key().as_bytes()));
            signing = Some((kid, encoding));
        }
        let signing = signing.ok_or_else(|| Error::internal(format!("{}: no key", folder.display())))?;
        Ok(Self { signing, verifying, public })
    }

    /// Signs claims with the newest key.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        let header = Header { kid: Some(self.signing.0.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &self.signing.1).map_err(Error::internal)
    }

    pub(super) fn get(&self, kid: &str) -> Option<&DecodingKey> {
        self.verifying.get(kid)
    }

    /// The public keys, as `/.well-known/jwks.json` gives them (RFC 7517).
    pub fn public(&self) -> &JwkSet {
        &self.public
    }
}

/// The names of a folder's keys, oldest first.
fn names(folder: &Path) -> Result<Vec<String>> {
    let fail = |error: std::io::Error| Error::internal(format!("{}: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
        }
    }
    // A name begins with the time at which it was made (UUIDv7).
    names.sort_unstable();
    Ok(names)
}

/// Makes a key in the folder, readable by the owner alone; returns its `kid`.
pub fn new_key(folder: &Path, clock: &Clock) -> Result<String> {
    let fail = |error: &dyn std::fmt::Display| Error::internal(format!("{}: {error}", folder.display()));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| fail(&error))?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| fail(&error))?;
    // Version 1 of PKCS #8, without the public key: what openssl writes, and what the JWT library reads.
    let pem = KeypairBytes { secret_key: secret, public_key: None }
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|error| fail(&error))?;
    let kid = clock.new_id().to_string();
    let path = folder.join(format!("{kid}.pem"));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| fail(&error))?;
    file.write_all(pem.as_bytes()).map_err(|error| fail(&error))?;
    Ok(kid)
}

//! Tokens of an OpenID Connect provider: its keys, found by discovery, kept and looked at anew, and what a token of it says.
//!
//! Nothing is fetched for a token whose key is known, and for others at most once in an interval, however many there come. Where
//! the provider is gone, the keys that are known go on.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use super::verify::{header, payload, verified};
use super::{Claims, Refusal};
use crate::config::OidcSettings;
use crate::error::{Error, Result};
use crate::types::Clock;

mod mapping;

pub use mapping::ClaimNames;

/// Longer than the tokens that providers make, which say more than ours.
const MOST_BYTES: usize = 16_384;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes of its answer.
const MOST_ANSWER: usize = 1 << 20;

/// The fewest bytes of an RSA modulus: 2048 bits.
const LEAST_MODULUS: usize = 256;

/// The types that an access token may say that it is (RFC 9068 section 4, and JWT for providers that do not say).
const TYPES: [&str; 3] = ["at+jwt", "application/at+jwt", "jwt"];

/// A provider.
pub struct Oidc {
    issuer: String,
    audience: String,
    names: ClaimNames,
    /// Microseconds.
    interval: i64,
    refresh: i64,
    clock: Clock,
    http: reqwest::Client,
    known: RwLock<Known>,
    /// Held by the one that fetches.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, Arc<Key>>,
    /// When (by the clock's ticks) the provider was last asked, whatever came of it.
    asked_at: Option<i64>,
    /// When it last answered.
    answered_at: Option<i64>,
}

struct Key {
    decoding: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// What is wanted of a provider's metadata (OpenID Connect Discovery 1.0 section 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct KeySet {
    /// Each read by itself: one of a kind that is not known spoils no other.
    keys: Vec<Value>,
}

impl Oidc {
    /// The provider of the settings, where they name one. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// INTERNAL for an issuer that cannot be one, or is our own.
    pub fn open(settings: &OidcSettings, own_issuer: &str, clock: &Clock) -> Result<Option<Arc<Self>>> {
        let Some(issuer) = &settings.oidc_issuer else { return Ok(None) };
        let fail = |words: &str| Error::internal(format!("the issuer of OpenID Connect, {issuer}: {words}"));
        if issuer == own_issuer {
            return Err(fail("it is the issuer of our own tokens"));
        }
        check_address(issuer).map_err(|words| fail(&words))?;
        // The one that the rest of the program takes; where another was installed before, that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            // Where it leads is nothing that the settings name.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| fail(&words(&error)))?;
        let micros = |seconds: u32| i64::from(seconds) * 1_000_000;
        Ok(Some(Arc::new(Self {
            issuer: issuer.clone(),
            audience: settings.oidc_audience.clone(),
            names: settings.oidc_claims.clone(),
            interval: micros(settings.oidc_interval),
            refresh: micros(settings.oidc_refresh),
            clock: clock.clone(),
            http,
            known: RwLock::default(),
            turn: Mutex::default(),
        })))
    }

    /// Whether a token says that it is of this provider. That it is, its signature has to show.
    pub(super) fn is_named_by(&self, token: &str) -> bool {
        let payload = (token.len() <= MOST_BYTES).then(|| payload(token)).flatten();
        payload.is_some_and(|claims| claims.get("iss").and_then(Value::as_str) == Some(self.issuer.as_str()))
    }

    /// What a token says, once its signature, issuer and audience are found right; its times are still to be checked.
    pub(super) async fn claims(self: &Arc<Self>, token: &str) -> Result<Claims, Refusal> {
        let header = header(token)?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        if text("typ").is_some_and(|ty| !TYPES.contains(&ty.to_ascii_lowercase().as_str())) {
            return Err(Refusal::invalid("the token is no access token (typ)"));
        }
        let kid = text("kid").ok_or_else(|| Refusal::invalid("the header has no kid"))?;
        let algorithm = text("alg").and_then(|name| name.parse::<Algorithm>().ok());
        let key = self.key(kid).await;
        let key = key.ok_or_else(|| Refusal::invalid("the key (kid) is not known here"))?;
        // The key says which: the token must say the same.
        let algorithm = algorithm.filter(|algorithm| key.algorithms.contains(algorithm));
        let algorithm = algorithm.ok_or_else(|| Refusal::invalid("the algorithm (alg) is not the key's"))?;

        let claims = verified(token, &key.decoding, algorithm)?;
        let claims = self
            .names
            .map(&claims)
            .map_err(|words| Refusal::invalid(format!("the claims are not as they should be: {words}")))?;
        if claims.iss != self.issuer {
            return Err(Refusal::invalid("the token is of another issuer (iss)"));
        }
        if !claims.aud.includes(&self.audience) {
            return Err(Refusal::invalid("the token is for another audience (aud)"));
        }
        Ok(claims)
    }

    /// The key of this name. One that is not known is asked for; one that is, goes on while the keys are looked at anew.
    async fn key(self: &Arc<Self>, kid: &str) -> Option<Arc<Key>> {
        let (known, is_old) = self.look(kid);
        if known.is_some() && !is_old {
            return known;
        }
        // On its own, for who waits for it may go away.
        let own = Arc::clone(self);
        let renewed = tokio::spawn(async move { own.renew().await });
        if known.is_some() {
            return known;
        }
        drop(renewed.await);
        self.look(kid).0
    }

    /// The key of this name, and whether it is time to look at all keys anew.
    fn look(&self, kid: &str) -> (Option<Arc<Key>>, bool) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_old = known.answered_at.is_none_or(|at| self.clock.ticks() - at >= self.refresh);
        (known.keys.get(kid).cloned(), is_old && self.may_ask(&known))
    }

    fn may_ask(&self, known: &Known) -> bool {
        known.asked_at.is_none_or(|at| self.clock.ticks() - at >= self.interval)
    }

    /// Fetches the keys, unless that was tried within the interval. One at a time; who waited finds it done.
    pub async fn renew(&self) {
        let _turn = self.turn.lock().await;
        {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            if !self.may_ask(&known) {
                return;
            }
            known.asked_at = Some(self.clock.ticks());
        }
        match self.fetch().await {
            Ok(keys) => {
                tracing::info!(
                    issuer = self.issuer,
                    keys = keys.len(),
                    "the OpenID provider's keys were read"
                );
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                known.keys = keys;
                known.answered_at = Some(self.clock.ticks());
            }
            Err(cause) => {
                tracing::warn!(
                    issuer = self.issuer,
                    cause,
                    "the OpenID provider's keys cannot be read; those that are known go on"
                );
            }
        }
    }

    /// Fetches the keys every now and then, though nobody comes by one: a key that was taken out is not accepted for longer.
    pub fn keep_renewed(self: &Arc<Self>) {
        let own = Arc::downgrade(self);
        let every = Duration::from_micros(self.refresh.unsigned_abs());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                let Some(own) = own.upgrade() else { return };
                own.renew().await;
            }
        });
    }

    async fn fetch(&self) -> Result<HashMap<String, Arc<Key>>, String> {
        let issuer = self.issuer.trim_end_matches('/');
        let found = self.get::<Discovery>(&format!("{issuer}/.well-known/openid-configuration")).await?;
        if found.issuer != self.issuer {
            return Err(format!("the provider says that it is {:?}", found.issuer));
        }
        check_address(&found.jwks_uri).map_err(|words| format!("jwks_uri {:?}: {words}", found.jwks_uri))?;
        // What is reached by TLS does not send us to this machine's own services.
        if issuer.starts_with("https:") && !found.jwks_uri.starts_with("https:") {
            return Err(format!(
                "jwks_uri {:?}: it must begin with https:// as the issuer does",
                found.jwks_uri
            ));
        }
        let set = self.get::<KeySet>(&found.jwks_uri).await?;
        Ok(set.keys.into_iter().filter_map(key).collect())
    }

    async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, String> {
        let fail = |cause: &dyn std::fmt::Display| format!("{address}: {cause}");
        let sent = self.http.get(address).header("accept", "application/json").send().await;
        let mut response = sent.map_err(|error| fail(&words(&error.without_url())))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(fail(&response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| fail(&words(&error.without_url())))? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_ANSWER {
                return Err(fail(&format!("more than {MOST_ANSWER} bytes")));
            }
        }
        serde_json::from_slice(&body).map_err(|error| fail(&error))
    }
}

/// A key that verifies signatures, by its name; none of another use, kind or strength.
fn key(value: Value) -> Option<(String, Arc<Key>)> {
    let jwk = serde_json::from_value::<Jwk>(value).ok()?;
    if jwk.common.public_key_use.as_ref().is_some_and(|of| *of != PublicKeyUse::Signature) {
        return None;
    }
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_or(0, |bytes| bytes.len());
    let is_strong = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) => bytes(&rsa.n) >= LEAST_MODULUS,
        // The library takes the length for granted.
        AlgorithmParameters::OctetKeyPair(pair) => {
            pair.curve == EllipticCurve::Ed25519 && bytes(&pair.x) == ed25519_dalek::PUBLIC_KEY_LENGTH
        }
        _ => true,
    };
    if !is_strong {
        return None;
    }
    let decoding = DecodingKey::from_jwk(&jwk).ok()?;
    // A secret is no public key.
    if decoding.family() == AlgorithmFamily::Hmac {
        return None;
    }
    let family = decoding.family().algorithms().to_vec();
    let algorithms = match jwk.common.key_algorithm {
        None => family,
        Some(own) => {
            family.into_iter().filter(|one| Algorithm::try_from(own).is_ok_and(|own| own == *one)).collect()
        }
    };
    Some((jwk.common.key_id?, Arc::new(Key { decoding, algorithms })))
}

/// By TLS, or to this very machine.
fn check_address(address: &str) -> Result<(), String> {
    let url = reqwest::Url::parse(address).map_err(|error| error.to_string())?;
    let is_local = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_local => Ok(()),
        _ => Err("it must begin with https://".to_owned()),
    }
}

/// An error with what it came of.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_keys_that_verify_signatures_are_taken() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let okp = |more: Value| {
            let mut jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k" });
            jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            key(jwk).map(|(_, key)| key.algorithms.clone())
        };
        assert_eq!(okp(json!({})), Some(vec![Algorithm::EdDSA]));
        assert_eq!(okp(json!({ "use": "sig", "alg": "EdDSA" })), Some(vec![Algorithm::EdDSA]));
        assert_eq!(okp(json!({ "use": "enc" })), None);
        // One whose algorithm is not its own verifies nothing.
        assert_eq!(okp(json!({ "alg": "RS256" })), Some(Vec::new()));
        for wrong in [
            json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "k" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": x }),
            json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "weak" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AQAB", "kid": "short" }),
            json!({ "kty": "XYZ", "kid": "k" }),
            json!("text"),
        ] {
            assert!(key(wrong.clone()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_provider_is_reached_by_tls_or_on_this_machine() {
        for right in [
            "https://one.example",
            "https://one.example/realms/a",
            "http://127.0.0.1:9",
            "http://[::1]:9/x",
            "http://localhost",
        ] {
            assert_eq!(check_address(right), Ok(()), "{right}");
        }
        for wrong in
            ["http://one.example", "one.example", "file:///etc/passwd", "", "http://127.0.0.1.one.example"]
        {
            assert!(check_address(wrong).is_err(), "{wrong}");
        }
    }
}

//! A provider that a server here plays.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use kemitraan::auth::AUDIENCE;
use kemitraan::config::OidcSettings;
use serde_json::{Value, json};

use super::{INTERVAL, REFRESH};
use crate::auth::{Forge, with};
use crate::support::TestApp;

/// What the provider does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Right,
    Gone,
    OtherIssuer,
    Redirects,
    NoTls,
    NoJson,
    Endless,
}

pub(super) struct Provider {
    pub(super) issuer: String,
    /// What its key set has.
    pub(super) keys: Mutex<Vec<Value>>,
    pub(super) mood: Mutex<Mood>,
    pub(super) delay: AtomicU64,
    /// How often its keys were asked for, and its metadata.
    pub(super) fetched: AtomicUsize,
    pub(super) discovered: AtomicUsize,
}

impl Provider {
    pub(super) async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Arc::new(Self {
            issuer: format!("http://{}/realm", listener.local_addr().unwrap()),
            keys: Mutex::default(),
            mood: Mutex::new(Mood::Right),
            delay: AtomicU64::new(0),
            fetched: AtomicUsize::new(0),
            discovered: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(discovery))
            .route("/realm/keys", get(keys))
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        provider
    }

    pub(super) fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    pub(super) fn turns(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Its key set from now on.
    pub(super) fn has(&self, keys: &[&Forge]) {
        *self.keys.lock().unwrap() = keys.iter().map(|forge| public(forge)).collect();
    }

    pub(super) fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }

    /// A token of it.
    pub(super) fn token(&self, key: &Forge, more: Value) -> String {
        key.token(&with(&self.claims(key), more))
    }

    pub(super) fn claims(&self, key: &Forge) -> Value {
        with(&key.claims(), json!({ "iss": self.issuer, "nbf": null, "client_id": "dashboard" }))
    }
}

async fn discovery(State(provider): State<Arc<Provider>>) -> Response {
    provider.discovered.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(provider.delay.load(Ordering::SeqCst))).await;
    let keys = format!("{}/keys", provider.issuer);
    let metadata = |issuer: &str, keys: &str| {
        axum::Json(json!({ "issuer": issuer, "jwks_uri": keys, "response_types_supported": [] }))
            .into_response()
    };
    match provider.mood() {
        Mood::Gone => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::OtherIssuer => metadata("https://other.example", &keys),
        Mood::NoTls => metadata(&provider.issuer, "http://other.example/keys"),
        Mood::Right | Mood::Redirects | Mood::NoJson | Mood::Endless => metadata(&provider.issuer, &keys),
    }
}

async fn keys(State(provider): State<Arc<Provider>>) -> Response {
    provider.fetched.fetch_add(1, Ordering::SeqCst);
    let set = json!({ "keys": *provider.keys.lock().unwrap() });
    match provider.mood() {
        Mood::Redirects => (StatusCode::FOUND, [(header::LOCATION, "/realm/keys?")]).into_response(),
        Mood::NoJson => "<html></html>".into_response(),
        Mood::Endless => vec![b' '; 3 << 20].into_response(),
        _ => axum::Json(set).into_response(),
    }
}

/// A key of the provider's, by a number.
pub(super) fn key(app: &TestApp, number: u8) -> Forge {
    Forge {
        key: SigningKey::from_bytes(&[number; 32]),
        kid: format!("key-{number}"),
        now: app.now().0 / 1_000_000,
    }
}

pub(super) fn public(forge: &Forge) -> Value {
    let x = URL_SAFE_NO_PAD.encode(forge.key.verifying_key().as_bytes());
    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": forge.kid, "x": x })
}

pub(super) fn settings(provider: &Provider) -> OidcSettings {
    OidcSettings {
        oidc_issuer: Some(provider.issuer.clone()),
        oidc_audience: AUDIENCE.to_owned(),
        oidc_claims: "".parse().unwrap(),
        oidc_interval: INTERVAL,
        oidc_refresh: REFRESH,
    }
}

//! Tokens of an OpenID provider, which a server here plays: its keys are kept, renewed and never fetched for a bad token. A real
//! provider is in `tests/outside/oidc`.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kemitraan::auth::{AUDIENCE, Oidc};
use kemitraan::config::OidcSettings;
use kemitraan::types::Timestamp;
use serde_json::{Value, json};

use crate::auth::{Forge, assert_accepted, assert_token_refused, unsigned, with};
use crate::support::{Backend, ISSUER, TestApp};
use crate::walls::post_as;

mod provider;

use provider::{Mood, Provider, key, public, settings};

/// Seconds between two fetches, and after which keys are old.
const INTERVAL: u32 = 10;
const REFRESH: u32 = 600;

const UNKNOWN: &str = "the key (kid) is not known here";

/// The program, trusting a provider.
fn trusting(app: &TestApp, settings: &OidcSettings) -> TestApp {
    let oidc = Oidc::open(settings, ISSUER, &app.clock).unwrap();
    let mut own = app.app.clone();
    own.verifier = own.verifier.trusting(oidc);
    app.beside(own, Arc::clone(&app.keys))
}

fn pass(app: &TestApp, seconds: u32) {
    app.clock.set(Timestamp(app.now().0 + i64::from(seconds) * 1_000_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provider_says_who_somebody_is() {
    let first = TestApp::new(Backend::Sqlite).await;
    let provider = Provider::start().await;
    let app = trusting(&first, &settings(&provider));
    let own = key(&app, 1);
    provider.has(&[&own]);

    let day = app.clock.today();
    let letter = json!({ "institution": "Contoh lembaga", "number": "C/1", "organisations": ["PLN"], "from": day, "until": day });
    for (more, role, level, organisation) in [
        (json!({}), "KEMENBUMN", json!("APPROVER"), json!("KEMENBUMN")),
        (json!({ "role": "BUMN", "org": "PLN", "level": "OFFICER" }), "BUMN", json!("OFFICER"), json!("PLN")),
        (
            json!({ "role": ["offline", "BUMN"], "org": "RNI", "level": "VIEWER" }),
            "BUMN",
            json!("VIEWER"),
            json!("RNI"),
        ),
        (
            json!({ "role": "AUDITOR", "org": null, "level": null, "assignment": letter }),
            "AUDITOR",
            Value::Null,
            Value::Null,
        ),
        (json!({ "role": "ADMIN", "org": null, "level": null }), "ADMIN", Value::Null, Value::Null),
        // A machine prepares, whoever names it.
        (json!({ "sub": "service:erp" }), "KEMENBUMN", json!("OFFICER"), json!("KEMENBUMN")),
    ] {
        let token = provider.token(&own, more);
        let ask = if role == "ADMIN" {
            "{ viewer { role level } }"
        } else {
            "{ viewer { role level organisation { code } } }"
        };
        let viewer = post_as(&app, &token, ask, json!({})).await.json()["data"]["viewer"].clone();
        assert_eq!((&viewer["role"], &viewer["level"]), (&json!(role), &level), "{viewer}");
        assert_eq!(viewer["organisation"].get("code").cloned().unwrap_or_default(), organisation);
    }
    assert_eq!(provider.fetched(), 1);

    // What is done by it is recorded by its ids.
    let token = provider.token(&own, json!({ "sub": "p-0007", "jti": "t-0007" }));
    let document = "mutation { organisationCreate(input: { code: \"CONTOH_OIDC\", kind: OFFTAKER, name: \"Contoh (data contoh)\",
        shortName: \"Contoh\" }) { journalEntry { actor token role } } }";
    let made = post_as(&app, &token, document, json!({})).await.json();
    assert_eq!(
        made["data"]["organisationCreate"]["journalEntry"],
        json!({ "actor": "p-0007", "token": "oidc:t-0007", "role": "KEMENBUMN" })
    );

    // Our own go on beside it.
    assert_accepted(&app, &app.token("PLN")).await;
    // And without a provider nobody's else do.
    assert_token_refused(&first, &token, UNKNOWN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_are_found_where_the_setting_says() {
    let app = TestApp::new(Backend::Sqlite).await;
    let provider = Provider::start().await;
    let named = OidcSettings {
        oidc_claims: "role=/resource_access/kemitraan/roles,org=https://one.example/org,level=/grade"
            .parse()
            .unwrap(),
        oidc_audience: "https://api.example".to_owned(),
        ..settings(&provider)
    };
    let app = trusting(&app, &named);
    let own = key(&app, 1);
    provider.has(&[&own]);
    let told = json!({ "aud": ["account", "https://api.example"], "role": "ADMIN", "org": null, "grade": "OFFICER",
        "resource_access": { "kemitraan": { "roles": ["BUMN"] } }, "https://one.example/org": "PLN", "level": "APPROVER" });
    let viewer = assert_accepted(&app, &provider.token(&own, told.clone())).await;
    assert_eq!((&viewer["role"], &viewer["level"]), (&json!("BUMN"), &json!("OFFICER")), "{viewer}");
    let token = provider.token(&own, with(&told, json!({ "aud": AUDIENCE })));
    assert_token_refused(&app, &token, "for another audience (aud)").await;
    let token = provider.token(&own, with(&told, json!({ "resource_access": null })));
    assert_token_refused(&app, &token, "/resource_access/kemitraan/roles is missing").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_right_is_refused() {
    let app = TestApp::new(Backend::Sqlite).await;
    let provider = Provider::start().await;
    let ours = Forge::of(&app);
    let app = trusting(&app, &settings(&provider));
    let (own, other) = (key(&app, 1), key(&app, 2));
    provider.has(&[&own]);
    let now = own.now;
    assert_accepted(&app, &provider.token(&own, json!({}))).await;

    for (wrong, words) in [
        (json!({ "aud": "another" }), "for another audience (aud)"),
        (json!({ "aud": null }), "the claims are not as they should be"),
        (json!({ "exp": now }), "the token has expired (exp)"),
        (json!({ "nbf": now + 61 }), "the token is not valid yet (nbf)"),
        (json!({ "iat": now + 61 }), "the token is not valid yet (nbf)"),
        (json!({ "nbf": i64::MIN, "exp": i64::MIN }), "the token has expired (exp)"),
        (json!({ "sub": "" }), "sub and jti must not be empty"),
        (json!({ "sub": "a\u{0}b" }), "sub and jti must not be empty"),
        (json!({ "jti": null }), "missing field `jti`"),
        (json!({ "role": null }), "role is missing"),
        (json!({ "role": "BUMN" }), "the organisation (org) does not hold this seat (role)"),
        (json!({ "org": "NOBODY" }), "there is no such organisation (org)"),
        (json!({ "org": null }), "must name its organisation (org)"),
        (json!({ "level": null }), "must have a level"),
        (json!({ "role": "AUDITOR", "org": null, "level": null }), "has an assignment"),
    ] {
        assert_token_refused(&app, &provider.token(&own, wrong), words).await;
    }
    // A provider's clock may go a little before ours.
    assert_accepted(&app, &provider.token(&own, json!({ "iat": now + 60, "nbf": now + 60 }))).await;

    let claims = provider.claims(&own);
    let header = own.header();
    for (wrong, words) in [
        (json!({ "kid": null }), "the header has no kid"),
        (json!({ "alg": "none" }), "the algorithm (alg) is not the key's"),
        (json!({ "alg": "HS256" }), "the algorithm (alg) is not the key's"),
        (json!({ "alg": "RS256" }), "the algorithm (alg) is not the key's"),
        (json!({ "alg": null }), "the algorithm (alg) is not the key's"),
        (json!({ "typ": "logout+jwt" }), "the token is no access token (typ)"),
        (json!({ "jwk": public(&other) }), "the header member jwk is not accepted"),
        (json!({ "jku": "https://other.example" }), "the header member jku is not accepted"),
        (json!({ "crit": ["exp"] }), "the header member crit is not accepted"),
    ] {
        assert_token_refused(&app, &own.sign(&with(&header, wrong), &claims), words).await;
    }
    for typed in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        assert_accepted(&app, &own.sign(&with(&header, json!({ "typ": typed })), &claims)).await;
    }
    // By another key under the name of this one, by none, and changed afterwards.
    let fits_not = "the signature does not fit";
    assert_token_refused(&app, &other.sign(&header, &claims), fits_not).await;
    assert_token_refused(&app, &format!("{}.", unsigned(&header, &claims)), fits_not).await;
    let token = own.token(&claims);
    let parts = token.split('.').collect::<Vec<_>>();
    let raised = URL_SAFE_NO_PAD.encode(with(&claims, json!({ "role": "ADMIN" })).to_string());
    assert_token_refused(&app, &format!("{}.{raised}.{}", parts[0], parts[2]), fits_not).await;
    // Each issuer's tokens are by its own keys.
    assert_token_refused(&app, &ours.token(&provider.claims(&ours)), UNKNOWN).await;
    assert_token_refused(&app, &own.token(&with(&claims, json!({ "iss": ISSUER }))), UNKNOWN).await;
    assert_token_refused(
        &app,
        &own.token(&with(&claims, json!({ "iss": "https://other.example" }))),
        UNKNOWN,
    )
    .await;
    assert_eq!(provider.fetched(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_rotated_under_way() {
    let app = TestApp::new(Backend::Sqlite).await;
    let provider = Provider::start().await;
    let app = trusting(&app, &settings(&provider));
    let (old, new) = (key(&app, 1), key(&app, 2));
    // One of a kind that is not known here spoils no other.
    provider.has(&[&old]);
    provider.keys.lock().unwrap().insert(0, json!({ "kty": "FUTURE", "kid": "key-9" }));
    assert_accepted(&app, &provider.token(&old, json!({}))).await;

    provider.has(&[&new, &old]);
    assert_token_refused(&app, &provider.token(&new, json!({})), UNKNOWN).await;
    assert_eq!(provider.fetched(), 1, "not twice within the interval");
    pass(&app, INTERVAL);
    assert_accepted(&app, &provider.token(&new, json!({}))).await;
    assert_accepted(&app, &provider.token(&old, json!({}))).await;
    assert_eq!(provider.fetched(), 2);

    // What was taken out goes with the next look at all of them, which nobody waits for.
    provider.has(&[&new]);
    pass(&app, REFRESH - 1);
    assert_accepted(&app, &provider.token(&old, json!({ "iat": 0, "exp": old.now + 7_200 }))).await;
    assert_eq!(provider.fetched(), 2);
    pass(&app, 1);
    let token = provider.token(&old, json!({ "iat": 0, "exp": old.now + 7_200 }));
    assert_accepted(&app, &token).await;
    for _ in 0..200 {
        if provider.fetched() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_token_refused(&app, &token, UNKNOWN).await;
    assert_accepted(&app, &provider.token(&new, json!({}))).await;
    assert_eq!(provider.fetched(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_fetched_for_a_bad_token() {
    let app = TestApp::new(Backend::Sqlite).await;
    let provider = Provider::start().await;
    let app = trusting(&app, &settings(&provider));
    let own = key(&app, 1);
    provider.has(&[&own]);
    provider.delay.store(300, Ordering::SeqCst);

    // Those that come while it is fetched wait for it.
    let token = provider.token(&own, json!({}));
    let good = (0..20).map(|_| assert_accepted(&app, &token));
    futures_util::future::join_all(good).await;
    assert_eq!((provider.fetched(), provider.discovered.load(Ordering::SeqCst)), (1, 1));

    let bad = (0..100).map(|number| {
        let unknown = Forge { kid: format!("unknown-{number}"), ..key(&app, 7) };
        let (app, token) = (&app, provider.token(&unknown, json!({})));
        async move { assert_token_refused(app, &token, UNKNOWN).await }
    });
    futures_util::future::join_all(bad.collect::<Vec<_>>()).await;
    assert_eq!(provider.fetched(), 1);
    for times in 2..4 {
        pass(&app, INTERVAL);
        for number in 0..10 {
            let unknown = Forge { kid: format!("unknown-{number}"), ..key(&app, 7) };
            assert_token_refused(&app, &provider.token(&unknown, json!({})), UNKNOWN).await;
            assert_accepted(&app, &token).await;
        }
        assert_eq!(provider.fetched(), times);
    }
    // Of whatever else is wrong with one, nothing is asked either.
    pass(&app, INTERVAL);
    for token in ["", "x", "a.b.c", &app.token("PLN")[..40], &"x".repeat(30_000)] {
        let answer = post_as(&app, token, "{ viewer { role } }", json!({})).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    assert_accepted(&app, &app.token("PLN")).await;
    assert_eq!(provider.fetched(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_provider_is_gone_known_keys_go_on() {
    let app = TestApp::new(Backend::Sqlite).await;
    let provider = Provider::start().await;
    let app = trusting(&app, &settings(&provider));
    let (old, new) = (key(&app, 1), key(&app, 2));
    provider.has(&[&old]);
    // It need not be there when the program starts.
    provider.turns(Mood::Gone);
    assert_token_refused(&app, &provider.token(&old, json!({})), UNKNOWN).await;
    provider.turns(Mood::Right);
    pass(&app, INTERVAL);
    assert_accepted(&app, &provider.token(&old, json!({}))).await;

    provider.has(&[&new]);
    let known = provider.token(&old, json!({ "exp": old.now + 90_000 }));
    for mood in [Mood::Gone, Mood::OtherIssuer, Mood::Redirects, Mood::NoTls, Mood::NoJson, Mood::Endless] {
        provider.turns(mood);
        pass(&app, REFRESH);
        assert_accepted(&app, &known).await;
        assert_token_refused(&app, &provider.token(&new, json!({ "exp": old.now + 90_000 })), UNKNOWN).await;
        assert_accepted(&app, &known).await;
    }
    provider.turns(Mood::Right);
    pass(&app, INTERVAL);
    assert_accepted(&app, &provider.token(&new, json!({ "exp": old.now + 90_000 }))).await;
    assert_token_refused(&app, &known, UNKNOWN).await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_is_told_at_the_start() {
    let app = TestApp::new(Backend::Sqlite).await;
    let provider = Provider::start().await;
    for (issuer, words) in [
        ("http://login.example", "it must begin with https://"),
        ("login.example", "relative URL"),
        (ISSUER, "it is the issuer of our own tokens"),
    ] {
        let settings = OidcSettings { oidc_issuer: Some(issuer.to_owned()), ..settings(&provider) };
        let error = Oidc::open(&settings, ISSUER, &app.clock).err().unwrap();
        assert!(error.describe().contains(words), "{}", error.describe());
    }
    let none = OidcSettings { oidc_issuer: None, ..settings(&provider) };
    assert!(Oidc::open(&none, ISSUER, &app.clock).unwrap().is_none());
}

//! Who comes in, and who is told that it may not: every 401 with its reason and its challenge; keys and their rotation.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kemitraan::auth::{Keys, Verifier, new_key};
use kemitraan::types::Clock;
use serde_json::{Value, json};

use crate::support::{Answer, Backend, ISSUER, TestApp};

crate::both!(
    organisations_are_looked_up,
    every_claim_is_checked,
    tokens_are_accepted_however_they_are_written,
    keys_rotate,
);

const QUESTION: &str = r#"{"query":"{ viewer { actor role level organisation { code } } }"}"#;

/// Makes tokens by hand, right and wrong, with the program's own key.
pub struct Forge {
    pub key: SigningKey,
    pub kid: String,
    pub now: i64,
}

impl Forge {
    pub fn of(app: &TestApp) -> Self {
        let path = pem_files(app).pop().unwrap();
        Self {
            key: SigningKey::from_pkcs8_pem(&std::fs::read_to_string(&path).unwrap()).unwrap(),
            kid: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            now: app.now().0 / 1_000_000,
        }
    }

    pub fn header(&self) -> Value {
        json!({ "typ": "JWT", "alg": "EdDSA", "kid": self.kid })
    }

    /// The claims of an approver of KEMENBUMN.
    pub fn claims(&self) -> Value {
        json!({
            "iss": ISSUER, "aud": "kemitraan", "sub": "by-hand", "jti": "token-1",
            "exp": self.now + 3_600, "nbf": self.now, "iat": self.now,
            "role": "KEMENBUMN", "org": "KEMENBUMN", "level": "APPROVER",
        })
    }

    /// The claims of an auditor, whose letter is given over.
    fn auditor(&self, letter: Value) -> Value {
        let own = json!({ "role": "AUDITOR", "org": null, "level": null, "assignment": letter });
        with(&self.claims(), own)
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = unsigned(header, claims);
        let signature = self.key.sign(input.as_bytes()).to_bytes();
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub fn token(&self, claims: &Value) -> String {
        self.sign(&self.header(), claims)
    }
}

pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// An object with other members; null takes one away.
pub fn with(object: &Value, other: Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    let Value::Object(other) = other else { panic!("not an object: {other}") };
    for (name, value) in other {
        match value {
            Value::Null => drop(members.remove(&name)),
            value => drop(members.insert(name, value)),
        }
    }
    object
}

fn pem_files(app: &TestApp) -> Vec<std::path::PathBuf> {
    let files = std::fs::read_dir(app.folder.join("keys")).unwrap();
    let mut files = files.map(|file| file.unwrap().path()).collect::<Vec<_>>();
    files.sort();
    files
}

fn ask(credentials: &[&str]) -> Request<Body> {
    let mut request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json");
    for value in credentials {
        request = request.header("authorization", *value);
    }
    request.body(Body::from(QUESTION)).unwrap()
}

/// A 401 that says so in these words, and nothing beside it. `error` is what the challenge names.
fn assert_refused(answer: &Answer, error: Option<&str>, words: &str) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{words}: {}", answer.text);
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{body:#}");
    assert_eq!(errors[0]["extensions"], json!({ "code": "UNAUTHENTICATED" }));
    let message = errors[0]["message"].as_str().unwrap();
    assert!(message.contains(words), "{message:?} does not say {words:?}");
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["errors"]);
    assert!(answer.headers.get("journal-sequence").is_none());

    let challenges = answer.headers.get_all("www-authenticate").iter().collect::<Vec<_>>();
    let [challenge] = challenges[..] else { panic!("one challenge is sent: {challenges:?}") };
    let challenge = challenge.to_str().unwrap();
    assert!(challenge.starts_with("Bearer realm=\"kemitraan\""), "{challenge}");
    match error {
        Some(error) => assert!(
            challenge.contains(&format!(", error=\"{error}\", error_description=\"")),
            "{words}: {challenge}"
        ),
        None => assert_eq!(challenge, "Bearer realm=\"kemitraan\"", "{words}"),
    }
}

pub async fn assert_token_refused(app: &TestApp, token: &str, words: &str) {
    let answer = app.send(ask(&[&format!("Bearer {token}")])).await;
    assert_refused(&answer, Some("invalid_token"), words);
}

pub async fn assert_accepted(app: &TestApp, token: &str) -> Value {
    let answer = app.send(ask(&[&format!("Bearer {token}")])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let answer = answer.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"]["viewer"].clone()
}

#[tokio::test]
async fn credentials_that_are_none() {
    let app = TestApp::new(Backend::Sqlite).await;
    let token = app.token("KEMENBUMN");
    let bearer = format!("Bearer {token}");
    let one = "send one header Authorization: Bearer TOKEN";
    assert_refused(&app.send(ask(&[])).await, None, one);
    assert_refused(&app.send(ask(&[&bearer, &bearer])).await, None, one);
    assert_refused(&app.send(ask(&[&bearer, "Basic dTpw"])).await, None, one);
    for malformed in ["", "Bearer", &token, &format!("Bearer\t{token}"), &format!("Bearer:{token}")] {
        assert_refused(&app.send(ask(&[malformed])).await, None, one);
    }
    let mut bytes = ask(&[]);
    bytes.headers_mut().insert("authorization", HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap());
    assert_refused(&app.send(bytes).await, None, one);
    for scheme in ["Basic dTpw".to_owned(), format!("Basic {token}"), format!("Token {token}")] {
        assert_refused(&app.send(ask(&[&scheme])).await, None, "the scheme is Bearer");
    }
}

#[tokio::test]
async fn a_token_elsewhere_than_in_its_header_is_none() {
    let app = TestApp::new(Backend::Sqlite).await;
    let token = app.token("KEMENBUMN");
    let words = "send one header";
    let uri = format!("/graphql?access_token={token}&query=%7B__typename%7D");
    let get = Request::get(&uri).header("accept", "application/json").body(Body::empty()).unwrap();
    assert_refused(&app.send(get).await, None, words);
    let mut post = ask(&[]);
    *post.uri_mut() = format!("/graphql?access_token={token}").parse().unwrap();
    assert_refused(&app.send(post).await, None, words);
    let body = json!({ "query": "{ __typename }", "access_token": token }).to_string();
    let post = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
    assert_refused(&app.send(post.unwrap()).await, None, words);
    let form = Request::post("/graphql")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("access_token={token}")));
    assert_refused(&app.send(form.unwrap()).await, None, words);
    let cookie = Request::get("/graphql?query=%7B__typename%7D")
        .header("cookie", format!("access_token={token}"))
        .body(Body::empty());
    assert_refused(&app.send(cookie.unwrap()).await, None, words);
}

#[tokio::test]
async fn everything_but_health_and_keys_needs_a_token() {
    let app = TestApp::new(Backend::Sqlite).await;
    for open in ["/livez", "/readyz", "/.well-known/jwks.json"] {
        let answer = app.send(Request::get(open).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{open}");
    }
    // Whatever is wrong with what is sent, that is not told, and nothing of the schema with it.
    for body in [
        r#"{"query":"{ partnerhips }"}"#,
        r#"{"query":"{ __schema { types { name } } }"}"#,
        r#"{"query":"{ viewer { "}"#,
        r#"{"query":"{ viewer }"}"#,
        "[]",
        "not JSON",
        "",
    ] {
        let post = Request::post("/graphql")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        let without = app.send(post).await;
        assert_refused(&without, None, "send one header");
        let post = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("authorization", "Bearer a.b.c")
            .body(Body::from(body))
            .unwrap();
        assert_refused(&app.send(post).await, Some("invalid_token"), "the token is not a JWT");
    }
    for uri in ["/graphql", "/graphql?query=%7B", "/graphql?query=%7B__schema%7Btypes%7Bname%7D%7D%7D"] {
        let get = Request::get(uri).body(Body::empty()).unwrap();
        assert_refused(&app.send(get).await, None, "send one header");
    }
    for media_type in ["text/plain", "multipart/form-data; boundary=x"] {
        let post =
            Request::post("/graphql").header("content-type", media_type).body(Body::from("x")).unwrap();
        assert_refused(&app.send(post).await, None, "send one header");
    }
}

#[tokio::test]
async fn the_algorithm_and_the_key_are_ours() {
    let app = TestApp::new(Backend::Sqlite).await;
    let forge = Forge::of(&app);
    let (header, claims) = (forge.header(), forge.claims());
    assert_accepted(&app, &forge.sign(&header, &claims)).await;

    for text in ["x", "a.b", "a.b.c", "..", "e30.e30.", "a.b.c.d", "!!!.e30.e30", &"x".repeat(200)] {
        let answer = app.send(ask(&[&format!("Bearer {text}")])).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{text}");
    }
    for text in ["x", "a.b", "a.b.c", "..", "!!!.e30.e30"] {
        assert_token_refused(&app, text, "the token is not a JWT").await;
    }
    let four = format!("{}.e30", forge.token(&claims));
    assert_token_refused(&app, &four, "the token is not a JWT").await;
    // As JSON, and as an encryption: five parts.
    assert_token_refused(
        &app,
        &format!("{}.a.b.c.d", URL_SAFE_NO_PAD.encode(header.to_string())),
        "not a JWT",
    )
    .await;

    // By no algorithm at all, however that is written.
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = with(&header, json!({ "alg": none }));
        let words = "the key's algorithm is EdDSA";
        assert_token_refused(&app, &format!("{}.", unsigned(&header, &claims)), words).await;
        assert_token_refused(&app, &forge.sign(&header, &claims), words).await;
    }
    // Signed by a secret that everyone knows: the public key, in whichever spelling.
    let public = forge.key.verifying_key().to_bytes();
    let jwk = serde_json::to_string(app.keys.public()).unwrap();
    let x = URL_SAFE_NO_PAD.encode(public);
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        base64::engine::general_purpose::STANDARD
            .encode([b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), &public].concat())
    );
    for secret in [&public[..], jwk.as_bytes(), x.as_bytes(), pem.as_bytes(), b""] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let header = Header { kid: Some(forge.kid.clone()), ..Header::new(algorithm) };
            let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap();
            assert_token_refused(&app, &token, "the key's algorithm is EdDSA").await;
            // The same, said to be of our algorithm.
            let (_, rest) = token.split_once('.').unwrap();
            let lie = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(forge.header().to_string()));
            assert_token_refused(&app, &lie, "the signature does not fit").await;
        }
    }
    for (other, words) in [
        (json!({ "alg": "ES256" }), "the key's algorithm is EdDSA"),
        (json!({ "alg": "eddsa" }), "the key's algorithm is EdDSA"),
        (json!({ "alg": ["EdDSA"] }), "the key's algorithm is EdDSA"),
        (json!({ "alg": null }), "the key's algorithm is EdDSA"),
        (json!({ "kid": null }), "the header has no kid"),
        (json!({ "kid": 7 }), "the header has no kid"),
        (json!({ "kid": "" }), "the key (kid) is not known here"),
        (json!({ "kid": "018f0000-0000-7000-8000-000000000000" }), "the key (kid) is not known here"),
        (json!({ "kid": format!("../keys/{}", forge.kid) }), "the key (kid) is not known here"),
        (json!({ "kid": forge.kid.to_uppercase() }), "the key (kid) is not known here"),
        (json!({ "crit": ["exp"] }), "the header member crit is not accepted"),
        (json!({ "crit": [] }), "the header member crit is not accepted"),
        (json!({ "b64": false }), "the header member b64 is not accepted"),
        (json!({ "jku": "https://evil.example/jwks.json" }), "the header member jku is not accepted"),
        (json!({ "x5u": "https://evil.example/key.pem" }), "the header member x5u is not accepted"),
        (json!({ "x5c": [] }), "the header member x5c is not accepted"),
        (json!({ "x5t": "x" }), "the header member x5t is not accepted"),
        (json!({ "x5t#S256": "x" }), "the header member x5t#S256 is not accepted"),
    ] {
        assert_token_refused(&app, &forge.sign(&with(&header, other), &claims), words).await;
    }

    // A key that the token brings along, rightly signed by it.
    let stranger = Forge { key: SigningKey::from_bytes(&[7; 32]), kid: forge.kid.clone(), now: forge.now };
    let x = URL_SAFE_NO_PAD.encode(stranger.key.verifying_key().as_bytes());
    let embedded = with(&header, json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": x } }));
    assert_token_refused(&app, &stranger.sign(&embedded, &claims), "the header member jwk is not accepted")
        .await;
    assert_token_refused(&app, &stranger.token(&claims), "the signature does not fit").await;

    // Something else than what was signed.
    let token = forge.token(&claims);
    let parts = token.split('.').collect::<Vec<_>>();
    let more = URL_SAFE_NO_PAD
        .encode(with(&claims, json!({ "role": "ADMIN", "org": null, "level": null })).to_string());
    let fits_not = "the signature does not fit";
    assert_token_refused(&app, &format!("{}.{more}.{}", parts[0], parts[2]), fits_not).await;
    let mut signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    for at in [0, 31, 32, 63] {
        signature[at] ^= 1;
        let tampered = URL_SAFE_NO_PAD.encode(&signature);
        assert_token_refused(&app, &format!("{}.{}.{tampered}", parts[0], parts[1]), fits_not).await;
        signature[at] ^= 1;
    }
    assert_token_refused(&app, &format!("{}.{}.", parts[0], parts[1]), fits_not).await;
    assert_token_refused(&app, &format!("{}.{}.{}", parts[0], parts[1], &parts[2][..40]), fits_not).await;
    assert_token_refused(&app, &format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)), fits_not).await;
    let typed = URL_SAFE_NO_PAD.encode(with(&header, json!({ "typ": "at+jwt" })).to_string());
    assert_token_refused(&app, &format!("{typed}.{}.{}", parts[1], parts[2]), fits_not).await;

    // Longer than any of ours: not even looked at.
    let long = forge.token(&with(&claims, json!({ "more": "x".repeat(4_096) })));
    assert_token_refused(&app, &long, "the token is longer than 4096 bytes").await;
    assert_token_refused(&app, &"x".repeat(100_000), "the token is longer than 4096 bytes").await;
}

async fn every_claim_is_checked(backend: Backend) {
    let app = TestApp::new(backend).await;
    let forge = Forge::of(&app);
    let claims = forge.claims();
    let now = forge.now;
    assert_accepted(&app, &forge.token(&claims)).await;

    for missing in ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "role"] {
        let token = forge.token(&with(&claims, json!({ missing: null })));
        let words =
            if missing == "aud" { "the claims are not" } else { &format!("missing field `{missing}`") };
        assert_token_refused(&app, &token, words).await;
    }
    for (other, words) in [
        (json!({ "iss": "https://other.example" }), "of another issuer (iss)"),
        (json!({ "iss": format!("{ISSUER}/") }), "of another issuer (iss)"),
        (json!({ "iss": "" }), "of another issuer (iss)"),
        (json!({ "aud": "another" }), "for another audience (aud)"),
        (json!({ "aud": "KEMITRAAN" }), "for another audience (aud)"),
        (json!({ "aud": [] }), "for another audience (aud)"),
        (json!({ "aud": ["another", "third"] }), "for another audience (aud)"),
        (json!({ "exp": now }), "the token has expired (exp)"),
        (json!({ "exp": now - 1, "nbf": now - 9, "iat": now - 9 }), "the token has expired (exp)"),
        (json!({ "exp": 0 }), "the token has expired (exp)"),
        (json!({ "exp": -1 }), "the token has expired (exp)"),
        (json!({ "nbf": now + 1 }), "the token is not valid yet (nbf)"),
        (json!({ "iat": now + 3_601 }), "the token's times contradict each other"),
        (json!({ "sub": "" }), "sub and jti must not be empty, and have no control characters"),
        (json!({ "jti": "" }), "sub and jti must not be empty, and have no control characters"),
        // Of odd types.
        (json!({ "iss": [ISSUER] }), "the claims are not as they should be"),
        (json!({ "aud": 7 }), "the claims are not as they should be"),
        (json!({ "aud": [7] }), "the claims are not as they should be"),
        (json!({ "sub": 7 }), "the claims are not as they should be"),
        (json!({ "jti": ["x"] }), "the claims are not as they should be"),
        (json!({ "exp": (now + 3_600).to_string() }), "the claims are not as they should be"),
        (json!({ "exp": now as f64 + 0.5 }), "the claims are not as they should be"),
        (json!({ "exp": 1e300 }), "the claims are not as they should be"),
        (json!({ "exp": true }), "the claims are not as they should be"),
        (json!({ "nbf": "0" }), "the claims are not as they should be"),
        (json!({ "iat": {} }), "the claims are not as they should be"),
        (json!({ "role": "SUPERUSER" }), "the claims are not as they should be"),
        (json!({ "role": "kemenbumn" }), "the claims are not as they should be"),
        (json!({ "role": "" }), "the claims are not as they should be"),
        (json!({ "role": 1 }), "the claims are not as they should be"),
        (json!({ "role": ["KEMENBUMN"] }), "the claims are not as they should be"),
        (json!({ "org": 7 }), "the claims are not as they should be"),
        (json!({ "org": ["KEMENBUMN"] }), "the claims are not as they should be"),
        (json!({ "level": "DIRECTOR" }), "the claims are not as they should be"),
        (json!({ "level": 3 }), "the claims are not as they should be"),
        (json!({ "assignment": "CONTOH/1" }), "the claims are not as they should be"),
        (json!({ "assignment": { "institution": "x" } }), "the claims are not as they should be"),
        // That do not go together.
        (json!({ "org": null }), "must name its organisation (org)"),
        (json!({ "role": "BUMN", "org": null }), "a token of BUMN must name its organisation (org)"),
        (json!({ "level": null }), "must have a level"),
        (json!({ "role": "ADMIN", "level": null }), "a token of ADMIN has neither org nor level"),
        (json!({ "role": "ADMIN", "org": null }), "a token of ADMIN has neither org nor level"),
        (
            json!({ "role": "AUDITOR", "org": null, "level": null }),
            "an auditor's token, and no other, has an assignment",
        ),
    ] {
        assert_token_refused(&app, &forge.token(&with(&claims, other)), words).await;
    }
    for not_claims in [json!([]), json!("x"), json!(7), Value::Null] {
        assert_token_refused(&app, &forge.token(&not_claims), "").await;
    }

    // What a claim says never gets out of the header that tells of it.
    let odd = forge.token(&with(&claims, json!({ "role": "x\r\nset-cookie: a=b\" \\ é", "org": null })));
    let answer = app.send(ask(&[&format!("Bearer {odd}")])).await;
    assert_refused(&answer, Some("invalid_token"), "the claims are not as they should be");
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    assert_eq!(challenge.matches('"').count(), 6, "{challenge}");
    assert!(!challenge.contains('\\') && answer.headers.get("set-cookie").is_none());

    // An auditor's letter.
    let today = app.clock.today();
    let day = |days: i64| (today + chrono::TimeDelta::days(days)).to_string();
    let letter = |from: i64, until: i64| json!({ "institution": "Contoh", "number": "1", "from": day(from), "until": day(until) });
    for (from, until) in [(0, 0), (-30, 0), (0, 30)] {
        assert_accepted(&app, &forge.token(&forge.auditor(letter(from, until)))).await;
    }
    for (letter, words) in [
        (letter(1, 30), "today is outside the period of the assignment"),
        (letter(-30, -1), "today is outside the period of the assignment"),
        (letter(1, -1), "today is outside the period of the assignment"),
        (with(&letter(0, 1), json!({ "from": null })), "missing field `from`"),
        (with(&letter(0, 1), json!({ "until": null })), "missing field `until`"),
        (with(&letter(0, 1), json!({ "institution": null })), "missing field `institution`"),
        (with(&letter(0, 1), json!({ "number": null })), "missing field `number`"),
        (with(&letter(0, 1), json!({ "until": "2026-13-01" })), "the claims are not as they should be"),
        (with(&letter(0, 1), json!({ "number": 1 })), "the claims are not as they should be"),
        (with(&letter(0, 1), json!({ "organisations": "PLN" })), "the claims are not as they should be"),
        (with(&letter(0, 1), json!({ "organisation": ["PLN"] })), "unknown field"),
        (
            with(&letter(0, 1), json!({ "organisations": ["PLN", "PLNX"] })),
            "an organisation that there is not",
        ),
        (with(&letter(0, 1), json!({ "organisations": ["pln"] })), "an organisation that there is not"),
    ] {
        assert_token_refused(&app, &forge.token(&forge.auditor(letter)), words).await;
    }
    let letter = letter(0, 1);
    for other in [
        json!({ "assignment": letter }),
        json!({ "assignment": letter, "role": "ADMIN", "org": null, "level": null }),
        json!({ "assignment": letter, "role": "BUMN", "org": "PLN" }),
    ] {
        assert_token_refused(&app, &forge.token(&with(&claims, other)), "an auditor's token, and no other")
            .await;
    }
    let seated = with(&forge.auditor(letter), json!({ "org": "KEMENBUMN" }));
    assert_token_refused(&app, &forge.token(&seated), "a token of AUDITOR has neither org nor level").await;

    // Time passes for a token that was good.
    let token = forge.token(&claims);
    let at = |seconds: i64| kemitraan::types::Timestamp(seconds * 1_000_000);
    app.clock.set(at(now + 3_599));
    assert_accepted(&app, &token).await;
    app.clock.set(at(now + 3_600));
    assert_token_refused(&app, &token, "the token has expired (exp)").await;
    app.clock.set(at(now - 1));
    assert_token_refused(&app, &token, "the token is not valid yet (nbf)").await;
}

async fn organisations_are_looked_up(backend: Backend) {
    let app = TestApp::new(backend).await;
    let forge = Forge::of(&app);
    let claims = forge.claims();
    for _ in 0..2 {
        for (role, org, words) in [
            ("BUMN", "NO_SUCH", "there is no such organisation (org)"),
            ("BUMN", "", "there is no such organisation (org)"),
            ("BUMN", "pln", "there is no such organisation (org)"),
            ("BUMN", "PLN ", "there is no such organisation (org)"),
            ("BUMN", "' OR 1=1 --", "there is no such organisation (org)"),
            ("BUMN", "KEMENBUMN", "does not hold this seat (role)"),
            ("KEMENBUMN", "PLN", "does not hold this seat (role)"),
            ("KEMENBUMN", "KEMENPERIN", "does not hold this seat (role)"),
            ("KEMENPERIN", "KEMENKOPUKM", "does not hold this seat (role)"),
        ] {
            let token = forge.token(&with(&claims, json!({ "role": role, "org": org })));
            assert_token_refused(&app, &token, words).await;
        }
        // What is found once is remembered; what was not found is not made to be by that.
        for (role, org) in [("BUMN", "PLN"), ("KEMENBUMN", "KEMENBUMN"), ("KEMENPERIN", "KEMENPERIN")] {
            let viewer =
                assert_accepted(&app, &forge.token(&with(&claims, json!({ "role": role, "org": org }))))
                    .await;
            assert_eq!(viewer["role"], role);
            assert_eq!(viewer["organisation"]["code"], org);
        }
    }
    // One that holds no seat.
    let id = match backend {
        Backend::Sqlite => "X'018f0000000070008000000000000001'",
        Backend::Postgres => "'018f0000-0000-7000-8000-000000000001'",
    };
    app.sql(&format!("INSERT INTO organisation VALUES ({id}, 1, 'UNIT', 'EXECUTING_UNIT', NULL, NULL)"))
        .await;
    let token = forge.token(&with(&claims, json!({ "role": "BUMN", "org": "UNIT" })));
    assert_token_refused(&app, &token, "does not hold this seat (role)").await;
    // A code that cannot be one: still a 401, and nobody's fault but the token's.
    let token = forge.token(&with(&claims, json!({ "role": "BUMN", "org": "PLN\u{0}" })));
    assert_token_refused(&app, &token, "there is no such organisation (org)").await;
}

async fn tokens_are_accepted_however_they_are_written(backend: Backend) {
    let app = TestApp::new(backend).await;
    let forge = Forge::of(&app);
    let token = forge.token(&forge.claims());
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let answer = app.send(ask(&[&format!("{scheme} {token}")])).await;
        assert_eq!(answer.status, StatusCode::OK, "{scheme}: {}", answer.text);
        let expected = json!({ "actor": "by-hand", "role": "KEMENBUMN", "level": "APPROVER", "organisation": { "code": "KEMENBUMN" } });
        assert_eq!(answer.json()["data"]["viewer"], expected);
    }
    for aud in [json!(["kemitraan"]), json!(["another", "kemitraan"]), json!("kemitraan")] {
        assert_accepted(&app, &forge.token(&with(&forge.claims(), json!({ "aud": aud })))).await;
    }
    // Claims that are not ours are not our business.
    assert_accepted(&app, &forge.token(&with(&forge.claims(), json!({ "scope": "x", "azp": 7 })))).await;
    let header = with(&forge.header(), json!({ "typ": "at+jwt" }));
    assert_accepted(&app, &forge.sign(&header, &forge.claims())).await;
    for who in ["PLN:VIEWER", "KEMENKOPUKM:OFFICER", "KEMENPERIN", "AUDITOR", "AUDITOR+PLN+RNI"] {
        let viewer = assert_accepted(&app, &app.token(who)).await;
        assert_eq!(viewer["actor"], format!("test-{who}"));
    }
    assert_eq!(app.data("ADMIN", "{ viewer { actor } }").await["viewer"]["actor"], "test-ADMIN");
    // By GET as well.
    let get = Request::get("/graphql?query=%7Bviewer%7Brole%7D%7D")
        .header("authorization", format!("bearer {token}"))
        .body(Body::empty());
    assert_eq!(app.send(get.unwrap()).await.json()["data"], json!({ "viewer": { "role": "KEMENBUMN" } }));
}

fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

/// The app with the keys that are in its folder now, as after a start.
fn restarted(app: &TestApp) -> TestApp {
    let keys = Arc::new(Keys::load(&app.folder.join("keys"), &app.clock).unwrap());
    let verifier = Verifier::new(Arc::clone(&keys), ISSUER, app.app.access.clone());
    app.beside(kemitraan::api::execute::App { verifier, ..app.app.clone() }, keys)
}

async fn published(app: &TestApp) -> Value {
    let answer = app.send(Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/jwk-set+json");
    answer.json()
}

async fn keys_rotate(backend: Backend) {
    let app = TestApp::new(backend).await;
    let folder = app.folder.join("keys");
    let old = app.token("KEMENBUMN");
    let first = kid(&old);
    assert_eq!(pem_files(&app), [folder.join(format!("{first}.pem"))]);

    let later = Clock::fixed(kemitraan::types::Timestamp(app.now().0 + 1_000_000));
    let second = new_key(&folder, &later).unwrap();
    assert_ne!(first, second);
    let modes = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(modes(&folder), 0o700);
    let files = pem_files(&app);
    assert_eq!(files.len(), 2);
    for file in &files {
        assert_eq!(modes(file), 0o600, "{}", file.display());
    }

    let app2 = restarted(&app);
    let new = app2.token("KEMENBUMN");
    assert_eq!(kid(&new), second);
    for token in [&old, &new] {
        assert_accepted(&app2, token).await;
    }
    // Those that have not started again do not know the new one yet.
    assert_token_refused(&app, &new, "the key (kid) is not known here").await;
    // One key's name does not go with another's signature.
    let forge = Forge::of(&app);
    assert_eq!(forge.kid, second);
    let crossed = forge.sign(&with(&forge.header(), json!({ "kid": first })), &forge.claims());
    assert_token_refused(&app2, &crossed, "the signature does not fit").await;

    let set = published(&app2).await;
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.iter().map(|key| key["kid"].as_str().unwrap()).collect::<Vec<_>>(), [&first, &second]);
    for (key, file) in keys.iter().zip(&files) {
        let secret = SigningKey::from_pkcs8_pem(&std::fs::read_to_string(file).unwrap()).unwrap();
        let mut key = key.clone();
        assert_eq!(key["x"], URL_SAFE_NO_PAD.encode(secret.verifying_key().as_bytes()));
        assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
        assert_eq!((&key["use"], &key["alg"]), (&json!("sig"), &json!("EdDSA")));
        // Nothing else, so nothing private.
        for public in ["kty", "crv", "x", "use", "alg", "kid"] {
            key.as_object_mut().unwrap().remove(public);
        }
        assert_eq!(key, json!({}));
        assert!(!set.to_string().contains(&URL_SAFE_NO_PAD.encode(secret.to_bytes())));
    }
    assert_eq!(published(&app).await["keys"].as_array().unwrap().len(), 1);

    // A key that is taken away verifies no more.
    std::fs::remove_file(&files[0]).unwrap();
    let app3 = restarted(&app);
    assert_token_refused(&app3, &old, "the key (kid) is not known here").await;
    assert_accepted(&app3, &new).await;
    // A file that is no key is told of, and not passed over.
    std::fs::write(
        folder.join("zzz.pem"),
        "-----BEGIN PRIVATE KEY-----\nnot one\n-----END PRIVATE KEY-----\n",
    )
    .unwrap();
    let Err(error) = Keys::load(&folder, &app.clock) else { panic!("loaded") };
    assert!(error.describe().contains("zzz.pem"), "{}", error.describe());
}

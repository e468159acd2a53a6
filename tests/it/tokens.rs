//! Access tokens: who issues and revokes them, what is told of them, and that nobody is let in by one that was revoked.

mod command;
mod process;
mod seen;

use kemitraan::access::Role;
use kemitraan::auth::TokenRequest;
use kemitraan::types::GlobalId;
use serde_json::{Value, json};

use crate::scope::{assert_forbidden, global};
use crate::support::{Answer, Backend, ISSUER, TestApp};
use crate::walls::{dump, post_as};
use crate::writes::{assert_verified, sequence};

crate::both!(
    a_token_is_issued_and_shown_once,
    each_role_is_let_in_by_a_token_of_its_own,
    a_revoked_token_is_refused,
    who_issues_and_revokes,
    what_is_asked_wrongly_is_told_at_once,
);

pub const FIELDS: &str = "{ token { id version subject role organisation level purpose expiresAt inForce issuedAt issuedBy
    revokedAt revokedBy revocationReason assignment { institution number organisations validFrom validUntil } }
    version secret journalEntry { sequence actor role token action reason } }";

/// An object with other members.
pub fn with(mut object: Value, more: Value) -> Value {
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

/// A token of a seat, of a role of its own or of BUMN.
pub fn of_seat(code: &str, level: &str) -> Value {
    let role = if crate::support::BUMN.contains(&code) { "BUMN" } else { code };
    json!({ "subject": "p-0001", "role": role, "organisation": code, "level": level, "purpose": "Contoh",
        "expiresAt": "2027-02-01T00:00:00Z" })
}

pub fn of_auditor() -> Value {
    json!({ "subject": "a-0001", "role": "AUDITOR", "purpose": "Contoh", "expiresAt": "2026-12-20T00:00:00Z",
        "assignment": { "institution": "Contoh lembaga", "number": "CONTOH/1", "organisations": ["PLN", "RNI"],
            "validFrom": "2026-11-01", "validUntil": "2026-12-31" } })
}

/// The answer to a mutation by whoever holds the token: its payload, or the details of the error.
pub async fn act(app: &TestApp, token: &str, name: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {FIELDS} }}");
    let answer = post_as(app, token, &document, json!({ "input": input })).await.json();
    match answer["errors"].get(0) {
        Some(error) => error["extensions"].clone(),
        None => answer["data"][name].clone(),
    }
}

/// A token that an administrator has issued: its payload, and the token itself.
pub async fn issue(app: &TestApp, input: Value) -> (Value, String) {
    let mut issued = act(app, &app.token("ADMIN"), "tokenIssue", input).await;
    let secret = issued["secret"].as_str().unwrap_or_else(|| panic!("{issued:#}")).to_owned();
    (issued["token"].take(), secret)
}

pub async fn revoke(app: &TestApp, token: &Value) -> Value {
    let input = json!({ "id": token["id"], "expectedVersion": 1, "reason": "Contoh: perangkat hilang" });
    act(app, &app.token("ADMIN"), "tokenRevoke", input).await
}

pub async fn ask(app: &TestApp, token: &str, document: &str) -> Value {
    let mut answer = post_as(app, token, document, json!({})).await.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

#[track_caller]
pub fn assert_401(answer: &Answer, words: &str) {
    assert_eq!(answer.status, 401, "{}", answer.text);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains("error=\"invalid_token\"") && challenge.contains(words), "{challenge}");
    let body = answer.json();
    assert_eq!(body["errors"][0]["extensions"], json!({ "code": "UNAUTHENTICATED" }), "{body:#}");
    assert_eq!(body.get("data"), None, "{body:#}");
}

fn jti(token: &Value) -> String {
    GlobalId::parse(token["id"].as_str().unwrap()).unwrap().id.to_string()
}

async fn a_token_is_issued_and_shown_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (admin, before) = (app.token("ADMIN"), sequence(&app).await);
    let input = with(of_seat("PLN", "OFFICER"), json!({ "idempotencyKey": "k-1" }));
    let rehearsed = act(&app, &admin, "tokenIssue", with(input.clone(), json!({ "dryRun": true }))).await;
    assert_eq!(rehearsed["token"]["subject"], "p-0001", "{rehearsed:#}");
    assert_eq!((&rehearsed["secret"], &rehearsed["journalEntry"]), (&Value::Null, &Value::Null));
    assert_eq!(sequence(&app).await, before);

    let issued = act(&app, &admin, "tokenIssue", input.clone()).await;
    let token = &issued["token"];
    let expected = json!({ "id": token["id"], "version": 1, "subject": "p-0001", "role": "BUMN", "organisation": "PLN",
        "level": "OFFICER", "purpose": "Contoh", "expiresAt": "2027-02-01T00:00:00.000000Z", "inForce": true,
        "issuedAt": app.now().to_string(), "issuedBy": "test-ADMIN", "revokedAt": null, "revokedBy": null,
        "revocationReason": null, "assignment": null });
    assert_eq!(*token, expected);
    let entry = &issued["journalEntry"];
    assert_eq!(
        (&entry["sequence"], &entry["action"], &entry["reason"], &entry["actor"], &entry["role"]),
        (&json!(before + 1), &json!("tokenIssue"), &json!("Contoh"), &json!("test-ADMIN"), &json!("ADMIN"))
    );
    let secret = issued["secret"].as_str().unwrap().to_owned();
    let viewer = ask(&app, &secret, "{ viewer { actor role level organisation { code } } }").await;
    let expected =
        json!({ "actor": "p-0001", "role": "BUMN", "level": "OFFICER", "organisation": { "code": "PLN" } });
    assert_eq!(viewer["viewer"], expected);
    // A dry run of the same keeps nothing of the key.
    let again = act(&app, &admin, "tokenIssue", input.clone()).await;
    assert_eq!(again, with(issued.clone(), json!({ "secret": null })));
    let told = ask(&app, &admin, &format!("{{ token(id: {}) {{ id subject }} }}", token["id"])).await;
    assert_eq!(told["token"], json!({ "id": token["id"], "subject": "p-0001" }));

    // What was done by it is told by its id.
    let started = crate::walls::start(&app, "BUMN", Some(&["PLN"])).await;
    let answer = post_as(&app, &secret, &started.document, started.variables).await.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    let entries = app.data("ADMIN", "{ journal(direction: DESC, first: 1) { nodes { token actor } } }").await;
    assert_eq!(entries["journal"]["nodes"][0], json!({ "token": jti(token), "actor": "p-0001" }));

    // Of the token itself nothing is anywhere: neither what it says, as it is sent, nor its signature.
    let all = format!("{:?}", dump(&app).await);
    assert!(all.contains("p-0001"));
    for part in secret.split('.').skip(1) {
        assert!(!all.contains(part), "{part}");
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn each_role_is_let_in_by_a_token_of_its_own(backend: Backend) {
    let app = TestApp::new(backend).await;
    let admin = json!({ "subject": "p-2", "role": "ADMIN", "purpose": "Contoh", "expiresAt": "2027-11-24T05:00:00Z" });
    let service = with(of_seat("KEMENBUMN", "APPROVER"), json!({ "subject": "service:erp" }));
    for (input, level) in [
        (of_seat("KEMENKOPUKM", "APPROVER"), json!("APPROVER")),
        (of_seat("KEMENPERIN", "VIEWER"), json!("VIEWER")),
        (of_seat("RNI", "OFFICER"), json!("OFFICER")),
        // Several at once, and whatever the level a machine prepares.
        (service.clone(), json!("OFFICER")),
        (service, json!("OFFICER")),
        (of_auditor(), Value::Null),
        (admin, Value::Null),
    ] {
        let (token, secret) = issue(&app, input.clone()).await;
        let viewer = ask(&app, &secret, "{ viewer { actor role level } }").await;
        let expected = json!({ "actor": input["subject"], "role": input["role"], "level": level });
        assert_eq!(viewer["viewer"], expected);
        assert_eq!(token["role"], input["role"]);
    }

    // A letter reaches as far as it says, and reads.
    let (token, secret) = issue(&app, of_auditor()).await;
    assert_eq!(token["assignment"], of_auditor()["assignment"]);
    let viewer = ask(
        &app,
        &secret,
        "{ viewer { assignment { institution number organisations validFrom validUntil } } }",
    )
    .await;
    assert_eq!(viewer["viewer"]["assignment"], of_auditor()["assignment"]);
    let mine = ask(&app, &secret, "{ partnerships(first: 50) { nodes { organisation { code } } } }").await;
    let codes = mine["partnerships"]["nodes"].as_array().unwrap();
    assert!(!codes.is_empty());
    assert!(codes.iter().all(|one| ["PLN", "RNI"].contains(&one["organisation"]["code"].as_str().unwrap())));
    let answer = post_as(&app, &secret, "mutation { __typename }", json!({})).await;
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "FORBIDDEN");
    // One for the programme, and one that begins later.
    let mut whole = of_auditor();
    whole["assignment"]["organisations"] = Value::Null;
    let (token, _) = issue(&app, whole).await;
    assert_eq!(token["assignment"]["organisations"], Value::Null);
    let mut later = of_auditor();
    later["assignment"]["validFrom"] = json!("2026-11-25");
    let (_, secret) = issue(&app, later).await;
    assert_401(&post_as(&app, &secret, "{ viewer { role } }", json!({})).await, "outside the period");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_revoked_token_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (token, secret) = issue(&app, of_seat("PLN", "OFFICER")).await;
    let (_, other) = issue(&app, of_seat("PLN", "OFFICER")).await;
    ask(&app, &secret, "{ viewer { role } }").await;
    // Only tried, it is as good as before.
    let input = json!({ "id": token["id"], "expectedVersion": 1, "reason": "Contoh", "dryRun": true });
    let rehearsed = act(&app, &app.token("ADMIN"), "tokenRevoke", input).await;
    assert_eq!((&rehearsed["token"]["inForce"], &rehearsed["version"]), (&json!(false), &json!(2)));
    ask(&app, &secret, "{ viewer { role } }").await;

    let revoked = revoke(&app, &token).await;
    let told = &revoked["token"];
    assert_eq!((&told["inForce"], &told["revokedBy"]), (&json!(false), &json!("test-ADMIN")), "{revoked:#}");
    assert_eq!(told["revocationReason"], "Contoh: perangkat hilang");
    assert_eq!((&revoked["secret"], &revoked["version"]), (&Value::Null, &json!(2)));
    assert_eq!(revoked["journalEntry"]["reason"], "Contoh: perangkat hilang");
    let case = crate::walls::start(&app, "BUMN", Some(&["PLN"])).await;
    let before = dump(&app).await;
    for document in
        ["{ viewer { role } }", "{ __typename }", "{ __schema { queryType { name } } }", "{ nothing }", "{"]
    {
        assert_401(&post_as(&app, &secret, document, json!({})).await, "revoked");
    }
    assert_401(&post_as(&app, &secret, &case.document, case.variables.clone()).await, "revoked");
    for request in [
        axum::http::Request::post("/evidence?fileName=a.pdf").header("content-type", "application/pdf"),
        axum::http::Request::get(format!("/evidence/{}", global("evidence", uuid::Uuid::nil()))),
    ] {
        let request = request.header("authorization", format!("Bearer {secret}")).body("%PDF-1.7".into());
        assert_eq!(app.send(request.unwrap()).await.status, 401);
    }
    assert_eq!(dump(&app).await, before);
    // The other of the same subject goes on.
    let answer = post_as(&app, &other, &case.document, case.variables).await.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn who_issues_and_revokes(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (token, _) = issue(&app, of_seat("PLN", "OFFICER")).await;
    let id = token["id"].as_str().unwrap();
    let rule = "administrator-keeps-tokens";
    let lines = [
        ("Query.tokens", "{ tokens { totalCount } }".to_owned()),
        ("Query.token", format!("{{ token(id: \"{id}\") {{ subject }} }}")),
        (
            "Mutation.tokenIssue",
            "mutation { tokenIssue(input: { subject: \"p\", role: ADMIN, purpose: \"a\", expiresAt: \"2027-01-01T00:00:00Z\" })
                { secret } }"
                .to_owned(),
        ),
        (
            "Mutation.tokenRevoke",
            format!("mutation {{ tokenRevoke(input: {{ id: \"{id}\", expectedVersion: 1, reason: \"a\" }}) {{ version }} }}"),
        ),
    ];
    let before = dump(&app).await;
    for who in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "KEMENBUMN:VIEWER", "PLN", "AUDITOR", "AUDITOR+PLN"]
    {
        for (coordinate, document) in &lines {
            assert_forbidden(&app, who, document, coordinate, rule).await;
        }
        assert_eq!(app.code(who, &format!("{{ node(id: \"{id}\") {{ id }} }}")).await, "NOT_FOUND", "{who}");
    }
    // A machine lets nobody in.
    let machine = TokenRequest { subject: Some("service:kunci".to_owned()), ..request(Role::Admin) };
    let machine = machine.issue(&app.keys, ISSUER, &app.clock).unwrap();
    assert_eq!(ask(&app, &machine, "{ tokens { totalCount } }").await["tokens"]["totalCount"], 1);
    let refused = act(&app, &machine, "tokenIssue", of_seat("PLN", "OFFICER")).await;
    assert_eq!(refused, json!({ "code": "FORBIDDEN", "rule": "service-account" }));
    let input = json!({ "id": id, "expectedVersion": 1, "reason": "Contoh" });
    let refused = act(&app, &machine, "tokenRevoke", input.clone()).await;
    assert_eq!(refused, json!({ "code": "FORBIDDEN", "rule": "service-account" }));

    let admin = app.token("ADMIN");
    let refused =
        act(&app, &admin, "tokenRevoke", with(input.clone(), json!({ "expectedVersion": 2 }))).await;
    assert_eq!(
        (&refused["code"], &refused["currentVersion"]),
        (&json!("CONFLICT"), &json!(1)),
        "{refused:#}"
    );
    for nothing in
        [global("token", uuid::Uuid::from_u128(1)), id.replace("token_", "partner_"), "token".to_owned()]
    {
        let refused = act(&app, &admin, "tokenRevoke", with(input.clone(), json!({ "id": nothing }))).await;
        assert_eq!(refused["code"], "NOT_FOUND", "{nothing}");
        assert_eq!(app.code("ADMIN", &format!("{{ token(id: \"{nothing}\") {{ id }} }}")).await, "NOT_FOUND");
    }
    assert_eq!(dump(&app).await, before);

    // Not the one that it is asked with, which could not be told what came of it.
    let admins = json!({ "subject": "p-2", "role": "ADMIN", "purpose": "Contoh", "expiresAt": "2027-01-01T00:00:00Z" });
    let (own, secret) = issue(&app, admins.clone()).await;
    let own = json!({ "id": own["id"], "expectedVersion": 1, "reason": "Contoh: ganti" });
    let refused = act(&app, &secret, "tokenRevoke", own.clone()).await;
    assert_eq!(refused, json!({ "code": "FORBIDDEN", "rule": "own-token" }));
    let (_, next) = issue(&app, admins).await;
    assert_eq!(act(&app, &next, "tokenRevoke", own.clone()).await["version"], 2);
    let since = act(&app, &next, "tokenRevoke", own.clone()).await;
    let told = &since["changes"][0];
    assert_eq!((&since["currentVersion"], &told["action"]), (&json!(2), &json!("tokenRevoke")), "{since:#}");
    assert_eq!(told["fields"], json!(["Token.revokedAt", "Token.revokedBy", "Token.revocationReason"]));
    let again = act(&app, &next, "tokenRevoke", with(own, json!({ "expectedVersion": 2 }))).await;
    assert_eq!(
        (&again["code"], &again["rule"]),
        (&json!("INVALID_TRANSITION"), &json!("revoked")),
        "{again:#}"
    );
    assert_verified(&app.app.access, &app.folder).await;
}

fn request(role: Role) -> TokenRequest {
    TokenRequest {
        role,
        organisation: None,
        level: None,
        subject: None,
        days: 30,
        institution: None,
        letter: None,
        letter_from: None,
        letter_until: None,
        covers: Vec::new(),
    }
}

async fn what_is_asked_wrongly_is_told_at_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (admin, before) = (app.token("ADMIN"), dump(&app).await);
    let paths = async |input: Value| {
        let refused = act(&app, &admin, "tokenIssue", input).await;
        assert_eq!(refused["code"], "BAD_USER_INPUT", "{refused:#}");
        let faults = refused["faults"].as_array().unwrap().clone();
        faults.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let wrong = json!({ "subject": "two words", "role": "BUMN", "organisation": "KEMENBUMN", "purpose": " ",
        "expiresAt": "2027-11-24T05:00:01Z", "assignment": of_auditor()["assignment"], "idempotencyKey": "" });
    let expected =
        ["subject", "purpose", "organisation", "level", "expiresAt", "assignment", "idempotencyKey"];
    assert_eq!(paths(wrong).await, expected.map(|path| format!("input.{path}")));
    for organisation in [Value::Null, json!("NOBODY"), json!("pln")] {
        let input = with(of_seat("PLN", "OFFICER"), json!({ "organisation": organisation }));
        assert_eq!(paths(input).await, ["input.organisation"], "{organisation}");
    }
    let letter = |path: &str, value: Value| {
        let mut input = of_auditor();
        input["assignment"][path] = value;
        input
    };
    for (path, value, told) in [
        ("institution", json!("a\nb"), "institution"),
        ("number", json!(""), "number"),
        ("organisations", json!([]), "organisations"),
        ("organisations", json!(["PLN", "X"]), "organisations.1"),
        ("organisations", json!(vec!["PLN"; 31]), "organisations"),
        ("validFrom", json!("2027-01-01"), "validUntil"),
    ] {
        assert_eq!(paths(letter(path, value)).await, [format!("input.assignment.{told}")], "{path}");
    }
    let past =
        with(letter("validUntil", json!("2026-11-23")), json!({ "expiresAt": "2026-11-24T06:00:00Z" }));
    assert_eq!(paths(past).await, ["input.assignment.validUntil", "input.expiresAt"]);
    for expires in ["2026-11-24T05:00:00Z", "2027-02-23T05:00:00Z", "1970-01-01T00:00:00Z"] {
        let input = with(letter("validUntil", json!("2027-12-31")), json!({ "expiresAt": expires }));
        assert_eq!(paths(input).await, ["input.expiresAt"], "{expires}");
    }
    let reason = json!({ "id": "token_1", "expectedVersion": 1, "reason": "" });
    let refused = act(&app, &admin, "tokenRevoke", reason).await;
    assert_eq!(refused["faults"][0]["path"], "input.reason", "{refused:#}");
    assert_eq!(dump(&app).await, before);
}

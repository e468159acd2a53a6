//! Several processes on one database: what one revokes or records holds in the others from then on.

use std::sync::Arc;

use kemitraan::access::{Access, Level, Permit, Role, Write};
use kemitraan::api::execute::App;
use kemitraan::db::{Database, Options};
use kemitraan::nouns::milestones::entity::milestone;
use kemitraan::nouns::milestones::rules;
use kemitraan::types::Clock;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{ask, assert_401, issue, of_seat, revoke};
use crate::commands::{Folder, Server, ok};
use crate::scope::{global, rows, sequences, uuids};
use crate::support::{Backend, TestApp};
use crate::walls::{dump, post_as, start};
use crate::writes::assert_verified;

crate::both!(
    a_revocation_stops_a_token_in_every_process,
    an_open_write_does_not_outlast_the_revocation,
    nothing_is_recorded_by_a_token_after_its_revocation,
    processes_heed_what_another_has_recorded,
);

/// The same database, through connections of another's, as another process has them.
async fn another(app: &TestApp) -> TestApp {
    let db = Database::connect(&Options::of(&app.url)).await.unwrap();
    let access = Access::new(db.clone(), app.clock.clone(), 90);
    app.beside(App { db, access, ..app.app.clone() }, Arc::clone(&app.keys))
}

async fn a_revocation_stops_a_token_in_every_process(backend: Backend) {
    let app = TestApp::new(backend).await;
    let other = another(&app).await;
    let (token, secret) = issue(&app, of_seat("PLN", "OFFICER")).await;
    // Served before: what is remembered of it must not stand in the way.
    ask(&other, &secret, "{ partnerships { totalCount } }").await;
    let case = start(&app, "BUMN", Some(&["PLN"])).await;
    revoke(&app, &token).await;
    let before = dump(&app).await;
    for app in [&other, &app] {
        assert_401(&post_as(app, &secret, "{ partnerships { totalCount } }", json!({})).await, "revoked");
        assert_401(&post_as(app, &secret, &case.document, case.variables.clone()).await, "revoked");
    }
    assert_eq!(dump(&app).await, before);
    // One that has served nobody yet knows it as well.
    let fresh = another(&app).await;
    assert_401(&post_as(&fresh, &secret, "{ viewer { role } }", json!({})).await, "revoked");
}

async fn an_open_write_does_not_outlast_the_revocation(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (token, secret) = issue(&app, of_seat("RNI", "OFFICER")).await;
    let actor = app.app.verifier.actor(&secret).await.unwrap().unwrap();
    let waiting = milestone::Entity::find()
        .filter(milestone::Column::Organisation.eq(actor.organisation_id().unwrap()))
        .filter(milestone::Column::Status.eq("SCHEDULED"))
        .filter(milestone::Column::Reporter.eq(Role::Bumn));
    let row = waiting.one(app.raw()).await.unwrap().unwrap();
    let permit = Permit::grant(&actor, "milestoneStart", row.id, &[row.reporter], Level::Officer).unwrap();
    let started = rules::started(&row, app.clock.now());

    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    write.update::<milestone::Entity>(&permit, &started).await.unwrap();
    let other = another(&app).await;
    if backend == Backend::Postgres {
        assert_eq!(revoke(&other, &token).await["version"], 2);
        let before = dump(&app).await;
        let refused = write.append(&permit, None).await.err().unwrap();
        assert_eq!(refused.code(), kemitraan::error::Code::Unauthenticated);
        assert_eq!(dump(&app).await, before);
    } else {
        // One writes at a time: the revocation waits, and the act was before it.
        let act = async || write.append(&permit, None).await.unwrap().commit().await.unwrap().sequence;
        let (sequence, revoked) = futures_util::future::join(act(), revoke(&other, &token)).await;
        assert_eq!(revoked["journalEntry"]["sequence"], sequence + 1, "{revoked:#}");
    }
    assert_401(&post_as(&app, &secret, "{ viewer { role } }", json!({})).await, "revoked");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn nothing_is_recorded_by_a_token_after_its_revocation(backend: Backend) {
    let app = TestApp::new(backend).await;
    let apps = [Arc::new(another(&app).await), Arc::new(another(&app).await)];
    let partnership = uuids(
        &app,
        "SELECT p.id FROM partnership p JOIN organisation o ON o.id = p.organisation
        WHERE o.code = 'PLN' ORDER BY p.id",
    )
    .await[0];
    let comment = format!(
        "mutation {{ commentAdd(input: {{ subject: \"{}\", body: \"Contoh\" }}) {{ version }} }}",
        global("partnership", partnership)
    );
    for round in 0..3 {
        let (token, secret) = issue(&app, of_seat("PLN", "OFFICER")).await;
        let writers = (0..24).map(|writer| {
            let (app, secret, comment) = (Arc::clone(&apps[writer % 2]), secret.clone(), comment.clone());
            tokio::spawn(async move { post_as(&app, &secret, &comment, json!({})).await.json() })
        });
        let writers = writers.collect::<Vec<_>>();
        let revoked = revoke(&apps[round % 2], &token).await;
        let sequence = revoked["journalEntry"]["sequence"].as_i64().unwrap_or_else(|| panic!("{revoked:#}"));
        let mut written = 0;
        for answer in futures_util::future::join_all(writers).await {
            let answer = answer.unwrap();
            match answer["errors"].get(0) {
                None => written += 1,
                Some(error) => assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED", "{answer:#}"),
            }
        }
        let id = super::jti(&token);
        let by = sequences(&app, &format!("SELECT sequence FROM journal_entry WHERE token = '{id}'")).await;
        assert_eq!(by.len(), written);
        assert!(by.iter().all(|entry| *entry < sequence), "{by:?} {sequence}");
    }
    assert_verified(&app.app.access, &app.folder).await;
}

/// Asks of a process, by the real clock.
fn told(server: &Server, token: &str, document: &str) -> Value {
    let (status, mut answer) = server.ask(token, document);
    assert!(status == 200 && answer.get("errors").is_none(), "{status}: {answer:#}");
    answer["data"].take()
}

async fn processes_heed_what_another_has_recorded(backend: Backend) {
    let app = TestApp::new(backend).await;
    let folder = Folder::new();
    let keys = folder.join("keys");
    let issue = |args: &str| {
        let fixed = ["token", "issue", "--keys", &keys, "--database", &app.url];
        ok(&[&fixed[..], &args.split(' ').collect::<Vec<_>>()].concat()).trim().to_owned()
    };
    let admin = issue("--role ADMIN --subject a-1");
    let keeper = issue("--role KEMENBUMN --organisation KEMENBUMN --level APPROVER --subject p-1");
    let rni = issue("--role BUMN --organisation RNI --level OFFICER --subject p-2");
    let one = Server::serve(&app.url, &keys, &[]);
    let two = Server::serve(&app.url, &keys, &["--require-registered-tokens"]);

    let expires = kemitraan::types::Timestamp(Clock::system().now().0 + 3_600_000_000);
    let input = format!(
        "subject: \"p-3\", role: BUMN, organisation: \"PLN\", level: OFFICER, purpose: \"Contoh\", expiresAt: \"{expires}\""
    );
    let document = format!("mutation {{ tokenIssue(input: {{ {input} }}) {{ token {{ id }} secret }} }}");
    let issued = told(&one, &admin, &document)["tokenIssue"].clone();
    let (id, secret) = (issued["token"]["id"].clone(), issued["secret"].as_str().unwrap().to_owned());
    let list = "{ partnerships(first: 1) { nodes { id } } }";
    let partnership = told(&two, &secret, list)["partnerships"]["nodes"][0]["id"].clone();
    // Whole answers are kept here, which are no less refused.
    told(&two, &secret, list);
    let comment = |of: &Value| {
        format!("mutation {{ commentAdd(input: {{ subject: {of}, body: \"Contoh\" }}) {{ version }} }}")
    };
    told(&two, &secret, &comment(&partnership));

    let document = format!(
        "mutation {{ tokenRevoke(input: {{ id: {id}, expectedVersion: 1, reason: \"Contoh\" }}) {{ version }} }}"
    );
    assert_eq!(told(&one, &admin, &document)["tokenRevoke"]["version"], 2);
    for server in [&two, &one] {
        for document in [list.to_owned(), comment(&partnership)] {
            let (status, answer) = server.ask(&secret, &document);
            assert_eq!(status, 401, "{answer}");
            assert_eq!(answer["errors"][0]["message"], "the token was revoked");
        }
    }

    // An organisation that was succeeded reads on and writes no more, in the process that did not record it either.
    let own = told(&two, &rni, list)["partnerships"]["nodes"][0]["id"].clone();
    told(&two, &rni, &comment(&own));
    let sql = "SELECT id, version FROM organisation WHERE code IN ('RNI', 'PERHUTANI') ORDER BY code DESC";
    let found = rows(&app, sql).await;
    let organisation = |at: usize| global("organisation", found[at].try_get_by_index(0).unwrap());
    let version: i32 = found[0].try_get_by_index(1).unwrap();
    let today = Clock::system().today();
    let document = format!(
        "mutation {{ organisationSucceed(input: {{ id: \"{}\", expectedVersion: {version}, kind: MERGE, effectiveOn: \"{today}\",
            legalBasis: \"Contoh (data contoh)\", successors: [{{ organisation: \"{}\" }}] }}) {{ version }} }}",
        organisation(0),
        organisation(1)
    );
    told(&one, &keeper, &document);
    told(&two, &rni, list);
    let (_, refused) = two.ask(&rni, &comment(&own));
    assert_eq!(refused["errors"][0]["extensions"], json!({ "code": "FORBIDDEN", "rule": "succeeded" }));

    // What was noted of uses is written before the end.
    for server in [one, two] {
        server.end("-TERM");
    }
    let uses = rows(&app, "SELECT used_from FROM token_use").await;
    assert!(uses.len() >= 3, "{}", uses.len());
    assert!(uses.iter().all(|row| row.try_get_by_index::<String>(0).unwrap() == "127.0.0.1"));
    assert_verified(&app.app.access, &app.folder).await;
}

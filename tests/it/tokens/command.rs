//! `kemitraan token …` with a database.

use serde_json::Value;

use crate::commands::{Folder, Server, finish, kemitraan, ok, one_line};
use crate::scope::rows;
use crate::support::{Backend, TestApp};
use crate::writes::assert_verified;

crate::both!(tokens_are_issued_listed_and_revoked_on_the_command_line);

async fn tokens_are_issued_listed_and_revoked_on_the_command_line(backend: Backend) {
    let app = TestApp::new(backend).await;
    let folder = Folder::new();
    let keys = folder.join("keys");
    let issue = |more: &[&'static str]| {
        let mut args = vec!["token", "issue", "--keys", &keys, "--database", &app.url];
        args.extend(more);
        args.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let issued = |more: &[&'static str]| {
        let args = issue(more);
        ok(&args.iter().map(String::as_str).collect::<Vec<_>>()).trim().to_owned()
    };
    let list = |more: &[&'static str]| {
        let mut args = vec!["token", "list", "--database", &app.url];
        args.extend(more);
        let lines = ok(&args);
        let fields = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        lines.lines().map(fields).collect::<Vec<_>>()
    };
    assert_eq!(list(&["--all"]), <[Vec<String>; 0]>::default());
    let admin = issued(&["--role", "ADMIN", "--subject", "a-1", "--purpose", "Contoh: mulai"]);
    let seat = ["--role", "BUMN", "--organisation", "PLN", "--level", "OFFICER", "--subject", "p-1"];
    let officer = issued(&seat);
    let letter =
        ["--institution", "Contoh", "--letter", "1", "--covers", "PLN", "--covers", "RNI", "--days", "90"];
    let period = ["--letter-from", "2026-01-31", "--letter-until", "2999-12-31"];
    issued(&[&["--role", "AUDITOR"][..], &letter, &period].concat());
    let kept = rows(
        &app,
        "SELECT CAST(letter_from AS TEXT), CAST(letter_until AS TEXT) FROM token WHERE role = 'AUDITOR'",
    )
    .await;
    let day = |at: usize| kept[0].try_get_by_index::<String>(at).unwrap();
    assert_eq!((day(0), day(1)), ("2026-01-31".to_owned(), "2999-12-31".to_owned()));

    let listed = list(&[]);
    assert_eq!(listed.len(), 3, "{listed:#?}");
    let officers = &listed[1];
    assert_eq!(officers[1..6], ["in force", "BUMN", "PLN", "OFFICER", "p-1"]);
    assert_eq!(officers[7..], ["never used", "Issued on the command line"]);
    assert_eq!(listed[2][1..6], ["in force", "ADMIN", "-", "-", "a-1"]);
    assert_eq!(listed[2][8], "Contoh: mulai");

    let server = Server::serve(&app.url, &keys, &["--require-registered-tokens"]);
    let (status, answer) = server.ask(&admin, "{ tokens { nodes { id issuedBy role } } }");
    assert_eq!(status, 200, "{answer:#}");
    let nodes = answer["data"]["tokens"]["nodes"].as_array().unwrap();
    assert!(nodes.iter().all(|node| node["issuedBy"] == "COMMAND_LINE"), "{answer:#}");
    let ids = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(ids, listed.iter().map(|line| line[0].as_str()).collect::<Vec<_>>());
    assert_eq!(server.ask(&officer, "{ viewer { role } }").0, 200);
    // One that no database knows is refused where that is set.
    let alone = ok(&["token", "issue", "--keys", &keys, "--role", "ADMIN"]);
    assert_eq!(server.ask(alone.trim(), "{ viewer { role } }").0, 401);

    let revoke = ["token", "revoke", "--database", &app.url, &officers[0], "--reason", "Contoh: hilang"];
    assert_eq!(ok(&revoke), "");
    let (status, answer): (u16, Value) = server.ask(&officer, "{ viewer { role } }");
    assert_eq!(status, 401, "{answer}");
    assert!(one_line(&revoke).contains("revoked before"));
    server.end("-TERM");
    assert_eq!(list(&[]).len(), 2);
    let all = list(&["--all"]);
    assert_eq!((all.len(), all[1][1].as_str()), (3, "revoked"));
    // Written at the end, if not before.
    assert!(all[2][7].starts_with("used ") && all[2][7].ends_with(" from 127.0.0.1"), "{all:#?}");

    let acts =
        rows(&app, "SELECT action, actor, reason FROM journal_entry ORDER BY sequence DESC LIMIT 1").await;
    let text = |at: usize| acts[0].try_get_by_index::<String>(at).unwrap();
    assert_eq!(
        (text(0), text(1), text(2)),
        ("tokenRevoke".into(), "COMMAND_LINE".into(), "Contoh: hilang".into())
    );

    // What cannot be leaves nothing.
    for (wrong, words) in [
        (&["--role", "BUMN", "--organisation", "KEMENBUMN", "--level", "OFFICER"][..], "input.organisation"),
        (
            &["--role", "AUDITOR", "--institution", "a", "--letter", "b", "--letter-until", "2026-01-01"],
            "outlive",
        ),
        (&["--role", "ADMIN", "--subject", "SEED"], "input.subject"),
        (&["--role", "ADMIN", "--level", "OFFICER"], "neither --organisation nor --level"),
        (&["--role", "AUDITOR", "--institution", "a", "--letter", "b", "--covers", "X"], "organisations.0"),
    ] {
        let args = issue(wrong);
        let line = one_line(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(line.contains(words), "{line}");
    }
    for wrong in ["token_1", "nothing", &officers[0].replace("token_", "partner_")] {
        one_line(&["token", "revoke", "--database", &app.url, wrong, "--reason", "Contoh"]);
    }
    one_line(&["token", "revoke", "--database", &app.url, &listed[2][0], "--reason", " "]);
    assert_eq!(list(&["--all"]).len(), 3);
    // The variable names the database as the flag does.
    let mut by_variable = kemitraan(&["token", "issue", "--keys", &keys, "--role", "ADMIN"]);
    by_variable.env("KEMITRAAN_DATABASE", &app.url);
    assert!(finish(by_variable).status.success());
    assert_eq!(list(&["--all"]).len(), 4);
    assert_verified(&app.app.access, &app.folder).await;
}

//! The program itself, as a process: what each command prints, how it ends.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::database::blank;
use crate::support::{BUMN, Backend, TestApp};

mod allocator;
mod running;

pub use running::{Folder, Server, finish, kemitraan, ok, one_line, text};

use running::run;

crate::both!(
    a_database_is_migrated_seeded_and_verified,
    tampering_ends_in_exit_status_1,
    tokens_are_accepted_by_what_is_served,
    an_unmigrated_database_is_not_served,
);

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn tokens(folder: &Folder) -> BTreeMap<String, Value> {
    let path = folder.0.join("demo/tokens.json");
    assert_eq!(mode(&path), 0o600);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn demo_head(folder: &Folder) -> String {
    head(&ok(&["journal", "verify", "--database", &format!("sqlite://{}", folder.join("demo/kemitraan.db"))]))
}

/// The head that a verification prints.
fn head(printed: &str) -> String {
    let line = printed.lines().find_map(|line| line.strip_prefix("head "));
    line.unwrap_or_else(|| panic!("no head: {printed}")).to_owned()
}

#[test]
fn the_demo_serves_the_pilot_with_a_token_for_each_role() {
    let folder = Folder::new();
    let demo = Server::demo(&folder.join("demo"), &[]);
    let tokens = tokens(&folder);
    let mut names = Vec::new();
    for ministry in ["kemenbumn", "kemenkopukm", "kemenperin", "pertamina"] {
        names.extend([ministry.to_owned(), format!("{ministry}-officer"), format!("{ministry}-viewer")]);
    }
    names.extend(
        ["admin", "auditor", "kimia-farma", "krakatau-steel", "perhutani", "pln", "rni"].map(str::to_owned),
    );
    names.sort();
    assert_eq!(tokens.keys().cloned().collect::<Vec<_>>(), names);
    for (name, token) in &tokens {
        // Each is on the screen, with its name above it.
        let text = token["token"].as_str().unwrap();
        let at = demo
            .lines
            .iter()
            .position(|line| line == name)
            .unwrap_or_else(|| panic!("no {name} on the screen"));
        assert_eq!(demo.lines[at + 1].trim(), text, "{name}");
        let members = token.as_object().unwrap().keys().collect::<Vec<_>>();
        assert_eq!(members, ["level", "organisation", "role", "token"], "{name}");
        // And each is what it is said to be.
        // An administrator reads nothing of organisations.
        let organisation = if name == "admin" { "" } else { "organisation { code }" };
        let (status, answer) = demo.ask(text, &format!("{{ viewer {{ role level {organisation} }} }}"));
        assert_eq!(status, 200, "{name}: {answer}");
        let viewer = &answer["data"]["viewer"];
        assert_eq!((&viewer["role"], &viewer["level"]), (&token["role"], &token["level"]), "{name}");
        let code = &viewer["organisation"]["code"];
        assert_eq!(code, &token["organisation"], "{name}");
    }
    for (name, role) in [("admin", "ADMIN"), ("auditor", "AUDITOR")] {
        assert_eq!(tokens[name]["role"], role);
        assert_eq!((&tokens[name]["organisation"], &tokens[name]["level"]), (&Value::Null, &Value::Null));
    }
    for code in BUMN {
        let name = code.to_lowercase().replace('_', "-");
        assert_eq!((&tokens[&name]["role"], &tokens[&name]["organisation"]), (&json!("BUMN"), &json!(code)));
    }

    // The line that can be pasted, sent as it stands.
    let curl = demo.lines.iter().find(|line| line.starts_with("curl ")).unwrap();
    assert!(curl.contains(&format!(" http://{}/graphql ", demo.address)), "{curl}");
    let token = curl.split_once("Bearer ").unwrap().1.split_once('\'').unwrap().0;
    let body = curl.split_once("-d '").unwrap().1.strip_suffix('\'').unwrap();
    let (status, answer) = demo.send("POST", "/graphql", Some(token), body);
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    assert_eq!(answer["data"]["partnerships"]["totalCount"], 9);
    let nodes = answer["data"]["partnerships"]["nodes"].as_array().unwrap();
    assert!(!nodes.is_empty());
    assert!(
        nodes.iter().all(|node| !node["milestones"]["nodes"].as_array().unwrap().is_empty()),
        "{answer:#}"
    );

    // Secrets are for the owner alone.
    assert_eq!(mode(&folder.0.join("demo/keys")), 0o700);
    let keys = std::fs::read_dir(folder.0.join("demo/keys")).unwrap().map(|entry| entry.unwrap().path());
    let keys = keys.collect::<Vec<_>>();
    assert_eq!(keys.len(), 1);
    assert_eq!(mode(&keys[0]), 0o600);
    demo.end("-INT");
}

#[test]
fn the_demo_keeps_its_data_until_it_is_reset() {
    let folder = Folder::new();
    let demo = Server::demo(&folder.join("demo"), &[]);
    let first = tokens(&folder);
    let token = |tokens: &BTreeMap<String, Value>| tokens["pertamina"]["token"].as_str().unwrap().to_owned();
    // Something happens in it.
    let (_, answer) = demo.ask(
        &token(&first),
        "{ milestones(first: 1, filter: { status: [SCHEDULED], reporter: [BUMN] }) { nodes { id version } } }",
    );
    let node = &answer["data"]["milestones"]["nodes"][0];
    let start = format!(
        "mutation {{ milestoneStart(input: {{ id: {}, expectedVersion: {} }}) {{ milestone {{ status }} }} }}",
        node["id"], node["version"]
    );
    let (_, answer) = demo.ask(&token(&first), &start);
    assert_eq!(answer["data"]["milestoneStart"]["milestone"]["status"], "IN_PROGRESS", "{answer:#}");
    demo.end("-TERM");
    let kept = demo_head(&folder);

    let demo = Server::demo(&folder.join("demo"), &[]);
    assert_eq!(demo_head(&folder), kept);
    // The tokens of the first start are good still, as are the new ones.
    for tokens in [&first, &tokens(&folder)] {
        assert_eq!(demo.ask(&token(tokens), "{ viewer { role } }").0, 200);
    }
    demo.end("-INT");

    let demo = Server::demo(&folder.join("demo"), &["--reset"]);
    let anew = demo_head(&folder);
    assert_ne!(anew, kept);
    let sequence = |head: &str| head.split_once(':').unwrap().0.parse::<i64>().unwrap();
    assert_eq!(sequence(&anew), sequence(&kept) - 1);
    assert_eq!(demo.ask(&token(&first), "{ viewer { role } }").0, 401);
    assert_eq!(demo.ask(&token(&tokens(&folder)), "{ viewer { role } }").0, 200);
    demo.end("-INT");
}

#[tokio::test]
async fn data_of_an_earlier_version_is_not_shown_as_if_it_were_whole() {
    let folder = Folder::new();
    Server::demo(&folder.join("demo"), &[]).end("-INT");
    let raw = crate::support::connect(&format!("sqlite://{}", folder.join("demo/kemitraan.db"))).await;
    raw.execute_unprepared("UPDATE milestone SET clause = NULL; DELETE FROM clause").await.unwrap();
    raw.close().await.unwrap();
    let line = one_line(&["demo", "--data", &folder.join("demo"), "--listen", "127.0.0.1:0"]);
    assert!(line.contains("--reset"), "{line}");
    let demo = Server::demo(&folder.join("demo"), &["--reset"]);
    let (_, answer) =
        demo.ask(tokens(&folder)["pln"]["token"].as_str().unwrap(), "{ quarters { totalCount } }");
    assert_eq!(answer["data"]["quarters"]["totalCount"], 9, "{answer:#}");
    demo.end("-INT");
}

/// Not kept from its end by those who are connected and say nothing.
#[test]
fn the_demo_ends_although_connections_are_open() {
    let folder = Folder::new();
    for signal in ["-INT", "-TERM"] {
        let demo = Server::demo(&folder.join("demo"), &[]);
        let silent = TcpStream::connect(&demo.address).unwrap();
        let mut idle = TcpStream::connect(&demo.address).unwrap();
        write!(idle, "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        let mut status = String::new();
        BufReader::new(&idle).read_line(&mut status).unwrap();
        assert!(status.contains(" 200 "), "{status}");
        demo.end(signal);
        drop((silent, idle));
    }
}

#[test]
fn what_keeps_the_demo_from_starting_is_said_in_one_line() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = one_line(&["demo", "--data", &folder.join("demo"), "--listen", &address]);
    assert!(line.contains(&address) && line.contains("--listen"), "{line}");
    assert!(!folder.0.join("demo").exists());

    // A file stands where the folder should, or above it. (Modes do not keep root out.)
    std::fs::write(folder.0.join("file"), "").unwrap();
    for name in ["file", "file/demo"] {
        let line = one_line(&["demo", "--data", &folder.join(name), "--listen", "127.0.0.1:0"]);
        assert!(line.contains(&folder.join(name)), "{line}");
    }
    // What is in the folder is no database.
    std::fs::create_dir_all(folder.0.join("odd")).unwrap();
    std::fs::write(folder.0.join("odd/kemitraan.db"), "not a database, whatever it is called; long enough to have a header of one hundred bytes, and more than these").unwrap();
    one_line(&["demo", "--data", &folder.join("odd"), "--listen", "127.0.0.1:0"]);
    // A folder stands where a file should.
    std::fs::create_dir_all(folder.0.join("dirs/kemitraan.db")).unwrap();
    let line = one_line(&["demo", "--data", &folder.join("dirs"), "--listen", "127.0.0.1:0"]);
    assert!(line.contains(&folder.join("dirs")), "{line}");
    std::fs::create_dir_all(folder.0.join("tokens/tokens.json")).unwrap();
    let line = one_line(&["demo", "--data", &folder.join("tokens"), "--listen", "127.0.0.1:0"]);
    assert!(line.contains(&folder.join("tokens/tokens.json")), "{line}");
}

async fn a_database_is_migrated_seeded_and_verified(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let url = blank(&app).await;
    let printed = ok(&["migrate", "--database", &url]);
    assert_eq!(printed.lines().count(), crate::database::STEPS.len(), "{printed}");
    assert_eq!(ok(&["migrate", "--database", &url]), "");
    let empty = ok(&["journal", "verify", "--database", &url]);
    assert!(empty.ends_with("verified: all is as it was recorded\n"), "{empty}");
    assert_eq!(ok(&["seed", "--database", &url]), "");

    let printed = ok(&["journal", "verify", "--database", &url]);
    let lines = printed.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 3, "{printed}");
    assert!(
        lines[0].contains(" entries with ") && lines[0].contains(" rows compared with their replay"),
        "{printed}"
    );
    assert_eq!(lines[2], "verified: all is as it was recorded");
    let head = head(&printed);
    // A head of now, one of before the seed, and by the variable.
    for expect in [&head, &self::head(&empty)] {
        ok(&["journal", "verify", "--database", &url, "--expect", expect]);
    }
    let mut by_variable = kemitraan(&["journal", "verify"]);
    by_variable.env("KEMITRAAN_DATABASE", &url).env("KEMITRAAN_EXPECT", &head);
    let by_variable = finish(by_variable);
    assert!(by_variable.status.success(), "{by_variable:?}");

    let (sequence, hash) = head.split_once(':').unwrap();
    let beyond = format!("{}:{hash}", sequence.parse::<i64>().unwrap() + 1);
    let wrong = format!("{sequence}:{}", "07".repeat(32));
    for (expect, found) in [(beyond, "is expected, but is not there"), (wrong, "not the expected 0707")] {
        let output = run(&["journal", "verify", "--database", &url, "--expect", &expect]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let printed = text(&output.stdout);
        assert!(printed.lines().next().unwrap().contains(found), "{printed}");
        assert!(printed.ends_with("NOT VERIFIED: 1 findings\n"), "{printed}");
    }
    for malformed in ["", "1", "1:", "x:00", &format!("-1:{hash}"), &format!("{sequence}:{}", &hash[1..])] {
        let output = run(&["journal", "verify", "--database", &url, "--expect", malformed]);
        assert_eq!(output.status.code(), Some(2), "{malformed}: {output:?}");
    }

    for scale in [&[][..], &["--scale", "expansion", "--rng-seed", "3"]] {
        let line = one_line(&[&["seed", "--database", &url], scale].concat());
        assert!(line.contains("not empty"), "{line}");
    }
    let line = one_line(&["seed", "--rng-seed", "3", "--database", &url]);
    assert!(line.contains("--rng-seed"), "{line}");
    assert_eq!(self::head(&ok(&["journal", "verify", "--database", &url])), head);
}

async fn tampering_ends_in_exit_status_1(backend: Backend) {
    let app = TestApp::new(backend).await;
    let noted = head(&ok(&["journal", "verify", "--database", &app.url]));
    app.sql("UPDATE milestone SET title = 'Lain' WHERE id = (SELECT id FROM milestone ORDER BY id LIMIT 1)")
        .await;
    app.sql("UPDATE journal_entry SET reason = 'Karena' WHERE sequence = 100").await;
    let output = run(&["journal", "verify", "--database", &app.url]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let lines = text(&output.stdout).lines().collect::<Vec<_>>();
    assert_eq!(lines[0], "entry 100: it was edited: its hash is not its own");
    assert_eq!(lines[1], "entry 101: it does not follow the entry before it");
    assert!(lines[2].starts_with("milestone ") && lines[2].ends_with(": row edited: title"), "{lines:#?}");
    assert!(lines[3].ends_with(" rows compared with their replay"), "{lines:#?}");
    // The head is computed from the entries: the last one is as it was.
    assert_eq!(lines[4], format!("head {noted}"));
    assert_eq!(lines[5..], ["NOT VERIFIED: 3 findings"]);
    // Nothing of the replay is left.
    let scratch = Folder::new();
    let mut verify = kemitraan(&["journal", "verify", "--database", &app.url]);
    verify.env("TMPDIR", &scratch.0);
    let output = finish(verify);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read_dir(&scratch.0).unwrap().count(), 0);
}

#[test]
fn tokens_of_odd_combinations_are_refused() {
    let folder = Folder::new();
    let keys = folder.join("keys");
    let issue = |args: &str| {
        run(&[&["token", "issue", "--keys", &keys][..], &args.split(' ').collect::<Vec<_>>()].concat())
    };
    for odd in [
        "--role BUMN --level OFFICER",
        "--role BUMN --organisation PLN",
        "--role KEMENBUMN --organisation KEMENBUMN",
        "--role ADMIN --organisation KEMENBUMN",
        "--role ADMIN --level APPROVER",
        "--role ADMIN --covers PLN",
        "--role ADMIN --letter 1 --institution BPK",
        "--role ADMIN --letter-from 2026-01-01",
        "--role BUMN --organisation PLN --level OFFICER --letter-until 2999-01-01",
        "--role AUDITOR --letter 1 --institution BPK --level VIEWER",
        "--role AUDITOR --letter 1 --institution BPK --organisation PLN",
        "--role AUDITOR --letter 1 --institution BPK --days 91",
        "--role AUDITOR --letter 1 --institution BPK --letter-until 2026-01-01",
        "--role AUDITOR --letter 1 --institution BPK --letter-from 2999-02-01 --letter-until 2999-01-01",
        "--role BUMN --organisation PLN --level OFFICER --covers PLN",
    ] {
        let output = issue(odd);
        assert_eq!(output.status.code(), Some(1), "{odd}: {output:?}");
        assert_eq!(text(&output.stdout), "", "{odd}");
        assert_eq!(text(&output.stderr).lines().count(), 1, "{odd}: {output:?}");
    }
    for wrong in [
        "--role ROOT",
        "--role bumn --organisation PLN --level OFFICER",
        "--role BUMN --organisation PLN --level OWNER",
        "--role AUDITOR",
        "--role AUDITOR --letter 1",
        "--role AUDITOR --institution BPK",
        "--role ADMIN --days 0",
        "--role ADMIN --days 366",
        "--role AUDITOR --letter 1 --institution BPK --letter-from 2026-13-01",
        "--role ADMIN --days -1",
        "--level OFFICER",
    ] {
        let output = issue(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong}: {output:?}");
        assert_eq!(text(&output.stdout), "", "{wrong}");
    }
    for right in [
        "--role BUMN --organisation PLN --level OFFICER",
        "--role KEMENPERIN --organisation KEMENPERIN --level VIEWER --subject u-1 --days 1",
        "--role ADMIN --days 365",
        "--role AUDITOR --letter 1 --institution BPK --days 90 --covers PLN --covers RNI",
        "--role AUDITOR --letter 1 --institution BPK",
        "--role AUDITOR --letter 1 --institution BPK --letter-from 2026-01-01 --letter-until 2999-01-01",
    ] {
        let output = issue(right);
        assert!(output.status.success(), "{right}: {output:?}");
        let token = text(&output.stdout);
        assert_eq!((token.lines().count(), token.trim().split('.').count()), (1, 3), "{right}: {token}");
    }
}

async fn tokens_are_accepted_by_what_is_served(backend: Backend) {
    let app = TestApp::new(backend).await;
    let folder = Folder::new();
    let keys = folder.join("keys");
    let issue = |more: &[&str]| {
        let args = [
            "token",
            "issue",
            "--keys",
            &keys,
            "--role",
            "BUMN",
            "--organisation",
            "PLN",
            "--level",
            "OFFICER",
        ];
        ok(&[&args[..], more].concat()).trim().to_owned()
    };
    let kid = |token: &str| {
        use base64::Engine as _;
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(token.split_once('.').unwrap().0)
            .unwrap();
        serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    let first = ok(&["key", "new", "--keys", &keys]).trim().to_owned();
    let early = issue(&["--subject", "u-7f3a"]);
    let second = ok(&["key", "new", "--keys", &keys]).trim().to_owned();
    assert_ne!(first, second);
    let late = issue(&[]);
    assert_eq!((kid(&early), kid(&late)), (first.clone(), second.clone()));
    for kid in [&first, &second] {
        assert_eq!(mode(&folder.0.join(format!("keys/{kid}.pem"))), 0o600);
    }
    let foreign = issue(&["--issuer", "https://other.example"]);

    let server = Server::serve(&app.url, &keys, &[]);
    assert_eq!(server.send("GET", "/readyz", None, ""), (200, "ok\n".to_owned()));
    for token in [&early, &late] {
        let (status, answer) = server.ask(token, "{ viewer { role organisation { code } } }");
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["data"]["viewer"], json!({ "role": "BUMN", "organisation": { "code": "PLN" } }));
    }
    assert_eq!(server.ask(&foreign, "{ viewer { role } }").0, 401);
    let (status, jwks) = server.send("GET", "/.well-known/jwks.json", None, "");
    assert_eq!(status, 200);
    let jwks: Value = serde_json::from_str(&jwks).unwrap();
    let kids = jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned());
    assert_eq!(kids.collect::<Vec<_>>(), [first.clone(), second]);
    server.end("-TERM");

    // A key that was taken away verifies nothing from the next start on.
    std::fs::remove_file(folder.0.join(format!("keys/{first}.pem"))).unwrap();
    let server = Server::serve(&app.url, &keys, &["--issuer", "https://kemitraan.example"]);
    assert_eq!(server.ask(&early, "{ viewer { role } }").0, 401);
    assert_eq!(server.ask(&late, "{ viewer { role } }").0, 200);
    server.end("-INT");

    // A port that is taken, in one line.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = one_line(&["serve", "--database", &app.url, "--keys", &keys, "--listen", &address]);
    assert!(line.contains(&address), "{line}");
}

async fn an_unmigrated_database_is_not_served(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let url = blank(&app).await;
    if backend == Backend::Sqlite {
        std::fs::write(app.folder.join("blank.db"), "").unwrap();
    }
    let keys = app.folder.join("keys");
    let keys = keys.to_str().unwrap();
    for command in [
        &["serve", "--keys", keys, "--listen", "127.0.0.1:0", "--database", &url][..],
        &["seed", "--database", &url],
        &["journal", "verify", "--database", &url],
        &["token", "list", "--database", &url],
        &["token", "issue", "--keys", keys, "--role", "ADMIN", "--database", &url],
    ] {
        let line = one_line(command);
        assert!(line.contains("not migrated") && line.contains("kemitraan migrate"), "{command:?}: {line}");
    }
    // Of an older schema, too.
    app.sql("DELETE FROM seaql_migrations WHERE version LIKE 'm0006%'").await;
    let line = one_line(&["serve", "--keys", keys, "--listen", "127.0.0.1:0", "--database", &app.url]);
    assert!(line.contains("not migrated"), "{line}");
}

#[test]
fn a_database_that_is_not_there_is_said_in_one_line() {
    let folder = Folder::new();
    let nowhere = format!("sqlite://{}", folder.join("none/kemitraan.db"));
    for command in [&["migrate"][..], &["seed"], &["journal", "verify"]] {
        for url in [nowhere.as_str(), "mysql://localhost/none", "kemitraan.db"] {
            one_line(&[command, &["--database", url]].concat());
        }
    }
    // Only `migrate` makes a file: a name that was mistyped makes none.
    let mistyped = folder.join("mistyped.db");
    for command in [&["seed"][..], &["journal", "verify"], &["serve", "--listen", "127.0.0.1:0"]] {
        one_line(&[command, &["--database", &format!("sqlite://{mistyped}")]].concat());
        assert!(!Path::new(&mistyped).exists(), "{command:?}");
    }
    // A server that may be starting is waited for a while.
    one_line(&["migrate", "--database", "postgres://kemitraan@127.0.0.1:1/none"]);
}

#[test]
fn the_schema_is_printed() {
    let sdl = ok(&["schema"]);
    assert!(sdl == kemitraan::api::annotated_sdl().unwrap());
    assert!(sdl.contains("type Query {") && sdl.contains("milestoneStart("));
    for name in ["AUDITOR", "auditor"] {
        let own = ok(&["schema", "--role", name]);
        assert!(own == kemitraan::api::role_sdl(kemitraan::access::Role::Auditor).unwrap());
        assert!(own.contains("type Query {") && !own.contains("Mutation"));
    }
    let nobody = run(&["schema", "--role", "nobody"]);
    assert_eq!(nobody.status.code(), Some(2), "{nobody:?}");
    assert!(String::from_utf8(nobody.stderr).unwrap().contains("KEMENKOPUKM"));
    assert!(ok(&["access"]) == kemitraan::access::table::page());
}

#[test]
fn help_names_each_variable_with_its_default() {
    let help = |args: &[&str]| ok(args).split_whitespace().collect::<Vec<_>>().join(" ");
    let serve = help(&["serve", "--help"]);
    for (variable, default) in [
        ("DATABASE", "sqlite://data/kemitraan.db"),
        ("READ_CONNECTIONS", "16"),
        ("WRITE_CONNECTIONS", "8"),
        ("KEYS", "data/keys"),
        ("ISSUER", "https://kemitraan.example"),
        ("LISTEN", "127.0.0.1:8080"),
        ("LIMIT_BODY", "262144"),
        ("LIMIT_TOKENS", "4000"),
        ("LIMIT_DEPTH", "16"),
        ("LIMIT_ALIASES", "50"),
        ("LIMIT_ROOT_FIELDS", "20"),
        ("LIMIT_DIRECTIVES", "50"),
        ("LIMIT_LIST", "1000"),
        ("LIMIT_COST", "100000"),
        ("LIMIT_TIME", "10"),
        ("READ_ROLE", "kemitraan_read"),
        ("GRACE_DAYS", "90"),
        ("RETENTION_CONTACT_DAYS", "1825"),
        ("DOCUMENT_CACHE", "131072"),
        ("LOG", "info"),
    ] {
        let flag = format!("--{} <", variable.to_lowercase().replace('_', "-"));
        let from = serve.find(&flag).unwrap_or_else(|| panic!("no {flag}: {serve}"));
        let option = &serve[from..];
        let option = option[2..].find(" --").map_or(option, |end| &option[..end + 2]);
        assert!(option.contains(&format!("[env: KEMITRAAN_{variable}")), "{option}");
        let stated = option.contains(&format!("[default: {default}]"));
        // What is logged depends on the command, so that its words say it.
        assert!(
            stated || (variable == "LOG" && option.contains("`info`") && option.contains("by default")),
            "{option}"
        );
    }
    let demo = help(&["demo", "--help"]);
    assert!(demo.contains("[env: KEMITRAAN_DEMO_DATA=] [default: data/demo]"), "{demo}");
    assert!(demo.contains("[env: KEMITRAAN_LISTEN=] [default: 127.0.0.1:8080]"), "{demo}");
    assert!(help(&["journal", "verify", "--help"]).contains("[env: KEMITRAAN_EXPECT=]"));
    // A password in the variable is not shown.
    let mut help = kemitraan(&["serve", "--help"]);
    help.env("KEMITRAAN_DATABASE", "postgres://u:rahasia@h/d");
    assert!(!text(&finish(help).stdout).contains("rahasia"));
}

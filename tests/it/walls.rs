//! Whoever only reads is kept from writing by three walls: the schema of an auditor has no mutation, no permit and no
//! write is made for one, and what queries run on cannot write. Each is tried while the two others stand open, which
//! a seat's write shows in the same test.

pub mod cases;
mod figures;
mod organisations;
mod parties;
pub mod tokens;
mod ways;
pub mod work;

use std::collections::BTreeMap;

use kemitraan::access::{Actor, Assignment, Level, Organisation, Permit, Role, View, Write};
use kemitraan::api::execute::Parameters;
use kemitraan::db::{Options, READ_ROLE, reading};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scope::{global, rows, uuids, within};
use crate::support::{Answer, Backend, TestApp};
use cases::mutations;

crate::both!(
    the_schema_of_an_auditor_has_no_mutation,
    nothing_is_permitted_to_an_auditor,
    connections_that_read_cannot_write,
    what_is_not_granted_is_not_read,
);

pub async fn post_as(app: &TestApp, token: &str, query: &str, variables: Value) -> Answer {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let request = axum::http::Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "application/graphql-response+json")
        .header("authorization", format!("Bearer {token}"));
    app.send(request.body(body.into()).unwrap()).await
}

/// A mutation, and variables with which it is right.
pub struct Case {
    pub field: String,
    /// The type of its input.
    pub input: String,
    pub document: String,
    pub variables: Value,
}

impl Case {
    fn of(field: &str, input: &str, value: Value) -> Self {
        let mut case = Self {
            field: field.to_owned(),
            input: input.to_owned(),
            document: String::new(),
            variables: json!({ "input": value }),
        };
        case.document = format!("{} {{ {} }}", case.head(), case.selection());
        case
    }

    pub fn head(&self) -> String {
        format!("mutation M($input: {})", self.input)
    }

    fn selection(&self) -> String {
        format!("{}(input: $input) {{ __typename }}", self.field)
    }
}

/// A start of a milestone that there is, of these, by the seat that reports on it.
pub async fn start(app: &TestApp, reporter: &str, codes: Option<&[&str]>) -> Case {
    let sql = format!(
        "SELECT id, version FROM milestone WHERE status = 'SCHEDULED' AND reporter = '{reporter}' AND {} ORDER BY id",
        within(codes)
    );
    let rows = rows(app, &sql).await;
    let row = rows.first().unwrap_or_else(|| panic!("no milestone is left to start: {sql}"));
    let id = global("milestone", row.try_get_by_index(0).unwrap());
    let value = json!({ "id": id, "expectedVersion": row.try_get_by_index::<i32>(1).unwrap() });
    Case::of("milestoneStart", "MilestoneStartInput!", value)
}

/// The database but for the read log, in which each request leaves a record.
pub async fn dump(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut dump = dump_all(app).await;
    for table in ["read_head", "read_record", "read_partner"] {
        assert!(dump.remove(table).is_some(), "{table}");
    }
    dump
}

/// The whole database: what there is in it, and each row of each table with every column as text.
pub async fn dump_all(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let texts = async |sql: &str| {
        let rows = rows(app, sql).await;
        rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<_>>()
    };
    // Hundreds of dumps are made: a table is one text, which is quicker than its rows.
    let (all, tables) = match app.backend {
        Backend::Sqlite => (
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1",
            "SELECT m.name || '|' || group_concat('quote(' || c.name || ')', ' || '', '' || ') FROM sqlite_master m
                JOIN pragma_table_info(m.name) c WHERE m.type = 'table' GROUP BY m.name",
        ),
        Backend::Postgres => (
            "SELECT c.relkind::text || ' ' || c.oid::regclass || ' ' || coalesce(c.relacl::text, '') FROM pg_catalog.pg_class c
                WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
                ORDER BY 1",
            "SELECT c.oid::regclass::text || '|' || c.oid::regclass::text || '::text' FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'm')
                AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)",
        ),
    };
    let mut dump = BTreeMap::from([(String::new(), texts(all).await)]);
    let lines = match app.backend {
        Backend::Sqlite => "group_concat(line, char(30))",
        Backend::Postgres => "string_agg(line, chr(30))",
    };
    for table in texts(tables).await {
        let (table, line) = table.split_once('|').unwrap();
        let sql =
            format!("SELECT coalesce({lines}, '') FROM (SELECT {line} AS line FROM {table}) AS all_of_it");
        let all = texts(&sql).await.remove(0);
        let mut rows = all.split_terminator('\u{1e}').map(str::to_owned).collect::<Vec<_>>();
        rows.sort_unstable();
        dump.insert(table.to_owned(), rows);
    }
    assert!(dump["milestone"].len() > 20 && dump["journal_entry"].len() > 20);
    dump
}

async fn actor(app: &TestApp, who: &str) -> Actor {
    app.app.verifier.actor(&app.token(who)).await.unwrap().unwrap()
}

/// An auditor as no token makes one: with everything that others are let in by.
async fn overrated(app: &TestApp) -> Actor {
    let id = uuids(app, "SELECT id FROM organisation WHERE code = 'PLN'").await[0];
    let organisation = Organisation { id, code: "PLN".to_owned() };
    let letter = Assignment {
        institution: "Contoh lembaga".to_owned(),
        number: "CONTOH/1".to_owned(),
        organisations: None,
        from: app.clock.today(),
        until: app.clock.today(),
    };
    Actor { assignment: Some(letter), ..Actor::seed_for(Role::Auditor, organisation) }
}

async fn auditors(app: &TestApp) -> [Actor; 3] {
    [actor(app, "AUDITOR").await, actor(app, "AUDITOR+PLN").await, overrated(app).await]
}

fn parameters(case: &Case) -> Parameters {
    Parameters {
        hash: None,
        query: case.document.clone(),
        operation_name: None,
        variables: serde_json::from_value(case.variables.clone()).unwrap(),
    }
}

/// Runs a mutation past the gate of `role`, for whichever actor.
async fn execute(app: &TestApp, role: Role, actor: Actor, case: &Case) -> Value {
    let prepared = app.app.prepare(Some(role), &parameters(case)).unwrap();
    let view = View::open(&app.app.access, actor).await.unwrap();
    let answer = app.app.execute(view, prepared, "the-request").await.unwrap();
    serde_json::from_slice(&answer.to_json()).unwrap()
}

/// Roles that write, their tokens, and whose work they are tried on. Between them they make every mutation.
const SEATS: [(Role, &str, &[&str]); 4] = [
    (Role::Bumn, "PLN", &["PLN"]),
    (Role::Kemenkopukm, "KEMENKOPUKM", &["PLN", "RNI"]),
    (Role::Kemenbumn, "KEMENBUMN", &["PLN"]),
    (Role::Admin, "ADMIN", &["PLN"]),
];

async fn the_schema_of_an_auditor_has_no_mutation(backend: Backend) {
    let app = TestApp::new(backend).await;
    let own = app.app.gates.of(Role::Auditor).schema();
    assert_eq!(own.schema_definition.mutation, None);
    assert!(own.types.keys().all(|name| !name.starts_with("Mutation")));
    let told = app.data("AUDITOR", "{ __schema { mutationType { name } } }").await;
    assert_eq!(told["__schema"]["mutationType"], Value::Null);

    let mut made = std::collections::BTreeSet::new();
    for (role, who, codes) in SEATS {
        let cases = mutations(&app, role.as_str(), Some(codes)).await;
        let mut before = dump(&app).await;
        for case in cases {
            made.insert(case.field.clone());
            // There is nothing to execute, whoever would.
            let faults = app.app.prepare(Some(Role::Auditor), &parameters(&case)).err().unwrap();
            let [fault] = &faults[..] else { panic!("{faults:?}") };
            assert_eq!(fault.error.code().as_str(), "FORBIDDEN");
            let rule = match &*case.field {
                "contactReveal" | "subjectExport" => "stewards-reveal-contacts",
                field if field.starts_with("organisation") => "kemenbumn-keeps-organisations",
                field if field.starts_with("token") => "administrator-keeps-tokens",
                _ => "seats-write",
            };
            assert_eq!(fault.error.details()["rule"], rule);
            assert_eq!(fault.error.details()["coordinate"], format!("Mutation.{}", case.field));
            assert_eq!(dump(&app).await, before);

            // The other walls are open: the same for a seat, past its own gate.
            let answer = execute(&app, role, actor(&app, who).await, &case).await;
            assert_eq!(answer.get("errors"), None, "{answer:#}");
            assert!(answer["data"][&case.field].is_object(), "{answer:#}");
            let after = dump(&app).await;
            assert_ne!(after, before);
            before = after;
        }
    }
    let all = crate::coverage::whole().get_object("Mutation").unwrap().fields.keys();
    assert_eq!(made, all.map(ToString::to_string).collect());
}

async fn nothing_is_permitted_to_an_auditor(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (role, who, codes) in SEATS {
        let cases = mutations(&app, role.as_str(), Some(codes)).await;
        let mut before = dump(&app).await;
        for case in cases {
            // Past the gate of a seat, whose schema has the mutation.
            for auditor in auditors(&app).await {
                let answer = execute(&app, role, auditor, &case).await;
                assert_eq!(answer["data"], json!({ &case.field: null }), "{answer:#}");
                assert_eq!(
                    answer["errors"][0]["extensions"],
                    json!({ "code": "FORBIDDEN", "rule": "auditor-never-writes" })
                );
            }
            assert_eq!(dump(&app).await, before);

            let answer = execute(&app, role, actor(&app, who).await, &case).await;
            assert_eq!(answer.get("errors"), None, "{answer:#}");
            let after = dump(&app).await;
            assert_ne!(after, before);
            before = after;
        }
    }
    let seat = actor(&app, "PLN").await;
    assert!(Write::begin(&app.app.access, &seat, None).await.is_ok());
    for auditor in auditors(&app).await {
        let refused = Write::begin(&app.app.access, &auditor, None).await.err().unwrap();
        assert_eq!(refused.details()["rule"], "auditor-never-writes");
        for roles in [&[][..], &[Role::Auditor], &[Role::Bumn], &Role::ALL] {
            for level in Level::ALL {
                let refused =
                    Permit::grant(&auditor, "milestoneStart", Uuid::nil(), roles, level).unwrap_err();
                assert_eq!(refused.details()["rule"], "auditor-never-writes", "{roles:?} {level:?}");
                let granted = Permit::grant(&seat, "milestoneStart", Uuid::nil(), roles, level);
                assert_eq!(granted.is_ok(), roles.contains(&Role::Bumn));
            }
        }
    }
}

/// One connection, made as those are that the program reads by.
async fn one_that_reads(app: &TestApp) -> DatabaseConnection {
    let options = Options { read_connections: 1, ..Options::of(&app.url) };
    sea_orm::Database::connect(reading(&options)).await.unwrap()
}

async fn fails(db: &DatabaseConnection, sql: &str) -> String {
    match db.execute_unprepared(sql).await {
        Ok(_) => panic!("went through: {sql}"),
        Err(error) => error.to_string(),
    }
}

async fn current_user(db: &DatabaseConnection) -> String {
    let statement = Statement::from_string(sea_orm::DbBackend::Postgres, "SELECT current_user::text");
    db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// What would change a table, or what there is besides.
fn changes(app: &TestApp, table: &str) -> Vec<String> {
    // What the database computes itself cannot be inserted at all.
    let columns = match table {
        "partnership" | "milestone" | "partner" | "external_reference" | "obstacle" => ("(id)", "id"),
        "journal_change" => ("(sequence)", "sequence"),
        _ => ("", "*"),
    };
    let mut changes = vec![
        format!("INSERT INTO {table} {} SELECT {} FROM {table}", columns.0, columns.1),
        format!("DELETE FROM {table}"),
        format!("DROP TABLE {table}"),
        format!("ALTER TABLE {table} RENAME TO kemitraan_wall"),
        format!("CREATE TABLE kemitraan_wall AS SELECT * FROM {table}"),
        "CREATE TABLE kemitraan_wall (id integer)".to_owned(),
    ];
    if table != "journal_head" && table != "seaql_migrations" && table != "tally_touched" {
        changes.push(match table {
            "contact_value" => "UPDATE contact_value SET mask = value".to_owned(),
            "upload" => "UPDATE upload SET size = size + 1".to_owned(),
            "token_use" => "UPDATE token_use SET used_at = used_at + 1".to_owned(),
            journal if journal.starts_with("journal") => {
                format!("UPDATE {journal} SET sequence = sequence + 1")
            }
            "read_head" | "read_record" => format!("UPDATE {table} SET number = number + 1"),
            "read_partner" => "UPDATE read_partner SET partner = record".to_owned(),
            "tally_dimension" => "UPDATE tally_dimension SET place = place + 1".to_owned(),
            tally if tally.starts_with("tally") => format!("UPDATE {tally} SET n = n + 1"),
            table => format!("UPDATE {table} SET version = version + 1"),
        });
    }
    if app.backend == Backend::Postgres {
        changes.push(format!("TRUNCATE {table} CASCADE"));
        changes.push(format!("SELECT 1 FROM {table} FOR UPDATE"));
    }
    changes
}

async fn connections_that_read_cannot_write(backend: Backend) {
    let app = TestApp::new(backend).await;
    let db = one_that_reads(&app).await;
    let before = dump(&app).await;
    let all = dump_all(&app).await;
    let tables = all.keys().filter(|table| !table.is_empty());
    let statements = tables.flat_map(|table| changes(&app, table)).collect::<Vec<_>>();
    for sql in &statements {
        let error = fails(&db, sql).await;
        assert!(error.contains("readonly") || error.contains("read-only"), "{sql}: {error}");
    }
    match backend {
        Backend::Sqlite => the_file_alone(&app, &db, &statements).await,
        Backend::Postgres => the_role_alone(&db, &statements).await,
    }
    assert_eq!(dump(&app).await, before);

    // The other walls are open, and the statements are right where one may write.
    let case = start(&app, "KEMENKOPUKM", None).await;
    let answer = app.post("KEMENKOPUKM", &case.document, case.variables).await.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    assert_ne!(dump(&app).await, before);
    assert!(app.sql("UPDATE milestone SET version = version + 1").await > 20);
    app.sql("CREATE TABLE kemitraan_wall AS SELECT * FROM milestone").await;
    app.sql("DROP TABLE kemitraan_wall").await;
}

/// What a session can set for itself is set to write: the file was opened to read.
async fn the_file_alone(app: &TestApp, db: &DatabaseConnection, statements: &[String]) {
    db.execute_unprepared("PRAGMA query_only = off").await.unwrap();
    for sql in statements {
        let error = fails(db, sql).await;
        assert!(error.contains("readonly"), "{sql}: {error}");
    }
    // Nor by another door to the same file.
    let file = app.url.strip_prefix("sqlite://").unwrap();
    for door in [file.to_owned(), format!("file:{file}?mode=rw")] {
        db.execute_unprepared(&format!("ATTACH DATABASE '{door}' AS door")).await.ok();
        let error = fails(db, "UPDATE door.milestone SET version = version + 1").await;
        assert!(error.contains("readonly") || error.contains("no such table"), "{door}: {error}");
        db.execute_unprepared("DETACH DATABASE door").await.ok();
    }
}

/// What a session can set for itself is set to write: the role has no right to.
async fn the_role_alone(db: &DatabaseConnection, statements: &[String]) {
    for (open, close) in [
        ("BEGIN READ WRITE", "ROLLBACK"),
        ("BEGIN; SET TRANSACTION READ WRITE", "ROLLBACK"),
        ("SET default_transaction_read_only = off", "RESET default_transaction_read_only"),
        ("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", "RESET default_transaction_read_only"),
        ("RESET ROLE; SET default_transaction_read_only = off", "RESET default_transaction_read_only"),
        (
            "SET SESSION AUTHORIZATION DEFAULT; SET default_transaction_read_only = off",
            "RESET default_transaction_read_only",
        ),
        ("RESET ALL; SET default_transaction_read_only = off", "RESET default_transaction_read_only"),
    ] {
        for sql in statements {
            db.execute_unprepared(open).await.unwrap();
            assert_eq!(current_user(db).await, READ_ROLE, "{open}");
            let error = fails(db, sql).await;
            db.execute_unprepared(close).await.unwrap();
            let refused = error.contains("permission denied") || error.contains("must be owner of");
            assert!(refused, "{open}: {sql}: {error}");
        }
    }
    // It may not raise itself.
    for sql in [
        format!("ALTER ROLE {READ_ROLE} SUPERUSER"),
        "CREATE ROLE kemitraan_wall".to_owned(),
        "COPY milestone FROM PROGRAM 'true'".to_owned(),
    ] {
        db.execute_unprepared("BEGIN READ WRITE").await.unwrap();
        let error = fails(db, &sql).await;
        db.execute_unprepared("ROLLBACK").await.unwrap();
        assert!(error.contains("permission denied") || error.contains("must be"), "{sql}: {error}");
    }
}

async fn what_is_not_granted_is_not_read(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.sql("CREATE TABLE kemitraan_wall (word text)").await;
    let db = one_that_reads(&app).await;
    let read = db.execute_unprepared("SELECT word FROM kemitraan_wall").await;
    if backend == Backend::Sqlite {
        // A file is read as a whole or not at all.
        return assert!(read.is_ok());
    }
    let error = read.unwrap_err().to_string();
    assert!(error.contains("permission denied for table kemitraan_wall"), "{error}");
    app.sql(&format!("GRANT SELECT ON kemitraan_wall TO {READ_ROLE}")).await;
    db.execute_unprepared("SELECT word FROM kemitraan_wall").await.unwrap();
}

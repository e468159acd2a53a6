//! PostgreSQL: the role that connections that read take, as `kemitraan migrate` makes it.

use std::process::{Command, Output};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use crate::support::{Backend, TestApp, connect};

/// A database of its own, owned by a user that may make no roles, and a connection of the administrator's to it.
struct Owned {
    admin: DatabaseConnection,
    name: String,
    url: String,
    /// Keeps its folder and database.
    _app: TestApp,
}

impl Owned {
    async fn new() -> Self {
        let app = TestApp::empty(Backend::Postgres).await;
        let (server, database) = app.url.rsplit_once('/').unwrap();
        let name = format!("{database}_owned");
        app.sql(&format!("CREATE ROLE {name} LOGIN")).await;
        app.sql(&format!("CREATE DATABASE {name} OWNER {name}")).await;
        let admin = connect(&format!("{server}/{name}")).await;
        let (scheme, rest) = server.split_once("://").unwrap();
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        Self { admin, url: format!("{scheme}://{name}@{host}/{name}"), name, _app: app }
    }

    fn migrate(&self, role: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_kemitraan"))
            .args(["migrate", "--database", &self.url, "--read-role", role])
            .output()
            .unwrap()
    }

    async fn run(&self, sql: &str) {
        self.admin.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.admin.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// What a role may do with tables and views: `NAME PRIVILEGE`.
    async fn grants(&self, role: &str) -> Vec<String> {
        let sql = format!(
            "SELECT concat(table_name, ' ', privilege_type) FROM information_schema.role_table_grants
             WHERE grantee = '{role}'"
        );
        let mut grants = self.texts(&sql).await;
        grants.sort();
        grants
    }
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// SELECT on everything that there is to read, and nothing else.
fn readable() -> Vec<String> {
    migrations::READABLE.map(|name| format!("{name} SELECT")).to_vec()
}

#[tokio::test]
async fn who_may_not_make_the_role_is_told_what_an_administrator_has_to_run() {
    let owned = Owned::new().await;
    let role = format!("{}_read", owned.name);
    let output = owned.migrate(&role);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = said(&output);
    let (_, sql) = said.split_once("\n\n").unwrap();
    assert_eq!(
        sql.trim_end(),
        format!(
            "CREATE ROLE \"{role}\" NOLOGIN;\nGRANT \"{role}\" TO {0};\nGRANT USAGE, CREATE ON SCHEMA public TO {0};\n\
             REVOKE CREATE ON SCHEMA public FROM PUBLIC, \"{role}\";",
            owned.name
        )
    );
    // And nothing was done.
    assert!(owned.texts("SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'").await.is_empty());

    owned.run(sql).await;
    let output = owned.migrate(&role);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(owned.grants(&role).await, readable());
}

#[tokio::test]
async fn who_may_make_roles_needs_no_administrator_and_grants_are_renewed_on_each_run() {
    let owned = Owned::new().await;
    let role = format!("{}_read", owned.name);
    owned.run(&format!("ALTER ROLE {0} CREATEROLE; GRANT CREATE ON SCHEMA public TO {0}", owned.name)).await;
    assert!(owned.migrate(&role).status.success());
    let powers = "SELECT concat(rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolinherit) FROM pg_roles";
    assert_eq!(owned.texts(&format!("{powers} WHERE rolname = '{role}'")).await, ["fffft"]);
    assert_eq!(owned.grants(&role).await, readable());

    owned
        .run(&format!("REVOKE SELECT ON partner FROM {role}; GRANT INSERT, UPDATE ON partnership TO {role}"))
        .await;
    owned.run(&format!("CREATE TABLE secret (id integer); GRANT SELECT ON secret TO {role}")).await;
    owned.run(&format!("ALTER TABLE secret OWNER TO {}", owned.name)).await;
    assert_ne!(owned.grants(&role).await, readable());
    let output = owned.migrate(&role);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(owned.grants(&role).await, readable());
}

#[tokio::test]
async fn a_role_that_can_do_more_than_read_is_refused() {
    let owned = Owned::new().await;
    for (at, power) in
        ["LOGIN", "SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION"].iter().enumerate()
    {
        let role = format!("{}_{at}", owned.name);
        owned.run(&format!("CREATE ROLE {role} {power}")).await;
        owned.run(&format!("GRANT {role} TO {}", owned.name)).await;
        let output = owned.migrate(&role);
        assert_eq!(output.status.code(), Some(1), "{power}: {output:?}");
        assert!(said(&output).contains("has powers of its own"), "{power}: {output:?}");
    }
    let role = format!("{}_member", owned.name);
    owned.run(&format!("CREATE ROLE {role} NOLOGIN; GRANT {0} TO {role}", owned.name)).await;
    let output = owned.migrate(&role);
    assert!(said(&output).contains("is a member of another role"), "{output:?}");
}

#[tokio::test]
async fn what_the_role_may_by_other_ways_is_found() {
    let owned = Owned::new().await;
    owned.run(&format!("ALTER ROLE {0} CREATEROLE; GRANT CREATE ON SCHEMA public TO {0}", owned.name)).await;
    let role = format!("{}_read", owned.name);
    assert!(owned.migrate(&role).status.success());
    owned.run("CREATE SCHEMA other; CREATE TABLE other.thing (id integer)").await;
    let name = &owned.name;
    for (grant, revoke, may) in [
        ("INSERT ON milestone TO PUBLIC", "INSERT ON milestone FROM PUBLIC", "change milestone"),
        (
            "UPDATE (title) ON milestone TO PUBLIC",
            "UPDATE (title) ON milestone FROM PUBLIC",
            "change milestone",
        ),
        (
            &format!("DELETE ON other.thing TO {role}"),
            &format!("DELETE ON other.thing FROM {role}"),
            "change other.thing",
        ),
        (
            &format!("CREATE ON SCHEMA other TO {role}"),
            &format!("CREATE ON SCHEMA other FROM {role}"),
            "create in the schema other",
        ),
        (
            &format!("CREATE ON DATABASE {name} TO {role}"),
            &format!("CREATE ON DATABASE {name} FROM {role}"),
            "create schemas in",
        ),
    ] {
        owned.run(&format!("GRANT {grant}")).await;
        let output = owned.migrate(&role);
        assert_eq!(output.status.code(), Some(1), "{grant}: {output:?}");
        assert!(said(&output).contains(may), "{grant}: {output:?}");
        owned.run(&format!("REVOKE {revoke}")).await;
        let output = owned.migrate(&role);
        assert!(output.status.success(), "{revoke}: {output:?}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_of_our_own_is_refused() {
    let owned = Owned::new().await;
    for name in [
        "",
        "a b",
        "Reader",
        "a\"b",
        "a;b",
        "1a",
        "a-b",
        "pg_write_all_data",
        "none",
        "public",
        &"a".repeat(64),
    ] {
        let output = owned.migrate(name);
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
    }
}

#[tokio::test]
async fn without_the_role_nothing_is_served() {
    let app = TestApp::new(Backend::Postgres).await;
    let output = Command::new(env!("CARGO_BIN_EXE_kemitraan"))
        .args(["serve", "--database", &app.url, "--read-role", "kemitraan_nobody", "--listen", "127.0.0.1:0"])
        .args(["--keys", app.folder.join("keys").to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(said(&output).contains("kemitraan migrate"), "{output:?}");
}

//! `TestApp`: the program with the pilot in it, on either database, and a token for each role.
//!
//! Each test gets a database of its own, copied from one that was migrated and seeded once. `both!` makes a test of
//! each database out of one function.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use kemitraan::access::{Access, Level, ReadLog, Role};
use kemitraan::api::answers::Answers;
use kemitraan::api::budgets::Budgets;
use kemitraan::api::execute::App;
use kemitraan::api::gates::Gates;
use kemitraan::api::persisted::Persisted;
use kemitraan::auth::{Keys, TokenRequest, Verifier};
use kemitraan::config::{AccessSettings, LimitSettings};
use kemitraan::db::{Database, Options};
use kemitraan::files::Files;
use kemitraan::types::{Clock, Timestamp};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub const ISSUER: &str = "https://test.kemitraan.example";

/// Noon of this day in Jakarta is the tests' now; the pilot is seeded as of it.
pub const NOW: &str = "2026-11-24T05:00:00Z";

/// Every code of a BUMN in the pilot.
pub const BUMN: [&str; 6] = ["PERTAMINA", "PLN", "KIMIA_FARMA", "KRAKATAU_STEEL", "PERHUTANI", "RNI"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Makes `sqlite` and `postgres` tests of `async fn NAME(backend: Backend)`.
#[macro_export]
macro_rules! both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Backend::Sqlite).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::support::Backend::Postgres).await; })+
        }
    };
}

pub struct TestApp {
    pub router: Router,
    pub app: App,
    pub db: Database,
    /// The tests' own connections, which can do anything.
    pub raw: DatabaseConnection,
    pub clock: Clock,
    pub keys: Arc<Keys>,
    pub url: String,
    pub backend: Backend,
    pub folder: PathBuf,
}

/// An answer over HTTP.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}

impl TestApp {
    /// With the pilot in it.
    pub async fn new(backend: Backend) -> Self {
        Self::with(backend, true, |_| {}).await
    }

    /// Migrated, and nothing more.
    pub async fn empty(backend: Backend) -> Self {
        Self::with(backend, false, |_| {}).await
    }

    pub async fn with(backend: Backend, pilot: bool, set: impl FnOnce(&mut LimitSettings)) -> Self {
        let clock = Clock::fixed(NOW.parse().unwrap());
        let name = format!("kt{}", clock_free_id());
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        let url = match backend {
            Backend::Sqlite => sqlite_copy(&folder, pilot).await,
            Backend::Postgres => postgres_copy(&name, &folder, pilot).await,
        };
        let mut limits = LimitSettings::default();
        set(&mut limits);
        let db = Database::connect(&Options {
            read_connections: 8,
            time_limit: limits.time(),
            ..Options::of(&url)
        })
        .await
        .unwrap();
        let keys = Arc::new(Keys::load(&folder.join("keys"), &clock).unwrap());
        let settings = AccessSettings::default();
        let access = Access::new(db.clone(), clock.clone(), settings.grace_days);
        let reads = ReadLog::start(&access, ReadLog::ROOM, ReadLog::WAIT).unwrap();
        let app = App {
            db: db.clone(),
            access: access.clone(),
            clock: clock.clone(),
            verifier: Verifier::new(Arc::clone(&keys), ISSUER, access),
            budgets: Arc::new(Budgets::new(&limits.budgets, &clock)),
            limits: Arc::new(limits),
            rules: settings.rules,
            gates: Arc::new(Gates::new(&kemitraan::api::sdl().unwrap(), settings.document_cache).unwrap()),
            schema: kemitraan::api::schema(),
            persisted: Arc::new(Persisted::new(settings.document_cache).unwrap()),
            // None are kept: tests change rows behind the program's back. Those of `answers` keep them.
            answers: Arc::new(Answers::new(0, "").unwrap()),
            origins: Arc::default(),
            files: Files::open(folder.join("evidence").to_str().unwrap()).unwrap(),
            reads,
        };
        let router = kemitraan::api::router::router(app.clone());
        let raw = connect(&url).await;
        Self { router, app, db, raw, clock, keys, url, backend, folder }
    }

    /// A token: `NAME` or `NAME:LEVEL`, NAME being a ministry's or a BUMN's code, `AUDITOR`, `AUDITOR+CODE+CODE`
    /// (an assignment that covers only those) or `ADMIN`. Without a level: APPROVER.
    pub fn token(&self, who: &str) -> String {
        let (name, level) = who.split_once(':').unwrap_or((who, "APPROVER"));
        let mut parts = name.split('+');
        let name = parts.next().unwrap();
        let covers: Vec<String> = parts.map(str::to_owned).collect();
        let role: Role = if BUMN.contains(&name) { Role::Bumn } else { name.parse().unwrap() };
        let auditor = role == Role::Auditor;
        TokenRequest {
            role,
            organisation: role.is_seat().then(|| name.to_owned()),
            level: role.is_seat().then(|| level.parse::<Level>().unwrap()),
            subject: Some(format!("test-{who}")),
            days: 30,
            institution: auditor.then(|| "Contoh lembaga".to_owned()),
            letter: auditor.then(|| "CONTOH/1".to_owned()),
            letter_from: None,
            letter_until: None,
            covers,
        }
        .issue(&self.keys, ISSUER, &self.clock)
        .unwrap()
    }

    /// The same with something of it put in another's place.
    pub fn beside(&self, app: App, keys: Arc<Keys>) -> Self {
        Self {
            router: kemitraan::api::router::router(app.clone()),
            db: app.db.clone(),
            app,
            raw: self.raw.clone(),
            clock: self.clock.clone(),
            keys,
            url: self.url.clone(),
            backend: self.backend,
            // Of its own, for what is dropped takes its folder away.
            folder: self.folder.join("beside"),
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// POSTs a document as someone.
    pub async fn post(&self, who: &str, query: &str, variables: Value) -> Answer {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("authorization", format!("Bearer {}", self.token(who)))
            .body(Body::from(json!({ "query": query, "variables": variables }).to_string()))
            .unwrap();
        self.send(request).await
    }

    /// The whole answer to a document.
    pub async fn ask(&self, who: &str, query: &str) -> Value {
        self.post(who, query, json!({})).await.json()
    }

    /// The data of an answer that has no errors.
    pub async fn data(&self, who: &str, query: &str) -> Value {
        let mut answer = self.ask(who, query).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].take()
    }

    /// The code of the first error.
    pub async fn code(&self, who: &str, query: &str) -> String {
        let answer = self.ask(who, query).await;
        answer["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| panic!("no error: {answer:#}"))
            .to_owned()
    }

    /// Connections behind the program's back.
    pub fn raw(&self) -> &DatabaseConnection {
        &self.raw
    }

    /// Runs SQL behind the program's back.
    pub async fn sql(&self, sql: &str) -> u64 {
        self.raw
            .execute_unprepared(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
            .rows_affected()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Connections of the tests' own.
pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    // One, so that what is set on it holds for the next statement.
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite.busy_timeout(std::time::Duration::from_secs(10)).create_if_missing(false)
    });
    sea_orm::Database::connect(options).await.unwrap()
}

/// Unlike the tests' own clock, never twice the same.
fn clock_free_id() -> String {
    Clock::system().new_id().simple().to_string()
}

async fn fill(url: &str, evidence: &std::path::Path, pilot: bool) {
    let db = Database::connect(&Options::of(url)).await.unwrap();
    db.migrate().await.unwrap();
    if pilot {
        let files = Files::open(evidence.to_str().unwrap()).unwrap();
        kemitraan::seed::pilot(&db, &files, NOW.parse::<Timestamp>().unwrap().day()).await.unwrap();
    }
    db.close().await;
}

/// A copy of a file that the first test to come makes; the others wait for it.
async fn sqlite_copy(folder: &std::path::Path, pilot: bool) -> String {
    let stem = format!(
        "kemitraan-test-{}-{}",
        std::os::unix::process::parent_id(),
        if pilot { "pilot" } else { "empty" }
    );
    let template = std::env::temp_dir().join(stem);
    if !template.exists() {
        let own = folder.join("template");
        std::fs::create_dir(&own).unwrap();
        let file = own.join("kemitraan.db");
        fill(&format!("sqlite://{}", file.display()), &own.join("evidence"), pilot).await;
        // Whoever is first wins, with database and files of one making; a rename is whole or not at all.
        if let Err(error) = std::fs::rename(&own, &template) {
            assert!(template.exists(), "{error}");
        }
    }
    let file = folder.join("kemitraan.db");
    std::fs::copy(template.join("kemitraan.db"), &file).unwrap();
    copy_files(&template.join("evidence"), &folder.join("evidence"));
    format!("sqlite://{}", file.display())
}

/// A copy of a template database, made by the first test to come under a lock.
async fn postgres_copy(name: &str, folder: &std::path::Path, pilot: bool) -> String {
    let base = std::env::var("KEMITRAAN_TEST_POSTGRES")
        .expect("KEMITRAAN_TEST_POSTGRES names a PostgreSQL server; `make test` starts one");
    let (server, _) = base.rsplit_once('/').expect("a URL with a database");
    // Of this run alone: another run's may be of an older schema.
    let run = std::os::unix::process::parent_id();
    let template = format!("kemitraan_test_{}_{run}", if pilot { "pilot" } else { "empty" });
    let admin = sea_orm::Database::connect(
        sea_orm::ConnectOptions::new(&base).max_connections(1).sqlx_logging(false).to_owned(),
    )
    .await
    .unwrap();
    let evidence = std::env::temp_dir().join(format!("{template}-evidence"));
    // One connection, so that the session lock is held until it closes.
    admin.execute_unprepared("SELECT pg_advisory_lock(424242)").await.unwrap();
    let exists = sea_orm::Statement::from_string(
        sea_orm::DbBackend::Postgres,
        format!("SELECT 1 FROM pg_database WHERE datname = '{template}'"),
    );
    if admin.query_one_raw(exists).await.unwrap().is_none() {
        let making = format!("{template}_making");
        admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {making}")).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {making}")).await.unwrap();
        // Of a run that had the same number, long ago.
        drop(std::fs::remove_dir_all(&evidence));
        fill(&format!("{server}/{making}"), &evidence, pilot).await;
        admin.execute_unprepared(&format!("ALTER DATABASE {making} RENAME TO {template}")).await.unwrap();
    }
    admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    admin.close().await.unwrap();
    copy_files(&evidence, &folder.join("evidence"));
    format!("{server}/{name}")
}

/// The files of evidence: linked, for whoever changes one puts another in its place.
fn copy_files(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).into_iter().flatten() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_files(&entry.path(), &to);
        } else {
            std::fs::hard_link(entry.path(), to).unwrap();
        }
    }
}

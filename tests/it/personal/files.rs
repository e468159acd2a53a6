//! What is erased is gone from the database's own files, too, when the answer comes; or as soon as nobody reads any more as
//! things were before.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};

use super::{erase, set, sole, standing};
use crate::partners::send;
use crate::scope::rows;
use crate::support::{Backend, TestApp, connect};
use crate::writes::assert_verified;

crate::both!(
    what_is_erased_is_gone_from_the_files,
    what_is_replaced_is_gone_as_well,
    who_still_reads_is_waited_for,
    no_sample_of_a_value_is_kept,
);

/// How often this stands in the database's files: of SQLite the file and those beside it, of PostgreSQL all of the database's
/// folder, after what is in memory was written to it.
async fn count(db: &DatabaseConnection, app: &TestApp, needle: &str) -> usize {
    let files: Vec<Vec<u8>> = match app.backend {
        Backend::Sqlite => {
            let file = app.url.strip_prefix("sqlite://").unwrap();
            assert!(std::fs::metadata(file).unwrap().len() > 100_000);
            ["", "-wal"].iter().map(|end| std::fs::read(format!("{file}{end}")).unwrap_or_default()).collect()
        }
        Backend::Postgres => {
            db.execute_unprepared("CHECKPOINT").await.unwrap();
            // What has gone meanwhile is given as null; of the others those that have it.
            let sql = format!(
                "SELECT length(bytes), CASE WHEN position('{needle}'::bytea IN bytes) > 0 THEN bytes END FROM (
                    SELECT pg_read_binary_file('base/' || oid || '/' || file, 0, 100000000, true) AS bytes
                    FROM pg_database, pg_ls_dir('base/' || oid) AS file WHERE datname = current_database()) AS files"
            );
            let files =
                db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
            let lengths = files.iter().filter_map(|row| row.try_get_by_index::<Option<i32>>(0).unwrap());
            assert!(lengths.sum::<i32>() > 1_000_000);
            files.iter().filter_map(|row| row.try_get_by_index::<Option<Vec<u8>>>(1).unwrap()).collect()
        }
    };
    let needle = needle.as_bytes();
    files.iter().map(|file| file.windows(needle.len()).filter(|some| *some == needle).count()).sum()
}

async fn found(app: &TestApp, needle: &str) -> usize {
    count(app.raw(), app, needle).await
}

/// How often it stands there, once it is so often. With SQLite that is at once. On PostgreSQL the answer waits three seconds for
/// whatever writes in the same cluster, as other tests do, and does not wait for ever.
async fn gone_to(app: &TestApp, needle: &str, left: usize) -> usize {
    let since = Instant::now();
    loop {
        let found = found(app, needle).await;
        if found == left || app.backend == Backend::Sqlite || since.elapsed() > Duration::from_secs(60) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Partners beside those that there are, by their steward.
async fn register(app: &TestApp, at: usize) -> String {
    let input = json!({ "name": format!("Contoh mitra {at} (data contoh)"), "legalForm": "CV", "scale": "MICRO",
        "scaleSince": "2026-01-01" });
    let made = send(app, "KEMENKOPUKM", "partnerRegister", "{ partner { id } }", input).await;
    made["partner"]["id"].as_str().unwrap_or_else(|| panic!("{made:#}")).to_owned()
}

async fn what_is_erased_is_gone_from_the_files(backend: Backend) {
    let app = TestApp::new(backend).await;
    // Enough for some pages, which are split as they come and merged as they go.
    let mut contacts = Vec::<Value>::new();
    for at in 0..160 {
        let partner = register(&app, at).await;
        contacts.push(
            set(&app, "KEMENKOPUKM", &partner, "EMAIL", &format!("tanda{at:04}@{}.example", "x".repeat(60)))
                .await,
        );
    }
    assert!(found(&app, "tanda0").await >= contacts.len(), "they are where they are looked for");
    // Neighbours and others.
    let (mut left, mut at) = (contacts.len(), 0);
    while !contacts.is_empty() {
        at = (at + 7) % contacts.len();
        erase(&app, "KEMENKOPUKM:OFFICER", &contacts.remove(at)).await;
        left -= 1;
        if left.is_multiple_of(16) || left < 3 {
            assert_eq!(gone_to(&app, "tanda0", left).await, left);
        }
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_is_replaced_is_gone_as_well(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, _) = sole(&app).await;
    for at in 0..8 {
        set(&app, &steward, &partner, "PHONE", &format!("+62819345{at:04}")).await;
        assert_eq!(gone_to(&app, "+62819345", 1).await, 1);
    }
    // A number of a person that was set as something else is not found either: it never was anything else.
    set(&app, &steward, &partner, "NPWP", "3174998877665544").await;
    assert_eq!(found(&app, "3174998877665544").await, 1);
    let npwp = standing(&app, &partner, "NPWP").await.unwrap();
    erase(&app, &steward, &npwp["id"]).await;
    assert_eq!(gone_to(&app, "3174998877665544", 0).await, 0);
}

/// Of a database beside ours, which never sees the table: by it PostgreSQL tells how far back anybody might see.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_writes_in_another_database_is_waited_for() {
    let app = TestApp::new(Backend::Postgres).await;
    let (partner, steward, _) = sole(&app).await;
    let id = set(&app, &steward, &partner, "PHONE", "+62819345000").await;
    let (server, _) = app.url.rsplit_once('/').unwrap();
    let other = connect(&format!("{server}/postgres")).await;
    other.execute_unprepared("BEGIN").await.unwrap();
    other.execute_unprepared("SELECT pg_current_xact_id()").await.unwrap();
    erase(&app, &steward, &id).await;
    assert!(found(&app, "+62819345000").await > 0);
    other.execute_unprepared("COMMIT").await.unwrap();
    assert_eq!(gone_to(&app, "+62819345000", 0).await, 0);
}

async fn who_still_reads_is_waited_for(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, _) = sole(&app).await;
    let id = set(&app, &steward, &partner, "PHONE", "+62819345000").await;
    let other = connect(&app.url).await;
    let begin = match backend {
        Backend::Sqlite => "BEGIN",
        Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ",
    };
    other.execute_unprepared(begin).await.unwrap();
    let sql = "SELECT count(*) FROM contact_value WHERE value = '+62819345000'";
    let seen = async || {
        let statement = Statement::from_string(other.get_database_backend(), sql);
        let row = other.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    assert_eq!(seen().await, 1);
    // The erasure is a fact, and the answer comes, though not at once.
    let began = Instant::now();
    erase(&app, &steward, &id).await;
    assert!((2..20).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(rows(&app, sql).await[0].try_get_by_index::<i64>(0).unwrap(), 0);
    assert_eq!(seen().await, 1);
    assert!(found(&app, "+62819345000").await > 0);
    // Others write meanwhile.
    set(&app, &steward, &partner, "PHONE", "+62819345111").await;
    other.execute_unprepared("COMMIT").await.unwrap();
    let ended = Instant::now();
    while found(&app, "+62819345000").await > 0 {
        assert!(ended.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(found(&app, "+62819345111").await, 1);
}

async fn no_sample_of_a_value_is_kept(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.sql("ANALYZE").await;
    // The table is large enough to be sampled, and some table is.
    let sampled = match backend {
        Backend::Sqlite => "SELECT count(*) FROM sqlite_stat4 WHERE tbl = 'TABLE'",
        Backend::Postgres => {
            "SELECT count(*) FROM pg_statistic WHERE starelid = 'TABLE'::regclass AND stanullfrac IS NOT NULL"
        }
    };
    let samples = async |table: &str| {
        rows(&app, &sampled.replace("TABLE", table)).await[0].try_get_by_index::<i64>(0).unwrap()
    };
    assert!(samples("milestone").await > 2);
    // Of the contacts that they are of, and of nothing else.
    let of_values = match backend {
        Backend::Sqlite => {
            "SELECT count(*) FROM sqlite_stat4 WHERE tbl = 'contact_value' AND idx <> 'sqlite_autoindex_contact_value_1'"
        }
        Backend::Postgres => {
            "SELECT count(*) FROM pg_stats WHERE tablename = 'contact_value' AND attname <> 'contact'"
        }
    };
    assert!(samples("contact_value").await > 0);
    assert_eq!(rows(&app, of_values).await[0].try_get_by_index::<i64>(0).unwrap(), 0);
    let value = rows(&app, "SELECT value FROM contact_value WHERE value LIKE 'contoh1@%'").await;
    let value: String = value[0].try_get_by_index(0).unwrap();
    assert_eq!(found(&app, &value).await, 1, "{value}");
}

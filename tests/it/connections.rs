//! The connections that read, and the indexes that serve what is offered.

use crate::database::texts;
use crate::support::{Backend, TestApp};
use async_trait::async_trait;
use kemitraan::error::Error;
use kemitraan::journal::Projection;
use kemitraan::journal::projection::{Difference, Prepare};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use std::sync::{Arc, Mutex};

crate::both!(snapshots_cannot_write,);

/// Is handed the snapshot that a verification reads, and tries to write through it.
struct Pry {
    answers: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Projection for Pry {
    fn noun(&self) -> &'static str {
        "thing"
    }

    fn prepare(&self) -> Prepare {
        |_, _| Err(Error::internal("the journal has none of it"))
    }

    async fn compare(
        &self,
        live: &Arc<DatabaseTransaction>,
        _: &Arc<DatabaseTransaction>,
        _: &mut Vec<Difference>,
    ) -> kemitraan::error::Result<u64> {
        for sql in ["DELETE FROM milestone_dependency", "CREATE TABLE thing (id integer)"] {
            // Within a savepoint, since PostgreSQL's transaction is void after an error.
            live.execute_unprepared("SAVEPOINT pry").await.unwrap();
            let answer = live.execute_unprepared(sql).await;
            live.execute_unprepared("ROLLBACK TO pry").await.unwrap();
            self.answers.lock().unwrap().push(answer.unwrap_err().to_string());
        }
        if live.get_database_backend() == DbBackend::Postgres {
            for [isolation] in texts(&**live, "SHOW transaction_isolation").await {
                self.answers.lock().unwrap().push(isolation);
            }
        }
        Ok(0)
    }
}

async fn snapshots_cannot_write(backend: Backend) {
    let app = TestApp::new(backend).await;
    let answers = Arc::<Mutex<Vec<String>>>::default();
    let pry: Box<dyn Projection> = Box::new(Pry { answers: Arc::clone(&answers) });
    let mut projections = kemitraan::nouns::projections();
    projections.push(pry);
    let scratch = app.folder.join("scratch.db");
    app.app.access.verify_journal(&projections, &scratch, None, &mut |_, _| {}).await.unwrap();
    let answers = answers.lock().unwrap().clone();
    if backend == Backend::Sqlite {
        assert_eq!(answers.len(), 2);
        assert!(answers.iter().all(|answer| answer.contains("readonly database")), "{answers:?}");
    } else {
        assert!(
            answers[..2].iter().all(|answer| answer.contains("in a read-only transaction")),
            "{answers:?}"
        );
        assert_eq!(answers[2..], ["repeatable read"]);
    }
}

#[tokio::test]
async fn sqlite_is_opened_as_it_should_be() {
    let app = TestApp::new(Backend::Sqlite).await;
    let pragma = async |name: &str| {
        let row = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
        app.raw().query_one_raw(row).await.unwrap().unwrap()
    };
    assert_eq!(pragma("journal_mode").await.try_get_by_index::<String>(0).unwrap(), "wal");
    assert_eq!(pragma("foreign_keys").await.try_get_by_index::<i32>(0).unwrap(), 1);
    assert!(pragma("busy_timeout").await.try_get_by_index::<i32>(0).unwrap() >= 1_000);
    // FULL: a commit that was answered outlives a loss of power.
    assert_eq!(pragma("synchronous").await.try_get_by_index::<i32>(0).unwrap(), 2);
}

/// What is offered as an order or a filter, as the stores ask it, and the index that must serve it.
const QUERIES: &[(&str, &str)] = &[
    (
        "SELECT * FROM partnership WHERE organisation = ? ORDER BY title, id LIMIT 21",
        "partnership_organisation",
    ),
    (
        "SELECT * FROM partnership WHERE organisation IN (?) ORDER BY title DESC, id DESC LIMIT 21",
        "partnership_organisation",
    ),
    ("SELECT * FROM partnership ORDER BY title, id LIMIT 21", "partnership_title"),
    ("SELECT * FROM partnership WHERE title > ? ORDER BY title, id LIMIT 21", "partnership_title"),
    ("SELECT * FROM partnership ORDER BY id LIMIT 21", "sqlite_autoindex_partnership_1"),
    ("SELECT * FROM partnership WHERE status = ? ORDER BY title, id LIMIT 21", "partnership_status"),
    ("SELECT * FROM partnership WHERE batch = ? ORDER BY title, id LIMIT 21", "partnership_batch"),
    ("SELECT * FROM partnership WHERE memorandum = ? ORDER BY title, id LIMIT 21", "partnership_memorandum"),
    ("SELECT * FROM partnership WHERE executing_unit = ?", "partnership_executing_unit"),
    (
        "SELECT * FROM milestone WHERE partnership = ? ORDER BY due_on, id LIMIT 21",
        "milestone_partnership_due",
    ),
    (
        "SELECT * FROM milestone WHERE organisation = ? ORDER BY due_on, id LIMIT 21",
        "milestone_organisation_due",
    ),
    ("SELECT * FROM milestone ORDER BY due_on DESC, id DESC LIMIT 21", "milestone_due"),
    ("SELECT * FROM milestone ORDER BY id LIMIT 21", "sqlite_autoindex_milestone_1"),
    ("SELECT * FROM milestone WHERE status = ? ORDER BY due_on, id LIMIT 21", "milestone_status"),
    (
        "SELECT * FROM milestone WHERE verifier = ? AND status = ? ORDER BY due_on, id LIMIT 21",
        "milestone_verifier",
    ),
    (
        "SELECT * FROM milestone WHERE due_on >= ? AND due_on <= ? ORDER BY due_on, id LIMIT 21",
        "milestone_due",
    ),
    ("SELECT * FROM milestone_dependency WHERE milestone = ?", "sqlite_autoindex_milestone_dependency_2"),
    ("SELECT * FROM partner ORDER BY name, id LIMIT 21", "partner_name"),
    ("SELECT * FROM partner ORDER BY id LIMIT 21", "sqlite_autoindex_partner_1"),
    ("SELECT * FROM partner WHERE steward = ? ORDER BY name, id LIMIT 21", "partner_steward"),
    ("SELECT * FROM partner WHERE nib = ?", "sqlite_autoindex_partner_2"),
    ("SELECT partner FROM partnership_partner WHERE organisation = ?", "partnership_partner_organisation"),
    ("SELECT * FROM partnership_partner WHERE partner = ?", "partnership_partner_partner"),
    ("SELECT * FROM partnership_partner WHERE partnership = ?", "sqlite_autoindex_partnership_partner_2"),
    ("SELECT * FROM organisation ORDER BY code LIMIT 21", "sqlite_autoindex_organisation_2"),
    ("SELECT * FROM organisation WHERE kind = ? ORDER BY code, id LIMIT 21", "organisation_kind"),
    ("SELECT * FROM organisation WHERE code = ?", "sqlite_autoindex_organisation_2"),
    ("SELECT * FROM organisation_name WHERE organisation = ?", "organisation_name_from"),
    ("SELECT * FROM succession WHERE successor = ?", "succession_successor"),
    ("SELECT * FROM memorandum ORDER BY signed_on, id LIMIT 21", "memorandum_signed_on"),
    (
        "SELECT * FROM memorandum_signatory WHERE memorandum = ? ORDER BY memorandum, position",
        "sqlite_autoindex_memorandum_signatory_2",
    ),
    ("SELECT sequence FROM journal_change WHERE id = ?", "journal_change_subject"),
    ("SELECT sequence FROM journal_change WHERE organisation = ?", "journal_change_organisation"),
    ("SELECT sequence FROM journal_change WHERE partnership = ?", "journal_change_partnership"),
    (
        "SELECT * FROM journal_change WHERE sequence IN (?) ORDER BY sequence, position",
        "sqlite_autoindex_journal_change_1",
    ),
    ("SELECT * FROM journal_entry WHERE actor = ? ORDER BY sequence LIMIT 21", "journal_entry_actor"),
];

#[tokio::test]
async fn an_index_serves_what_is_offered() {
    let app = TestApp::new(Backend::Sqlite).await;
    for (query, index) in QUERIES {
        // With a null for what is asked; the plan is the same.
        let explain = format!("EXPLAIN QUERY PLAN {}", query.replace('?', "NULL"));
        let rows = app.raw().query_all_raw(Statement::from_string(DbBackend::Sqlite, explain)).await;
        let rows = rows.unwrap();
        let plan = rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap());
        let plan = plan.collect::<Vec<_>>().join("; ");
        let by = [format!("USING INDEX {index}"), format!("USING COVERING INDEX {index}")];
        assert!(by.iter().any(|by| plan.contains(by.as_str())), "{query}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{query}: {plan}");
    }
}

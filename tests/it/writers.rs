//! Writers that share a commit: to each it is a transaction of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kemitraan::access::{Access, Actor, Done, Level, Organisation, Permit, Role, Write, Written};
use kemitraan::db::{Database, Options};
use kemitraan::error::{Code, Error, Result};
use kemitraan::journal::entity::entry;
use kemitraan::nouns::milestones::entity::{MilestoneStatus, milestone};
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind, succession};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::scope::global;
use crate::succession::{create, find};
use crate::support::{Backend, TestApp, connect};
use crate::writes::{START, assert_verified, sequence};

crate::both!(
    one_of_many_starts_a_milestone,
    what_fails_harms_no_neighbour,
    a_fault_at_the_commit_is_its_own,
    a_succession_ends_the_writes_after_it,
    who_goes_away_leaves_all_or_nothing,
    two_processes_lose_nothing,
    what_loses_every_race_is_refused,
);

/// Milestones that a BUMN can start, of this BUMN or of any.
async fn scheduled(app: &TestApp, of: Option<Uuid>) -> Vec<milestone::Model> {
    use sea_orm::ColumnTrait as _;
    let all = milestone::Entity::find()
        .filter(milestone::Column::Status.eq(MilestoneStatus::Scheduled))
        .filter(milestone::Column::Reporter.eq(Role::Bumn))
        .order_by_asc(milestone::Column::Id);
    let all = match of {
        Some(one) => all.filter(milestone::Column::Organisation.eq(one)),
        None => all,
    };
    all.all(app.raw()).await.unwrap()
}

fn permit(actor: &Actor, id: Uuid) -> Permit {
    let roles = [Role::Bumn];
    Permit::grant(actor, "milestoneStart", id, &roles, Level::Officer).unwrap()
}

/// What `milestoneStart` does.
async fn start(mut write: Write, (id, version): (Uuid, i32)) -> Result<Done> {
    let row = write.hold::<milestone::Entity>(id).await?.ok_or_else(|| Error::not_found("it"))?;
    if row.version != version {
        return Err(Error::conflict("it", version, row.version));
    }
    let permit = permit(write.actor(), id);
    let started = milestone::Model { version: version + 1, status: MilestoneStatus::InProgress, ..row };
    write.update::<milestone::Entity>(&permit, &started).await?;
    write.done(&permit, None, started.version)
}

/// Another connection that keeps every commit waiting, until it is dropped.
struct Blocker(DatabaseConnection);

impl Blocker {
    async fn new(app: &TestApp) -> Self {
        let connection = connect(&app.url).await;
        let sql = match app.backend {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN; SELECT * FROM journal_head FOR UPDATE",
        };
        connection.execute_unprepared(sql).await.unwrap();
        Self(connection)
    }

    async fn release(self) {
        self.0.execute_unprepared("ROLLBACK").await.unwrap();
        self.0.close().await.unwrap();
    }
}

/// Long enough for what was begun to come to the blocker.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(400)).await;
}

/// A write that has the turn, and waits at the blocker: whatever comes now goes together after it.
fn first(access: &Access, row: &milestone::Model) -> tokio::task::JoinHandle<Result<Written>> {
    let (access, input) = (access.clone(), (row.id, row.version));
    tokio::spawn(async move { access.write(&Actor::seed(), None, None, input, start).await })
}

/// How many transactions the entries after this one came in; PostgreSQL tells.
async fn transactions(app: &TestApp, after: i64) -> usize {
    let sql = format!("SELECT DISTINCT xmin::text AS x FROM journal_entry WHERE sequence > {after}");
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
    app.raw().query_all_raw(statement).await.unwrap().len()
}

async fn one_of_many_starts_a_milestone(backend: Backend) {
    let app = Arc::new(TestApp::new(backend).await);
    let before = sequence(&app).await;
    let pertamina = find(&app, "PERTAMINA").await;
    let rows = scheduled(&app, Some(pertamina)).await;
    let rows = &rows[..rows.len().min(4)];
    assert!(rows.len() > 1);
    let clients = (0..32).map(|number| {
        let (app, row) = (Arc::clone(&app), rows[number % rows.len()].clone());
        tokio::spawn(async move {
            let variables = json!({ "id": global("milestone", row.id), "version": row.version });
            (row, app.post("PERTAMINA:OFFICER", START, variables).await.json())
        })
    });
    let mut winners = Vec::new();
    for client in futures_util::future::join_all(clients).await {
        let (row, answer) = client.unwrap();
        let payload = &answer["data"]["milestoneStart"];
        if payload.is_null() {
            assert_eq!(answer["errors"][0]["extensions"]["code"], "CONFLICT", "{answer:#}");
            assert_eq!(answer["errors"][0]["extensions"]["currentVersion"], row.version + 1);
        } else {
            assert_eq!(payload["milestone"]["version"], row.version + 1);
            assert_eq!(payload["journalEntry"]["changes"].as_array().unwrap().len(), 1);
            assert_eq!(payload["journalEntry"]["changes"][0]["subject"], payload["milestone"]["id"]);
            winners.push((row.id, payload["journalEntry"]["sequence"].as_i64().unwrap()));
        }
    }
    winners.sort_unstable();
    let won = winners.iter().map(|winner| winner.0).collect::<Vec<_>>();
    assert_eq!(won, rows.iter().map(|row| row.id).collect::<Vec<_>>());
    let mut sequences = winners.iter().map(|winner| winner.1).collect::<Vec<_>>();
    sequences.sort_unstable();
    assert_eq!(sequences, (before + 1..=before + rows.len() as i64).collect::<Vec<_>>());
    assert_eq!(sequence(&app).await, before + rows.len() as i64);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_fails_harms_no_neighbour(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (access, actor, before) = (&app.app.access, Actor::seed(), sequence(&app).await);
    let rows = scheduled(&app, None).await;
    let at = |number: usize| (rows[number].id, rows[number].version);
    let blocker = Blocker::new(&app).await;
    let first = first(access, &rows[0]);
    pause().await;

    let refused = async |write: Write, input: (Uuid, i32)| {
        // Its row is changed, and then it thinks better of it.
        drop(start(write, input).await?);
        Err::<Done, _>(Error::forbidden("example", "no"))
    };
    let panics = async |write: Write, input: (Uuid, i32)| {
        drop(start(write, input).await?);
        if input.1 > 0 {
            panic!("as this test wants it");
        }
        Err::<Done, _>(Error::internal("never"))
    };
    let breaks = async |mut write: Write, (id, _): (Uuid, i32)| {
        let row = write.hold::<milestone::Entity>(id).await?.ok_or_else(|| Error::not_found("it"))?;
        let permit = permit(write.actor(), id);
        let wrong = milestone::Model { weight: 101, ..row };
        write.update::<milestone::Entity>(&permit, &wrong).await?;
        write.done(&permit, None, 0)
    };
    let write = |input| access.write(&actor, Some("r".to_owned()), None, input, start);
    let all = futures_util::future::join5(
        futures_util::future::join3(write(at(1)), write(at(1)), write((rows[1].id, rows[1].version + 1))),
        access.write(&actor, None, None, at(2), refused),
        access.write(&actor, None, None, at(2), panics),
        access.write(&actor, None, None, at(3), breaks),
        futures_util::future::join(write(at(2)), write(at(4))),
    );
    let release = async {
        pause().await;
        blocker.release().await;
    };
    let ((same, refused, panicked, broken, (two, four)), ()) = futures_util::future::join(all, release).await;
    let sequence_of = |outcome: Result<Written>| outcome.unwrap().sequence - before;
    assert_eq!(sequence_of(first.await.unwrap()), 1);
    // A later one sees the row of an earlier one.
    let (one, lost, again) = same;
    let lost = lost.unwrap_err();
    assert_eq!(
        (lost.code(), &lost.details()["currentVersion"]),
        (Code::Conflict, &json!(rows[1].version + 1))
    );
    assert_eq!(again.as_ref().unwrap().version, rows[1].version + 2);
    assert_eq!(refused.unwrap_err().code(), Code::Forbidden);
    assert_eq!(panicked.unwrap_err().code(), Code::Internal);
    assert_eq!(broken.unwrap_err().code(), Code::Internal);
    let made = [one, again, two, four].map(sequence_of);
    assert_eq!(made, [2, 3, 4, 5]);
    if backend == Backend::Postgres {
        assert_eq!(transactions(&app, before).await, 2);
    }
    let entries = entry::Entity::find().order_by_desc(entry::Column::Sequence).all(app.raw()).await.unwrap();
    assert_eq!(entries[0].sequence, before + 5);
    assert_eq!(entries[4].request_id, None);
    assert!(entries[..4].iter().all(|entry| entry.request_id.as_deref() == Some("r")));
    assert_verified(access, &app.folder).await;
}

async fn a_fault_at_the_commit_is_its_own(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (access, actor, before) = (&app.app.access, Actor::seed(), sequence(&app).await);
    let rows = scheduled(&app, None).await;
    let blocker = Blocker::new(&app).await;
    let first = first(access, &rows[0]);
    pause().await;
    // Whether its partnership is there is looked at when all is committed.
    let stray = async |mut write: Write, row: milestone::Model| {
        let permit = permit(write.actor(), row.id);
        write.insert::<milestone::Entity>(&permit, &row).await?;
        write.done(&permit, None, 0)
    };
    let row = milestone::Model { id: app.clock.new_id(), partnership: app.clock.new_id(), ..rows[0].clone() };
    let write = |at: usize| access.write(&actor, None, None, (rows[at].id, rows[at].version), start);
    let all = futures_util::future::join3(write(1), access.write(&actor, None, None, row, stray), write(2));
    let release = async {
        pause().await;
        blocker.release().await;
    };
    let ((one, wrong, two), ()) = futures_util::future::join(all, release).await;
    first.await.unwrap().unwrap();
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.code(), Code::Internal);
    assert!(wrong.describe().to_lowercase().contains("foreign key"), "{}", wrong.describe());
    let mut made = [one, two].map(|outcome| outcome.unwrap().sequence - before);
    made.sort_unstable();
    assert_eq!(made, [2, 3]);
    assert_eq!(sequence(&app).await, before + 3);
    assert_verified(access, &app.folder).await;
}

async fn a_succession_ends_the_writes_after_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    let access = &app.app.access;
    let rni = find(&app, "RNI").await;
    let successor = create(access, "ID_FOOD", Role::Bumn).await;
    let before = sequence(&app).await;
    let own = scheduled(&app, Some(rni)).await;
    assert!(own.len() > 1);
    let other = scheduled(&app, None).await.into_iter().find(|row| row.organisation != rni).unwrap();
    let bumn = |id, code: &str| Actor::seed_for(Role::Bumn, Organisation { id, code: code.to_owned() });
    let (predecessor, heir, program) = (bumn(rni, "RNI"), bumn(successor, "ID_FOOD"), Actor::seed());
    let row = succession::Model {
        id: app.clock.new_id(),
        version: 1,
        kind: SuccessionKind::Replace,
        predecessor: rni,
        successor,
        stewardship: Stewardship::All,
        effective_on: app.clock.today(),
        legal_basis: "Data contoh".to_owned(),
    };
    let succeed = async |mut write: Write, row: succession::Model| {
        let permit =
            Permit::grant(write.actor(), "organisationSucceed", row.id, &[], Level::Officer).unwrap();
        write.insert::<succession::Entity>(&permit, &row).await?;
        write.done(&permit, None, 0)
    };
    let blocker = Blocker::new(&app).await;
    let first = first(access, &other);
    pause().await;
    let at = |number: usize| (own[number].id, own[number].version);
    let all = futures_util::future::join5(
        access.write(&heir, None, None, at(0), start),
        access.write(&predecessor, None, None, at(0), start),
        access.write(&program, None, None, row, succeed),
        access.write(&predecessor, None, None, at(1), start),
        access.write(&heir, None, None, at(1), start),
    );
    let release = async {
        pause().await;
        blocker.release().await;
    };
    let ((early, act, succeeded, late, inherited), ()) = futures_util::future::join(all, release).await;
    first.await.unwrap().unwrap();
    assert_eq!(early.unwrap_err().code(), Code::NotFound);
    let made = [act, succeeded, inherited].map(|outcome| outcome.unwrap().sequence - before);
    assert_eq!(made, [2, 3, 4]);
    assert_eq!(late.unwrap_err().details()["rule"], "succeeded");
    assert_eq!(sequence(&app).await, before + 4);
    assert_verified(access, &app.folder).await;
}

async fn who_goes_away_leaves_all_or_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (access, before) = (&app.app.access, sequence(&app).await);
    let rows = scheduled(&app, None).await;
    let blocker = Blocker::new(&app).await;
    let under_way = first(access, &rows[0]);
    pause().await;
    let (waiting, stays) = (first(access, &rows[1]), first(access, &rows[2]));
    pause().await;
    under_way.abort();
    waiting.abort();
    pause().await;
    blocker.release().await;
    // The one under way is carried out, the one that waited is not, the one that stays is answered.
    assert_eq!(stays.await.unwrap().unwrap().sequence, before + 2);
    assert_eq!(sequence(&app).await, before + 2);
    let versions = async |at: usize| {
        let row = milestone::Entity::find_by_id(rows[at].id).one(app.raw()).await.unwrap().unwrap();
        row.version - rows[at].version
    };
    assert_eq!([versions(0).await, versions(1).await, versions(2).await], [1, 0, 1]);
    assert_verified(access, &app.folder).await;
}

/// Another process's access to the same database.
async fn another(app: &TestApp) -> Access {
    Access::new(Database::connect(&Options::of(&app.url)).await.unwrap(), app.clock.clone(), 90)
}

async fn two_processes_lose_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let rows = scheduled(&app, None).await;
    let rows = rows[..4].to_vec();
    // Raises a row's version, whichever it is.
    let raise = async |mut write: Write, id: Uuid| {
        let row = write.hold::<milestone::Entity>(id).await?.ok_or_else(|| Error::not_found("it"))?;
        let permit = permit(write.actor(), id);
        let raised = milestone::Model { version: row.version + 1, ..row };
        write.update::<milestone::Entity>(&permit, &raised).await?;
        write.done(&permit, None, raised.version)
    };
    let accesses = [another(&app).await, another(&app).await];
    let clients = (0..32).map(|client| {
        let (access, rows) = (accesses[client % 2].clone(), rows.clone());
        tokio::spawn(async move {
            let mut made = Vec::new();
            for number in 0..6 {
                let id = rows[(client / 2 + number * 3) % rows.len()].id;
                let written = access.write(&Actor::seed(), None, None, id, raise).await.unwrap();
                made.push((id, written.version, written.sequence));
            }
            made
        })
    });
    let made = futures_util::future::join_all(clients).await;
    let mut made = made.into_iter().flat_map(Result::unwrap).collect::<Vec<_>>();
    made.sort_unstable_by_key(|made| made.2);
    let sequences = made.iter().map(|made| made.2).collect::<Vec<_>>();
    assert_eq!(sequences, (before + 1..=before + 32 * 6).collect::<Vec<_>>());
    for row in &rows {
        let versions = made.iter().filter(|made| made.0 == row.id).map(|made| made.1).collect::<Vec<_>>();
        let raised = row.version + versions.len() as i32;
        assert_eq!(versions, (row.version + 1..=raised).collect::<Vec<_>>());
        let now = milestone::Entity::find_by_id(row.id).one(app.raw()).await.unwrap().unwrap();
        assert_eq!(now.version, raised);
    }
    assert_verified(&app.app.access, &app.folder).await;
}

/// What only PostgreSQL, which has several writers, can show.
mod postgres_alone {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_row_that_another_holds_keeps_no_neighbour_waiting() {
        let app = TestApp::new(Backend::Postgres).await;
        let (access, before) = (&app.app.access, sequence(&app).await);
        let rows = scheduled(&app, None).await;
        let blocker = Blocker::new(&app).await;
        let one = first(access, &rows[0]);
        pause().await;
        let holder = connect(&app.url).await;
        let sql = format!("BEGIN; SELECT * FROM milestone WHERE id = '{}' FOR UPDATE", rows[2].id);
        holder.execute_unprepared(&sql).await.unwrap();
        let (two, held) = (first(access, &rows[1]), first(access, &rows[2]));
        pause().await;
        let four = first(access, &rows[3]);
        pause().await;
        blocker.release().await;
        one.await.unwrap().unwrap();
        two.await.unwrap().unwrap();
        four.await.unwrap().unwrap();
        assert!(!held.is_finished());
        holder.execute_unprepared("ROLLBACK").await.unwrap();
        assert_eq!(held.await.unwrap().unwrap().sequence, before + 4);
        assert_verified(access, &app.folder).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_connection_that_is_lost_before_the_commit_is_done_without() {
        let app = TestApp::new(Backend::Postgres).await;
        let (access, before) = (&app.app.access, sequence(&app).await);
        let rows = scheduled(&app, None).await;
        let one = Blocker::new(&app).await;
        let alone = first(access, &rows[0]);
        pause().await;
        let (two, three) = (first(access, &rows[1]), first(access, &rows[2]));
        pause().await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kemitraan-write' \
                   AND datname = current_database()";
        app.raw().execute_unprepared(end).await.unwrap();
        // Who was alone is told; those after it are begun on another connection.
        assert_eq!(alone.await.unwrap().unwrap_err().code(), Code::Internal);
        pause().await;
        app.raw().execute_unprepared(end).await.unwrap();
        pause().await;
        one.release().await;
        let mut made = [two, three];
        let mut sequences = Vec::new();
        for write in &mut made {
            sequences.push(write.await.unwrap().unwrap().sequence - before);
        }
        sequences.sort_unstable();
        assert_eq!(sequences, [1, 2]);
        assert_verified(access, &app.folder).await;
    }
}

/// A number that is another's, although nobody who looks for it finds it: it is tried again a bounded number of times, and meanwhile
/// keeps nobody waiting for ten seconds.
async fn what_loses_every_race_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let rows = scheduled(&app, None).await;
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let twice = move |mut write: Write, row: milestone::Model| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            let permit = permit(write.actor(), row.id);
            write.insert::<milestone::Entity>(&permit, &row).await?;
            write.done(&permit, None, row.version)
        }
    };
    let refused = app.app.access.write(&Actor::seed(), None, None, rows[0].clone(), twice).await;
    assert_eq!(refused.unwrap_err().code(), Code::Busy);
    let tries = tries.load(Ordering::Relaxed);
    assert!((2..=30).contains(&tries), "{tries}");
    assert_eq!(sequence(&app).await, before);
}

//! The journal: its vectors, its replay, and every kind of tampering with it or with the rows, found and named.
//!
//! Who tampers here writes to the database behind the program's back; the worst of them know the format as well as the
//! program does, and seal anew what they have changed.

mod changes;
mod entries;
mod replayed;
mod rows;
mod vectors;

use std::collections::{BTreeMap, HashMap, HashSet};

use kemitraan::journal::entity::{change, entry, head};
use kemitraan::journal::hash::{self, Hash};
use kemitraan::journal::verify::{Head, Report};
use kemitraan::journal::{Author, Place, Projected, Projection, Projector, append, projection};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::types::{Clock, Timestamp};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Statement,
    TransactionTrait as _,
};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Backend, TestApp};

crate::both!(the_pilot_is_verified);

/// The whole journal, to be changed at will and put back.
#[derive(Clone)]
struct Journal {
    entries: Vec<entry::Model>,
    changes: BTreeMap<i64, Vec<change::Model>>,
}

impl Journal {
    async fn of(app: &TestApp) -> Self {
        let db = app.raw();
        let entries = entry::Entity::find().order_by_asc(entry::Column::Sequence).all(db).await.unwrap();
        let select = change::Entity::find().order_by_asc(change::Column::Sequence);
        let mut changes = BTreeMap::<i64, Vec<_>>::new();
        for change in select.order_by_asc(change::Column::Position).all(db).await.unwrap() {
            changes.entry(change.sequence).or_default().push(change);
        }
        Self { entries, changes }
    }

    fn entry(&mut self, sequence: i64) -> &mut entry::Model {
        self.entries.iter_mut().find(|entry| entry.sequence == sequence).unwrap()
    }

    fn head(&self) -> Head {
        self.head_at(self.entries.last().unwrap().sequence)
    }

    fn head_at(&self, sequence: i64) -> Head {
        let entry = self.entries.iter().find(|entry| entry.sequence == sequence).unwrap();
        Head { sequence, hash: entry.hash.as_slice().try_into().unwrap() }
    }

    /// All changes of a row, oldest first.
    fn of_row(&self, id: Uuid) -> Vec<&change::Model> {
        self.changes.values().flatten().filter(|change| change.id == id).collect()
    }

    /// Whether a later change of the same row follows.
    fn is_superseded(&self, change: &change::Model) -> bool {
        let last = self.of_row(change.id).pop().unwrap();
        (last.sequence, last.position) > (change.sequence, change.position)
    }

    /// An entry of whose changes none is a row's latest: that it goes missing, no row tells.
    fn superseded_entry(&self) -> i64 {
        let all = |(_, changes): &(&i64, &Vec<_>)| changes.iter().all(|change| self.is_superseded(change));
        *self.changes.iter().find(all).unwrap().0
    }

    /// Numbers and seals all anew, from this sequence on, as the program would have.
    fn seal(&mut self, from: i64) {
        let (mut sequence, mut previous) = (0, hash::genesis());
        let mut sealed = BTreeMap::new();
        for entry in &mut self.entries {
            sequence += 1;
            let mut changes = self.changes.remove(&entry.sequence).unwrap_or_default();
            if entry.sequence >= from {
                entry.sequence = sequence;
                for (change, position) in changes.iter_mut().zip(0..) {
                    (change.sequence, change.position) = (sequence, position);
                    change.hash = hash::change_hash(change).to_vec();
                }
                let leaves = changes.iter().map(hash::change_hash).collect::<Vec<_>>();
                entry.changes_root = hash::merkle_root(&leaves).to_vec();
                entry.previous_hash = previous.to_vec();
                entry.hash = hash::entry_hash(entry).unwrap().to_vec();
            }
            previous = entry.hash.as_slice().try_into().unwrap();
            sealed.insert(entry.sequence, changes);
        }
        self.changes = sealed;
    }

    /// Puts it in the place of what is there; the head too.
    async fn put(&self, app: &TestApp) {
        self.put_but_head(app).await;
        let last = self.entries.last();
        let head = head::Model {
            id: 1,
            sequence: last.map_or(0, |last| last.sequence),
            at: last.map_or(Timestamp(0), |last| last.at),
            hash: last.map_or(hash::genesis().to_vec(), |last| last.hash.clone()),
        };
        head.into_active_model().reset_all().update(app.raw()).await.unwrap();
    }

    async fn put_but_head(&self, app: &TestApp) {
        let tx = app.raw().begin().await.unwrap();
        change::Entity::delete_many().exec(&tx).await.unwrap();
        entry::Entity::delete_many().exec(&tx).await.unwrap();
        let entries = self.entries.iter().cloned().map(entry::Model::into_active_model);
        entry::Entity::insert_many(entries).exec_without_returning(&tx).await.unwrap();
        let changes = self.changes.values().flatten().cloned().map(change::Model::into_active_model);
        change::Entity::insert_many(changes).exec_without_returning(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn verified(app: &TestApp, expect: Option<Head>) -> Report {
    let scratch = app.folder.join(format!("scratch-{}.db", Clock::system().new_id()));
    app.app
        .access
        .verify_journal(&kemitraan::nouns::projections(), &scratch, expect, &mut |_, _| {})
        .await
        .unwrap()
}

async fn findings(app: &TestApp, expect: Option<Head>) -> Vec<String> {
    verified(app, expect).await.findings
}

const CLEAN: [&str; 0] = [];

/// A literal of the database at hand.
fn id_of(app: &TestApp, id: Uuid) -> String {
    if app.backend == Backend::Sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
}

fn edit_image(change: &mut change::Model, edit: impl FnOnce(&mut Value)) {
    let mut image: Value = serde_json::from_str(change.image.as_deref().unwrap()).unwrap();
    edit(&mut image);
    change.image = Some(serde_json_canonicalizer::to_string(&image).unwrap());
}

/// Switches off what the database would refuse by itself: foreign keys and checks.
async fn unguard(app: &TestApp) {
    if app.backend == Backend::Sqlite {
        // The one connection that writes is the one that this is said to.
        app.sql("PRAGMA foreign_keys = OFF").await;
        app.sql("PRAGMA ignore_check_constraints = ON").await;
        return;
    }
    app.sql(
        "DO $$ DECLARE c record; BEGIN
             FOR c IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
                 WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace
             LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.of, c.conname); END LOOP;
         END $$",
    )
    .await;
}

async fn the_pilot_is_verified(backend: Backend) {
    let app = TestApp::new(backend).await;
    let journal = Journal::of(&app).await;
    let mut told = Vec::new();
    let scratch = app.folder.join("scratch.db");
    let projections = kemitraan::nouns::projections();
    let report = app
        .app
        .access
        .verify_journal(&projections, &scratch, None, &mut |done, all| told.push((done, all)))
        .await;
    let report = report.unwrap();
    assert_eq!(report.findings, CLEAN);
    assert_eq!(report.head, journal.head());
    assert_eq!(told, [(journal.entries.len() as u64, journal.entries.len() as u64)]);
    assert_eq!(report.changes, journal.changes.values().flatten().count() as u64);
    assert!(report.changes > 300 && report.rows > 150, "{report:?}");

    // Every row there is was compared, and its image is the latest in the journal.
    let mut rows = 0;
    let mut replayed = HashMap::new();
    for change in journal.changes.values().flatten() {
        replayed.insert((change.noun.as_str(), change.id), change.image.is_some());
    }
    for projection in &projections {
        let noun = projection.noun();
        let count = Statement::from_string(
            app.raw().get_database_backend(),
            format!("SELECT count(*) AS n FROM {noun}"),
        );
        let live = app.raw().query_one_raw(count).await.unwrap().unwrap().try_get::<i64>("", "n").unwrap();
        let known = replayed.iter().filter(|((of, _), is_there)| *of == noun && **is_there).count();
        assert_eq!(live, known as i64, "{noun}");
        rows += live;
    }
    assert_eq!(report.rows, rows as u64);

    // The genesis and any entry may be expected.
    let genesis = Head { sequence: 0, hash: hash::genesis() };
    for expect in [genesis, journal.head_at(1), journal.head_at(100), journal.head()] {
        assert_eq!(findings(&app, Some(expect)).await, CLEAN, "{expect}");
        assert_eq!(expect.to_string().parse(), Ok(expect));
    }
    let wrong = Head { hash: [7; 32], ..journal.head_at(100) };
    assert_eq!(
        findings(&app, Some(wrong)).await,
        [format!(
            "entry 100: its hash is {}, not the expected {}",
            hex::encode(journal.head_at(100).hash),
            "07".repeat(32)
        )]
    );
    assert!(!findings(&app, Some(Head { sequence: 0, hash: [7; 32] })).await.is_empty());

    // And an empty journal is whole.
    let app = TestApp::empty(backend).await;
    let report = verified(&app, Some(genesis)).await;
    assert_eq!((report.findings, report.head, report.rows), (Vec::new(), genesis, 0));
}

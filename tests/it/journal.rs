//! The journal: its vectors, its replay, and every kind of tampering with it or with the rows, found and named.
//!
//! Who tampers here writes to the database behind the program's back; the worst of them know the format as well as the
//! program does, and seal anew what they have changed.

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

crate::both!(
    the_pilot_is_verified,
    an_entry_is_edited,
    an_entry_is_edited_with_its_own_hash,
    an_entry_is_edited_and_all_sealed_anew,
    a_superseded_image_is_edited_and_all_sealed_anew,
    a_latest_image_is_edited_and_all_sealed_anew,
    an_entry_is_dated_back_and_all_sealed_anew,
    a_middle_entry_is_deleted,
    a_middle_entry_is_deleted_and_all_sealed_anew,
    the_first_entry_is_deleted,
    the_last_entry_is_deleted,
    the_journal_is_cut_and_the_rows_undone,
    changes_stand_where_there_is_no_entry,
    a_value_is_put_that_no_entity_has,
    unique_values_move_from_row_to_row,
    all_entries_are_deleted,
    a_row_is_edited,
    a_row_is_deleted,
    a_row_is_added,
    a_change_is_edited,
    a_change_is_deleted,
    a_change_is_added,
    changes_change_places,
    the_head_is_edited,
    a_noun_is_made_up,
    an_image_cannot_be_read,
    an_image_breaks_a_rule_of_its_table,
    long_journals_are_verified_page_by_page,
    older_images_are_brought_up_to_date,
);

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

async fn an_entry_is_edited(backend: Backend) {
    let app = TestApp::new(backend).await;
    let other = id_of(&app, Uuid::from_u128(7));
    let bytes = if backend == Backend::Sqlite {
        format!("x'{}'", "07".repeat(32))
    } else {
        format!("'\\x{}'", "07".repeat(32))
    };
    let own = "entry 100: it was edited: its hash is not its own";
    let next = "entry 101: it does not follow the entry before it";
    let root = "entry 100: its changes are not those that it was sealed over";
    let follows = "entry 100: it does not follow the entry before it";
    let before = Journal::of(&app).await;
    for (column, value, found) in [
        ("at", "at + 1", &[own, next][..]),
        ("actor", "'other'", &[own, next]),
        ("actor", "actor || ' '", &[own, next]),
        ("token", "'other'", &[own, next]),
        ("role", "'ADMIN'", &[own, next]),
        ("role", "NULL", &[own, next]),
        ("organisation", &other, &[own, next]),
        ("level", "'VIEWER'", &[own, next]),
        ("action", "'milestoneMeet'", &[own, next]),
        ("reason", "'Karena'", &[own, next]),
        ("request_id", "'other'", &[own, next]),
        ("changes_root", &bytes, &[root, own, next]),
        ("previous_hash", &bytes, &[follows, own, next]),
        // The entry's own hash is computed, so the one after it follows still.
        ("hash", &bytes, &[own]),
    ] {
        // Its time, so that the next is not dated before it.
        app.sql(&format!("UPDATE journal_entry SET {column} = {value} WHERE sequence = 100")).await;
        assert_eq!(findings(&app, None).await, found, "{column}");
        before.put(&app).await;
    }
    assert_eq!(findings(&app, Some(before.head())).await, CLEAN);
}

/// The first one after it tells, whatever the entry itself says of itself.
async fn an_entry_is_edited_with_its_own_hash(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let entry = journal.entry(100);
    entry.reason = Some("Karena".to_owned());
    entry.hash = hash::entry_hash(entry).unwrap().to_vec();
    journal.put_but_head(&app).await;
    assert_eq!(findings(&app, None).await, ["entry 101: it does not follow the entry before it"]);

    // And where it is the last, the head.
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let last = journal.head().sequence;
    let entry = journal.entry(last);
    entry.reason = Some("Karena".to_owned());
    entry.hash = hash::entry_hash(entry).unwrap().to_vec();
    journal.put_but_head(&app).await;
    assert_eq!(findings(&app, None).await, ["the head is not that of the last entry"]);
}

fn not_expected(sequence: i64, is: Head, expected: Head) -> String {
    format!(
        "entry {sequence}: its hash is {}, not the expected {}",
        hex::encode(is.hash),
        hex::encode(expected.hash)
    )
}

/// Nothing within the database tells; a head that was kept elsewhere does.
async fn an_entry_is_edited_and_all_sealed_anew(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = Journal::of(&app).await;
    let mut journal = before.clone();
    journal.entry(100).reason = Some("Karena".to_owned());
    journal.entry(100).actor = "other".to_owned();
    journal.seal(100);
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, CLEAN);
    let last = before.head();
    assert_eq!(findings(&app, Some(last)).await, [not_expected(last.sequence, journal.head(), last)]);
    let noted = before.head_at(150);
    assert_eq!(findings(&app, Some(noted)).await, [not_expected(150, journal.head_at(150), noted)]);
    // What was noted before it says nothing of it.
    assert_eq!(findings(&app, Some(before.head_at(99))).await, CLEAN);
}

async fn a_superseded_image_is_edited_and_all_sealed_anew(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = Journal::of(&app).await;
    let mut journal = before.clone();
    let sequence = journal.superseded_entry();
    edit_image(&mut journal.changes.get_mut(&sequence).unwrap()[0], |image| image["version"] = 77.into());
    journal.seal(sequence);
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, CLEAN);
    let last = before.head();
    assert_eq!(findings(&app, Some(last)).await, [not_expected(last.sequence, journal.head(), last)]);
}

async fn a_latest_image_is_edited_and_all_sealed_anew(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let latest = |change: &&change::Model| {
        change.noun == "milestone"
            && !journal.is_superseded(change)
            && change.sequence < journal.head().sequence
    };
    let (sequence, position, id) = journal
        .changes
        .values()
        .flatten()
        .find(latest)
        .map(|change| (change.sequence, change.position as usize, change.id))
        .unwrap();
    edit_image(&mut journal.changes.get_mut(&sequence).unwrap()[position], |image| {
        image["report"] = "Lain".into();
        image["weight"] = 1.into();
    });
    journal.seal(sequence);
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, [format!("milestone {id}: row edited: weight, report")]);
    assert_eq!(findings(&app, Some(journal.head())).await.len(), 1);
}

async fn an_entry_is_dated_back_and_all_sealed_anew(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    journal.entry(150).at = Timestamp(journal.entry(149).at.0 - 1);
    journal.seal(150);
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, ["entry 150: it is dated before the one that it follows"]);
}

async fn delete_entry(app: &TestApp, sequence: i64) {
    assert!(app.sql(&format!("DELETE FROM journal_change WHERE sequence = {sequence}")).await > 0);
    assert_eq!(app.sql(&format!("DELETE FROM journal_entry WHERE sequence = {sequence}")).await, 1);
}

async fn a_middle_entry_is_deleted(backend: Backend) {
    let app = TestApp::new(backend).await;
    let sequence = Journal::of(&app).await.superseded_entry();
    assert!(sequence > 1);
    delete_entry(&app, sequence).await;
    let next = sequence + 1;
    assert_eq!(
        findings(&app, None).await,
        [
            format!("entry {next}: entries {sequence} to {sequence} are missing before it"),
            format!("entry {next}: it does not follow the entry before it"),
        ]
    );
    // Three more after it.
    for sequence in next..next + 3 {
        delete_entry(&app, sequence).await;
    }
    let found = findings(&app, None).await;
    assert_eq!(
        found[0],
        format!("entry {}: entries {sequence} to {} are missing before it", next + 3, next + 2)
    );
}

/// Without a gap in the numbers, only the rows or a head that was kept elsewhere tell.
async fn a_middle_entry_is_deleted_and_all_sealed_anew(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = Journal::of(&app).await;
    let mut journal = before.clone();
    let sequence = journal.superseded_entry();
    journal.entries.retain(|entry| entry.sequence != sequence);
    journal.changes.remove(&sequence);
    journal.seal(sequence);
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, CLEAN);
    let last = before.head();
    assert_eq!(
        findings(&app, Some(last)).await,
        [format!("entry {} is expected, but is not there", last.sequence)]
    );
    let noted = before.head_at(last.sequence - 1);
    assert_eq!(findings(&app, Some(noted)).await, [not_expected(noted.sequence, journal.head(), noted)]);

    // Here the rows tell: the entry was the latest of a partner.
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let partner = journal.changes.values().find(|changes| changes[0].noun == "partner").unwrap()[0].clone();
    journal.entries.retain(|entry| entry.sequence != partner.sequence);
    journal.changes.remove(&partner.sequence);
    journal.seal(partner.sequence);
    journal.put(&app).await;
    assert_eq!(
        findings(&app, None).await,
        [format!("partner {}: row added: the journal knows nothing of it", partner.id)]
    );
}

async fn the_first_entry_is_deleted(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let gone = journal.changes.remove(&1).unwrap();
    delete_entry(&app, 1).await;
    let mut expected = vec![
        "entry 2: entries 1 to 1 are missing before it".to_owned(),
        "entry 2: it does not follow the entry before it".to_owned(),
    ];
    for change in gone {
        expected.push(format!("{} {}: row added: the journal knows nothing of it", change.noun, change.id));
    }
    assert_eq!(findings(&app, None).await, expected);
}

/// The rows that an entry was the last to change, as they differ where it is not replayed.
fn rows_of(journal: &Journal, sequence: i64) -> HashSet<String> {
    let ids = journal.changes[&sequence].iter().map(|change| change.id).collect::<HashSet<_>>();
    let row = |id| {
        let history = journal.of_row(id);
        let (latest, earlier) = history.split_last().unwrap();
        match earlier.last() {
            None => format!("{} {id}: row added: the journal knows nothing of it", latest.noun),
            Some(earlier) => {
                let image = |change: &change::Model| -> serde_json::Map<String, Value> {
                    serde_json::from_str(change.image.as_deref().unwrap()).unwrap()
                };
                let (is, was) = (image(latest), image(earlier));
                let edited = is.keys().filter(|key| is[*key] != was[*key]).count();
                format!("{} {id}: row edited, columns: {edited}", latest.noun)
            }
        }
    };
    ids.into_iter().map(row).collect()
}

/// The same, of what was found: how many columns, not in which order.
fn counted(finding: &str) -> String {
    match finding.split_once(": row edited: ") {
        Some((row, columns)) => format!("{row}: row edited, columns: {}", columns.split(", ").count()),
        None => finding.to_owned(),
    }
}

async fn the_last_entry_is_deleted(backend: Backend) {
    let app = TestApp::new(backend).await;
    let journal = Journal::of(&app).await;
    let last = journal.head().sequence;
    delete_entry(&app, last).await;
    let found = findings(&app, None).await;
    assert_eq!(found[0], format!("the head stands at {last}, the last entry is {}", last - 1));
    assert_eq!(
        found[1..].iter().map(|found| counted(found)).collect::<HashSet<_>>(),
        rows_of(&journal, last)
    );

    // With the head set back, the rows tell.
    let mut cut = journal.clone();
    cut.entries.pop();
    cut.changes.remove(&last);
    cut.put(&app).await;
    let found = findings(&app, None).await;
    assert_eq!(found.iter().map(|found| counted(found)).collect::<HashSet<_>>(), rows_of(&journal, last));
    assert!(!found.is_empty());
    let expected = format!("entry {last} is expected, but is not there");
    assert!(findings(&app, Some(journal.head())).await.contains(&expected));
}

/// A journal that ends earlier, head and rows with it: only a head that was kept elsewhere tells.
async fn the_journal_is_cut_and_the_rows_undone(backend: Backend) {
    let app = TestApp::new(backend).await;
    unguard(&app).await;
    let before = Journal::of(&app).await;
    let mut journal = before.clone();
    for _ in 0..5 {
        let last = journal.entries.pop().unwrap().sequence;
        let gone = journal.changes.remove(&last).unwrap();
        for projection in kemitraan::nouns::projections() {
            let own = gone.iter().filter(|change| change.noun == projection.noun());
            let earlier = own.map(|change| {
                let removed = change::Model { image: None, ..change.clone() };
                (change.id, journal.of_row(change.id).pop().cloned().unwrap_or(removed))
            });
            let earlier = earlier.collect::<HashMap<_, _>>();
            let changes = earlier.values().collect::<Vec<_>>();
            let rows = projection.prepare()(&changes, app.raw().get_database_backend()).unwrap();
            for statement in rows.removals(Uuid::max()).chain(rows.inserts.iter().cloned()) {
                app.raw().execute_raw(statement).await.unwrap();
            }
        }
    }
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, CLEAN);
    assert_eq!(findings(&app, Some(journal.head())).await, CLEAN);
    let last = before.head();
    assert_eq!(
        findings(&app, Some(last)).await,
        [format!("entry {} is expected, but is not there", last.sequence)]
    );
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

async fn changes_stand_where_there_is_no_entry(backend: Backend) {
    let app = TestApp::new(backend).await;
    unguard(&app).await;
    let before = Journal::of(&app).await;
    let last = before.head().sequence;
    for (sequence, position) in [(0, 0), (last + 1, 0), (last + 1, 1)] {
        let stray = before.changes[&last][0].clone();
        let stray = change::Model { sequence, position, ..stray }.into_active_model();
        change::Entity::insert(stray).exec_without_returning(app.raw()).await.unwrap();
    }
    assert_eq!(findings(&app, Some(before.head())).await, ["3 changes belong to no entry"]);

    // An entry that is gone while its changes are not.
    before.put(&app).await;
    let sequence = before.superseded_entry();
    app.sql(&format!("DELETE FROM journal_entry WHERE sequence = {sequence}")).await;
    let found = findings(&app, None).await;
    let next = sequence + 1;
    assert_eq!(found[0], format!("entry {next}: entries {sequence} to {sequence} are missing before it"));
    assert!(found.contains(&format!("entry {next}: it does not follow the entry before it")), "{found:#?}");
}

async fn a_value_is_put_that_no_entity_has(backend: Backend) {
    let app = TestApp::new(backend).await;
    unguard(&app).await;
    app.sql("UPDATE partner SET legal_form = 'FIRMA' WHERE nib = '0000000000001'").await;
    let found = findings(&app, None).await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("partner: its rows cannot be read: "), "{found:#?}");
    app.sql("UPDATE journal_entry SET format = 2 WHERE sequence = 100").await;
    let found = findings(&app, None).await;
    assert_eq!(
        found[..3],
        [
            "entry 100: its format is 2, which there is not",
            "entry 100: it was edited: its hash is not its own",
            "entry 101: it does not follow the entry before it",
        ]
    );
}

/// No tampering: the value of a unique column goes from one row to another, and there and back.
async fn unique_values_move_from_row_to_row(backend: Backend) {
    let app = TestApp::new(backend).await;
    let partners = partner::Entity::find().order_by_asc(partner::Column::Id).all(app.raw()).await.unwrap();
    let (mut one, mut other) = (partners[0].clone(), partners[1].clone());
    let author = Author { actor: "SYSTEM".to_owned(), ..Author::default() };
    let numbers = [one.nib.clone(), other.nib.clone()];
    for [first, second] in [[None, numbers[0].clone()], [numbers[1].clone(), numbers[0].clone()]] {
        let mut changes = Vec::new();
        (one.nib, other.nib) = (None, second);
        let settled = partner::Model { nib: first, ..one.clone() };
        for row in [one.clone(), other.clone(), settled.clone()] {
            changes.push(kemitraan::journal::Change {
                noun: "partner",
                version: 1,
                id: row.id,
                place: Place::default(),
                image: Some(projection::image::<partner::Entity>(&row).unwrap()),
            });
            row.into_active_model().reset_all().update(app.raw()).await.unwrap();
        }
        one = settled;
        append::append(
            app.raw(),
            append::hold_head(app.raw()).await.unwrap(),
            &app.clock,
            &author,
            "example",
            None,
            changes,
        )
        .await
        .unwrap();
        assert_eq!(findings(&app, None).await, CLEAN);
    }
    assert_eq!((one.nib, other.nib), (numbers[1].clone(), numbers[0].clone()));
}

async fn all_entries_are_deleted(backend: Backend) {
    let app = TestApp::new(backend).await;
    let last = Journal::of(&app).await.head();
    app.sql("DELETE FROM journal_change").await;
    app.sql("DELETE FROM journal_entry").await;
    let found = findings(&app, Some(last)).await;
    assert_eq!(found[0], format!("the head stands at {}, the last entry is 0", last.sequence));
    assert_eq!(found[1], format!("entry {} is expected, but is not there", last.sequence));
    assert!(
        found[2..100].iter().all(|found| found.ends_with(": row added: the journal knows nothing of it"))
    );
    // A hundred are told, then how many more there are.
    assert_eq!(found.len(), 101);
    assert!(found[100].starts_with("and ") && found[100].ends_with(" more"), "{}", found[100]);

    // Not even a head.
    app.sql("DELETE FROM journal_head").await;
    let scratch = app.folder.join("scratch.db");
    let report =
        app.app.access.verify_journal(&kemitraan::nouns::projections(), &scratch, None, &mut |_, _| {}).await;
    assert_eq!(report.unwrap_err().describe(), "the journal has no head");
}

async fn a_row_is_edited(backend: Backend) {
    for (table, set, columns) in [
        ("organisation", "code = 'OTHER'", "code"),
        (
            "organisation_name",
            "legal_basis = 'Contoh', valid_until = '2099-01-01'",
            "valid_until, legal_basis",
        ),
        ("memorandum", "objectives = objectives || ' EXPORTS'", "objectives"),
        ("memorandum_signatory", "signed_as = 'Contoh'", "signed_as"),
        ("partner", "name_public = NOT name_public", "name_public"),
        ("partnership", "estimated_value = estimated_value + 1", "estimated_value"),
        ("partnership_partner", "joined_on = '2001-01-01'", "joined_on"),
        ("milestone", "title = 'Lain', weight = 7", "title, weight"),
        ("milestone", "version = version + 1", "version"),
        ("milestone_dependency", "version = version + 1", "version"),
    ] {
        let app = TestApp::new(backend).await;
        let journal = Journal::of(&app).await;
        let id = journal.changes.values().flatten().find(|change| change.noun == table).unwrap().id;
        assert_eq!(app.sql(&format!("UPDATE {table} SET {set} WHERE id = {}", id_of(&app, id))).await, 1);
        let expected = format!("{table} {id}: row edited: {columns}");
        assert_eq!(findings(&app, None).await, std::slice::from_ref(&expected), "{table}");
        // That the journal is as it was noted, says nothing of the rows.
        assert_eq!(findings(&app, Some(journal.head())).await, [expected], "{table}");
    }
}

async fn a_row_is_deleted(backend: Backend) {
    for table in ["memorandum_signatory", "milestone_dependency", "organisation_name", "partnership_partner"]
    {
        let app = TestApp::new(backend).await;
        let journal = Journal::of(&app).await;
        let id = journal.changes.values().flatten().find(|change| change.noun == table).unwrap().id;
        assert_eq!(app.sql(&format!("DELETE FROM {table} WHERE id = {}", id_of(&app, id))).await, 1);
        let expected = format!("{table} {id}: row deleted: the journal says that it is there");
        assert_eq!(findings(&app, None).await, [expected], "{table}");
    }
}

async fn a_row_is_added(backend: Backend) {
    let app = TestApp::new(backend).await;
    // One that sorts before all others, one that sorts after them.
    let mut expected = Vec::new();
    for (number, code) in [(7, "FIRST"), (u128::MAX, "LAST")] {
        let id = Uuid::from_u128(number);
        let literal = id_of(&app, id);
        app.sql(&format!(
            "INSERT INTO organisation (id, version, code, kind) VALUES ({literal}, 1, '{code}', 'OFFTAKER')"
        ))
        .await;
        expected.push(format!("organisation {id}: row added: the journal knows nothing of it"));
    }
    assert_eq!(findings(&app, None).await, expected);
}

async fn a_change_is_edited(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = Journal::of(&app).await;
    let sequence = before.superseded_entry();
    let change = before.changes[&sequence][0].clone();
    let root = format!("entry {sequence}: its changes are not those that it was sealed over");
    let edited = |change: &change::Model| {
        format!("entry {sequence}: change 0 ({} {}) was edited", change.noun, change.id)
    };
    type Edit = fn(&mut change::Model);
    let edits: [(&str, Edit); 7] = [
        ("image", |change| edit_image(change, |image| image["version"] = 77.into())),
        ("no image", |change| change.image = None),
        ("image as text", |change| {
            let image = change.image.as_mut().unwrap();
            image.insert(1, ' ');
        }),
        ("salt", |change| change.salt = vec![7; 16]),
        ("organisation", |change| change.organisation = Some(Uuid::from_u128(7))),
        ("partnership", |change| change.partnership = None),
        ("version", |change| change.noun_version += 1),
    ];
    for (what, edit) in edits {
        let mut journal = before.clone();
        let change = &mut journal.changes.get_mut(&sequence).unwrap()[0];
        edit(change);
        let own = edited(change);
        journal.put(&app).await;
        assert_eq!(findings(&app, None).await, [own.clone(), root.clone()], "{what}");
        // With its own hash, too.
        let change = &mut journal.changes.get_mut(&sequence).unwrap()[0];
        change.hash = hash::change_hash(change).to_vec();
        journal.put(&app).await;
        assert_eq!(findings(&app, None).await, std::slice::from_ref(&root), "{what}");
    }

    let mut journal = before.clone();
    journal.changes.get_mut(&sequence).unwrap()[0].hash = vec![7; 32];
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, [edited(&change)]);

    // Said to be of another row, or of another noun: these then differ from their replay.
    for (noun, id) in [("milestone", Uuid::from_u128(7)), ("partner", change.id)] {
        let mut journal = before.clone();
        let change = &mut journal.changes.get_mut(&sequence).unwrap()[0];
        (change.noun, change.id) = (noun.to_owned(), id);
        let own = edited(change);
        journal.put(&app).await;
        let found = findings(&app, None).await;
        assert_eq!(found[..2], [own, root.clone()], "{found:#?}");
    }
    before.put(&app).await;
    assert_eq!(findings(&app, Some(before.head())).await, CLEAN);
}

/// An entry of several changes.
fn several(journal: &Journal) -> i64 {
    *journal.changes.iter().find(|(_, changes)| changes.len() > 3).unwrap().0
}

async fn a_change_is_deleted(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = Journal::of(&app).await;
    let sequence = several(&before);
    let root = format!("entry {sequence}: its changes are not those that it was sealed over");
    let last = before.changes[&sequence].len() - 1;
    for position in [0, 1, last] {
        app.sql(&format!("DELETE FROM journal_change WHERE sequence = {sequence} AND position = {position}"))
            .await;
        let mut expected = vec![root.clone()];
        if position < last {
            expected.insert(0, format!("entry {sequence}: change {position} is missing"));
        }
        let change = &before.changes[&sequence][position];
        let found = findings(&app, None).await;
        assert_eq!(found[..expected.len()], expected, "{position}");
        // Its row tells as well, unless a later change says what it is.
        let row = format!("{} {}: row added: the journal knows nothing of it", change.noun, change.id);
        assert_eq!(found[expected.len()..], if before.is_superseded(change) { vec![] } else { vec![row] });
        before.put(&app).await;
    }
    // All of them.
    app.sql(&format!("DELETE FROM journal_change WHERE sequence = {sequence}")).await;
    assert_eq!(findings(&app, None).await[0], root);
}

async fn a_change_is_added(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let sequence = several(&journal);
    let changes = journal.changes.get_mut(&sequence).unwrap();
    let mut more = changes.last().unwrap().clone();
    more.position += 1;
    changes.push(more);
    journal.put(&app).await;
    assert_eq!(
        findings(&app, None).await,
        [format!("entry {sequence}: its changes are not those that it was sealed over")]
    );
}

async fn changes_change_places(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = Journal::of(&app).await;
    let sequence = several(&before);
    for (from, to) in [(0, 99), (1, 0), (99, 1)] {
        let moved = format!(
            "UPDATE journal_change SET position = {to} WHERE sequence = {sequence} AND position = {from}"
        );
        assert_eq!(app.sql(&moved).await, 1);
    }
    assert_eq!(
        findings(&app, None).await,
        [format!("entry {sequence}: its changes are not those that it was sealed over")]
    );

    // From one entry into the next.
    before.put(&app).await;
    let next = sequence + 1;
    let last = before.changes[&sequence].len() - 1;
    let at = before.changes[&next].len();
    app.sql(&format!("UPDATE journal_change SET sequence = {next}, position = {at} WHERE sequence = {sequence} AND position = {last}")).await;
    assert_eq!(
        findings(&app, None).await,
        [sequence, next]
            .map(|entry| format!("entry {entry}: its changes are not those that it was sealed over"))
    );
}

async fn the_head_is_edited(backend: Backend) {
    let app = TestApp::new(backend).await;
    let journal = Journal::of(&app).await;
    let last = journal.head().sequence;
    let hash = if backend == Backend::Sqlite {
        format!("x'{}'", "07".repeat(32))
    } else {
        format!("'\\x{}'", "07".repeat(32))
    };
    for (set, found) in [
        (
            format!("sequence = {}", last + 1),
            format!("the head stands at {}, the last entry is {last}", last + 1),
        ),
        (
            format!("sequence = {}", last - 1),
            format!("the head stands at {}, the last entry is {last}", last - 1),
        ),
        ("at = at + 1".to_owned(), "the head is not that of the last entry".to_owned()),
        (format!("hash = {hash}"), "the head is not that of the last entry".to_owned()),
    ] {
        app.sql(&format!("UPDATE journal_head SET {set}")).await;
        assert_eq!(findings(&app, None).await, [found], "{set}");
        journal.put(&app).await;
    }
    assert_eq!(findings(&app, Some(journal.head())).await, CLEAN);
}

async fn a_noun_is_made_up(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let sequence = journal.superseded_entry();
    journal.changes.get_mut(&sequence).unwrap()[0].noun = "thing".to_owned();
    journal.seal(sequence);
    journal.put(&app).await;
    assert_eq!(findings(&app, None).await, ["the journal names a noun that there is not: thing"]);
}

async fn an_image_cannot_be_read(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let id = journal.changes.values().flatten().find(|change| change.noun == "memorandum").unwrap();
    let (sequence, position) = (id.sequence, id.position as usize);
    edit_image(&mut journal.changes.get_mut(&sequence).unwrap()[position], |image| {
        image["signed_on"] = "kemarin".into()
    });
    journal.seal(sequence);
    journal.put(&app).await;
    let found = findings(&app, None).await;
    assert!(
        found[0].starts_with(
            "memorandum: its images cannot be replayed: an image of memorandum cannot be read: "
        ),
        "{found:#?}"
    );
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[1].ends_with(": row added: the journal knows nothing of it"));
}

async fn an_image_breaks_a_rule_of_its_table(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut journal = Journal::of(&app).await;
    let last = journal.changes.values().flatten().rfind(|change| change.noun == "milestone").unwrap();
    let (sequence, position, id) = (last.sequence, last.position as usize, last.id);
    edit_image(&mut journal.changes.get_mut(&sequence).unwrap()[position], |image| {
        image["weight"] = 101.into();
    });
    journal.seal(sequence);
    journal.put(&app).await;
    assert_eq!(
        findings(&app, None).await,
        [
            "what the journal says does not fit the tables: CHECK constraint failed in milestone".to_owned(),
            format!("milestone {id}: row edited: weight"),
        ]
    );
}

async fn long_journals_are_verified_page_by_page(backend: Backend) {
    const MORE: i64 = 2_100;
    let app = TestApp::new(backend).await;
    let author = Author { actor: "SYSTEM".to_owned(), ..Author::default() };
    let tx = app.raw().begin().await.unwrap();
    for _ in 0..MORE {
        append::append(
            &tx,
            append::hold_head(&tx).await.unwrap(),
            &app.clock,
            &author,
            "example",
            None,
            Vec::new(),
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let mut told = Vec::new();
    let scratch = app.folder.join("scratch.db");
    let mut progress = |done, all| told.push((done, all));
    let report = app
        .app
        .access
        .verify_journal(&kemitraan::nouns::projections(), &scratch, None, &mut progress)
        .await
        .unwrap();
    assert_eq!(report.findings, CLEAN);
    let all = report.head.sequence as u64;
    assert_eq!(told, [(1_000, all), (2_000, all), (all, all)]);

    // On either side of a page's end.
    for sequence in [1_000, 1_001] {
        app.sql(&format!("UPDATE journal_entry SET reason = 'Karena' WHERE sequence = {sequence}")).await;
        assert_eq!(
            findings(&app, Some(report.head)).await,
            [
                format!("entry {sequence}: it was edited: its hash is not its own"),
                format!("entry {}: it does not follow the entry before it", sequence + 1),
            ]
        );
        app.sql(&format!("UPDATE journal_entry SET reason = NULL WHERE sequence = {sequence}")).await;
    }
    app.sql("DELETE FROM journal_entry WHERE sequence BETWEEN 990 AND 1010").await;
    assert_eq!(
        findings(&app, None).await,
        [
            "entry 1011: entries 990 to 1010 are missing before it".to_owned(),
            "entry 1011: it does not follow the entry before it".to_owned(),
        ]
    );
    app.sql("UPDATE journal_entry SET reason = 'Karena' WHERE sequence > 1500").await;
    let found = findings(&app, None).await;
    // Two each, but the last; two for the gap; the head's.
    let edited = report.head.sequence - 1_500;
    assert_eq!(found.len(), 101);
    assert_eq!(found[100], format!("and {} more", 2 * edited - 1 + 2 + 1 - 100));
}

/// A table as it was before its version 2, and as it is.
mod thing {
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};
    use serde_json::Value;

    use super::{Place, Projected};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "thing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub weight: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const VERSION: i32 = 3;
        const NOUN: &'static str = "thing";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }

        /// Version 1 had a `title`, version 2 no `weight`.
        fn upcast(version: i32, mut image: Value) -> Value {
            if version < 2 {
                image["name"] = image["title"].take();
            }
            image["weight"] = 5.into();
            image
        }
    }
}

async fn older_images_are_brought_up_to_date(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (kind, other) = if backend == Backend::Sqlite { ("blob", "blob") } else { ("uuid", "blob") };
    let table = |kind: &str| {
        format!(
            "CREATE TABLE thing (id {kind} NOT NULL PRIMARY KEY, name text NOT NULL, weight integer NOT NULL)"
        )
    };
    app.sql(&table(kind)).await;
    let author = Author { actor: "SYSTEM".to_owned(), ..Author::default() };
    for (number, version, image) in [
        (1, 1, r#"{"id":"ID","title":"satu"}"#),
        (2, 2, r#"{"id":"ID","name":"dua"}"#),
        (3, 3, r#"{"id":"ID","name":"tiga","weight":9}"#),
        (4, 1, r#"{"id":"ID","title":"empat"}"#),
        (4, 3, ""),
    ] {
        let id = Uuid::from_u128(number);
        let image = image.replace("ID", &id.to_string());
        let change = kemitraan::journal::Change {
            noun: "thing",
            version,
            id,
            place: Place::default(),
            image: (!image.is_empty()).then_some(image),
        };
        append::append(
            app.raw(),
            append::hold_head(app.raw()).await.unwrap(),
            &app.clock,
            &author,
            "example",
            None,
            vec![change],
        )
        .await
        .unwrap();
    }
    if backend == Backend::Postgres {
        app.sql("GRANT SELECT ON thing TO kemitraan_read").await;
    }
    for (number, name, weight) in [(1, "satu", 5), (2, "dua", 5), (3, "tiga", 9)] {
        let row = thing::Model { id: Uuid::from_u128(number), name: name.to_owned(), weight };
        thing::Entity::insert(row.into_active_model()).exec_without_returning(app.raw()).await.unwrap();
    }

    let run = async |name: &str| {
        // The table of a noun that the program does not have is not among its migrations.
        let scratch = app.folder.join(name);
        std::fs::write(&scratch, "").unwrap();
        let replayed = crate::support::connect(&format!("sqlite://{}", scratch.display())).await;
        replayed.execute_unprepared(&table(other)).await.unwrap();
        replayed.close().await.unwrap();
        let mut projections = kemitraan::nouns::projections();
        projections.push(Box::new(Projector::<thing::Entity>::new()) as Box<dyn Projection>);
        app.app.access.verify_journal(&projections, &scratch, None, &mut |_, _| {}).await.unwrap().findings
    };
    assert_eq!(run("one.db").await, CLEAN);
    let changed = thing::Entity::update_many()
        .col_expr(thing::Column::Weight, 6.into())
        .filter(thing::Column::Name.eq("satu"))
        .exec(app.raw())
        .await
        .unwrap();
    assert_eq!(changed.rows_affected, 1);
    assert_eq!(thing::Entity::find().count(app.raw()).await.unwrap(), 3);
    assert_eq!(run("two.db").await, [format!("thing {}: row edited: weight", Uuid::from_u128(1))]);
}

/// One entry of `tests/vectors/journal.json`.
fn vector(value: &Value) -> (entry::Model, Vec<(change::Model, String)>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let id = |value: &Value| value.as_str().map(|id| id.parse::<Uuid>().unwrap());
    let number = |value: &Value| i32::try_from(value.as_i64().unwrap()).unwrap();
    let entry = entry::Model {
        sequence: value["sequence"].as_i64().unwrap(),
        format: number(&value["format"]),
        at: Timestamp(value["at"].as_i64().unwrap()),
        actor: text(&value["actor"]).unwrap(),
        token: text(&value["token"]),
        role: text(&value["role"]),
        organisation: id(&value["organisation"]),
        level: text(&value["level"]),
        action: text(&value["action"]).unwrap(),
        reason: text(&value["reason"]),
        request_id: text(&value["request_id"]),
        changes_root: bytes(&value["changes_root"]),
        previous_hash: bytes(&value["previous_hash"]),
        hash: bytes(&value["hash"]),
    };
    let change = |value: &Value| {
        let change = change::Model {
            sequence: entry.sequence,
            position: number(&value["position"]),
            noun: text(&value["noun"]).unwrap(),
            id: id(&value["id"]).unwrap(),
            noun_version: number(&value["noun_version"]),
            organisation: id(&value["organisation"]),
            partnership: id(&value["partnership"]),
            image: text(&value["image"]),
            salt: bytes(&value["salt"]),
            hash: bytes(&value["hash"]),
        };
        (change, text(&value["text"]).unwrap())
    };
    let changes = value["changes"].as_array().unwrap().iter().map(change).collect();
    (entry, changes)
}

fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/journal.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_vectors_are_computed_as_they_stand() {
    let file = vectors();
    assert_eq!(file["genesis"], hex::encode(hash::genesis()));
    let mut previous = hash::genesis().to_vec();
    let (mut seen, mut removed) = (0, 0);
    for value in file["entries"].as_array().unwrap() {
        let name = value["name"].as_str().unwrap();
        let (entry, changes) = vector(value);
        let mut leaves = Vec::<Hash>::new();
        for (change, text) in &changes {
            assert_eq!(&hash::change_text(change), text, "{name}");
            assert_eq!(hash::change_hash(change).as_slice(), change.hash, "{name}");
            leaves.push(hash::change_hash(change));
            removed += usize::from(change.image.is_none());
        }
        assert_eq!(hash::merkle_root(&leaves).as_slice(), entry.changes_root, "{name}");
        assert_eq!(hash::entry_text(&entry).unwrap(), value["text"].as_str().unwrap(), "{name}");
        assert_eq!(hash::entry_hash(&entry).unwrap().as_slice(), entry.hash, "{name}");
        assert_eq!(entry.previous_hash, previous, "{name}");
        previous = entry.hash;
        seen += 1;
    }
    assert!(seen >= 5 && removed >= 1);
}

/// The vectors stand in either database as they are in the file: nothing is lost on the way in and out.
#[tokio::test]
async fn the_vectors_survive_both_databases() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = TestApp::empty(backend).await;
        let mut journal = Journal { entries: Vec::new(), changes: BTreeMap::new() };
        for value in vectors()["entries"].as_array().unwrap() {
            let (entry, changes) = vector(value);
            journal.changes.insert(entry.sequence, changes.into_iter().map(|(change, _)| change).collect());
            journal.entries.push(entry);
        }
        journal.put(&app).await;
        let head = journal.head();
        let report = verified(&app, Some(head)).await;
        assert_eq!(report.head, head);
        let of_chain = |found: &&String| found.starts_with("entry ") || found.starts_with("the head ");
        assert_eq!(report.findings.iter().filter(of_chain).collect::<Vec<_>>(), <[&String; 0]>::default());
        assert_eq!(app.raw().get_database_backend() == DbBackend::Postgres, backend == Backend::Postgres);
    }
}

//! Entries edited, deleted and dated back, with and without all being sealed anew.

use super::*;

crate::both!(
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
);

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

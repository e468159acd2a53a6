//! Changes edited, deleted, added and moved, the head, and images that cannot be.

use super::*;

crate::both!(
    a_change_is_edited,
    a_change_is_deleted,
    a_change_is_added,
    changes_change_places,
    the_head_is_edited,
    a_noun_is_made_up,
    an_image_cannot_be_read,
    an_image_breaks_a_rule_of_its_table,
);

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

//! Rows that the journal knows otherwise or not at all, and values that move from one row to another.

use super::*;

crate::both!(
    changes_stand_where_there_is_no_entry,
    a_value_is_put_that_no_entity_has,
    unique_values_move_from_row_to_row,
    all_entries_are_deleted,
    a_row_is_edited,
    a_row_is_deleted,
    a_row_is_added,
);

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

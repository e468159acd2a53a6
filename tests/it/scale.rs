//! Data of other sizes than the pilot's: the same for the same number, on both databases, and whole.

use std::collections::BTreeMap;
use std::time::Duration;

use kemitraan::access::{Access, Actor, Level, Permit, Write};
use kemitraan::db::{Database, Options};
use kemitraan::journal::entity::{change, entry, head};
use kemitraan::journal::verify::Head;
use kemitraan::nouns::milestones::entity::milestone;
use kemitraan::nouns::milestones::rules::hands;
use kemitraan::nouns::organisations::entity::{OrganisationKind, organisation};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::partnership_partner;
use kemitraan::seed::scale::{self, Size};
use kemitraan::types::Clock;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Statement,
};

use crate::both;
use crate::support::{Backend, NOW, TestApp};

both!(
    the_expansion_is_as_it_is_said_to_be,
    the_same_number_gives_the_same_data,
    many_rows_are_recorded_as_one_by_one,
    data_is_only_put_into_an_empty_database,
);

/// Small enough to be made twice, and of every noun.
const SMALL: Size = Size { bumn: 3, units: 2, partners: 40, partnerships: 130 };

async fn filled(backend: Backend, size: Size, number: u64) -> TestApp {
    let app = TestApp::empty(backend).await;
    let mut told = Vec::new();
    scale::fill(&app.db, size, number, &mut |done, all| told.push((done, all))).await.unwrap();
    let all = size.partnerships as u64;
    assert!(told.is_sorted() && told.len() > 1 && told.iter().all(|(_, of)| *of == all), "{told:?}");
    assert_eq!((told[0].0, told[told.len() - 1].0), (0, all));
    app
}

/// As `journal verify` does it: no statement of it has to hurry, as those of a request have.
async fn verified(app: &TestApp) -> Head {
    let (projections, scratch) = (kemitraan::nouns::projections(), app.folder.join("scratch.db"));
    let time_limit = Duration::from_secs(24 * 3_600);
    let options = Options { read_connections: 1, time_limit, ..Options::of(&app.url) };
    let db = Database::connect(&options).await.unwrap();
    let access = Access::new(db.clone(), app.clock.clone(), 0);
    let report = access.verify_journal(&projections, &scratch, None, &mut |_, _| {}).await.unwrap();
    db.close().await;
    assert_eq!(report.findings, [""; 0]);
    // Each row has one image, but those that the journal does not know.
    assert_eq!(report.rows, report.changes);
    report.head
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let backend = app.raw().get_database_backend();
    let count = Statement::from_string(backend, format!("SELECT count(*) AS n FROM {table}"));
    app.raw().query_one_raw(count).await.unwrap().unwrap().try_get("", "n").unwrap()
}

async fn the_expansion_is_as_it_is_said_to_be(backend: Backend) {
    let app = filled(backend, scale::EXPANSION, 1).await;
    verified(&app).await;
    for (table, rows) in [
        ("organisation", 3 + 17 + 2),
        ("partner", 630),
        ("partnership", 420),
        ("milestone", 4_200),
        ("outcome", 6_720),
        ("quarter", 19),
        ("memorandum", 1),
    ] {
        assert_eq!(count(&app, table).await, rows, "{table}");
    }
    // Something of every noun of the work, and of what is outside the journal.
    for projection in kemitraan::nouns::projections() {
        if ["access_table", "token"].contains(&projection.noun()) {
            continue;
        }
        assert!(count(&app, projection.noun()).await > 0, "{}", projection.noun());
    }
    assert_eq!(count(&app, "contact_value").await, count(&app, "contact").await);

    // What is made up says so, and no partner is left alone.
    let partners = partner::Entity::find().all(app.raw()).await.unwrap();
    assert!(partners.iter().all(|row| row.sample && row.name.ends_with("(data contoh)")));
    let joined = partnership_partner::Entity::find().all(app.raw()).await.unwrap();
    assert!(partners.iter().all(|row| joined.iter().any(|joined| joined.partner == row.id)));
    let bumn = organisation::Column::Kind.eq(OrganisationKind::Bumn);
    for row in organisation::Entity::find().filter(bumn).all(app.raw()).await.unwrap() {
        assert!(row.code.starts_with("CONTOH_BUMN_"));
        assert!(joined.iter().any(|joined| joined.organisation == row.id), "{}", row.code);
    }

    // Reported and verified by whom the rules say.
    let stewards: BTreeMap<_, _> = joined
        .iter()
        .filter(|row| row.lead)
        .map(|row| {
            (row.partnership, partners.iter().find(|partner| partner.id == row.partner).unwrap().steward)
        })
        .collect();
    for row in milestone::Entity::find().all(app.raw()).await.unwrap() {
        let steward = stewards[&row.partnership];
        let seats = [true, false].map(|technical| hands(row.kind, steward, technical));
        assert!(seats.contains(&(row.reporter, row.verifier)), "{row:?}");
    }

    // An entry a partnership, with everything of it.
    let changes = change::Entity::find().filter(change::Column::Partnership.is_not_null());
    let mut entries = BTreeMap::new();
    for row in changes.all(app.raw()).await.unwrap() {
        entries.entry(row.sequence).or_insert_with(Vec::new).push(row.partnership);
    }
    assert_eq!(entries.len(), 420);
    assert!(entries.values().all(|places| places.iter().all(|place| *place == places[0])));

    // And it is served.
    let data = app.data("KEMENBUMN", "{ partnerships(first: 1) { totalCount nodes { title } } }").await;
    assert_eq!(data["partnerships"]["totalCount"], 420);
    assert!(data["partnerships"]["nodes"][0]["title"].as_str().unwrap().contains("data contoh"));
}

async fn the_same_number_gives_the_same_data(backend: Backend) {
    let app = filled(backend, SMALL, 7).await;
    let head = verified(&app).await;
    let values = |app: TestApp| async move {
        use kemitraan::nouns::contacts::entity::contact_value::{Column, Entity};
        Entity::find().order_by_asc(Column::Contact).all(app.raw()).await.unwrap()
    };
    // Where there is PostgreSQL, what is on it is compared with what is on SQLite.
    let again = filled(Backend::Sqlite, SMALL, 7).await;
    assert_eq!(verified(&again).await, head);
    // Outside the journal, so that its head does not tell.
    assert_eq!(values(app).await, values(again).await);

    // Another one gives other data.
    let other = filled(backend, SMALL, 8).await;
    assert_ne!(verified(&other).await, head);
    for (table, rows) in [("organisation", 3 + 3 + 2), ("partner", 40), ("partnership", 130)] {
        assert_eq!(count(&other, table).await, rows, "{table}");
    }
}

/// The same rows by `insert` and by `insert_many` make the same changes and rows, whatever the size of the statements.
async fn many_rows_are_recorded_as_one_by_one(backend: Backend) {
    // Above a power of two, and past the longest statement.
    for many in [1, 2, 3, 1_100] {
        let (mut journals, mut tables) = (Vec::new(), Vec::new());
        for at_once in [false, true] {
            let app = TestApp::empty(backend).await;
            let clock = Clock::seeded(NOW.parse().unwrap(), 5);
            let access = Access::new(app.db.clone(), clock.clone(), 0);
            let actor = Actor::seed();
            let row = |number: usize| organisation::Model {
                id: clock.new_id(),
                version: 1,
                code: format!("CONTOH_{number}"),
                kind: OrganisationKind::Offtaker,
                seat: None,
                parent: None,
            };
            let rows = (0..many).map(row).collect::<Vec<_>>();
            let permit = Permit::grant(&actor, "example", rows[0].id, &[], Level::Officer).unwrap();
            let mut write = Write::begin(&access, &actor, None).await.unwrap();
            if at_once {
                write.insert_many::<organisation::Entity>(&permit, &rows).await.unwrap();
            } else {
                for row in &rows {
                    write.insert::<organisation::Entity>(&permit, row).await.unwrap();
                }
            }
            let entry = write.append(&permit, Some("sebab")).await.unwrap().commit().await.unwrap();
            assert_eq!(Head { sequence: entry.sequence, hash: entry.hash }, verified(&app).await);
            journals.push((
                entry::Entity::find().all(app.raw()).await.unwrap(),
                change::Entity::find().order_by_asc(change::Column::Position).all(app.raw()).await.unwrap(),
            ));
            tables.push(
                organisation::Entity::find()
                    .order_by_asc(organisation::Column::Id)
                    .all(app.raw())
                    .await
                    .unwrap(),
            );
        }
        assert_eq!(journals[0].1.len(), many);
        assert!(journals[0] == journals[1] && tables[0] == tables[1], "{many}");
    }
}

async fn data_is_only_put_into_an_empty_database(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = head::Entity::find().one(app.raw()).await.unwrap();
    let refused = scale::fill(&app.db, SMALL, 7, &mut |_, _| {}).await.unwrap_err();
    assert!(refused.describe().contains("not empty"), "{}", refused.describe());
    assert_eq!(head::Entity::find().one(app.raw()).await.unwrap(), before);
    assert_eq!(count(&app, "partnership").await, 9);
}

//! Journals that are long, and images of older shapes.

use super::*;

crate::both!(long_journals_are_verified_page_by_page, older_images_are_brought_up_to_date,);

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

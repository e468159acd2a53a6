//! The schema: up and down, and the same as the entities.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use kemitraan::access::once::idempotency_key;
use kemitraan::db::{Database, Options};
use kemitraan::journal::reads::entity::{read_head, read_partner, read_record};
use kemitraan::journal::{Author, Change, Place, append, entity};
use kemitraan::nouns::certificates::entity::{certificate, platform_account};
use kemitraan::nouns::clauses::entity::clause;
use kemitraan::nouns::comments::entity::comment;
use kemitraan::nouns::contacts::entity::{contact, contact_value};
use kemitraan::nouns::evidence::entity::{evidence, upload};
use kemitraan::nouns::memoranda::entity::{baseline, memorandum, memorandum_signatory};
use kemitraan::nouns::milestones::entity::{milestone, milestone_dependency, reschedule};
use kemitraan::nouns::obstacles::entity::obstacle;
use kemitraan::nouns::organisations::entity::{organisation, organisation_name, succession};
use kemitraan::nouns::outcomes::entity::{outcome, outcome_revision};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::{partnership, partnership_partner};
use kemitraan::nouns::public::entity::{public_nib, public_partner, public_partnership};
use kemitraan::nouns::quarters::entity::{quarter, quarter_agreement};
use kemitraan::nouns::references::entity::external_reference;
use kemitraan::nouns::tallies::entity::{
    tally_due, tally_milestone, tally_outcome, tally_partnership, tally_transacted,
};
use kemitraan::types::Timestamp;
use migrations::MigratorTrait as _;
use sea_orm::sea_query::ColumnType;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic as _,
    Iterable as _, Statement,
};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Backend, TestApp, connect};

crate::both!(
    migrations_walk_from_empty_to_last_and_back,
    many_may_migrate_at_once,
    rows_of_before_get_what_was_added_to_them,
    entities_are_their_tables,
);

/// The URL of a database in which there is nothing at all.
pub async fn blank(app: &TestApp) -> String {
    if app.backend == Backend::Sqlite {
        return format!("sqlite://{}/blank.db", app.folder.display());
    }
    let url = format!("{}_blank", app.url);
    let (_, name) = url.rsplit_once('/').unwrap();
    app.sql(&format!("CREATE DATABASE {name}")).await;
    url
}

/// The texts of a query's columns, row by row.
pub async fn texts<const N: usize>(db: &impl ConnectionTrait, sql: &str) -> Vec<[String; N]> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter()
        .map(|row| {
            std::array::from_fn(|at| row.try_get_by_index::<Option<String>>(at).unwrap().unwrap_or_default())
        })
        .collect()
}

/// Everything that the schema has, by name: tables, indexes, triggers, views, with what defines them.
async fn schema(raw: &DatabaseConnection) -> BTreeMap<String, String> {
    let sql = if raw.get_database_backend() == DbBackend::Postgres {
        "SELECT c.relname::text, CASE c.relkind WHEN 'i' THEN pg_get_indexdef(c.oid) ELSE
             (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull), ', ' ORDER BY a.attnum)
                 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)
             || (SELECT coalesce(string_agg(pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname), '')
                 FROM pg_constraint k WHERE k.conrelid = c.oid) END
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
    } else {
        "SELECT name, sql FROM sqlite_master"
    };
    texts(raw, sql).await.into_iter().map(|[name, definition]| (name, definition)).collect()
}

/// What the library that migrates keeps for itself, or SQLite does.
pub fn is_bookkeeping(name: &str) -> bool {
    name.starts_with("seaql_migrations") || name.starts_with("sqlite_")
}

pub const STEPS: [&str; 24] = [
    "m0001_journal",
    "m0002_organisations",
    "m0003_memoranda",
    "m0004_partners",
    "m0005_partnerships",
    "m0006_milestones",
    "m0007_public",
    "m0008_outcomes",
    "m0009_work",
    "m0010_journal_filter",
    "m0011_search",
    "m0012_tallies",
    "m0013_journal_partner",
    "m0014_idempotency",
    "m0015_uploads",
    "m0017_parties",
    "m0018_comments",
    "m0020_delegations",
    "m0021_tokens",
    "m0022_contact_statistics",
    "m0023_read_log",
    "m0024_access_table",
    "m0025_waiting_outcomes",
    "m0026_waiting_milestones",
];

async fn migrations_walk_from_empty_to_last_and_back(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let url = blank(&app).await;
    let db = Database::connect(&Options::of(&url)).await.unwrap();
    let raw = connect(&url).await;
    assert_eq!(schema(&raw).await, BTreeMap::new());
    assert!(!db.is_current().await.unwrap());

    assert_eq!(db.migrate().await.unwrap(), STEPS);
    assert!(db.is_current().await.unwrap());
    let first = schema(&raw).await;
    assert!(first.len() > 40, "{first:#?}");
    assert_eq!(db.migrate().await.unwrap(), <[&str; 0]>::default());
    assert_eq!(schema(&raw).await, first);

    db.migrate_down().await.unwrap();
    let left = schema(&raw).await;
    assert!(left.keys().all(|name| is_bookkeeping(name)), "{left:#?}");
    assert_eq!(texts::<1>(&raw, "SELECT version FROM seaql_migrations").await, <[[String; 1]; 0]>::default());
    assert!(!db.is_current().await.unwrap());

    assert_eq!(db.migrate().await.unwrap(), STEPS);
    assert_eq!(schema(&raw).await, first);
    db.close().await;

    // With data in it, too.
    let app = TestApp::new(backend).await;
    app.db.migrate_down().await.unwrap();
    assert!(schema(app.raw()).await.keys().all(|name| is_bookkeeping(name)));
    app.db.migrate().await.unwrap();
    assert_eq!(schema(app.raw()).await, first);
}

async fn many_may_migrate_at_once(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let options = Options::of(blank(&app).await);
    let connect = || async { Database::connect(&options).await.unwrap() };
    let (one, other) = tokio::join!(connect(), connect());
    let (first, second) = tokio::join!(one.migrate(), other.migrate());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.len() + second.len(), STEPS.len(), "{first:?} {second:?}");
    assert!(one.is_current().await.unwrap() && other.is_current().await.unwrap());
    one.migrate_down().await.unwrap();
    one.close().await;
    other.close().await;

    // Processes of their own, from nothing.
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_kemitraan"))
            .args(["migrate", "--database", options.url.expose()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let started = [start(), start(), start(), start()];
    let mut steps = Vec::new();
    for child in started {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        steps.extend(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned));
    }
    assert_eq!(steps, STEPS);
}

/// As a database that was filled before: the row lacks the column, the image the member.
async fn rows_of_before_get_what_was_added_to_them(backend: Backend) {
    let pilot = TestApp::new(backend).await;
    rows_of_before(&pilot, 6, &["organisation", "memorandum", "partnership"]).await;
    let app = rows_of_before(
        &pilot,
        8,
        &["organisation", "memorandum", "partnership", "milestone", "quarter", "outcome"],
    )
    .await;
    let milestone = milestone::Entity::find().one(app.raw()).await.unwrap().unwrap();
    assert_eq!((milestone.clause, milestone.status_since), (None, Timestamp::of_id(milestone.id)));
    let outcome = outcome::Entity::find().one(app.raw()).await.unwrap().unwrap();
    assert_eq!(outcome.reported_at.unwrap_or(Timestamp::of_id(outcome.id)), outcome.status_since);
}

/// Members that came with a step: noun, member, step.
const ADDED: [(&str, &str, usize); 5] = [
    ("partnership", "public_id", 7),
    ("partnership", "status_since", 9),
    ("milestone", "status_since", 9),
    ("milestone", "clause", 9),
    ("outcome", "status_since", 9),
];

/// A database that had the first steps when one row of each of these nouns was put into it, and has all of them now.
async fn rows_of_before(pilot: &TestApp, steps: usize, nouns: &[&'static str]) -> TestApp {
    let app = TestApp::empty(pilot.backend).await;
    migrations::Migrator::down(app.raw(), Some((STEPS.len() - steps) as u32)).await.unwrap();
    let mut changes = Vec::new();
    for noun in nouns {
        let mut image = image_of(pilot, noun).await;
        if *noun == "partnership" {
            // The unit is another organisation.
            image["executing_unit"] = Value::Null;
        }
        let mut version = 1;
        for (_, member, step) in ADDED.iter().filter(|(of, ..)| of == noun) {
            if *step > steps {
                assert!(image.as_object_mut().unwrap().remove(*member).is_some(), "{member}");
            } else {
                version += 1;
            }
        }
        insert(&app, noun, &image).await;
        let id = image["id"].as_str().unwrap().parse().unwrap();
        let image = Some(serde_json_canonicalizer::to_string(&image).unwrap());
        changes.push(Change { noun, version, id, place: Place::default(), image });
    }
    let head = append::hold_head(app.raw()).await.unwrap();
    append::append(app.raw(), head, &app.clock, &Author::default(), "example", None, changes).await.unwrap();

    assert_eq!(app.db.migrate().await.unwrap(), &STEPS[steps..]);
    let row = partnership::Entity::find().one(app.raw()).await.unwrap().unwrap();
    assert_eq!(row.public_id, kemitraan::nouns::partnerships::rules::public_id(row.id));
    assert_eq!(row.status_since, Timestamp::of_id(row.id));
    let scratch = app.folder.join("scratch.db");
    let projections = kemitraan::nouns::projections();
    let report = app.app.access.verify_journal(&projections, &scratch, None, &mut |_, _| {}).await.unwrap();
    assert_eq!((report.findings.len(), report.rows), (0, nouns.len() as u64), "{:#?}", report.findings);
    app
}

/// The image of Pertamina, of the memorandum, or of Pertamina's first partnership.
async fn image_of(app: &TestApp, noun: &str) -> Value {
    let of = "(SELECT id FROM organisation WHERE code = 'PERTAMINA')";
    let which = match noun {
        "organisation" => format!("id = {of}"),
        "partnership" | "milestone" | "outcome" => format!("organisation = {of}"),
        _ => "1 = 1".to_owned(),
    };
    let sql = format!(
        "SELECT image FROM journal_change WHERE noun = '{noun}' AND {which} ORDER BY sequence LIMIT 1"
    );
    let [[image]] = &texts::<1>(app.raw(), &sql).await[..] else { panic!("no image of {noun}") };
    serde_json::from_str(image).unwrap()
}

/// Puts a row as its image has it.
async fn insert(app: &TestApp, table: &str, image: &Value) {
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (column, value) in image.as_object().unwrap() {
        columns.push(column.as_str());
        values.push(match value.as_str() {
            None => value.to_string(),
            Some(text) if column.ends_with("_value") => text.to_owned(),
            Some(text) if column.ends_with("_at") && table == "outcome" => {
                text.parse::<Timestamp>().unwrap().0.to_string()
            }
            Some(text) if ["target", "actual"].contains(&column.as_str()) => {
                text.parse::<kemitraan::types::Decimal>().unwrap().0.to_string()
            }
            Some(text) => match text.parse::<Uuid>() {
                Ok(id) if app.backend == Backend::Sqlite => format!("X'{}'", id.simple()),
                _ => format!("'{text}'"),
            },
        });
    }
    app.sql(&format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))).await;
}

/// Each column of a table: its type, and whether it may be null.
type Columns = BTreeMap<String, (String, bool)>;

/// A table as its entity has it: columns, and the columns of its primary key.
fn of<E: EntityTrait>(backend: Backend) -> (String, (Columns, BTreeSet<String>)) {
    let columns = E::Column::iter().map(|column| {
        let definition = column.def();
        let (sqlite, postgres) = match definition.get_column_type() {
            ColumnType::Uuid => ("blob", "uuid"),
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => ("blob", "bytea"),
            ColumnType::String(_) | ColumnType::Text => ("text", "text"),
            ColumnType::Integer => ("integer", "integer"),
            ColumnType::BigInteger => ("integer", "bigint"),
            ColumnType::Boolean => ("integer", "boolean"),
            ColumnType::Date => ("text", "date"),
            other => panic!("{}: no column is to be of the type {other:?}", column.as_str()),
        };
        let kind = if backend == Backend::Sqlite { sqlite } else { postgres };
        (column.as_str().to_owned(), (kind.to_owned(), definition.is_null()))
    });
    let key = E::PrimaryKey::iter().map(|column| column.as_str().to_owned());
    (E::default().table_name().to_owned(), (columns.collect(), key.collect()))
}

async fn entities_are_their_tables(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let entities = BTreeMap::from([
        of::<entity::head::Entity>(backend),
        of::<kemitraan::nouns::access_table::entity::access_table::Entity>(backend),
        of::<entity::entry::Entity>(backend),
        of::<entity::change::Entity>(backend),
        of::<organisation::Entity>(backend),
        of::<organisation_name::Entity>(backend),
        of::<succession::Entity>(backend),
        of::<memorandum::Entity>(backend),
        of::<memorandum_signatory::Entity>(backend),
        of::<partner::Entity>(backend),
        of::<partnership::Entity>(backend),
        of::<partnership_partner::Entity>(backend),
        of::<milestone::Entity>(backend),
        of::<milestone_dependency::Entity>(backend),
        of::<quarter::Entity>(backend),
        of::<quarter_agreement::Entity>(backend),
        of::<outcome::Entity>(backend),
        of::<outcome_revision::Entity>(backend),
        of::<baseline::Entity>(backend),
        of::<clause::Entity>(backend),
        of::<certificate::Entity>(backend),
        of::<platform_account::Entity>(backend),
        of::<contact::Entity>(backend),
        of::<kemitraan::nouns::partners::corrections::partner_correction::Entity>(backend),
        of::<contact_value::Entity>(backend),
        of::<external_reference::Entity>(backend),
        of::<obstacle::Entity>(backend),
        of::<comment::Entity>(backend),
        of::<kemitraan::nouns::delegations::entity::delegation::Entity>(backend),
        of::<kemitraan::nouns::tokens::entity::token::Entity>(backend),
        of::<kemitraan::nouns::tokens::entity::token_use::Entity>(backend),
        of::<evidence::Entity>(backend),
        of::<upload::Entity>(backend),
        of::<reschedule::Entity>(backend),
        of::<idempotency_key::Entity>(backend),
        of::<read_head::Entity>(backend),
        of::<read_record::Entity>(backend),
        of::<read_partner::Entity>(backend),
        of::<tally_partnership::Entity>(backend),
        of::<tally_milestone::Entity>(backend),
        of::<tally_due::Entity>(backend),
        of::<tally_outcome::Entity>(backend),
        of::<tally_transacted::Entity>(backend),
    ]);
    let views = [
        of::<public_nib::Entity>(backend),
        of::<public_partner::Entity>(backend),
        of::<public_partnership::Entity>(backend),
    ];
    let (columns, keys, odd) = if backend == Backend::Sqlite {
        (
            r#"SELECT m.name, c.name, lower(c.type), CASE c."notnull" WHEN 1 THEN 'NO' ELSE 'YES' END
               FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type IN ('table', 'view')"#,
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.pk > 0",
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0",
        )
    } else {
        (
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text FROM information_schema.columns
             WHERE table_schema = 'public' AND is_generated = 'NEVER'",
            "SELECT t.table_name::text, k.column_name::text FROM information_schema.table_constraints t
             JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)
             WHERE t.table_schema = 'public' AND t.constraint_type = 'PRIMARY KEY'",
            "SELECT concat(table_name, '.', column_name) FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'",
        )
    };
    let mut tables = BTreeMap::<String, (Columns, BTreeSet<String>)>::new();
    for [table, column, kind, nullable] in texts(app.raw(), columns).await {
        tables.entry(table).or_default().0.insert(column, (kind, nullable == "YES"));
    }
    for [table, column] in texts(app.raw(), keys).await {
        tables.entry(table).or_default().1.insert(column);
    }
    // By these the database keeps tallies, and nothing else sees them.
    let is_kept = |name: &str| {
        ["tally_touched", "tally_dimension"].contains(&name)
            || (name.starts_with("tally_") && name.ends_with("_now"))
    };
    tables.retain(|name, _| !is_bookkeeping(name) && !is_kept(name));
    for (view, entity) in views {
        // A view's columns may all be null and none of them is a key, as far as either database knows.
        let columns = |columns: &Columns| {
            columns.iter().map(|(name, of)| (name.clone(), of.0.clone())).collect::<Vec<_>>()
        };
        assert_eq!(columns(&tables.remove(&view).unwrap().0), columns(&entity.0), "{view}");
    }
    assert_eq!(tables.keys().collect::<Vec<_>>(), entities.keys().collect::<Vec<_>>());
    for (table, entity) in &entities {
        assert_eq!(&tables[table], entity, "{table}");
    }
    // Wrong types are refused, and texts sorted by their bytes, on either database.
    let odd = texts(app.raw(), odd).await.into_iter().map(|[name]| name);
    assert_eq!(odd.filter(|name| !is_bookkeeping(name)).collect::<Vec<_>>(), <[String; 0]>::default());
}

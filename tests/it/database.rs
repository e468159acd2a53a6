//! The schema: up and down, the same as the entities, and what the database refuses by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kemitraan::db::{Database, Options};
use kemitraan::journal::projection::Difference;
use kemitraan::journal::{Author, Change, Place, Projection, append, entity};

use kemitraan::nouns::memoranda::entity::{memorandum, memorandum_signatory};
use kemitraan::nouns::milestones::entity::{milestone, milestone_dependency};
use kemitraan::nouns::organisations::entity::{organisation, organisation_name, succession};
use kemitraan::nouns::outcomes::entity::{outcome, outcome_revision};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::{partnership, partnership_partner};
use kemitraan::nouns::public::entity::{public_nib, public_partner, public_partnership};
use kemitraan::nouns::quarters::entity::{quarter, quarter_agreement};
use migrations::MigratorTrait as _;
use sea_orm::sea_query::ColumnType;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait,
    IdenStatic as _, Iterable as _, Statement,
};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Backend, TestApp, connect};

crate::both!(
    migrations_walk_from_empty_to_last_and_back,
    many_may_migrate_at_once,
    partnerships_of_before_get_their_public_id,
    entities_are_their_tables,
    what_cannot_be_is_refused,
    snapshots_cannot_write,
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
async fn texts<const N: usize>(db: &impl ConnectionTrait, sql: &str) -> Vec<[String; N]> {
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
fn is_bookkeeping(name: &str) -> bool {
    name.starts_with("seaql_migrations") || name.starts_with("sqlite_")
}

const STEPS: [&str; 8] = [
    "m0001_journal",
    "m0002_organisations",
    "m0003_memoranda",
    "m0004_partners",
    "m0005_partnerships",
    "m0006_milestones",
    "m0007_public",
    "m0008_outcomes",
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
            .args(["migrate", "--database", &options.url])
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

/// As a database that was filled before partnerships had one: the row lacks the column, the image the member.
async fn partnerships_of_before_get_their_public_id(backend: Backend) {
    let pilot = TestApp::new(backend).await;
    let app = TestApp::empty(backend).await;
    migrations::Migrator::down(app.raw(), Some(2)).await.unwrap();
    let mut changes = Vec::new();
    for noun in ["organisation", "memorandum", "partnership"] {
        let mut image = image_of(&pilot, noun).await;
        if noun == "partnership" {
            assert!(image.as_object_mut().unwrap().remove("public_id").is_some());
        }
        insert(&app, noun, &image).await;
        let id = image["id"].as_str().unwrap().parse().unwrap();
        let image = Some(serde_json_canonicalizer::to_string(&image).unwrap());
        changes.push(Change { noun, version: 1, id, place: Place::default(), image });
    }
    let head = append::hold_head(app.raw()).await.unwrap();
    append::append(app.raw(), head, &app.clock, &Author::default(), "example", None, changes).await.unwrap();

    assert_eq!(app.db.migrate().await.unwrap(), &STEPS[6..]);
    let row = partnership::Entity::find().one(app.raw()).await.unwrap().unwrap();
    assert_eq!(row.public_id, kemitraan::nouns::partnerships::rules::public_id(row.id));
    let scratch = app.folder.join("scratch.db");
    let projections = kemitraan::nouns::projections();
    let report = app.app.access.verify_journal(&projections, &scratch, None, &mut |_, _| {}).await.unwrap();
    assert_eq!((report.findings.len(), report.rows), (0, 3), "{:#?}", report.findings);
}

/// The image of Pertamina, of the memorandum, or of Pertamina's first partnership.
async fn image_of(app: &TestApp, noun: &str) -> Value {
    let of = "(SELECT id FROM organisation WHERE code = 'PERTAMINA')";
    let which = match noun {
        "organisation" => format!("id = {of}"),
        "partnership" => format!("organisation = {of}"),
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
             WHERE table_schema = 'public'",
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
    tables.retain(|name, _| !is_bookkeeping(name));
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

/// A statement that must be refused, and the same with a right value, which must not.
struct Rule {
    table: &'static str,
    /// Which row; the first of these is taken.
    which: &'static str,
    wrong: &'static str,
    right: &'static str,
}

const fn rule(table: &'static str, which: &'static str, wrong: &'static str, right: &'static str) -> Rule {
    Rule { table, which, wrong, right }
}

const REPORTED: &str = "recorded_at = 1, reported_by = 'one',
    reporter_organisation = (SELECT id FROM organisation WHERE code = 'PLN')";

/// `{no}` is an id that nothing has; `{reported}` what a milestone that was reported has, but the day.
const RULES: &[Rule] = &[
    // Values outside the lists.
    rule("organisation", "", "kind = 'COMPANY'", "kind = 'OFFTAKER'"),
    rule("organisation", "", "seat = 'AUDITOR'", "seat = 'KEMENPERIN'"),
    rule("succession", "", "kind = 'SALE'", "kind = 'MERGE'"),
    rule("succession", "", "stewardship = 'NONE'", "stewardship = 'KOPERASI'"),
    rule("partner", "", "legal_form = 'FIRMA'", "legal_form = 'KOPERASI'"),
    rule("partner", "", "scale = 'LARGE'", "scale = 'MEDIUM'"),
    rule("partner", "is_ikm = false", "steward = 'KEMENBUMN'", "steward = 'KEMENKOPUKM'"),
    rule("partnership", "", "pattern = 'GRANT'", "pattern = 'FRANCHISE'"),
    rule("partnership", "", "channel = 'SHOP'", "channel = 'MARKETPLACE'"),
    rule("partnership", "", "supply_direction = 'BOTH'", "supply_direction = 'BUMN_TO_PARTNER'"),
    rule("partnership", "", "status = 'DONE'", "status = 'TRIAL'"),
    rule("partnership", "", "status = 'trial'", "status = 'TRIAL'"),
    rule("milestone", "status = 'SCHEDULED'", "status = 'OVERDUE'", "status = 'IN_PROGRESS'"),
    rule("milestone", "", "type = 'PARTY'", "type = 'REVIEW'"),
    rule("milestone", "verifier = 'KEMENBUMN'", "reporter = 'ADMIN'", "reporter = 'BUMN'"),
    rule("milestone", "reporter = 'BUMN'", "verifier = 'AUDITOR'", "verifier = 'KEMENBUMN'"),
    rule("journal_entry", "", "role = 'ROOT'", "role = 'ADMIN'"),
    rule("journal_entry", "", "level = 'OWNER'", "level = 'VIEWER'"),
    rule("journal_entry", "", "format = 2", "format = 1"),
    // Amounts, counts, lengths.
    rule(
        "partnership",
        "",
        "potential_value = -1, potential_source = 'Contoh', potential_on = '2021-09-03'",
        "potential_value = 0, potential_source = 'Contoh', potential_on = '2021-09-03'",
    ),
    rule(
        "partnership",
        "",
        "estimated_value = -1, estimated_source = 'Contoh', estimated_on = '2021-09-03'",
        "estimated_value = 9223372036854775807, estimated_source = 'Contoh', estimated_on = '2021-09-03'",
    ),
    rule(
        "partnership",
        "",
        "contracted_value = -1, contracted_source = 'Contoh', contracted_on = '2021-09-03'",
        "contracted_value = 1, contracted_source = 'Contoh', contracted_on = '2021-09-03'",
    ),
    rule("partnership", "", "potential_source = NULL", "potential_source = 'Lain'"),
    rule("partnership", "", "estimated_on = NULL", "estimated_on = '2021-09-04'"),
    rule("partnership", "", "contracted_value = NULL", "contracted_value = 2"),
    rule("partnership", "", "title = ''", "title = 'A'"),
    rule("organisation", "code = 'PLN'", "code = 'P'", "code = 'PLN'"),
    rule("milestone", "", "weight = 101", "weight = 100"),
    rule("milestone", "", "weight = -1", "weight = 0"),
    rule("milestone", "", "position = 0", "position = 99"),
    rule("milestone", "", "reschedules = -1", "reschedules = 1"),
    rule("milestone", "", "title = ''", "title = 'A'"),
    rule("memorandum_signatory", "", "position = 0", "position = 99"),
    rule("journal_head", "", "sequence = -1", "sequence = sequence"),
    rule("journal_head", "", "id = 2", "id = 1"),
    // Registered numbers.
    rule("partner", "", "nib = '123456789012'", "nib = '1234567890123'"),
    rule("partner", "", "nib = '12345678901234'", "nib = '1234567890123'"),
    rule("partner", "", "nib = '123456789012X'", "nib = NULL"),
    rule("partner", "", "nib = '１２３４５６７８９０１２３'", "nib = '1234567890123'"),
    rule("partner", "legal_form = 'CV'", "npwp = '123456789012345'", "npwp = '1234567890123456'"),
    rule("partner", "legal_form = 'CV'", "npwp = '12.345.678.9-012.345'", "npwp = '1234567890123456'"),
    rule("partner", "", "kbli = '1234', kbli_version = 2020", "kbli = '12345', kbli_version = 2020"),
    rule("partner", "", "kbli = '12345', kbli_version = 2017", "kbli = '12345', kbli_version = 2025"),
    rule("partner", "", "kbli = '12345', kbli_version = NULL", "kbli = NULL, kbli_version = NULL"),
    rule("partner", "", "regency = '3273'", "regency = '32.73'"),
    rule("partner", "", "regency = '32-73'", "regency = '32.73'"),
    rule("partner", "", "regency = '32.730'", "regency = NULL"),
    // What must agree.
    rule(
        "partner",
        "legal_form = 'CV'",
        "legal_form = 'PERSEORANGAN', npwp = '1234567890123457'",
        "legal_form = 'PERSEORANGAN', npwp = NULL",
    ),
    rule(
        "partner",
        "",
        "legal_form = 'PT', nik_koperasi = 'CONTOH-1'",
        "legal_form = 'KOPERASI', nik_koperasi = 'CONTOH-1', npwp = NULL",
    ),
    rule("partner", "is_ikm = true", "is_ikm = false", "is_ikm = false, steward = 'KEMENKOPUKM'"),
    rule(
        "partnership",
        "",
        "status = 'REJECTED', status_reason = NULL",
        "status = 'REJECTED', status_reason = 'Contoh'",
    ),
    rule(
        "partnership",
        "",
        "status = 'SUSPENDED', status_reason = NULL",
        "status = 'SUSPENDED', status_reason = 'Contoh'",
    ),
    rule(
        "partnership",
        "",
        "status = 'TERMINATED', status_reason = NULL",
        "status = 'TERMINATED', status_reason = 'Contoh'",
    ),
    rule(
        "milestone",
        "reporter = 'BUMN' AND verifier = 'KEMENBUMN'",
        "verifier = 'BUMN'",
        "verifier = 'KEMENPERIN'",
    ),
    rule(
        "milestone",
        "status = 'SCHEDULED'",
        "status = 'SUBMITTED'",
        "status = 'SUBMITTED', {reported}, occurred_on = '2021-10-01'",
    ),
    rule(
        "milestone",
        "status = 'SCHEDULED'",
        "status = 'SUBMITTED', {reported}, occurred_on = NULL",
        "status = 'SUBMITTED', {reported}, occurred_on = '2021-10-01'",
    ),
    rule(
        "milestone",
        "status = 'SUBMITTED'",
        "status = 'MET'",
        "status = 'MET', verified_at = 2, verified_by = 'two', verifier_organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
    ),
    rule("milestone", "status = 'MET'", "verified_at = NULL", "verified_at = 2"),
    rule("milestone", "status = 'MET'", "verified_by = NULL", "verified_by = 'two'"),
    rule(
        "milestone",
        "status = 'MET'",
        "verifier_organisation = NULL",
        "verifier_organisation = verifier_organisation",
    ),
    rule("milestone", "status = 'MET'", "verified_by = reported_by", "verified_by = 'two'"),
    rule(
        "milestone",
        "status = 'MET'",
        "verifier_organisation = reporter_organisation",
        "verifier_organisation = verifier_organisation",
    ),
    rule(
        "milestone",
        "status = 'MET'",
        "status = 'PARTIALLY_MET', verified_by = NULL",
        "status = 'PARTIALLY_MET'",
    ),
    rule("milestone", "status = 'MET'", "status = 'NOT_MET', verified_by = NULL", "status = 'NOT_MET'"),
    rule(
        "milestone",
        "status = 'SUBMITTED'",
        "status = 'RETURNED', status_reason = NULL",
        "status = 'RETURNED', status_reason = 'Contoh'",
    ),
    rule(
        "milestone",
        "status = 'SCHEDULED'",
        "status = 'CANCELLED', status_reason = NULL",
        "status = 'CANCELLED', status_reason = 'Contoh'",
    ),
    rule("milestone_dependency", "", "milestone = depends_on", "milestone = milestone"),
    rule(
        "memorandum",
        "",
        "starts_on = '2021-09-03', ends_on = '2021-09-02'",
        "starts_on = '2021-09-03', ends_on = '2021-09-03'",
    ),
    rule(
        "organisation_name",
        "",
        "valid_from = '2021-09-03', valid_until = '2021-09-03'",
        "valid_from = '2021-09-03', valid_until = '2021-09-04'",
    ),
    // Days.
    rule("memorandum", "", "signed_on = '2021-02-30'", "signed_on = '2021-02-28'"),
    rule("memorandum", "", "signed_on = 'kemarin'", "signed_on = '2021-09-03'"),
    rule("partner", "", "scale_since = '2021-13-01'", "scale_since = '2021-12-01'"),
    rule("partnership", "", "estimated_on = ''", "estimated_on = '2021-09-03'"),
    rule("partnership_partner", "", "joined_on = '2021-09-31'", "joined_on = '2021-09-30'"),
    rule("milestone", "", "due_on = '2021-00-01'", "due_on = '2021-01-01'"),
    rule("milestone", "", "first_due_on = NULL", "first_due_on = '2021-01-01'"),
    rule("milestone", "", "occurred_on = '2023-02-29'", "occurred_on = '2024-02-29'"),
    rule("succession", "", "effective_on = 'x'", "effective_on = '2024-10-21'"),
    rule("organisation_name", "", "valid_from = 'x'", "valid_from = '2021-09-03'"),
    // What there can be but one of.
    rule("organisation", "code = 'PLN'", "code = 'RNI'", "code = 'PLN_2'"),
    rule("partner", "nib = '0000000000002'", "nib = '0000000000003'", "nib = '1234567890124'"),
    rule("partnership_partner", "lead = false", "lead = true", "lead = false"),
    rule(
        "partnership_partner",
        "lead = false",
        "partner = (SELECT a.partner FROM partnership_partner a
        WHERE a.partnership = partnership_partner.partnership AND a.lead)",
        "partner = partner",
    ),
    rule("milestone", "position = 2", "position = 3", "position = 98"),
    rule("memorandum_signatory", "position = 2", "position = 3", "position = 98"),
    rule(
        "memorandum_signatory",
        "position = 3",
        "organisation = (SELECT organisation FROM memorandum_signatory WHERE position = 1)",
        "organisation = organisation",
    ),
    rule("journal_entry", "sequence = 3", "hash = previous_hash", "hash = hash"),
    // What must be there.
    rule("organisation", "", "parent = {no}", "parent = NULL"),
    rule("organisation_name", "", "organisation = {no}", "organisation = organisation"),
    rule("succession", "", "predecessor = {no}", "predecessor = predecessor"),
    rule("succession", "", "successor = {no}", "successor = successor"),
    rule("memorandum_signatory", "", "memorandum = {no}", "memorandum = memorandum"),
    rule("memorandum_signatory", "", "organisation = {no}", "organisation = organisation"),
    rule("partnership", "", "organisation = {no}", "organisation = organisation"),
    rule("partnership", "", "memorandum = {no}", "memorandum = memorandum"),
    rule("partnership", "", "memorandum = NULL", "memorandum = memorandum"),
    rule("partnership", "", "executing_unit = {no}", "executing_unit = organisation"),
    rule("partnership", "", "renewal_of = {no}", "renewal_of = id"),
    rule("partnership_partner", "", "partner = {no}", "partner = partner"),
    rule("partnership_partner", "", "partnership = {no}", "partnership = partnership"),
    rule("milestone", "", "partnership = {no}", "partnership = partnership"),
    rule(
        "milestone",
        "",
        "reporter_organisation = {no}",
        "reporter_organisation = NULL, status = 'SCHEDULED'",
    ),
    rule(
        "milestone",
        "",
        "verifier_organisation = {no}",
        "verifier_organisation = NULL, status = 'SCHEDULED'",
    ),
    rule("milestone_dependency", "", "milestone = {no}", "milestone = milestone"),
    rule("milestone_dependency", "", "depends_on = {no}", "depends_on = depends_on"),
    rule("journal_change", "", "sequence = 1000000", "sequence = sequence"),
    // A BUMN stands in the rows below its partnership: it must be the same.
    rule(
        "partnership",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "partnership_partner",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "milestone",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "milestone_dependency",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "milestone_dependency",
        "",
        "depends_on = (SELECT id FROM milestone WHERE partnership <> milestone_dependency.partnership ORDER BY id LIMIT 1)",
        "depends_on = depends_on",
    ),
];

/// SQLite has neither days nor booleans nor sizes of bytes: what PostgreSQL's types refuse, or read another way.
const SQLITE_RULES: &[Rule] = &[
    rule("memorandum", "", "signed_on = '2021-9-3'", "signed_on = '2021-09-03'"),
    rule("memorandum", "", "signed_on = '2021-09-03T00:00:00'", "signed_on = '2021-09-03'"),
    rule("memorandum", "", "signed_on = '2459461'", "signed_on = '2021-09-03'"),
    rule("memorandum", "", "signed_on = 20210903", "signed_on = '2021-09-03'"),
    rule("partner", "", "sample = 2", "sample = 1"),
    rule("partner", "", "name_public = 'yes'", "name_public = 0"),
    rule("partner", "", "is_ikm = -1", "is_ikm = is_ikm"),
    rule("partnership_partner", "lead = 0", "lead = 2", "lead = 0"),
    rule("partnership", "", "estimated_value = 'banyak'", "estimated_value = 1"),
    rule("partnership", "", "estimated_value = 1.5", "estimated_value = 1"),
    rule("journal_head", "", "hash = x'00'", "hash = hash"),
];

const POSTGRES_RULES: &[Rule] = &[rule("journal_head", "", "hash = '\\x00'", "hash = hash")];

async fn what_cannot_be_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let sqlite = backend == Backend::Sqlite;
    let id = |number: u128| {
        let id = Uuid::from_u128(number);
        if sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    };
    // The pilot has no succession.
    app.sql(&format!(
        "INSERT INTO succession (id, version, kind, predecessor, successor, stewardship, effective_on, legal_basis)
         SELECT {}, 1, 'SPLIT', a.id, b.id, 'ALL', '2024-10-21', 'Contoh' FROM organisation a, organisation b
         WHERE a.code = 'KEMENKOPUKM' AND b.code = 'KEMENPERIN'",
        id(1)
    ))
    .await;
    let fill = |text: &str| text.replace("{no}", &id(404)).replace("{reported}", REPORTED);
    let more = if sqlite { SQLITE_RULES } else { POSTGRES_RULES };
    for Rule { table, which, wrong, right } in RULES.iter().chain(more) {
        let which = if which.is_empty() { "true" } else { which };
        let (key, order) = match *table {
            "journal_entry" => ("sequence", "sequence"),
            "journal_change" => ("salt", "sequence, position"),
            _ => ("id", "id"),
        };
        let update = |set: &str| {
            format!(
                "UPDATE {table} SET {} WHERE {key} = (SELECT {key} FROM {table} WHERE {which} ORDER BY {order} LIMIT 1)",
                fill(set)
            )
        };
        must_fail(&app, &update(wrong)).await;
        assert_eq!(app.sql(&update(right)).await, 1, "{}", update(right));
    }
    for table in [
        "organisation",
        "organisation_name",
        "succession",
        "memorandum",
        "memorandum_signatory",
        "partner",
        "partnership",
        "partnership_partner",
        "milestone",
        "milestone_dependency",
    ] {
        must_fail(&app, &format!("UPDATE {table} SET version = 0")).await;
        assert!(app.sql(&format!("UPDATE {table} SET version = 1")).await > 0, "{table}");
    }
    for table in
        ["organisation", "memorandum", "partner", "partnership", "milestone", "journal_entry", "journal_head"]
    {
        if table == "journal_head" {
            // A second head.
            must_fail(&app, "INSERT INTO journal_head SELECT 2, sequence, at, hash FROM journal_head").await;
            must_fail(&app, "INSERT INTO journal_head SELECT 1, sequence, at, hash FROM journal_head").await;
        } else {
            must_fail(&app, &format!("DELETE FROM {table}")).await;
        }
    }
    assert!(app.sql("DELETE FROM milestone_dependency").await > 0);
}

async fn must_fail(app: &TestApp, sql: &str) {
    match app.raw().execute_unprepared(sql).await {
        Ok(done) => panic!("accepted, {} rows: {sql}", done.rows_affected()),
        // By its rules, not for a fault in the statement.
        Err(error) => {
            let text = error.to_string();
            let rules = [
                "constraint",
                "cannot store",
                "date/time field value out of range",
                "invalid input syntax for type date",
                "null value in column",
            ];
            assert!(rules.iter().any(|rule| text.contains(rule)), "{sql}: {text}");
        }
    }
}

/// Is handed the snapshot that a verification reads, and tries to write through it.
struct Pry {
    answers: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Projection for Pry {
    fn noun(&self) -> &'static str {
        "thing"
    }

    async fn apply(
        &self,
        _: &DatabaseConnection,
        _: &HashMap<Uuid, &entity::change::Model>,
    ) -> kemitraan::error::Result<()> {
        Ok(())
    }

    async fn compare(
        &self,
        live: &DatabaseTransaction,
        _: &DatabaseConnection,
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
            for [isolation] in texts(live, "SHOW transaction_isolation").await {
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

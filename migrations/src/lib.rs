//! The schema of the database, as ordered steps up and down, one SQL text for both databases.
//!
//! A step is plain SQL with the few types that the two databases spell differently written as
//! `{uuid}`, `{bytes}`, `{text}` (ordered by bytes, as SQLite orders), `{bool}`, `{date}`, `{long}`, `{time}`
//! (UTC microseconds since 1970) and `{money}` (whole rupiah); [`Dialect::sql`] fills them in. SQLite
//! tables are STRICT, so that a wrong type is refused there as it is in PostgreSQL.
//!
//! A later step that changes what the journal projects must append entries for the rows it changes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

mod fold;
mod m0001_journal;
mod m0002_organisations;
mod m0003_memoranda;
mod m0004_partners;
mod m0005_partnerships;
mod m0006_milestones;
mod m0007_public;
mod m0008_outcomes;
mod m0009_work;
mod m0010_journal_filter;
mod m0011_search;
mod m0012_tallies;
mod m0013_journal_partner;
mod m0014_idempotency;
mod m0015_uploads;
mod m0017_parties;
mod m0018_comments;
mod m0020_delegations;
mod m0021_tokens;
mod m0022_contact_statistics;
mod m0023_read_log;
mod m0024_access_table;
mod m0025_waiting_outcomes;
mod m0026_waiting_milestones;
pub mod tally;

pub use fold::fold;
pub use sea_orm_migration::MigratorTrait;

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_journal::Step),
            Box::new(m0002_organisations::Step),
            Box::new(m0003_memoranda::Step),
            Box::new(m0004_partners::Step),
            Box::new(m0005_partnerships::Step),
            Box::new(m0006_milestones::Step),
            Box::new(m0007_public::Step),
            Box::new(m0008_outcomes::Step),
            Box::new(m0009_work::Step),
            Box::new(m0010_journal_filter::Step),
            Box::new(m0011_search::Step),
            Box::new(m0012_tallies::Step),
            Box::new(m0013_journal_partner::Step),
            Box::new(m0014_idempotency::Step),
            Box::new(m0015_uploads::Step),
            Box::new(m0017_parties::Step),
            Box::new(m0018_comments::Step),
            Box::new(m0020_delegations::Step),
            Box::new(m0021_tokens::Step),
            Box::new(m0022_contact_statistics::Step),
            Box::new(m0023_read_log::Step),
            Box::new(m0024_access_table::Step),
            Box::new(m0025_waiting_outcomes::Step),
            Box::new(m0026_waiting_milestones::Step),
        ]
    }
}

/// What the connections that read may select from on PostgreSQL, where they are a role that has no other right.
/// A table or view that is not named here cannot be read.
pub const READABLE: [&str; 45] = [
    "access_table",
    "baseline",
    "certificate",
    "clause",
    "comment",
    "contact",
    "delegation",
    "evidence",
    "external_reference",
    "journal_change",
    "journal_entry",
    "journal_head",
    "memorandum",
    "memorandum_signatory",
    "milestone",
    "milestone_dependency",
    "obstacle",
    "organisation",
    "organisation_name",
    "outcome",
    "outcome_revision",
    "partner",
    "partner_correction",
    "partnership",
    "partnership_partner",
    "platform_account",
    "public_nib",
    "public_partner",
    "public_partnership",
    "quarter",
    "quarter_agreement",
    "read_head",
    "read_partner",
    "read_record",
    "reschedule",
    "seaql_migrations",
    "succession",
    "tally_dimension",
    "tally_due",
    "tally_milestone",
    "tally_outcome",
    "tally_partnership",
    "tally_transacted",
    "token",
    "token_use",
];

/// The tables of which they may select some columns alone: (table, columns).
pub const READABLE_COLUMNS: [(&str, &str); 1] = [("contact_value", "contact, mask")];

/// Runs a step's SQL, statement by statement.
async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let dialect = Dialect::of(manager.get_database_backend());
    manager.get_connection().execute_unprepared(&dialect.sql(sql)).await?;
    Ok(())
}

/// What the two databases spell differently.
struct Dialect {
    /// (placeholder, what stands there)
    words: &'static [(&'static str, &'static str)],
    postgres: bool,
}

impl Dialect {
    fn of(backend: DbBackend) -> Self {
        Self::new(backend == DbBackend::Postgres)
    }

    fn new(postgres: bool) -> Self {
        let words: &[_] = if postgres {
            &[
                ("{uuid}", "uuid"),
                ("{bytes}", "bytea"),
                ("{text}", "text COLLATE \"C\""),
                ("{int}", "integer"),
                ("{bool}", "boolean"),
                ("{date}", "date"),
                ("{long}", "bigint"),
                ("{time}", "bigint"),
                ("{money}", "bigint"),
                ("{true}", "true"),
                ("{strict}", ""),
                ("{cells}", ""),
                ("{deferred}", "DEFERRABLE INITIALLY DEFERRED"),
            ]
        } else {
            &[
                ("{uuid}", "blob"),
                ("{bytes}", "blob"),
                ("{text}", "text"),
                ("{int}", "integer"),
                ("{bool}", "integer"),
                ("{date}", "text"),
                ("{long}", "integer"),
                ("{time}", "integer"),
                ("{money}", "integer"),
                ("{true}", "1"),
                ("{strict}", "STRICT"),
                ("{cells}", "STRICT, WITHOUT ROWID"),
                ("{deferred}", "DEFERRABLE INITIALLY DEFERRED"),
            ]
        };
        Self { words, postgres }
    }

    /// The SQL of this database: placeholders filled, `{digits COLUMN N}` made the check that a column is
    /// null or N digits, `{regency COLUMN}` that it is null or `NN.NN`, `{quarter COLUMN}` that it is `YYYY-QN`, `{is_bool COLUMN}` that SQLite's
    /// integer is a boolean, `{is_date COLUMN}` that SQLite's text is a day, `{one_of COLUMN WORD …}` and
    /// `{none_of COLUMN WORD …}` the condition that a column is one of these words or none, `{hex DIGITS}` bytes, `{hex_uuid DIGITS}` a UUID.
    fn sql(&self, sql: &str) -> String {
        let mut sql = self.words.iter().fold(sql.to_owned(), |sql, (from, to)| sql.replace(from, to));
        while let Some(start) = sql.find('{') {
            let end = start + sql[start..].find('}').expect("a placeholder ends");
            let check = self.check(&sql[start + 1..end]);
            sql.replace_range(start..=end, &check);
        }
        sql
    }

    fn check(&self, words: &str) -> String {
        match words.split_whitespace().collect::<Vec<_>>()[..] {
            ["digits", column, n] => {
                self.pattern(column, &vec!["[0-9]"; n.parse().expect("a count")].concat())
            }
            ["quarter", column] => self.pattern(column, "[0-9][0-9][0-9][0-9]-Q[1-4]"),
            ["regency", column] => self.pattern(column, "[0-9][0-9][.][0-9][0-9]"),
            ["is_bool", _] | ["is_date", _] if self.postgres => String::new(),
            ["hex_uuid", digits] if self.postgres => format!("'{digits}'"),
            ["hex_uuid", digits] => format!("X'{digits}'"),
            ["hex", digits] if self.postgres => format!("'\\x{digits}'"),
            ["hex", digits] => format!("X'{digits}'"),
            ["one_of", column, ref words @ ..] => self.among(column, "IN", "=", " OR ", words),
            ["none_of", column, ref words @ ..] => self.among(column, "NOT IN", "<>", " AND ", words),
            ["is_bool", column] => format!("CHECK ({column} IN (0, 1))"),
            ["is_date", column] => format!("CHECK ({column} IS date({column}))"),
            _ => panic!("no such placeholder: {words}"),
        }
    }

    /// SQLite builds the list of an `IN` of more than two anew for each row that a constraint is checked of, which takes longer than
    /// to insert the row: there it is written out.
    fn among(&self, column: &str, list: &str, compare: &str, join: &str, words: &[&str]) -> String {
        if self.postgres {
            return format!("{column} {list} ('{}')", words.join("', '"));
        }
        let each = words.iter().map(|word| format!("{column} {compare} '{word}'")).collect::<Vec<_>>();
        format!("({})", each.join(join))
    }

    fn pattern(&self, column: &str, pattern: &str) -> String {
        if self.postgres {
            format!("CHECK ({column} ~ '^{pattern}$')")
        } else {
            format!("CHECK ({column} GLOB '{pattern}')")
        }
    }
}

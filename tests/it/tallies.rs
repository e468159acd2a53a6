//! Tallies, held against the rows: after whatever is done to these, by one or by many at once, in transactions that are
//! committed or not; and a tally that was edited is found.

use kemitraan::nouns::milestones::entity::milestone;
use kemitraan::nouns::outcomes::entity::outcome;
use kemitraan::nouns::partnerships::entity::{partnership, partnership_partner};
use migrations::tally::TALLIES;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, EntityTrait as _, IntoActiveModel as _, Statement};

use crate::database::STEPS;
use crate::oracle::asks::Dice;
use crate::scorecards::world;
use crate::support::{Backend, TestApp, connect};

crate::both!(
    tallies_hold_what_the_rows_say_whatever_is_done_to_them,
    a_tally_that_was_edited_is_found,
    a_migration_tallies_the_rows_that_are_there,
);

/// The cells that do not hold what the rows say.
async fn wrong(app: &TestApp) -> Vec<String> {
    let db = app.raw();
    let mut wrong = Vec::new();
    for tally in &TALLIES {
        let sql = tally.differences(app.backend == Backend::Postgres);
        for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap() {
            let keys = ["dimension", "part"]
                .iter()
                .chain(tally.keys)
                .map(|key| row.try_get::<String>("", key).unwrap());
            let numbers = tally.numbers.iter().map(|name| row.try_get::<i64>("", name).unwrap());
            let (keys, numbers) = (keys.collect::<Vec<_>>(), numbers.collect::<Vec<_>>());
            wrong.push(format!("{} {keys:?} {numbers:?}", tally.name));
        }
    }
    wrong
}

/// Every cell holds what the rows say.
pub async fn assert_right(app: &TestApp) {
    assert_eq!(wrong(app).await, [""; 0]);
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let select = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(select).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// An act on rows, any of which may be refused by the rules of the tables.
struct Acts<'a> {
    app: &'a TestApp,
    dice: Dice,
}

impl Acts<'_> {
    fn pick(&mut self, some: &[&str]) -> String {
        some[self.dice.below(some.len())].to_owned()
    }

    /// The condition of one row of a table.
    async fn one(&mut self, table: &str) -> String {
        let n = number(self.app.raw(), &format!("SELECT count(*) AS n FROM {table}")).await;
        let at = self.dice.below(usize::try_from(n).unwrap().max(1));
        format!("id = (SELECT id FROM {table} ORDER BY id LIMIT 1 OFFSET {at})")
    }

    async fn outcome(&mut self) -> String {
        let figure = |dice: &mut Dice| {
            let most = if dice.one_in(2) { 10_000 } else { 90_000_000_000 };
            dice.below(most).to_string()
        };
        let or_null = |dice: &mut Dice, text: String| if dice.one_in(3) { "NULL".to_owned() } else { text };
        let given = figure(&mut self.dice);
        let set = match self.dice.below(6) {
            0 => format!(
                "status = '{}', revised = NULL",
                self.pick(&["DRAFT", "SUBMITTED", "VERIFIED", "RETURNED"])
            ),
            1 => format!("target = {}", or_null(&mut self.dice, given)),
            2 => format!("actual = {given}"),
            3 => format!("revised = {}, revisions = 1", or_null(&mut self.dice, given)),
            4 => {
                format!("quarter = '{}'", self.pick(&["2024-Q4", "2025-Q1", "2025-Q2", "2026-Q1", "2026-Q3"]))
            }
            _ => format!(
                "indicator = '{}'",
                self.pick(&[
                    "TRANSACTION_VALUE",
                    "LOCAL_CONTENT",
                    "PAYMENT_DAYS",
                    "EMPLOYMENT",
                    "VALUE_ADDED"
                ])
            ),
        };
        // Of one, or of many at once.
        let which = match self.dice.below(4) {
            0 => format!("quarter = '{}'", self.pick(&["2025-Q1", "2026-Q1", "2026-Q3"])),
            1 => "partnership = (SELECT partnership FROM outcome ORDER BY id LIMIT 1)".to_owned(),
            _ => self.one("outcome").await,
        };
        format!("UPDATE outcome SET {set} WHERE {which}")
    }

    async fn milestone(&mut self) -> String {
        let set = match self.dice.below(3) {
            0 => format!(
                "status = '{}'",
                self.pick(&[
                    "SCHEDULED",
                    "IN_PROGRESS",
                    "SUBMITTED",
                    "RETURNED",
                    "MET",
                    "NOT_MET",
                    "CANCELLED"
                ])
            ),
            1 => format!(
                "due_on = '{}'",
                self.pick(&["2026-11-01", "2026-11-23", "2026-11-24", "2026-12-31", "2024-02-29"])
            ),
            _ => format!("verifier = '{}'", self.pick(&["KEMENBUMN", "KEMENPERIN", "KEMENKOPUKM", "BUMN"])),
        };
        let which = if self.dice.one_in(3) { "weight >= 0".to_owned() } else { self.one("milestone").await };
        format!("UPDATE milestone SET {set} WHERE {which} AND reporter <> verifier")
    }

    async fn partnership(&mut self) -> String {
        let value = self.dice.below(1_000_000_000);
        let set = match self.dice.below(4) {
            0 => format!("batch = '{}'", self.pick(&["PILOT_2021", "BATCH_2", "x"])),
            1 => format!("status = '{}'", self.pick(&["ACTIVE", "TRIAL", "COMPLETED", "SUSPENDED"])),
            2 => format!("estimated_value = {value}, estimated_source = 'x', estimated_on = '2026-01-01'"),
            _ => "potential_value = NULL, potential_source = NULL, potential_on = NULL".to_owned(),
        };
        let which =
            if self.dice.one_in(3) { "status = 'ACTIVE'".to_owned() } else { self.one("partnership").await };
        format!("UPDATE partnership SET {set} WHERE {which}")
    }

    /// Who leads, and where and what the leading partner is.
    async fn lead(&mut self) -> String {
        match self.dice.below(5) {
            0 => format!(
                "UPDATE partnership_partner SET lead = {} WHERE {}",
                self.truth(),
                self.one("partnership_partner").await
            ),
            1 => format!("DELETE FROM partnership_partner WHERE {}", self.one("partnership_partner").await),
            2 => format!(
                "UPDATE partnership_partner SET partner = (SELECT id FROM partner ORDER BY id DESC LIMIT 1) WHERE {}",
                self.one("partnership_partner").await
            ),
            3 => format!(
                "UPDATE partner SET regency = {} WHERE {}",
                self.pick(&["NULL", "'32.04'", "'33.11'", "'96.71'"]),
                self.one("partner").await
            ),
            _ => format!(
                "UPDATE partner SET kbli_version = {}, kbli = '27120' WHERE {}",
                self.pick(&["2020", "2025"]),
                self.one("partner").await
            ),
        }
    }

    fn truth(&mut self) -> &'static str {
        if self.dice.one_in(2) { "true" } else { "false" }
    }

    /// A partnership goes to another organisation with all that is its, or goes altogether, before what is its or after it.
    async fn whole(&mut self) -> String {
        let id = number_of(self.app, &self.one("partnership").await).await;
        let of = |column: &str| format!("{column} = {id}");
        let tables = ["partnership_partner", "milestone", "outcome"];
        let mut all = if self.dice.one_in(2) {
            let to = "SET organisation = (SELECT id FROM organisation WHERE code = 'PLN')";
            let mut all = vec![format!("UPDATE partnership {to} WHERE {}", of("id"))];
            all.extend(tables.map(|table| format!("UPDATE {table} {to} WHERE {}", of("partnership"))));
            all
        } else {
            let mut all = vec![format!("DELETE FROM partnership WHERE {}", of("id"))];
            all.extend(tables.map(|table| format!("DELETE FROM {table} WHERE {}", of("partnership"))));
            all
        };
        if self.dice.one_in(2) {
            all.reverse();
        }
        all.join("; ")
    }

    async fn act(&mut self) -> String {
        match self.dice.below(12) {
            0..=4 => self.outcome().await,
            5..=6 => self.milestone().await,
            7 => self.partnership().await,
            8..=9 => self.lead().await,
            10 => format!("DELETE FROM outcome WHERE {}", self.one("outcome").await),
            _ => format!("DELETE FROM milestone WHERE {}", self.one("milestone").await),
        }
    }

    /// Rows that are there under other ids.
    async fn copy(&mut self) {
        let (raw, clock) = (self.app.raw(), &self.app.clock);
        let mut milestones = milestone::Entity::find().all(raw).await.unwrap();
        milestones.truncate(5);
        for (row, position) in milestones.into_iter().zip(0..) {
            let copy = milestone::Model { id: clock.new_id(), position: 1_000 + position, ..row };
            milestone::Entity::insert(copy.into_active_model()).exec_without_returning(raw).await.ok();
        }
        for quarter in ["2025-Q2", "2025-Q3"] {
            let rows = outcome::Entity::find().all(raw).await.unwrap().into_iter().take(12);
            let rows =
                rows.map(|row| outcome::Model { id: clock.new_id(), quarter: quarter.to_owned(), ..row });
            let rows = rows.map(|row| row.into_active_model()).collect::<Vec<_>>();
            outcome::Entity::insert_many(rows).exec_without_returning(raw).await.ok();
        }
        let Some(row) = partnership::Entity::find().one(raw).await.unwrap() else { return };
        let id = clock.new_id();
        let copy = partnership::Model { id, public_id: id, ..row };
        partnership::Entity::insert(copy.clone().into_active_model())
            .exec_without_returning(raw)
            .await
            .unwrap();
        if let Some(of) = partnership_partner::Entity::find().one(raw).await.unwrap() {
            let of = partnership_partner::Model {
                id: clock.new_id(),
                partnership: id,
                organisation: copy.organisation,
                lead: true,
                ..of
            };
            partnership_partner::Entity::insert(of.into_active_model())
                .exec_without_returning(raw)
                .await
                .unwrap();
        }
    }
}

/// The id of a row, as SQL writes it.
async fn number_of(app: &TestApp, which: &str) -> String {
    let row = format!("SELECT id FROM partnership WHERE {which}");
    let select = Statement::from_string(app.raw().get_database_backend(), row);
    let Some(row) = app.raw().query_one_raw(select).await.unwrap() else { return "NULL".to_owned() };
    let id = row.try_get::<uuid::Uuid>("", "id").unwrap();
    if app.backend == Backend::Sqlite { format!("X'{}'", id.simple()) } else { format!("'{id}'") }
}

async fn tallies_hold_what_the_rows_say_whatever_is_done_to_them(backend: Backend) {
    let app = TestApp::new(backend).await;
    assert_eq!(wrong(&app).await, [""; 0]);
    let (mut done, mut refused) = (0, 0);
    for seed in 1..=3 {
        world::random(&app, seed).await;
        assert_eq!(wrong(&app).await, [""; 0], "world {seed}");
        let mut acts = Acts { app: &app, dice: Dice(seed) };
        for turn in 0..40 {
            let sql = match turn % 8 {
                3 => {
                    acts.copy().await;
                    continue;
                }
                // Several in one transaction, that is committed or not.
                5 => format!(
                    "BEGIN; {}; {}; {}; ROLLBACK",
                    acts.act().await,
                    acts.act().await,
                    acts.act().await
                ),
                6 => {
                    format!("BEGIN; {}; {}; {}; COMMIT", acts.act().await, acts.act().await, acts.act().await)
                }
                7 => format!("BEGIN; {}; COMMIT", acts.whole().await),
                _ => acts.act().await,
            };
            match app.raw().execute_unprepared(&sql).await {
                Ok(_) => done += 1,
                Err(_) => {
                    refused += 1;
                    app.raw().execute_unprepared("ROLLBACK").await.ok();
                }
            }
            assert_eq!(wrong(&app).await, [""; 0], "{seed}: {sql}");
        }
    }
    assert!(done > refused, "{done} {refused}");
    for table in ["partnership", "milestone", "outcome"] {
        assert!(number(app.raw(), &format!("SELECT count(*) AS n FROM {table}")).await > 0, "{table}");
    }
    // Nothing is left to be done.
    if backend == Backend::Postgres {
        assert_eq!(number(app.raw(), "SELECT count(*) AS n FROM tally_touched").await, 0);
    }
}

/// What each sees of the other's rows when it acts is not what is there when it commits.
#[tokio::test]
async fn transactions_beside_each_other_are_tallied_one_after_the_other() {
    let app = TestApp::new(Backend::Postgres).await;
    world::random(&app, 4).await;
    let (one, other) = (connect(&app.url).await, connect(&app.url).await);
    let weight = "indicator = 'TRANSACTION_VALUE'";
    let acts = [
        "UPDATE outcome SET actual = actual / 2 + 1000000, revised = NULL WHERE indicator = 'TRANSACTION_VALUE' AND status = 'VERIFIED'",
        "UPDATE outcome SET actual = 1234, revised = NULL WHERE indicator IN ('LOCAL_CONTENT', 'PAYMENT_DAYS') AND status = 'VERIFIED'",
        "UPDATE partner SET regency = '11.01'",
        "UPDATE partnership SET batch = 'x' || batch",
        "UPDATE milestone SET due_on = due_on + 40",
        "DELETE FROM partnership_partner WHERE lead",
    ];
    for (at, first) in acts.iter().enumerate() {
        for second in acts.iter().skip(at + 1) {
            let select = format!("SELECT count(*) AS n FROM outcome WHERE {weight} AND status = 'VERIFIED'");
            assert!(number(&one, &select).await > 5);
            one.execute_unprepared(&format!("BEGIN; {first}")).await.unwrap();
            other.execute_unprepared(&format!("BEGIN; {second}")).await.unwrap();
            other.execute_unprepared("COMMIT").await.unwrap();
            one.execute_unprepared("COMMIT").await.unwrap();
            assert_eq!(wrong(&app).await, [""; 0], "{first}; {second}");
        }
    }
}

async fn a_tally_that_was_edited_is_found(backend: Backend) {
    let app = TestApp::new(backend).await;
    let findings = async || {
        let (projections, scratch) = (kemitraan::nouns::projections(), app.folder.join("scratch.db"));
        let report =
            app.app.access.verify_journal(&projections, &scratch, None, &mut |_, _| {}).await.unwrap();
        std::fs::remove_file(scratch).unwrap();
        report.findings
    };
    assert_eq!(findings().await, [""; 0]);
    let own = "dimension = 'ALL' AND status = 'MET'";
    let what = "it does not hold what the rows say";
    for (edit, undo, found) in [
        (
            format!("UPDATE tally_milestone SET n = n + 3 WHERE {own}"),
            format!("UPDATE tally_milestone SET n = n - 3 WHERE {own}"),
            format!("tally_milestone ALL MET: {what}: n +3"),
        ),
        (
            "UPDATE tally_partnership SET estimated = estimated - 5, n = n + 1 WHERE dimension = 'ALL' AND status = 'ACTIVE'".to_owned(),
            "UPDATE tally_partnership SET estimated = estimated + 5, n = n - 1 WHERE dimension = 'ALL' AND status = 'ACTIVE'".to_owned(),
            format!("tally_partnership ALL ACTIVE: {what}: n +1, estimated -5"),
        ),
        (
            "INSERT INTO tally_due SELECT dimension, part, 'M2031-01', organisation, 7 FROM tally_due WHERE dimension = 'ALL' LIMIT 1".to_owned(),
            "DELETE FROM tally_due WHERE period = 'M2031-01'".to_owned(),
            format!("tally_due ALL M2031-01: {what}: n +7"),
        ),
        (
            "UPDATE tally_transacted SET n = n - 2 WHERE dimension = 'ALL' AND previous = '' AND quarter = (SELECT min(quarter) FROM tally_transacted)".to_owned(),
            "UPDATE tally_transacted SET n = n + 2 WHERE dimension = 'ALL' AND previous = '' AND quarter = (SELECT min(quarter) FROM tally_transacted)".to_owned(),
            format!("tally_transacted ALL QUARTER: {what}: n -2"),
        ),
        (
            "DELETE FROM tally_outcome WHERE dimension = 'ALL' AND indicator = 'EMPLOYMENT' AND quarter = (SELECT max(quarter) FROM tally_outcome)".to_owned(),
            String::new(),
            String::new(),
        ),
    ] {
        assert_eq!(app.sql(&edit).await, 1, "{edit}");
        let found_ones = findings().await;
        if undo.is_empty() {
            let begins = found_ones.iter().all(|found| found.starts_with("tally_outcome ALL ") && found.contains(": n -"));
            assert!(found_ones.len() == 1 && begins, "{found_ones:?}");
            continue;
        }
        let quarter = found_ones[0].split(' ').nth(2).unwrap().trim_end_matches(':');
        assert_eq!(found_ones, [found.replace("QUARTER", quarter)]);
        app.sql(&undo).await;
        assert_eq!(findings().await, [""; 0]);
    }
}

async fn a_migration_tallies_the_rows_that_are_there(backend: Backend) {
    use migrations::MigratorTrait as _;
    let app = TestApp::new(backend).await;
    world::random(&app, 5).await;
    // To before there were any.
    let steps = STEPS.iter().rev().position(|step| *step == "m0012_tallies").unwrap() as u32 + 1;
    migrations::Migrator::down(app.raw(), Some(steps)).await.unwrap();
    app.sql("UPDATE milestone SET status = 'IN_PROGRESS' WHERE status = 'SCHEDULED'").await;
    app.db.migrate().await.unwrap();
    assert_eq!(wrong(&app).await, [""; 0]);
    let n =
        number(app.raw(), "SELECT CAST(sum(n) AS bigint) AS n FROM tally_milestone WHERE dimension = 'ALL'")
            .await;
    assert_eq!(n, number(app.raw(), "SELECT count(*) AS n FROM milestone").await);
}

//! Tallies: sums and counts that are kept beside the rows, so that nobody has to count a country's again.
//!
//! A tally is a table of cells. What a row contributes to which cells is said once, by [`Tally::of`], a select over the
//! rows; whatever changes a row moves its contribution by that same select, in the same transaction: `sqlite.rs`,
//! `postgres.rs`. The sum of all that it gives is what the table holds, zeros aside.

pub mod postgres;
pub mod sqlite;

use crate::Dialect;

/// A table of cells.
pub struct Tally {
    pub name: &'static str,
    /// What a cell is of, besides its dimension, organisation and part: columns of text.
    pub keys: &'static [&'static str],
    /// What is summed up.
    pub numbers: &'static [&'static str],
    /// The rows that it is of.
    pub table: &'static str,
    /// Of [`DIMENSIONS`], so many of the first.
    dimensions: usize,
    /// The part of a dimension that a row is in, where that is the row's own.
    own_parts: &'static str,
    /// Columns by which some of the rows are told from others.
    scope: &'static str,
    /// The other keys, and the numbers.
    columns: &'static str,
    from: &'static str,
    only: &'static str,
}

/// What cells are divided by, each in its own way: whole, by BUMN, by the lead partner's province and division of the KBLI (with
/// its edition), by batch; milestones by the seat that verifies and the quarter in which they are due as well.
const DIMENSIONS: [&str; 7] = ["ALL", "ORGANISATION", "PROVINCE", "DIVISION", "BATCH", "SEAT", "QUARTER"];

const PARTNERSHIP: &str = "{partnership} x JOIN {partnership} p ON p.id = x.id";
const OUTCOME: &str = "{outcome} x JOIN {partnership} p ON p.id = x.partnership";
const MILESTONE: &str = "{milestone} x JOIN {partnership} p ON p.id = x.partnership";

/// All of them.
pub const TALLIES: [Tally; 5] = [
    Tally {
        name: "tally_partnership",
        keys: &["status"],
        numbers: &[
            "n",
            "potential",
            "potential_n",
            "estimated",
            "estimated_n",
            "contracted",
            "contracted_n",
        ],
        table: "partnership",
        dimensions: 5,
        own_parts: "",
        scope: "x.id AS partnership",
        columns: "x.status AS status, 1 AS n,
            coalesce(x.potential_value, 0) AS potential, CASE WHEN x.potential_value IS NULL THEN 0 ELSE 1 END AS potential_n,
            coalesce(x.estimated_value, 0) AS estimated, CASE WHEN x.estimated_value IS NULL THEN 0 ELSE 1 END AS estimated_n,
            coalesce(x.contracted_value, 0) AS contracted, CASE WHEN x.contracted_value IS NULL THEN 0 ELSE 1 END AS contracted_n",
        from: PARTNERSHIP,
        only: "1 = 1",
    },
    Tally {
        name: "tally_milestone",
        keys: &["status"],
        numbers: &["n"],
        table: "milestone",
        dimensions: 7,
        own_parts: "WHEN 'SEAT' THEN x.verifier WHEN 'QUARTER' THEN substr(CAST(x.due_on AS text), 1, 4) || '-Q' ||
            CAST((CAST(substr(CAST(x.due_on AS text), 6, 2) AS integer) + 2) / 3 AS text)",
        scope: "x.id AS id, x.partnership AS partnership",
        columns: "x.status AS status, 1 AS n",
        from: MILESTONE,
        only: "1 = 1",
    },
    // What waits for its report, by the year (`Y2026`), the month (`M2026-11`) and the day (`D2026-11-24`) on which it is due:
    // what is overdue on a day is due in a year before, in a month before of its own year, or on a day before of its own month.
    Tally {
        name: "tally_due",
        keys: &["period"],
        numbers: &["n"],
        table: "milestone",
        dimensions: 6,
        own_parts: "WHEN 'SEAT' THEN x.verifier",
        scope: "x.id AS id, x.partnership AS partnership",
        columns: "CASE s.place WHEN 1 THEN 'Y' || substr(CAST(x.due_on AS text), 1, 4)
            WHEN 2 THEN 'M' || substr(CAST(x.due_on AS text), 1, 7) ELSE 'D' || CAST(x.due_on AS text) END AS period, 1 AS n",
        // Once for each.
        from: "{milestone} x JOIN {partnership} p ON p.id = x.partnership CROSS JOIN tally_dimension s",
        only: "s.place <= 3 AND x.status IN ('SCHEDULED', 'IN_PROGRESS', 'RETURNED')",
    },
    // By quarter, and of all quarters together, which are named ''. `locked`: by the figures that a quarter is locked with; `latest`: by those known now. Ratios are weighted by the verified
    // transaction value of the same partnership and quarter, in whole thousands of rupiah.
    Tally {
        name: "tally_outcome",
        keys: &["indicator", "quarter"],
        numbers: &[
            "n",
            "reported",
            "verified",
            "target",
            "target_n",
            "locked",
            "latest",
            "weighted_n",
            "locked_weighted",
            "locked_weight",
            "locked_weighed",
            "latest_weighted",
            "latest_weight",
            "latest_weighed",
        ],
        table: "outcome",
        dimensions: 5,
        own_parts: "",
        scope: "x.partnership AS partnership, x.quarter AS filed",
        columns: "CASE s.place WHEN 1 THEN x.quarter ELSE '' END AS quarter, x.indicator AS indicator, 1 AS n,
            CASE WHEN x.status IN ('SUBMITTED', 'VERIFIED') THEN 1 ELSE 0 END AS reported,
            CASE WHEN x.status = 'VERIFIED' THEN 1 ELSE 0 END AS verified,
            coalesce(x.target, 0) AS target, CASE WHEN x.target IS NULL THEN 0 ELSE 1 END AS target_n,
            CASE WHEN x.status = 'VERIFIED' THEN coalesce(x.actual, 0) ELSE 0 END AS locked,
            CASE WHEN x.status = 'VERIFIED' THEN coalesce(x.revised, x.actual, 0) ELSE 0 END AS latest,
            CASE WHEN w.id IS NULL THEN 0 ELSE 1 END AS weighted_n,
            coalesce(x.actual * (w.actual / 100000), 0) AS locked_weighted,
            coalesce(w.actual / 100000, 0) AS locked_weight,
            CASE WHEN w.actual >= 100000 THEN 1 ELSE 0 END AS locked_weighed,
            coalesce(coalesce(x.revised, x.actual) * (coalesce(w.revised, w.actual) / 100000), 0) AS latest_weighted,
            coalesce(coalesce(w.revised, w.actual) / 100000, 0) AS latest_weight,
            CASE WHEN coalesce(w.revised, w.actual) >= 100000 THEN 1 ELSE 0 END AS latest_weighed",
        // Once for the quarter, once for all.
        from: "{outcome} x JOIN {partnership} p ON p.id = x.partnership CROSS JOIN tally_dimension s
            LEFT JOIN {outcome} w ON w.partnership = x.partnership AND w.quarter = x.quarter AND w.indicator = 'TRANSACTION_VALUE'
                AND w.status = 'VERIFIED' AND x.status = 'VERIFIED'
                AND x.indicator IN ('LOCAL_CONTENT', 'ON_TIME_DELIVERY', 'PAYMENT_DAYS')",
        only: "s.place <= 2",
    },
    // Partnerships with a verified transaction in a quarter, by the last quarter before it that they have one in: those of
    // several quarters on end are those whose last one before lies before the first of these.
    Tally {
        name: "tally_transacted",
        keys: &["previous", "quarter"],
        numbers: &["n"],
        table: "outcome",
        dimensions: 5,
        own_parts: "",
        scope: "x.id AS id, x.partnership AS partnership",
        columns: "x.quarter AS quarter, coalesce((SELECT max(b.quarter) FROM {outcome} b WHERE b.partnership = x.partnership
            AND b.indicator = 'TRANSACTION_VALUE' AND b.status = 'VERIFIED' AND b.quarter < x.quarter), '') AS previous, 1 AS n",
        from: OUTCOME,
        only: "x.indicator = 'TRANSACTION_VALUE' AND x.status = 'VERIFIED'",
    },
];

/// The tables that contributions are made of, and the columns of them that matter.
pub const SOURCES: [(&str, &[&str]); 5] = [
    (
        "partnership",
        &["id", "organisation", "batch", "status", "potential_value", "estimated_value", "contracted_value"],
    ),
    ("partnership_partner", &["id", "partnership", "partner", "lead"]),
    ("partner", &["id", "regency", "kbli", "kbli_version"]),
    ("milestone", &["id", "partnership", "organisation", "verifier", "due_on", "status"]),
    (
        "outcome",
        &[
            "id",
            "partnership",
            "organisation",
            "quarter",
            "indicator",
            "target",
            "actual",
            "revised",
            "status",
        ],
    ),
];

/// `organisation` of a cell that is of all of them.
const NOBODY: &str = "{hex_uuid 00000000000000000000000000000000}";

impl Tally {
    /// What the rows contribute, one row for each cell that one of them counts in. `rows` says where the rows of a table are
    /// to be found; its placeholders are those of [`Dialect::sql`].
    fn of(&self, rows: impl Fn(&str) -> String) -> String {
        let Self { scope, columns, from, only, own_parts, dimensions, .. } = self;
        let text = format!(
            "SELECT {scope}, d.code AS dimension,
                CASE d.code WHEN 'PROVINCE' THEN coalesce(substr(r.regency, 1, 2), '')
                    WHEN 'DIVISION' THEN coalesce(CAST(r.kbli_version AS text) || substr(r.kbli, 1, 2), '')
                    WHEN 'BATCH' THEN p.batch {own_parts} ELSE '' END AS part,
                CASE d.code WHEN 'ORGANISATION' THEN x.organisation ELSE {NOBODY} END AS organisation, {columns}
            FROM {from}
            LEFT JOIN {{partnership_partner}} l ON l.partnership = p.id AND l.lead = {{true}}
            LEFT JOIN {{partner}} r ON r.id = l.partner
            CROSS JOIN tally_dimension d
            WHERE d.place <= {dimensions} AND {only}"
        );
        let tables = SOURCES.iter().map(|(table, _)| *table);
        tables.fold(text, |text, table| text.replace(&format!("{{{table}}}"), &rows(table)))
    }

    /// What tells one cell from another.
    fn cell(&self) -> String {
        format!("dimension, organisation, part, {}", self.keys.join(", "))
    }

    /// The end of an insert of cells, for those that are there already.
    fn add(&self) -> String {
        let name = self.name;
        let add = |number: &&str| format!("{number} = {name}.{number} + excluded.{number}");
        let sums = self.numbers.iter().map(add).collect::<Vec<_>>().join(", ");
        format!("ON CONFLICT ({}) DO UPDATE SET {sums}", self.cell())
    }

    fn create(&self) -> String {
        let texts = ["dimension", "part"].into_iter().chain(self.keys.iter().copied());
        let columns = texts.map(|key| format!("{key} {{text}} NOT NULL"));
        let numbers = self.numbers.iter().map(|number| format!("{number} {{long}} NOT NULL"));
        let columns = columns.chain(["organisation {uuid} NOT NULL".to_owned()]).chain(numbers);
        let columns = columns.collect::<Vec<_>>().join(", ");
        let (name, cell) = (self.name, self.cell());
        format!("CREATE TABLE {name} ({columns}, PRIMARY KEY ({cell})) {{cells}};")
    }

    /// Puts into the empty table what the rows say.
    fn fill(&self) -> String {
        let (name, cell, numbers) = (self.name, self.cell(), self.numbers.join(", "));
        let sum = |number: &&str| format!("CAST(sum({number}) AS {{long}})");
        let sums = self.numbers.iter().map(sum).collect::<Vec<_>>().join(", ");
        let of = self.of(str::to_owned);
        format!("INSERT INTO {name} ({cell}, {numbers}) SELECT {cell}, {sums} FROM ({of}) t GROUP BY {cell};")
    }

    /// A select of the cells that do not hold what the rows say: each with its key and, for each number, by how much it is
    /// too high.
    pub fn differences(&self, postgres: bool) -> String {
        let cell = self.cell();
        let each = |of: &dyn Fn(&str) -> String| self.numbers.iter().map(|one| of(one)).collect::<Vec<_>>();
        let sums = each(&|number| format!("CAST(sum({number}) AS {{long}}) AS {number}")).join(", ");
        let less = each(&|number| format!("-{number} AS {number}")).join(", ");
        let wrong = each(&|number| format!("sum({number}) <> 0")).join(" OR ");
        let (name, numbers, of) = (self.name, self.numbers.join(", "), self.of(str::to_owned));
        let sql = format!(
            "SELECT {cell}, {sums} FROM (SELECT {cell}, {numbers} FROM {name} UNION ALL SELECT {cell}, {less} FROM ({of}) t) u
             GROUP BY {cell} HAVING {wrong} ORDER BY {cell}"
        );
        Dialect::new(postgres).sql(&sql)
    }
}

/// The tables, filled.
pub fn create() -> String {
    let dimensions = DIMENSIONS.iter().zip(1..).map(|(code, place)| format!("({place}, '{code}')"));
    let dimensions = format!(
        "CREATE TABLE tally_dimension (place {{int}} NOT NULL PRIMARY KEY, code {{text}} NOT NULL) {{cells}};
         INSERT INTO tally_dimension VALUES {};",
        dimensions.collect::<Vec<_>>().join(", ")
    );
    [dimensions].into_iter().chain(TALLIES.iter().map(|tally| tally.create() + &tally.fill())).collect()
}

pub fn drop() -> String {
    let tables = TALLIES.iter().rev().map(|tally| format!("DROP TABLE {};", tally.name));
    tables.chain(["DROP TABLE tally_dimension;".to_owned()]).collect()
}

/// Whether only some of a table's rows matter, those that lead.
fn leads(table: &str) -> bool {
    table == "partnership_partner"
}

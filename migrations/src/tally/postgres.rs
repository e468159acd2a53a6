//! How PostgreSQL keeps the tallies. Several write at once, and what a row contributes depends on others' rows: so a
//! transaction only notes which rows it has touched, as they were before, and the cells are changed when it commits, under
//! the lock of the journal's head, one transaction after the other. What is taken off is what all contributed before, with
//! the noted rows put in the place of those that are there; what is put on is what they contribute now. A cell is locked by
//! nobody who does not hold the head, so nobody waits for another's cell, and locks keep their order.

use super::{SOURCES, TALLIES, Tally, leads};

pub fn create() -> String {
    let notes = SOURCES.iter().map(|(table, columns)| notes(table, columns));
    [COUNTED, TOUCHED].map(str::to_owned).into_iter().chain([fold(), HELD.to_owned()]).chain(notes).collect()
}

pub fn drop() -> String {
    let notes = SOURCES.iter().flat_map(|(table, _)| {
        ["insert", "update", "delete"].map(|event| format!("DROP TRIGGER tally_{event} ON {table};"))
    });
    notes
        .chain([
            "DROP TABLE tally_touched; DROP FUNCTION tally_fold(); DROP FUNCTION tally_note();".to_owned()
        ])
        .collect()
}

/// The few rows are never analysed by themselves, and would be taken for a thousand.
const COUNTED: &str = "ANALYZE tally_dimension;";

/// `before` is null for a row that was not there. Nothing is left in it when a transaction has ended. Its key begins with the
/// transaction, so that what others have left behind, until it is vacuumed, is not read by each that follows.
const TOUCHED: &str = "
CREATE UNLOGGED TABLE tally_touched (
    tx     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind   {text} NOT NULL,
    id     {uuid} NOT NULL,
    before jsonb,
    PRIMARY KEY (tx, kind, id)
);
CREATE FUNCTION tally_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What was noted first is how the row was before the transaction.
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO tally_touched (kind, id, before) VALUES (TG_TABLE_NAME, OLD.id, to_jsonb(OLD)) ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO tally_touched (kind, id) VALUES (TG_TABLE_NAME, NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
";

const HELD: &str = "
CREATE CONSTRAINT TRIGGER tally_fold AFTER INSERT ON tally_touched DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION tally_fold();
";

/// Notes the rows of a table of which something changes that matters.
fn notes(table: &str, columns: &[&str]) -> String {
    let of =
        |row: &str| columns.iter().map(|column| format!("{row}.{column}")).collect::<Vec<_>>().join(", ");
    let changes = format!("({}) IS DISTINCT FROM ({})", of("OLD"), of("NEW"));
    let when = |event: &str| match (event, leads(table)) {
        ("UPDATE", true) => format!("WHEN ((OLD.lead OR NEW.lead) AND {changes})"),
        ("UPDATE", false) => format!("WHEN ({changes})"),
        ("INSERT", true) => "WHEN (NEW.lead)".to_owned(),
        ("DELETE", true) => "WHEN (OLD.lead)".to_owned(),
        _ => String::new(),
    };
    let trigger = |event: &str| {
        let (name, when) = (event.to_lowercase(), when(event));
        format!(
            "CREATE TRIGGER tally_{name} AFTER {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION tally_note();\n"
        )
    };
    ["INSERT", "UPDATE", "DELETE"].into_iter().map(trigger).collect()
}

/// Changes the cells by all that the transaction has touched, at the first of its notes.
fn fold() -> String {
    let moves = TALLIES.iter().map(moves).collect::<String>();
    format!(
        "-- To compile these statements takes seconds, to run them milliseconds. A plan made while the table of notes was small, or
-- a country's rows were few, is kept.
CREATE FUNCTION tally_fold() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    own xid8 := pg_current_xact_id();
    -- Partnerships of which all is to be counted anew; milestones, and outcomes by partnership and quarter, of which some is.
    moved uuid[];
    acted uuid[];
    filed uuid[];
    quarters text[];
    traded uuid[];
    -- The partnerships of all of these.
    placed uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM tally_touched WHERE tx = own AND kind = NEW.kind AND id = NEW.id) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM journal_head FOR UPDATE;
    moved := ARRAY(
        SELECT id FROM tally_touched WHERE tx = own AND kind = 'partnership'
        UNION SELECT CAST(before->>'partnership' AS uuid) FROM tally_touched WHERE tx = own AND kind = 'partnership_partner' AND before IS NOT NULL
        UNION SELECT l.partnership FROM tally_touched t JOIN partnership_partner l ON l.id = t.id WHERE t.tx = own AND t.kind = 'partnership_partner'
        UNION SELECT l.partnership FROM tally_touched t JOIN partnership_partner l ON l.partner = t.id AND l.lead WHERE t.tx = own AND t.kind = 'partner');
    acted := ARRAY(SELECT id FROM tally_touched WHERE tx = own AND kind = 'milestone');
    SELECT array_agg(DISTINCT o.partnership), array_agg(DISTINCT o.quarter),
            array_agg(DISTINCT o.partnership) FILTER (WHERE o.indicator = 'TRANSACTION_VALUE')
        INTO filed, quarters, traded
        FROM (SELECT n.partnership, n.quarter, n.indicator FROM tally_touched t JOIN outcome n ON n.id = t.id WHERE t.tx = own AND t.kind = 'outcome'
            UNION ALL SELECT CAST(before->>'partnership' AS uuid), before->>'quarter', before->>'indicator' FROM tally_touched
            WHERE tx = own AND kind = 'outcome' AND before IS NOT NULL) o;
    filed := coalesce(filed, ARRAY[]::uuid[]);
    quarters := coalesce(quarters, ARRAY[]::text[]);
    traded := coalesce(traded, ARRAY[]::uuid[]);
    placed := moved || filed || ARRAY(
        SELECT m.partnership FROM tally_touched t JOIN milestone m ON m.id = t.id WHERE t.tx = own AND t.kind = 'milestone'
        UNION SELECT CAST(before->>'partnership' AS uuid) FROM tally_touched WHERE tx = own AND kind = 'milestone' AND before IS NOT NULL);
{moves}
    DELETE FROM tally_touched WHERE tx = own;
    RETURN NULL;
END $$;
"
    )
}

fn moves(tally: &Tally) -> String {
    let (some, scope) = match tally.name {
        "tally_partnership" => ("moved", ""),
        "tally_transacted" => {
            ("moved || traded", "indicator = 'TRANSACTION_VALUE' AND partnership = ANY(moved || traded)")
        }
        "tally_outcome" => (
            "moved || filed",
            "partnership = ANY(moved) OR (partnership = ANY(filed) AND quarter = ANY(quarters))",
        ),
        _ => ("moved || acted", "partnership = ANY(moved) OR id = ANY(acted)"),
    };
    let mut rows = vec![
        rows("partnership", "id = ANY(placed)"),
        rows("partnership_partner", "partnership = ANY(placed) AND lead"),
        rows(
            "partner",
            "id IN (SELECT partner FROM partnership_partner_now UNION ALL SELECT partner FROM partnership_partner_was)",
        ),
    ];
    if tally.table != "partnership" {
        rows.push(self::rows(tally.table, scope));
    }
    let (name, cell, add) = (tally.name, tally.cell(), tally.add());
    let list = |each: &dyn Fn(&str) -> String| {
        tally.numbers.iter().map(|one| each(one)).collect::<Vec<_>>().join(", ")
    };
    let (numbers, less) = (tally.numbers.join(", "), list(&|number| format!("-{number}")));
    let sums = list(&|number| format!("CAST(sum({number}) AS bigint)"));
    let changes =
        tally.numbers.iter().map(|number| format!("sum({number}) <> 0")).collect::<Vec<_>>().join(" OR ");
    let (now, was) = (tally.of(|table| format!("{table}_now")), tally.of(|table| format!("{table}_was")));
    let rows = rows.join(",\n");
    format!(
        "
    IF cardinality({some}) > 0 THEN
        WITH {rows}
        INSERT INTO {name} ({cell}, {numbers})
        SELECT {cell}, {sums} FROM (SELECT {cell}, {numbers} FROM ({now}) a UNION ALL SELECT {cell}, {less} FROM ({was}) b) t
        GROUP BY {cell} HAVING {changes}
        {add};
    END IF;"
    )
}

/// The rows of a table as they are, within a scope, and as they were.
fn rows(table: &str, scope: &str) -> String {
    let columns = SOURCES.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, columns)| *columns);
    let (columns, of) =
        (columns.join(", "), columns.iter().map(|one| format!("r.{one}")).collect::<Vec<_>>().join(", "));
    format!(
        "{table}_now AS (SELECT {columns} FROM {table} WHERE {scope}),
        {table}_was AS (SELECT * FROM {table}_now WHERE id <> ALL (ARRAY(SELECT id FROM tally_touched WHERE tx = own AND kind = '{table}'))
            UNION ALL SELECT {of} FROM tally_touched t, jsonb_populate_record(NULL::{table}, t.before) r
            WHERE t.tx = own AND t.kind = '{table}' AND t.before IS NOT NULL)"
    )
}

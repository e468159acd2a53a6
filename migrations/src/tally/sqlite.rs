//! How SQLite keeps the tallies. It has one writer, and runs the triggers of one row after the other: before a row changes,
//! what is contributed by all that it may touch is taken off, after it that is put on again as it has become.

use super::{SOURCES, TALLIES, Tally, leads};

/// Whose contributions a row touches, by a condition on what a tally's select gives; none where it touches none. `{row}` is
/// the row.
fn touched(table: &str, tally: &Tally) -> Option<&'static str> {
    match (table, tally.name) {
        ("partnership", _) => Some("partnership = {row}.id"),
        ("partnership_partner", _) => Some("partnership = {row}.partnership"),
        ("partner", _) => Some(
            "partnership IN (SELECT partnership FROM partnership_partner WHERE partner = {row}.id AND lead = 1)",
        ),
        ("milestone", _) if tally.table == "milestone" => Some("id = {row}.id"),
        // It weighs the ratios beside it. By the index on all three: by quarter alone it is a country's.
        ("outcome", "tally_outcome") => Some(
            "partnership = {row}.partnership AND filed = {row}.quarter AND indicator IN ({row}.indicator,
                CASE {row}.indicator WHEN 'TRANSACTION_VALUE' THEN 'LOCAL_CONTENT' ELSE '' END,
                CASE {row}.indicator WHEN 'TRANSACTION_VALUE' THEN 'ON_TIME_DELIVERY' ELSE '' END,
                CASE {row}.indicator WHEN 'TRANSACTION_VALUE' THEN 'PAYMENT_DAYS' ELSE '' END)",
        ),
        // It may be the last one before a later one.
        ("outcome", "tally_transacted") => Some(
            "partnership = {row}.partnership AND quarter >= {row}.quarter AND {row}.indicator = 'TRANSACTION_VALUE'",
        ),
        _ => None,
    }
}

/// An event, and the rows that it has.
const EVENTS: [(&str, &[&str]); 3] =
    [("INSERT", &["NEW"]), ("UPDATE", &["OLD", "NEW"]), ("DELETE", &["OLD"])];

pub fn create() -> String {
    let views =
        TALLIES.iter().map(|tally| format!("CREATE VIEW {} AS {};", view(tally), tally.of(str::to_owned)));
    views.chain(triggers().map(|(name, of)| format!("CREATE TRIGGER {name} {of};"))).collect()
}

pub fn drop() -> String {
    let triggers = triggers().map(|(name, _)| format!("DROP TRIGGER {name};"));
    triggers.chain(TALLIES.iter().map(|tally| format!("DROP VIEW {};", view(tally)))).collect()
}

/// What the rows contribute now.
fn view(tally: &Tally) -> String {
    format!("{}_now", tally.name)
}

fn triggers() -> impl Iterator<Item = (String, String)> {
    let events = |(table, columns): (&'static str, &'static [&'static str])| {
        EVENTS.into_iter().map(move |(event, rows)| (table, columns, event, rows))
    };
    SOURCES.into_iter().flat_map(events).flat_map(|(table, columns, event, rows)| {
        ["BEFORE", "AFTER"].map(|time| {
            let name = format!("tally_{}_{}_{table}", time.to_lowercase(), event.to_lowercase());
            let sign = if time == "BEFORE" { "-" } else { "" };
            let moved =
                TALLIES.iter().filter_map(|tally| Some(moves(tally, touched(table, tally)?, rows, sign)));
            let (moved, when) = (moved.collect::<String>(), when(table, columns, rows));
            (name, format!("{time} {event} ON {table} FOR EACH ROW {when} BEGIN {moved} END"))
        })
    })
}

/// Only where something changes that matters.
fn when(table: &str, columns: &[&str], rows: &[&str]) -> String {
    let mut all = Vec::new();
    if let [old, new] = rows {
        let changes = columns.iter().map(|column| format!("{old}.{column} IS NOT {new}.{column}"));
        all.push(changes.collect::<Vec<_>>().join(" OR "));
    }
    if leads(table) {
        all.push(rows.iter().map(|row| format!("{row}.lead = 1")).collect::<Vec<_>>().join(" OR "));
    }
    if all.is_empty() { String::new() } else { format!("WHEN ({})", all.join(") AND (")) }
}

/// Takes contributions off the cells, or puts them on: what the old row touches, and what the new one touches besides.
fn moves(tally: &Tally, touched: &str, rows: &[&str], sign: &str) -> String {
    let (name, cell, view, add) = (tally.name, tally.cell(), view(tally), tally.add());
    let numbers = tally.numbers.join(", ");
    let signed = tally.numbers.iter().map(|number| format!("{sign}{number}")).collect::<Vec<_>>().join(", ");
    let of = |row: &str| touched.replace("{row}", row);
    let conditions = match rows {
        [old, new] => vec![of(old), format!("{} AND NOT ({})", of(new), of(old))],
        some => some.iter().map(|row| of(row)).collect(),
    };
    let move_by = |touched: &String| {
        format!(
            "INSERT INTO {name} ({cell}, {numbers}) SELECT {cell}, {signed} FROM {view} WHERE {touched} {add};\n"
        )
    };
    conditions.iter().map(move_by).collect()
}

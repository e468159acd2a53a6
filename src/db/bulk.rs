//! Many rows in one statement.

use std::fmt::Write as _;

use sea_orm::sea_query::Values;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, Iden as _, Iterable as _, ModelTrait as _, Statement,
};

/// Values a statement, at most: SQLite takes 32,766 and PostgreSQL 65,535, but longer ones are not quicker.
const VALUES: usize = 8_192;

/// Inserts whole rows, hundreds a statement.
pub(crate) async fn insert<E: EntityTrait>(
    on: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), DbErr> {
    for statement in statements::<E>(rows, on.get_database_backend()) {
        on.execute_raw(statement).await?;
    }
    Ok(())
}

/// The statements that insert whole rows, hundreds each.
///
/// By hand, since sea-orm makes an expression of each value and a tree of each statement. Statements have a power of two
/// of rows, so that there are few different ones, which stay prepared.
pub(crate) fn statements<E: EntityTrait>(
    rows: &[E::Model],
    backend: DbBackend,
) -> impl Iterator<Item = Statement> {
    let columns = E::Column::iter().collect::<Vec<_>>();
    let most = 1 << (VALUES / columns.len().max(1)).max(1).ilog2();
    let mut rest = rows;
    let mut sql = String::new();
    let mut written = 0;
    std::iter::from_fn(move || {
        let size = most.min(1 << rest.len().checked_ilog2()?);
        let (some, others) = rest.split_at(size);
        rest = others;
        if written != size {
            (sql, written) = (text::<E>(&columns, size, backend, 0), size);
        }
        let mut values = Vec::with_capacity(size * columns.len());
        values.extend(some.iter().flat_map(|row| columns.iter().map(|column| row.get(*column))));
        Some(Statement { sql: sql.clone(), values: Some(Values(values)), db_backend: backend })
    })
}

/// Rows of a second table that go with those of the first in one statement, at most.
const FEW: usize = 8;

/// Inserts rows of two tables, of which the second may refer to the first.
pub(crate) async fn insert_both<A: EntityTrait, B: EntityTrait>(
    on: &impl ConnectionTrait,
    some: &[A::Model],
    others: &[B::Model],
) -> Result<(), DbErr> {
    let backend = on.get_database_backend();
    // One on its own waits for each statement to go there and back.
    if backend == DbBackend::Postgres && some.len() == 1 && (1..=FEW).contains(&others.len()) {
        let (first, second) = (A::Column::iter().collect::<Vec<_>>(), B::Column::iter().collect::<Vec<_>>());
        let one = text::<A>(&first, 1, backend, 0);
        let two = text::<B>(&second, others.len(), backend, first.len());
        let values = some.iter().flat_map(|row| first.iter().map(|column| row.get(*column)));
        let more = others.iter().flat_map(|row| second.iter().map(|column| row.get(*column)));
        let values = Some(Values(values.chain(more).collect()));
        let sql = format!("WITH first AS ({one}) {two}");
        on.execute_raw(Statement { sql, values, db_backend: backend }).await?;
        return Ok(());
    }
    insert::<A>(on, some).await?;
    insert::<B>(on, others).await
}

/// `before`: how many values the statement has already.
fn text<E: EntityTrait>(columns: &[E::Column], rows: usize, backend: DbBackend, before: usize) -> String {
    let names = columns.iter().map(|column| format!("\"{}\"", column.unquoted())).collect::<Vec<_>>();
    let mut sql = format!("INSERT INTO \"{}\" ({}) VALUES ", E::default().table_name(), names.join(", "));
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            if column > 0 {
                sql.push_str(", ");
            }
            if backend == DbBackend::Postgres {
                // Into a string, which cannot fail.
                let _ = write!(sql, "${}", before + row * columns.len() + column + 1);
            } else {
                sql.push('?');
            }
        }
        sql.push(')');
    }
    sql
}

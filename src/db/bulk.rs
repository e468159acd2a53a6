//! Many rows in one statement.

use std::fmt::Write as _;

use sea_orm::sea_query::Values;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, Iden as _, Iterable as _, ModelTrait as _, Statement,
};

/// Values a statement, at most: SQLite takes 32,766 and PostgreSQL 65,535, but longer ones are not quicker.
const VALUES: usize = 8_192;

/// Inserts whole rows, hundreds a statement.
///
/// By hand, since sea-orm makes an expression of each value and a tree of each statement. Statements have a power of two
/// of rows, so that there are few different ones, which stay prepared.
pub(crate) async fn insert<E: EntityTrait>(
    on: &impl ConnectionTrait,
    rows: &[E::Model],
) -> Result<(), DbErr> {
    let columns = E::Column::iter().collect::<Vec<_>>();
    let backend = on.get_database_backend();
    let most = 1 << (VALUES / columns.len().max(1)).max(1).ilog2();
    let mut rest = rows;
    let mut sql = String::new();
    let mut written = 0;
    while !rest.is_empty() {
        let size = most.min(1 << rest.len().ilog2());
        let (some, others) = rest.split_at(size);
        if written != size {
            (sql, written) = (text::<E>(&columns, size, backend), size);
        }
        let values = some.iter().flat_map(|row| columns.iter().map(|column| row.get(*column))).collect();
        let statement = Statement { sql: sql.clone(), values: Some(Values(values)), db_backend: backend };
        on.execute_raw(statement).await?;
        rest = others;
    }
    Ok(())
}

fn text<E: EntityTrait>(columns: &[E::Column], rows: usize, backend: DbBackend) -> String {
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
                let _ = write!(sql, "${}", row * columns.len() + column + 1);
            } else {
                sql.push('?');
            }
        }
        sql.push(')');
    }
    sql
}

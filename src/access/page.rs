//! Paging by keyset: a page begins after the row that a cursor names, whatever was added or removed meanwhile.
//!
//! An order is by one column that is never null, ties broken by the id, both in the same direction.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Alias, ColumnType, Expr, ExprTrait as _, JoinType, Query, SelectStatement, Value};
use sea_orm::{
    ColumnTrait as _, Condition, DbBackend, EntityTrait, ModelTrait as _, QueryFilter as _, QueryOrder as _,
    QueryResult, QuerySelect as _, Select,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::journal::Projected;

/// A table or a view whose rows have an id.
pub trait Keyed: EntityTrait<Model: Send + Sync> {
    const TABLE: &'static str;
    const KEY: Self::Column;

    fn key(row: &Self::Model) -> Uuid;
}

impl<E: Projected> Keyed for E {
    const TABLE: &'static str = E::NOUN;
    const KEY: Self::Column = E::ID;

    fn key(row: &Self::Model) -> Uuid {
        E::id(row)
    }
}

/// An order of rows.
#[derive(Debug)]
pub struct Order<E: EntityTrait> {
    /// Told in the cursor, so that one of another order is refused.
    pub name: &'static str,
    pub column: E::Column,
    pub descending: bool,
}

impl<E: EntityTrait> Clone for Order<E> {
    fn clone(&self) -> Self {
        Self { name: self.name, column: self.column, descending: self.descending }
    }
}

/// Where a page ends or begins: the value that a row is ordered by, and its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(rename = "o")]
    order: String,
    #[serde(rename = "k")]
    key: Key,
    #[serde(rename = "i")]
    id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Key {
    #[serde(rename = "u")]
    Id,
    #[serde(rename = "s")]
    Text(String),
    #[serde(rename = "n")]
    Number(i64),
    #[serde(rename = "d")]
    Date(chrono::NaiveDate),
}

impl Cursor {
    pub fn of<E: Keyed>(order: &Order<E>, row: &E::Model) -> Result<Self> {
        let key = match row.get(order.column) {
            Value::Uuid(_) => Key::Id,
            Value::String(Some(text)) => Key::Text(text),
            Value::BigInt(Some(number)) => Key::Number(number),
            Value::Int(Some(number)) => Key::Number(number.into()),
            Value::ChronoDate(Some(date)) => Key::Date(date),
            other => return Err(Error::internal(format!("no cursor is made of {other:?}"))),
        };
        Ok(Self { order: order.tag(), key, id: E::key(row) })
    }

    /// As [`of`](Self::of), of a row of which the order's column and the key were read, at these places.
    pub fn at<E: Keyed>(order: &Order<E>, row: &QueryResult, at: usize, key: usize) -> Result<Self> {
        let id = row.try_get_by_index(key)?;
        let key = match order.column.def().get_column_type() {
            ColumnType::Uuid => Key::Id,
            ColumnType::String(_) | ColumnType::Text => Key::Text(row.try_get_by_index(at)?),
            ColumnType::BigInteger => Key::Number(row.try_get_by_index(at)?),
            ColumnType::Integer => Key::Number(row.try_get_by_index::<i32>(at)?.into()),
            ColumnType::Date => Key::Date(row.try_get_by_index(at)?),
            other => return Err(Error::internal(format!("no cursor is made of {other:?}"))),
        };
        Ok(Self { order: order.tag(), key, id })
    }

    /// A cursor of rows that have a number and no id.
    pub fn number(order: &str, number: i64) -> Self {
        Self { order: order.to_owned(), key: Key::Number(number), id: Uuid::nil() }
    }

    /// The number of such a cursor.
    pub fn as_number(&self, order: &str, argument: &str) -> Result<i64> {
        match self.key {
            Key::Number(number) if self.order == order => Ok(number),
            _ => Err(Error::input(argument, &self.encode(), "a cursor of this connection")),
        }
    }

    /// A cursor of rows of several kinds: a kind, a number and an id.
    pub fn of_kind(kind: &str, number: i64, id: Uuid) -> Self {
        Self { order: kind.to_owned(), key: Key::Number(number), id }
    }

    /// The kind, the number and the id of such a cursor.
    pub fn as_kind(&self, argument: &str) -> Result<(&str, i64, Uuid)> {
        match self.key {
            Key::Number(number) => Ok((&self.order, number, self.id)),
            _ => Err(Error::input(argument, &self.encode(), "a cursor of this connection")),
        }
    }

    /// A cursor of the journal's changes: a sequence, and a position in that entry.
    pub fn place(order: &str, sequence: i64, position: i32) -> Self {
        let position = u128::try_from(position).unwrap_or_default();
        Self { order: order.to_owned(), key: Key::Number(sequence), id: Uuid::from_u128(position) }
    }

    /// The sequence and the position of such a cursor.
    pub fn as_place(&self, order: &str, argument: &str) -> Result<(i64, i32)> {
        let sequence = self.as_number(order, argument)?;
        let position = i32::try_from(self.id.as_u128());
        let position =
            position.map_err(|_| Error::input(argument, &self.encode(), "a cursor of this connection"))?;
        Ok((sequence, position))
    }

    /// Opaque to clients: base64url of JSON.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub fn decode(text: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

impl<E: EntityTrait> Order<E> {
    fn tag(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.name)
    }
}

/// Which rows of an order are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub size: u64,
    /// Counted from the end.
    pub backward: bool,
    pub after: Option<Cursor>,
    pub before: Option<Cursor>,
}

/// One page's rows, in order.
#[derive(Debug, Clone)]
pub struct Slice<M> {
    pub rows: Vec<M>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<M> Default for Slice<M> {
    fn default() -> Self {
        Self { rows: Vec::new(), has_next: false, has_previous: false }
    }
}

impl<M> Slice<M> {
    pub fn try_map<T>(&self, each: impl Fn(&M) -> Result<T>) -> Result<Slice<T>> {
        let rows = self.rows.iter().map(each).collect::<Result<_>>()?;
        Ok(Slice { rows, has_next: self.has_next, has_previous: self.has_previous })
    }
}

impl Page {
    /// Refuses a cursor of another order.
    ///
    /// # Errors
    ///
    /// BAD_USER_INPUT.
    pub fn check<E: Keyed>(&self, order: &Order<E>) -> Result<()> {
        self.bounds(order).map(drop)
    }

    fn bounds<E: Keyed>(&self, order: &Order<E>) -> Result<Vec<Expr>> {
        let given = [(&self.after, true, "after"), (&self.before, false, "before")].into_iter();
        let given = given.filter_map(|(cursor, is_after, name)| Some((cursor.as_ref()?, is_after, name)));
        given.map(|(cursor, is_after, argument)| beyond(order, cursor, is_after, argument)).collect()
    }

    /// The page out of what was read for it, which is one row more where there are more.
    pub fn slice<M>(&self, mut rows: Vec<M>) -> Slice<M> {
        let more = rows.len() as u64 > self.size;
        rows.truncate(usize::try_from(self.size).unwrap_or(usize::MAX));
        if self.backward {
            rows.reverse();
            return Slice { rows, has_next: self.before.is_some(), has_previous: more };
        }
        Slice { rows, has_next: more, has_previous: self.after.is_some() }
    }
}

/// Orders a select and bounds it to a page.
pub(super) fn bound<E: Keyed>(select: &mut Select<E>, order: &Order<E>, page: &Page) -> Result<()> {
    let ascending = order.descending == page.backward;
    let direction = if ascending { sea_orm::Order::Asc } else { sea_orm::Order::Desc };
    let mut bounded = select.clone();
    for bound in page.bounds(order)? {
        bounded = bounded.filter(bound);
    }
    if !is_id(order) {
        bounded = bounded.order_by(order.column, direction.clone());
    }
    *select = bounded.order_by(E::KEY, direction).limit(page.size + 1);
    Ok(())
}

fn is_id<E: Keyed>(order: &Order<E>) -> bool {
    sea_orm::Iden::unquoted(&order.column) == sea_orm::Iden::unquoted(&E::KEY)
}

/// The rows beyond a cursor, as a comparison of the pair (key, id), which an index answers.
fn beyond<E: Keyed>(order: &Order<E>, cursor: &Cursor, is_after: bool, argument: &str) -> Result<Expr> {
    if cursor.order != order.tag() {
        return Err(Error::input(argument, &cursor.encode(), "a cursor that came with the same orderBy"));
    }
    let kind = order.column.def();
    let fits = match (&cursor.key, kind.get_column_type()) {
        (Key::Text(text), ColumnType::String(_) | ColumnType::Text) => !text.contains('\0'),
        (Key::Id, ColumnType::Uuid)
        | (Key::Number(_), ColumnType::Integer | ColumnType::BigInteger)
        | (Key::Date(_), ColumnType::Date) => true,
        _ => false,
    };
    if !fits {
        return Err(Error::input(argument, &cursor.encode(), "a cursor of this connection"));
    }
    let greater = is_after != order.descending;
    let id = Expr::col(E::KEY.as_column_ref());
    let key: Value = match &cursor.key {
        Key::Id => return Ok(if greater { id.gt(cursor.id) } else { id.lt(cursor.id) }),
        Key::Text(text) => text.clone().into(),
        Key::Number(number) => (*number).into(),
        Key::Date(date) => (*date).into(),
    };
    let pair = Expr::tuple([Expr::col(order.column.as_column_ref()), id]);
    let bound = Expr::tuple([Expr::val(key), Expr::val(cursor.id)]);
    Ok(if greater { pair.gt(bound) } else { pair.lt(bound) })
}

/// `column` is one of `ids`.
pub(super) fn is_in(backend: DbBackend, column: Expr, ids: &[Uuid]) -> Expr {
    if backend == DbBackend::Postgres {
        // One array: the statement's text, and so its plan, is the same however many ids there are. And a select, whose answer nobody knows
        // beforehand: for an array that it knows PostgreSQL makes another plan each time, as it takes the one that it keeps, for ten
        // ids, for too dear where there are less; making it took longer than reading.
        let ids = Expr::cust_with_exprs("ARRAY(SELECT unnest($1))", [Expr::val(ids.to_vec())]);
        return column.eq(sea_orm::sea_query::extension::postgres::PgFunc::any(ids));
    }
    column.is_in(ids.iter().copied())
}

/// For each parent (a table's name and the column that points to it) one page of rows, in one statement. Answers the
/// these columns of the rows, and `page_parent` after them.
///
/// Each parent's page is its own short walk along an index: LATERAL on PostgreSQL, on SQLite a correlated
/// `id IN (… LIMIT n)`, which is what each does fastest.
pub(super) fn each<E: Keyed>(
    backend: DbBackend,
    (table, column): (&'static str, E::Column),
    parents: &[Uuid],
    filter: Condition,
    order: &Order<E>,
    page: &Page,
    columns: &[E::Column],
) -> Result<SelectStatement> {
    const PARENT: &str = "page_of";
    let parent_id = || Expr::col((Alias::new(PARENT), Alias::new("id")));
    let mut rows = E::find().filter(filter).filter(Expr::col(column.as_column_ref()).eq(parent_id()));
    bound(&mut rows, order, page)?;

    let mut statement = Query::select();
    statement.from_as(Alias::new(table), Alias::new(PARENT));
    if backend == DbBackend::Postgres {
        const ROWS: &str = "page_rows";
        for column in columns {
            statement.column((Alias::new(ROWS), Alias::new(sea_orm::Iden::unquoted(column))));
        }
        statement.expr_as(parent_id(), Alias::new("page_parent"));
        let rows = sea_orm::QueryTrait::into_query(rows.select_only().columns(columns.iter().copied()));
        statement.join_lateral(JoinType::InnerJoin, rows, Alias::new(ROWS), Expr::val(true));
        statement.and_where(is_in(backend, parent_id(), parents));
        return Ok(statement);
    }
    let ids = sea_orm::QueryTrait::into_query(rows.select_only().column(E::KEY));
    for column in columns {
        statement.column(column.as_column_ref());
    }
    statement.expr_as(parent_id(), Alias::new("page_parent"));
    statement.join(JoinType::InnerJoin, E::default(), Expr::col(E::KEY.as_column_ref()).in_subquery(ids));
    statement.and_where(is_in(backend, parent_id(), parents));
    let ascending = order.descending == page.backward;
    let direction = if ascending { sea_orm::Order::Asc } else { sea_orm::Order::Desc };
    statement.order_by_columns([
        (order.column.as_column_ref(), direction.clone()),
        (E::KEY.as_column_ref(), direction),
    ]);
    Ok(statement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_is_read_as_it_was_written(order in "[A-Z_]{1,10}", text in ".*", number: i64, id: u128) {
            for key in [Key::Id, Key::Text(text.clone()), Key::Number(number)] {
                let cursor = Cursor { order: order.clone(), key, id: Uuid::from_u128(id) };
                prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
            }
        }

        #[test]
        fn what_is_no_cursor_is_refused(text in ".{0,40}") {
            prop_assert!(Cursor::decode(&text).is_none());
        }
    }
}

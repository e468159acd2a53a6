//! How rows are answered of which nothing is asked but plain fields.

use std::sync::Arc;

use async_graphql::parser::types::Selection;
use async_graphql::{ContextSelectionSet, Positioned};
use sea_orm::{Iden as _, QueryResult};
use uuid::Uuid;

use super::hanging::{Asking, Found, Linked};
use super::plain::{Kind, Reader, as_field, key_of};
use super::{Column, NounObject, written};
use crate::access::View;
use crate::access::page::{Cursor, Keyed as _, Order};
use crate::error::{Error, Result};
use crate::nouns::ids::Noun;

/// What is read of each row, and how it is answered.
pub(super) struct Plan {
    /// What is asked, with its key as it is written.
    fields: Vec<(Vec<u8>, Source)>,
    hanging: Vec<Hanging>,
    cursor: Option<CursorOf>,
}

type CursorOf = Box<dyn Fn(&QueryResult) -> Result<Cursor> + Send + Sync>;

enum Source {
    Column(Reader, usize),
    Id(Noun, usize),
    /// What hangs on it, by its number.
    Hanging(usize),
    Name(String),
}

struct Hanging {
    field: &'static str,
    column: usize,
    linked: Box<dyn Linked>,
}

/// The columns that a plan reads, each once.
pub(super) struct Columns<N: NounObject>(pub Vec<Column<N>>);

impl<N: NounObject> Columns<N> {
    pub fn place(&mut self, column: Column<N>) -> usize {
        let name = column.unquoted();
        self.0.iter().position(|known| known.unquoted() == name).unwrap_or_else(|| {
            self.0.push(column);
            self.0.len() - 1
        })
    }
}

impl Plan {
    /// The plan for these selections on a noun whose rows have cursors, and the columns that it reads; `None` where they
    /// ask for more.
    pub fn of<N: NounObject>(
        ctx: &ContextSelectionSet<'_>,
        view: &View,
        asked: &[Positioned<Selection>],
        order: &Order<N::Entity>,
    ) -> Option<(Self, Vec<Column<N>>)> {
        let mut columns = Columns::<N>(Vec::new());
        let mut plan = Self::fields(ctx, view, asked, &mut columns)?;
        let (order, at, key) = (order.clone(), columns.place(order.column), columns.place(N::Entity::KEY));
        plan.cursor = Some(Box::new(move |row: &QueryResult| Cursor::at(&order, row, at, key)));
        Some((plan, columns.0))
    }

    /// As [`of`](Self::of), of rows without cursors; their columns are put to those that are read already.
    pub fn fields<N: NounObject>(
        ctx: &ContextSelectionSet<'_>,
        view: &View,
        asked: &[Positioned<Selection>],
        columns: &mut Columns<N>,
    ) -> Option<Self> {
        let (mut fields, mut hanging) = (Vec::with_capacity(asked.len()), Vec::new());
        for item in asked {
            let field = as_field(&item.node)?;
            let name = field.name.node.as_str();
            let source = if name == "__typename" {
                Source::Name(N::type_name().into_owned())
            } else {
                let plain = N::PLAIN.iter().find(|plain| plain.field == name)?;
                let column = columns.place(plain.column);
                match plain.kind {
                    Kind::Value(read) => Source::Column(read, column),
                    Kind::Id(noun) => Source::Id(noun, column),
                    Kind::Hanging(how) => {
                        let Selection::Field(field) = &item.node else { return None };
                        let linked = how(&Asking { ctx, view, field })?;
                        hanging.push(Hanging { field: plain.field, column, linked });
                        Source::Hanging(hanging.len() - 1)
                    }
                }
            };
            fields.push((key_of(field), source));
        }
        Some(Self { fields, hanging, cursor: None })
    }

    /// Reads what hangs on the rows: as many statements for all of them as for one.
    pub async fn follow<'a>(
        &self,
        view: &View,
        rows: impl Iterator<Item = &'a QueryResult> + Clone + Send,
    ) -> Result<Vec<Found>> {
        let mut found = Vec::with_capacity(self.hanging.len());
        for hanging in &self.hanging {
            let ids = rows.clone().map(|row| Ok(row.try_get_by_index(hanging.column)?));
            let mut ids = ids.collect::<Result<Vec<Uuid>>>()?;
            ids.sort_unstable();
            ids.dedup();
            found.push(hanging.linked.read(view, ids).await?);
        }
        Ok(found)
    }

    /// Whether all that it answers of a row follows from this column.
    pub fn is_of(&self, column: usize) -> bool {
        self.fields.iter().all(|(_, source)| match source {
            Source::Column(..) => false,
            Source::Id(_, at) => *at == column,
            Source::Hanging(number) => self.hanging[*number].column == column,
            Source::Name(_) => true,
        })
    }

    /// What is answered of rows with these values in that column.
    pub async fn write_of(&self, view: &View, ids: Vec<Uuid>) -> Result<Found> {
        let mut found = Vec::with_capacity(self.hanging.len());
        for hanging in &self.hanging {
            found.push(hanging.linked.read(view, ids.clone()).await?);
        }
        let written = ids.into_iter().map(|id| {
            let mut out = Vec::with_capacity(64);
            self.write_by(
                &found,
                &mut out,
                |_| Ok(id),
                |_, _, _| Err(Error::internal("a column of no row")),
            )?;
            Ok((id, out))
        });
        written.collect()
    }

    pub fn write(&self, row: &QueryResult, found: &[Found], out: &mut Vec<u8>) -> Result<()> {
        self.write_by(found, out, |at| Ok(row.try_get_by_index(at)?), |read, at, out| read(row, at, out))
    }

    /// By what tells the id in a column, and writes the value in one.
    fn write_by(
        &self,
        found: &[Found],
        out: &mut Vec<u8>,
        id: impl Fn(usize) -> Result<Uuid>,
        value: impl Fn(Reader, usize, &mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        out.push(b'{');
        for (at, (key, source)) in self.fields.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key);
            match source {
                Source::Column(read, at) => value(*read, *at, out)?,
                Source::Id(noun, at) => written::write_text(&noun.id(id(*at)?), out),
                Source::Name(name) => written::write_text(name, out),
                Source::Hanging(number) => {
                    let hanging = &self.hanging[*number];
                    let own = found[*number].get(&id(hanging.column)?);
                    let own = own.map(Vec::as_slice).or(hanging.linked.nothing()).ok_or_else(|| {
                        Error::internal(format!("{} points to a row that is out of sight", hanging.field))
                    })?;
                    out.extend_from_slice(own);
                }
            }
        }
        out.push(b'}');
        Ok(())
    }

    pub fn cursor(&self, row: &QueryResult) -> Result<Cursor> {
        let cursor = self.cursor.as_ref();
        cursor.ok_or_else(|| Error::internal("a cursor of what has no order"))?(row)
    }
}

/// Writes a list, an item after the other.
pub(super) fn write_list<T, E>(
    items: &[T],
    out: &mut Vec<u8>,
    write: impl Fn(&T, &mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        let before = out.len();
        write(item, out)?;
        if at == 0 {
            // The others will be about as long.
            out.reserve((out.len() - before) * items.len());
        }
    }
    out.push(b']');
    Ok(())
}

/// A plan, and what hangs on the rows of a list.
pub(super) struct Followed {
    pub plan: Plan,
    pub found: Vec<Found>,
}

impl Followed {
    pub async fn of<'a>(
        plan: Plan,
        view: &View,
        rows: impl Iterator<Item = &'a QueryResult> + Clone + Send,
    ) -> Result<Arc<Self>> {
        let found = plan.follow(view, rows).await?;
        Ok(Arc::new(Self { plan, found }))
    }
}

/// Rows that are answered by a plan.
pub(super) struct PlainRows {
    pub by: Arc<Followed>,
    pub rows: Vec<QueryResult>,
}

impl PlainRows {
    /// The answer to a selection of `nodes`.
    pub fn nodes(&self) -> Result<async_graphql::Value> {
        let mut out = Vec::new();
        write_list(&self.rows, &mut out, |row, out| self.by.plan.write(row, &self.by.found, out))?;
        Ok(written::json(out))
    }

    /// The answer to a selection of `edges`.
    pub fn edges(&self, edges: &Edges) -> Result<async_graphql::Value> {
        let mut out = Vec::new();
        write_list(&self.rows, &mut out, |row, out| edges.write(row, &self.by.plan, &self.by.found, out))?;
        Ok(written::json(out))
    }

    /// The cursors of the first row and the last.
    pub fn ends(&self) -> Result<(Option<Cursor>, Option<Cursor>)> {
        let cursor = |row: Option<&QueryResult>| row.map(|row| self.by.plan.cursor(row)).transpose();
        Ok((cursor(self.rows.first())?, cursor(self.rows.last())?))
    }
}

/// What is asked of edges.
pub(super) struct Edges(Vec<(Vec<u8>, Part)>);

enum Part {
    Node,
    Cursor,
    Name(String),
}

impl Edges {
    /// Of an edge whose type has this name, where nothing stands there but fields.
    pub fn of(asked: &[Positioned<Selection>], type_name: &str) -> Self {
        let part = |field| {
            let part = match as_field(field)?.name.node.as_str() {
                "node" => Part::Node,
                "cursor" => Part::Cursor,
                _ => Part::Name(type_name.to_owned()),
            };
            Some((key_of(as_field(field)?), part))
        };
        Self(asked.iter().filter_map(|item| part(&item.node)).collect())
    }

    pub fn write(&self, row: &QueryResult, plan: &Plan, found: &[Found], out: &mut Vec<u8>) -> Result<()> {
        for (at, (key, part)) in self.0.iter().enumerate() {
            out.push(if at == 0 { b'{' } else { b',' });
            out.extend_from_slice(key);
            match part {
                Part::Node => plan.write(row, found, out)?,
                Part::Cursor => written::write_text(&plan.cursor(row)?.encode(), out),
                Part::Name(name) => written::write_text(name, out),
            }
        }
        out.push(b'}');
        Ok(())
    }
}

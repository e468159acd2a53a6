//! What hangs on rows and is read with them: what a column points to, lists, pages, and what is found by other means.

use std::collections::HashMap;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, InputType, Positioned};
use futures_util::future::BoxFuture;
use sea_orm::{Condition, QueryResult, Select};
use uuid::Uuid;

use super::plain::{Asked, as_field, key_of};
use super::plan::{Columns, Edges, Plan, write_list};
use super::{Column, Edge, NounObject, PageOf, Paging, written};
use crate::access::View;
use crate::access::page::{Keyed, Order, Page, Slice};
use crate::error::Result;

/// A field that is asked of rows.
pub struct Asking<'a> {
    pub(super) ctx: &'a ContextSelectionSet<'a>,
    pub view: &'a View,
    pub(super) field: &'a Positioned<Field>,
}

/// What hangs on rows, as it is written, by the column by which it hangs.
pub type Found = HashMap<Uuid, Vec<u8>>;

/// How what hangs on rows is read.
pub trait Linked: Send + Sync {
    /// Reads it for all of these at once.
    fn read<'a>(&'a self, view: &'a View, ids: Vec<Uuid>) -> BoxFuture<'a, Result<Found>>;

    /// What is answered where nothing hangs there; `None` where something must.
    fn nothing(&self) -> Option<&[u8]>;
}

impl Asking<'_> {
    /// An argument of the field, which may be left out.
    pub fn argument<T: InputType>(&self, name: &str) -> Option<Option<T>> {
        let field = self.ctx.with_field(self.field);
        field.param_value::<Option<T>>(name, None).ok().map(|(_, value)| value)
    }

    /// All rows of a noun that point here by `parent`, in the order of the select.
    pub fn list<N: NounObject>(
        &self,
        parent: Column<N>,
        select: fn() -> Select<N::Entity>,
    ) -> Option<Box<dyn Linked>> {
        let mut columns = Columns::<N>(Vec::new());
        let plan =
            Plan::fields(self.ctx, self.view, &self.field.node.selection_set.node.items, &mut columns)?;
        let at = columns.place(parent);
        Some(Box::new(ListOf::<N> { plan, columns: columns.0, parent, at, select }))
    }

    /// A page of the rows of a noun that point to a row of `P` by `parent`.
    pub fn page<P: Keyed, N: NounObject>(
        &self,
        parent: Column<N>,
        filter: Condition,
        order: Order<N::Entity>,
    ) -> Option<Box<dyn Linked>> {
        let paging = Paging {
            first: self.argument("first")?,
            after: self.argument("after")?,
            last: self.argument("last")?,
            before: self.argument("before")?,
        };
        let page = paging.page().ok()?;
        page.check(&order).ok()?;
        let asked = &self.field.node.selection_set.node;
        let (plan, columns) = Plan::of::<N>(self.ctx, self.view, Asked::of(asked).node?, &order)?;
        let parts = asked.items.iter().map(|item| {
            let field = as_field(&item.node)?;
            let items = &field.selection_set.node.items;
            let part = match field.name.node.as_str() {
                "nodes" => Part::Nodes,
                "edges" => {
                    Part::Edges(Edges::of(items, &<Edge<N> as async_graphql::OutputType>::type_name()))
                }
                "__typename" => {
                    Part::Name(<PageOf<N> as async_graphql::OutputType>::type_name().into_owned())
                }
                // Where the page stands, and how many there are: rarely asked of what hangs on others.
                _ => return None,
            };
            Some((key_of(field), part))
        });
        let parts = parts.collect::<Option<Vec<_>>>()?;
        let mut pages = PagesOf::<N> {
            plan,
            columns,
            parent: (P::TABLE, parent),
            filter,
            order,
            page,
            parts,
            empty: Vec::new(),
        };
        pages.empty = pages.written(&[], &[]).ok()?;
        Some(Box::new(pages))
    }

    /// A text that is found for each by other means.
    pub fn text(&self, read: ReadTexts) -> Option<Box<dyn Linked>> {
        Some(Box::new(Texts(read)))
    }
}

/// The object that a column points to.
pub(super) struct To<N: NounObject> {
    plan: Plan,
    columns: Vec<Column<N>>,
    id: usize,
}

impl<N: NounObject> To<N> {
    pub fn of(asking: &Asking<'_>) -> Option<Box<dyn Linked>> {
        let mut columns = Columns::<N>(Vec::new());
        let items = &asking.field.node.selection_set.node.items;
        let plan = Plan::fields(asking.ctx, asking.view, items, &mut columns)?;
        let id = columns.place(N::Entity::KEY);
        Some(Box::new(Self { plan, columns: columns.0, id }))
    }
}

impl<N: NounObject> Linked for To<N> {
    fn read<'a>(&'a self, view: &'a View, ids: Vec<Uuid>) -> BoxFuture<'a, Result<Found>> {
        Box::pin(async move {
            if self.plan.is_of(self.id) {
                // That its row is there, the column says that points to it.
                view.note_linked::<N::Entity>(ids.len());
                return self.plan.write_of(view, ids).await;
            }
            let rows = view.columns_by_ids::<N::Entity>(&ids, &self.columns).await?;
            let hanging = self.plan.follow(view, rows.iter()).await?;
            let found = rows.iter().map(|row| {
                let mut object = Vec::with_capacity(64);
                self.plan.write(row, &hanging, &mut object)?;
                Ok((row.try_get_by_index(self.id)?, object))
            });
            found.collect()
        })
    }

    fn nothing(&self) -> Option<&[u8]> {
        None
    }
}

struct ListOf<N: NounObject> {
    plan: Plan,
    columns: Vec<Column<N>>,
    parent: Column<N>,
    at: usize,
    select: fn() -> Select<N::Entity>,
}

impl<N: NounObject> Linked for ListOf<N> {
    fn read<'a>(&'a self, view: &'a View, ids: Vec<Uuid>) -> BoxFuture<'a, Result<Found>> {
        Box::pin(async move {
            let rows = view.columns_of((self.select)(), self.parent, &ids, &self.columns).await?;
            let hanging = self.plan.follow(view, rows.iter()).await?;
            let mut lists = HashMap::<Uuid, Vec<QueryResult>>::new();
            for row in rows {
                lists.entry(row.try_get_by_index(self.at)?).or_default().push(row);
            }
            let lists = lists.into_iter().map(|(parent, rows)| {
                let mut list = Vec::new();
                write_list(&rows, &mut list, |row, out| self.plan.write(row, &hanging, out))?;
                Ok((parent, list))
            });
            lists.collect()
        })
    }

    fn nothing(&self) -> Option<&[u8]> {
        Some(b"[]")
    }
}

/// Pages, and how each is answered.
struct PagesOf<N: NounObject> {
    plan: Plan,
    columns: Vec<Column<N>>,
    parent: (&'static str, Column<N>),
    filter: Condition,
    order: Order<N::Entity>,
    page: Page,
    parts: Vec<(Vec<u8>, Part)>,
    empty: Vec<u8>,
}

enum Part {
    Nodes,
    Edges(Edges),
    Name(String),
}

impl<N: NounObject> PagesOf<N> {
    fn written(&self, rows: &[QueryResult], hanging: &[Found]) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        for (at, (key, part)) in self.parts.iter().enumerate() {
            out.push(if at == 0 { b'{' } else { b',' });
            out.extend_from_slice(key);
            match part {
                Part::Nodes => write_list(rows, &mut out, |row, out| self.plan.write(row, hanging, out))?,
                Part::Edges(edges) => {
                    write_list(rows, &mut out, |row, out| edges.write(row, &self.plan, hanging, out))?;
                }
                Part::Name(name) => written::write_text(name, &mut out),
            }
        }
        out.push(b'}');
        Ok(out)
    }
}

impl<N: NounObject> Linked for PagesOf<N> {
    fn read<'a>(&'a self, view: &'a View, ids: Vec<Uuid>) -> BoxFuture<'a, Result<Found>> {
        Box::pin(async move {
            let (filter, columns) = (self.filter.clone(), Some(self.columns.as_slice()));
            let pages = view.page_each(self.parent, &ids, filter, &self.order, &self.page, columns).await?;
            let rows = pages.values().flat_map(|slice: &Slice<QueryResult>| &slice.rows);
            let hanging = self.plan.follow(view, rows).await?;
            pages.iter().map(|(parent, slice)| Ok((*parent, self.written(&slice.rows, &hanging)?))).collect()
        })
    }

    fn nothing(&self) -> Option<&[u8]> {
        Some(&self.empty)
    }
}

/// Reads a text for each of these ids.
pub type ReadTexts = for<'a> fn(&'a View, Vec<Uuid>) -> BoxFuture<'a, Result<HashMap<Uuid, String>>>;

struct Texts(ReadTexts);

impl Linked for Texts {
    fn read<'a>(&'a self, view: &'a View, ids: Vec<Uuid>) -> BoxFuture<'a, Result<Found>> {
        Box::pin(async move {
            let texts = (self.0)(view, ids).await?.into_iter().map(|(id, text)| {
                let mut out = Vec::new();
                written::write_text(&text, &mut out);
                (id, out)
            });
            Ok(texts.collect())
        })
    }

    fn nothing(&self) -> Option<&[u8]> {
        None
    }
}

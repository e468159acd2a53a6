//! How objects load what hangs on them: one statement for all objects of a list.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ContextSelectionSet, ID};
use futures_util::future::BoxFuture;
use sea_orm::{Condition, FromQueryResult as _, QueryResult};
use uuid::Uuid;

use super::plain::Asked;
use super::plan::{Followed, PlainRows, Plan};
use super::{Column, Connection, Content, Model, NounObject, Paging, Read, Shown, Total};
use crate::access::page::{Keyed, Order, Slice};
use crate::access::{Row, Rows, View};
use crate::error::{Error, Result};
use crate::nouns::ids::{self, Noun};

/// The object with this id, or NOT_FOUND: also where it is out of the actor's sight.
pub async fn by_id<N: NounObject>(view: &View, noun: Noun, id: &ID) -> Result<Option<N>> {
    let row = view.by_id::<N::Entity>(ids::parse(noun, id)?).await?.ok_or_else(|| Error::not_found(id))?;
    Ok(Some(N::new(Rows::single(view.clone(), row))))
}

/// The filter that everything fits.
pub fn everything() -> Condition {
    Condition::all()
}

/// A connection of everything that fits the filter.
pub async fn connect<N: NounObject>(
    view: &View,
    filter: Condition,
    order: Order<N::Entity>,
    paging: &Paging,
) -> Result<Connection<N>> {
    let page = paging.page()?;
    page.check(&order)?;
    let counted = (view.clone(), filter.clone());
    let view = view.clone();
    let read = reading(move |ctx| {
        let (view, filter, order, page) = (view.clone(), filter.clone(), order.clone(), page.clone());
        Box::pin(async move {
            if !Asked::of(&ctx.item.node).page {
                return Ok(Content::empty(order));
            }
            let plan = plan::<N>(ctx, &view, &order);
            let slice = view.page(filter, &order, &page, columns(&plan)).await?;
            let Some((plan, _)) = plan else {
                let slice = slice.try_map(model::<N>)?;
                let rows = Rows::siblings(view, slice.rows).into_iter().map(N::new).collect();
                let (has_next, has_previous) = (slice.has_next, slice.has_previous);
                return Ok(Content::of(Slice { rows, has_next, has_previous }, order));
            };
            let by = Followed::of(plan, &view, slice.rows.iter()).await?;
            Ok(plain_content(&by, slice))
        })
    });
    let total: Total = Arc::new(move |_| {
        let (view, filter) = counted.clone();
        Box::pin(async move { view.count::<N::Entity>(filter).await })
    });
    Ok(Connection { read, total })
}

/// A connection that hangs on each object of a list: one statement for all of them.
///
/// `parent` is the column that points to the object that it hangs on.
pub async fn connect_each<P: Keyed, N: NounObject>(
    row: &Row<P::Model>,
    field: &'static str,
    parent: Column<N>,
    filter: Condition,
    order: Order<N::Entity>,
    paging: &Paging,
) -> Result<Connection<N>> {
    let page = paging.page()?;
    page.check(&order)?;
    let counted = (row.clone(), filter.clone());
    let row = row.clone();
    let read = reading(move |ctx| {
        let (row, filter, order, page) = (row.clone(), filter.clone(), order.clone(), page.clone());
        Box::pin(async move {
            if !Asked::of(&ctx.item.node).page {
                return Ok(Content::empty(order));
            }
            let pages = row
                .list()
                .load_at(field, Some(&ctx.item.node), async |list: &Rows<P::Model>| {
                    let plan = plan::<N>(ctx, list.view(), &order);
                    let parents = list.iter().map(P::key).collect::<Vec<_>>();
                    let pages = list
                        .view()
                        .page_each((P::TABLE, parent), &parents, filter, &order, &page, columns(&plan))
                        .await?;
                    let Some((plan, _)) = plan else { return gather::<N>(list.view(), pages, &order) };
                    let rows = pages.values().flat_map(|slice: &Slice<QueryResult>| &slice.rows);
                    let by = Followed::of(plan, list.view(), rows).await?;
                    let content = |(parent, slice)| (parent, plain_content::<N>(&by, slice));
                    Ok(pages.into_iter().map(content).collect())
                })
                .await?;
            Ok(pages.get(&P::key(&row)).cloned().unwrap_or_else(|| Content::empty(order.clone())))
        })
    });
    let total: Total = Arc::new(move |asked| {
        let (row, filter) = counted.clone();
        Box::pin(async move {
            let counts = row
                .list()
                .load_at("totalCount", Some(asked), async |list: &Rows<P::Model>| {
                    let parents = list.iter().map(P::key).collect::<Vec<_>>();
                    list.view().count_each::<N::Entity>(parent, &parents, filter.clone()).await
                })
                .await?;
            Ok(counts.get(&P::key(&row)).copied().unwrap_or(0))
        })
    });
    Ok(Connection { read, total })
}

/// The closure as what it is for: of a closure's own type the compiler would take one lifetime for all.
fn reading<N: NounObject>(
    read: impl for<'a> Fn(&'a ContextSelectionSet<'a>) -> BoxFuture<'a, Result<Content<N>>>
    + Send
    + Sync
    + 'static,
) -> Read<N> {
    Box::new(read)
}

type Planned<N> = Option<(Plan, Vec<Column<N>>)>;

fn plan<N: NounObject>(ctx: &ContextSelectionSet<'_>, view: &View, order: &Order<N::Entity>) -> Planned<N> {
    Plan::of::<N>(ctx, view, Asked::of(&ctx.item.node).node?, order)
}

/// The columns that are read: `None` are all.
fn columns<T>(plan: &Option<(Plan, Vec<T>)>) -> Option<&[T]> {
    plan.as_ref().map(|(_, columns)| columns.as_slice())
}

fn plain_content<N: NounObject>(by: &Arc<Followed>, slice: Slice<QueryResult>) -> Content<N> {
    let (has_next, has_previous) = (slice.has_next, slice.has_previous);
    let rows = PlainRows { by: Arc::clone(by), rows: slice.rows };
    Content { shown: Shown::Plain(Arc::new(rows)), has_next, has_previous }
}

fn model<N: NounObject>(row: &QueryResult) -> Result<Model<N>> {
    Ok(Model::<N>::from_query_result(row, "")?)
}

/// All children of all parents become one list of siblings, so that what hangs on them loads at once as well.
fn gather<N: NounObject>(
    view: &View,
    pages: HashMap<Uuid, Slice<QueryResult>>,
    order: &Order<N::Entity>,
) -> Result<HashMap<Uuid, Content<N>>> {
    let mut rows = Vec::new();
    let mut shapes = Vec::with_capacity(pages.len());
    for (parent, slice) in pages {
        shapes.push((parent, slice.rows.len(), slice.has_next, slice.has_previous));
        for row in &slice.rows {
            rows.push(model::<N>(row)?);
        }
    }
    let mut objects = Rows::siblings(view.clone(), rows).into_iter().map(N::new);
    let pages = shapes.into_iter().map(|(parent, count, has_next, has_previous)| {
        let rows = objects.by_ref().take(count).collect();
        (parent, Content::of(Slice { rows, has_next, has_previous }, order.clone()))
    });
    Ok(pages.collect())
}

/// The one object that each row of a list points to: one statement for all of them. `None` where it points to
/// nothing, or to what the actor may not know of.
pub async fn one<M, N>(
    row: &Row<M>,
    field: &'static str,
    key: impl Fn(&M) -> Option<Uuid>,
) -> Result<Option<N>>
where
    M: Send + Sync,
    N: NounObject,
{
    let Some(own) = key(row) else { return Ok(None) };
    let objects = row
        .list()
        .load(field, async |list: &Rows<M>| {
            let mut ids = list.iter().filter_map(&key).collect::<Vec<_>>();
            ids.sort_unstable();
            ids.dedup();
            let rows = list.view().by_ids::<N::Entity>(&ids).await?.into_values().collect();
            let objects = Rows::siblings(list.view().clone(), rows).into_iter();
            Ok(objects.map(|row| (<N::Entity as Keyed>::key(&row), N::new(row))).collect::<HashMap<_, _>>())
        })
        .await?;
    Ok(objects.get(&own).cloned())
}

/// As [`one`], where the row always points to something that whoever sees the row also sees.
pub async fn the_one<M, N>(row: &Row<M>, field: &'static str, key: impl Fn(&M) -> Uuid) -> Result<N>
where
    M: Send + Sync,
    N: NounObject,
{
    let found = one(row, field, |row| Some(key(row))).await?;
    found.ok_or_else(|| Error::internal(format!("{field} points to a row that is out of sight")))
}

/// All rows that hang on each object of a list, unpaged, for what is few by nature: one statement for all of them.
pub async fn all<P: Keyed, C>(
    row: &Row<P::Model>,
    field: &'static str,
    parent: fn(&C) -> Uuid,
    read: impl AsyncFnOnce(&View, &[Uuid]) -> Result<Vec<C>>,
) -> Result<Vec<Row<C>>>
where
    C: Send + Sync + 'static,
{
    let groups = row
        .list()
        .load(field, async |list: &Rows<P::Model>| {
            let parents = list.iter().map(P::key).collect::<Vec<_>>();
            let rows = read(list.view(), &parents).await?;
            let mut groups = HashMap::<Uuid, Vec<Row<C>>>::new();
            for row in Rows::siblings(list.view().clone(), rows) {
                groups.entry(parent(&row)).or_default().push(row);
            }
            Ok(groups)
        })
        .await?;
    Ok(groups.get(&P::key(row)).cloned().unwrap_or_default())
}

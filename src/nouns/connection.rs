//! Relay connections, the one list type there is, and how objects load what hangs on them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{
    ContextSelectionSet, Enum, ID, Object, OutputType, Positioned, ServerResult, SimpleObject, TypeName,
    Value, registry,
};
use futures_util::future::{BoxFuture, try_join_all};
use sea_orm::{Condition, EntityTrait};
use uuid::Uuid;

use crate::access::page::{Cursor, Keyed, Order, Page, Slice};
use crate::access::{Row, Rows, Scope, View};
use crate::error::{Error, Result};
use crate::nouns::ids::{self, Noun};

/// The most objects that one page holds.
pub const MOST: u64 = 100;

/// What a page holds where its size is not given.
pub const DEFAULT: u64 = 20;

/// Which way an order goes.
///
/// Arah urutan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest, earliest, or first in the alphabet at first.
    ///
    /// Menaik.
    Asc,
    /// Largest, latest, or last in the alphabet at first.
    ///
    /// Menurun.
    Desc,
}

/// The paging arguments of a connection, as they were given.
#[derive(Debug, Default)]
pub struct Paging {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl Paging {
    /// The page that is asked for.
    ///
    /// # Errors
    ///
    /// BAD_USER_INPUT: a negative size, both sizes, something that is no cursor. LIMIT_EXCEEDED: above [`MOST`].
    pub fn page(&self) -> Result<Page> {
        let size = |name: &str, size: i32| match u64::try_from(size) {
            Err(_) => Err(Error::input(name, &size.to_string(), "zero or more")),
            Ok(size) if size > MOST => Err(Error::limit(name, size, MOST)),
            Ok(size) => Ok(size),
        };
        let cursor = |name: &str, text: &Option<String>| {
            text.as_ref()
                .map(|text| {
                    Cursor::decode(text)
                        .ok_or_else(|| Error::input(name, text, "a cursor of this connection"))
                })
                .transpose()
        };
        let (size, backward) = match (self.first, self.last) {
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(last)) => (size("last", last)?, true),
            (None, None) => (DEFAULT, false),
            (Some(_), Some(last)) => {
                return Err(Error::input("last", &last.to_string(), "either first or last, not both"));
            }
        };
        Ok(Page {
            size,
            backward,
            after: cursor("after", &self.after)?,
            before: cursor("before", &self.before)?,
        })
    }
}

/// An object that connections list.
pub trait Listed: OutputType + Clone + 'static {
    /// What its cursors are made by.
    type Order: Clone + Send + Sync;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor>;
}

/// An object that is a row.
pub trait NounObject: Listed<Order = Order<Self::Entity>> {
    type Entity: Scope + Keyed;

    fn new(row: Row<<Self::Entity as EntityTrait>::Model>) -> Self;
}

type Model<N> = <<N as NounObject>::Entity as EntityTrait>::Model;
type Column<N> = <<N as NounObject>::Entity as EntityTrait>::Column;

/// How a connection comes by its total, where it is asked for.
pub type Total = Arc<dyn Fn() -> BoxFuture<'static, Result<i64>> + Send + Sync>;

/// One page of a list.
pub struct Connection<N: Listed> {
    edges: List<Edge<N>>,
    page_info: PageInfo,
    total: Total,
}

/// One object of a page.
#[derive(Clone)]
pub struct Edge<N: Listed> {
    node: N,
    order: N::Order,
}

/// Where a page stands in its list (Relay).
///
/// Letak halaman dalam daftarnya.
#[derive(Clone, SimpleObject)]
pub struct PageInfo {
    /// Whether there are objects after this page.
    ///
    /// Apakah ada objek sesudah halaman ini.
    has_next_page: bool,
    /// Whether there are objects before this page.
    ///
    /// Apakah ada objek sebelum halaman ini.
    has_previous_page: bool,
    /// The cursor of the first object; null on an empty page.
    ///
    /// Kursor objek pertama; kosong bila halaman kosong.
    start_cursor: Option<String>,
    /// The cursor of the last object; null on an empty page.
    ///
    /// Kursor objek terakhir; kosong bila halaman kosong.
    end_cursor: Option<String>,
}

impl<N: Listed> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <N as OutputType>::type_name()).into()
    }
}

/// A page of a list, after the Relay specification of connections.
///
/// Satu halaman daftar.
#[Object(name_type)]
impl<N: Listed> Connection<N> {
    /// The objects with their cursors.
    ///
    /// Objek beserta kursornya.
    async fn edges(&self) -> &List<Edge<N>> {
        &self.edges
    }

    /// The objects alone.
    ///
    /// Objeknya saja.
    async fn nodes(&self) -> List<N> {
        List(self.edges.0.iter().map(|edge| edge.node.clone()).collect())
    }

    /// Where this page stands.
    ///
    /// Letak halaman ini.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many objects there are in all that you can see and that fit the filter.
    ///
    /// Jumlah seluruh objek yang sesuai saringan dan dapat Anda lihat.
    async fn total_count(&self) -> Result<i64> {
        (self.total)().await
    }
}

impl<N: Listed> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <N as OutputType>::type_name()).into()
    }
}

/// An object of a page, with its cursor.
///
/// Objek pada halaman beserta kursornya.
#[Object(name_type)]
impl<N: Listed> Edge<N> {
    /// Opaque; give it as `after` or `before`.
    ///
    /// Penanda posisi; berikan sebagai `after` atau `before`.
    async fn cursor(&self) -> Result<String> {
        Ok(self.node.cursor(&self.order)?.encode())
    }

    /// The object.
    ///
    /// Objeknya.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: Listed> Connection<N> {
    pub fn new(page: Slice<N>, order: &N::Order, total: Total) -> Result<Self> {
        let cursor =
            |node: Option<&N>| node.map(|node| Ok::<_, Error>(node.cursor(order)?.encode())).transpose();
        let page_info = PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: cursor(page.rows.first())?,
            end_cursor: cursor(page.rows.last())?,
        };
        let edges = page.rows.into_iter().map(|node| Edge { node, order: order.clone() }).collect();
        Ok(Self { edges: List(edges), page_info, total })
    }
}

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
    let slice = view.page(filter.clone(), &order, &paging.page()?).await?;
    let view = view.clone();
    let rows = Rows::siblings(view.clone(), slice.rows).into_iter().map(N::new).collect();
    let total: Total = Arc::new(move || {
        let (view, filter) = (view.clone(), filter.clone());
        Box::pin(async move { view.count::<N::Entity>(filter).await })
    });
    Connection::new(Slice { rows, has_next: slice.has_next, has_previous: slice.has_previous }, &order, total)
}

/// A connection that hangs on each object of a list: one statement for all of them.
///
/// `parent` is the parent's table and the column that points to it; `arguments` tells one use of the field from another.
pub async fn connect_each<P: Keyed, N: NounObject>(
    row: &Row<P::Model>,
    field: &'static str,
    parent: Column<N>,
    filter: Condition,
    order: Order<N::Entity>,
    paging: &Paging,
) -> Result<Connection<N>> {
    let page = paging.page()?;
    let arguments = format!("{filter:?} {order:?} {page:?}");
    let pages = row
        .list()
        .load(field, arguments, async |list: &Rows<P::Model>| {
            let parents = list.iter().map(P::key).collect::<Vec<_>>();
            let pages =
                list.view().page_each((P::TABLE, parent), &parents, filter.clone(), &order, &page).await?;
            Ok(gather::<N>(list.view(), pages))
        })
        .await?;
    let id = P::key(row);
    let slice = pages.get(&id).cloned().unwrap_or_default();
    let total: Total = {
        let row = row.clone();
        Arc::new(move || {
            let (row, filter) = (row.clone(), filter.clone());
            Box::pin(async move {
                let counts = row
                    .list()
                    .load(field, format!("count {filter:?}"), async |list: &Rows<P::Model>| {
                        let parents = list.iter().map(P::key).collect::<Vec<_>>();
                        list.view().count_each::<N::Entity>(parent, &parents, filter.clone()).await
                    })
                    .await?;
                Ok(counts.get(&P::key(&row)).copied().unwrap_or(0))
            })
        })
    };
    Connection::new(slice, &order, total)
}

/// All children of all parents become one list of siblings, so that what hangs on them loads at once as well.
fn gather<N: NounObject>(view: &View, pages: HashMap<Uuid, Slice<Model<N>>>) -> HashMap<Uuid, Slice<N>> {
    let mut rows = Vec::new();
    let mut shapes = Vec::with_capacity(pages.len());
    for (parent, slice) in pages {
        shapes.push((parent, slice.rows.len(), slice.has_next, slice.has_previous));
        rows.extend(slice.rows);
    }
    let mut objects = Rows::siblings(view.clone(), rows).into_iter().map(N::new);
    let pages = shapes.into_iter().map(|(parent, count, has_next, has_previous)| {
        (parent, Slice { rows: objects.by_ref().take(count).collect(), has_next, has_previous })
    });
    pages.collect()
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
        .load(field, String::new(), async |list: &Rows<M>| {
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
        .load(field, String::new(), async |list: &Rows<P::Model>| {
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

/// A list of objects that are never null.
///
/// async-graphql's own `Vec` cuts the path of an error below one of its items short at the item; this keeps it.
/// Every list of objects is one of these.
#[derive(Clone)]
pub struct List<T>(pub Vec<T>);

impl<T: OutputType> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut registry::Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<async_graphql::parser::types::Field>,
    ) -> ServerResult<Value> {
        let items = self.0.iter().enumerate().map(|(at, item)| async move {
            let ctx = ctx.with_index(at);
            item.resolve(&ctx, field)
                .await
                .map_err(|error| if error.path.is_empty() { ctx.set_error_path(error) } else { error })
        });
        Ok(Value::List(try_join_all(items).await?))
    }
}

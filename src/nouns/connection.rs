//! Relay connections, the one list type there is, and how objects load what hangs on them.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::{Field, SelectionSet};
use async_graphql::{
    Context, ContextSelectionSet, Enum, Object, OutputType, Positioned, ServerResult, SimpleObject, TypeName,
    Value, registry,
};
use futures_util::future::{BoxFuture, ready};
use sea_orm::{EntityTrait, FromQueryResult, Select};

use crate::access::page::{Cursor, Keyed, Order, Page, Slice};
use crate::access::{Row, Scope, View};
use crate::error::{Error, Result};

mod flat;
mod hanging;
mod list;
mod load;
mod plain;
mod plan;
mod written;

pub use flat::{AtOnce, Flat, object, value};
pub use list::List;
use list::{Edges, Nodes};
pub use load::{all, by_id, connect, connect_each, everything, one, the_one};
use plain::Asked;
pub use plain::{Plain, plain, plain_day, plain_hanging, plain_id, plain_link, plain_text};
use plan::PlainRows;
pub use written::{number_of, write as write_json};

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

/// The size of a page, as an argument gives it.
///
/// # Errors
///
/// BAD_USER_INPUT: a negative one. LIMIT_EXCEEDED: above [`MOST`].
pub fn size(name: &str, size: i32) -> Result<u64> {
    match u64::try_from(size) {
        Err(_) => Err(Error::input(name, &size.to_string(), "zero or more")),
        Ok(size) if size > MOST => Err(Error::limit(name, size, MOST)),
        Ok(size) => Ok(size),
    }
}

impl Paging {
    /// The page that is asked for.
    ///
    /// # Errors
    ///
    /// BAD_USER_INPUT: a negative size, both sizes, something that is no cursor. LIMIT_EXCEEDED: above [`MOST`].
    pub fn page(&self) -> Result<Page> {
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

    /// Those of its fields that need no object: see [`Plain`].
    const PLAIN: &'static [Plain<Self::Entity>] = &[];

    fn new(row: Row<<Self::Entity as EntityTrait>::Model>) -> Self;
}

type Model<N> = <<N as NounObject>::Entity as EntityTrait>::Model;
type Column<N> = <<N as NounObject>::Entity as EntityTrait>::Column;

/// How a connection comes by its total, where it is asked for; for the (empty) selections on it.
pub type Total = Arc<dyn for<'a> Fn(&'a SelectionSet) -> BoxFuture<'a, Result<i64>> + Send + Sync>;

/// A list of which a page is asked for. It is read once it is known what of it is asked.
pub struct Connection<N: Listed> {
    read: Read<N>,
    total: Total,
}

/// How a connection reads its page, for the selections on it.
type Read<N> =
    Box<dyn for<'a> Fn(&'a ContextSelectionSet<'a>) -> BoxFuture<'a, Result<Content<N>>> + Send + Sync>;

/// What was read of a page.
#[derive(Clone)]
struct Content<N: Listed> {
    shown: Shown<N>,
    has_next: bool,
    has_previous: bool,
}

#[derive(Clone)]
enum Shown<N: Listed> {
    Objects(Arc<(Vec<N>, N::Order)>),
    Plain(Arc<PlainRows>),
}

/// One page of a list.
struct PageOf<N: Listed> {
    content: Content<N>,
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

impl<N: Listed> OutputType for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        <PageOf<N> as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut registry::Registry) -> String {
        PageOf::<N>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let page = async {
            let content = (self.read)(ctx).await?;
            let page_info = content.page_info(Asked::of(&ctx.item.node).page_info)?;
            Ok::<_, Error>(PageOf { content, page_info, total: Arc::clone(&self.total) })
        };
        let page = page.await.map_err(|error| {
            ctx.set_error_path(async_graphql::Error::from(error).into_server_error(field.pos))
        })?;
        page.resolve(ctx, field).await
    }
}

impl<N: Listed> Connection<N> {
    /// A page that was read already.
    pub fn new(page: Slice<N>, order: N::Order, total: Total) -> Self {
        let content = Content::of(page, order);
        Self { read: Box::new(move |_| Box::pin(ready(Ok(content.clone())))), total }
    }

    /// A page that is read for the selections on it.
    pub fn later(
        order: N::Order,
        total: Total,
        read: impl for<'a> Fn(&'a SelectionSet) -> BoxFuture<'a, Result<Slice<N>>> + Send + Sync + 'static,
    ) -> Self {
        let read = Arc::new(read);
        let read: Read<N> = Box::new(move |ctx| {
            let (read, order) = (Arc::clone(&read), order.clone());
            Box::pin(async move { Ok(Content::of(read(&ctx.item.node).await?, order)) })
        });
        Self { read, total }
    }

    /// The same list, whose total these cells of a tally tell, by one column `n`.
    pub fn counted<E: Scope + EntityTrait>(self, view: &View, cells: Option<Select<E>>) -> Self {
        let Some(cells) = cells else { return self };
        let view = view.clone();
        let total: Total = Arc::new(move |_| {
            let (view, cells) = (view.clone(), cells.clone());
            Box::pin(async move {
                let counted = view.aggregate::<E, Counted>(cells).await?;
                Ok(counted.first().map_or(0, |counted| counted.n))
            })
        });
        Self { total, ..self }
    }
}

#[derive(FromQueryResult)]
struct Counted {
    n: i64,
}

impl<N: Listed> Content<N> {
    fn of(page: Slice<N>, order: N::Order) -> Self {
        let shown = Shown::Objects(Arc::new((page.rows, order)));
        Self { shown, has_next: page.has_next, has_previous: page.has_previous }
    }

    fn empty(order: N::Order) -> Self {
        Self::of(Slice::default(), order)
    }

    fn page_info(&self, asked: bool) -> Result<PageInfo> {
        let cursors = match &self.shown {
            _ if !asked => (None, None),
            Shown::Objects(objects) => {
                let (nodes, order) = &**objects;
                let cursor = |node: Option<&N>| node.map(|node| node.cursor(order)).transpose();
                (cursor(nodes.first())?, cursor(nodes.last())?)
            }
            Shown::Plain(rows) => rows.ends()?,
        };
        Ok(PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: cursors.0.map(|cursor| cursor.encode()),
            end_cursor: cursors.1.map(|cursor| cursor.encode()),
        })
    }
}

impl<N: Listed> TypeName for PageOf<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <N as OutputType>::type_name()).into()
    }
}

/// A page of a list, after the Relay specification of connections.
///
/// Satu halaman daftar.
#[Object(name_type)]
impl<N: Listed> PageOf<N> {
    /// The objects with their cursors.
    ///
    /// Objek beserta kursornya.
    async fn edges(&self) -> Edges<'_, N> {
        Edges(&self.content.shown)
    }

    /// The objects alone.
    ///
    /// Objeknya saja.
    async fn nodes(&self) -> Nodes<'_, N> {
        Nodes(&self.content.shown)
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
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        (self.total)(&ctx.item.node.selection_set.node).await
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

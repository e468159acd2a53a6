//! Lists of objects: as they are, and as connections show them.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult, Value, registry,
};
use futures_util::future::try_join_all;

use super::plan;
use super::{Edge, Listed, Shown};
use crate::error::Error;

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

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        resolve(self.0.iter(), ctx, field).await
    }
}

async fn resolve<T: OutputType>(
    items: impl Iterator<Item = T>,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let items = items.enumerate().map(|(at, item)| async move {
        let ctx = ctx.with_index(at);
        item.resolve(&ctx, field)
            .await
            .map_err(|error| if error.path.is_empty() { ctx.set_error_path(error) } else { error })
    });
    Ok(Value::List(try_join_all(items).await?))
}

fn failed(error: Error, field: &Positioned<Field>) -> ServerError {
    async_graphql::Error::from(error).into_server_error(field.pos)
}

/// The objects of a page.
pub struct Nodes<'a, N: Listed>(pub(super) &'a Shown<N>);

impl<N: Listed> OutputType for Nodes<'_, N> {
    fn type_name() -> Cow<'static, str> {
        <List<N> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <List<N> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut registry::Registry) -> String {
        List::<N>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self.0 {
            Shown::Objects(objects) => resolve(objects.0.iter(), ctx, field).await,
            Shown::Plain(rows) => rows.nodes().map_err(|error| ctx.set_error_path(failed(error, field))),
        }
    }
}

/// The objects of a page, with their cursors.
pub struct Edges<'a, N: Listed>(pub(super) &'a Shown<N>);

impl<N: Listed> OutputType for Edges<'_, N> {
    fn type_name() -> Cow<'static, str> {
        <List<Edge<N>> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <List<Edge<N>> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut registry::Registry) -> String {
        List::<Edge<N>>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self.0 {
            Shown::Objects(objects) => {
                let (nodes, order) = &**objects;
                let edges = nodes.iter().map(|node| Edge { node: node.clone(), order: order.clone() });
                resolve(edges, ctx, field).await
            }
            Shown::Plain(rows) => {
                let edges = plan::Edges::of(&ctx.item.node.items, &<Edge<N> as OutputType>::type_name());
                rows.edges(&edges).map_err(|error| ctx.set_error_path(failed(error, field)))
            }
        }
    }
}

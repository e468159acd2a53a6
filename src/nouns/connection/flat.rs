//! Objects that are values alone: figures and counts, of which one answer has hundreds.
//!
//! They are written as JSON at once, without a context and a future for each field of each. Where anything is asked that they
//! do not tell so, their resolvers have their turn.

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection};
use async_graphql::{ContextSelectionSet, InputType, OutputType, Positioned, ServerResult, Value, registry};

use super::List;
use super::plain::{as_field, key_of};
use super::plan::write_list;
use super::written;

/// An object whose fields are values that it has already, or objects of such.
pub trait Flat {
    /// Writes a field's value, which is what its resolver gives; false where it tells none of that name.
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool;
}

/// Writes a value.
pub fn value(value: &impl InputType, out: &mut Vec<u8>) -> bool {
    written::write(&value.to_value(), out);
    true
}

/// Writes an object, or null.
pub fn object(of: Option<&impl Flat>, field: &Field, out: &mut Vec<u8>) -> bool {
    let Some(of) = of else {
        out.extend_from_slice(b"null");
        return true;
    };
    asked(&field.selection_set.node.items).is_some_and(|asked| write(of, &asked, out))
}

/// The fields that are asked for, with their keys as they are written; `None` where there is more than fields.
fn asked(items: &[Positioned<Selection>]) -> Option<Vec<(Vec<u8>, &Field)>> {
    items.iter().map(|item| as_field(&item.node).map(|field| (key_of(field), field))).collect()
}

fn write(of: &impl Flat, asked: &[(Vec<u8>, &Field)], out: &mut Vec<u8>) -> bool {
    out.push(b'{');
    for (at, (key, field)) in asked.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(key);
        if !of.tell(field, out) {
            return false;
        }
    }
    out.push(b'}');
    true
}

/// What is written of what is asked; `None` where the resolvers have their turn.
fn told(
    ctx: &ContextSelectionSet<'_>,
    by: impl Fn(&[(Vec<u8>, &Field)], &mut Vec<u8>) -> bool,
) -> Option<Value> {
    let mut out = Vec::new();
    by(&asked(&ctx.item.node.items)?, &mut out).then(|| written::json(out))
}

/// A field that is one such object, or a list of them.
pub struct AtOnce<T>(pub T);

impl<T: Flat + OutputType> OutputType for AtOnce<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut registry::Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match told(ctx, |asked, out| write(&self.0, asked, out)) {
            Some(told) => Ok(told),
            None => self.0.resolve(ctx, field).await,
        }
    }
}

impl<T: Flat + OutputType> OutputType for AtOnce<List<T>> {
    fn type_name() -> Cow<'static, str> {
        List::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        List::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut registry::Registry) -> String {
        List::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let told = told(ctx, |asked, out| {
            write_list(&self.0.0, out, |one, out| write(one, asked, out).then_some(()).ok_or(())).is_ok()
        });
        match told {
            Some(told) => Ok(told),
            None => self.0.resolve(ctx, field).await,
        }
    }
}

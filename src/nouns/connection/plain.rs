//! What objects have of fields that need no object: columns of their row, what a column points to, and what hangs on the row.
//!
//! Where nothing else is asked of a list, its rows are read no further than that and written into the answer as they come,
//! without an object, a context and a future for each field of each. Most of a long list is that.

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::{InputType, Positioned};
use sea_orm::{EntityTrait, QueryResult, TryGetable};

use super::NounObject;
use super::hanging::{Asking, Linked, To};
use super::written;
use crate::error::Result;
use crate::nouns::ids::Noun;

/// A field of an object that needs no object.
pub struct Plain<E: EntityTrait> {
    pub(super) field: &'static str,
    pub(super) column: E::Column,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Value(Reader),
    Id(Noun),
    Hanging(Hanging),
}

pub(super) type Reader = fn(&QueryResult, usize, &mut Vec<u8>) -> Result<()>;

/// How to read what hangs on rows; `None` where more is asked of it than plain fields, or what it is asked by is at fault:
/// then the field's resolver has its turn, which says so.
type Hanging = fn(&Asking<'_>) -> Option<Box<dyn Linked>>;

/// A field with the value of a column: of the type `T` that the field has.
pub const fn plain<E: EntityTrait, T: TryGetable + InputType>(
    field: &'static str,
    column: E::Column,
) -> Plain<E> {
    let read: Reader = |row, at, out| {
        written::write(&row.try_get_by_index::<T>(at)?.to_value(), out);
        Ok(())
    };
    Plain { field, column, kind: Kind::Value(read) }
}

/// A field with the text of a column: a string, or a code that the API has as the database has it.
pub const fn plain_text<E: EntityTrait>(field: &'static str, column: E::Column) -> Plain<E> {
    Plain { field, column, kind: Kind::Value(written::write_text_of) }
}

/// A field with the day in a column.
pub const fn plain_day<E: EntityTrait>(field: &'static str, column: E::Column) -> Plain<E> {
    Plain { field, column, kind: Kind::Value(written::write_day_of) }
}

/// A field with the global identifier of a row.
pub const fn plain_id<E: EntityTrait>(noun: Noun, column: E::Column) -> Plain<E> {
    Plain { field: "id", column, kind: Kind::Id(noun) }
}

/// A field with the object that a column points to, which whoever sees the row sees as well.
pub const fn plain_link<E: EntityTrait, N: NounObject>(field: &'static str, column: E::Column) -> Plain<E> {
    plain_hanging(field, column, |asking| To::<N>::of(asking))
}

/// A field with what hangs on the row by this column, its key or another.
pub const fn plain_hanging<E: EntityTrait>(
    field: &'static str,
    column: E::Column,
    hanging: fn(&Asking<'_>) -> Option<Box<dyn Linked>>,
) -> Plain<E> {
    Plain { field, column, kind: Kind::Hanging(hanging) }
}

/// What is asked of a connection.
pub(super) struct Asked<'a> {
    /// The selections on its objects; `None` where that is not one set of selections.
    pub node: Option<&'a [Positioned<Selection>]>,
    pub page_info: bool,
    /// Whether it is asked for its page at all, and not only for its total.
    pub page: bool,
}

impl<'a> Asked<'a> {
    pub fn of(connection: &'a SelectionSet) -> Self {
        let mut asked = Self { node: Some(&[]), page_info: false, page: false };
        let mut sets = Vec::new();
        for item in &connection.items {
            let field = as_field(&item.node);
            asked.page |=
                field.is_none_or(|field| ["nodes", "edges", "pageInfo"].contains(&field.name.node.as_str()));
            match field {
                Some(field) if field.name.node == "nodes" => sets.push(&field.selection_set.node),
                Some(field) if field.name.node == "edges" => {
                    let edges = &field.selection_set.node.items;
                    for item in edges {
                        match as_field(&item.node) {
                            Some(field) if field.name.node == "node" => sets.push(&field.selection_set.node),
                            Some(_) => {}
                            None => asked.node = None,
                        }
                    }
                }
                Some(field) => asked.page_info |= field.name.node == "pageInfo",
                // A fragment may ask for anything.
                None => (asked.node, asked.page_info) = (None, true),
            }
        }
        asked.node = match (asked.node, sets.as_slice()) {
            (Some(_), []) => Some(&[]),
            (Some(_), [only]) => Some(&only.items),
            _ => None,
        };
        asked
    }
}

pub(super) fn as_field(selection: &Selection) -> Option<&Field> {
    match selection {
        Selection::Field(field) if field.node.directives.is_empty() => Some(&field.node),
        _ => None,
    }
}

/// The key under which a field is answered, as it is written.
pub(super) fn key_of(field: &Field) -> Vec<u8> {
    let mut key = Vec::new();
    written::write_key(field.response_key().node.as_str(), &mut key);
    key
}

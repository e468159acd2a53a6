//! What became of one object: its changes in the journal, told as fields of the API.
//!
//! A noun that has a history has the field (`history::graphql::of`) and its row in the access table, no more.

pub mod graphql;
pub mod rules;
pub mod store;

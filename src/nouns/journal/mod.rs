//! The journal as it is read: its rows and its format are those of `crate::journal`.

pub mod graphql;
pub mod store;

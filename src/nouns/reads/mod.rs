//! The read log as it is read: its rows and its format are those of `crate::journal::reads`.

pub mod graphql;
pub mod store;

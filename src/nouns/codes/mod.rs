//! Code lists, in the code itself: they change with a law or with this program, and never by somebody's act. So there
//! is no table, no scope and no journal.

pub mod entity;
pub mod graphql;
pub mod labels;
mod labels_of_work;
mod provinces;
pub mod rules;
mod sections;

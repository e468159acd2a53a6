//! The access table as it was enforced, so that who could read what on a day has an answer: what is recorded when the program
//! starts with another one.

pub mod entity;
pub mod graphql;
pub mod rules;
pub mod store;

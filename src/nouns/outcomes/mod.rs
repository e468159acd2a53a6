pub mod entity;
pub mod graphql;
mod plain;
pub mod roots;
pub mod rules;
pub mod store;

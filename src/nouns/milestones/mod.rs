pub mod entity;
pub mod graphql;
pub mod mutations;
pub mod parts;
mod plain;
pub mod roots;
pub mod rules;
pub mod store;

pub mod entity;
pub mod graphql;
pub mod rules;
pub mod store;

pub mod entity;
pub mod graphql;
pub mod store;

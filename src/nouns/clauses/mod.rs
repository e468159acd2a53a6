pub mod entity;
pub mod graphql;
pub mod mutations;
pub mod store;

pub mod entity;
pub mod graphql;
pub mod mutations;
pub mod rules;
pub mod store;

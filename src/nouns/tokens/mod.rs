pub mod acts;
pub mod entity;
pub mod graphql;
pub mod mutations;
pub mod rules;
pub mod store;
pub mod uses;

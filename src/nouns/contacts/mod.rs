mod acts;
pub mod entity;
pub mod graphql;
pub mod mutations;
pub mod retention;
pub mod revealing;
pub mod rules;
pub mod store;

pub mod entity;
pub mod graphql;
pub mod parts;
pub mod rules;
pub mod store;

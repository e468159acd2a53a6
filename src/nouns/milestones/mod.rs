pub mod entity;
pub mod graphql;
pub mod parts;
pub mod roots;
pub mod rules;
pub mod store;

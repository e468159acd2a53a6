mod acts;
pub mod cases;
pub mod entity;
pub mod graphql;
pub mod mutations;
pub mod rules;
pub mod steps;
pub mod store;

pub mod acts;
pub mod dividing;
pub mod entity;
pub mod graphql;
pub mod inputs;
pub mod mutations;
pub mod rules;
pub mod store;

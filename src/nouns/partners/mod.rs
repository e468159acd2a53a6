mod acts;
pub mod correcting;
pub mod corrections;
pub mod entity;
pub mod graphql;
mod inputs;
pub mod mutations;
pub mod rules;
pub mod store;

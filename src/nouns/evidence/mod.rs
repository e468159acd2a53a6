pub mod entity;
pub mod formats;
pub mod graphql;
pub mod mutations;
pub mod rules;
pub mod store;
pub mod uploads;

pub mod graphql;
pub mod store;

//! What has changed, row by row in the journal's order, for whoever keeps in step with it.

pub mod graphql;
pub mod store;

//! The programme as a whole, within the actor's reach: sums and counts, computed by the database.

pub mod graphql;
pub mod rules;
pub mod store;

//! Who has reported for a quarter and who has not, within the actor's reach.

pub mod graphql;
pub mod rules;
pub mod store;

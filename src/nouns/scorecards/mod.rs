//! Scorecards: the programme within the actor's reach, card by card along one dimension.

pub mod graphql;
pub mod rules;
pub mod store;

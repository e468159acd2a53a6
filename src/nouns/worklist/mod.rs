//! What waits for the actor: of every noun what its seat has to do next.

pub mod graphql;
pub mod rules;
pub mod store;

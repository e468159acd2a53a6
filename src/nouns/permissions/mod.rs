//! What an actor could do: the mutations' own decisions, asked without making them.

pub mod graphql;
mod steps;
mod store;

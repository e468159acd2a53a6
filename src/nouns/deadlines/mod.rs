//! What is due and what is late, within the actor's reach: milestones overdue by age, and a calendar.

pub mod graphql;
pub mod rules;
pub mod store;

//! Tallies: sums and counts that the database keeps beside the rows (`migrations/src/tally.rs`), read in their stead where
//! they hold what is asked for.

pub mod entity;
pub mod store;
pub mod totals;

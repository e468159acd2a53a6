//! The history of each noun.

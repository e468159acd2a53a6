//! What a document is refused with before it is run.

use crate::error::Error;

/// A request error: the document cannot be executed at all. Some have a place in the document.
#[derive(Debug)]
pub struct Fault {
    pub error: Error,
    /// line, column; both from 1
    pub locations: Vec<(usize, usize)>,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { error, locations: Vec::new() }
    }
}

/// One document can be wrong in a thousand places; the first of them will do.
pub const MOST_FAULTS: usize = 20;

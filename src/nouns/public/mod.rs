//! What partnerships and partners show of themselves to a BUMN that is not party to them: read from views of the
//! database that have no other column, so that nothing else can be selected, filtered, ordered by or told in a cursor.

pub mod entity;
pub mod graphql;
pub mod store;

//! The journal: every change there is, in the order in which it was committed, each entry sealed by its hash and
//! chained to the one before. The tables are its projection. `docs/journal.md` has the format and its vectors.
//!
//! **What lies outside** (kept elsewhere, never replayed): contact values, token secrets and last use, idempotency
//! keys, the read log, deliveries, import jobs, cosignatures, uploads of files that are not attached yet. A field that
//! reads one of these is *live*: never cached, refused in the past. Of them there are contact values, the last use of tokens,
//! idempotency keys, uploads and the read log ([`reads`]); each other is added here when it is, and secrets of tokens are kept nowhere.

pub mod append;
pub mod entity;
pub mod hash;
pub mod projection;
pub mod reads;
mod replay;
pub mod verify;

pub use append::{Act, Author, Change, Entry};
pub use projection::{Outside, Place, Projected, Projection, Projector};

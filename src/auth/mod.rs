//! From a token to an [`Actor`](crate::access::Actor): signing keys, verification, issuing.

mod claims;
mod issue;
mod keys;
mod verify;

pub use claims::{Assignment, Claims};
pub use issue::{Signer, TokenRequest};
pub use keys::{Keys, new_key};
pub use verify::{Refusal, Verifier};

/// The audience of every token.
pub const AUDIENCE: &str = "kemitraan";

//! From a token to an [`Actor`](crate::access::Actor): signing keys, verification, issuing; the tokens of an OpenID provider.

mod claims;
mod issue;
mod keys;
mod oidc;
mod verify;

pub use claims::{Assignment, Claims};
pub use issue::{Signer, TokenRequest};
pub use keys::{Keys, new_key};
pub use oidc::{ClaimNames, Oidc};
pub use verify::{Refusal, Verifier};

/// The audience of every token.
pub const AUDIENCE: &str = "kemitraan";

//! What decisions about a step have in common, whatever it is a step of. Pure.

use async_graphql::Value;

use super::partners::entity::LegalForm;
use crate::access::{Actor, Role, Stewardship};
use crate::error::{Code, Error, Result};

/// Where a ministry's seat was divided, each part sees to its own partners. `form` is the partner's legal form, or that of the
/// lead partner of what is acted on; none where there is no partner.
///
/// # Errors
///
/// FORBIDDEN.
pub fn check_stewardship(actor: &Actor, stewardship: Stewardship, form: Option<LegalForm>) -> Result<()> {
    let is_koperasi = form == Some(LegalForm::Koperasi);
    let is_own = match (actor.role, stewardship) {
        (None | Some(Role::Bumn), _) | (_, Stewardship::All) => true,
        (_, Stewardship::Koperasi) => is_koperasi,
        (_, Stewardship::OtherThanKoperasi) => !is_koperasi,
    };
    if is_own {
        return Ok(());
    }
    Err(Error::forbidden(
        "stewardship",
        "the seat was divided, and this partner's work falls to the other part",
    ))
}

/// An INVALID_TRANSITION with the steps that are open to the actor; any other error as it is.
pub fn with_open<A>(error: &Error, open: impl FnOnce() -> Vec<A>) -> Error
where
    Value: From<A>,
{
    if error.code() != Code::InvalidTransition {
        return error.clone();
    }
    let open = open().into_iter().map(|action| Value::from(action).into_json());
    error.and("open", open.filter_map(Result::ok).collect())
}

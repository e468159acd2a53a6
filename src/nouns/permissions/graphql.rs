//! Whether a mutation could be made, as the API tells it.

use async_graphql::{ID, SimpleObject};
use serde_json::Value;

use super::store;
use crate::access::View;
use crate::error::{Code, Result};

/// Whether you could make a mutation now, and if not, why not.
///
/// Apakah Anda dapat melaksanakan suatu mutasi sekarang, dan bila tidak, alasannya.
#[derive(SimpleObject)]
pub struct ActionAccess {
    /// The mutation.
    ///
    /// Mutasinya.
    action: String,
    /// Whether you could make it. The values of its input may still be refused (BAD_USER_INPUT).
    ///
    /// Apakah Anda dapat melaksanakannya. Isian masukannya masih dapat ditolak (BAD_USER_INPUT).
    allowed: bool,
    /// The code that it would be refused with: FORBIDDEN or INVALID_TRANSITION; null where it is allowed.
    ///
    /// Kode penolakannya: FORBIDDEN atau INVALID_TRANSITION; kosong bila boleh.
    code: Option<String>,
    /// The name of the rule that says no; null where it is allowed.
    ///
    /// Nama aturan yang melarangnya; kosong bila boleh.
    rule: Option<String>,
    /// Why not, in words; null where it is allowed.
    ///
    /// Alasan penolakannya; kosong bila boleh.
    message: Option<String>,
    /// What you could do instead, as `availableActions` of the object has it; null where it is allowed, or where the
    /// refusal does not depend on where the object stands.
    ///
    /// Tindakan lain yang dapat Anda lakukan, seperti pada `availableActions` objeknya; kosong bila boleh, atau bila
    /// penolakan tidak bergantung pada statusnya.
    open: Option<Vec<String>>,
}

/// Decides as the mutation would, and does nothing.
///
/// # Errors
///
/// NOT_FOUND; BAD_USER_INPUT where there is no such mutation, or where it takes another id, or none.
pub async fn can(view: &View, action: String, id: Option<&ID>) -> Result<ActionAccess> {
    let refusal = match store::decide(view, &action, id).await {
        Ok(()) => None,
        Err(error) if matches!(error.code(), Code::Forbidden | Code::InvalidTransition) => Some(error),
        Err(error) => return Err(error),
    };
    let detail = |name: &str| refusal.as_ref()?.details().get(name);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok(ActionAccess {
        action,
        allowed: refusal.is_none(),
        code: refusal.as_ref().map(|error| error.code().as_str().to_owned()),
        rule: detail("rule").and_then(text),
        message: refusal.as_ref().map(|error| error.message().to_owned()),
        open: detail("open").and_then(Value::as_array).map(|open| open.iter().filter_map(text).collect()),
    })
}

//! External references, as the API shows them.

use async_graphql::Object;

use super::entity::external_reference;
use crate::access::Row;

/// By what another system knows a partnership or a milestone.
///
/// Pengenal suatu kemitraan atau tahapan pada sistem lain.
pub struct ExternalReference(Row<external_reference::Model>);

impl ExternalReference {
    pub fn new(row: Row<external_reference::Model>) -> Self {
        Self(row)
    }
}

/// By what another system knows a partnership or a milestone.
///
/// Pengenal suatu kemitraan atau tahapan pada sistem lain.
#[Object]
impl ExternalReference {
    /// The system, such as `SAP`.
    ///
    /// Sistemnya, misalnya `SAP`.
    fn system(&self) -> &str {
        &self.0.system
    }

    /// The identifier there; one organisation has it but once.
    ///
    /// Pengenal di sana; hanya sekali untuk setiap organisasi.
    fn value(&self) -> &str {
        &self.0.value
    }
}

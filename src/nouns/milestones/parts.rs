//! What hangs on a milestone alone, and how milestones are ordered.

use async_graphql::{InputObject, Object};

use super::entity::milestone::Entity;
use super::entity::{RescheduleStatus, reschedule};
use super::store::{self, MilestoneOrderField};
use crate::access::Row;
use crate::access::page::Order;
use crate::error::Result;
use crate::nouns::connection::{self, OrderDirection};
use crate::nouns::organisations::graphql::Organisation;
use crate::types::{Date, Timestamp};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct MilestoneOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: MilestoneOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl MilestoneOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: MilestoneOrderField::DueOn, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A request to move a milestone's due date. The first due date stays as it was.
///
/// Permintaan menggeser jatuh tempo tahapan. Jatuh tempo semula tetap tercatat.
pub struct Reschedule(Row<reschedule::Model>);

impl Reschedule {
    pub fn new(row: Row<reschedule::Model>) -> Self {
        Self(row)
    }
}

/// A request to move a milestone's due date. The first due date stays as it was.
///
/// Permintaan menggeser jatuh tempo tahapan. Jatuh tempo semula tetap tercatat.
#[Object]
impl Reschedule {
    /// Its number, from 1 for each milestone.
    ///
    /// Nomornya, mulai 1 untuk setiap tahapan.
    fn number(&self) -> i32 {
        self.0.number
    }

    /// The due date before it.
    ///
    /// Jatuh tempo sebelumnya.
    fn previous_due_on(&self) -> Date {
        Date(self.0.previous_due_on)
    }

    /// The due date that it asks for.
    ///
    /// Jatuh tempo yang diminta.
    fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// Why. Permanent.
    ///
    /// Alasannya. Permanen.
    fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Where it stands.
    ///
    /// Statusnya.
    fn status(&self) -> RescheduleStatus {
        self.0.status
    }

    /// When it was asked for.
    ///
    /// Waktu diminta.
    fn requested_at(&self) -> Timestamp {
        self.0.requested_at
    }

    /// The opaque id of who asked for it.
    ///
    /// Pengenal tanpa nama yang memintanya.
    fn requested_by(&self) -> &str {
        &self.0.requested_by
    }

    /// When the verifier decided; null where none had to, or none has yet.
    ///
    /// Waktu diputuskan verifikator; kosong bila tidak perlu atau belum.
    fn decided_at(&self) -> Option<Timestamp> {
        self.0.decided_at
    }

    /// The opaque id of who decided.
    ///
    /// Pengenal tanpa nama yang memutuskan.
    fn decided_by(&self) -> Option<&str> {
        self.0.decided_by.as_deref()
    }

    /// The organisation of who asked for it.
    ///
    /// Organisasi yang memintanya.
    async fn requester_organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "requesterOrganisation", |row| row.requester_organisation).await
    }
}

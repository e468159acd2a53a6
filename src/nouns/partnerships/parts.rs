//! What a partnership is made of: its partners, its values.

use async_graphql::{Object, SimpleObject};

use super::entity::partnership_partner;
use super::graphql::Partnership;
use crate::access::Row;
use crate::access::page::{Cursor, Order};
use crate::error::Result;
use crate::nouns::connection::{self, Listed, NounObject, Plain, plain, plain_day, plain_link};
use crate::nouns::partners::graphql::Partner;
use crate::types::{Date, Money};

/// A partner in a partnership.
///
/// Mitra dalam suatu kemitraan.
#[derive(Clone)]
pub struct PartnershipPartner(pub(super) Row<partnership_partner::Model>);

impl Listed for PartnershipPartner {
    type Order = Order<partnership_partner::Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for PartnershipPartner {
    type Entity = partnership_partner::Entity;

    const PLAIN: &'static [Plain<Self::Entity>] = &[
        plain::<_, bool>("lead", partnership_partner::Column::Lead),
        plain_day("joinedOn", partnership_partner::Column::JoinedOn),
        plain_link::<_, Partnership>("partnership", partnership_partner::Column::Partnership),
        plain_link::<_, Partner>("partner", partnership_partner::Column::Partner),
    ];

    fn new(row: Row<partnership_partner::Model>) -> Self {
        Self(row)
    }
}

/// A partner in a partnership.
///
/// Mitra dalam suatu kemitraan.
#[Object]
impl PartnershipPartner {
    /// Whether it leads: its steward is the steward of the milestones.
    ///
    /// Apakah koordinator: pembinanya menjadi pembina tahapan.
    fn lead(&self) -> bool {
        self.0.lead
    }

    /// The day on which it joined.
    ///
    /// Tanggal bergabung.
    fn joined_on(&self) -> Date {
        Date(self.0.joined_on)
    }

    /// The partnership.
    ///
    /// Kemitraannya.
    async fn partnership(&self) -> Result<Partnership> {
        connection::the_one(&self.0, "partnership", |row| row.partnership).await
    }

    /// The partner.
    ///
    /// Mitranya.
    async fn partner(&self) -> Result<Partner> {
        connection::the_one(&self.0, "partner", |row| row.partner).await
    }
}

/// What a partnership is worth, by whose word and as of when.
///
/// Nilai kemitraan beserta sumber dan tanggalnya.
#[derive(SimpleObject)]
pub struct PartnershipValue {
    /// Whole rupiah.
    ///
    /// Rupiah utuh.
    amount: Money,
    /// Who says so.
    ///
    /// Sumbernya.
    source: String,
    /// As of which day.
    ///
    /// Per tanggal.
    as_of: Date,
}

impl PartnershipValue {
    pub(super) fn of(
        amount: Option<Money>,
        source: Option<&str>,
        as_of: Option<chrono::NaiveDate>,
    ) -> Option<Self> {
        Some(Self { amount: amount?, source: source?.to_owned(), as_of: Date(as_of?) })
    }
}

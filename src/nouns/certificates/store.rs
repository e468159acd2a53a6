//! The SQL of partners' certificates and accounts.

use async_graphql::{Enum, ID, InputObject};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::certificate::{Column, Entity};
use super::entity::{CertificateKind, platform_account};
use crate::access::page::Order;
use crate::access::{Reach, Scope, View};
use crate::error::Result;
use crate::nouns::ids::{self, Noun};
use crate::nouns::partners;
use crate::types::Date;

/// Whoever sees a partner sees its certificates.
impl Scope for Entity {
    fn narrow(reach: &Reach) -> Condition {
        partners::store::of_partners(reach, Column::Partner)
    }
}

impl Scope for platform_account::Entity {
    fn narrow(reach: &Reach) -> Condition {
        partners::store::of_partners(reach, platform_account::Column::Partner)
    }
}

/// Which certificates; all that is given must hold.
///
/// Sertifikat mana; semua syarat yang diisi harus terpenuhi.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CertificateFilter {
    /// Of one of these partners (their ids).
    ///
    /// Milik salah satu mitra ini (id).
    pub partner: Option<Vec<ID>>,
    /// Of one of these kinds.
    ///
    /// Dari salah satu jenis ini.
    pub kind: Option<Vec<CertificateKind>>,
    /// With exactly one of these numbers.
    ///
    /// Dengan tepat salah satu nomor ini.
    pub number: Option<Vec<String>>,
    /// Valid until this day or later; those without an end are left out.
    ///
    /// Berlaku sampai tanggal ini atau sesudahnya; yang tanpa batas tidak termasuk.
    #[graphql(name = "validUntilFrom")]
    pub valid_from: Option<Date>,
    /// Valid until this day at the latest; those without an end are left out.
    ///
    /// Berlaku paling lama sampai tanggal ini; yang tanpa batas tidak termasuk.
    #[graphql(name = "validUntilUntil")]
    pub valid_until: Option<Date>,
}

impl CertificateFilter {
    pub fn condition(&self) -> Result<Condition> {
        let partners = ids::parse_all(Noun::Partner, "filter.partner", self.partner.as_deref())?;
        Ok(Condition::all()
            .add_option(partners.map(|some| Column::Partner.is_in(some)))
            .add_option(self.kind.as_ref().map(|some| Column::Kind.is_in(some.iter().copied())))
            .add_option(self.number.as_ref().map(|some| Column::Number.is_in(some)))
            .add_option(self.valid_from.map(|day| Column::ValidUntil.gte(day.0)))
            .add_option(self.valid_until.map(|day| Column::ValidUntil.lte(day.0))))
    }
}

/// What certificates can be ordered by.
///
/// Urutan sertifikat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CertificateOrderField {
    /// By number, capital letters first.
    ///
    /// Menurut nomor, huruf besar lebih dahulu.
    Number,
    /// By the time at which it was recorded.
    ///
    /// Menurut waktu pencatatan.
    Recorded,
}

pub fn order(field: CertificateOrderField, descending: bool) -> Order<Entity> {
    let (name, column) = match field {
        CertificateOrderField::Number => ("NUMBER", Column::Number),
        CertificateOrderField::Recorded => ("RECORDED", Column::Id),
    };
    Order { name, column, descending }
}

/// The accounts of these partners, by platform.
pub async fn accounts(view: &View, partners: &[Uuid]) -> Result<Vec<platform_account::Model>> {
    use platform_account::Column;
    let select = platform_account::Entity::find().filter(view.is_in(Column::Partner, partners));
    view.all(select.order_by_asc(Column::Platform).order_by_asc(Column::Id)).await
}

//! The mutations of partners' certificates: input, faults, and the act.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::entity::CertificateKind;
use super::entity::certificate::{Column, Entity, Model};
use super::graphql::Certificate;
use crate::access::{Done, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Made, Manner, Named, Payload, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::partners::entity::partner;
use crate::nouns::partners::mutations::past;
use crate::nouns::partners::rules;
use crate::types::Date;

/// What a mutation of a certificate did.
///
/// Hasil mutasi sertifikat.
#[derive(SimpleObject)]
pub struct CertificatePayload {
    /// The certificate as it is now; in a dry run as it would be.
    ///
    /// Sertifikat setelah perubahan; pada uji coba, seandainya dilaksanakan.
    certificate: Certificate,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for CertificatePayload {
    type Object = Certificate;

    fn of(made: Made<Certificate>) -> Self {
        Self { certificate: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// A certificate of a partner.
///
/// Sertifikat suatu mitra.
#[derive(InputObject)]
pub struct CertificateAddInput {
    /// The id of the partner.
    ///
    /// Pengenal mitranya.
    pub partner: ID,
    /// What it certifies.
    ///
    /// Jenisnya.
    pub kind: CertificateKind,
    /// Its number: one line, up to 100 characters; a partner has it but once of each kind.
    ///
    /// Nomornya: satu baris, paling banyak 100 karakter; hanya sekali per jenis pada setiap mitra.
    pub number: String,
    /// Who issued it: one line, up to 200 characters.
    ///
    /// Penerbitnya: satu baris, paling banyak 200 karakter.
    pub issuer: String,
    /// The day of issue: not after today.
    ///
    /// Tanggal terbit: tidak setelah hari ini.
    pub issued_on: Option<Date>,
    /// The last day on which it is valid, not before that of its issue; null where it has no end.
    ///
    /// Hari terakhir berlakunya, tidak sebelum tanggal terbit; kosong bila tanpa batas.
    pub valid_until: Option<Date>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A certificate that ends before its time.
///
/// Sertifikat yang berakhir sebelum waktunya.
#[derive(InputObject)]
pub struct CertificateExpireInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The last day on which it was valid: not after today, and before the last day that it has now.
    ///
    /// Hari terakhir berlakunya: tidak setelah hari ini, dan sebelum hari terakhir yang tercatat.
    pub valid_until: Date,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// The mutations of certificates.
#[derive(Default)]
pub struct CertificatesMutation;

#[Object]
impl CertificatesMutation {
    /// Records a certificate of a partner. For an officer of the partner's steward. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
    ///
    /// Mencatat sertifikat mitra. Untuk operator instansi pembinanya.
    async fn certificate_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose certificate, and which. / Sertifikat siapa, dan yang mana.")]
        input: CertificateAddInput,
    ) -> Option<Result<CertificatePayload>> {
        let mut faults = Faults::default();
        let issued_on = input.issued_on.map(|day| past(ctx, &mut faults, "input.issuedOn", day));
        let (first, last) =
            (issued_on.unwrap_or(NaiveDate::MIN), acting::today(ctx) + chrono::Days::new(36_525));
        let first = first.max(NaiveDate::from_ymd_opt(1945, 8, 17).unwrap_or_default());
        let given = Added {
            on: faults.id(Noun::Partner, &input.partner),
            kind: input.kind,
            number: faults.line("input.number", &input.number, 100),
            issuer: faults.line("input.issuer", &input.issuer, 200),
            issued_on,
            valid_until: input.valid_until.map(|day| faults.day("input.validUntil", day, first, last)),
        };
        acting::carry_out(ctx, &input.manner, faults, given, add).await
    }

    /// Ends a certificate before its time. For an officer of the partner's steward. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// BAD_USER_INPUT.
    ///
    /// Mengakhiri sertifikat sebelum waktunya. Untuk operator instansi pembina mitranya.
    async fn certificate_expire(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which certificate, since when, and why. / Sertifikat mana, sejak kapan, dan alasannya."
        )]
        input: CertificateExpireInput,
    ) -> Option<Result<CertificatePayload>> {
        let mut faults = Faults::default();
        let given = (
            faults.id(Noun::Certificate, &input.target.id),
            input.target.expected_version,
            past(ctx, &mut faults, "input.validUntil", input.valid_until),
            faults.reason("input.reason", &input.reason),
        );
        acting::carry_out(ctx, &input.target.manner, faults, given, expire).await
    }
}

#[derive(Debug, Clone)]
struct Added {
    on: Named,
    kind: CertificateKind,
    number: String,
    issuer: String,
    issued_on: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
}

async fn add(mut write: Write, given: Added) -> Result<Done> {
    let partner = given.on.hold::<partner::Entity>(&mut write).await?;
    let id = write.clock().new_id();
    let permit = rules::permit(write.actor(), write.stewardship(), rules::ADD_CERTIFICATE, id, &partner)?;
    let same = Entity::find()
        .filter(Column::Partner.eq(partner.id))
        .filter(Column::Kind.eq(given.kind))
        .filter(Column::Number.eq(&given.number));
    if let Some(other) = write.all(same).await?.pop() {
        let expected = "a number that the partner has no certificate of this kind with";
        let by = Noun::Certificate.id(other.id).0;
        return Err(Error::input("input.number", &given.number, expected).and("takenBy", by.into()));
    }
    let row = Model {
        id,
        version: 1,
        partner: partner.id,
        kind: given.kind,
        number: given.number,
        issuer: given.issuer,
        issued_on: given.issued_on,
        valid_until: given.valid_until,
    };
    write.insert::<Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

async fn expire(
    mut write: Write,
    (on, version, until, reason): (Named, i32, NaiveDate, String),
) -> Result<Done> {
    let found = on.find::<Entity>(&write).await?;
    let partner = write.hold::<partner::Entity>(found.partner).await?;
    let partner = partner.ok_or_else(|| Error::not_found(&on.given))?;
    let row = on.hold::<Entity>(&mut write).await?;
    let action = rules::EXPIRE_CERTIFICATE;
    let permit = rules::permit(write.actor(), write.stewardship(), action, row.id, &partner)?;
    Noun::Certificate.expect_version(row.id, version, row.version)?;
    let is_earlier = row.valid_until.is_none_or(|last| until < last);
    let is_issued = row.issued_on.is_none_or(|first| first <= until);
    if !(is_earlier && is_issued) {
        let first = row.issued_on.map_or("–".to_owned(), |day| day.to_string());
        let last = row.valid_until.map_or("–".to_owned(), |day| day.to_string());
        let expected = format!("a day from its issue ({first}) to before its present last day ({last})");
        return Err(Error::input("input.validUntil", &until.to_string(), &expected));
    }
    let row = Model { version: row.version + 1, valid_until: Some(until), ..row };
    write.update::<Entity>(&permit, &row).await?;
    write.done(&permit, Some(&reason), row.version)
}

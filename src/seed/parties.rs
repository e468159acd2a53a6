//! What surrounds the parties: clauses of the memorandum, units of a BUMN, certificates, accounts and contacts of
//! partners. All of it is made up, and says so.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Seed, pilot, signing_day};
use crate::access::{Actor, Level, Permit};
use crate::error::{Error, Result};
use crate::nouns::certificates::entity::{CertificateKind, Platform, certificate, platform_account};
use crate::nouns::clauses::entity::clause;
use crate::nouns::contacts::entity::{ContactKind, contact, contact_value};
use crate::nouns::contacts::rules::{hash, mask};
use crate::nouns::milestones::entity::MilestoneType::{self, *};
use crate::nouns::organisations::entity::{Stewardship, SuccessionKind, succession};
use crate::nouns::partners::entity::{LegalForm, partner};

/// Clauses that nobody signed: (what it is about, the types of milestones that carry it out). The real ones are not
/// public.
pub const CLAUSES: [(&str, &[MilestoneType]); 7] = [
    ("Contoh: identifikasi kebutuhan BUMN (data contoh)", &[NeedIdentification]),
    ("Contoh: kurasi dan pembinaan mitra (data contoh)", &[MilestoneType::Curation, Coaching]),
    ("Contoh: standar dan sertifikasi (data contoh)", &[Certification, ProductTrial]),
    (
        "Contoh: pengadaan dan kontrak (data contoh)",
        &[VendorRegistration, TrialOrder, CooperationAgreement, SupplyContract],
    ),
    ("Contoh: pengiriman dan pembayaran (data contoh)", &[Delivery, Payment]),
    ("Contoh: monitoring dan evaluasi (data contoh)", &[Review, Renewal]),
    ("Contoh: pertukaran data (data contoh)", &[]),
];

/// Of the day of the memorandum, as it was published.
pub const VALUE_CHAIN_SHARE: i64 = 630;
pub const VALUE_CHAIN_SOURCE: &str =
    "Disampaikan saat penandatanganan nota kesepahaman, Jakarta, 3 September 2021";

impl Seed {
    /// One unit goes into another, after the memorandum was signed.
    pub(super) async fn merge_units(&self) -> Result<()> {
        let actor = Actor::seed();
        let [predecessor, successor] = &pilot::UNITS;
        let predecessor = self.organisation(predecessor.code)?.id;
        let permit = Permit::grant(&actor, "organisationSucceed", predecessor, &[], Level::Officer)?;
        let row = succession::Model {
            id: self.clock.new_id(),
            version: 1,
            kind: SuccessionKind::Merge,
            predecessor,
            successor: self.organisation(successor.code)?.id,
            stewardship: Stewardship::All,
            effective_on: NaiveDate::from_ymd_opt(2022, 1, 1)
                .ok_or_else(|| Error::internal("1 January 2022 is a day"))?,
            legal_basis: "Contoh keputusan direksi (data contoh)".to_owned(),
        };
        let mut write = self.write(&actor).await?;
        write.insert::<succession::Entity>(&permit, &row).await?;
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }

    pub(super) async fn clauses(&mut self, memorandum: Uuid) -> Result<()> {
        let actor = Actor::seed();
        let permit = Permit::grant(&actor, "clauseAdd", memorandum, &[], Level::Officer)?;
        let mut write = self.write(&actor).await?;
        for ((title, _), position) in CLAUSES.iter().zip(1..) {
            let row = clause::Model {
                id: self.clock.new_id(),
                version: 1,
                memorandum,
                position,
                number: format!("Contoh {position}"),
                title: (*title).to_owned(),
                body: None,
                sample: true,
            };
            write.insert::<clause::Entity>(&permit, &row).await?;
            self.clauses.push(row.id);
        }
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }

    /// The clause that milestones of this type carry out.
    pub(super) fn clause(&self, kind: MilestoneType) -> Option<Uuid> {
        let at = CLAUSES.iter().position(|(_, kinds)| kinds.contains(&kind))?;
        self.clauses.get(at).copied()
    }

    /// What each partner's steward records of it besides itself.
    pub(super) async fn around_partners(&self, partners: &[partner::Model]) -> Result<()> {
        for (row, at) in partners.iter().zip(0..) {
            let actor = self.seat(row.steward)?;
            let permit = Permit::grant(&actor, "partnerUpdate", row.id, &[row.steward], Level::Officer)?;
            let mut write = self.write(&actor).await?;
            for certificate in self.certificates(row, at) {
                write.insert::<certificate::Entity>(&permit, &certificate).await?;
            }
            let platform = [Platform::PadiUmkm, Platform::EKatalog, Platform::Siinas][at % 3];
            let account = platform_account::Model {
                id: self.clock.new_id(),
                version: 1,
                partner: row.id,
                platform,
                account: format!("contoh-{:03}", at + 1),
                since: at.is_multiple_of(2).then(signing_day),
            };
            write.insert::<platform_account::Entity>(&permit, &account).await?;
            for (kind, value) in contacts(row, at) {
                let id = self.clock.new_id();
                let mut salt = [0; 16];
                getrandom::fill(&mut salt).map_err(Error::internal)?;
                let contact = contact::Model {
                    id,
                    version: 1,
                    partner: row.id,
                    kind,
                    hash: hash(&salt, &value),
                    erased: false,
                };
                let mask = mask(kind, &value);
                let value = contact_value::Model { contact: id, value, salt: salt.to_vec(), mask };
                write.insert::<contact::Entity>(&permit, &contact).await?;
                write.insert_outside::<contact_value::Entity>(&permit, value).await?;
            }
            write.append(&permit, None).await?.commit().await?;
        }
        Ok(())
    }

    pub(super) fn certificates(&self, row: &partner::Model, at: usize) -> Vec<certificate::Model> {
        let kinds: &[CertificateKind] = match (row.is_ikm, at % 3) {
            (true, 0) => &[CertificateKind::Sni, CertificateKind::Tkdn],
            (true, _) => &[CertificateKind::Tkdn],
            (false, 0) => &[CertificateKind::Halal, CertificateKind::IzinEdar],
            (false, _) => &[],
        };
        let certificate = |kind: &CertificateKind| certificate::Model {
            id: self.clock.new_id(),
            version: 1,
            partner: row.id,
            kind: *kind,
            number: format!("CONTOH-{:03}", at + 1),
            issuer: "Contoh lembaga sertifikasi (data contoh)".to_owned(),
            issued_on: Some(signing_day()),
            // Halal certificates have had no end since Perppu 2/2022.
            valid_until: (*kind != CertificateKind::Halal)
                .then(|| self.today + Days::new(30 * (at as u64 + 1)) - Days::new(60)),
        };
        kinds.iter().map(certificate).collect()
    }
}

/// Nobody's: names that say so, addresses in a domain that there cannot be (RFC 2606).
pub fn contacts(row: &partner::Model, at: usize) -> Vec<(ContactKind, String)> {
    let mut contacts = vec![
        (ContactKind::Person, format!("Contoh Pengurus {}", at + 1)),
        (ContactKind::Email, format!("contoh{}@contoh.example", at + 1)),
    ];
    if at.is_multiple_of(2) {
        contacts.push((ContactKind::Phone, format!("+620000000{:04}", at + 1)));
    }
    if row.legal_form == LegalForm::Perseorangan {
        contacts.push((ContactKind::Npwp, format!("{:016}", at + 1)));
    }
    contacts
}

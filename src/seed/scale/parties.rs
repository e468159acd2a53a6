//! Organisations and partners.

use super::{PARTNERS, Size, World, as_of};
use crate::access::{Actor, Level, Organisation, Permit, Role};
use crate::error::Result;
use crate::nouns::certificates::entity::{Platform, certificate, platform_account};
use crate::nouns::codes::entity::CodeListName;
use crate::nouns::codes::rules::list;
use crate::nouns::contacts::entity::{contact, contact_value};
use crate::nouns::contacts::rules::{hash, mask};
use crate::nouns::organisations::entity::{
    OrganisationKind, Stewardship, SuccessionKind, organisation, organisation_name, succession,
};
use crate::nouns::partners::entity::{LegalForm, Scale, partner};
use crate::seed::parties::contacts;
use crate::seed::{pilot, signing_day};

/// What partners make or do: (its name, KBLI 2020, whether it is industry).
pub const PRODUCTS: [(&str, &str, bool); 24] = [
    ("suku cadang mesin", "28291", true),
    ("komponen jaringan listrik", "27120", true),
    ("pengerjaan logam", "25920", true),
    ("baut dan mur", "25952", true),
    ("kemasan karton", "17021", true),
    ("ekstrak herbal", "21012", true),
    ("seragam kerja", "14111", true),
    ("alas kaki pelindung", "15202", true),
    ("garam industri", "10774", true),
    ("karet cetak", "22199", true),
    ("cat pelindung", "20221", true),
    ("furnitur kantor", "31001", true),
    ("jasa boga", "56210", false),
    ("madu hutan", "01492", false),
    ("tebu rakyat", "01140", false),
    ("pelet biomassa", "16295", false),
    ("rimpang kering", "01285", false),
    ("penyaluran LPG", "47726", false),
    ("angkutan barang", "49431", false),
    ("jasa kebersihan", "81210", false),
    ("percetakan", "18111", false),
    ("beras lokal", "10631", false),
    ("ikan olahan", "10214", false),
    ("perawatan gedung", "81100", false),
];

impl World {
    /// One entry. The ministries are those that signed; all others are made up.
    pub(super) async fn organisations(&mut self, size: Size) -> Result<()> {
        let actor = Actor::seed();
        let mut write = self.write().await?;
        let (mut rows, mut names, mut first) = (Vec::new(), Vec::new(), None);
        let mut add = |kind, code: String, seat: Option<Role>, parent, name: String, short_name: String| {
            let row = organisation::Model {
                id: self.seed.clock.new_id(),
                version: 1,
                code: code.clone(),
                kind,
                seat,
                parent,
            };
            let id = row.id;
            first.get_or_insert(id);
            names.push(organisation_name::Model {
                id: self.seed.clock.new_id(),
                version: 1,
                organisation: id,
                name,
                short_name,
                valid_from: None,
                valid_until: None,
                legal_basis: None,
            });
            rows.push(row);
            Organisation { id, code }
        };
        for named in &pilot::MINISTRIES {
            let (name, short_name) = (named.name.to_owned(), named.short_name.to_owned());
            let kind = OrganisationKind::Ministry;
            let organisation = add(kind, named.code.to_owned(), Some(named.seat), None, name, short_name);
            self.seed.organisations.push((organisation, named.seat));
        }
        for number in 1..=size.bumn {
            let code = format!("CONTOH_BUMN_{number:03}");
            let name = format!("PT Contoh BUMN {number:03} (data contoh)");
            let short_name = format!("BUMN {number:03} (contoh)");
            self.bumn.push(add(OrganisationKind::Bumn, code, Some(Role::Bumn), None, name, short_name));
        }
        for unit in 0..size.units {
            let (parent, number) = (unit / 2 % size.bumn, unit + 1);
            let code = format!("CONTOH_UNIT_{number:03}");
            let name = format!("Contoh Unit Pelaksana {number:03} (data contoh)");
            let short_name = format!("Unit {number:03} (contoh)");
            let of = Some(self.bumn[parent].id);
            let organisation = add(OrganisationKind::ExecutingUnit, code, None, of, name, short_name);
            self.units.push((parent, organisation.id));
        }
        let subject = first.unwrap_or_default();
        let permit = Permit::grant(&actor, "organisationTakeOver", subject, &[], Level::Officer)?;
        write.insert_many::<organisation::Entity>(&permit, &rows).await?;
        write.insert_many::<organisation_name::Entity>(&permit, &names).await?;
        if let [(_, predecessor), (_, successor), ..] = self.units[..] {
            let row = succession::Model {
                id: self.seed.clock.new_id(),
                version: 1,
                kind: SuccessionKind::Merge,
                predecessor,
                successor,
                stewardship: Stewardship::All,
                effective_on: as_of() - chrono::Days::new(1_000),
                legal_basis: "Contoh keputusan direksi (data contoh)".to_owned(),
            };
            write.insert::<succession::Entity>(&permit, &row).await?;
            self.units.remove(0);
        }
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }

    /// With what their stewards know of them besides; an entry for some hundreds.
    pub(super) async fn partners(&mut self, size: Size) -> Result<()> {
        let actor = Actor::seed();
        for first in (0..size.partners).step_by(PARTNERS) {
            let places = first..size.partners.min(first + PARTNERS);
            let rows = places.clone().map(|place| self.partner(place)).collect::<Vec<_>>();
            let (mut certificates, mut accounts) = (Vec::new(), Vec::new());
            let (mut known, mut values) = (Vec::new(), Vec::new());
            for (row, place) in rows.iter().zip(places) {
                certificates.extend(self.certificates(row, place));
                accounts.extend(self.account(row, place));
                for (kind, value) in contacts(row, place) {
                    let id = self.seed.clock.new_id();
                    let mut salt = [0; 16];
                    self.seed.clock.fill(&mut salt)?;
                    let (hash, mask) = (hash(&salt, &value), mask(kind, &value));
                    known.push(contact::Model { id, version: 1, partner: row.id, kind, hash, erased: false });
                    values.push(contact_value::Model { contact: id, value, salt: salt.to_vec(), mask });
                }
            }
            let permit = Permit::grant(&actor, "partnerTakeOver", self.memorandum, &[], Level::Officer)?;
            let mut write = self.write().await?;
            write.insert_many::<partner::Entity>(&permit, &rows).await?;
            write.insert_many::<certificate::Entity>(&permit, &certificates).await?;
            write.insert_many::<platform_account::Entity>(&permit, &accounts).await?;
            write.insert_many::<contact::Entity>(&permit, &known).await?;
            write.insert_many_outside::<contact_value::Entity>(&permit, &values).await?;
            write.append(&permit, Some(super::REASON)).await?.commit().await?;
            self.partners.extend(rows);
        }
        Ok(())
    }

    fn partner(&mut self, place: usize) -> partner::Model {
        let dice = &mut self.dice;
        let (product, kbli, is_ikm) = dice.pick(PRODUCTS);
        let legal_form = match (is_ikm, dice.below(100)) {
            (false, 0..40) => LegalForm::Koperasi,
            (_, 40..75) => LegalForm::Perseorangan,
            (true, 0..40) | (false, 75..90) => LegalForm::Cv,
            _ => LegalForm::Pt,
        };
        let scale = match (legal_form, dice.below(100)) {
            (LegalForm::Perseorangan, 0..80) | (LegalForm::Koperasi, 0..30) => Scale::Micro,
            (LegalForm::Pt, 30..) | (_, 90..) => Scale::Medium,
            _ => Scale::Small,
        };
        let kind = match legal_form {
            LegalForm::Koperasi => "Koperasi",
            LegalForm::Perseorangan => "Usaha",
            LegalForm::Cv => "CV",
            LegalForm::Pt => "PT",
        };
        let number = place + 1;
        // Java has most of them; of some it is not known.
        let provinces = &list(CodeListName::Province).codes;
        let province = if dice.percent(55) {
            dice.pick(["31", "32", "33", "34", "35", "36"])
        } else {
            provinces[dice.index(provinces.len())].code
        };
        let regency = format!("{province}.{:02}", dice.between(1, 12));
        partner::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            name: format!("Contoh {kind} {product} {number:05} (data contoh)"),
            sample: true,
            legal_form,
            scale,
            scale_since: signing_day(),
            is_ikm,
            steward: if is_ikm { Role::Kemenperin } else { Role::Kemenkopukm },
            // Nobody's: no registered number begins with so many zeros.
            nib: dice.percent(90).then(|| format!("{number:013}")),
            nik_koperasi: (legal_form == LegalForm::Koperasi).then(|| format!("CONTOH-{number:05}")),
            npwp: matches!(legal_form, LegalForm::Cv | LegalForm::Pt).then(|| format!("{number:016}")),
            kbli: Some(kbli.to_owned()),
            kbli_version: Some(2020),
            regency: dice.percent(95).then_some(regency),
            name_public: dice.percent(60),
        }
    }

    /// As the pilot's, whose last days run over three years.
    fn certificates(&self, row: &partner::Model, place: usize) -> Vec<certificate::Model> {
        let mut certificates = self.seed.certificates(row, place % 36);
        for certificate in &mut certificates {
            certificate.number = format!("CONTOH-{:05}", place + 1);
        }
        certificates
    }

    fn account(&mut self, row: &partner::Model, place: usize) -> Option<platform_account::Model> {
        let platform = self.dice.pick([Platform::PadiUmkm, Platform::EKatalog, Platform::Siinas]);
        self.dice.percent(70).then(|| platform_account::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partner: row.id,
            platform,
            account: format!("contoh-{:05}", place + 1),
            since: place.is_multiple_of(2).then(signing_day),
        })
    }
}

//! Filling an empty database, through the one write path, on a clock of its own that begins on 3 September 2021. Each
//! act is made by the seat whose act it is, so that the rules hold for it.

mod acts;
mod outcomes;
mod parties;
mod pilot;
mod said;
pub mod scale;
mod surroundings;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::access::{Access, Actor, Level, Organisation, Permit, Role, View, Write};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::nouns::memoranda::entity::{Measure, baseline, memorandum, memorandum_signatory};
use crate::nouns::milestones::entity::milestone;
use crate::nouns::organisations::entity::{OrganisationKind, organisation, organisation_name};
use crate::nouns::partners::entity::{LegalForm, partner};
use crate::nouns::partnerships::entity::{PartnershipStatus, partnership};
use crate::types::{Clock, Decimal, Timestamp, start_of};

/// The day of the memorandum.
fn signing_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 9, 3).expect("3 September 2021 is a day")
}

/// What the acts of the seed work on.
struct Seed {
    access: Access,
    clock: Clock,
    today: NaiveDate,
    organisations: Vec<(Organisation, Role)>,
    /// In the order of [`parties::CLAUSES`].
    clauses: Vec<Uuid>,
}

/// A partnership of the seed, as it stands.
struct Work {
    organisation: Organisation,
    partnership: partnership::Model,
    /// The statuses that it goes through.
    path: &'static [PartnershipStatus],
    milestones: Vec<milestone::Model>,
}

/// Fills an empty database with the pilot, and the store with the files of its evidence. Plans run past `today`, so that there is work waiting.
///
/// # Errors
///
/// Where anything has been recorded already.
pub async fn pilot(db: &Database, files: &Files, today: NaiveDate) -> Result<()> {
    if !is_empty(db).await? {
        return Err(Error::internal("the database is not empty: the pilot is only put into an empty one"));
    }
    let clock = Clock::fixed(at(signing_day(), 9));
    let access = Access::new(db.clone(), clock.clone(), 0);
    let mut seed = Seed { access, clock, today, organisations: Vec::new(), clauses: Vec::new() };
    seed.organisations().await?;
    let memorandum = seed.memorandum().await?;
    seed.clauses(memorandum).await?;
    let partners = seed.partners().await?;
    seed.around_partners(&partners).await?;
    acts::run(&seed, files, memorandum, &partners).await
}

/// Whether nothing has been recorded yet.
pub async fn is_empty(db: &Database) -> Result<bool> {
    let view = View::open(&Access::new(db.clone(), Clock::system(), 0), Actor::seed()).await?;
    Ok(view.sequence() == 0)
}

/// Whether the data has all that this version's pilot has; what an earlier one was filled with lacks the newer nouns.
pub async fn is_whole(db: &Database) -> Result<bool> {
    let view = View::open(&Access::new(db.clone(), Clock::system(), 0), Actor::seed()).await?;
    Ok(view.count::<crate::nouns::clauses::entity::clause::Entity>(sea_orm::Condition::all()).await? > 0)
}

/// An hour of a day in Asia/Jakarta.
fn at(day: NaiveDate, hour: i64) -> Timestamp {
    Timestamp(start_of(day).0 + hour * 3_600_000_000)
}

impl Seed {
    fn organisation(&self, code: &str) -> Result<Organisation> {
        let found = self.organisations.iter().find(|(organisation, _)| organisation.code == code);
        found
            .map(|(organisation, _)| organisation.clone())
            .ok_or_else(|| Error::internal(format!("no {code}")))
    }

    /// The seat's actor; a BUMN's is that of the organisation.
    fn actor(&self, role: Role, bumn: &Organisation) -> Result<Actor> {
        if role == Role::Bumn {
            return Ok(Actor::seed_for(role, bumn.clone()));
        }
        self.seat(role)
    }

    /// A ministry's actor.
    fn seat(&self, role: Role) -> Result<Actor> {
        let found = self.organisations.iter().find(|(_, seat)| *seat == role);
        let (organisation, _) = found.ok_or_else(|| Error::internal("no such seat"))?;
        Ok(Actor::seed_for(role, organisation.clone()))
    }

    async fn write(&self, actor: &Actor) -> Result<Write> {
        Write::begin(&self.access, actor, None).await
    }

    async fn organisations(&mut self) -> Result<()> {
        let actor = Actor::seed();
        let named = |some: &'static [pilot::Named], kind| some.iter().map(move |named| (named, kind));
        let all = named(&pilot::MINISTRIES, OrganisationKind::Ministry)
            .chain(named(&pilot::BUMN, OrganisationKind::Bumn))
            .chain(named(&pilot::UNITS, OrganisationKind::ExecutingUnit));
        for (named, kind) in all {
            // Units hold no seat: they execute for their parent.
            let is_unit = kind == OrganisationKind::ExecutingUnit;
            let parent = is_unit.then(|| self.organisation("PERTAMINA")).transpose()?;
            let id = self.clock.new_id();
            let mut write = self.write(&actor).await?;
            let permit = Permit::grant(&actor, "organisationCreate", id, &[], Level::Officer)?;
            let row = organisation::Model {
                id,
                version: 1,
                code: named.code.to_owned(),
                kind,
                seat: (!is_unit).then_some(named.seat),
                parent: parent.map(|parent| parent.id),
            };
            write.insert::<organisation::Entity>(&permit, &row).await?;
            let name = organisation_name::Model {
                id: self.clock.new_id(),
                version: 1,
                organisation: id,
                name: named.name.to_owned(),
                short_name: named.short_name.to_owned(),
                valid_from: None,
                valid_until: None,
                legal_basis: None,
            };
            write.insert::<organisation_name::Entity>(&permit, &name).await?;
            write.append(&permit, None).await?.commit().await?;
            self.organisations.push((Organisation { id, code: named.code.to_owned() }, named.seat));
        }
        self.merge_units().await
    }

    async fn memorandum(&self) -> Result<Uuid> {
        let actor = Actor::seed();
        let id = self.clock.new_id();
        let mut write = self.write(&actor).await?;
        let permit = Permit::grant(&actor, "memorandumRecord", id, &[], Level::Officer)?;
        let row = memorandum::Model {
            id,
            version: 1,
            title: pilot::TITLE.to_owned(),
            // Neither number nor term is public.
            number: None,
            signed_on: signing_day(),
            signed_at: pilot::SIGNED_AT.to_owned(),
            starts_on: None,
            ends_on: None,
            objectives: "VALUE_ADDED COMPETITIVENESS INVESTMENT EXPORTS IMPORT_SUBSTITUTION EMPLOYMENT"
                .to_owned(),
        };
        write.insert::<memorandum::Entity>(&permit, &row).await?;
        for (named, position) in pilot::MINISTRIES.iter().zip(1..) {
            let signatory = memorandum_signatory::Model {
                id: self.clock.new_id(),
                version: 1,
                memorandum: id,
                position,
                organisation: self.organisation(named.code)?.id,
                signed_as: named.name.to_owned(),
            };
            write.insert::<memorandum_signatory::Entity>(&permit, &signatory).await?;
        }
        let baseline = baseline::Model {
            id: self.clock.new_id(),
            version: 1,
            memorandum: id,
            measure: Measure::GlobalValueChainShare,
            value: Decimal(parties::VALUE_CHAIN_SHARE),
            as_of: signing_day(),
            source: parties::VALUE_CHAIN_SOURCE.to_owned(),
        };
        write.insert::<baseline::Entity>(&permit, &baseline).await?;
        write.append(&permit, None).await?.commit().await?;
        Ok(id)
    }

    /// Each is registered by its steward.
    async fn partners(&self) -> Result<Vec<partner::Model>> {
        let mut partners = Vec::new();
        for (sample, number) in pilot::PARTNERS.iter().zip(1..) {
            let steward = if sample.is_ikm { Role::Kemenperin } else { Role::Kemenkopukm };
            let ministry = self.organisation(steward.as_str())?;
            let actor = self.actor(steward, &ministry)?;
            let id = self.clock.new_id();
            let mut write = self.write(&actor).await?;
            let permit = Permit::grant(&actor, "partnerRegister", id, &[steward], Level::Officer)?;
            let cooperative = sample.legal_form == LegalForm::Koperasi;
            let row = partner::Model {
                id,
                version: 1,
                name: sample.name.to_owned(),
                sample: true,
                legal_form: sample.legal_form,
                scale: sample.scale,
                scale_since: signing_day(),
                is_ikm: sample.is_ikm,
                steward,
                // Nobody's: no registered number begins with so many zeros.
                nib: Some(format!("{number:013}")),
                nik_koperasi: cooperative.then(|| format!("CONTOH-{number:03}")),
                npwp: None,
                kbli: Some(sample.kbli.to_owned()),
                kbli_version: Some(2020),
                regency: Some(sample.regency.to_owned()),
                name_public: sample.name_public,
            };
            write.insert::<partner::Entity>(&permit, &row).await?;
            write.append(&permit, None).await?.commit().await?;
            partners.push(row);
        }
        Ok(partners)
    }
}

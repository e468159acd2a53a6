//! The acts on partnerships: what is held, decided and put.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::cases::{self, Case};
use super::entity::{Channel, PartnershipStatus, Pattern, SupplyDirection, partnership, partnership_partner};
use super::rules::{self, public_id};
use super::situations::{self, Held};
use super::steps::{PROPOSERS, PartnershipAction};
use crate::access::{Done, Level, Permit, Role, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::deciding::check_stewardship;
use crate::nouns::memoranda::entity::memorandum;
use crate::nouns::organisations::entity::organisation;
use crate::nouns::partners::entity::partner;
use crate::nouns::public::entity::public_nib;
use crate::types::Money;

/// Holds a partnership, and lets the rules decide.
pub async fn decide(
    write: &mut Write,
    on: &Named,
    version: Option<i32>,
    action: PartnershipAction,
) -> Result<(Held, Permit)> {
    let held = situations::hold(write, on).await?;
    let permit = case(write, &held).decide(action, version)?;
    Ok((held, permit))
}

pub fn case<'a>(write: &'a Write, held: &'a Held) -> Case<'a> {
    let (row, situation) = (&held.row, &held.situation);
    Case { actor: write.actor(), stewardship: write.stewardship(), row, situation }
}

/// Puts a partnership as an act leaves it, and ends the act.
async fn put(
    mut write: Write,
    permit: &Permit,
    row: &partnership::Model,
    reason: Option<&str>,
) -> Result<Done> {
    write.update::<partnership::Entity>(permit, row).await?;
    write.done(permit, reason, row.version)
}

/// A step of the machine.
pub async fn step(
    mut write: Write,
    (on, version, action, reason): (Named, i32, PartnershipAction, Option<String>),
) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, Some(version), action).await?;
    let row = cases::stepped(&held.row, action, reason.clone(), write.clock().now());
    put(write, &permit, &row, reason.as_deref()).await
}

/// A partner as it is named: by its id or by its business number.
#[derive(Debug, Clone)]
pub enum Wanted {
    Id(Named),
    /// Where in the input, and the number.
    Nib(String, String),
}

impl Wanted {
    /// Its id. Whoever knows a business number has had it from its holder, and may name it by that.
    async fn find(&self, write: &Write) -> Result<Uuid> {
        match self {
            Self::Id(named) => Ok(named.find::<partner::Entity>(write).await?.id),
            Self::Nib(path, nib) => {
                let found = public_nib::Entity::find().filter(public_nib::Column::Nib.eq(nib));
                let found = write.all(found).await?.pop();
                let expected = "the NIB of a partner that is registered";
                Ok(found.ok_or_else(|| Error::input(path, nib, expected))?.partner)
            }
        }
    }
}

/// An amount, its source and its day; or none.
pub type Value = Option<(Money, String, NaiveDate)>;

/// A partnership as it is asked for.
#[derive(Debug, Clone)]
pub struct Proposed {
    pub organisation: Option<Named>,
    pub executing_unit: Option<Named>,
    pub memorandum: Named,
    pub title: String,
    pub products: String,
    pub pattern: Pattern,
    pub channel: Channel,
    pub supply_direction: SupplyDirection,
    pub batch: String,
    pub partners: Vec<(Wanted, bool)>,
    pub potential: Value,
    pub estimated: Value,
}

pub async fn propose(write: Write, given: Proposed) -> Result<Done> {
    let (id, now) = (write.clock().new_id(), write.clock().now());
    let permit = rules::permit_propose(write.actor(), id)?;
    let organisation = proposer(&write, given.organisation.as_ref()).await?;
    let memorandum = given.memorandum.find::<memorandum::Entity>(&write).await?;
    let mut partners = Vec::new();
    for (at, (wanted, lead)) in given.partners.iter().enumerate() {
        let partner = wanted.find(&write).await?;
        if partners.iter().any(|(other, _)| *other == partner) {
            return Err(Error::input(&format!("input.partners.{at}"), "one of before", "each partner once"));
        }
        partners.push((partner, *lead));
    }
    check_lead(&write, &partners).await?;
    let row = partnership::Model {
        id,
        version: 1,
        organisation,
        executing_unit: unit(&write, organisation, given.executing_unit.as_ref()).await?,
        memorandum: memorandum.id,
        renewal_of: None,
        title: given.title,
        products: given.products,
        pattern: given.pattern,
        channel: given.channel,
        supply_direction: given.supply_direction,
        batch: given.batch,
        status: PartnershipStatus::Proposed,
        status_reason: None,
        status_since: now,
        potential_value: None,
        potential_source: None,
        potential_on: None,
        estimated_value: None,
        estimated_source: None,
        estimated_on: None,
        contracted_value: None,
        contracted_source: None,
        contracted_on: None,
        public_id: public_id(id),
    };
    let row = valued(row, PartnershipAction::SetPotentialValue, given.potential);
    let row = valued(row, PartnershipAction::SetEstimatedValue, given.estimated);
    insert(write, &permit, &row, &partners).await
}

async fn insert(
    mut write: Write,
    permit: &Permit,
    row: &partnership::Model,
    partners: &[(Uuid, bool)],
) -> Result<Done> {
    write.insert::<partnership::Entity>(permit, row).await?;
    for (partner, lead) in partners {
        join(&mut write, permit, row, *partner, *lead).await?;
    }
    write.done(permit, None, row.version)
}

async fn join(
    write: &mut Write,
    permit: &Permit,
    row: &partnership::Model,
    partner: Uuid,
    lead: bool,
) -> Result<()> {
    let joining = partnership_partner::Model {
        id: write.clock().new_id(),
        version: 1,
        partnership: row.id,
        organisation: row.organisation,
        partner,
        lead,
        joined_on: write.today(),
    };
    write.insert::<partnership_partner::Entity>(permit, &joining).await
}

/// For a BUMN itself; for KEMENBUMN the one that it names, where that holds its seat.
async fn proposer(write: &Write, given: Option<&Named>) -> Result<Uuid> {
    let path = "input.organisation";
    if let (Some(Role::Bumn), Some(own)) = (write.actor().role, write.actor().organisation_id()) {
        return match given {
            Some(other) if other.find::<organisation::Entity>(write).await?.id != own => {
                Err(Error::forbidden("own-organisation", "a BUMN proposes partnerships of its own"))
            }
            _ => Ok(own),
        };
    }
    let expected = "the id of a BUMN that was not succeeded";
    let given = given.ok_or_else(|| Error::input(path, "nothing", expected))?;
    let row = given.find::<organisation::Entity>(write).await?;
    if row.seat == Some(Role::Bumn) && write.holds_seat(row.id, Role::Bumn) {
        return Ok(row.id);
    }
    Err(Error::input(path, &given.given, expected))
}

/// The lead partner falls to whoever proposes, where its seat was divided.
async fn check_lead(write: &Write, partners: &[(Uuid, bool)]) -> Result<()> {
    let Some((lead, _)) = partners.iter().find(|(_, lead)| *lead) else { return Ok(()) };
    // Of a BUMN nothing is asked, which may not see the partner yet.
    let lead = write.find::<partner::Entity>(*lead).await?;
    check_stewardship(write.actor(), write.stewardship(), lead.map(|lead| lead.legal_form))
}

/// A unit of this BUMN.
async fn unit(write: &Write, organisation: Uuid, given: Option<&Named>) -> Result<Option<Uuid>> {
    let Some(given) = given else { return Ok(None) };
    let row = given.find::<organisation::Entity>(write).await?;
    if row.parent == Some(organisation) {
        return Ok(Some(row.id));
    }
    Err(Error::input("input.executingUnit", &given.given, "the id of a unit under the BUMN"))
}

/// What is to change of a partnership: what is none stays.
#[derive(Debug, Clone)]
pub struct Update {
    pub on: Named,
    pub version: i32,
    pub title: Option<String>,
    pub products: Option<String>,
    pub pattern: Option<Pattern>,
    pub channel: Option<Channel>,
    pub supply_direction: Option<SupplyDirection>,
    pub batch: Option<String>,
    pub executing_unit: Option<Option<Named>>,
    pub lead: Option<Named>,
}

impl Update {
    /// Whether anything is to change at all.
    pub fn changes(&self) -> bool {
        let texts = [&self.title, &self.products, &self.batch];
        texts.iter().any(|text| text.is_some())
            || self.pattern.is_some()
            || self.channel.is_some()
            || self.supply_direction.is_some()
            || self.executing_unit.is_some()
            || self.lead.is_some()
    }
}

pub async fn update(mut write: Write, given: Update) -> Result<Done> {
    let action = PartnershipAction::Update;
    let (held, permit) = decide(&mut write, &given.on, Some(given.version), action).await?;
    if let Some(lead) = &given.lead {
        let_lead(&mut write, &permit, &held, lead).await?;
    }
    let mut row = partnership::Model { version: held.row.version + 1, ..held.row };
    if let Some(named) = &given.executing_unit {
        row.executing_unit = unit(&write, row.organisation, named.as_ref()).await?;
    }
    row.title = given.title.unwrap_or(row.title);
    row.products = given.products.unwrap_or(row.products);
    row.pattern = given.pattern.unwrap_or(row.pattern);
    row.channel = given.channel.unwrap_or(row.channel);
    row.supply_direction = given.supply_direction.unwrap_or(row.supply_direction);
    row.batch = given.batch.unwrap_or(row.batch);
    put(write, &permit, &row, None).await
}

/// Lets another of its partners lead. Who reports on its milestones and verifies them follows from the steward of the
/// lead, so one of another steward has to wait until none is open.
async fn let_lead(write: &mut Write, permit: &Permit, held: &Held, named: &Named) -> Result<()> {
    let next = held.partners.iter().find(|row| row.partner == named.id);
    let next = next.ok_or_else(|| not_beside("input.lead", named))?;
    let Some(lead) = held.partners.iter().find(|row| row.lead && row.id != next.id) else { return Ok(()) };
    let (old, new) = (
        write.find::<partner::Entity>(lead.partner).await?,
        write.find::<partner::Entity>(next.partner).await?,
    );
    let form = new.as_ref().map(|new| new.legal_form);
    check_stewardship(write.actor(), write.stewardship(), form)?;
    if held.situation.open() > 0 && old.map(|old| old.steward) != new.map(|new| new.steward) {
        let message = "milestones are open, which the steward of the present lead reports on or verifies";
        return Err(case(write, held).with_open(&Error::invalid_transition("lead-steward", message)));
    }
    // There is never more than one.
    for (row, lead) in [(lead, false), (next, true)] {
        let row = partnership_partner::Model { version: row.version + 1, lead, ..row.clone() };
        write.update::<partnership_partner::Entity>(permit, &row).await?;
    }
    Ok(())
}

fn not_beside(path: &str, given: &Named) -> Error {
    Error::input(path, &given.given, "the id of a partner of this partnership")
}

/// A new partnership that renews one: a proposal like any other.
pub async fn renew(mut write: Write, (on, title, batch): (Named, Option<String>, String)) -> Result<Done> {
    let held = situations::hold(&mut write, &on).await?;
    case(&write, &held).decide(PartnershipAction::Renew, None)?;
    let (id, now) = (write.clock().new_id(), write.clock().now());
    let permit = Permit::grant(write.actor(), "partnershipRenew", id, &PROPOSERS, Level::Officer)?;
    let of = held.row;
    // What it has inherited a BUMN renews as its own.
    let organisation = match (write.actor().role, write.actor().organisation_id()) {
        (Some(Role::Bumn), Some(own)) => own,
        _ => of.organisation,
    };
    let row = partnership::Model {
        id,
        version: 1,
        organisation,
        executing_unit: of.executing_unit.filter(|_| organisation == of.organisation),
        renewal_of: Some(of.id),
        title: title.unwrap_or(of.title),
        batch,
        status: PartnershipStatus::Proposed,
        status_reason: None,
        status_since: now,
        potential_value: None,
        potential_source: None,
        potential_on: None,
        estimated_value: None,
        estimated_source: None,
        estimated_on: None,
        contracted_value: None,
        contracted_source: None,
        contracted_on: None,
        public_id: public_id(id),
        ..of
    };
    let partners = held.partners.iter().map(|row| (row.partner, row.lead)).collect::<Vec<_>>();
    insert(write, &permit, &row, &partners).await
}

/// One of the three values.
pub async fn set_value(
    mut write: Write,
    (on, version, action, value): (Named, i32, PartnershipAction, Value),
) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, Some(version), action).await?;
    let row = partnership::Model { version: held.row.version + 1, ..held.row };
    put(write, &permit, &valued(row, action, value), None).await
}

/// With one of its three values, and nothing of the others.
fn valued(row: partnership::Model, action: PartnershipAction, value: Value) -> partnership::Model {
    let (amount, source, on) =
        value.map_or((None, None, None), |(amount, source, on)| (Some(amount), Some(source), Some(on)));
    match action {
        PartnershipAction::SetPotentialValue => {
            partnership::Model { potential_value: amount, potential_source: source, potential_on: on, ..row }
        }
        PartnershipAction::SetEstimatedValue => {
            partnership::Model { estimated_value: amount, estimated_source: source, estimated_on: on, ..row }
        }
        _ => partnership::Model {
            contracted_value: amount,
            contracted_source: source,
            contracted_on: on,
            ..row
        },
    }
}

pub async fn add_partner(mut write: Write, (on, version, wanted): (Named, i32, Wanted)) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, Some(version), PartnershipAction::AddPartner).await?;
    let partner = wanted.find(&write).await?;
    if held.partners.iter().any(|row| row.partner == partner) {
        let refused = Error::invalid_transition("partner-already", "it is a partner of it already");
        return Err(case(&write, &held).with_open(&refused));
    }
    join(&mut write, &permit, &held.row, partner, held.partners.is_empty()).await?;
    let row = partnership::Model { version: held.row.version + 1, ..held.row };
    put(write, &permit, &row, None).await
}

pub async fn remove_partner(
    mut write: Write,
    (on, version, partner, reason): (Named, i32, Named, String),
) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, Some(version), PartnershipAction::RemovePartner).await?;
    let found = held.partners.iter().find(|row| row.partner == partner.id);
    let found = found.ok_or_else(|| not_beside("input.partner", &partner))?;
    if found.lead {
        let refused = Error::invalid_transition("lead-partner", "it leads: let another partner lead first");
        return Err(case(&write, &held).with_open(&refused));
    }
    write.delete::<partnership_partner::Entity>(&permit, found).await?;
    let row = partnership::Model { version: held.row.version + 1, ..held.row };
    put(write, &permit, &row, Some(&reason)).await
}

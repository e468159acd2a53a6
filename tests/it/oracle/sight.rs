//! What an actor must see of a world, by the rules as they are written down. Nothing here is the program's own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::figures::{rows_of_outcomes, rows_of_quarters};
use super::world::{Actor, Id, Partnership, Succession, World, today};

/// What may be filtered by a fact.
#[derive(Debug, Clone, Copy)]
pub enum Given {
    /// One value.
    One,
    /// Any of these values.
    Many,
}

/// The lists that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    Memoranda,
    Organisations,
    Partners,
    Partnerships,
    Milestones,
    Public,
    Places,
    Outcomes,
    Quarters,
}

impl List {
    /// What the types of its filter and its order begin with.
    pub fn input(self) -> &'static str {
        match self {
            Self::Memoranda => "Memorandum",
            Self::Organisations => "Organisation",
            Self::Partners => "Partner",
            Self::Partnerships => "Partnership",
            Self::Milestones => "Milestone",
            Self::Public => "PublicPartnership",
            Self::Places => "PartnershipPartner",
            Self::Outcomes => "Outcome",
            Self::Quarters => "Quarter",
        }
    }

    /// Its orders, the one that is taken where none is given first, and the fact that each goes by besides the id.
    pub fn orders(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Memoranda => &[("SIGNED_ON", "signedOn")],
            Self::Organisations => &[("CODE", "code"), ("RECORDED", "")],
            Self::Partners => &[("NAME", "name"), ("RECORDED", "")],
            Self::Partnerships => &[("TITLE", "title"), ("RECORDED", "")],
            Self::Milestones => &[("DUE_ON", "dueOn"), ("RECORDED", "")],
            Self::Public => &[("TITLE", "title")],
            Self::Places => &[],
            Self::Outcomes => &[("QUARTER", "quarter"), ("RECORDED", "")],
            Self::Quarters => &[("CODE", "code")],
        }
    }

    /// Whether it descends where no order is given.
    fn descends(self) -> bool {
        matches!(self, Self::Outcomes | Self::Quarters)
    }

    pub fn filters(self) -> &'static [(&'static str, Given)] {
        use Given::{Many, One};
        match self {
            Self::Memoranda | Self::Places => &[],
            Self::Organisations => &[("kind", Many), ("seat", Many), ("code", Many)],
            Self::Partners => {
                &[("steward", One), ("legalForm", Many), ("scale", Many), ("isIkm", One), ("nib", One)]
            }
            Self::Partnerships => &[
                ("organisation", Many),
                ("executingUnit", Many),
                ("memorandum", One),
                ("partner", One),
                ("status", Many),
                ("pattern", Many),
                ("channel", Many),
                ("supplyDirection", One),
                ("batch", Many),
            ],
            Self::Milestones => &[
                ("partnership", Many),
                ("organisation", Many),
                ("type", Many),
                ("status", Many),
                ("reporter", Many),
                ("verifier", Many),
                ("dueFrom", One),
                ("dueUntil", One),
                ("overdue", One),
            ],
            Self::Public => &[("organisation", Many), ("status", Many)],
            Self::Outcomes => &[
                ("partnership", Many),
                ("organisation", Many),
                ("indicator", Many),
                ("status", Many),
                ("quarterFrom", One),
                ("quarterUntil", One),
                ("revised", One),
            ],
            Self::Quarters => &[("status", Many)],
        }
    }
}

/// A row as it is filtered and ordered by; pointers are ids.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Id,
    pub facts: Value,
}

/// What an actor sees of a world.
pub struct Sight<'a> {
    pub world: &'a World,
    /// Whose work; none for everyone's.
    reach: Option<BTreeSet<Id>>,
    pub is_bumn: bool,
}

/// The day from which others have followed an organisation, where they have by today and it has not followed anyone on
/// that day or since.
fn succeeded_on(world: &World, organisation: Id) -> Option<NaiveDate> {
    let in_force = || world.successions.iter().filter(|row| row.effective_on <= today());
    let mut left = in_force()
        .filter(|row| row.predecessor == organisation && row.successor != organisation)
        .map(|row| row.effective_on)
        .collect::<Vec<_>>();
    left.sort();
    let came =
        |day: NaiveDate| in_force().any(|row| row.successor == organisation && row.effective_on >= day);
    left.into_iter().find(|day| !came(*day))
}

/// The last day on which a seat's token reads, where others have followed it: the ninetieth.
pub fn reads_until(world: &World, actor: &Actor) -> Option<NaiveDate> {
    let Actor::Seat { organisation, .. } = actor else { return None };
    succeeded_on(world, *organisation).map(|day| day + Days::new(89))
}

/// Whether the token is turned away, and why: the days of grace are over, or a ministry's seat has not passed yet.
pub fn turned_away(world: &World, actor: &Actor) -> Option<&'static str> {
    let Actor::Seat { organisation, .. } = actor else { return None };
    if reads_until(world, actor).is_some_and(|day| day < today()) {
        return Some("too late");
    }
    let seat = world.organisation(*organisation).seat;
    let is_of_seat = |row: &&Succession| world.organisation(row.predecessor).seat == seat;
    let mut to_it = world
        .successions
        .iter()
        .filter(|row| row.successor == *organisation)
        .filter(is_of_seat)
        .collect::<Vec<_>>();
    // Whoever is renamed before the seat passes has held it already.
    to_it.sort_by_key(|row| (row.effective_on, row.predecessor != *organisation));
    let waits =
        to_it.first().is_some_and(|row| row.effective_on > today() && row.predecessor != *organisation);
    (waits && seat != Some("BUMN")).then_some("too early")
}

/// These, and those that they follow by now, and those that these follow.
fn with_followed(world: &World, some: &[Id]) -> BTreeSet<Id> {
    let mut all: BTreeSet<_> = some.iter().copied().collect();
    loop {
        let followed = world
            .successions
            .iter()
            .filter(|row| row.effective_on <= today() && all.contains(&row.successor));
        let more: BTreeSet<_> = followed.map(|row| row.predecessor).filter(|id| !all.contains(id)).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

impl<'a> Sight<'a> {
    pub fn of(world: &'a World, actor: &Actor) -> Self {
        let (some, is_bumn) = match actor {
            Actor::Seat { organisation, .. } if world.organisation(*organisation).seat == Some("BUMN") => {
                (Some(vec![*organisation]), true)
            }
            Actor::Seat { .. } => (None, false),
            Actor::Auditor(letter) => (letter.clone(), false),
            Actor::Admin => (Some(Vec::new()), false),
        };
        Self { world, reach: some.map(|some| with_followed(world, &some)), is_bumn }
    }

    /// What there is.
    pub fn everything(world: &'a World) -> Self {
        Self { world, reach: None, is_bumn: false }
    }

    pub fn sees(&self, organisation: Id) -> bool {
        self.reach.as_ref().is_none_or(|some| some.contains(&organisation))
    }

    pub fn partnerships(&self) -> impl Iterator<Item = &'a Partnership> {
        self.world.partnerships.iter().filter(|row| self.sees(row.organisation))
    }

    fn sees_partner(&self, partner: Id) -> bool {
        self.reach.is_none()
            || self.partnerships().any(|row| row.places.iter().any(|place| place.partner == partner))
    }

    /// How many of the partnerships are seen by way of another organisation.
    pub fn inherited(&self, actor: &Actor) -> usize {
        let Actor::Seat { organisation, .. } = actor else { return 0 };
        if self.is_bumn {
            self.partnerships().filter(|row| row.organisation != *organisation).count()
        } else {
            0
        }
    }

    /// The rows of a list that are seen.
    pub fn rows(&self, list: List) -> Vec<Row> {
        let row = |id, facts| Row { id, facts };
        let world = self.world;
        match list {
            List::Memoranda => world.memoranda.iter().map(|one| {
                row(one.id, json!({ "title": one.title, "signedOn": one.signed_on }))
            }).collect(),
            List::Organisations => world.organisations.iter().map(|one| {
                row(one.id, json!({ "code": one.code, "kind": one.kind, "seat": one.seat }))
            }).collect(),
            List::Partners => world.partners.iter().filter(|one| self.sees_partner(one.id)).map(|one| row(one.id, json!({
                "name": one.name, "steward": one.steward(), "legalForm": one.legal_form, "scale": one.scale,
                "isIkm": one.is_ikm, "nib": one.nib,
            }))).collect(),
            List::Partnerships => self.partnerships().map(|one| row(one.id, facts_of_partnership(one))).collect(),
            List::Milestones => self.rows_of_milestones(),
            List::Outcomes => rows_of_outcomes(self),
            List::Quarters => rows_of_quarters(world),
            List::Public => world.partnerships.iter().map(|one| {
                let organisation = one.organisation.to_string();
                row(one.public_id, json!({ "title": one.title, "status": one.status, "organisation": organisation }))
            }).collect(),
            List::Places => self.partnerships().flat_map(|one| one.places.iter().map(|place| row(place.id, json!({
                "partnership": one.id.to_string(), "partner": place.partner.to_string(), "lead": place.lead,
            })))).collect(),
        }
    }

    fn rows_of_milestones(&self) -> Vec<Row> {
        let seen = self.world.milestones.iter().filter(|one| self.sees(one.organisation));
        seen.map(|one| {
            let is_open = ["SCHEDULED", "IN_PROGRESS", "RETURNED"].contains(&one.status);
            let facts = json!({
                "title": one.title, "position": one.position, "type": one.kind, "status": one.status,
                "reporter": one.hands.0, "verifier": one.hands.1, "dueOn": one.due_on,
                "overdue": is_open && one.due_on < today(),
                "partnership": one.partnership.to_string(), "organisation": one.organisation.to_string(),
            });
            Row { id: one.id, facts }
        })
        .collect()
    }

    /// Everything that is seen and has an id of its own, by its type.
    pub fn objects(&self) -> BTreeMap<Id, &'static str> {
        let lists = [
            (List::Memoranda, "Memorandum"),
            (List::Organisations, "Organisation"),
            (List::Partners, "Partner"),
            (List::Partnerships, "Partnership"),
            (List::Milestones, "Milestone"),
            (List::Outcomes, "Outcome"),
            (List::Quarters, "Quarter"),
            (List::Public, "PublicPartnership"),
        ];
        let lists = lists.into_iter().filter(|(list, _)| self.is_bumn || *list != List::Public);
        let mut objects: BTreeMap<Id, &'static str> = lists
            .flat_map(|(list, name)| self.rows(list).into_iter().map(move |row| (row.id, name)))
            .collect();
        let seen = self.world.outcomes.iter().filter(|row| objects.contains_key(&row.id));
        let revisions = seen.flat_map(|row| &row.revisions).map(|row| (row.id, "OutcomeRevision"));
        objects.extend(revisions.collect::<Vec<_>>());
        objects
    }
}

fn facts_of_partnership(one: &Partnership) -> Value {
    json!({
        "title": one.title, "status": one.status, "pattern": one.pattern, "channel": one.channel,
        "supplyDirection": one.supply_direction, "batch": one.batch,
        "organisation": one.organisation.to_string(), "memorandum": one.memorandum.to_string(),
        "executingUnit": one.executing_unit.map(|id| id.to_string()),
        "partner": one.places.iter().map(|place| place.partner.to_string()).collect::<Vec<_>>(),
    })
}

pub fn fits(row: &Row, filter: &Value) -> bool {
    let Value::Object(filter) = filter else { return true };
    filter.iter().all(|(name, wanted)| match (name.as_str(), wanted) {
        ("dueFrom", day) => row.facts["dueOn"].as_str() >= day.as_str(),
        ("dueUntil", day) => row.facts["dueOn"].as_str() <= day.as_str(),
        ("quarterFrom", code) => row.facts["quarter"].as_str() >= code.as_str(),
        ("quarterUntil", code) => row.facts["quarter"].as_str() <= code.as_str(),
        (name, Value::Array(some)) => some.contains(&row.facts[name]),
        (name, one) => match &row.facts[name] {
            Value::Array(several) => several.contains(one),
            fact => fact == one,
        },
    })
}

/// The field of the order and whether it descends; none for what is taken where none is given.
pub type Order = Option<(&'static str, bool)>;

pub fn in_order(list: List, mut rows: Vec<Row>, order: Order) -> Vec<Row> {
    let named = |name| list.orders().iter().find(|(field, _)| *field == name);
    let by = order.and_then(|(name, _)| named(name)).or(list.orders().first());
    let key = |row: &Row| by.and_then(|(_, fact)| row.facts[*fact].as_str()).unwrap_or_default().to_owned();
    rows.sort_by_key(|row| (key(row), row.id));
    if order.map_or(list.descends(), |(_, descends)| descends) {
        rows.reverse();
    }
    rows
}

pub fn order_input(order: Order) -> Value {
    let direction = |descends| if descends { "DESC" } else { "ASC" };
    order.map_or(Value::Null, |(field, descends)| json!({ "field": field, "direction": direction(descends) }))
}

//! What an actor must see of a world, by the rules as they are written down. Nothing here is the program's own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::clauses::rows_of_clauses;
use super::comments::rows_of_comments;
use super::delegations::rows_of_delegations;
use super::figures::{moment_text, rows_of_outcomes, rows_of_quarters};
use super::lists::{List, Row};
use super::parties::rows_of_certificates;
use super::references::{is_shared, known_as, references_of_partnership};
use super::revisions::rows_of_revisions;
use super::successions::{rows_of_successions, with_followed};
use super::work::{rows_of_evidence, rows_of_obstacles};
use super::world::{Actor, Id, Partnership, World, today};

/// What an actor sees of a world.
pub struct Sight<'a> {
    pub world: &'a World,
    /// Whose work; none for everyone's.
    reach: Option<BTreeSet<Id>>,
    pub is_bumn: bool,
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

    pub fn sees_everything(&self) -> bool {
        self.reach.is_none()
    }

    pub fn partnerships(&self) -> impl Iterator<Item = &'a Partnership> {
        self.world.partnerships.iter().filter(|row| self.sees(row.organisation))
    }

    pub fn sees_partner(&self, partner: Id) -> bool {
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

    /// What there is to tell in what is seen.
    pub fn kinds(&self) -> Vec<&'static str> {
        let (world, outcomes) = (self.world, self.rows(List::Outcomes));
        let part_of = |seen: usize, all: usize| (1..all).contains(&seen);
        let mine = |organisations: Vec<Id>| {
            let seen = organisations.iter().filter(|id| self.sees(**id)).count();
            part_of(seen, organisations.len())
        };
        let clauses = |sight: &Sight| {
            let rows = rows_of_clauses(sight).into_iter();
            rows.filter(|row| row.facts["hasMilestone"] == true).count()
        };
        let evidence = self.rows(List::Evidence);
        let withdrawn = evidence.iter().filter(|row| row.facts["withdrawn"] == true).count();
        let kinds = [
            ("outcomes of a part", part_of(outcomes.len(), world.outcomes.len())),
            ("revised", outcomes.iter().any(|row| row.facts["revised"] == true)),
            ("agreed", world.quarters.iter().any(|quarter| !quarter.agreements.is_empty())),
            ("obstacles of a part", mine(world.obstacles.iter().map(|one| one.organisation).collect())),
            ("comments of a part", part_of(self.rows(List::Comments).len(), world.comments.len())),
            ("a comment on a quarter", world.comments.iter().any(|one| one.place.is_none())),
            ("delegations of a part", part_of(self.rows(List::Delegations).len(), world.delegations.len())),
            ("evidence of a part", mine(world.evidence.iter().map(|one| one.organisation).collect())),
            ("some withdrawn", part_of(withdrawn, evidence.len())),
            (
                "certificates of a part",
                part_of(self.rows(List::Certificates).len(), world.certificates.len()),
            ),
            ("contacts of a part", {
                let seen = world.contacts.iter().filter(|one| self.sees_partner(one.partner)).count();
                part_of(seen, world.contacts.len())
            }),
            ("a name shared with others", is_shared(world, |id| self.sees(id))),
            ("a clause with others' milestones", clauses(self) < clauses(&Sight::everything(world))),
        ];
        kinds.into_iter().filter(|(_, is_so)| *is_so).map(|(kind, _)| kind).collect()
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
            List::Partnerships => self.partnerships().map(|one| row(one.id, facts_of_partnership(world, one))).collect(),
            List::Milestones => self.rows_of_milestones(),
            List::Outcomes => rows_of_outcomes(self),
            List::Quarters => rows_of_quarters(world),
            List::Clauses => rows_of_clauses(self),
            List::Certificates => rows_of_certificates(self),
            List::Obstacles => rows_of_obstacles(self),
            List::Comments => rows_of_comments(self),
            List::Delegations => rows_of_delegations(self),
            List::Evidence => rows_of_evidence(self),
            List::Revisions => rows_of_revisions(self),
            List::Successions => rows_of_successions(world),
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
                "clause": one.clause.map(|id| id.to_string()), "externalReference": known_as(self.world, one.id),
                "statusSince": moment_text(one.id.moment()),
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
            (List::Clauses, "Clause"),
            (List::Certificates, "Certificate"),
            (List::Obstacles, "Obstacle"),
            (List::Comments, "Comment"),
            (List::Delegations, "Delegation"),
            (List::Evidence, "Evidence"),
            (List::Revisions, "OutcomeRevision"),
            (List::Successions, "Succession"),
            (List::Public, "PublicPartnership"),
        ];
        let lists = lists.into_iter().filter(|(list, _)| self.is_bumn || *list != List::Public);
        let listed =
            lists.flat_map(|(list, name)| self.rows(list).into_iter().map(move |row| (row.id, name)));
        let contacts = self.world.contacts.iter().filter(|one| self.sees_partner(one.partner));
        listed.chain(contacts.map(|one| (one.id, "Contact"))).collect()
    }
}

fn facts_of_partnership(world: &World, one: &Partnership) -> Value {
    json!({
        "title": one.title, "status": one.status, "pattern": one.pattern, "channel": one.channel,
        "supplyDirection": one.supply_direction, "batch": one.batch,
        "organisation": one.organisation.to_string(), "memorandum": one.memorandum.to_string(),
        "executingUnit": one.executing_unit.map(|id| id.to_string()),
        "partner": one.places.iter().map(|place| place.partner.to_string()).collect::<Vec<_>>(),
        "externalReference": references_of_partnership(world, one.id), "statusSince": moment_text(one.id.moment()),
    })
}

//! The questions about objects: all of each noun with what hangs on them, and each by its id.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::asks::{Dice, any_filter, any_order};
use super::figures::{ON_OUTCOME, ON_QUARTER, OUTCOME, QUARTER, on_outcome, on_quarter};
use super::lists::{List, Row, fits, in_order, order_input};
use super::sight::Sight;
use super::successions::reads_until;
use super::world::{Actor, Id, Partnership, point, today};

/// A document with what it must be answered.
pub struct Question {
    pub document: String,
    pub variables: Value,
    pub data: Value,
    /// The keys of the fields that fail, with their codes.
    pub errors: BTreeMap<String, &'static str>,
}

impl Question {
    /// The question for whoever reads that it was answered wrongly: of a long one the lines about a key.
    pub fn about(&self, key: &str) -> String {
        let is_long = self.document.lines().count() > 40;
        let lines = self
            .document
            .lines()
            .filter(|line| !is_long || line.contains(&format!("{key}:")))
            .collect::<Vec<_>>();
        let asked = lines.join("\n");
        let names = self.variables.as_object().into_iter().flatten();
        let names = names.filter(|(name, _)| asked.contains(&format!("${name}")));
        let with = names.map(|(name, value)| format!("\n${name} = {value}")).collect::<String>();
        asked + &with
    }
}

pub const PAGE: &str = "totalCount pageInfo { hasNextPage hasPreviousPage }";

/// All of each noun, with what hangs on it in pages.
fn document(is_bumn: bool) -> String {
    let public =
        "publicPartnerships(first: 100) { nodes { id title status organisation { id } partnerNames } }";
    let partnerships = format!("filter: $pf, orderBy: $po) {{ {PAGE} nodes {{ id }} }}");
    format!(
        "query ($n: Int, $pf: PartnershipFilter, $po: PartnershipOrder, $mf: MilestoneFilter, $mo: MilestoneOrder,
    $of: OutcomeFilter, $oo: OutcomeOrder) {{
  viewer {{ role level today readsUntil organisation {{ id code }} assignment {{ organisations }} }}
  memoranda(first: 100) {{ nodes {{ id title signedOn signatories {{ signedAs organisation {{ id }} }}
    partnerships(last: $n, {partnerships} }} }}
  organisations(first: 100) {{ nodes {{ id code kind seat parent {{ id }} partnerships(first: $n, {partnerships} }} }}
  partners(first: 100) {{ nodes {{ id name steward legalForm scale isIkm nib participations(first: $n) {{ {PAGE}
    nodes {{ lead partner {{ id }} partnership {{ id organisation {{ id }} partners {{ partner {{ id }} }} }} }} }} }} }}
  partnerships(first: 100) {{ nodes {{ id title status pattern channel supplyDirection batch organisation {{ id }}
    executingUnit {{ id }} memorandum {{ id }}
    renewalOf {{ id title milestones {{ totalCount }} outcomes {{ totalCount }} }}
    partners {{ lead partner {{ id name }} }}
    milestones(last: $n, filter: $mf, orderBy: $mo) {{ {PAGE} nodes {{ id dependsOn {{ id }} }} }}
    outcomes(first: $n, filter: $of, orderBy: $oo) {{ {PAGE} nodes {{ id {ON_OUTCOME} }} }} }} }}
  milestones(first: 100) {{ nodes {{ id title position type status reporter verifier dueOn overdue
    organisation {{ id }} partnership {{ id renewalOf {{ id }} }} dependsOn {{ id title }} }} }}
  outcomes(first: 100) {{ nodes {{ id {OUTCOME} {ON_OUTCOME} }} }}
  quarters(first: 100) {{ nodes {{ id {QUARTER} {ON_QUARTER} }} }}
  {}
}}",
        if is_bumn { public } else { "" }
    )
}

/// What hangs on the objects of one document: how much of it, by which filters, in which orders.
struct Hanging<'a> {
    sight: &'a Sight<'a>,
    size: usize,
    /// In order, and only what fits.
    partnerships: Vec<Row>,
    milestones: Vec<Row>,
    outcomes: Vec<Row>,
}

pub fn page(nodes: &[Value], size: usize, backward: bool) -> Value {
    let more = nodes.len() > size;
    let count = nodes.len().min(size);
    let nodes_of_page = if backward { &nodes[nodes.len() - count..] } else { &nodes[..count] };
    json!({
        "totalCount": nodes.len(),
        "pageInfo": { "hasNextPage": more && !backward, "hasPreviousPage": more && backward },
        "nodes": nodes_of_page,
    })
}

/// The facts that are fields of the same name, with the id.
fn fields(row: &Row, names: &str) -> Map<String, Value> {
    let mut fields: Map<_, _> =
        names.split(' ').map(|name| (name.to_owned(), row.facts[name].clone())).collect();
    fields.insert("id".to_owned(), row.id.to_string().into());
    fields
}

/// The same, and more.
pub fn node(row: &Row, names: &str, more: Value) -> Value {
    let mut node = fields(row, names);
    if let Value::Object(more) = more {
        node.extend(more);
    }
    node.into()
}

impl Hanging<'_> {
    fn partnerships_of(&self, fact: &str, parent: Id, backward: bool) -> Value {
        let own = self.partnerships.iter().filter(|row| row.facts[fact] == parent.to_string());
        page(&own.map(|row| point(row.id)).collect::<Vec<_>>(), self.size, backward)
    }

    fn waits_for(&self, id: Id) -> impl Iterator<Item = Id> {
        let own = self.sight.world.milestones.iter().find(|row| row.id == id);
        own.into_iter().flat_map(|row| row.waits_for.iter().map(|(_, on)| *on))
    }

    fn memorandum(&self, row: &Row) -> Value {
        let own = self.sight.world.memoranda.iter().find(|own| own.id == row.id).unwrap();
        let signatory =
            |(at, one): (usize, &Id)| json!({ "signedAs": format!("as {at}"), "organisation": point(*one) });
        let signatories = own.signatories.iter().enumerate().map(signatory).collect::<Vec<_>>();
        let partnerships = self.partnerships_of("memorandum", row.id, true);
        node(row, "title signedOn", json!({ "signatories": signatories, "partnerships": partnerships }))
    }

    fn organisation(&self, row: &Row) -> Value {
        let parent = self.sight.world.organisation(row.id).parent.map(point);
        let partnerships = self.partnerships_of("organisation", row.id, false);
        node(row, "code kind seat", json!({ "parent": parent, "partnerships": partnerships }))
    }

    fn partner(&self, row: &Row) -> Value {
        let mut places =
            self.sight.partnerships().flat_map(|of| of.places.iter().map(move |place| (of, place)));
        let mut own = places.by_ref().filter(|(_, place)| place.partner == row.id).collect::<Vec<_>>();
        own.sort_by_key(|(_, place)| place.id);
        let place = |(of, place): &(&Partnership, &super::world::Place)| {
            let partners = lead_first(of).map(|place| json!({ "partner": point(place.partner) }));
            let partnership = json!({
                "id": of.id.to_string(), "organisation": point(of.organisation), "partners": partners.collect::<Vec<_>>(),
            });
            json!({ "lead": place.lead, "partner": point(place.partner), "partnership": partnership })
        };
        let places = own.iter().map(place).collect::<Vec<_>>();
        let participations = page(&places, self.size, false);
        node(row, "name steward legalForm scale isIkm nib", json!({ "participations": participations }))
    }

    fn partnership(&self, row: &Row) -> Value {
        let world = self.sight.world;
        let own = world.partnership(row.id);
        let renewed = own.renewal_of.and_then(|id| self.sight.partnerships().find(|other| other.id == id));
        let renewed = renewed.map(|other| {
            let count = world.milestones.iter().filter(|one| one.partnership == other.id).count();
            let outcomes = world.outcomes.iter().filter(|one| one.partnership == other.id).count();
            json!({
                "id": other.id.to_string(), "title": other.title, "milestones": { "totalCount": count },
                "outcomes": { "totalCount": outcomes },
            })
        });
        let partners = lead_first(own).map(|place| {
            let partner = world.partners.iter().find(|one| one.id == place.partner).unwrap();
            json!({ "lead": place.lead, "partner": { "id": partner.id.to_string(), "name": partner.name } })
        });
        let milestones = self.milestones.iter().filter(|one| one.facts["partnership"] == row.id.to_string());
        let milestones = milestones.map(|one| {
            let waits_for = self.waits_for(one.id).map(point).collect::<Vec<_>>();
            json!({ "id": one.id.to_string(), "dependsOn": waits_for })
        });
        let outcomes = self.outcomes.iter().filter(|one| one.facts["partnership"] == row.id.to_string());
        let outcomes = outcomes.map(|one| {
            let mut node = on_outcome(world, one.id);
            node["id"] = one.id.to_string().into();
            node
        });
        let more = json!({
            "organisation": point(own.organisation),
            "executingUnit": own.executing_unit.map(point),
            "memorandum": point(own.memorandum),
            "renewalOf": renewed,
            "partners": partners.collect::<Vec<_>>(),
            "milestones": page(&milestones.collect::<Vec<_>>(), self.size, true),
            "outcomes": page(&outcomes.collect::<Vec<_>>(), self.size, false),
        });
        node(row, "title status pattern channel supplyDirection batch", more)
    }

    fn milestone(&self, row: &Row) -> Value {
        let world = self.sight.world;
        let own = world.milestones.iter().find(|own| own.id == row.id).unwrap();
        let renewed = world.partnership(own.partnership).renewal_of;
        let renewed = renewed.filter(|id| self.sight.partnerships().any(|one| one.id == *id));
        let waits_for = self.waits_for(row.id).map(|id| {
            let on = world.milestones.iter().find(|on| on.id == id).unwrap();
            json!({ "id": id.to_string(), "title": on.title })
        });
        let more = json!({
            "organisation": point(own.organisation),
            "partnership": { "id": own.partnership.to_string(), "renewalOf": renewed.map(point) },
            "dependsOn": waits_for.collect::<Vec<_>>(),
        });
        node(row, "title position type status reporter verifier dueOn overdue", more)
    }

    fn public(&self, row: &Row) -> Value {
        let world = self.sight.world;
        let own = world.partnerships.iter().find(|own| own.public_id == row.id).unwrap();
        let partners =
            world.partners.iter().filter(|one| own.places.iter().any(|place| place.partner == one.id));
        let mut names: Vec<_> = partners.filter(|one| one.name_public).map(|one| &one.name).collect();
        names.sort();
        node(row, "title status", json!({ "organisation": point(own.organisation), "partnerNames": names }))
    }
}

fn lead_first(partnership: &Partnership) -> impl Iterator<Item = &super::world::Place> {
    let leads = partnership.places.iter().filter(|place| place.lead);
    leads.chain(partnership.places.iter().filter(|place| !place.lead))
}

/// All of each noun, with what hangs on it.
pub fn everything(sight: &Sight, actor: &Actor, dice: &mut Dice) -> Question {
    let [partnerships, milestones, outcomes] =
        [List::Partnerships, List::Milestones, List::Outcomes].map(|list| {
            let filter = if dice.one_in(2) { Value::Null } else { any_filter(sight.world, list, dice) };
            (list, filter, any_order(list, dice))
        });
    let hanging_of = |(list, filter, order): &(List, Value, _)| {
        in_order(*list, sight.rows(*list).into_iter().filter(|row| fits(row, filter)).collect(), *order)
    };
    let size = 1 + dice.below(4);
    let hanging = Hanging {
        sight,
        size,
        partnerships: hanging_of(&partnerships),
        milestones: hanging_of(&milestones),
        outcomes: hanging_of(&outcomes),
    };
    let all = |list, node: &dyn Fn(&Row) -> Value| {
        let rows = in_order(list, sight.rows(list), None);
        json!({ "nodes": rows.iter().map(node).collect::<Vec<_>>() })
    };
    let mut data = json!({
        "viewer": viewer(sight, actor),
        "memoranda": all(List::Memoranda, &|row| hanging.memorandum(row)),
        "organisations": all(List::Organisations, &|row| hanging.organisation(row)),
        "partners": all(List::Partners, &|row| hanging.partner(row)),
        "partnerships": all(List::Partnerships, &|row| hanging.partnership(row)),
        "milestones": all(List::Milestones, &|row| hanging.milestone(row)),
        "outcomes": all(List::Outcomes, &|row| node(row, OUTCOME, on_outcome(sight.world, row.id))),
        "quarters": all(List::Quarters, &|row| node(row, QUARTER, on_quarter(sight.world, row.id))),
    });
    if sight.is_bumn {
        data["publicPartnerships"] = all(List::Public, &|row| hanging.public(row));
    }
    let variables = json!({
        "n": size,
        "pf": partnerships.1, "po": order_input(partnerships.2),
        "mf": milestones.1, "mo": order_input(milestones.2),
        "of": outcomes.1, "oo": order_input(outcomes.2),
    });
    Question { document: document(sight.is_bumn), variables, data, errors: BTreeMap::new() }
}

fn viewer(sight: &Sight, actor: &Actor) -> Value {
    let world = sight.world;
    let mut viewer = json!({
        "role": "AUDITOR", "level": null, "today": today(), "readsUntil": reads_until(world, actor),
        "organisation": null, "assignment": null,
    });
    match actor {
        Actor::Seat { organisation, level } => {
            let own = world.organisation(*organisation);
            viewer["role"] = own.seat.into();
            viewer["level"] = (*level).into();
            viewer["organisation"] = json!({ "id": own.id.to_string(), "code": own.code });
        }
        Actor::Auditor(letter) => {
            let code = |id: &Id| world.organisation(*id).code.clone();
            let codes = letter.as_ref().map(|some| some.iter().map(code).collect::<Vec<_>>());
            viewer["assignment"] = json!({ "organisations": codes });
        }
        Actor::Admin => {}
    }
    viewer
}

/// Documents that are refused as a whole, by the role.
pub fn refused(sight: &Sight, actor: &Actor) -> Vec<&'static str> {
    const PUBLIC: [&str; 3] = [
        "{ publicPartnerships { totalCount } }",
        "{ publicPartnership(id: \"x\") { id } }",
        "{ publicPartner(nib: \"0000000000007\") { name } }",
    ];
    const NOUNS: [&str; 28] = [
        "{ node(id: \"x\") { id } }",
        "{ memoranda { totalCount } }",
        "{ memorandum(id: \"x\") { id } }",
        "{ organisations { totalCount } }",
        "{ organisation(id: \"x\") { id } }",
        "{ partners { totalCount } }",
        "{ partner(id: \"x\") { id } }",
        "{ partnerships { totalCount } viewer { role } }",
        "{ partnership(id: \"x\") { id } }",
        "{ milestones { totalCount } }",
        "{ milestone(id: \"x\") { id } }",
        "{ outcomes { totalCount } }",
        "{ outcomes(filter: { revised: true }) { nodes { revisions { number } } } }",
        "{ outcome(id: \"x\") { id } }",
        "{ quarters { nodes { agreements { seat } } } }",
        "{ quarter(code: \"2021-Q3\") { id } }",
        "{ clauses(filter: { hasMilestone: true }) { totalCount } }",
        "{ clause(id: \"x\") { milestones { totalCount } } }",
        "{ certificates { totalCount } }",
        "{ certificate(id: \"x\") { partner { contacts { mask } } } }",
        "{ obstacles { totalCount } }",
        "{ obstacle(id: \"x\") { id } }",
        "{ evidenceItems { nodes { sha256 } } }",
        "{ evidence(id: \"x\") { id } }",
        "{ outcomeRevisions { totalCount } }",
        "{ outcomeRevision(id: \"x\") { id } }",
        "{ successions { totalCount } }",
        "{ succession(id: \"x\") { id } }",
    ];
    match actor {
        Actor::Admin => NOUNS.into_iter().chain(PUBLIC).collect(),
        _ if sight.is_bumn => vec!["{ viewer { role } journal { totalCount } }"],
        _ => PUBLIC.to_vec(),
    }
}

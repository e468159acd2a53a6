//! The question about what surrounds the work: clauses, certificates, obstacles, delegations, evidence, revisions, successions, and what
//! of them hangs on everything else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::asks::{Dice, any_filter, any_order};
use super::clauses::{CLAUSE, ON_MEMORANDUM, on_memorandum};
use super::comments::{COMMENT, ON_COMMENT, on_comment};
use super::delegations::{DELEGATION, ON_DELEGATION, on_delegation};
use super::lists::{List, Row, fits, in_order, order_input};
use super::parties::{CERTIFICATE, ON_CERTIFICATE, ON_PARTNER, on_certificate, on_partner};
use super::questions::{PAGE, Question, node, page};
use super::references::{RESCHEDULES, references_of_milestone, references_of_partnership, reschedules};
use super::revisions::{ON_REVISION, REVISION, on_revision};
use super::sight::Sight;
use super::successions::{ON_ORGANISATION, ON_SUCCESSION, SUCCESSION, on_organisation, on_succession};
use super::work::{EVIDENCE, OBSTACLE, ON_EVIDENCE, ON_OBSTACLE, on_evidence, on_obstacle};
use super::world::point;

/// What hangs on objects in pages, and a field of each that is a fact of the same name.
const HANGING: [(&str, List, &str); 5] = [
    ("clauses", List::Clauses, "title"),
    ("milestones", List::Milestones, "status"),
    ("certificates", List::Certificates, "number"),
    ("obstacles", List::Obstacles, "overdue"),
    ("evidence", List::Evidence, "withdrawnAt"),
];

fn document() -> String {
    let variables = HANGING.map(|(field, list, _)| {
        format!("$f_{field}: {0}Filter, $o_{field}: {0}Order, $s_{field}: Int, $e_{field}: Int", list.input())
    });
    let [clauses, milestones, certificates, obstacles, evidence] = HANGING.map(|(field, _, fact)| {
        let arguments =
            format!("first: $s_{field}, last: $e_{field}, filter: $f_{field}, orderBy: $o_{field}");
        format!("{field}({arguments}) {{ {PAGE} nodes {{ id {fact} }} }}")
    });
    let comments = format!("comments(last: 2) {{ {PAGE} nodes {{ id {COMMENT} {ON_COMMENT} }} }}");
    format!(
        "query ({}) {{
  memoranda(first: 100) {{ nodes {{ id title {ON_MEMORANDUM} {clauses} }} }}
  clauses(first: 100) {{ nodes {{ id {CLAUSE} memorandum {{ id }} {milestones} }} }}
  organisations(first: 100) {{ nodes {{ id code {ON_ORGANISATION} }} }}
  successions(first: 100) {{ nodes {{ id {SUCCESSION} {ON_SUCCESSION} }} }}
  partners(first: 100) {{ nodes {{ id name {ON_PARTNER} {certificates} }} }}
  certificates(first: 100) {{ nodes {{ id {CERTIFICATE} {ON_CERTIFICATE} }} }}
  partnerships(first: 100) {{ nodes {{ id statusSince externalReferences {{ system value }} {obstacles} {evidence} {comments} }} }}
  quarters(first: 100) {{ nodes {{ id code {comments} }} }}
  milestones(first: 100) {{ nodes {{ id statusSince clause {{ id }} externalReferences {{ system value }}
    {RESCHEDULES} {obstacles} {evidence} }} }}
  obstacles(first: 100) {{ nodes {{ id {OBSTACLE} {ON_OBSTACLE} }} }}
  delegations(first: 100) {{ nodes {{ id {DELEGATION} {ON_DELEGATION} }} }}
  evidenceItems(first: 100) {{ nodes {{ id {EVIDENCE} {ON_EVIDENCE} }} }}
  outcomeRevisions(first: 100) {{ nodes {{ id {REVISION} {ON_REVISION} }} }}
}}",
        variables.join(", ")
    )
}

/// What hangs on the objects of one document: how much of it, from which end, and what fits, in order.
struct Hanging {
    fact: &'static str,
    size: usize,
    backward: bool,
    rows: Vec<Row>,
}

impl Hanging {
    fn on(&self, parent: &'static str, id: super::world::Id) -> Value {
        let own = self.rows.iter().filter(|row| row.facts[parent] == id.to_string());
        let nodes = own.map(|row| node(row, self.fact, Value::Null)).collect::<Vec<_>>();
        page(&nodes, self.size, self.backward)
    }
}

pub fn surroundings(sight: &Sight, dice: &mut Dice) -> Question {
    let (world, mut variables) = (sight.world, Map::new());
    let [clauses, milestones, certificates, obstacles, evidence] = HANGING.map(|(field, list, fact)| {
        let filter = if dice.one_in(2) { Value::Null } else { any_filter(world, list, dice) };
        let (order, size, backward) = (any_order(list, dice), 1 + dice.below(4), dice.one_in(2));
        let rows = sight.rows(list).into_iter().filter(|row| fits(row, &filter)).collect();
        let rows = in_order(list, rows, order);
        variables.insert(format!("f_{field}"), filter);
        variables.insert(format!("o_{field}"), order_input(order));
        variables.insert(format!("{}_{field}", if backward { "e" } else { "s" }), size.into());
        Hanging { fact, size, backward, rows }
    });
    let said = sight.rows(List::Comments);
    let comments = |subject: &'static str, id: super::world::Id| {
        let own = said.iter().filter(|row| row.facts[subject] == id.to_string()).cloned().collect();
        let own = in_order(List::Comments, own, None);
        let nodes = own.iter().map(|row| node(row, COMMENT, on_comment(world, row.id))).collect::<Vec<_>>();
        page(&nodes, 2, true)
    };
    let all = |list, names: &str, more: &dyn Fn(&Row) -> Value| {
        let rows = in_order(list, sight.rows(list), None);
        json!({ "nodes": rows.iter().map(|row| node(row, names, more(row))).collect::<Vec<_>>() })
    };
    let with = |mut more: Value, field: &str, value: Value| {
        more[field] = value;
        more
    };
    let data = json!({
        "memoranda": all(List::Memoranda, "title", &|row| {
            with(on_memorandum(world, row.id), "clauses", clauses.on("memorandum", row.id))
        }),
        "clauses": all(List::Clauses, CLAUSE, &|row| json!({
            "memorandum": { "id": row.facts["memorandum"] }, "milestones": milestones.on("clause", row.id),
        })),
        "organisations": all(List::Organisations, "code", &|row| on_organisation(world, row.id)),
        "successions": all(List::Successions, SUCCESSION, &|row| on_succession(world, row.id)),
        "partners": all(List::Partners, "name", &|row| {
            with(on_partner(world, row.id), "certificates", certificates.on("partner", row.id))
        }),
        "certificates": all(List::Certificates, CERTIFICATE, &|row| on_certificate(world, row.id)),
        "partnerships": all(List::Partnerships, "statusSince", &|row| json!({
            "externalReferences": references_of_partnership(world, row.id),
            "obstacles": obstacles.on("partnership", row.id), "evidence": evidence.on("partnership", row.id),
            "comments": comments("partnership", row.id),
        })),
        "quarters": all(List::Quarters, "code", &|row| json!({ "comments": comments("quarter", row.id) })),
        "milestones": all(List::Milestones, "statusSince", &|row| {
            let mut more = reschedules(world, row.id);
            more["clause"] = world.milestone(row.id).clause.map(point).into();
            more["externalReferences"] = references_of_milestone(world, row.id);
            more["obstacles"] = obstacles.on("milestone", row.id);
            with(more, "evidence", evidence.on("milestone", row.id))
        }),
        "obstacles": all(List::Obstacles, OBSTACLE, &|row| on_obstacle(world, row.id)),
        "delegations": all(List::Delegations, DELEGATION, &|row| on_delegation(sight, row.id)),
        "evidenceItems": all(List::Evidence, EVIDENCE, &|row| on_evidence(world, row.id)),
        "outcomeRevisions": all(List::Revisions, REVISION, &|row| on_revision(world, row.id)),
    });
    Question { document: document(), variables: variables.into(), data, errors: BTreeMap::new() }
}

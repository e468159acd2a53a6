//! How columns of an image are told as fields of the API. Pure.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use crate::access::{Role, table};
use crate::nouns::ids::Noun;
use crate::types::GlobalId;

/// A row's image, by column.
pub type Image = serde_json::Map<String, Value>;

/// What objects an image may name: those that are out of reach are left out. A noun that is not a key is all in reach.
pub type InReach = HashMap<Noun, HashSet<Uuid>>;

/// A column that is told otherwise than by its own name in camel case.
struct Otherwise {
    noun: Noun,
    column: &'static str,
    /// Empty where it is not told at all.
    field: &'static str,
    /// What the role must reach besides, where the value is a member of what the field gives.
    member: Option<(&'static str, &'static str)>,
    /// The column that is told where this one is null.
    or: Option<&'static str>,
}

const fn value(column: &'static str, field: &'static str, member: &'static str) -> Otherwise {
    let member = Some(("PartnershipValue", member));
    Otherwise { noun: Noun::Partnership, column, field, member, or: None }
}

/// What the acts themselves tell is not told again: since when a status holds, by when it was recorded.
const fn untold(noun: Noun, column: &'static str) -> Otherwise {
    Otherwise { noun, column, field: "", member: None, or: None }
}

const OTHERWISE: [Otherwise; 16] = [
    value("potential_value", "potentialValue", "amount"),
    value("potential_source", "potentialValue", "source"),
    value("potential_on", "potentialValue", "asOf"),
    value("estimated_value", "estimatedValue", "amount"),
    value("estimated_source", "estimatedValue", "source"),
    value("estimated_on", "estimatedValue", "asOf"),
    value("contracted_value", "contractedValue", "amount"),
    value("contracted_source", "contractedValue", "source"),
    value("contracted_on", "contractedValue", "asOf"),
    Otherwise { noun: Noun::Outcome, column: "revised", field: "latest", member: None, or: Some("actual") },
    // It counts what `Outcome.revisions` lists.
    untold(Noun::Outcome, "revisions"),
    untold(Noun::Partnership, "status_since"),
    untold(Noun::Milestone, "status_since"),
    untold(Noun::Outcome, "status_since"),
    untold(Noun::OutcomeRevision, "status_since"),
    untold(Noun::Obstacle, "status_since"),
];

/// Columns that name an object of another noun than their own name says.
const REFERENCES: [(&str, Noun); 10] = [
    ("attacher_organisation", Noun::Organisation),
    ("executing_unit", Noun::Organisation),
    ("parent", Noun::Organisation),
    ("predecessor", Noun::Organisation),
    ("raiser_organisation", Noun::Organisation),
    ("renewal_of", Noun::Partnership),
    ("reporter_organisation", Noun::Organisation),
    ("successor", Noun::Organisation),
    ("verifier_organisation", Noun::Organisation),
    ("writer_organisation", Noun::Organisation),
];

/// A column of a noun's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    /// It holds the id of a row.
    pub is_id: bool,
}

/// A column that is told, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    column: &'static str,
    or: Option<&'static str>,
    /// The field's coordinate, and the member of what it gives: `Milestone.dueOn`, `Partnership.potentialValue.source`.
    pub field: String,
    /// The noun of the object that it names.
    pub names: Option<Noun>,
}

/// What one change did to one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// The columns of a noun's table that a role is told today: those that are fields which it reaches.
pub fn told(role: Role, noun: Noun, columns: impl Iterator<Item = Column>) -> Vec<Told> {
    columns
        .filter(|column| !matches!(column.name, "id" | "version"))
        .filter_map(|c| tell(role, noun, c))
        .collect()
}

fn tell(role: Role, noun: Noun, column: Column) -> Option<Told> {
    let otherwise = OTHERWISE.iter().find(|other| other.noun == noun && other.column == column.name);
    let field = otherwise.map_or_else(|| camel_case(column.name), |other| other.field.to_owned());
    let member = otherwise.and_then(|other| other.member);
    if !table::allows(role, noun.object(), &field)
        || member.is_some_and(|(object, field)| !table::allows(role, object, field))
    {
        return None;
    }
    let names = if column.is_id { Some(reference(column.name)?) } else { None };
    let member = member.map(|(_, member)| format!(".{member}")).unwrap_or_default();
    Some(Told {
        column: column.name,
        or: otherwise.and_then(|other| other.or),
        field: format!("{}.{field}{member}", noun.object()),
        names,
    })
}

/// The noun of the objects that a column names. One that is not known here is not told.
fn reference(column: &str) -> Option<Noun> {
    let other = REFERENCES.iter().find(|(name, _)| *name == column).map(|(_, noun)| *noun);
    other.or_else(|| Noun::named(column))
}

fn camel_case(column: &str) -> String {
    let mut words = column.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let head = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &head.into_iter().chain(letters).collect::<String>()
    })
}

/// The objects that an image names, by noun.
pub fn names<'a>(told: &'a [Told], image: &'a Image) -> impl Iterator<Item = (Noun, Uuid)> + 'a {
    told.iter().filter_map(|told| Some((told.names?, id(image.get(told.column)?)?)))
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

/// The fields whose value is another after a change than before; without an image there is no row.
pub fn differences(
    told: &[Told],
    old: Option<&Image>,
    new: Option<&Image>,
    in_reach: &InReach,
) -> Vec<FieldChange> {
    let differs = |told: &Told| {
        let text = |image: Option<&Image>| image.and_then(|image| text(told, image, in_reach));
        let (old, new) = (text(old), text(new));
        (old != new).then(|| FieldChange { field: told.field.clone(), old, new })
    };
    told.iter().filter_map(differs).collect()
}

/// A value as the API shows it. Images have money, decimals, moments, days and codes in the API's own form.
fn text(told: &Told, image: &Image, in_reach: &InReach) -> Option<String> {
    let is_given = |column| image.get(column).filter(|value| !value.is_null());
    let value = is_given(told.column).or_else(|| is_given(told.or?))?;
    let Some(noun) = told.names else {
        return Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    };
    let id = id(value)?;
    let is_seen = in_reach.get(&noun).is_none_or(|seen| seen.contains(&id));
    is_seen.then(|| GlobalId { noun: noun.as_str(), id }.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::store::columns;
    use super::*;
    use crate::journal::Projected;
    use crate::nouns::{
        certificates, clauses, comments, contacts, delegations, evidence, memoranda, milestones, obstacles,
        organisations, outcomes, partners, partnerships, quarters,
    };

    /// The columns that a role is told nothing of; what it is told is each a field of the access table.
    fn untold<E: Projected>(role: Role, noun: Noun) -> Vec<&'static str> {
        let told = told(role, noun, columns::<E>());
        for told in &told {
            let mut path = told.field.split('.');
            assert_eq!(path.next(), Some(noun.object()));
            assert!(table::allows(role, noun.object(), path.next().unwrap()), "{}", told.field);
            assert_eq!(path.next().is_some(), told.field.contains("Value."), "{}", told.field);
        }
        let is_told = |name: &str| told.iter().any(|told| told.column == name);
        columns::<E>().map(|column| column.name).filter(|name| !is_told(name)).collect()
    }

    /// A new column that is no field, or names objects of a noun that is not known here, fails this: it is then told
    /// nothing of, and that is either meant or to be put right above.
    #[test]
    fn every_column_is_told_but_these() {
        use Noun::*;
        for role in [Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn, Role::Bumn, Role::Auditor] {
            let untold = [
                untold::<memoranda::entity::memorandum::Entity>(role, Memorandum),
                untold::<organisations::entity::organisation::Entity>(role, Organisation),
                untold::<partners::entity::partner::Entity>(role, Partner),
                untold::<partnerships::entity::partnership::Entity>(role, Partnership),
                untold::<milestones::entity::milestone::Entity>(role, Milestone),
                untold::<outcomes::entity::outcome::Entity>(role, Outcome),
                untold::<quarters::entity::quarter::Entity>(role, Quarter),
                untold::<clauses::entity::clause::Entity>(role, Clause),
                untold::<certificates::entity::certificate::Entity>(role, Certificate),
                untold::<contacts::entity::contact::Entity>(role, Contact),
                untold::<obstacles::entity::obstacle::Entity>(role, Obstacle),
                untold::<comments::entity::comment::Entity>(role, Comment),
                untold::<evidence::entity::evidence::Entity>(role, Evidence),
                untold::<outcomes::entity::outcome_revision::Entity>(role, OutcomeRevision),
                untold::<organisations::entity::succession::Entity>(role, Succession),
                untold::<delegations::entity::delegation::Entity>(role, Delegation),
            ];
            assert_eq!(
                untold,
                [
                    vec!["id", "version"],
                    vec!["id", "version"],
                    vec!["id", "version", "name_public"],
                    vec!["id", "version", "status_since", "public_id"],
                    vec!["id", "version", "status_since"],
                    vec!["id", "version", "revisions", "status_since"],
                    vec!["id", "version", "locked_by"],
                    vec!["id", "version"],
                    vec!["id", "version"],
                    vec!["id", "version", "hash"],
                    vec!["id", "version", "status_since"],
                    // What it is of is told by the comment itself, and never changes.
                    vec!["id", "version", "subject_noun", "subject"],
                    vec!["id", "version"],
                    vec!["id", "version", "status_since"],
                    vec!["id", "version"],
                    vec!["id", "version"],
                ],
                "{role:?}"
            );
        }
        assert!(
            told(Role::Admin, Milestone, columns::<milestones::entity::milestone::Entity>()).is_empty(),
            "an administrator reaches no field of a milestone"
        );
    }

    #[test]
    fn a_column_of_ids_that_names_nobody_knows_whom_is_not_told() {
        let column = |is_id| Column { name: "report", is_id };
        assert_eq!(told(Role::Bumn, Noun::Milestone, [column(false)].into_iter()).len(), 1);
        assert_eq!(told(Role::Bumn, Noun::Milestone, [column(true)].into_iter()), []);
    }

    #[test]
    fn a_figure_that_was_not_revised_is_the_latest() {
        let told = told(Role::Bumn, Noun::Outcome, columns::<outcomes::entity::outcome::Entity>());
        let image = |actual: Value, revised: Value| {
            Image::from_iter([("actual".to_owned(), actual), ("revised".to_owned(), revised)])
        };
        let changes = |old: &Image, new: &Image| {
            let changes = differences(&told, Some(old), Some(new), &InReach::new());
            changes.into_iter().map(|change| (change.field, change.old, change.new)).collect::<Vec<_>>()
        };
        let change = |field: &str, old: Option<&str>, new: &str| {
            (format!("Outcome.{field}"), old.map(str::to_owned), Some(new.to_owned()))
        };
        let (none, five, six) = (
            image(Value::Null, Value::Null),
            image("5".into(), Value::Null),
            image("5".into(), "6.5".into()),
        );
        assert_eq!(changes(&none, &five), [change("actual", None, "5"), change("latest", None, "5")]);
        assert_eq!(changes(&five, &six), [change("latest", Some("5"), "6.5")]);
    }
}

//! The lists that the API has: by what each is filtered and in which orders it stands.

use serde_json::{Value, json};

use super::world::Id;

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
    Clauses,
    Certificates,
    Obstacles,
    Comments,
    Delegations,
    Evidence,
    Revisions,
    Successions,
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
            Self::Clauses => "Clause",
            Self::Certificates => "Certificate",
            Self::Obstacles => "Obstacle",
            Self::Comments => "Comment",
            Self::Delegations => "Delegation",
            Self::Evidence => "Evidence",
            Self::Revisions => "OutcomeRevision",
            Self::Successions => "Succession",
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
            Self::Places | Self::Comments => &[],
            Self::Outcomes => &[("QUARTER", "quarter"), ("RECORDED", "")],
            Self::Quarters => &[("CODE", "code")],
            Self::Clauses => &[("POSITION", "position")],
            Self::Certificates => &[("NUMBER", "number"), ("RECORDED", "")],
            Self::Obstacles => &[("RAISED_AT", "raisedAt")],
            Self::Delegations => &[("GRANTED_AT", "grantedAt")],
            Self::Evidence => &[("ATTACHED_AT", "attachedAt")],
            Self::Revisions => &[("REPORTED_AT", "reportedAt")],
            Self::Successions => &[("EFFECTIVE_ON", "effectiveOn")],
        }
    }

    /// Whether it descends where no order is given.
    fn descends(self) -> bool {
        matches!(
            self,
            Self::Outcomes
                | Self::Quarters
                | Self::Obstacles
                | Self::Delegations
                | Self::Evidence
                | Self::Revisions
        )
    }

    /// The last is asked for more often: it is more than a column's value, where any is.
    pub fn filters(self) -> &'static [(&'static str, Given)] {
        use Given::{Many, One};
        match self {
            Self::Memoranda | Self::Places | Self::Comments => &[],
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
                ("externalReference", One),
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
                ("clause", Many),
                ("externalReference", One),
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
            Self::Clauses => &[("memorandum", Many), ("hasMilestone", One)],
            Self::Certificates => &[
                ("partner", Many),
                ("kind", Many),
                ("number", Many),
                ("validUntilFrom", One),
                ("validUntilUntil", One),
            ],
            Self::Obstacles => &[
                ("partnership", Many),
                ("organisation", Many),
                ("milestone", Many),
                ("category", Many),
                ("severity", Many),
                ("status", Many),
                ("owner", Many),
                ("dueFrom", One),
                ("dueUntil", One),
                ("overdue", One),
            ],
            Self::Delegations => {
                &[("organisation", Many), ("grantee", Many), ("action", Many), ("inForce", One)]
            }
            Self::Evidence => &[
                ("partnership", Many),
                ("organisation", Many),
                ("milestone", Many),
                ("kind", Many),
                ("number", Many),
                ("sha256", Many),
                ("withdrawn", One),
            ],
            Self::Revisions => &[
                ("partnership", Many),
                ("organisation", Many),
                ("quarter", One),
                ("status", Many),
                ("indicator", Many),
            ],
            Self::Successions => &[("organisation", Many), ("kind", Many)],
        }
    }
}

/// A row as it is filtered and ordered by; pointers are ids.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Id,
    pub facts: Value,
}

/// The filters that bound a fact: the fact, and whether from below.
const BOUNDS: [(&str, &str, bool); 6] = [
    ("dueFrom", "dueOn", true),
    ("dueUntil", "dueOn", false),
    ("quarterFrom", "quarter", true),
    ("quarterUntil", "quarter", false),
    ("validUntilFrom", "validUntil", true),
    ("validUntilUntil", "validUntil", false),
];

/// The fact that a filter is about.
pub fn fact_of(filter: &'static str) -> &'static str {
    BOUNDS.into_iter().find(|(name, ..)| *name == filter).map_or(filter, |(_, fact, _)| fact)
}

/// What is not known fits nothing but another fact.
pub fn fits(row: &Row, filter: &Value) -> bool {
    let Value::Object(filter) = filter else { return true };
    filter.iter().all(|(name, wanted)| {
        if let Some((_, fact, from)) = BOUNDS.into_iter().find(|(own, ..)| own == name) {
            let known = row.facts[fact].as_str().zip(wanted.as_str());
            return known.is_some_and(|(known, bound)| if from { known >= bound } else { known <= bound });
        }
        let is_wanted = |fact: &Value| match wanted {
            Value::Array(some) => some.contains(fact),
            one => fact == one,
        };
        match &row.facts[name] {
            Value::Array(several) => several.iter().any(is_wanted),
            fact => is_wanted(fact),
        }
    })
}

/// The field of the order and whether it descends; none for what is taken where none is given.
pub type Order = Option<(&'static str, bool)>;

pub fn in_order(list: List, mut rows: Vec<Row>, order: Order) -> Vec<Row> {
    let named = |name| list.orders().iter().find(|(field, _)| *field == name);
    let by = order.and_then(|(name, _)| named(name)).or(list.orders().first());
    let key = |row: &Row| match by.map_or(&Value::Null, |(_, fact)| &row.facts[*fact]) {
        Value::Number(number) => format!("{:>20}", number.to_string()),
        fact => fact.as_str().unwrap_or_default().to_owned(),
    };
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

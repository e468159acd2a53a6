//! Worlds in plain structs, and how a world gets into a database: by SQL, behind the program's back.

use std::fmt;

use chrono::NaiveDate;
use kemitraan::types::GlobalId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::clauses::{self, Baseline, Clause};
use super::comments::{self, Comment};
use super::delegations::{self, Delegation};
use super::figures::{self, Outcome, Quarter};
use super::parties::{self, Account, Certificate, Contact};
use super::references::{self, Reference, Reschedule};
use super::script::{Script, null_or, text_of};
use super::successions::{self, Succession};
use super::work::{self, Evidence, Obstacle};
use crate::support::Backend;

/// An id, shown as the API shows it, ordered as the databases order it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(pub Uuid, pub &'static str);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        GlobalId { noun: self.1, id: self.0 }.fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Id {
    /// A time of the row's own, in microseconds.
    pub fn moment(self) -> i64 {
        i64::try_from(self.0.as_u128() % 1_000_000_007).unwrap() * 1_000
    }
}

pub fn point(id: Id) -> Value {
    json!({ "id": id.to_string() })
}

#[derive(Debug, Clone)]
pub struct Organisation {
    pub id: Id,
    pub code: String,
    pub kind: &'static str,
    pub seat: Option<&'static str>,
    pub parent: Option<Id>,
}

#[derive(Debug, Clone)]
pub struct Memorandum {
    pub id: Id,
    pub title: String,
    pub signed_on: NaiveDate,
    pub signatories: Vec<Id>,
}

#[derive(Debug, Clone)]
pub struct Partner {
    pub id: Id,
    pub name: String,
    pub legal_form: &'static str,
    pub scale: &'static str,
    pub is_ikm: bool,
    pub nib: Option<String>,
    pub name_public: bool,
}

#[derive(Debug, Clone)]
pub struct Partnership {
    pub id: Id,
    pub public_id: Id,
    pub organisation: Id,
    pub executing_unit: Option<Id>,
    pub memorandum: Id,
    pub renewal_of: Option<Id>,
    pub title: String,
    pub status: &'static str,
    pub pattern: &'static str,
    pub channel: &'static str,
    pub supply_direction: &'static str,
    pub batch: &'static str,
    /// In the order of their ids.
    pub places: Vec<Place>,
}

/// A partner's place in a partnership.
#[derive(Debug, Clone)]
pub struct Place {
    pub id: Id,
    pub partner: Id,
    pub lead: bool,
}

#[derive(Debug, Clone)]
pub struct Milestone {
    pub id: Id,
    pub partnership: Id,
    pub organisation: Id,
    pub position: usize,
    pub kind: &'static str,
    pub title: String,
    pub hands: (&'static str, &'static str),
    pub due_on: NaiveDate,
    pub status: &'static str,
    pub clause: Option<Id>,
    /// What it waits for, each by the id of the row that says so, in the order of those.
    pub waits_for: Vec<(Id, Id)>,
}

#[derive(Clone, Default)]
pub struct World {
    pub organisations: Vec<Organisation>,
    pub successions: Vec<Succession>,
    pub memoranda: Vec<Memorandum>,
    pub partners: Vec<Partner>,
    pub partnerships: Vec<Partnership>,
    pub milestones: Vec<Milestone>,
    pub quarters: Vec<Quarter>,
    pub outcomes: Vec<Outcome>,
    pub clauses: Vec<Clause>,
    pub baselines: Vec<Baseline>,
    pub certificates: Vec<Certificate>,
    pub accounts: Vec<Account>,
    pub contacts: Vec<Contact>,
    pub references: Vec<Reference>,
    pub reschedules: Vec<Reschedule>,
    pub obstacles: Vec<Obstacle>,
    pub evidence: Vec<Evidence>,
    pub comments: Vec<Comment>,
    pub delegations: Vec<Delegation>,
}

#[derive(Debug, Clone)]
pub enum Actor {
    Seat {
        organisation: Id,
        level: &'static str,
    },
    /// Whose letter covers these, or the programme.
    Auditor(Option<Vec<Id>>),
    Admin,
}

/// One world and one actor in it. All questions follow from the dice.
#[derive(Clone)]
pub struct Case {
    pub world: World,
    pub actor: Actor,
    pub dice: u64,
    /// Of today in Jakarta.
    pub second: u32,
}

/// A row a line: a world is read by whoever looks for what went wrong in it.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn lines<T: fmt::Debug>(f: &mut fmt::Formatter<'_>, rows: &[T]) -> fmt::Result {
            rows.iter().try_for_each(|row| writeln!(f, "  {row:?}"))
        }
        let world = &self.world;
        writeln!(f, "world:")?;
        lines(f, &world.organisations)?;
        lines(f, &world.successions)?;
        lines(f, &world.memoranda)?;
        lines(f, &world.clauses)?;
        lines(f, &world.baselines)?;
        lines(f, &world.partners)?;
        lines(f, &world.certificates)?;
        lines(f, &world.accounts)?;
        lines(f, &world.contacts)?;
        lines(f, &world.partnerships)?;
        lines(f, &world.milestones)?;
        lines(f, &world.quarters)?;
        lines(f, &world.outcomes)?;
        lines(f, &world.references)?;
        lines(f, &world.reschedules)?;
        lines(f, &world.obstacles)?;
        lines(f, &world.evidence)?;
        lines(f, &world.comments)?;
        lines(f, &world.delegations)?;
        write!(f, "actor: {:?}, at second {} of the day, dice {}", self.actor, self.second, self.dice)
    }
}

/// Today in Jakarta, in every world.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

/// No more of each noun than this: as many are asked for in one document.
pub const MOST: usize = 9;

/// An id of a random half and a row's number.
pub fn id(noun: &'static str, salt: u64, number: usize) -> Id {
    Id(Uuid::from_u128((u128::from(salt) << 64) | (number as u128 + 1)), noun)
}

impl World {
    pub fn organisation(&self, id: Id) -> &Organisation {
        self.organisations.iter().find(|row| row.id == id).unwrap()
    }

    pub fn partnership(&self, id: Id) -> &Partnership {
        self.partnerships.iter().find(|row| row.id == id).unwrap()
    }

    pub fn milestone(&self, id: Id) -> &Milestone {
        self.milestones.iter().find(|row| row.id == id).unwrap()
    }

    /// The same world with codes that no other has had: the program remembers which organisation a code is.
    pub fn coded(mut self, number: usize) -> Self {
        for organisation in &mut self.organisations {
            organisation.code = format!("{number}:{}", organisation.code);
        }
        self
    }

    /// SQL that puts this world in the place of another.
    pub fn sql(&self, backend: Backend) -> String {
        let mut sql = "BEGIN;\n".to_owned();
        let tables = [
            &["comment", "delegation"][..],
            &work::TABLES,
            &references::TABLES,
            &figures::TABLES,
            &["milestone_dependency", "milestone", "partnership_partner", "partnership"],
            &parties::TABLES,
            &["partner"],
            &clauses::TABLES,
            &["memorandum_signatory", "memorandum", "succession", "organisation"],
        ];
        for table in tables.into_iter().flatten() {
            sql += &format!("DELETE FROM {table};\n");
        }
        let mut script = Script { backend, sql };
        self.insert_organisations(&mut script);
        successions::insert(self, &mut script);
        self.insert_memoranda(&mut script);
        clauses::insert(self, &mut script);
        self.insert_partners(&mut script);
        parties::insert(self, &mut script);
        self.insert_partnerships(&mut script);
        self.insert_milestones(&mut script);
        figures::insert(self, &mut script);
        references::insert(self, &mut script);
        work::insert(self, &mut script);
        comments::insert(self, &mut script);
        delegations::insert(self, &mut script);
        script.sql + "COMMIT;"
    }

    fn insert_organisations(&self, script: &mut Script) {
        script.insert(
            "organisation (id, version, code, kind, seat, parent)",
            &self.organisations,
            |s, row| {
                format!(
                    "{}, 1, {}, '{}', {}, {}",
                    s.id(row.id),
                    text_of(&row.code),
                    row.kind,
                    null_or(row.seat, text_of),
                    null_or(row.parent, |id| s.id(id)),
                )
            },
        );
    }

    fn insert_memoranda(&self, script: &mut Script) {
        let columns = "memorandum (id, version, title, signed_on, signed_at, objectives)";
        script.insert(columns, &self.memoranda, |s, row| {
            format!("{}, 1, {}, '{}', 'Jakarta', ''", s.id(row.id), text_of(&row.title), row.signed_on)
        });
        let each = |row: &Memorandum| {
            let memorandum = row.id;
            row.signatories.clone().into_iter().enumerate().map(move |(at, one)| (memorandum, at, one))
        };
        let rows: Vec<_> = self.memoranda.iter().flat_map(each).enumerate().collect();
        let columns = "memorandum_signatory (id, version, memorandum, position, organisation, signed_as)";
        script.insert(columns, &rows, |s, (number, (memorandum, at, one))| {
            let own = s.id(id("signatory", 0, *number));
            format!("{own}, 1, {}, {}, {}, 'as {at}'", s.id(*memorandum), at + 1, s.id(*one))
        });
    }

    fn insert_partners(&self, script: &mut Script) {
        let columns = "partner (id, version, name, sample, legal_form, scale, scale_since, is_ikm, steward, nib, name_public)";
        script.insert(columns, &self.partners, |s, row| {
            format!(
                "{}, 1, {}, TRUE, '{}', '{}', '2020-01-01', {}, '{}', {}, {}",
                s.id(row.id),
                text_of(&row.name),
                row.legal_form,
                row.scale,
                row.is_ikm,
                row.steward(),
                null_or(row.nib.as_deref(), text_of),
                row.name_public,
            )
        });
    }

    fn insert_partnerships(&self, script: &mut Script) {
        let columns = "partnership (id, public_id, version, organisation, executing_unit, memorandum, renewal_of, title, \
            products, pattern, channel, supply_direction, batch, status, status_reason, \
            status_since)";
        script.insert(columns, &self.partnerships, |s, row| {
            format!(
                "{}, {}, 1, {}, {}, {}, {}, {}, 'x', '{}', '{}', '{}', '{}', '{}', 'x', {}",
                s.id(row.id),
                s.id(row.public_id),
                s.id(row.organisation),
                null_or(row.executing_unit, |id| s.id(id)),
                s.id(row.memorandum),
                null_or(row.renewal_of, |id| s.id(id)),
                text_of(&row.title),
                row.pattern,
                row.channel,
                row.supply_direction,
                row.batch,
                row.status,
                row.id.moment(),
            )
        });
        let each = |row: &'_ Partnership| {
            let (partnership, organisation) = (row.id, row.organisation);
            row.places.clone().into_iter().map(move |place| (partnership, organisation, place))
        };
        let rows: Vec<_> = self.partnerships.iter().flat_map(each).collect();
        let columns =
            "partnership_partner (id, version, partnership, organisation, partner, lead, joined_on)";
        script.insert(columns, &rows, |s, (partnership, organisation, place)| {
            let (own, partner) = (s.id(place.id), s.id(place.partner));
            let (partnership, organisation) = (s.id(*partnership), s.id(*organisation));
            format!("{own}, 1, {partnership}, {organisation}, {partner}, {}, '2021-01-01'", place.lead)
        });
    }

    fn insert_milestones(&self, script: &mut Script) {
        let columns = "milestone (id, version, partnership, organisation, position, type, title, weight, reporter, \
            verifier, first_due_on, due_on, reschedules, status, status_reason, occurred_on, recorded_at, reported_by, \
            reporter_organisation, verified_at, verified_by, verifier_organisation, status_since, clause)";
        // Whatever its status calls for is there.
        let [reporter, verifier] = [0, 1].map(|at| script.id(self.organisations[at].id));
        script.insert(columns, &self.milestones, |s, row| {
            let (partnership, organisation) = (s.id(row.partnership), s.id(row.organisation));
            format!(
                "{}, 1, {partnership}, {organisation}, {}, '{}', {}, 10, '{}', '{}', '{}', '{}', {}, '{}', 'x', '2021-01-01', \
                0, 'a', {reporter}, 0, 'b', {verifier}, {}, {}",
                s.id(row.id), row.position, row.kind, text_of(&row.title), row.hands.0, row.hands.1, row.due_on,
                row.due_on, references::times_moved(self, row.id), row.status, row.id.moment(),
                null_or(row.clause, |id| s.id(id)),
            )
        });
        let rows: Vec<_> = self
            .milestones
            .iter()
            .flat_map(|row| row.waits_for.iter().map(move |waits| (row, waits)))
            .collect();
        let columns = "milestone_dependency (id, version, partnership, organisation, milestone, depends_on)";
        script.insert(columns, &rows, |s, (row, (own, on))| {
            let (partnership, organisation) = (s.id(row.partnership), s.id(row.organisation));
            format!("{}, 1, {partnership}, {organisation}, {}, {}", s.id(*own), s.id(row.id), s.id(*on))
        });
    }
}

impl Partner {
    pub fn steward(&self) -> &'static str {
        if self.is_ikm { "KEMENPERIN" } else { "KEMENKOPUKM" }
    }
}

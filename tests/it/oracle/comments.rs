//! Comments on all that can be commented on: random ones, in SQL, and as they are seen.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::figures::{moment, moment_text};
use super::lists::Row;
use super::random::{salt, text};
use super::script::{Script, null_or, text_of};
use super::sight::Sight;
use super::world::{Id, World, id, point};

#[derive(Debug, Clone)]
pub struct Comment {
    pub id: Id,
    /// The partnership and its organisation; none of a quarter.
    pub place: Option<(Id, Id)>,
    subject: Id,
    body: String,
    written_at: i64,
    role: &'static str,
    writer: Id,
}

/// Of which noun, which one of it, and the writer.
type Plan = (u64, usize, [Index; 2], String, i64, &'static str);
pub type Plans = Vec<Plan>;

pub fn plans() -> impl Strategy<Value = Plans> {
    let role = select(&["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "BUMN"][..]);
    prop::collection::vec((salt(), 0..6_usize, any::<[Index; 2]>(), text(), moment(), role), 0..=14)
}

/// What is commented on, and where it is: its partnership and BUMN, none of a quarter.
type Subjects = Vec<(Id, Option<(Id, Id)>)>;

/// What can be commented on, by noun, each with its partnership and the organisation of that.
fn subjects(world: &World) -> [Subjects; 6] {
    let place = |partnership: Id| Some((partnership, world.partnership(partnership).organisation));
    [
        world.partnerships.iter().map(|row| (row.id, place(row.id))).collect(),
        world.milestones.iter().map(|row| (row.id, place(row.partnership))).collect(),
        world.outcomes.iter().map(|row| (row.id, place(row.partnership))).collect(),
        world.obstacles.iter().map(|row| (row.id, place(row.partnership))).collect(),
        world.evidence.iter().map(|row| (row.id, place(row.partnership))).collect(),
        world.quarters.iter().map(|row| (row.id, None)).collect(),
    ]
}

pub fn fill(world: &mut World, plans: Plans) {
    let subjects = subjects(world);
    let row = |(at, (salt, noun, [subject, writer], body, written_at, role)): (usize, Plan)| {
        // Few of each, so that some have several.
        let some = &subjects[noun][..subjects[noun].len().min(3)];
        let (subject, place) = *(!some.is_empty()).then(|| subject.get(some))?;
        let writer = writer.get(&world.organisations).id;
        Some(Comment { id: id("comment", salt, at), place, subject, body, written_at, role, writer })
    };
    world.comments = plans.into_iter().enumerate().filter_map(row).collect();
}

pub fn insert(world: &World, script: &mut Script) {
    let columns = "comment (id, version, partnership, organisation, subject_noun, subject, body, written_at, written_by, \
        writer_role, writer_organisation)";
    script.insert(columns, &world.comments, |s, row| {
        let place = [row.place.map(|place| place.0), row.place.map(|place| place.1)];
        format!(
            "{}, 1, {}, '{}', {}, {}, {}, 'g', '{}', {}",
            s.id(row.id),
            place.map(|id| null_or(id, |id| s.id(id))).join(", "),
            row.subject.1,
            s.id(row.subject),
            text_of(&row.body),
            row.written_at,
            row.role,
            s.id(row.writer),
        )
    });
}

/// Those of the organisations whose work is seen; those of quarters by who sees everyone's.
pub fn rows_of_comments(sight: &Sight) -> Vec<Row> {
    let is_seen = |row: &&Comment| match row.place {
        Some((_, organisation)) => sight.sees(organisation),
        None => sight.sees_everything(),
    };
    let rows = sight.world.comments.iter().filter(is_seen).map(|row| {
        let mut facts = json!({
            "version": 1, "body": row.body, "writtenAt": moment_text(row.written_at), "writtenBy": "g",
            "writerRole": row.role,
        });
        facts[row.subject.1] = row.subject.to_string().into();
        Row { id: row.id, facts }
    });
    rows.collect()
}

pub const COMMENT: &str = "version body writtenAt writtenBy writerRole";
pub const ON_COMMENT: &str =
    "writerOrganisation { id } organisation { id } partnership { id } subject { id }";

pub fn on_comment(world: &World, id: Id) -> Value {
    let own = world.comments.iter().find(|own| own.id == id).unwrap();
    json!({
        "writerOrganisation": point(own.writer), "subject": point(own.subject),
        "organisation": own.place.map(|place| point(place.1)), "partnership": own.place.map(|place| point(place.0)),
    })
}

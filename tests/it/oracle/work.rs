//! Obstacles and evidence: random ones, in SQL, and as they are seen.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::figures::{moment, moment_text};
use super::lists::Row;
use super::random::{day, salt, text};
use super::references::references_of_milestone;
use super::script::{Script, null_or, text_of};
use super::sight::Sight;
use super::world::{Id, MOST, Milestone, World, id, point, today};

#[derive(Debug, Clone)]
pub struct Obstacle {
    pub id: Id,
    pub(super) partnership: Id,
    pub organisation: Id,
    milestone: Option<Id>,
    /// The category, the severity, the owner, the status.
    kinds: [&'static str; 4],
    title: String,
    description: Option<String>,
    follow_up: Option<String>,
    due_on: Option<NaiveDate>,
    raised_at: i64,
    raiser: Id,
    /// With what was done.
    resolved: Option<(i64, String)>,
}

#[derive(Debug, Clone)]
pub struct Evidence {
    pub id: Id,
    pub(super) partnership: Id,
    pub organisation: Id,
    milestone: Id,
    kind: &'static str,
    number: Option<&'static str>,
    dated_on: Option<NaiveDate>,
    issuer: Option<String>,
    amount: Option<i64>,
    file_name: String,
    size: i32,
    sha256: String,
    attached_at: i64,
    attacher: Id,
    /// With the reason.
    pub withdrawn: Option<(i64, String)>,
}

/// The partnership, the milestone and the raiser; then as an obstacle has it.
type ObstaclePlan = (
    u64,
    (Index, Option<Index>, Index),
    [&'static str; 4],
    (String, Option<String>, Option<String>),
    Option<i64>,
    i64,
    Option<(i64, String)>,
);

/// The milestone and the attacher; then as evidence has it.
type EvidencePlan = (
    u64,
    [Index; 2],
    (&'static str, Option<&'static str>, Option<i64>, Option<String>),
    (Option<i64>, String, i32, &'static str),
    i64,
    Option<(i64, String)>,
);

pub type Plans = (Vec<ObstaclePlan>, Vec<EvidencePlan>);

fn several<T: std::fmt::Debug>(plan: impl Strategy<Value = T> + 'static) -> impl Strategy<Value = Vec<T>> {
    let plan = plan.boxed();
    prop_oneof![1 => prop::collection::vec(plan.clone(), 0..=2), 4 => prop::collection::vec(plan, 4..=MOST)]
}

pub fn plans() -> impl Strategy<Value = Plans> {
    let some = || prop::option::of(text());
    let kinds = [
        select(&["QUALITY", "PAYMENT", "OTHER"][..]),
        select(&["LOW", "MEDIUM", "HIGH", "CRITICAL"][..]),
        select(&["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "BUMN"][..]),
        select(&["OPEN", "OPEN", "IN_PROGRESS", "RESOLVED"][..]),
    ];
    let due = prop::option::of(select(&[-400_i64, -1, -1, 0, 0, 1, 30][..]));
    let hands = (any::<Index>(), prop::option::of(any::<Index>()), any::<Index>());
    let ended = || prop::option::weighted(0.4, (moment(), text()));
    let obstacle = (salt(), hands, kinds, (text(), some(), some()), due, moment(), ended());
    let number = prop::option::of(select(&["1", "01", "A", "a"][..]));
    let kind = select(&["BAST", "PAYMENT_PROOF", "INVOICE", "OTHER"][..]);
    let paper = (kind, number, prop::option::of(select(&[-400_i64, 0][..])), some());
    let file = (
        prop::option::of(select(&[0_i64, 1_500_000, i64::MAX][..])),
        text(),
        select(&[1, 4_096, i32::MAX][..]),
        select(&["0", "a", "f"][..]),
    );
    let evidence = (salt(), any::<[Index; 2]>(), paper, file, moment(), ended());
    (several(obstacle), several(evidence))
}

pub fn fill(world: &mut World, (obstacles, evidence): Plans) {
    // Few partnerships have all of them, so that some have several.
    let partnerships = &world.partnerships[..world.partnerships.len().min(5)];
    if partnerships.is_empty() {
        return;
    }
    let row = |(at, plan): (usize, ObstaclePlan)| {
        let (salt, (partnership, milestone, raiser), kinds, texts, due, raised_at, resolved) = plan;
        let partnership = partnership.get(partnerships);
        let own = |one: &&Milestone| one.partnership == partnership.id;
        let milestones = world.milestones.iter().filter(own).collect::<Vec<_>>();
        let resolved = resolved.or((kinds[3] == "RESOLVED").then(|| (1, "x".to_owned())));
        Obstacle {
            id: id("obstacle", salt, at),
            partnership: partnership.id,
            organisation: partnership.organisation,
            milestone: milestone.filter(|_| !milestones.is_empty()).map(|one| one.get(&milestones).id),
            kinds,
            title: texts.0,
            description: texts.1,
            follow_up: texts.2,
            due_on: due.map(day),
            raised_at,
            raiser: raiser.get(&world.organisations).id,
            resolved,
        }
    };
    let obstacles = obstacles.into_iter().enumerate().map(row).collect();
    let row = |(at, plan): (usize, EvidencePlan)| {
        let (salt, [milestone, attacher], paper, (amount, file_name, size, digit), attached_at, withdrawn) =
            plan;
        let milestone = milestone.get(&world.milestones);
        Evidence {
            id: id("evidence", salt, at),
            partnership: milestone.partnership,
            organisation: milestone.organisation,
            milestone: milestone.id,
            kind: paper.0,
            number: paper.1,
            dated_on: paper.2.map(day),
            issuer: paper.3,
            amount,
            file_name,
            size,
            sha256: digit.repeat(64),
            attached_at,
            attacher: attacher.get(&world.organisations).id,
            withdrawn,
        }
    };
    if !world.milestones.is_empty() {
        world.evidence = evidence.into_iter().enumerate().map(row).collect();
    }
    world.obstacles = obstacles;
}

pub const TABLES: [&str; 2] = ["evidence", "obstacle"];

pub fn insert(world: &World, script: &mut Script) {
    let date = |day: Option<NaiveDate>| null_or(day, |day| format!("'{day}'"));
    let words = |text: &Option<String>| null_or(text.as_deref(), text_of);
    let columns = "obstacle (id, version, partnership, organisation, milestone, category, severity, owner, status, title, \
        description, follow_up, due_on, status_since, raised_at, raised_by, raiser_organisation, resolved_at, resolved_by, \
        resolution)";
    script.insert(columns, &world.obstacles, |s, row| {
        let place = [s.id(row.partnership), s.id(row.organisation), null_or(row.milestone, |id| s.id(id))];
        let texts = [text_of(&row.title), words(&row.description), words(&row.follow_up), date(row.due_on)];
        let resolved = row.resolved.as_ref();
        let resolved = resolved.map(|(at, how)| format!("{at}, 'd', {}", text_of(how)));
        format!(
            "{}, 6, {}, '{}', {}, {}, {}, 'c', {}, {}",
            s.id(row.id),
            place.join(", "),
            row.kinds.join("', '"),
            texts.join(", "),
            row.id.moment(),
            row.raised_at,
            s.id(row.raiser),
            resolved.unwrap_or_else(|| "NULL, NULL, NULL".to_owned()),
        )
    });
    let columns = "evidence (id, version, partnership, organisation, milestone, kind, number, dated_on, issuer, amount, \
        file_name, media_type, size, sha256, attached_at, attached_by, attacher_organisation, withdrawn_at, withdrawn_by, \
        withdrawal_reason)";
    script.insert(columns, &world.evidence, |s, row| {
        let place = [s.id(row.partnership), s.id(row.organisation), s.id(row.milestone)].join(", ");
        let (number, dated) = (null_or(row.number, text_of), date(row.dated_on));
        let (issuer, amount) = (words(&row.issuer), null_or(row.amount, |amount| amount.to_string()));
        let withdrawn = row.withdrawn.as_ref();
        let withdrawn = withdrawn.map(|(at, why)| format!("{at}, 'f', {}", text_of(why)));
        format!(
            "{}, 2, {place}, '{}', {number}, {dated}, {issuer}, {amount}, {}, 'application/pdf', {}, '{}', {}, 'e', {}, {}",
            s.id(row.id),
            row.kind,
            text_of(&row.file_name),
            row.size,
            row.sha256,
            row.attached_at,
            s.id(row.attacher),
            withdrawn.unwrap_or_else(|| "NULL, NULL, NULL".to_owned()),
        )
    });
}

/// Those of the organisations whose work is seen.
pub fn rows_of_obstacles(sight: &Sight) -> Vec<Row> {
    let seen = sight.world.obstacles.iter().filter(|one| sight.sees(one.organisation));
    let rows = seen.map(|one| {
        let [category, severity, owner, status] = one.kinds;
        let resolved = one.resolved.as_ref();
        let facts = json!({
            "version": 6, "category": category, "severity": severity, "owner": owner, "status": status,
            "title": one.title, "description": one.description, "followUp": one.follow_up, "dueOn": one.due_on,
            "overdue": status != "RESOLVED" && one.due_on.is_some_and(|day| day < today()),
            "statusSince": moment_text(one.id.moment()), "raisedAt": moment_text(one.raised_at), "raisedBy": "c",
            "resolvedAt": resolved.map(|(at, _)| moment_text(*at)), "resolvedBy": resolved.map(|_| "d"),
            "resolution": resolved.map(|(_, how)| how), "milestone": one.milestone.map(|id| id.to_string()),
            "partnership": one.partnership.to_string(), "organisation": one.organisation.to_string(),
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

pub fn rows_of_evidence(sight: &Sight) -> Vec<Row> {
    let seen = sight.world.evidence.iter().filter(|one| sight.sees(one.organisation));
    let rows = seen.map(|one| {
        let withdrawn = one.withdrawn.as_ref();
        let facts = json!({
            "version": 2, "kind": one.kind, "number": one.number, "datedOn": one.dated_on, "issuer": one.issuer,
            "amount": one.amount.map(|amount| amount.to_string()), "fileName": one.file_name,
            "mediaType": "application/pdf", "size": one.size, "sha256": one.sha256,
            "attachedAt": moment_text(one.attached_at), "attachedBy": "e", "withdrawn": withdrawn.is_some(),
            "withdrawnAt": withdrawn.map(|(at, _)| moment_text(*at)), "withdrawnBy": withdrawn.map(|_| "f"),
            "withdrawalReason": withdrawn.map(|(_, why)| why), "milestone": one.milestone.to_string(),
            "partnership": one.partnership.to_string(), "organisation": one.organisation.to_string(),
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

pub const OBSTACLE: &str = "version category severity title description owner followUp dueOn overdue status statusSince \
    resolution raisedAt raisedBy resolvedAt resolvedBy";
pub const EVIDENCE: &str = "version kind number datedOn issuer amount fileName mediaType size sha256 attachedAt attachedBy \
    withdrawnAt withdrawnBy withdrawalReason";

pub const ON_OBSTACLE: &str = "raiserOrganisation { id } organisation { id } partnership { id title }
    milestone { id title externalReferences { system value } }";
pub const ON_EVIDENCE: &str = "attacherOrganisation { id } organisation { id } partnership { id title }
    milestone { id title externalReferences { system value } }";

/// Where a row of the work belongs.
fn place(world: &World, partnership: Id, milestone: Option<Id>) -> Value {
    let partnership = world.partnership(partnership);
    let milestone = milestone.map(|id| {
        let title = &world.milestone(id).title;
        json!({ "id": id.to_string(), "title": title, "externalReferences": references_of_milestone(world, id) })
    });
    json!({
        "organisation": point(partnership.organisation), "milestone": milestone,
        "partnership": { "id": partnership.id.to_string(), "title": partnership.title },
    })
}

pub fn on_obstacle(world: &World, id: Id) -> Value {
    let own = world.obstacles.iter().find(|own| own.id == id).unwrap();
    let mut node = place(world, own.partnership, own.milestone);
    node["raiserOrganisation"] = point(own.raiser);
    node
}

pub fn on_evidence(world: &World, id: Id) -> Value {
    let own = world.evidence.iter().find(|own| own.id == id).unwrap();
    let mut node = place(world, own.partnership, Some(own.milestone));
    node["attacherOrganisation"] = point(own.attacher);
    node
}

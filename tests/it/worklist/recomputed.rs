//! What waits for whom, made row by row of what stands in the tables; and the same as the API tells it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use kemitraan::types::{GlobalId, Timestamp};
use serde_json::{Value, json};

use crate::programme::texts;
use crate::scope::{global, rows, within};
use crate::support::{BUMN, TestApp};
use crate::walls::post_as;

pub const ITEM: &str = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { kind since days reason level node { id __typename } }";

pub const MINISTRIES: [&str; 3] = ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"];

/// Which partnerships' work is a seat's, by their lead partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    All,
    Koperasi,
    Others,
}

/// Whose list is made.
#[derive(Debug, Clone)]
pub struct Seat<'a> {
    pub seat: &'a str,
    /// Of whom it is; none where only the rows' own fields are asked for.
    pub code: Option<&'a str>,
    pub level: &'a str,
    /// Whose rows are seen, if not everyone's.
    pub of: Option<Vec<&'a str>>,
    pub part: Part,
    /// Who holds the ministries' seats, where it is not those of the memorandum.
    pub holders: Vec<(&'a str, &'a str)>,
}

impl<'a> Seat<'a> {
    /// `NAME` or `NAME:LEVEL`, as `TestApp::token` takes it.
    pub fn of(who: &'a str) -> Self {
        let (name, level) = who.split_once(':').unwrap_or((who, "APPROVER"));
        let is_bumn = BUMN.contains(&name);
        Self {
            seat: if is_bumn { "BUMN" } else { name },
            code: Some(name),
            level,
            of: is_bumn.then(|| vec![name]),
            part: Part::All,
            holders: MINISTRIES.map(|code| (code, code)).to_vec(),
        }
    }
}

/// All pages of a list, from its end if `backward`, but in its order.
pub async fn walk(app: &TestApp, token: &str, size: usize, backward: bool) -> Vec<Value> {
    let (count, cursor, more, next) = match backward {
        true => ("last", "before", "hasPreviousPage", "startCursor"),
        false => ("first", "after", "hasNextPage", "endCursor"),
    };
    let document = format!(
        "query ($at: String) {{ viewer {{ worklist({count}: {size}, {cursor}: $at) {{ {ITEM} }} }} }}"
    );
    let (mut items, mut at) = (Vec::new(), Value::Null);
    loop {
        let answer = post_as(app, token, &document, json!({ "at": at })).await.json();
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        let list = &answer["data"]["viewer"]["worklist"];
        let page = list["nodes"].as_array().unwrap().iter().cloned();
        if backward {
            drop(items.splice(..0, page))
        } else {
            items.extend(page)
        }
        if list["pageInfo"][more] == false {
            assert_eq!(list["totalCount"], items.len());
            return items;
        }
        assert_eq!(list["nodes"].as_array().unwrap().len(), size);
        at = list["pageInfo"][next].clone();
    }
}

/// The whole list, page by page, and the same from its end.
pub async fn worklist(app: &TestApp, who: &str) -> Vec<Value> {
    let items = walk(app, &app.token(who), 13, false).await;
    assert_eq!(walk(app, &app.token(who), 11, true).await, items, "{who}");
    items
}

/// The calendar day of a moment in Jakarta.
fn jakarta(micros: i64) -> NaiveDate {
    DateTime::from_timestamp_micros(micros + 25_200_000_000).unwrap().date_naive()
}

pub fn today(app: &TestApp) -> String {
    jakarta(app.now().0).to_string()
}

/// Midnight in Jakarta at which a day begins.
pub fn start(day: &str) -> i64 {
    let day = day.parse::<NaiveDate>().unwrap().and_hms_opt(0, 0, 0).unwrap();
    day.and_utc().timestamp_micros() - 25_200_000_000
}

pub fn next(day: &str) -> String {
    day.parse::<NaiveDate>().unwrap().succ_opt().unwrap().to_string()
}

pub fn days(app: &TestApp, since: i64) -> i64 {
    (jakarta(app.now().0) - jakarta(since)).num_days()
}

/// The rows of a query: an id, and texts.
async fn read(app: &TestApp, noun: &str, columns: &[&str], from: &str) -> Vec<(String, Vec<Option<String>>)> {
    let texts = columns.iter().map(|column| format!("CAST({column} AS text)")).collect::<Vec<_>>();
    let sql = format!("SELECT {noun}.id, {} FROM {from}", texts.join(", "));
    let found = rows(app, &sql).await;
    let row = |row: &sea_orm::QueryResult| {
        let id = global(noun, row.try_get_by_index(0).unwrap());
        (id, (1..=columns.len()).map(|at| row.try_get_by_index::<Option<String>>(at).unwrap()).collect())
    };
    found.iter().map(row).collect()
}

fn verifier(indicator: &str) -> &'static str {
    match indicator {
        "TRANSACTION_VALUE" | "INVESTMENT_VALUE" | "ON_TIME_DELIVERY" | "PAYMENT_DAYS" => "KEMENBUMN",
        "EMPLOYMENT" => "KEMENKOPUKM",
        _ => "KEMENPERIN",
    }
}

/// Something that waits: (since, kind, id, reason).
pub type Item = (i64, String, String, Option<String>);

fn micros(text: &Option<String>) -> i64 {
    text.as_ref().unwrap().parse().unwrap()
}

/// What waits for a seat, in the order of the list.
pub async fn expected(app: &TestApp, me: &Seat<'_>) -> Vec<Item> {
    let (seat, today) = (me.seat, today(app));
    let reach = within(me.of.as_deref()).replace("organisation IN", "x.organisation IN");
    let led = "(SELECT pp.partnership FROM partnership_partner AS pp JOIN partner ON partner.id = pp.partner
        WHERE pp.lead AND partner.legal_form = 'KOPERASI')";
    let part = |key: &str| match me.part {
        Part::All => "1 = 1".to_owned(),
        Part::Koperasi => format!("x.{key} IN {led}"),
        Part::Others => format!("x.{key} NOT IN {led}"),
    };
    let (officer, approver) = (me.level != "VIEWER", me.level == "APPROVER");
    let own = |column: &str| {
        let code = me.code.unwrap_or_default();
        format!("(CASE WHEN {column} = (SELECT id FROM organisation WHERE code = '{code}') THEN 'own' END)")
    };
    let mut items = Vec::<Item>::new();
    let mut add = |since: i64, kind: &str, id: &str, reason: Option<&String>| {
        items.push((since, kind.to_owned(), id.to_owned(), reason.cloned()));
    };
    let table = |noun: &str| {
        format!("(SELECT * FROM {noun} AS x WHERE {reach} AND {}) AS {noun}", part("partnership"))
    };

    let by_me = own("reporter_organisation");
    let columns = ["status", "due_on", "reporter", "verifier", "status_since", "status_reason", &by_me];
    for (id, row) in read(app, "milestone", &columns, &table("milestone")).await {
        let due = row[1].as_deref().unwrap();
        let reports = row[2].as_deref() == Some(seat) && officer;
        match row[0].as_deref().unwrap() {
            "SUBMITTED" if row[3].as_deref() == Some(seat) && approver && row[6].is_none() => {
                add(micros(&row[4]), "VERIFY_MILESTONE", &id, None);
            }
            "RETURNED" if reports => add(micros(&row[4]), "CORRECT_MILESTONE", &id, row[5].as_ref()),
            "SCHEDULED" | "IN_PROGRESS" if reports && due <= today.as_str() => {
                add(start(due), "REPORT_MILESTONE", &id, None);
            }
            _ => {}
        }
    }
    let from = format!(
        "{} JOIN reschedule ON reschedule.milestone = milestone.id WHERE reschedule.status = 'WAITING' AND milestone.verifier = '{seat}'",
        table("milestone")
    );
    let by_me = own("reschedule.requester_organisation");
    let columns = ["reschedule.requested_at", "reschedule.reason", &by_me];
    for (id, row) in read(app, "milestone", &columns, &from).await {
        if approver && row[2].is_none() {
            add(micros(&row[0]), "APPROVE_RESCHEDULE", &id, row[1].as_ref());
        }
    }
    let from = format!("{} JOIN quarter ON quarter.code = outcome.quarter", table("outcome"));
    let by_me = own("outcome.reporter_organisation");
    let columns = [
        "outcome.status",
        "outcome.indicator",
        "outcome.status_since",
        "outcome.status_reason",
        "quarter.status",
        "quarter.ends_on",
        &by_me,
    ];
    for (id, row) in read(app, "outcome", &columns, &from).await {
        let verifies = verifier(row[1].as_deref().unwrap()) == seat && approver && row[6].is_none();
        let reports = seat == "BUMN" && officer;
        // What is locked is revised, and neither reported, verified nor corrected any more.
        if row[4].as_deref() != Some("OPEN") {
            continue;
        }
        let has_ended = row[5].as_deref().unwrap() < today.as_str();
        match row[0].as_deref().unwrap() {
            "SUBMITTED" if verifies => add(micros(&row[2]), "VERIFY_OUTCOME", &id, None),
            "RETURNED" if reports => add(micros(&row[2]), "CORRECT_OUTCOME", &id, row[3].as_ref()),
            "DRAFT" if reports && has_ended => {
                add(start(&next(row[5].as_deref().unwrap())), "REPORT_OUTCOME", &id, None);
            }
            _ => {}
        }
    }
    // One that a later one has followed waits no more.
    let from = format!(
        "{} JOIN outcome ON outcome.id = outcome_revision.outcome WHERE NOT EXISTS (SELECT 1 FROM outcome_revision AS later
            WHERE later.outcome = outcome_revision.outcome AND later.number > outcome_revision.number)",
        table("outcome_revision")
    );
    let by_me = own("outcome_revision.reporter_organisation");
    let columns = [
        "outcome_revision.status",
        "outcome.indicator",
        "outcome_revision.status_since",
        "outcome_revision.reason",
        "outcome_revision.status_reason",
        &by_me,
    ];
    for (id, row) in read(app, "outcome_revision", &columns, &from).await {
        let verifies = verifier(row[1].as_deref().unwrap()) == seat && approver && row[5].is_none();
        match row[0].as_deref().unwrap() {
            "SUBMITTED" if verifies => add(micros(&row[2]), "VERIFY_REVISION", &id, row[3].as_ref()),
            "RETURNED" if seat == "BUMN" && officer => {
                add(micros(&row[2]), "CORRECT_REVISION", &id, row[4].as_ref());
            }
            _ => {}
        }
    }
    for quarter in quarters(app, &me.holders).await {
        let Some(ended) = quarter.ended.filter(|_| seat != "BUMN" && approver) else { continue };
        if !quarter.agreed.iter().any(|(code, _)| Some(code.as_str()) == me.code) {
            add(ended, "AGREE_QUARTER", &quarter.id, None);
        }
        if seat == "KEMENBUMN" && quarter.left.is_empty() {
            add(quarter.last, "LOCK_QUARTER", &quarter.id, None);
        }
    }
    let columns = ["owner", "status", "raised_at", "follow_up"];
    for (id, row) in read(app, "obstacle", &columns, &table("obstacle")).await {
        if row[0].as_deref() == Some(seat) && row[1].as_deref() != Some("RESOLVED") && officer {
            add(micros(&row[2]), "FOLLOW_UP_OBSTACLE", &id, row[3].as_ref());
        }
    }
    for (id, row) in read(app, "partnership", &["status", "status_since"], "partnership").await {
        if seat == "KEMENBUMN" && approver && row[0].as_deref() == Some("PROPOSED") {
            add(micros(&row[1]), "DECIDE_PARTNERSHIP", &id, None);
        }
    }
    let form = match me.part {
        Part::All => "1 = 1",
        Part::Koperasi => "partner.legal_form = 'KOPERASI'",
        Part::Others => "partner.legal_form <> 'KOPERASI'",
    };
    let from = format!(
        "partner JOIN partner_correction AS c ON c.partner = partner.id WHERE c.status = 'WAITING' AND partner.steward = '{seat}' AND {form}"
    );
    for (id, row) in read(app, "partner", &["c.proposed_at", "c.reason"], &from).await {
        if approver {
            add(micros(&row[0]), "DECIDE_CORRECTION", &id, row[1].as_ref());
        }
    }
    items.sort_by_key(|(since, kind, id, _)| (*since, GlobalId::parse(id).unwrap().id, kind.clone()));
    items
}

/// A quarter, as the rows tell of it.
struct Quarter {
    id: String,
    /// When it ended, where it is open and has.
    ended: Option<i64>,
    /// Whoever has agreed, and when.
    agreed: Vec<(String, i64)>,
    /// The seats that have yet to.
    left: Vec<String>,
    /// When the last who holds a seat agreed.
    last: i64,
}

async fn quarters(app: &TestApp, holders: &[(&str, &str)]) -> Vec<Quarter> {
    let agreements = texts(
        app,
        "SELECT quarter.code, organisation.code, CAST(agreed_at AS text) FROM quarter_agreement
            JOIN quarter ON quarter.id = quarter_agreement.quarter
            JOIN organisation ON organisation.id = quarter_agreement.organisation",
        3,
    )
    .await;
    let rows = read(app, "quarter", &["code", "ends_on", "status"], "quarter").await;
    let quarter = |(id, row): (String, Vec<Option<String>>)| {
        let of = agreements.iter().filter(|one| one[0] == row[0]);
        let agreed = of.map(|one| (one[1].clone().unwrap(), micros(&one[2]))).collect::<Vec<_>>();
        let has = |code: &str| agreed.iter().any(|(by, _)| by == code);
        let lacks = |seat: &&str| holders.iter().any(|(held, code)| held == seat && !has(code));
        let left = MINISTRIES.into_iter().filter(lacks).map(str::to_owned).collect();
        let holds = |code: &str| holders.iter().any(|(_, holder)| *holder == code);
        let last = agreed.iter().filter(|(code, _)| holds(code)).map(|(_, at)| *at).max().unwrap_or(0);
        let ends = row[1].as_deref().unwrap();
        let has_ended = row[2].as_deref() == Some("OPEN") && ends < today(app).as_str();
        Quarter { id, ended: has_ended.then(|| start(&next(ends))), agreed, left, last }
    };
    rows.into_iter().map(quarter).collect()
}

/// Answers the kinds of what waits.
pub async fn assert_list(app: &TestApp, who: &str, found: Vec<Value>, me: &Seat<'_>) -> Vec<String> {
    let expected = expected(app, me).await;
    let short = |one: &Value| format!("{} {}", one["kind"], one["node"]["id"]);
    let told = found.iter().map(short).collect::<Vec<_>>();
    let wanted = expected.iter().map(|item| format!("\"{}\" \"{}\"", item.1, item.2)).collect::<Vec<_>>();
    assert_eq!(told, wanted, "{who}");
    for ((since, kind, _, reason), one) in expected.iter().zip(&found) {
        let verb = kind.split('_').next().unwrap();
        let level = if ["CORRECT", "REPORT", "FOLLOW"].contains(&verb) { "OFFICER" } else { "APPROVER" };
        let whole = json!({
            "kind": kind, "since": Timestamp(*since).to_string(), "days": days(app, *since), "reason": reason,
            "level": level, "node": one["node"],
        });
        assert_eq!(*one, whole, "{who}");
    }
    expected.into_iter().map(|item| item.1).collect()
}

pub async fn assert_told(app: &TestApp, who: &str) -> Vec<String> {
    assert_list(app, who, worklist(app, who).await, &Seat::of(who)).await
}

/// The rows' own fields say the same, of every milestone, outcome, revision and quarter.
pub async fn assert_fields(app: &TestApp, holders: &[(&str, &str)]) {
    let (mut waits, mut moves) = (BTreeMap::<String, (String, i64)>::new(), Vec::new());
    for seat in MINISTRIES.into_iter().chain(["BUMN"]) {
        let me = Seat { seat, code: None, of: None, ..Seat::of(seat) };
        for (since, kind, id, _) in expected(app, &me).await {
            let own = (seat.to_owned(), days(app, since));
            if ["_MILESTONE", "_OUTCOME", "_REVISION"].iter().any(|noun| kind.ends_with(noun)) {
                waits.insert(id, own);
            } else if kind == "APPROVE_RESCHEDULE" {
                moves.push((id, own));
            }
        }
    }
    // A milestone that does not wait by where it stands waits by the oldest request to move it.
    for (id, own) in moves {
        waits.entry(id).or_insert(own);
    }
    let told = |node: &Value, of: Option<&(String, i64)>| {
        let of = of.map_or((Value::Null, Value::Null), |(seat, days)| (json!(seat), json!(days)));
        assert_eq!((&node["waitingFor"], &node["waitingDays"]), (&of.0, &of.1), "{node}");
    };
    for node in all(app, "milestones", "").await {
        told(&node, waits.get(node["id"].as_str().unwrap()));
    }
    // The last revision, where it waits, is what the outcome waits by.
    let mut revised = BTreeMap::new();
    for node in all(app, "outcomeRevisions", "outcome { id }").await {
        let own = waits.get(node["id"].as_str().unwrap());
        told(&node, own);
        if let Some(own) = own {
            let of = node["outcome"]["id"].as_str().unwrap().to_owned();
            assert_eq!(revised.insert(of, own.clone()), None, "{node}");
        }
    }
    for node in all(app, "outcomes", "").await {
        let id = node["id"].as_str().unwrap();
        told(&node, revised.get(id).or_else(|| waits.get(id)));
    }
    let rows = quarters(app, holders).await;
    for node in all(app, "quarters", "").await {
        let row = rows.iter().find(|row| row.id == node["id"]).unwrap();
        let (seats, since) = match row.ended {
            None => (vec![], None),
            Some(_) if row.left.is_empty() => (vec!["KEMENBUMN".to_owned()], Some(row.last)),
            Some(ended) => (row.left.clone(), Some(ended)),
        };
        let waited = since.map(|since| days(app, since));
        assert_eq!((&node["waitingFor"], &node["waitingDays"]), (&json!(seats), &json!(waited)), "{node}");
    }
}

/// All rows of a list with whom they wait for.
async fn all(app: &TestApp, field: &str, more: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let document = format!(
            "query ($after: String) {{ list: {field}(first: 100, after: $after) {{ pageInfo {{ hasNextPage endCursor }}
                nodes {{ id waitingFor waitingDays {more} }} }} }}"
        );
        let answer = app.post("KEMENBUMN", &document, json!({ "after": after })).await.json();
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        let page = &answer["data"]["list"];
        nodes.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

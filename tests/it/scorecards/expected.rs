//! The cards that are to be answered, made of rows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::rows::{Labels, Milestone, Outcome, Partnership, Rows, verifier_of};
use crate::programme::decimal;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub by: &'static str,
    pub as_locked: bool,
    pub from: Option<&'static str>,
    pub until: Option<&'static str>,
}

#[derive(Default)]
struct Card<'a> {
    partnerships: Vec<&'a Partnership>,
    milestones: Vec<&'a Milestone>,
    outcomes: Vec<&'a Outcome>,
}

fn quarter_of(day: &str) -> String {
    format!("{}-Q{}", &day[..4], day[5..7].parse::<u32>().unwrap().div_ceil(3))
}

pub fn cards(rows: &Rows, labels: &Labels, asked: Asked) -> Value {
    let by_id = rows.partnerships.iter().map(|own| (own.id.as_str(), own)).collect::<BTreeMap<_, _>>();
    let is_within = |quarter: &str| {
        asked.from.is_none_or(|from| from <= quarter) && asked.until.is_none_or(|until| quarter <= until)
    };
    let of_partnership = |id: &str| labels.of_partnership(asked.by, by_id[id]);
    // What is unknown comes last.
    let place = |key: String| (key == "UNKNOWN", key);
    let mut cards = BTreeMap::<(bool, String), Card<'_>>::new();
    let has_partnerships = !["VERIFYING_INSTITUTION", "QUARTER"].contains(&asked.by);
    for own in rows.partnerships.iter().filter(|_| has_partnerships) {
        cards.entry(place(of_partnership(&own.id))).or_default().partnerships.push(own);
    }
    for own in &rows.milestones {
        let key = match asked.by {
            "VERIFYING_INSTITUTION" => own.verifier.clone(),
            "QUARTER" => quarter_of(&own.due_on),
            _ => of_partnership(&own.partnership),
        };
        if asked.by != "QUARTER" || is_within(&key) {
            cards.entry(place(key)).or_default().milestones.push(own);
        }
    }
    let counts = |own: &&Outcome| is_within(&own.quarter) && (!asked.as_locked || own.is_locked);
    for own in rows.outcomes.iter().filter(counts) {
        let key = match asked.by {
            "VERIFYING_INSTITUTION" => verifier_of(&own.indicator).to_owned(),
            "QUARTER" => own.quarter.clone(),
            _ => of_partnership(&own.partnership),
        };
        cards.entry(place(key)).or_default().outcomes.push(own);
    }
    let cards = cards.into_iter().map(|((_, key), card)| {
        let [english, indonesian] = &labels.of[&key];
        let organisation = (asked.by == "ORGANISATION").then(|| json!({ "code": key }));
        let is = |some: &[&str]| card.outcomes.iter().filter(|own| some.contains(&own.status.as_str())).count();
        json!({
            "key": key, "english": english, "indonesian": indonesian, "organisation": organisation,
            "partnerships": has_partnerships.then_some(card.partnerships.len()),
            "milestones": milestones(&card.milestones),
            "values": values(&card, asked, has_partnerships, rows.partnerships.len()),
            "outcomes": {
                "reported": is(&["SUBMITTED", "VERIFIED"]), "verified": is(&["VERIFIED"]), "outOf": card.outcomes.len(),
            },
            "indicators": indicators(rows, &card.outcomes, asked.as_locked),
        })
    });
    cards.collect()
}

fn milestones(own: &[&Milestone]) -> Value {
    let is = |status: &str| own.iter().filter(|one| one.status == status).count();
    json!({
        "total": own.len(), "met": is("MET"), "partiallyMet": is("PARTIALLY_MET"), "notMet": is("NOT_MET"),
        "cancelled": is("CANCELLED"), "awaitingVerification": is("SUBMITTED"),
        "overdue": own.iter().filter(|one| one.is_overdue()).count(),
    })
}

fn values(card: &Card<'_>, asked: Asked, has_partnerships: bool, all: usize) -> Value {
    let out_of = if has_partnerships { card.partnerships.len() } else { all };
    let sum = |amounts: Vec<i64>, counted: usize| {
        let amount = (!amounts.is_empty()).then(|| amounts.iter().sum::<i64>());
        (amount, counted, out_of)
    };
    let told = |(amount, counted, out_of): (Option<i64>, usize, usize)| json!({ "amount": amount.map(|amount| amount.to_string()), "counted": counted, "outOf": out_of });
    let own = |at: usize| {
        let known = card.partnerships.iter().filter_map(|own| own.values[at]).collect::<Vec<_>>();
        let counted = known.len();
        has_partnerships.then(|| told(sum(known, counted)))
    };
    let transacted = card
        .outcomes
        .iter()
        .filter(|own| own.indicator == "TRANSACTION_VALUE")
        .filter_map(|own| Some((&own.partnership, own.verified(asked.as_locked)?)))
        .collect::<Vec<_>>();
    let who = transacted.iter().map(|one| one.0).collect::<BTreeSet<_>>().len();
    let (hundredths, counted, out_of) = sum(transacted.iter().map(|one| one.1).collect(), who);
    let transacted = told((hundredths.map(|hundredths| hundredths / 100), counted, out_of));
    json!({
        "potential": own(0), "estimated": own(1), "contracted": own(2),
        "transacted": (asked.by != "VERIFYING_INSTITUTION").then_some(transacted),
    })
}

fn indicators(rows: &Rows, own: &[&Outcome], as_locked: bool) -> Vec<Value> {
    let figure = |indicator: &str| {
        let mut group = own.iter().filter(|one| one.indicator == indicator).copied().collect::<Vec<_>>();
        if group.is_empty() {
            return None;
        }
        let mut quarter = None;
        if indicator == "EMPLOYMENT" {
            let verified = group.iter().filter(|one| one.verified(as_locked).is_some());
            let last = verified.map(|one| &one.quarter).max();
            let last = last.or_else(|| group.iter().map(|one| &one.quarter).max()).cloned();
            group.retain(|one| Some(&one.quarter) == last.as_ref());
            quarter = last;
        }
        let is_ratio = ["LOCAL_CONTENT", "ON_TIME_DELIVERY", "PAYMENT_DAYS"].contains(&indicator);
        let verified =
            group.iter().filter_map(|one| Some((*one, one.verified(as_locked)?))).collect::<Vec<_>>();
        let weighed = verified.iter().filter_map(|(one, figure)| {
            let weight = weight(rows, one, as_locked)?;
            (weight > 0).then_some((i128::from(*figure), weight))
        });
        let weighed = weighed.collect::<Vec<_>>();
        let (actual, counted) = if is_ratio {
            let all = weighed.iter().map(|one| one.1).sum::<i128>();
            let sum = weighed.iter().map(|one| one.0 * one.1).sum::<i128>();
            // Half up.
            ((all > 0).then(|| i64::try_from((sum * 2 + all) / (all * 2)).unwrap()), weighed.len())
        } else {
            let sum = verified.iter().map(|one| one.1).sum::<i64>();
            ((!verified.is_empty()).then_some(sum), verified.len())
        };
        let targets = group.iter().filter_map(|one| one.target).collect::<Vec<_>>();
        let target = (!is_ratio && !targets.is_empty()).then(|| targets.iter().sum::<i64>());
        let is = |some: &[&str]| group.iter().filter(|one| some.contains(&one.status.as_str())).count();
        Some(json!({
            "indicator": indicator, "quarter": quarter, "target": target.map(decimal), "actual": actual.map(decimal),
            "counted": counted, "verified": is(&["VERIFIED"]), "reported": is(&["VERIFIED", "SUBMITTED"]),
            "outOf": group.len(),
        }))
    };
    super::rows::INDICATORS.iter().filter_map(|(indicator, _)| figure(indicator)).collect()
}

/// The verified transaction value of the same partnership and quarter, in whole thousands of rupiah.
fn weight(rows: &Rows, own: &Outcome, as_locked: bool) -> Option<i128> {
    let same = rows.outcomes.iter().find(|other| {
        other.indicator == "TRANSACTION_VALUE"
            && other.partnership == own.partnership
            && other.quarter == own.quarter
    });
    Some(i128::from(same?.verified(as_locked)? / 100_000))
}

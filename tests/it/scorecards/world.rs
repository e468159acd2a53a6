//! Worlds for sums: the pilot's organisations and partners, and of all else random rows, the same for the same seed.

use chrono::{Days, NaiveDate};
use kemitraan::access::Role;
use kemitraan::nouns::milestones::entity::{MilestoneStatus, milestone};
use kemitraan::nouns::organisations::entity::organisation;
use kemitraan::nouns::outcomes::entity::{Indicator, OutcomeStatus, outcome};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::{PartnershipStatus, partnership, partnership_partner};
use kemitraan::types::{Decimal, Money, Timestamp};
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, Iterable as _, QueryFilter as _};

use crate::oracle::asks::Dice;
use crate::support::TestApp;

/// Known and unknown, and none.
const REGENCIES: [Option<&str>; 7] =
    [None, Some("32.04"), Some("32.73"), Some("33.11"), Some("35.78"), Some("20.01"), Some("96.71")];

/// Divisions of one section in both editions, of different ones, of none.
const KBLI: [Option<(&str, i32)>; 9] = [
    None,
    Some(("27120", 2020)),
    Some(("33121", 2020)),
    Some(("27120", 2025)),
    Some(("62010", 2020)),
    Some(("62010", 2025)),
    Some(("01140", 2020)),
    Some(("04000", 2020)),
    Some(("98765", 2025)),
];

const QUARTERS: [&str; 6] = ["2024-Q4", "2025-Q1", "2025-Q4", "2026-Q1", "2026-Q3", "2026-Q4"];

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

fn pick<T: Copy>(dice: &mut Dice, some: &[T]) -> T {
    some[dice.below(some.len())]
}

/// A random world in the place of another.
pub async fn random(app: &TestApp, seed: u64) {
    let dice = &mut Dice(seed);
    let raw = app.raw();
    let bumn = organisation::Entity::find().filter(organisation::Column::Seat.eq(Role::Bumn));
    // The last of them has nothing.
    let mut bumn = bumn.all(raw).await.unwrap();
    bumn.sort_by(|one, other| one.code.cmp(&other.code));
    bumn.pop();
    let of = |code: &str| organisation::Entity::find().filter(organisation::Column::Code.eq(code));
    let verifier = of("KEMENBUMN").one(raw).await.unwrap().unwrap().id;
    let partnership = partnership::Entity::find().one(raw).await.unwrap().unwrap();
    let place = partnership_partner::Entity::find().one(raw).await.unwrap().unwrap();
    let partners = partner::Entity::find().all(raw).await.unwrap();
    let milestone = milestone::Entity::find().one(raw).await.unwrap().unwrap();
    let outcome = outcome::Entity::find().one(raw).await.unwrap().unwrap();

    for table in [
        "comment",
        "delegation",
        "evidence",
        "obstacle",
        "external_reference",
        "reschedule",
        "milestone_dependency",
        "milestone",
        "outcome_revision",
        "outcome",
        "partnership_partner",
    ] {
        app.sql(&format!("DELETE FROM {table}")).await;
    }
    app.sql("DELETE FROM partnership").await;
    app.sql("UPDATE quarter SET status = 'OPEN', locked_at = NULL, locked_by = NULL").await;
    for quarter in QUARTERS.into_iter().filter(|_| dice.one_in(2)) {
        app.sql(&format!(
            "UPDATE quarter SET status = 'LOCKED', locked_at = 1, locked_by = 'a' WHERE code = '{quarter}'"
        ))
        .await;
    }
    for partner in &partners {
        let (regency, kbli) = (pick(dice, &REGENCIES), pick(dice, &KBLI));
        let quoted = |text: &str| format!("'{text}'");
        let or_null = |text: Option<String>| text.unwrap_or_else(|| "NULL".to_owned());
        app.sql(&format!(
            "UPDATE partner SET regency = {}, kbli = {}, kbli_version = {} WHERE name = '{}'",
            or_null(regency.map(quoted)),
            or_null(kbli.map(|(code, _)| quoted(code))),
            or_null(kbli.map(|(_, edition)| edition.to_string())),
            partner.name,
        ))
        .await;
    }

    let (mut partnerships, mut places) = (Vec::new(), Vec::new());
    let (mut milestones, mut outcomes) = (Vec::new(), Vec::new());
    let statuses = PartnershipStatus::iter().collect::<Vec<_>>();
    for _ in 0..24 {
        let id = app.clock.new_id();
        let organisation = bumn[dice.below(bumn.len())].id;
        let value = |dice: &mut Dice| (!dice.one_in(3)).then(|| Money(dice.below(10_000_000_000) as i64));
        let [potential, estimated, contracted] = [value(dice), value(dice), value(dice)];
        let (source, day) = (|_| "x".to_owned(), |_| today());
        partnerships.push(partnership::Model {
            id,
            public_id: kemitraan::nouns::partnerships::rules::public_id(id),
            organisation,
            batch: pick(dice, &["PILOT_2021", "BATCH_2", "angkatan"]).to_owned(),
            status: if dice.one_in(2) { PartnershipStatus::Active } else { pick(dice, &statuses) },
            status_reason: Some("x".to_owned()),
            potential_value: potential,
            potential_source: potential.map(source),
            potential_on: potential.map(day),
            estimated_value: estimated,
            estimated_source: estimated.map(source),
            estimated_on: estimated.map(day),
            contracted_value: contracted,
            contracted_source: contracted.map(source),
            contracted_on: contracted.map(day),
            ..partnership.clone()
        });
        // Of none up to four partners at most one leads.
        let (first, many) = (dice.below(partners.len()), dice.below(5));
        let lead = dice.below(many + 1);
        for at in 0..many {
            places.push(partnership_partner::Model {
                id: app.clock.new_id(),
                partnership: id,
                organisation,
                partner: partners[(first + at) % partners.len()].id,
                lead: at == lead,
                ..place.clone()
            });
        }
        for position in 0..dice.below(7) {
            milestones.push(milestone::Model {
                id: app.clock.new_id(),
                partnership: id,
                organisation,
                position: position as i32 + 1,
                verified_at: Some(Timestamp(1)),
                verified_by: Some("b".to_owned()),
                verifier_organisation: Some(verifier),
                recorded_at: Some(Timestamp(1)),
                reported_by: Some("a".to_owned()),
                reporter_organisation: Some(organisation),
                occurred_on: Some(today()),
                ..random_milestone(dice, &milestone)
            });
        }
        let has_outcomes = !dice.one_in(4);
        for quarter in QUARTERS.into_iter().filter(|_| has_outcomes) {
            for indicator in Indicator::iter() {
                // Transactions more often, for what is weighted by them.
                if dice.one_in(3) || (indicator == Indicator::TransactionValue && dice.one_in(2)) {
                    outcomes.push(outcome::Model {
                        id: app.clock.new_id(),
                        partnership: id,
                        organisation,
                        quarter: quarter.to_owned(),
                        reported_at: Some(Timestamp(1)),
                        reported_by: Some("a".to_owned()),
                        reporter_organisation: Some(organisation),
                        verified_at: Some(Timestamp(2)),
                        verified_by: Some("b".to_owned()),
                        verifier_organisation: Some(verifier),
                        status_reason: Some("x".to_owned()),
                        ..random_outcome(dice, indicator, &outcome)
                    });
                }
            }
        }
    }
    let partnerships = partnerships.into_iter().map(|row| row.into_active_model());
    partnership::Entity::insert_many(partnerships).exec_without_returning(raw).await.unwrap();
    let places = places.into_iter().map(|row| row.into_active_model());
    partnership_partner::Entity::insert_many(places).exec_without_returning(raw).await.unwrap();
    let milestones = milestones.into_iter().map(|row| row.into_active_model());
    milestone::Entity::insert_many(milestones).exec_without_returning(raw).await.unwrap();
    let outcomes = outcomes.into_iter().map(|row| row.into_active_model());
    outcome::Entity::insert_many(outcomes).exec_without_returning(raw).await.unwrap();
}

fn random_milestone(dice: &mut Dice, model: &milestone::Model) -> milestone::Model {
    let statuses = MilestoneStatus::iter().collect::<Vec<_>>();
    let seats = [Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn, Role::Bumn];
    let reporter = dice.below(seats.len());
    let verifier = (reporter + 1 + dice.below(3)) % seats.len();
    // Often at the edge of an age, sometimes not yet due, and now and then first due after it is due.
    let ago = if dice.one_in(2) { pick(dice, &[0, 1, 7, 8, 30, 31, 90, 91]) } else { dice.below(400) as u64 };
    let due_on = if dice.one_in(4) { today() + Days::new(ago) } else { today() - Days::new(ago) };
    let moved = Days::new(dice.below(200) as u64);
    let waits = [MilestoneStatus::Scheduled, MilestoneStatus::InProgress, MilestoneStatus::Returned];
    milestone::Model {
        reporter: seats[reporter],
        verifier: seats[verifier],
        due_on,
        first_due_on: if dice.one_in(8) { due_on + moved } else { due_on - moved },
        reschedules: dice.below(3) as i32,
        status: if dice.one_in(2) { pick(dice, &waits) } else { pick(dice, &statuses) },
        status_reason: Some("x".to_owned()),
        ..model.clone()
    }
}

fn random_outcome(dice: &mut Dice, indicator: Indicator, model: &outcome::Model) -> outcome::Model {
    let status = pick(dice, &[OutcomeStatus::Draft, OutcomeStatus::Submitted, OutcomeStatus::Returned]);
    let status = if dice.one_in(4) { status } else { OutcomeStatus::Verified };
    let most = match indicator {
        Indicator::LocalContent | Indicator::OnTimeDelivery => 10_000,
        Indicator::PaymentDays | Indicator::Employment => 50_000,
        // Up to fifty trillion rupiah.
        _ => 5_000_000_000_000_000,
    };
    // Hundredths, too, and transactions that weigh nothing.
    let figure = |dice: &mut Dice| {
        let most = if dice.one_in(6) { 10_000 } else { most };
        Decimal(dice.below(most) as i64)
    };
    let is_revised = status == OutcomeStatus::Verified && dice.one_in(5);
    outcome::Model {
        indicator,
        target: (!dice.one_in(4)).then(|| figure(dice)),
        actual: (status != OutcomeStatus::Draft).then(|| figure(dice)),
        revised: is_revised.then(|| figure(dice)),
        revisions: i32::from(is_revised),
        status,
        ..model.clone()
    }
}

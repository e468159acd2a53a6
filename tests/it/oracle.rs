//! The oracle: what the API shows, against what the rules of sight say, on random worlds and for random actors.
//!
//! Worlds are plain structs of the test's own, written by SQL of its own, and what must be seen of them is computed by
//! rules of its own; of the program only the router, the tokens and the shape of ids are used. Never a row too many, never
//! one too few, in any list, order, page or total, by any filter, on any object, under any id.
//!
//! `KEMITRAAN_CASES` is how many worlds each database gets, `KEMITRAAN_SEED` where they come from: the same seed gives
//! the same worlds.

#![expect(clippy::print_stdout, reason = "a long run tells how often it saw what")]

pub mod asks;
mod by_id;
mod clauses;
mod comments;
mod delegations;
mod figures;
mod lists;
mod parties;
mod questions;
mod random;
mod references;
mod revisions;
mod script;
mod sight;
mod successions;
mod surroundings;
mod work;
mod world;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kemitraan::auth::TokenRequest;
use kemitraan::types::{Timestamp, start_of};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::{Value, json};

use self::asks::{Dice, Walks};
use self::parties::HIDDEN;
use self::questions::Question;
use self::sight::Sight;
use self::world::{Actor, Case, World};
use crate::support::{Answer, Backend, ISSUER, TestApp};

crate::both!(the_api_shows_what_may_be_seen_and_nothing_else);

/// What happened how often, to tell a test that asks from one that only runs.
type Tally = RefCell<BTreeMap<&'static str, usize>>;

fn setting<T: std::str::FromStr>(name: &str, default: T) -> T {
    let set = std::env::var(name).ok().filter(|text| !text.is_empty());
    set.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}: not a number")))
}

async fn the_api_shows_what_may_be_seen_and_nothing_else(backend: Backend) {
    let app = TestApp::with(backend, false, |limits| {
        (limits.limit_body, limits.limit_tokens, limits.limit_cost) = (1 << 22, 1_000_000, u64::MAX);
        (limits.limit_aliases, limits.limit_root_fields, limits.limit_directives) = (10_000, 10_000, 10_000);
        limits.limit_time = 60;
    })
    .await;
    let cases = setting("KEMITRAAN_CASES", if backend == Backend::Sqlite { 80 } else { 50 });
    // Fixed, so that the suite says the same each time.
    let seed = setting("KEMITRAAN_SEED", 20_210_903_u64);
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        // Other worlds on each database.
        rng_seed: RngSeed::Fixed(seed.wrapping_add(backend as u64)),
        max_shrink_iters: 400,
        max_shrink_time: 90_000,
        ..Config::default()
    });
    let (number, tally) = (Cell::new(0), Tally::default());
    let outcome = runner.run(&random::case(), |case| {
        number.set(number.get() + 1);
        let asked = async { check(&app, &case, number.get(), &tally).await };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(asked))
            .map_err(TestCaseError::fail)
    });
    if let Err(failure) = outcome {
        panic!("KEMITRAAN_SEED={seed} KEMITRAAN_CASES={cases}, {backend:?}: {failure}");
    }
    let tally = tally.into_inner();
    println!("{backend:?}, seed {seed}, {cases} cases: {tally:?}");
    // The test is one: what is seen is not nothing, is not all, and is not only one's own.
    let least = [
        ("of a part", 6),
        ("of the inherited", 20),
        ("of everything", 12),
        ("too late", 40),
        ("too early", 50),
        ("forbidden", 40),
        ("outcomes of a part", 8),
        ("revised", 6),
        ("agreed", 4),
        ("obstacles of a part", 10),
        ("evidence of a part", 20),
        ("comments of a part", 10),
        ("a comment on a quarter", 6),
        ("some withdrawn", 6),
        ("certificates of a part", 15),
        ("contacts of a part", 20),
        ("a name shared with others", 25),
        ("a clause with others' milestones", 10),
    ];
    for (kind, one_in) in least {
        let often = tally.get(kind).copied().unwrap_or_default();
        assert!(often >= cases as usize / one_in, "{kind}: only {often} of {cases}, {tally:?}");
    }
}

/// One world, and one actor asking all that there is to ask.
async fn check(app: &TestApp, case: &Case, number: usize, tally: &Tally) -> Result<(), String> {
    let world = case.world.clone().coded(number);
    let start = start_of(world::today()).0;
    app.clock.set(Timestamp(start + i64::from(case.second) * 1_000_000));
    app.sql(&world.sql(app.backend)).await;
    let asker = Asker { app, token: token(app, &world, &case.actor) };
    let count = |kind| *tally.borrow_mut().entry(kind).or_default() += 1;
    if let Some(why) = successions::turned_away(&world, &case.actor) {
        count(why);
        for document in ["{ memoranda { totalCount } }", "{ viewer { role } }"] {
            asker.is_refused(document, StatusCode::UNAUTHORIZED, "UNAUTHENTICATED").await?;
        }
        return Ok(());
    }
    let sight = Sight::of(&world, &case.actor);
    for document in questions::refused(&sight, &case.actor) {
        asker.is_refused(document, StatusCode::FORBIDDEN, "FORBIDDEN").await?;
    }
    if matches!(case.actor, Actor::Admin) {
        count("forbidden");
        return Ok(());
    }
    let seen = sight.partnerships().count();
    count(match seen {
        0 => "of nothing",
        _ if seen == world.partnerships.len() => "of everything",
        _ => "of a part",
    });
    if sight.inherited(&case.actor) > 0 {
        count("of the inherited");
    }
    for kind in sight.kinds() {
        count(kind);
    }
    let dice = &mut Dice(case.dice);
    asker.answers(&questions::everything(&sight, &case.actor, dice)).await?;
    asker.answers(&surroundings::surroundings(&sight, dice)).await?;
    asker.answers(&by_id::by_id(&sight, dice)).await?;
    asker.walk(Walks::at_once(&sight, dice)).await?;
    asker.walk(Walks::by_pages(&sight, dice)).await
}

fn token(app: &TestApp, world: &World, actor: &Actor) -> String {
    let (mut organisation, mut level, mut covers) = (None, None, Vec::new());
    let role = match actor {
        Actor::Seat { organisation: id, level: own } => {
            organisation = Some(world.organisation(*id).code.clone());
            level = Some(own.parse().unwrap());
            world.organisation(*id).seat.unwrap()
        }
        Actor::Auditor(letter) => {
            covers = letter.iter().flatten().map(|id| world.organisation(*id).code.clone()).collect();
            "AUDITOR"
        }
        Actor::Admin => "ADMIN",
    };
    let letter = matches!(actor, Actor::Auditor(_)).then(|| "CONTOH/1".to_owned());
    TokenRequest {
        role: role.parse().unwrap(),
        organisation,
        level,
        subject: Some("oracle".to_owned()),
        days: 30,
        institution: letter.clone(),
        letter,
        letter_from: None,
        letter_until: None,
        covers,
    }
    .issue(&app.keys, ISSUER, &app.clock)
    .unwrap()
}

/// Someone asking with a token.
struct Asker<'a> {
    app: &'a TestApp,
    token: String,
}

impl Asker<'_> {
    /// Whatever is answered has nothing in it of what is shown to nobody.
    async fn post(&self, document: &str, variables: &Value) -> Result<Answer, String> {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .header("authorization", format!("Bearer {}", self.token))
            .body(Body::from(json!({ "query": document, "variables": variables }).to_string()))
            .unwrap();
        let answer = self.app.send(request).await;
        match HIDDEN.into_iter().find(|hidden| answer.text.contains(hidden)) {
            None => Ok(answer),
            Some(hidden) => Err(format!("{document}\nwith {variables}\nshows {hidden}:\n{}", answer.text)),
        }
    }

    async fn is_refused(&self, document: &str, status: StatusCode, code: &str) -> Result<(), String> {
        let answer = self.post(document, &json!({})).await?;
        let body = answer.json();
        if answer.status == status
            && body["errors"][0]["extensions"]["code"] == code
            && body.get("data").is_none()
        {
            return Ok(());
        }
        Err(format!("{document}\nexpected {status} {code}\ngot {} {body}", answer.status))
    }

    async fn answers(&self, question: &Question) -> Result<(), String> {
        let Question { document, variables, data, errors } = question;
        let body = self.post(document, variables).await?.json();
        let failed = body["errors"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|error| {
            let path = error["path"].as_array().map_or(&[][..], Vec::as_slice);
            let [Value::String(key)] = path else { return (error.to_string(), "?") };
            (key.clone(), error["extensions"]["code"].as_str().unwrap_or("?"))
        });
        let failed = failed.collect::<BTreeMap<_, _>>();
        // What differs in the data tells more than what failed.
        if let Some((path, difference)) = difference(data, &body["data"], "") {
            let key = path.split('/').nth(1).unwrap_or_default();
            return Err(format!("{}\nat {path}\n{difference}\nwith errors {failed:?}", question.about(key)));
        }
        let all = errors.keys().chain(failed.keys());
        match all.into_iter().find(|key| errors.get(*key) != failed.get(*key)) {
            None => Ok(()),
            Some(key) => {
                let [expected, got] =
                    [errors, &failed].map(|codes| codes.get(key).copied().unwrap_or("none"));
                Err(format!("{}\nexpected the error {expected}\ngot {got}", question.about(key)))
            }
        }
    }

    async fn walk(&self, mut walks: Walks) -> Result<(), String> {
        while !walks.are_done() {
            let variables = walks.variables();
            let body = self.post(&walks.document, &variables).await?.json();
            match body.get("errors") {
                None => walks.take(&body["data"])?,
                Some(errors) => return Err(format!("{}\nwith {variables}\n{errors}", walks.document)),
            }
        }
        Ok(())
    }
}

/// Where two answers first differ, and how.
fn difference(expected: &Value, got: &Value, path: &str) -> Option<(String, String)> {
    match (expected, got) {
        (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
            one.iter().find_map(|(key, value)| difference(value, &got[key], &format!("{path}/{key}")))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(at, (one, other))| difference(one, other, &format!("{path}/{at}")))
        }
        _ if expected == got => None,
        _ => Some((path.to_owned(), format!("expected {expected}\ngot {got}"))),
    }
}

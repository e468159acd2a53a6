//! The program is killed while many write to it, and whoever got no answer asks again: nothing is lost, nothing done twice.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use kemitraan::types::Clock;
use serde_json::{Value, json};

use crate::commands::{Folder, Server, ok};
use crate::support::{Backend, TestApp};
use crate::writes::sequence;

crate::both!(killed_and_asked_again_each_request_is_one_entry);

const CLIENTS: usize = 32;
/// The clients that have a milestone each to themselves; the others share two.
const ALONE: usize = 16;
const KILLS: usize = 4;
/// When a test that has not ended has failed.
const PATIENCE: Duration = Duration::from_secs(90);

const UPDATE: &str = "mutation($input: MilestoneUpdateInput!) { milestoneUpdate(input: $input) {
    milestone { id } version journalEntry { sequence } } }";

/// What was done by one request, by the answer to it.
struct Act {
    milestone: usize,
    weight: i64,
    version: i64,
    sequence: i64,
}

/// What the clients share.
struct World {
    /// Where the program listens now.
    address: Mutex<String>,
    over: AtomicBool,
    /// How many acts were answered.
    done: AtomicUsize,
    token: String,
    milestones: Vec<Value>,
    since: Instant,
}

impl World {
    /// One request; none where no whole answer came.
    fn attempt(&self, query: &str, variables: &Value) -> Option<Value> {
        let address = self.address.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut stream = TcpStream::connect(&address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    }

    /// The same request until it is answered; how often that took more than once is counted.
    fn ask(&self, query: &str, variables: &Value, again: &mut usize) -> Value {
        loop {
            if let Some(answer) = self.attempt(query, variables) {
                // Nothing was done, and the same may be sent again.
                if answer["errors"][0]["extensions"]["code"] != "BUSY" {
                    return answer;
                }
            }
            *again += 1;
            assert!(self.since.elapsed() < PATIENCE, "no answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A client: raises the version of its milestone again and again, by what it last knew of it.
    fn work(&self, client: usize) -> (Vec<Act>, usize) {
        let milestone = if client < ALONE { client } else { ALONE + client % 2 };
        let (mut acts, mut again) = (Vec::new(), 0);
        let id = &self.milestones[milestone]["id"];
        let mut version = self.milestones[milestone]["version"].as_i64().unwrap();
        for number in 0.. {
            // Who got no answer at the end is answered still.
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            let weight = (client * 7 + number) % 101;
            let input = json!({ "id": id, "expectedVersion": version, "weight": weight,
                "idempotencyKey": format!("client-{client}-{number}") });
            let answer = self.ask(UPDATE, &json!({ "input": input }), &mut again);
            let made = &answer["data"]["milestoneUpdate"];
            if made.is_object() {
                assert_eq!(made["version"], version + 1, "{answer:#}");
                version += 1;
                let sequence = made["journalEntry"]["sequence"].as_i64().unwrap();
                self.done.fetch_add(1, Ordering::Relaxed);
                acts.push(Act { milestone, weight: weight as i64, version, sequence });
            } else {
                // Another was first. Nobody else has to do with what one has to oneself.
                let error = &answer["errors"][0]["extensions"];
                assert!(error["code"] == "CONFLICT" && client >= ALONE, "{client} {number} {answer:#}");
                version = error["currentVersion"].as_i64().unwrap();
            }
        }
        (acts, again)
    }
}

async fn plan(app: &TestApp) -> Vec<Value> {
    let document = "{ partnerships(first: 9, filter: { status: [ACTIVE] }) { nodes { id } } }";
    let data = app.data("KEMENBUMN", document).await;
    let partnerships = data["partnerships"]["nodes"].as_array().unwrap();
    let mut milestones = Vec::new();
    for number in 0..ALONE + 2 {
        let document = format!(
            "mutation {{ milestonePlan(input: {{ partnership: {}, type: NEED_IDENTIFICATION, weight: 1, title: \"Contoh {number}\",
                dueOn: \"2026-12-31\" }}) {{ milestone {{ id version }} }} }}",
            partnerships[number % partnerships.len()]["id"]
        );
        milestones.push(app.data("KEMENBUMN", &document).await["milestonePlan"]["milestone"].clone());
    }
    milestones
}

async fn killed_and_asked_again_each_request_is_one_entry(backend: Backend) {
    let app = TestApp::new(backend).await;
    let milestones = plan(&app).await;
    let folder = Folder::new();
    let keys = folder.join("keys");
    let token = ok(&[
        "token",
        "issue",
        "--keys",
        &keys,
        "--role",
        "KEMENBUMN",
        "--organisation",
        "KEMENBUMN",
        "--level",
        "OFFICER",
    ]);
    let first = Server::serve(&app.url, &keys, &[]);
    // With the entry that the first start makes of its access table.
    let before = sequence(&app).await;
    let world = World {
        address: Mutex::new(first.address().to_owned()),
        over: AtomicBool::new(false),
        done: AtomicUsize::new(0),
        token: token.trim().to_owned(),
        milestones,
        since: Instant::now(),
    };
    let mut server = Some(first);
    let clients = std::thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|client| {
            let world = &world;
            scope.spawn(move || world.work(client))
        });
        let clients = clients.collect::<Vec<_>>();
        for kill in 1..=KILLS {
            // Under way, and then whenever that is.
            while world.done.load(Ordering::Relaxed) < kill * CLIENTS && world.since.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(10));
            }
            let chance = Clock::system().new_id().as_u128() % 500;
            std::thread::sleep(Duration::from_millis(chance as u64));
            drop(server.take());
            let next = Server::serve(&app.url, &keys, &[]);
            *world.address.lock().unwrap_or_else(PoisonError::into_inner) = next.address().to_owned();
            server = Some(next);
        }
        std::thread::sleep(Duration::from_millis(300));
        world.over.store(true, Ordering::Relaxed);
        clients.into_iter().map(|client| client.join().unwrap()).collect::<Vec<_>>()
    });
    let again = clients.iter().map(|(_, again)| again).sum::<usize>();
    assert!(again >= KILLS, "nobody was left without an answer: {again}");
    let mut acts = clients.into_iter().flat_map(|(acts, _)| acts).collect::<Vec<_>>();
    assert!(acts.len() > CLIENTS, "{}", acts.len());

    // An entry for each that was answered, in a row, and no other.
    acts.sort_by_key(|act| act.sequence);
    let sequences = acts.iter().map(|act| act.sequence).collect::<Vec<_>>();
    assert_eq!(sequences, (before + 1..=before + acts.len() as i64).collect::<Vec<_>>());
    assert_eq!(sequence(&app).await, before + acts.len() as i64);
    // Each saw what the one before it had left, and the last is what stands.
    for (at, milestone) in world.milestones.iter().enumerate() {
        let first = milestone["version"].as_i64().unwrap();
        let own = acts.iter().filter(|act| act.milestone == at).collect::<Vec<_>>();
        let versions = own.iter().map(|act| act.version).collect::<Vec<_>>();
        assert_eq!(versions, (first + 1..=first + own.len() as i64).collect::<Vec<_>>());
        let document = format!("{{ milestone(id: {}) {{ version weight }} }}", milestone["id"]);
        let row = app.data("KEMENBUMN", &document).await["milestone"].clone();
        assert_eq!(row["version"], first + own.len() as i64);
        let last = own.last().unwrap_or_else(|| panic!("nothing was done to {at}"));
        assert_eq!(row["weight"], last.weight);
    }
    server.unwrap().end("-TERM");
    ok(&["journal", "verify", "--database", &app.url]);
}

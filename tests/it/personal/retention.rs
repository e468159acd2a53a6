//! Contacts are kept for so many days after the last partnership of their partner has ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kemitraan::access::Access;
use kemitraan::db::{Database, Options};
use kemitraan::nouns::contacts::retention;
use kemitraan::types::Timestamp;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use super::{set, standing};
use crate::commands::{finish, kemitraan, ok, text};
use crate::partners::send;
use crate::partnerships::{act, proposal};
use crate::scope::rows;
use crate::support::{Backend, TestApp, connect};
use crate::writes::{assert_verified, sequence};

crate::both!(
    contacts_go_so_many_days_after_the_last_partnership,
    who_left_a_partnership_is_kept_from_then_on,
    each_is_erased_once,
    it_is_applied_each_day,
    the_command_applies_it,
);

const DAYS: u32 = 30;

/// A partner of KEMENKOPUKM's with a telephone and an address, and its NIB.
async fn partner(app: &TestApp, nib: &str) -> String {
    let input = json!({ "name": "Contoh mitra baru (data contoh)", "legalForm": "CV", "scale": "MICRO",
        "scaleSince": "2026-01-01", "nib": nib });
    let made = send(app, "KEMENKOPUKM", "partnerRegister", "{ partner { id } }", input).await;
    let id = made["partner"]["id"].as_str().unwrap_or_else(|| panic!("{made:#}")).to_owned();
    set(app, "KEMENKOPUKM", &id, "PHONE", "+628193451236").await;
    set(app, "KEMENKOPUKM", &id, "EMAIL", "tanda@contoh.example").await;
    id
}

/// A partnership of Pertamina's with the partner that has this NIB, proposed just now.
async fn propose(app: &TestApp, nib: &str) -> String {
    let made =
        crate::partnerships::send(app, "PERTAMINA", "partnershipPropose", proposal(app, nib).await).await;
    made["partnership"]["id"].as_str().unwrap_or_else(|| panic!("{made:#}")).to_owned()
}

async fn reject(app: &TestApp, id: &str) {
    let done = act(app, "KEMENBUMN", "partnershipReject", id, json!({ "reason": "Contoh" })).await;
    assert_eq!(done["partnership"]["status"], "REJECTED", "{done:#}");
}

fn pass(app: &TestApp, days: i64) {
    app.clock.set(Timestamp(app.now().0 + days * 86_400_000_000));
}

/// Of what there is already nothing is due any more.
async fn begin(backend: Backend) -> TestApp {
    let app = TestApp::new(backend).await;
    retention::apply(&app.app.access, DAYS).await.unwrap();
    app
}

async fn contacts(app: &TestApp, partner: &str) -> usize {
    let mut count = 0;
    for kind in ["PERSON", "PHONE", "EMAIL", "NPWP"] {
        count += usize::from(standing(app, partner, kind).await.is_some());
    }
    count
}

async fn contacts_go_so_many_days_after_the_last_partnership(backend: Backend) {
    let app = begin(backend).await;
    let partner = &partner(&app, "7000000000001").await;
    let (first, second) = (propose(&app, "7000000000001").await, propose(&app, "7000000000001").await);
    reject(&app, &first).await;
    pass(&app, 100);
    // One is open, however old the other's end.
    assert_eq!(retention::apply(&app.app.access, DAYS).await.unwrap(), 0);
    reject(&app, &second).await;
    pass(&app, i64::from(DAYS) - 1);
    assert_eq!(retention::apply(&app.app.access, DAYS).await.unwrap(), 0);
    pass(&app, 1);
    // Kept for as long as it is set, and with no days for ever.
    assert_eq!(retention::apply(&app.app.access, DAYS + 1).await.unwrap(), 0);
    assert_eq!(retention::apply(&app.app.access, 0).await.unwrap(), 0);
    assert_eq!(contacts(&app, partner).await, 2);
    // One that was set only lately is kept for as long.
    set(&app, "KEMENKOPUKM", partner, "PERSON", "Contoh Pengurus").await;

    let before = sequence(&app).await;
    assert_eq!(retention::apply(&app.app.access, DAYS).await.unwrap(), 1);
    assert_eq!(sequence(&app).await, before + 1);
    assert_eq!(contacts(&app, partner).await, 1);
    assert!(standing(&app, partner, "PERSON").await.is_some());
    let document = format!(
        "{{ partner(id: \"{partner}\") {{ contacts {{ kind mask erased history(last: 1) {{ nodes {{ action actor role reason }} }} }} }} }}"
    );
    let told = app.data("KEMENKOPUKM", &document).await["partner"]["contacts"].clone();
    for one in told.as_array().unwrap().iter().filter(|one| one["kind"] != "PERSON") {
        assert_eq!((&one["mask"], &one["erased"]), (&Value::Null, &json!(true)), "{one:#}");
        let act = &one["history"]["nodes"][0];
        let by = (&act["action"], &act["actor"], &act["role"]);
        assert_eq!(by, (&json!("retentionApply"), &json!("SYSTEM"), &Value::Null));
        assert_eq!(
            act["reason"],
            "the partner has had no open partnership for 30 days, for which contacts are kept"
        );
    }
    let left = rows(&app, "SELECT value FROM contact_value WHERE value LIKE '%8193451236'").await;
    assert!(left.is_empty());
    pass(&app, i64::from(DAYS));
    assert_eq!(retention::apply(&app.app.access, DAYS).await.unwrap(), 1);
    assert_eq!(contacts(&app, partner).await, 0);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn who_left_a_partnership_is_kept_from_then_on(backend: Backend) {
    let app = begin(backend).await;
    let partner = &partner(&app, "7000000000001").await;
    let other = crate::partnerships::proposed(&app).await;
    let done =
        act(&app, "PERTAMINA", "partnershipAddPartner", &other, json!({ "nib": "7000000000001" })).await;
    assert!(done["journalEntry"].is_object(), "{done:#}");
    pass(&app, 100);
    let more = json!({ "partner": partner, "reason": "Contoh" });
    let done = act(&app, "PERTAMINA", "partnershipRemovePartner", &other, more).await;
    assert!(done["journalEntry"].is_object(), "{done:#}");
    pass(&app, i64::from(DAYS) - 1);
    assert_eq!(retention::apply(&app.app.access, DAYS).await.unwrap(), 0);
    pass(&app, 1);
    assert_eq!(retention::apply(&app.app.access, DAYS).await.unwrap(), 1);
    assert_eq!(contacts(&app, partner).await, 0);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn each_is_erased_once(backend: Backend) {
    let app = begin(backend).await;
    for at in 0..8 {
        partner(&app, &format!("700000000000{at}")).await;
    }
    pass(&app, i64::from(DAYS));
    let before = sequence(&app).await;
    let apply = || async {
        let db = Database::connect(&Options::of(&app.url)).await.unwrap();
        let access = Access::new(db.clone(), app.clock.clone(), 90);
        let partners = retention::apply(&access, DAYS).await.unwrap();
        db.close().await;
        partners
    };
    let (one, other, third) = tokio::join!(apply(), apply(), apply());
    assert_eq!((one + other + third, sequence(&app).await), (8, before + 8));
    assert_verified(&app.app.access, &app.folder).await;
}

async fn it_is_applied_each_day(backend: Backend) {
    let app = Arc::new(begin(backend).await);
    let partner = &partner(&app, "7000000000001").await;
    let before = sequence(&app).await;
    let access = app.app.access.clone();
    let daily = tokio::spawn(retention::daily(access, DAYS, Duration::from_millis(10)));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(sequence(&app).await, before);
    pass(&app, i64::from(DAYS));
    let began = Instant::now();
    while contacts(&app, partner).await > 0 {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(sequence(&app).await, before + 1);
    daily.abort();
}

async fn the_command_applies_it(backend: Backend) {
    let app = begin(backend).await;
    let partner = &partner(&app, "7000000000001").await;
    let run =
        |days: &str| ok(&["retention", "apply", "--database", &app.url, "--retention-contact-days", days]);
    // By the system's clock, which is past the tests' own.
    assert_eq!(run("0"), "erased: the contacts of 0 partners\n");
    assert_eq!(run("36500"), "erased: the contacts of 0 partners\n");
    assert_eq!(contacts(&app, partner).await, 2);
    // It ends when nothing is left in the files: not while another could still see it, however long that is.
    let other = connect(&app.url).await;
    let begin = match backend {
        Backend::Sqlite => "BEGIN; SELECT count(*) FROM contact_value",
        Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM contact_value",
    };
    other.execute_unprepared(begin).await.unwrap();
    let args = ["retention", "apply", "--database", &app.url, "--retention-contact-days", "1"];
    let applying = kemitraan(&args);
    let applying = tokio::task::spawn_blocking(|| finish(applying));
    let began = Instant::now();
    while contacts(&app, partner).await > 0 {
        assert!(began.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(!applying.is_finished());
    other.execute_unprepared("COMMIT").await.unwrap();
    let output = applying.await.unwrap();
    let told = text(&output.stdout);
    assert!(output.status.success() && told.starts_with("erased: ") && !told.contains(" 0 "), "{output:?}");
    assert_verified(&app.app.access, &app.folder).await;
}

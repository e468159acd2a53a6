//! What waits for whom where organisations have followed others.

use kemitraan::access::Role;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use uuid::Uuid;

use super::recomputed::{
    MINISTRIES, Part, Seat, assert_fields, assert_list, assert_told, start, today, walk, worklist,
};
use super::stir::{Chance, agree, stir};
use crate::scope::{literal, uuids};
use crate::succession::{create, find, follow, token};
use crate::support::{Backend, TestApp};

crate::both!(
    a_part_stays_a_part_whoever_follows,
    what_has_no_lead_partner_is_not_lost,
    the_work_of_a_bumn_is_not_divided_by_stewardship,
    a_quarter_waits_for_whoever_holds_the_seat_today,
);

fn signed() -> Vec<(&'static str, &'static str)> {
    Seat::of("KEMENBUMN").holders
}

/// What a successor of KEMENKOPUKM's seat is told, with whoever holds the seats.
async fn assert_part(app: &TestApp, code: &str, part: Part, holders: &[&str]) -> usize {
    let others = [("KEMENPERIN", "KEMENPERIN"), ("KEMENBUMN", "KEMENBUMN")];
    let holders = holders.iter().map(|code| ("KEMENKOPUKM", *code)).chain(others).collect();
    let seat = Seat { code: Some(code), part, holders, ..Seat::of("KEMENKOPUKM") };
    let token = token(app, &format!("KEMENKOPUKM:{code}"));
    let found = walk(app, &token, 9, false).await;
    assert_list(app, code, found, &seat).await.len()
}

async fn divide(app: &TestApp, on: &str) -> [Uuid; 2] {
    let old = find(app, "KEMENKOPUKM").await;
    let mut both = [Uuid::nil(); 2];
    let parts = [("KEMENKOP", Stewardship::Koperasi), ("KEMEN_UMKM", Stewardship::OtherThanKoperasi)];
    for (by, (code, part)) in both.iter_mut().zip(parts) {
        *by = create(&app.app.access, code, Role::Kemenkopukm).await;
        follow(&app.app.access, SuccessionKind::Split, old, *by, part, on).await;
    }
    both
}

/// A part that is renamed, replaced or merged back is still that part, and both together are all.
async fn a_part_stays_a_part_whoever_follows(backend: Backend) {
    let app = TestApp::new(backend).await;
    stir(&app, &mut Chance(23)).await;
    let [koperasi, others] = divide(&app, "2026-11-01").await;
    let both = ["KEMENKOP", "KEMEN_UMKM"];
    let one = assert_part(&app, "KEMENKOP", Part::Koperasi, &both).await;
    let other = assert_part(&app, "KEMEN_UMKM", Part::Others, &both).await;
    assert!(one > 3 && other > 3 && one != other);
    assert!(worklist(&app, "KEMENKOPUKM").await.is_empty());

    let access = &app.app.access;
    follow(access, SuccessionKind::Rename, koperasi, koperasi, Stewardship::All, "2026-11-10").await;
    assert_eq!(assert_part(&app, "KEMENKOP", Part::Koperasi, &both).await, one);

    let third = create(access, "KEMEN_TIGA", Role::Kemenkopukm).await;
    follow(access, SuccessionKind::Replace, others, third, Stewardship::All, "2026-11-20").await;
    let both = ["KEMENKOP", "KEMEN_TIGA"];
    assert_eq!(assert_part(&app, "KEMEN_TIGA", Part::Others, &both).await, other);
    assert_eq!(assert_part(&app, "KEMENKOP", Part::Koperasi, &both).await, one);
    let gone = token(&app, "KEMENKOPUKM:KEMEN_UMKM");
    assert!(walk(&app, &gone, 9, false).await.is_empty());

    follow(access, SuccessionKind::Merge, koperasi, third, Stewardship::All, "2026-11-24").await;
    let all = assert_part(&app, "KEMEN_TIGA", Part::All, &["KEMEN_TIGA"]).await;
    assert!(all > one.max(other));
}

/// One of the successors has it: what neither had would wait for nobody.
async fn what_has_no_lead_partner_is_not_lost(backend: Backend) {
    let app = TestApp::new(backend).await;
    stir(&app, &mut Chance(29)).await;
    let lost = "UPDATE partnership_partner SET lead = (1 = 0)";
    let lost = if backend == Backend::Sqlite { lost.replace("(1 = 0)", "0") } else { lost.to_owned() };
    app.sql(&lost).await;
    let before = worklist(&app, "KEMENKOPUKM").await.len();
    divide(&app, "2026-11-24").await;
    let both = ["KEMENKOP", "KEMEN_UMKM"];
    let koperasi = assert_part(&app, "KEMENKOP", Part::Koperasi, &both).await;
    let others = assert_part(&app, "KEMEN_UMKM", Part::Others, &both).await;
    // Quarters have no partner: both are to agree, also to those that their predecessor agreed to.
    assert!(koperasi < others && others >= before, "{koperasi} {others} {before}");
}

async fn the_work_of_a_bumn_is_not_divided_by_stewardship(backend: Backend) {
    let app = TestApp::new(backend).await;
    stir(&app, &mut Chance(31)).await;
    let (pln, rni) = (find(&app, "PLN").await, find(&app, "RNI").await);
    let part = Stewardship::OtherThanKoperasi;
    follow(&app.app.access, SuccessionKind::Holding, rni, pln, part, &today(&app)).await;
    let seat = Seat { of: Some(vec!["PLN", "RNI"]), ..Seat::of("PLN") };
    let kinds = assert_list(&app, "PLN", worklist(&app, "PLN").await, &seat).await;
    assert!(kinds.len() > 10);
    assert!(worklist(&app, "RNI").await.is_empty());
}

async fn a_quarter_waits_for_whoever_holds_the_seat_today(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.sql("DELETE FROM quarter_agreement").await;
    let sql = "SELECT id FROM quarter WHERE status = 'OPEN' AND ends_on < '2026-11-24' ORDER BY code LIMIT 2";
    let quarters = uuids(&app, sql).await;
    for quarter in &quarters {
        let quarter = literal(backend, *quarter);
        for (seat, day) in MINISTRIES.into_iter().zip(["2026-11-12", "2026-11-10", "2026-11-11"]) {
            agree(&app, &quarter, seat, seat, start(day)).await;
        }
    }
    assert_fields(&app, &signed()).await;
    let locks = async |app: &TestApp| {
        let kinds = assert_told(app, "KEMENBUMN").await;
        kinds.iter().filter(|kind| *kind == "LOCK_QUARTER").count()
    };
    assert_eq!(locks(&app).await, 2);

    divide(&app, "2026-11-24").await;
    let two = [("KEMENKOPUKM", "KEMENKOP"), ("KEMENKOPUKM", "KEMEN_UMKM")];
    let holders = [("KEMENPERIN", "KEMENPERIN"), ("KEMENBUMN", "KEMENBUMN"), two[0], two[1]];
    let lists = async |count: usize| {
        assert_fields(&app, &holders).await;
        let seat = Seat { holders: holders.to_vec(), ..Seat::of("KEMENBUMN") };
        let found = worklist(&app, "KEMENBUMN").await;
        let kinds = assert_list(&app, "KEMENBUMN", found, &seat).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "LOCK_QUARTER").count(), count);
        let both = ["KEMENKOP", "KEMEN_UMKM"];
        assert_part(&app, "KEMENKOP", Part::Koperasi, &both).await;
        assert_part(&app, "KEMEN_UMKM", Part::Others, &both).await;
    };
    // The predecessor's word does not bind those who have its seat now.
    lists(0).await;
    let first = literal(backend, quarters[0]);
    agree(&app, &first, "KEMENKOPUKM", "KEMENKOP", start("2026-11-24")).await;
    lists(0).await;
    agree(&app, &first, "KEMENKOPUKM", "KEMEN_UMKM", start("2026-11-24") + 1).await;
    lists(1).await;
    // A day earlier the seat was still one's.
    app.clock.set("2026-11-23T23:59:59.999999+07:00".parse().unwrap());
    assert_eq!(locks(&app).await, 2);
    assert_fields(&app, &signed()).await;
}

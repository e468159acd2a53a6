//! A seat that was divided agrees when each of its parts has.

use kemitraan::access::Role;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use serde_json::{Value, json};

use super::{OVER, act, opened};
use crate::scope::global;
use crate::succession::{create, find, follow, token};
use crate::support::{Backend, TestApp};
use crate::walls::post_as;

crate::both!(each_part_of_a_divided_seat_agrees);

async fn agree(app: &TestApp, who: &str, quarter: &Value) -> Value {
    let document =
        "mutation($input: QuarterAgreeInput!) { quarterAgree(input: $input) { quarter { waitingFor } } }";
    let input = json!({ "input": { "id": quarter, "expectedVersion": 1 } });
    post_as(app, &token(app, who), document, input).await.json()
}

async fn each_part_of_a_divided_seat_agrees(backend: Backend) {
    let app = TestApp::new(backend).await;
    let quarter = opened(&app, OVER).await;
    let access = &app.app.access;
    let seat = Role::Kemenkopukm;
    let before = find(&app, "KEMENKOPUKM").await;
    let (one, two) = (create(access, "KEMENKOP", seat).await, create(access, "KEMENUMKM", seat).await);
    let on = app.clock.today().to_string();
    follow(access, SuccessionKind::Split, before, one, Stewardship::Koperasi, &on).await;
    follow(access, SuccessionKind::Split, before, two, Stewardship::OtherThanKoperasi, &on).await;
    for ministry in ["KEMENPERIN", "KEMENBUMN"] {
        act(&app, ministry, "quarterAgree", &quarter, json!({})).await;
    }
    let refused = agree(&app, "KEMENKOPUKM:KEMENKOPUKM", &quarter).await;
    assert_eq!(refused["errors"][0]["extensions"]["rule"], "succeeded", "{refused:#}");
    let first = agree(&app, "KEMENKOPUKM:KEMENKOP", &quarter).await;
    assert_eq!(first["data"]["quarterAgree"]["quarter"]["waitingFor"], json!(["KEMENKOPUKM"]), "{first:#}");
    let early = act(&app, "KEMENBUMN", "quarterLock", &quarter, json!({})).await;
    let missing = json!([{ "seat": "KEMENKOPUKM", "organisation": global("organisation", two) }]);
    assert_eq!((&early["rule"], &early["missing"]), (&json!("seats-agree"), &missing), "{early:#}");
    agree(&app, "KEMENKOPUKM:KEMENUMKM", &quarter).await;
    let locked = act(&app, "KEMENBUMN", "quarterLock", &quarter, json!({})).await;
    assert_eq!(locked["quarter"]["status"], "LOCKED", "{locked:#}");
}

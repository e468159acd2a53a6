//! A BUMN that is followed by a new one, taken over, split or renamed, and what auditors' letters then reach.

use kemitraan::access::Role;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use serde_json::{Value, json};

use super::{
    RNI, app, assert_401, assert_reads_until, assert_sees, assert_shut_out, assert_writes,
    assert_writes_nothing, at, create, data, find, follow, token,
};
use crate::journal_readers::changes_within;
use crate::scope::sequences;
use crate::support::{BUMN, Backend, TestApp};
use crate::walls::cases::{clear, mutations};
use crate::walls::{post_as, start};

crate::both!(
    a_bumn_is_followed_by_a_new_one,
    what_is_taken_over_adds_to_what_one_has,
    of_two_successions_in_a_row_the_last_has_all,
    a_split_leaves_all_to_each,
    a_new_name_changes_nothing,
    letters_reach_what_was_inherited_from_the_day_on,
    the_day_turns_at_midnight_in_jakarta,
);

/// The day of a BUMN's succession, and the moments about it.
const DAY: &str = "2027-01-15";
const BEFORE: &str = "2027-01-14T23:59:59.999999+07:00";
const ON: &str = "2027-01-15T00:00:00+07:00";
/// The ninetieth day.
const UNTIL: &str = "2027-04-14";
const LAST: &str = "2027-04-14T23:59:59.999999+07:00";
const OVER: &str = "2027-04-15T00:00:00+07:00";

/// RNI is followed by these, on the day.
async fn rni_is_followed(app: &TestApp, kind: SuccessionKind, successors: &[(&str, Stewardship)]) {
    let rni = find(app, "RNI").await;
    for (code, part) in successors {
        let by = if BUMN.contains(code) {
            find(app, code).await
        } else {
            create(&app.app.access, code, Role::Bumn).await
        };
        follow(&app.app.access, kind, rni, by, *part, DAY).await;
    }
}

async fn a_bumn_is_followed_by_a_new_one(backend: Backend) {
    let app = app(backend).await;
    rni_is_followed(&app, SuccessionKind::Holding, &[("ID_FOOD", Stewardship::All)]).await;

    at(&app, BEFORE);
    assert_sees(&app, "BUMN:RNI", RNI).await;
    assert_writes(&app, "BUMN:RNI", "BUMN", RNI).await;
    assert_sees(&app, "BUMN:ID_FOOD", Some(&["ID_FOOD"])).await;
    for who in ["BUMN:RNI", "BUMN:ID_FOOD", "BUMN:KIMIA_FARMA", "AUDITOR+RNI", "KEMENBUMN:KEMENBUMN"] {
        assert_reads_until(&app, who, None).await;
    }
    for case in mutations(&app, "BUMN", RNI).await {
        let answer = post_as(&app, &token(&app, "BUMN:ID_FOOD"), &case.document, case.variables).await;
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "NOT_FOUND", "{}", answer.text);
    }
    clear(&app).await;

    for moment in [ON, LAST] {
        at(&app, moment);
        assert_sees(&app, "BUMN:RNI", RNI).await;
        assert_reads_until(&app, "BUMN:RNI", Some(UNTIL)).await;
        assert_writes_nothing(&app, "BUMN:RNI", "BUMN", RNI).await;
        assert_sees(&app, "BUMN:ID_FOOD", Some(&["ID_FOOD", "RNI"])).await;
        assert_reads_until(&app, "BUMN:ID_FOOD", None).await;
        assert_writes(&app, "BUMN:ID_FOOD", "BUMN", RNI).await;
        assert_sees(&app, "BUMN:KIMIA_FARMA", Some(&["KIMIA_FARMA"])).await;
        assert_reads_until(&app, "BUMN:KIMIA_FARMA", None).await;
    }
    at(&app, OVER);
    assert_shut_out(&app, "BUMN:RNI", "BUMN", RNI).await;
    assert_sees(&app, "BUMN:ID_FOOD", Some(&["ID_FOOD", "RNI"])).await;
    assert_writes(&app, "BUMN:ID_FOOD", "BUMN", RNI).await;
}

async fn what_is_taken_over_adds_to_what_one_has(backend: Backend) {
    for kind in [SuccessionKind::Merge, SuccessionKind::Replace] {
        let app = app(backend).await;
        rni_is_followed(&app, kind, &[("PLN", Stewardship::All)]).await;
        at(&app, BEFORE);
        assert_sees(&app, "BUMN:PLN", Some(&["PLN"])).await;
        assert_writes(&app, "BUMN:PLN", "BUMN", Some(&["PLN"])).await;
        at(&app, ON);
        assert_sees(&app, "BUMN:PLN", Some(&["PLN", "RNI"])).await;
        assert_writes(&app, "BUMN:PLN", "BUMN", Some(&["PLN"])).await;
        assert_writes(&app, "BUMN:PLN", "BUMN", RNI).await;
        // What one inherits goes no way back.
        assert_sees(&app, "BUMN:RNI", RNI).await;
        assert_writes_nothing(&app, "BUMN:RNI", "BUMN", RNI).await;
        assert_sees(&app, "KEMENBUMN:KEMENBUMN", None).await;
    }
}

async fn of_two_successions_in_a_row_the_last_has_all(backend: Backend) {
    let app = app(backend).await;
    rni_is_followed(&app, SuccessionKind::Merge, &[("PERHUTANI", Stewardship::All)]).await;
    let (perhutani, pln) = (find(&app, "PERHUTANI").await, find(&app, "PLN").await);
    let access = &app.app.access;
    follow(access, SuccessionKind::Merge, perhutani, pln, Stewardship::All, "2027-03-01").await;

    at(&app, "2027-02-28T23:59:59+07:00");
    assert_sees(&app, "BUMN:PERHUTANI", Some(&["PERHUTANI", "RNI"])).await;
    assert_writes(&app, "BUMN:PERHUTANI", "BUMN", RNI).await;
    assert_sees(&app, "BUMN:PLN", Some(&["PLN"])).await;

    at(&app, "2027-03-01T00:00:00+07:00");
    assert_sees(&app, "BUMN:PLN", Some(&["PLN", "PERHUTANI", "RNI"])).await;
    assert_writes(&app, "BUMN:PLN", "BUMN", RNI).await;
    assert_writes(&app, "BUMN:PLN", "BUMN", Some(&["PERHUTANI"])).await;
    assert_sees(&app, "BUMN:PERHUTANI", Some(&["PERHUTANI", "RNI"])).await;
    assert_reads_until(&app, "BUMN:PERHUTANI", Some("2027-05-29")).await;
    assert_writes_nothing(&app, "BUMN:PERHUTANI", "BUMN", RNI).await;
    assert_writes_nothing(&app, "BUMN:PERHUTANI", "BUMN", Some(&["PERHUTANI"])).await;
    // Each has its own days of grace.
    assert_sees(&app, "BUMN:RNI", RNI).await;
    assert_reads_until(&app, "BUMN:RNI", Some(UNTIL)).await;
    at(&app, OVER);
    assert_shut_out(&app, "BUMN:RNI", "BUMN", RNI).await;
    assert_sees(&app, "BUMN:PERHUTANI", Some(&["PERHUTANI", "RNI"])).await;
    at(&app, "2027-05-30T00:00:00+07:00");
    assert_shut_out(&app, "BUMN:PERHUTANI", "BUMN", RNI).await;
    assert_sees(&app, "BUMN:PLN", Some(&["PLN", "PERHUTANI", "RNI"])).await;
}

async fn a_split_leaves_all_to_each(backend: Backend) {
    let app = app(backend).await;
    let parts = [("ID_FOOD", Stewardship::Koperasi), ("GULA_NUSANTARA", Stewardship::OtherThanKoperasi)];
    rni_is_followed(&app, SuccessionKind::Split, &parts).await;
    at(&app, BEFORE);
    for (code, _) in parts {
        assert_sees(&app, &format!("BUMN:{code}"), Some(&[code])).await;
    }
    assert_writes(&app, "BUMN:RNI", "BUMN", RNI).await;
    at(&app, ON);
    for (code, _) in parts {
        let who = format!("BUMN:{code}");
        assert_sees(&app, &who, Some(&[code, "RNI"])).await;
        assert_writes(&app, &who, "BUMN", RNI).await;
        assert_reads_until(&app, &who, None).await;
    }
    assert_reads_until(&app, "BUMN:RNI", Some(UNTIL)).await;
    assert_writes_nothing(&app, "BUMN:RNI", "BUMN", RNI).await;
    assert_sees(&app, "BUMN:PERHUTANI", Some(&["PERHUTANI"])).await;
}

async fn a_new_name_changes_nothing(backend: Backend) {
    let app = app(backend).await;
    rni_is_followed(&app, SuccessionKind::Rename, &[("RNI", Stewardship::All)]).await;
    for moment in [BEFORE, ON, OVER] {
        at(&app, moment);
        assert_sees(&app, "BUMN:RNI", RNI).await;
        assert_reads_until(&app, "BUMN:RNI", None).await;
        assert_writes(&app, "BUMN:RNI", "BUMN", RNI).await;
    }
}

/// The entries of the journal that a letter on these reaches.
async fn assert_journal(app: &TestApp, who: &str, codes: &[&str]) {
    let within = changes_within(codes);
    let all = sequences(app, &format!("SELECT DISTINCT sequence FROM journal_change WHERE {within}")).await;
    let answer = data(app, &token(app, who), "{ journal(first: 0) { totalCount } }").await;
    assert_eq!(answer["journal"]["totalCount"], all.len(), "{who}");
}

async fn letters_reach_what_was_inherited_from_the_day_on(backend: Backend) {
    let app = app(backend).await;
    rni_is_followed(&app, SuccessionKind::Merge, &[("PLN", Stewardship::All)]).await;
    for (moment, of_successor) in [(BEFORE, &["PLN"][..]), (ON, &["PLN", "RNI"]), (OVER, &["PLN", "RNI"])] {
        at(&app, moment);
        for (who, codes) in [
            ("AUDITOR+PLN", of_successor),
            ("AUDITOR+RNI", &["RNI"]),
            ("AUDITOR+RNI+PLN", &["PLN", "RNI"]),
            ("AUDITOR+PERHUTANI", &["PERHUTANI"]),
        ] {
            assert_sees(&app, who, Some(codes)).await;
            assert_journal(&app, who, codes).await;
            assert_reads_until(&app, who, None).await;
        }
        assert_sees(&app, "AUDITOR", None).await;
    }
}

async fn the_day_turns_at_midnight_in_jakarta(backend: Backend) {
    let app = app(backend).await;
    rni_is_followed(&app, SuccessionKind::Replace, &[("ID_FOOD", Stewardship::All)]).await;
    at(&app, "2027-01-14T12:00:00+07:00");
    // The same tokens on both sides: the token says who one is, and the day what that means.
    let (one, other) = (token(&app, "BUMN:RNI"), token(&app, "BUMN:ID_FOOD"));
    let total = async |token: &str| {
        data(&app, token, "{ partnerships { totalCount } }").await["partnerships"]["totalCount"].clone()
    };
    let rule = async || {
        let case = start(&app, "BUMN", RNI).await;
        post_as(&app, &one, &case.document, case.variables).await.json()["errors"][0]["extensions"]["rule"]
            .clone()
    };
    let all = total(&one).await;
    assert!(all.as_i64() > Some(0));
    // Seven hours ahead: the day is over in Jakarta while it is afternoon in UTC.
    at(&app, "2027-01-14T16:59:59Z");
    assert_eq!((total(&other).await, rule().await), (json!(0), Value::Null));
    at(&app, "2027-01-14T17:00:00Z");
    assert_eq!((total(&other).await, rule().await), (all.clone(), json!("succeeded")));
    at(&app, "2027-04-14T16:59:59Z");
    assert_eq!(total(&one).await, all);
    at(&app, "2027-04-14T17:00:00Z");
    assert_401(&post_as(&app, &one, "{ partnerships { totalCount } }", json!({})).await);
    assert_eq!(total(&other).await, all);
}

//! A succession that another process records while this one serves.

use kemitraan::access::{Access, Level, Permit, Role, Write};
use kemitraan::db::{Database, Options};
use kemitraan::nouns::milestones::entity::milestone;
use kemitraan::nouns::milestones::rules;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;

use super::{
    RNI, app, assert_401, assert_sees, assert_writes, assert_writes_nothing, create, data, find, follow,
    token,
};
use crate::scope::{sequences, uuids, within};
use crate::support::{Backend, TestApp};
use crate::walls::{dump, post_as};

crate::both!(
    a_succession_by_another_process_is_heeded_at_once,
    an_open_write_does_not_outlast_the_succession,
);

/// The same database, through connections of another's.
async fn another(app: &TestApp) -> Access {
    Access::new(Database::connect(&Options::of(&app.url)).await.unwrap(), app.clock.clone(), 90)
}

async fn a_succession_by_another_process_is_heeded_at_once(backend: Backend) {
    let app = app(backend).await;
    let (one, by) = (token(&app, "BUMN:RNI"), token(&app, "BUMN:ID_FOOD"));
    // Served before: what is remembered of either must not stand in the way.
    assert_sees(&app, "BUMN:RNI", RNI).await;
    assert_writes(&app, "BUMN:RNI", "BUMN", RNI).await;
    assert_401(&post_as(&app, &by, "{ viewer { role } }", json!({})).await);

    let other = another(&app).await;
    let successor = create(&other, "ID_FOOD", Role::Bumn).await;
    assert_eq!(data(&app, &by, "{ viewer { role } }").await["viewer"]["role"], "BUMN");
    assert_sees(&app, "BUMN:ID_FOOD", Some(&["ID_FOOD"])).await;

    let today = app.clock.today().to_string();
    let rni = find(&app, "RNI").await;
    follow(&other, SuccessionKind::Replace, rni, successor, Stewardship::All, &today).await;
    let answer = data(&app, &one, "{ viewer { readsUntil } partnerships { totalCount } }").await;
    assert_eq!(answer["viewer"]["readsUntil"], "2027-02-21");
    assert_writes_nothing(&app, "BUMN:RNI", "BUMN", RNI).await;
    assert_sees(&app, "BUMN:ID_FOOD", Some(&["ID_FOOD", "RNI"])).await;
    assert_eq!(
        data(&app, &by, "{ partnerships { totalCount } }").await["partnerships"],
        answer["partnerships"]
    );
    assert_writes(&app, "BUMN:ID_FOOD", "BUMN", RNI).await;

    // One that was long since, as well: the predecessor is out at once, its token unexpired.
    let pln = find(&app, "PLN").await;
    let token = token(&app, "BUMN:PLN");
    data(&app, &token, "{ viewer { role } }").await;
    follow(&other, SuccessionKind::Merge, pln, successor, Stewardship::All, "2025-01-01").await;
    assert_401(&post_as(&app, &token, "{ viewer { role } }", json!({})).await);
}

async fn an_open_write_does_not_outlast_the_succession(backend: Backend) {
    let app = app(backend).await;
    let rni = find(&app, "RNI").await;
    let successor = create(&app.app.access, "ID_FOOD", Role::Bumn).await;
    let actor = app.app.verifier.actor(&token(&app, "BUMN:RNI")).await.unwrap().unwrap();
    let waiting = milestone::Entity::find()
        .filter(milestone::Column::Organisation.eq(rni))
        .filter(milestone::Column::Status.eq("SCHEDULED"))
        .filter(milestone::Column::Reporter.eq(Role::Bumn));
    let row = waiting.one(app.raw()).await.unwrap().unwrap();
    let seats = [row.reporter];
    let permit = Permit::grant(&actor, "milestoneStart", row.id, &seats, Level::Officer).unwrap();
    let started = rules::started(&row, app.clock.now());

    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    write.update::<milestone::Entity>(&permit, &started).await.unwrap();
    let (other, today) = (another(&app).await, app.clock.today().to_string());
    let succeed = async || {
        follow(&other, SuccessionKind::Replace, rni, successor, Stewardship::All, &today).await;
    };
    if backend == Backend::Postgres {
        succeed().await;
        let before = dump(&app).await;
        let refused = write.append(&permit, None).await.err().unwrap();
        assert_eq!(refused.details()["rule"], "succeeded");
        assert_eq!(dump(&app).await, before);
    } else {
        // One writes at a time: the succession waits, and the act was before it.
        let act = async || write.append(&permit, None).await.unwrap().commit().await.unwrap().sequence;
        let (sequence, ()) = futures_util::future::join(act(), succeed()).await;
        let entries = sequences(&app, "SELECT sequence FROM journal_entry ORDER BY sequence DESC").await;
        assert_eq!(entries[..2], [sequence + 1, sequence]);
    }
    assert_writes_nothing(&app, "BUMN:RNI", "BUMN", RNI).await;
    assert!(!uuids(&app, &format!("SELECT id FROM milestone WHERE {}", within(RNI))).await.is_empty());
}

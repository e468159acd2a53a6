//! What is told of partners that come and go, and of one that two BUMN share: as the journal itself says whose partner it
//! was at the time.

use kemitraan::access::{Actor, Level, Organisation, Permit, Role, Write};
use kemitraan::nouns::certificates::entity::certificate;
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::partnership_partner;
use kemitraan::types::GlobalId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::journal_readers::read_journal;
use crate::scope::{global, uuids};
use crate::succession::find;
use crate::support::{Backend, TestApp};

crate::both!(
    what_leaves_reach_is_told_until_it_has_left,
    a_removed_partner_is_told_as_removed,
    work_that_is_handed_over_takes_its_partner_along,
    another_bumn_is_not_named,
    another_bumn_is_not_found_by_a_filter,
);

async fn actor(app: &TestApp, code: &str) -> Actor {
    let id = find(app, code).await;
    Actor::seed_for(code.parse().unwrap_or(Role::Bumn), Organisation { id, code: code.to_owned() })
}

async fn act(
    app: &TestApp,
    code: &str,
    reason: Option<&str>,
    change: impl AsyncFnOnce(&mut Write, &Permit),
) -> i64 {
    let actor = actor(app, code).await;
    let permit = Permit::grant(&actor, "example", Uuid::nil(), &Role::ALL, Level::Officer).unwrap();
    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    change(&mut write, &permit).await;
    write.append(&permit, reason).await.unwrap().commit().await.unwrap().sequence
}

/// A partner of a BUMN that has a certificate, and its place in the partnership.
async fn of_bumn(
    app: &TestApp,
    code: &str,
) -> (partner::Model, partnership_partner::Model, certificate::Model) {
    let organisation = find(app, code).await;
    let places = partnership_partner::Entity::find();
    let places = places.filter(partnership_partner::Column::Organisation.eq(organisation));
    for place in places.all(app.raw()).await.unwrap() {
        let own = certificate::Entity::find().filter(certificate::Column::Partner.eq(place.partner));
        if let Some(own) = own.one(app.raw()).await.unwrap() {
            let row = partner::Entity::find_by_id(place.partner).one(app.raw()).await.unwrap().unwrap();
            return (row, place, own);
        }
    }
    panic!("no partner of {code} has a certificate");
}

/// All changes that a reader is told of these rows: sequence, subject, whether it was removed.
async fn told(app: &TestApp, who: &str, of: &[String]) -> Vec<(i64, String, bool)> {
    let (mut found, mut after, mut count) = (Vec::new(), Value::Null, 0);
    loop {
        let document = format!(
            "{{ changes(first: 100, after: {after}) {{ totalCount nodes {{ sequence subject removed }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let changes = app.data(who, &document).await["changes"].take();
        for node in changes["nodes"].as_array().unwrap() {
            count += 1;
            let subject = node["subject"].as_str().unwrap().to_owned();
            if of.contains(&subject) {
                found.push((node["sequence"].as_i64().unwrap(), subject, node["removed"] == true));
            }
        }
        if changes["pageInfo"]["hasNextPage"] == false {
            assert_eq!(changes["totalCount"], count, "{who}");
            return found;
        }
        after = changes["pageInfo"]["endCursor"].clone();
    }
}

/// The sequences of the journal that changed a row.
async fn entries(app: &TestApp, who: &str, subject: &str) -> Vec<i64> {
    read_journal(app, who, &format!(", filter: {{ subject: \"{subject}\" }}")).await.0
}

fn next(row: &partner::Model) -> partner::Model {
    partner::Model { version: row.version + 1, ..row.clone() }
}

async fn what_leaves_reach_is_told_until_it_has_left(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (mitra, place, paper) = of_bumn(&app, "PERTAMINA").await;
    let ids = [
        global("partner", mitra.id),
        global("certificate", paper.id),
        global("partnership_partner", place.id),
    ];
    let [of_partner, of_paper, of_place] = ids.clone();
    let mut expected = told(&app, "PERTAMINA", &ids).await;
    assert!(expected.len() >= 3 && told(&app, "PLN", &ids).await.is_empty());

    // What is a partner's is told to be removed.
    let removed = act(&app, "KEMENKOPUKM", None, async |write, permit| {
        write.delete::<certificate::Entity>(permit, &paper).await.unwrap();
    })
    .await;
    expected.push((removed, of_paper.clone(), true));
    assert_eq!(told(&app, "PERTAMINA", &ids).await, expected);
    let of = entries(&app, "AUDITOR+PERTAMINA", &of_paper).await;
    assert_eq!(of, entries(&app, "AUDITOR", &of_paper).await);
    assert_eq!(of.last(), Some(&removed));

    // It leaves, by an act that changes it as well.
    let left = act(&app, "KEMENBUMN", None, async |write, permit| {
        write.update::<partner::Entity>(permit, &next(&mitra)).await.unwrap();
        write.delete::<partnership_partner::Entity>(permit, &place).await.unwrap();
    })
    .await;
    expected.extend([(left, of_partner.clone(), false), (left, of_place, true)]);
    assert_eq!(told(&app, "PERTAMINA", &ids).await, expected);
    assert_eq!(
        app.code("PERTAMINA", &format!("{{ partner(id: \"{of_partner}\") {{ name }} }}")).await,
        "NOT_FOUND"
    );

    // What becomes of it afterwards is not told any more, what was told stands.
    let later = act(&app, "KEMENKOPUKM", None, async |write, permit| {
        write.update::<partner::Entity>(permit, &next(&next(&mitra))).await.unwrap();
    })
    .await;
    for who in ["PERTAMINA", "AUDITOR+PERTAMINA"] {
        assert_eq!(told(&app, who, &ids).await, expected, "{who}");
    }
    let before = entries(&app, "AUDITOR+PERTAMINA", &of_partner).await;
    let mut all = entries(&app, "AUDITOR", &of_partner).await;
    assert_eq!(all.pop(), Some(later));
    assert_eq!(before, all);

    // It comes back, and all is told.
    act(&app, "KEMENBUMN", None, async |write, permit| {
        let again = partnership_partner::Model { id: app.clock.new_id(), ..place.clone() };
        write.insert::<partnership_partner::Entity>(permit, &again).await.unwrap();
    })
    .await;
    expected.push((later, of_partner, false));
    assert_eq!(told(&app, "PERTAMINA", &ids).await, expected);
    assert!(told(&app, "PLN", &ids).await.is_empty());
}

async fn a_removed_partner_is_told_as_removed(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (mitra, place, _) = of_bumn(&app, "PERTAMINA").await;
    let new = partner::Model {
        id: app.clock.new_id(),
        version: 1,
        nib: None,
        nik_koperasi: None,
        npwp: None,
        ..mitra
    };
    let own = partnership_partner::Model { id: app.clock.new_id(), partner: new.id, lead: false, ..place };
    let added = act(&app, "KEMENBUMN", None, async |write, permit| {
        write.insert::<partner::Entity>(permit, &new).await.unwrap();
        write.insert::<partnership_partner::Entity>(permit, &own).await.unwrap();
    })
    .await;
    let removed = act(&app, "KEMENBUMN", None, async |write, permit| {
        write.delete::<partnership_partner::Entity>(permit, &own).await.unwrap();
        write.delete::<partner::Entity>(permit, &new).await.unwrap();
    })
    .await;
    let (id, of) = (global("partner", new.id), [global("partner", new.id)]);
    for who in ["PERTAMINA", "AUDITOR+PERTAMINA", "KEMENBUMN"] {
        assert_eq!(
            told(&app, who, &of).await,
            [(added, id.clone(), false), (removed, id.clone(), true)],
            "{who}"
        );
    }
    assert!(told(&app, "PLN", &of).await.is_empty());
    assert_eq!(entries(&app, "AUDITOR+PERTAMINA", &id).await, [added, removed]);
    assert!(entries(&app, "AUDITOR+PLN", &id).await.is_empty());
}

async fn work_that_is_handed_over_takes_its_partner_along(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (mitra, place, _) = of_bumn(&app, "PERTAMINA").await;
    let of = [global("partner", mitra.id)];
    let before = told(&app, "PERTAMINA", &of).await;
    let to = find(&app, "PLN").await;
    let partnership = partnership_of(&app, "PLN").await;
    let moved = act(&app, "KEMENBUMN", None, async |write, permit| {
        let version = place.version + 1;
        let place = partnership_partner::Model {
            version,
            organisation: to,
            partnership,
            lead: false,
            ..place.clone()
        };
        write.update::<partnership_partner::Entity>(permit, &place).await.unwrap();
    })
    .await;
    let later = act(&app, "KEMENKOPUKM", None, async |write, permit| {
        write.update::<partner::Entity>(permit, &next(&mitra)).await.unwrap();
    })
    .await;
    assert!(later > moved);
    assert_eq!(told(&app, "PERTAMINA", &of).await, before);
    let mut all = before;
    all.push((later, of[0].clone(), false));
    assert_eq!(told(&app, "PLN", &of).await, all);
}

async fn partnership_of(app: &TestApp, code: &str) -> Uuid {
    let of = format!("SELECT id FROM organisation WHERE code = '{code}'");
    uuids(app, &format!("SELECT id FROM partnership WHERE organisation IN ({of}) ORDER BY id")).await[0]
}

/// PERTAMINA's partner becomes PLN's as well, and PERTAMINA acts on it; the sequence of that.
async fn shared(app: &TestApp) -> (Uuid, i64) {
    let (mitra, place, _) = of_bumn(app, "PERTAMINA").await;
    let pln = find(app, "PLN").await;
    let partnership = partnership_of(app, "PLN").await;
    act(app, "KEMENBUMN", None, async |write, permit| {
        let id = app.clock.new_id();
        let own =
            partnership_partner::Model { id, organisation: pln, partnership, lead: false, ..place.clone() };
        write.insert::<partnership_partner::Entity>(permit, &own).await.unwrap();
    })
    .await;
    let sequence = act(app, "PERTAMINA", Some("Rahasia dagang"), async |write, permit| {
        let changed = partner::Model { name: "Nama baru".to_owned(), ..next(&mitra) };
        write.update::<partner::Entity>(permit, &changed).await.unwrap();
    })
    .await;
    (mitra.id, sequence)
}

async fn another_bumn_is_not_named(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (mitra, sequence) = shared(&app).await;
    let id = global("partner", mitra);
    let document = format!(
        "{{ partner(id: \"{id}\") {{ history(last: 1) {{ nodes {{ sequence actor role organisation {{ code }} action reason fields {{ new }} }} }} }}
            changes(last: 1) {{ nodes {{ sequence subject role action organisation {{ code }} }} }} }}"
    );
    let (named, unnamed) = (
        [json!("SEED-PERTAMINA"), json!({ "code": "PERTAMINA" }), json!("Rahasia dagang")],
        [Value::Null, Value::Null, Value::Null],
    );
    for (who, is_named) in [
        ("PERTAMINA", true),
        ("KEMENKOPUKM", true),
        ("AUDITOR", true),
        ("AUDITOR+PLN+PERTAMINA", true),
        ("PLN", false),
        ("PLN:VIEWER", false),
        ("AUDITOR+PLN", false),
    ] {
        let [actor, organisation, reason] = if is_named { named.clone() } else { unnamed.clone() };
        let data = app.data(who, &document).await;
        let act = json!({
            "sequence": sequence, "actor": actor, "role": "BUMN", "organisation": organisation, "action": "example",
            "reason": reason, "fields": [{ "new": "Nama baru" }],
        });
        assert_eq!(data["partner"]["history"]["nodes"], json!([act]), "{who}");
        let change = json!({
            "sequence": sequence, "subject": id, "role": "BUMN", "action": "example", "organisation": organisation,
        });
        assert_eq!(data["changes"]["nodes"], json!([change]), "{who}");
        if who.starts_with("AUDITOR") {
            let journal = "{ journal(last: 1) { nodes { sequence actor role organisation { code } action reason token requestId } } }";
            let entry = json!({
                "sequence": sequence, "actor": actor, "role": "BUMN", "organisation": organisation, "action": "example",
                "reason": reason, "token": null, "requestId": null,
            });
            assert_eq!(app.data(who, journal).await["journal"]["nodes"], json!([entry]), "{who}");
        }
    }
    // The ministry that has shared it is named to both.
    let before = format!("{{ partner(id: \"{id}\") {{ history(first: 1) {{ nodes {{ actor role }} }} }} }}");
    for who in ["PLN", "PERTAMINA", "AUDITOR+PLN"] {
        let first = app.data(who, &before).await["partner"]["history"]["nodes"][0].take();
        assert!(first["actor"].is_string(), "{who}: {first}");
    }
    assert!(GlobalId::parse(&id).is_some());
}

async fn another_bumn_is_not_found_by_a_filter(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (_, sequence) = shared(&app).await;
    let organisation = global("organisation", find(&app, "PERTAMINA").await);
    for (who, is_found) in
        [("AUDITOR", true), ("AUDITOR+PERTAMINA", true), ("AUDITOR+PLN", false), ("KEMENPERIN", true)]
    {
        for filter in
            ["actor: [\"SEED-PERTAMINA\"]".to_owned(), format!("organisation: [\"{organisation}\"]")]
        {
            let (found, _) = read_journal(&app, who, &format!(", filter: {{ {filter} }}")).await;
            assert_eq!(found.contains(&sequence), is_found, "{who}: {filter}");
        }
        let (all, _) = read_journal(&app, who, ", filter: { role: [BUMN], action: [\"example\"] }").await;
        assert_eq!(all, [sequence], "{who}");
    }
}

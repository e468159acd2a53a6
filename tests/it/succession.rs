//! Organisations that others follow: what each reads and writes before the day, on it, and when the days of grace are
//! over. The pilot has no succession, so each test records its own, by the one write path.

mod bumn;
mod ministry;
mod page;
mod process;

use axum::http::StatusCode;
use kemitraan::access::{Access, Actor, Level, Permit, Role, Write};
use kemitraan::auth::TokenRequest;
use kemitraan::nouns::organisations::entity::{
    OrganisationKind, Stewardship, SuccessionKind, organisation, organisation_name, succession,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scope::{LISTS, expected, global, listed, root, uuids};
use crate::support::{Answer, BUMN, Backend, ISSUER, TestApp};
use crate::walls::cases::{clear, mutations, mutations_led};
use crate::walls::{Case, dump, post_as};

const RNI: Option<&[&str]> = Some(&["RNI"]);

async fn app(backend: Backend) -> TestApp {
    TestApp::with(backend, true, |limits| {
        (limits.limit_root_fields, limits.limit_aliases) = (1_000, 1_000);
        limits.limit_tokens = 100_000;
    })
    .await
}

fn at(app: &TestApp, moment: &str) {
    app.clock.set(moment.parse().unwrap());
}

/// A token from now on: `ROLE:CODE` for a seat, `AUDITOR+CODE+CODE` for a letter.
pub fn token(app: &TestApp, who: &str) -> String {
    let (seat, covers) = who.split_once('+').map_or((who, None), |(seat, covers)| (seat, Some(covers)));
    let (role, code) = seat.split_once(':').map_or((seat, None), |(role, code)| (role, Some(code)));
    let role: Role = role.parse().unwrap();
    let auditor = role == Role::Auditor;
    TokenRequest {
        role,
        level: code.map(|_| Level::Approver),
        organisation: code.map(str::to_owned),
        subject: Some(format!("test-{who}")),
        days: if auditor { 90 } else { 3_660 },
        institution: auditor.then(|| "Contoh lembaga".to_owned()),
        letter: auditor.then(|| "CONTOH/1".to_owned()),
        letter_from: None,
        letter_until: None,
        covers: covers.into_iter().flat_map(|covers| covers.split('+')).map(str::to_owned).collect(),
    }
    .issue(&app.keys, ISSUER, &app.clock)
    .unwrap()
}

/// A new organisation, recorded by the program itself.
pub async fn create(access: &Access, code: &str, seat: Role) -> Uuid {
    let (actor, id) = (Actor::seed(), access.clock().new_id());
    let permit = Permit::grant(&actor, "organisationCreate", id, &[], Level::Officer).unwrap();
    let mut write = Write::begin(access, &actor, None).await.unwrap();
    let kind = if seat == Role::Bumn { OrganisationKind::Bumn } else { OrganisationKind::Ministry };
    let row =
        organisation::Model { id, version: 1, code: code.to_owned(), kind, seat: Some(seat), parent: None };
    write.insert::<organisation::Entity>(&permit, &row).await.unwrap();
    let name = organisation_name::Model {
        id: access.clock().new_id(),
        version: 1,
        organisation: id,
        name: format!("{code} (data contoh)"),
        short_name: code.to_owned(),
        valid_from: None,
        valid_until: None,
        legal_basis: None,
    };
    write.insert::<organisation_name::Entity>(&permit, &name).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap();
    id
}

/// From this day on, one follows the other.
pub async fn follow(access: &Access, kind: SuccessionKind, one: Uuid, by: Uuid, part: Stewardship, on: &str) {
    let (actor, id) = (Actor::seed(), access.clock().new_id());
    let permit = Permit::grant(&actor, "organisationSucceed", id, &[], Level::Officer).unwrap();
    let row = succession::Model {
        id,
        version: 1,
        kind,
        predecessor: one,
        successor: by,
        stewardship: part,
        effective_on: on.parse().unwrap(),
        legal_basis: "Data contoh".to_owned(),
    };
    let mut write = Write::begin(access, &actor, None).await.unwrap();
    write.insert::<succession::Entity>(&permit, &row).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap();
}

pub async fn find(app: &TestApp, code: &str) -> Uuid {
    uuids(app, &format!("SELECT id FROM organisation WHERE code = '{code}'")).await[0]
}

async fn ask(app: &TestApp, token: &str, document: &str) -> Value {
    let answer = post_as(app, token, document, json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

pub async fn data(app: &TestApp, token: &str, document: &str) -> Value {
    let mut answer = ask(app, token, document).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

/// They read exactly the work of these, however they ask: lists, totals, single objects, filters.
async fn assert_sees(app: &TestApp, who: &str, codes: Option<&[&str]>) {
    let token = token(app, who);
    for (field, noun, by) in LISTS {
        let visible = expected(app, noun, codes, by).await;
        let all = expected(app, noun, None, by).await;
        let document = format!("{{ list: {field}(first: 100) {{ totalCount nodes {{ id }} }} }}");
        let answer = data(app, &token, &document).await;
        assert_eq!(listed(&answer["list"]), visible, "{who}: {field}");
        assert_eq!(answer["list"]["totalCount"], visible.len(), "{who}: {field}");

        // By its own field and by `node` in turn.
        let own = root(noun);
        let single = all.iter().zip([own.as_str(), "node"].into_iter().cycle()).enumerate();
        let single = single.map(|(at, (id, field))| format!("a{at}: {field}(id: \"{id}\") {{ id }}"));
        let answer = ask(app, &token, &format!("{{ {} }}", single.collect::<Vec<_>>().join(" "))).await;
        for (at, id) in all.iter().enumerate() {
            let object = if visible.contains(id) { json!({ "id": id }) } else { Value::Null };
            assert_eq!(answer["data"][format!("a{at}")], object, "{who}: {id}");
        }
        let errors = answer["errors"].as_array().map_or(&[][..], |errors| errors);
        assert!(errors.iter().all(|error| error["extensions"]["code"] == "NOT_FOUND"), "{errors:#?}");
    }
    for code in BUMN {
        let id = global("organisation", find(app, code).await);
        for (field, noun) in [("partnerships", "partnership"), ("milestones", "milestone")] {
            let seen = codes.is_none_or(|codes| codes.contains(&code));
            let those =
                if seen { expected(app, noun, Some(&[code]), "id").await.len() } else { Default::default() };
            let document =
                format!("{{ list: {field}(filter: {{ organisation: [\"{id}\"] }}) {{ totalCount }} }}");
            let answer = data(app, &token, &document).await;
            assert_eq!(answer["list"]["totalCount"], those, "{who}: {field} of {code}");
        }
    }
}

async fn assert_reads_until(app: &TestApp, who: &str, until: Option<&str>) {
    let answer = data(app, &token(app, who), "{ viewer { readsUntil } }").await;
    assert_eq!(answer["viewer"]["readsUntil"], json!(until), "{who}");
}

/// What each part of a divided seat does, whichever partners it stewards.
const EACH_PART: [&str; 4] = ["obstacleRaise", "commentAdd", "quarterAgree", "quarterWithdrawAgreement"];

/// Each mutation on the work of these succeeds, and the entry is the actor's. Where the actor's is a part of a divided seat,
/// all that concerns the partners of the other part is refused by the rule that says so; but whoever sees the work may say
/// what is to be said of it, and each part agrees to a quarter.
async fn assert_writes(app: &TestApp, who: &str, seat: &str, codes: Option<&[&str]>) {
    let code = who.split_once(':').unwrap().1;
    let mut stewarded = 0;
    for koperasi in [true, false] {
        let cases = mutations_led(app, seat, codes, koperasi).await;
        let is_all_theirs = |case: &Case| EACH_PART.contains(&case.field.as_str());
        let (count, mut written) = (cases.iter().filter(|case| !is_all_theirs(case)).count(), 0);
        for case in cases {
            let answer = post_as(app, &token(app, who), &case.document, case.variables.clone()).await;
            let body = answer.json();
            if !is_all_theirs(&case) && body["errors"][0]["extensions"]["rule"] == "stewardship" {
                continue;
            }
            assert_eq!(body.get("errors"), None, "{who}: {body:#}");
            assert!(body["data"][&case.field].is_object(), "{who}: {body:#}");
            let entry = "SELECT organisation FROM journal_entry ORDER BY sequence DESC LIMIT 1";
            assert_eq!(uuids(app, entry).await, [find(app, code).await], "{who}");
            written += usize::from(!is_all_theirs(&case));
        }
        assert!(written == 0 || written == count, "{who}: {written} of {count}");
        stewarded += usize::from(written > 0);
    }
    clear(app).await;
    let part = data(app, &token(app, who), "{ viewer { organisation { succeeds { stewardship } } } }").await;
    let parts = part["viewer"]["organisation"]["succeeds"].as_array().unwrap();
    let is_part = seat != "BUMN" && parts.iter().any(|one| one["stewardship"] != "ALL");
    assert_eq!(stewarded, if is_part { 1 } else { 2 }, "{who}");
}

/// Each mutation on the work of these is refused by the rule of the succeeded, and leaves nothing.
async fn assert_writes_nothing(app: &TestApp, who: &str, seat: &str, codes: Option<&[&str]>) {
    let cases = mutations(app, seat, codes).await;
    let before = dump(app).await;
    for case in cases {
        let answer = post_as(app, &token(app, who), &case.document, case.variables.clone()).await;
        assert_eq!(answer.status, StatusCode::OK);
        let body = answer.json();
        assert_eq!(body["data"][&case.field], Value::Null, "{who}: {body:#}");
        assert_eq!(
            body["errors"][0]["extensions"],
            json!({ "code": "FORBIDDEN", "rule": "succeeded" }),
            "{who}: {body:#}"
        );
    }
    assert_eq!(dump(app).await, before);
    clear(app).await;
}

fn assert_401(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""), "{challenge}");
    let body = answer.json();
    assert_eq!(body["errors"][0]["extensions"], json!({ "code": "UNAUTHENTICATED" }), "{body:#}");
    assert_eq!(body.get("data"), None, "{body:#}");
}

/// The token is good for nothing, neither to read nor to write.
async fn assert_shut_out(app: &TestApp, who: &str, reporter: &str, codes: Option<&[&str]>) {
    let cases = mutations(app, reporter, codes).await;
    let (before, token) = (dump(app).await, token(app, who));
    for document in [
        "{ viewer { role } }",
        "{ partnerships { totalCount } }",
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        "mutation { __typename }",
        "{ nothing }",
        "{ journal { totalCount } }",
        "{",
    ] {
        assert_401(&post_as(app, &token, document, json!({})).await);
    }
    for case in cases {
        assert_401(&post_as(app, &token, &case.document, case.variables).await);
    }
    assert_eq!(dump(app).await, before);
    clear(app).await;
}

//! Each nested list is one statement, whatever the rows and the load.

use kemitraan::access::{Actor, Level, Permit, Write};
use kemitraan::nouns::milestones::entity::{MilestoneStatus, MilestoneType, milestone};
use kemitraan::nouns::organisations::entity::{OrganisationKind, organisation};
use kemitraan::nouns::partnerships::entity::partnership;
use sea_orm::EntityTrait as _;

use crate::support::{Backend, TestApp};

const DOCUMENT: &str = "{ organisations(first: 10, filter: { kind: [BUMN] }) { nodes { shortName
    partnerships(first: 100) { totalCount nodes { title memorandum { title } partners { lead partner { name } }
        open: milestones(first: 2, filter: { status: [SCHEDULED] }) { nodes { id } }
        milestones(first: 5) { totalCount pageInfo { hasNextPage } nodes { title partnership { title } dependsOn { title } } } } } } } }";

crate::both!(statements_do_not_grow_with_rows_or_load);

/// 900 more partnerships, a hundred to each of nine BUMN, with three milestones each.
async fn grow(app: &TestApp) {
    let actor = Actor::seed();
    let model = partnership::Entity::find().one(app.raw()).await.unwrap().unwrap();
    let step = milestone::Entity::find().one(app.raw()).await.unwrap().unwrap();
    for number in 0..9 {
        let organisation = app.clock.new_id();
        let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
        let permit = Permit::grant(&actor, "grow", organisation, &[], Level::Officer).unwrap();
        let row = organisation::Model {
            id: organisation,
            version: 1,
            code: format!("MORE_{number}"),
            kind: OrganisationKind::Offtaker,
            seat: None,
            parent: None,
        };
        write.insert::<organisation::Entity>(&permit, &row).await.unwrap();
        for place in 0..100 {
            let id = app.clock.new_id();
            let title = format!("{number} {place}");
            let public_id = kemitraan::nouns::partnerships::rules::public_id(id);
            let row = partnership::Model { id, organisation, title, public_id, ..model.clone() };
            write.insert::<partnership::Entity>(&permit, &row).await.unwrap();
            for position in 1..=3 {
                let row = milestone::Model {
                    id: app.clock.new_id(),
                    partnership: id,
                    organisation,
                    position,
                    kind: MilestoneType::Review,
                    status: MilestoneStatus::Scheduled,
                    ..step.clone()
                };
                write.insert::<milestone::Entity>(&permit, &row).await.unwrap();
            }
        }
        write.append(&permit, None).await.unwrap().commit().await.unwrap();
    }
}

async fn statements_do_not_grow_with_rows_or_load(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_cost = 10_000_000).await;
    let count = async |document: &str| {
        let before = app.db.statements();
        let data = app.data("KEMENBUMN", document).await;
        (app.db.statements() - before, data)
    };
    // Who asks for the first time has the organisation of its token looked up.
    count("{ viewer { role } }").await;
    let (few, data) = count(DOCUMENT).await;
    assert_eq!(data["organisations"]["nodes"].as_array().unwrap().len(), 6);
    // The head; organisations, names, partnerships and their total, memoranda, partners and who they are, open
    // milestones, milestones and their total, whose partnership, what they wait for and what that is.
    assert_eq!(few, 14);

    grow(&app).await;
    let many = DOCUMENT.replace("[BUMN]", "[BUMN, OFFTAKER]").replace("first: 10,", "first: 20,");
    let (statements, data) = count(&many).await;
    let of = |node: &serde_json::Value| node["partnerships"]["nodes"].as_array().unwrap().len();
    assert_eq!(data["organisations"]["nodes"].as_array().unwrap().iter().map(of).sum::<usize>(), 909);
    assert_eq!(statements, few);

    let before = app.db.statements();
    let all = futures_util::future::join_all((0..16).map(|_| app.data("KEMENBUMN", DOCUMENT))).await;
    assert!(all.iter().all(|data| *data == all[0]));
    assert_eq!(app.db.statements() - before, 16 * few);
}

//! Text search: titles, names and references, accents and case aside, the same in both databases.

use kemitraan::access::{Actor, Level, Permit, Write};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::partnership;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::support::{Backend, TestApp};

crate::both!(
    what_is_looked_for_is_found_accents_and_case_aside,
    search_stays_within_reach,
    what_cannot_be_looked_for_is_refused,
);

/// The titles that a search finds.
async fn found(app: &TestApp, who: &str, field: &str, text: &str) -> Vec<String> {
    let shown = if field == "partners" { "name" } else { "title" };
    let document = format!(
        "query ($text: String!) {{ {field}(first: 100, filter: {{ text: $text }}) {{ totalCount nodes {{ {shown} }} }} }}"
    );
    let answer = app.post(who, &document, json!({ "text": text })).await.json();
    assert_eq!(answer.get("errors"), None, "{who}: {text}: {answer:#}");
    let list = &answer["data"][field];
    let titles =
        list["nodes"].as_array().unwrap().iter().map(|node| node[shown].as_str().unwrap().to_owned());
    let titles = titles.collect::<Vec<_>>();
    assert_eq!(list["totalCount"], json!(titles.len()));
    titles
}

/// Gives one partnership and its lead partner names that are hard to find.
async fn rename(app: &TestApp, title: &str, name: &str) -> String {
    let actor = Actor::seed();
    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    let rows = partnership::Entity::find().all(app.raw()).await.unwrap();
    let row = rows.into_iter().rfind(|row| row.title.contains("baja")).unwrap();
    let permit = Permit::grant(&actor, "partnershipUpdate", row.id, &[], Level::Officer).unwrap();
    let renamed = partnership::Model { title: title.to_owned(), version: row.version + 1, ..row };
    write.update::<partnership::Entity>(&permit, &renamed).await.unwrap();
    let rows = partner::Entity::find().all(app.raw()).await.unwrap();
    let lead = rows.into_iter().rfind(|row| row.name.contains("Logam")).unwrap();
    let renamed = partner::Model { name: name.to_owned(), version: lead.version + 1, ..lead };
    write.update::<partner::Entity>(&permit, &renamed).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap();
    title.to_owned()
}

async fn what_is_looked_for_is_found_accents_and_case_aside(backend: Backend) {
    let app = TestApp::new(backend).await;
    let title =
        rename(&app, "ÉKSPOR Cokelat 100%_Asli \\ Łódź", "Contoh Ke\u{301}dai ÀÇÃÖ (data contoh)").await;
    let all = async |text: &str| found(&app, "KEMENKOPUKM", "partnerships", text).await;
    for text in [
        "ekspor",
        "ÉKSPOR",
        "Ékspor",
        "e\u{301}kspor",
        "kspo",
        "cokelat EKSPOR",
        "asli lodz",
        "100%",
        "%_a",
        "_",
        "\\",
        // The name of its partner, and of both a word.
        "kedai",
        "KÉDAI",
        "acao",
        "aÇãö cokelat",
    ] {
        assert_eq!(all(text).await, std::slice::from_ref(&title), "{text}");
    }
    for text in ["ekspor karet", "100_", "%asli", "_100", "\\\\", "ekspor lada", "' OR 1 = 1 --"] {
        assert_eq!(all(text).await, <[String; 0]>::default(), "{text}");
    }
    // By what its own system calls it, or its contract.
    let referred = all("contoh-0003").await;
    assert_eq!(referred.len(), 1);
    assert_eq!(all("CONTOH-0003-").await, referred);
    let milestones = found(&app, "KEMENKOPUKM", "milestones", "contoh-0003-").await;
    assert!(!milestones.is_empty() && milestones.len() < 4, "{milestones:?}");
    assert_eq!(found(&app, "KEMENKOPUKM", "milestones", "contoh-0003").await, milestones);

    let partners = async |text: &str| found(&app, "KEMENPERIN", "partners", text).await;
    assert_eq!(partners("kedai acao").await, ["Contoh Ke\u{301}dai ÀÇÃÖ (data contoh)"]);
    assert_eq!(partners("0000000000002").await.len(), 1);
    assert_eq!(found(&app, "KEMENBUMN", "obstacles", "BAUT tarik").await.len(), 1);
    assert_eq!(found(&app, "KEMENBUMN", "milestones", "kontrak pasokan").await.len(), 4);
}

/// Every word of every title and name, asked for by everybody.
async fn search_stays_within_reach(backend: Backend) {
    let app = TestApp::new(backend).await;
    let titles = async |who: &str, field: &str| {
        let shown = if field == "partners" { "name" } else { "title" };
        let data = app.data(who, &format!("{{ {field}(first: 100) {{ nodes {{ {shown} }} }} }}")).await;
        let nodes = data[field]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|node| node[shown].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for field in ["partnerships", "partners", "milestones", "obstacles"] {
        let everything = titles("KEMENBUMN", field).await;
        let words = everything.iter().filter_map(|title| title.split_whitespace().nth(1)).collect::<Vec<_>>();
        for who in ["PERTAMINA", "PLN", "AUDITOR+RNI"] {
            let own = titles(who, field).await;
            for word in &words {
                let some = found(&app, who, field, word).await;
                assert!(some.iter().all(|title| own.contains(title)), "{who}: {field}: {word}: {some:?}");
                if field != "partnerships" {
                    let has = |title: &&String| title.to_lowercase().contains(&word.to_lowercase());
                    assert_eq!(some.len(), own.iter().filter(has).count(), "{who}: {field}: {word}");
                }
            }
        }
    }
    // A partner's name leads to the partnerships that one sees, and to no others.
    assert_eq!(found(&app, "PLN", "partnerships", "Kilang").await, <[String; 0]>::default());
    assert_eq!(found(&app, "PERTAMINA", "partnerships", "Kilang").await.len(), 1);
}

async fn what_cannot_be_looked_for_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    for field in ["partnerships", "partners", "milestones", "obstacles"] {
        for text in ["", "   ", "a b c d e f g h i", &"x".repeat(201)] {
            let document =
                format!("query ($text: String!) {{ {field}(filter: {{ text: $text }}) {{ totalCount }} }}");
            let answer = app.post("KEMENBUMN", &document, json!({ "text": text })).await.json();
            let error = &answer["errors"][0]["extensions"];
            assert_eq!(error["code"], "BAD_USER_INPUT", "{field}: {text:?}: {answer:#}");
            assert_eq!(error["faults"][0]["path"], "filter.text", "{answer:#}");
            assert_eq!(answer["data"], Value::Null);
        }
    }
}

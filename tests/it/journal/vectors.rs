//! The test vectors, and that both databases keep them as they are.

use super::*;

/// One entry of `tests/vectors/journal.json`.
fn vector(value: &Value) -> (entry::Model, Vec<(change::Model, String)>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let id = |value: &Value| value.as_str().map(|id| id.parse::<Uuid>().unwrap());
    let number = |value: &Value| i32::try_from(value.as_i64().unwrap()).unwrap();
    let entry = entry::Model {
        sequence: value["sequence"].as_i64().unwrap(),
        format: number(&value["format"]),
        at: Timestamp(value["at"].as_i64().unwrap()),
        actor: text(&value["actor"]).unwrap(),
        token: text(&value["token"]),
        role: text(&value["role"]),
        organisation: id(&value["organisation"]),
        level: text(&value["level"]),
        action: text(&value["action"]).unwrap(),
        reason: text(&value["reason"]),
        request_id: text(&value["request_id"]),
        changes_root: bytes(&value["changes_root"]),
        previous_hash: bytes(&value["previous_hash"]),
        hash: bytes(&value["hash"]),
    };
    let change = |value: &Value| {
        let change = change::Model {
            sequence: entry.sequence,
            position: number(&value["position"]),
            noun: text(&value["noun"]).unwrap(),
            id: id(&value["id"]).unwrap(),
            noun_version: number(&value["noun_version"]),
            organisation: id(&value["organisation"]),
            partnership: id(&value["partnership"]),
            image: text(&value["image"]),
            salt: bytes(&value["salt"]),
            hash: bytes(&value["hash"]),
        };
        (change, text(&value["text"]).unwrap())
    };
    let changes = value["changes"].as_array().unwrap().iter().map(change).collect();
    (entry, changes)
}

fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/journal.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_vectors_are_computed_as_they_stand() {
    let file = vectors();
    assert_eq!(file["genesis"], hex::encode(hash::genesis()));
    let mut previous = hash::genesis().to_vec();
    let (mut seen, mut removed) = (0, 0);
    for value in file["entries"].as_array().unwrap() {
        let name = value["name"].as_str().unwrap();
        let (entry, changes) = vector(value);
        let mut leaves = Vec::<Hash>::new();
        for (change, text) in &changes {
            assert_eq!(&hash::change_text(change), text, "{name}");
            assert_eq!(hash::change_hash(change).as_slice(), change.hash, "{name}");
            leaves.push(hash::change_hash(change));
            removed += usize::from(change.image.is_none());
        }
        assert_eq!(hash::merkle_root(&leaves).as_slice(), entry.changes_root, "{name}");
        assert_eq!(hash::entry_text(&entry).unwrap(), value["text"].as_str().unwrap(), "{name}");
        assert_eq!(hash::entry_hash(&entry).unwrap().as_slice(), entry.hash, "{name}");
        assert_eq!(entry.previous_hash, previous, "{name}");
        previous = entry.hash;
        seen += 1;
    }
    assert!(seen >= 5 && removed >= 1);
}

/// The vectors stand in either database as they are in the file: nothing is lost on the way in and out.
#[tokio::test]
async fn the_vectors_survive_both_databases() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = TestApp::empty(backend).await;
        let mut journal = Journal { entries: Vec::new(), changes: BTreeMap::new() };
        for value in vectors()["entries"].as_array().unwrap() {
            let (entry, changes) = vector(value);
            journal.changes.insert(entry.sequence, changes.into_iter().map(|(change, _)| change).collect());
            journal.entries.push(entry);
        }
        journal.put(&app).await;
        let head = journal.head();
        let report = verified(&app, Some(head)).await;
        assert_eq!(report.head, head);
        let of_chain = |found: &&String| found.starts_with("entry ") || found.starts_with("the head ");
        assert_eq!(report.findings.iter().filter(of_chain).collect::<Vec<_>>(), <[&String; 0]>::default());
        assert_eq!(app.raw().get_database_backend() == DbBackend::Postgres, backend == Backend::Postgres);
    }
}

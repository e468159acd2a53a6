//! What is found where the log was tampered with.

use kemitraan::journal::reads::entity::{read_head, read_partner, read_record};
use kemitraan::journal::reads::hash_of;
use kemitraan::journal::verify::Head;
use sea_orm::{
    ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, QueryOrder as _, TransactionTrait as _,
};
use serde_json::json;
use uuid::Uuid;

use super::{assert_verified, verified};
use crate::support::{Backend, TestApp};

crate::both!(every_edit_and_every_gap_is_found, what_agrees_with_itself_is_told_by_a_head_that_was_noted);

/// The whole log, to be changed at will and put back.
#[derive(Clone)]
struct Log {
    records: Vec<read_record::Model>,
    partners: Vec<read_partner::Model>,
    head: read_head::Model,
}

impl Log {
    /// Of a few reads, the second of which shows personal data of several partners.
    async fn filled(app: &TestApp) -> Self {
        for (who, document) in [
            ("PLN", "query($n: Int) { milestones(first: $n) { nodes { title } } }"),
            ("KEMENKOPUKM", "{ partners(first: 3) { nodes { contacts { mask } } } }"),
            ("AUDITOR", "query Q { partnerships { totalCount } }"),
            ("PLN", "{ nothing }"),
            ("ADMIN", "{ viewer { role } }"),
            ("AUDITOR", "{ partners(first: 1) { nodes { contacts { mask } } } }"),
        ] {
            app.post(who, document, json!({ "n": 1 })).await;
        }
        assert_verified(app).await;
        let log = Self::of(app).await;
        assert_eq!((log.records.len(), log.head.number), (6, 6));
        assert!(log.partners.len() > 2);
        log
    }

    async fn of(app: &TestApp) -> Self {
        let records = read_record::Entity::find().order_by_asc(read_record::Column::Number);
        Self {
            records: records.all(app.raw()).await.unwrap(),
            partners: read_partner::Entity::find().all(app.raw()).await.unwrap(),
            head: read_head::Entity::find().one(app.raw()).await.unwrap().unwrap(),
        }
    }

    /// Puts it in the place of what is there.
    async fn put(&self, app: &TestApp) {
        let tx = app.raw().begin().await.unwrap();
        read_partner::Entity::delete_many().exec(&tx).await.unwrap();
        read_record::Entity::delete_many().exec(&tx).await.unwrap();
        let records = self.records.iter().cloned().map(read_record::Model::into_active_model);
        read_record::Entity::insert_many(records).exec_without_returning(&tx).await.unwrap();
        let partners = self.partners.iter().cloned().map(read_partner::Model::into_active_model);
        read_partner::Entity::insert_many(partners).exec_without_returning(&tx).await.unwrap();
        self.head.clone().into_active_model().reset_all().update(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn partners_of(&self, record: Uuid) -> Vec<Uuid> {
        let own = self.partners.iter().filter(|row| row.record == record);
        let mut own = own.map(|row| row.partner).collect::<Vec<_>>();
        own.sort_unstable();
        own
    }

    /// Numbers and seals all anew from this record on, the head too, as the program would have.
    fn seal(&mut self, from: usize) {
        for at in from..self.records.len() {
            let previous = self.records[at - 1].hash.clone();
            let own = self.partners_of(self.records[at].id);
            let record = &mut self.records[at];
            (record.number, record.previous_hash) = (at as i64 + 1, previous);
            record.hash = hash_of(record, &own).unwrap().to_vec();
        }
        let last = self.records.last().unwrap();
        (self.head.number, self.head.hash) = (last.number, last.hash.clone());
    }

    fn head(&self) -> Head {
        Head { sequence: self.head.number, hash: self.head.hash.as_slice().try_into().unwrap() }
    }

    fn remove(&mut self, at: usize) {
        let removed = self.records.remove(at);
        self.partners.retain(|row| row.record != removed.id);
    }
}

async fn findings(app: &TestApp, log: &Log, expect: Option<Head>) -> Vec<String> {
    log.put(app).await;
    verified(app, expect).await.findings
}

async fn every_edit_and_every_gap_is_found(backend: Backend) {
    let app = TestApp::new(backend).await;
    let log = Log::filled(&app).await;
    const EDITED: [&str; 2] =
        ["read 2: it was edited: its hash is not its own", "read 3: it does not follow the read before it"];
    let edits: [fn(&mut read_record::Model); 16] = [
        |record| record.id = Uuid::from_u128(7),
        |record| record.at.0 += 1,
        |record| record.actor = "somebody".into(),
        |record| record.token = None,
        |record| record.role = Some("KEMENPERIN".into()),
        |record| record.organisation = None,
        |record| record.kind = Some("MUTATION".into()),
        |record| record.operation = Some("Other".into()),
        |record| record.document = Some(vec![7; 32]),
        |record| record.variables = Some("{}".into()),
        |record| record.nouns = "{}".into(),
        |record| record.sequence = Some(1),
        |record| record.cached = true,
        |record| record.not_modified = true,
        |record| record.outcome = "NOT_FOUND".into(),
        |record| record.document = None,
    ];
    for (at, edit) in edits.into_iter().enumerate() {
        let mut edited = log.clone();
        let id = edited.records[1].id;
        edit(&mut edited.records[1]);
        let now = edited.records[1].id;
        edited.partners.iter_mut().filter(|row| row.record == id).for_each(|row| row.record = now);
        assert_eq!(findings(&app, &edited, None).await, EDITED, "{at}");
    }
    let own = log.records[1].id;
    let mut without = log.clone();
    let at = without.partners.iter().position(|row| row.record == own).unwrap();
    without.partners.remove(at);
    assert_eq!(findings(&app, &without, None).await, EDITED);
    let mut with = log.clone();
    with.partners.push(read_partner::Model { record: own, partner: Uuid::from_u128(7) });
    assert_eq!(findings(&app, &with, None).await, EDITED);

    let mut other = log.clone();
    other.records[1].hash = vec![7; 32];
    assert_eq!(findings(&app, &other, None).await, EDITED[..1]);
    let mut other = log.clone();
    other.records[2].previous_hash = vec![7; 32];
    let expected = [
        "read 3: it does not follow the read before it",
        "read 3: it was edited: its hash is not its own",
        "read 4: it does not follow the read before it",
    ];
    assert_eq!(findings(&app, &other, None).await, expected);

    for at in 0..5 {
        let mut cut = log.clone();
        cut.remove(at);
        let (gone, next) = (at + 1, at + 2);
        let missing = format!("read {next}: reads {gone} to {gone} are missing before it");
        let expected = [missing, format!("read {next}: it does not follow the read before it")];
        assert_eq!(findings(&app, &cut, None).await, expected);
    }
    let mut cut = log.clone();
    cut.remove(5);
    assert_eq!(findings(&app, &cut, None).await, ["the read log's head stands at 6, the last read is 5"]);
    let mut nothing = log.clone();
    (nothing.records, nothing.partners) = (Vec::new(), Vec::new());
    assert_eq!(findings(&app, &nothing, None).await, ["the read log's head stands at 6, the last read is 0"]);
    let mut other = log.clone();
    other.head.hash = vec![7; 32];
    assert_eq!(findings(&app, &other, None).await, ["the read log's head is not that of the last read"]);

    assert_eq!(findings(&app, &log, None).await, [""; 0]);
    // Partners of no record, where nothing kept them out.
    app.sql(match backend {
        Backend::Sqlite => "PRAGMA foreign_keys = OFF",
        Backend::Postgres => "ALTER TABLE read_partner DROP CONSTRAINT read_partner_record_fkey",
    })
    .await;
    app.sql("INSERT INTO read_partner (record, partner) SELECT partner, record FROM read_partner").await;
    let expected = format!("{} partners of the read log belong to no record", log.partners.len());
    assert_eq!(verified(&app, None).await.findings, [expected]);
}

async fn what_agrees_with_itself_is_told_by_a_head_that_was_noted(backend: Backend) {
    let app = TestApp::new(backend).await;
    let log = Log::filled(&app).await;
    let report = assert_verified(&app).await;
    assert_eq!((report.records, report.head), (6, log.head()));
    let third = &log.records[2];
    let noted = Head { sequence: 3, hash: third.hash.as_slice().try_into().unwrap() };
    assert_eq!(findings(&app, &log, Some(noted)).await, [""; 0]);

    // The end cut off, and the head set back.
    let mut cut = log.clone();
    cut.remove(5);
    cut.seal(5);
    assert_eq!(findings(&app, &cut, None).await, [""; 0]);
    let expected = ["read 6 is expected, but is not there"];
    assert_eq!(findings(&app, &cut, Some(log.head())).await, expected);
    assert_eq!(findings(&app, &cut, Some(noted)).await, [""; 0]);

    // One edited, or taken out of the middle, and all that follow sealed anew.
    let mut edited = log.clone();
    edited.records[1].actor = "somebody".into();
    edited.seal(1);
    let mut removed = log.clone();
    removed.remove(1);
    removed.seal(1);
    for other in [edited, removed] {
        assert_eq!(findings(&app, &other, None).await, [""; 0]);
        let told = findings(&app, &other, Some(noted)).await;
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(
            told[0].starts_with("read 3: its hash is ") && told[0].contains(&hex::encode(noted.hash)),
            "{told:#?}"
        );
    }
    // What comes after goes on from what is there.
    log.put(&app).await;
    app.data("AUDITOR", "{ __typename }").await;
    let report = verified(&app, Some(log.head())).await;
    assert_eq!((report.findings.len(), report.records), (0, 7), "{:#?}", report.findings);
}

//! The read log: what each request leaves behind and when, who reads it, and what is found where it was tampered with.

mod queue;
mod records;
mod sight;
mod tampered;

use kemitraan::journal::reads::Report;
use kemitraan::journal::reads::entity::{read_partner, read_record};
use kemitraan::journal::verify::Head;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, TestApp};

/// The record of a request that was answered so, if it is there yet.
async fn there(app: &TestApp, answer: &Answer) -> Option<read_record::Model> {
    let id = answer.headers["x-request-id"].to_str().unwrap().parse::<Uuid>().unwrap();
    read_record::Entity::find_by_id(id).one(app.raw()).await.unwrap()
}

/// The same, once all that was left is written.
async fn record(app: &TestApp, answer: &Answer) -> read_record::Model {
    app.app.reads.flush().await.unwrap();
    there(app, answer).await.unwrap_or_else(|| panic!("not on record: {}", answer.text))
}

/// All records, in their order.
async fn records(app: &TestApp) -> Vec<read_record::Model> {
    app.app.reads.flush().await.unwrap();
    read_record::Entity::find().order_by_asc(read_record::Column::Number).all(app.raw()).await.unwrap()
}

/// The last record.
async fn last(app: &TestApp) -> read_record::Model {
    records(app).await.pop().unwrap()
}

/// The partners whose personal data was shown, by their ids.
async fn shown(app: &TestApp, record: &read_record::Model) -> Vec<Uuid> {
    let own = read_partner::Entity::find().filter(read_partner::Column::Record.eq(record.id));
    let mut own = own.all(app.raw()).await.unwrap().into_iter().map(|row| row.partner).collect::<Vec<_>>();
    own.sort_unstable();
    own
}

/// The rows that were read of a table.
fn rows_of(record: &read_record::Model, table: &str) -> Option<i64> {
    serde_json::from_str::<Value>(&record.nouns).unwrap()[table].as_i64()
}

async fn verified(app: &TestApp, expect: Option<Head>) -> Report {
    app.app.reads.flush().await.unwrap();
    app.app.access.verify_reads(expect, &mut |_, _| {}).await.unwrap()
}

async fn assert_verified(app: &TestApp) -> Report {
    let report = verified(app, None).await;
    assert_eq!(report.findings, [""; 0]);
    report
}

//! The read log: its head, its records, and the partners whose personal data each has shown. See docs/read-log.md for the
//! format.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

// A record's id is that of the request. Times of several processes are not in the order of numbers.
const UP: &str = r#"
CREATE TABLE read_record (
    id            {uuid} NOT NULL PRIMARY KEY,
    number        {long} NOT NULL UNIQUE CHECK (number > 0),
    format        {int} NOT NULL CHECK (format = 1),
    at            {time} NOT NULL,
    actor         {text} NOT NULL,
    token         {text},
    role          {text} CHECK ({one_of role KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN AUDITOR ADMIN}),
    organisation  {uuid},
    kind          {text} CHECK ({one_of kind QUERY MUTATION EVIDENCE}),
    operation     {text},
    document      {bytes} CHECK (length(document) = 32),
    variables     {text},
    nouns         {text} NOT NULL,
    sequence      {long},
    cached        {bool} NOT NULL {is_bool cached},
    not_modified  {bool} NOT NULL {is_bool not_modified},
    outcome       {text} NOT NULL CHECK (length(outcome) > 0),
    previous_hash {bytes} NOT NULL CHECK (length(previous_hash) = 32),
    hash          {bytes} NOT NULL CHECK (length(hash) = 32)
) {strict};
CREATE INDEX read_record_at ON read_record (at, id);
CREATE INDEX read_record_actor ON read_record (actor, at, id);
CREATE INDEX read_record_token ON read_record (token, at, id);
CREATE INDEX read_record_organisation ON read_record (organisation, at, id);

CREATE TABLE read_partner (
    record  {uuid} NOT NULL REFERENCES read_record (id),
    partner {uuid} NOT NULL,
    PRIMARY KEY (record, partner)
) {strict};
CREATE INDEX read_partner_partner ON read_partner (partner, record);

CREATE TABLE read_head (
    id     {int} NOT NULL PRIMARY KEY CHECK (id = 1),
    number {long} NOT NULL CHECK (number >= 0),
    hash   {bytes} NOT NULL CHECK (length(hash) = 32)
) {strict};
-- As the journal, it begins with the empty tree's hash (RFC 6962).
INSERT INTO read_head (id, number, hash)
VALUES (1, 0, {hex e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855});
"#;

const DOWN: &str = "
DROP TABLE read_head;
DROP TABLE read_partner;
DROP TABLE read_record;
";

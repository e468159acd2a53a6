//! The journal: its head, its entries and their changes. See docs/journal.md for the format.

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

const UP: &str = r#"
CREATE TABLE journal_entry (
    sequence      {long} NOT NULL PRIMARY KEY CHECK (sequence > 0),
    format        {int} NOT NULL CHECK (format = 1),
    at            {time} NOT NULL,
    actor         {text} NOT NULL,
    token         {text},
    role          {text} CHECK ({one_of role KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN AUDITOR ADMIN}),
    organisation  {uuid},
    level         {text} CHECK ({one_of level VIEWER OFFICER APPROVER}),
    action        {text} NOT NULL,
    reason        {text},
    request_id    {text},
    changes_root  {bytes} NOT NULL CHECK (length(changes_root) = 32),
    previous_hash {bytes} NOT NULL CHECK (length(previous_hash) = 32),
    hash          {bytes} NOT NULL UNIQUE CHECK (length(hash) = 32)
) {strict};
CREATE INDEX journal_entry_actor ON journal_entry (actor, sequence);

CREATE TABLE journal_change (
    sequence     {long} NOT NULL REFERENCES journal_entry (sequence),
    position     {int} NOT NULL CHECK (position >= 0),
    noun         {text} NOT NULL,
    id           {uuid} NOT NULL,
    noun_version {int} NOT NULL CHECK (noun_version > 0),
    organisation {uuid},
    partnership  {uuid},
    image        {text},
    salt         {bytes} NOT NULL CHECK (length(salt) = 16),
    hash         {bytes} NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (sequence, position)
) {strict};
CREATE INDEX journal_change_subject ON journal_change (id, sequence);
CREATE INDEX journal_change_organisation ON journal_change (organisation, sequence);
CREATE INDEX journal_change_partnership ON journal_change (partnership, sequence);

CREATE TABLE journal_head (
    id       {int} NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence {long} NOT NULL CHECK (sequence >= 0),
    at       {time} NOT NULL,
    hash     {bytes} NOT NULL CHECK (length(hash) = 32)
) {strict};
-- The journal begins with the empty tree's hash (RFC 6962).
INSERT INTO journal_head (id, sequence, at, hash)
VALUES (1, 0, 0, {hex e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855});
"#;

const DOWN: &str = "
DROP TABLE journal_head;
DROP TABLE journal_change;
DROP TABLE journal_entry;
";

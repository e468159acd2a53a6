//! Organisations, their names through time, and which of them succeeded which.

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
CREATE TABLE organisation (
    id      {uuid} NOT NULL PRIMARY KEY,
    version {int} NOT NULL CHECK (version > 0),
    code    {text} NOT NULL UNIQUE CHECK (length(code) BETWEEN 2 AND 32),
    kind    {text} NOT NULL CHECK ({one_of kind MINISTRY BUMN EXECUTING_UNIT OFFTAKER}),
    seat    {text} CHECK ({one_of seat KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN}),
    parent  {uuid} REFERENCES organisation (id)
) {strict};
CREATE INDEX organisation_parent ON organisation (parent, code, id);
CREATE INDEX organisation_kind ON organisation (kind, code, id);

CREATE TABLE organisation_name (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    organisation {uuid} NOT NULL REFERENCES organisation (id),
    name         {text} NOT NULL CHECK (length(name) > 0),
    short_name   {text} NOT NULL CHECK (length(short_name) > 0),
    valid_from   {date} {is_date valid_from},
    valid_until  {date} {is_date valid_until},
    legal_basis  {text},
    CHECK (valid_until > valid_from)
) {strict};
CREATE UNIQUE INDEX organisation_name_from ON organisation_name (organisation, valid_from);

CREATE TABLE succession (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    kind         {text} NOT NULL CHECK ({one_of kind RENAME SPLIT MERGE REPLACE HOLDING}),
    predecessor  {uuid} NOT NULL REFERENCES organisation (id),
    successor    {uuid} NOT NULL REFERENCES organisation (id),
    stewardship  {text} NOT NULL CHECK ({one_of stewardship ALL KOPERASI OTHER_THAN_KOPERASI}),
    effective_on {date} NOT NULL {is_date effective_on},
    legal_basis  {text} NOT NULL,
    UNIQUE (predecessor, successor, effective_on)
) {strict};
CREATE INDEX succession_successor ON succession (successor, effective_on);
"#;

const DOWN: &str = "
DROP TABLE succession;
DROP TABLE organisation_name;
DROP TABLE organisation;
";

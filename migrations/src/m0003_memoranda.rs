//! Memoranda of understanding and who signed them.

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
CREATE TABLE memorandum (
    id         {uuid} NOT NULL PRIMARY KEY,
    version    {int} NOT NULL CHECK (version > 0),
    title      {text} NOT NULL CHECK (length(title) > 0),
    number     {text},
    signed_on  {date} NOT NULL {is_date signed_on},
    signed_at  {text} NOT NULL,
    starts_on  {date} {is_date starts_on},
    ends_on    {date} {is_date ends_on},
    objectives {text} NOT NULL,
    CHECK (ends_on >= starts_on)
) {strict};
CREATE INDEX memorandum_signed_on ON memorandum (signed_on, id);

CREATE TABLE memorandum_signatory (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    memorandum   {uuid} NOT NULL REFERENCES memorandum (id),
    position     {int} NOT NULL CHECK (position > 0),
    organisation {uuid} NOT NULL REFERENCES organisation (id),
    signed_as    {text} NOT NULL,
    UNIQUE (memorandum, position),
    UNIQUE (memorandum, organisation)
) {strict};
"#;

const DOWN: &str = "
DROP TABLE memorandum_signatory;
DROP TABLE memorandum;
";

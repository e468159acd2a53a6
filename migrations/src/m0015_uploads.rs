//! Uploads: which organisation has sent which file, until it is attached. Connections that read do not read it.

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
CREATE TABLE upload (
    organisation {uuid} NOT NULL REFERENCES organisation (id),
    sha256       {text} NOT NULL CHECK (length(sha256) = 64),
    size         {long} NOT NULL CHECK (size > 0),
    media_type   {text} NOT NULL CHECK (length(media_type) BETWEEN 3 AND 100),
    file_name    {text} NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    actor        {text} NOT NULL,
    at           {time} NOT NULL,
    PRIMARY KEY (organisation, sha256)
) {strict};
CREATE INDEX upload_at ON upload (at);
CREATE INDEX upload_sha256 ON upload (sha256);
"#;

const DOWN: &str = "
DROP TABLE upload;
";

//! Idempotency keys: what a mutation did under a key of its actor's, so that the same request does not do it again.

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

// A row begins with its key, which keeps others with the same one waiting, and gets its outcome with the entry.
const UP: &str = r#"
CREATE TABLE idempotency_key (
    actor       {text} NOT NULL,
    key         {text} NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    body        {bytes} NOT NULL CHECK (length(body) = 32),
    recorded_at {time} NOT NULL,
    subject     {uuid},
    version     {int},
    sequence    {long},
    PRIMARY KEY (actor, key),
    CHECK ((subject IS NULL) = (sequence IS NULL) AND (version IS NULL) = (sequence IS NULL))
) {strict};
CREATE INDEX idempotency_key_recorded ON idempotency_key (recorded_at);
"#;

const DOWN: &str = "
DROP TABLE idempotency_key;
";

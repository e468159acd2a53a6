//! The access table as it was enforced: a row for each time that it was another.

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
CREATE TABLE access_table (
    id          {uuid} NOT NULL PRIMARY KEY,
    version     {int} NOT NULL CHECK (version > 0),
    -- Of several that start at once one records it.
    number      {int} NOT NULL UNIQUE CHECK (number > 0),
    recorded_at {time} NOT NULL,
    hash        {text} NOT NULL CHECK (length(hash) = 64),
    fields      {text} NOT NULL CHECK (length(fields) > 0),
    added       {text} NOT NULL,
    removed     {text} NOT NULL
) {strict};
"#;

const DOWN: &str = "
DROP TABLE access_table;
";

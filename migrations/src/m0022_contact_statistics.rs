//! PostgreSQL takes samples of a table's values for its statistics, and keeps them: of contacts' values none are taken, and those
//! that were taken go, which a change of a column's type does, be it to the same.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        on_postgres(manager, DOWN).await
    }
}

/// SQLite samples only what it has indexes of.
async fn on_postgres(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DbBackend::Postgres => crate::run(manager, sql).await,
        _ => Ok(()),
    }
}

const UP: &str = "
ALTER TABLE contact_value
    ALTER COLUMN value TYPE {text}, ALTER COLUMN value SET STATISTICS 0,
    ALTER COLUMN salt TYPE {bytes}, ALTER COLUMN salt SET STATISTICS 0,
    ALTER COLUMN mask TYPE {text}, ALTER COLUMN mask SET STATISTICS 0;
";

const DOWN: &str = "
ALTER TABLE contact_value
    ALTER COLUMN value SET STATISTICS -1,
    ALTER COLUMN salt SET STATISTICS -1,
    ALTER COLUMN mask SET STATISTICS -1;
";

//! What text search looks through: titles, names and references, accents and case aside. The database itself keeps
//! these columns, so that nothing is written to them and the journal knows nothing of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::fold;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        // SQLite cannot add a column that it keeps; it keeps what the index has.
        let kept = if postgres { "STORED" } else { "VIRTUAL" };
        for (table, text) in SEARCHED {
            let folded = fold::sql(text, postgres);
            let text = if postgres { "text COLLATE \"C\"" } else { "text" };
            let sql = format!(
                "ALTER TABLE {table} ADD COLUMN search_text {text} GENERATED ALWAYS AS ({folded}) {kept};"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
            if !postgres {
                let index = format!("CREATE INDEX {table}_search ON {table} (search_text, id);");
                manager.get_connection().execute_unprepared(&index).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in SEARCHED {
            let sql =
                format!("DROP INDEX IF EXISTS {table}_search; ALTER TABLE {table} DROP COLUMN search_text;");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

/// Each table, and what is looked through of a row.
const SEARCHED: [(&str, &str); 5] = [
    ("partnership", "title || ' ' || products"),
    ("milestone", "title"),
    ("partner", "name || ' ' || coalesce(nib, '')"),
    ("external_reference", "value"),
    ("obstacle", "title || ' ' || coalesce(description, '')"),
];

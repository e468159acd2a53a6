//! Indexes for what the journal is searched by: when, what, on behalf of whom.

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

const UP: &str = "
CREATE INDEX journal_entry_at ON journal_entry (at, sequence);
CREATE INDEX journal_entry_action ON journal_entry (action, sequence);
CREATE INDEX journal_entry_organisation ON journal_entry (organisation, sequence);
";

const DOWN: &str = "
DROP INDEX journal_entry_organisation;
DROP INDEX journal_entry_action;
DROP INDEX journal_entry_at;
";

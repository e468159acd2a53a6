//! What waits to be verified is read from an index alone: the figures of a country's last quarters are tens of thousands, each in another
//! page of its table.

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
DROP INDEX outcome_indicator;
CREATE INDEX outcome_indicator ON outcome (indicator, quarter, status, status_since, reporter_organisation, id);
";

const DOWN: &str = "
DROP INDEX outcome_indicator;
CREATE INDEX outcome_indicator ON outcome (indicator, quarter, status);
";

//! What a seat has to verify is read in its order, and counted, from one index; before, of what waits for all seats.

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
DROP INDEX milestone_waiting;
CREATE INDEX milestone_verifying ON milestone (verifier, status, status_since, id, reporter_organisation);
";

const DOWN: &str = "
DROP INDEX milestone_verifying;
CREATE INDEX milestone_waiting ON milestone (status, status_since, id);
";

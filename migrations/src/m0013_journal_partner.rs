//! Which partner a change is about, as its image says. The database derives it, like the searched text: it is no part of the
//! journal's format and of no hash, for it says nothing that the image does not.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (named, kept) = if manager.get_database_backend() == DbBackend::Postgres {
            ("(image::json ->> 'partner')::uuid", "STORED")
        } else {
            ("unhex(replace(image ->> '$.partner', '-', ''))", "VIRTUAL")
        };
        let nouns = "'partnership_partner', 'certificate', 'platform_account', 'contact'";
        let sql = format!(
            "ALTER TABLE journal_change ADD COLUMN partner {{uuid}} GENERATED ALWAYS AS
                (CASE WHEN noun = 'partner' THEN id WHEN noun IN ({nouns}) THEN {named} END) {kept};
            CREATE INDEX journal_change_partner ON journal_change (partner, sequence) WHERE noun = 'partnership_partner';"
        );
        crate::run(manager, &sql).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

const DOWN: &str = "
DROP INDEX journal_change_partner;
ALTER TABLE journal_change DROP COLUMN partner;
";

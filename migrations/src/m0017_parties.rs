//! Corrections of partners that BUMN propose. And whoever proposes a partnership names a partner by its business number: the
//! view tells which one that is.

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
DROP VIEW public_nib;
CREATE VIEW public_nib AS
SELECT nib, name, id AS partner FROM partner WHERE nib IS NOT NULL;

CREATE TABLE partner_correction (
    id                   {uuid} NOT NULL PRIMARY KEY,
    version              {int} NOT NULL CHECK (version > 0),
    partner              {uuid} NOT NULL REFERENCES partner (id),
    organisation         {uuid} NOT NULL REFERENCES organisation (id),
    name                 {text} CHECK (length(name) BETWEEN 1 AND 200),
    scale                {text} CHECK ({one_of scale MICRO SMALL MEDIUM}),
    scale_since          {date} {is_date scale_since},
    nib                  {text} {digits nib 13},
    nik_koperasi         {text},
    npwp                 {text} {digits npwp 16},
    kbli                 {text} {digits kbli 5},
    kbli_version         {int} CHECK (kbli_version IN (2020, 2025)),
    regency              {text} {regency regency},
    reason               {text} NOT NULL CHECK (length(reason) > 0),
    status               {text} NOT NULL CHECK ({one_of status WAITING ACCEPTED DECLINED}),
    status_reason        {text},
    proposed_at          {time} NOT NULL,
    proposed_by          {text} NOT NULL,
    decided_at           {time},
    decided_by           {text},
    decider_organisation {uuid} REFERENCES organisation (id),
    CHECK ((scale IS NULL) = (scale_since IS NULL)),
    CHECK ((kbli IS NULL) = (kbli_version IS NULL)),
    CHECK (decided_by <> proposed_by),
    CHECK (decider_organisation <> organisation),
    CHECK ((status = 'WAITING') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (status <> 'DECLINED' OR status_reason IS NOT NULL)
) {strict};
CREATE UNIQUE INDEX partner_correction_waiting ON partner_correction (partner, organisation) WHERE status = 'WAITING';
CREATE INDEX partner_correction_organisation ON partner_correction (organisation, partner);
"#;

const DOWN: &str = "
DROP TABLE partner_correction;
DROP VIEW public_nib;
CREATE VIEW public_nib AS
SELECT nib, name FROM partner WHERE nib IS NOT NULL;
";

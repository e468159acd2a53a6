//! Partners (mitra): cooperatives, micro, small and medium enterprises, small and medium industries.

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
CREATE TABLE partner (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    name         {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    sample       {bool} NOT NULL {is_bool sample},
    legal_form   {text} NOT NULL CHECK ({one_of legal_form KOPERASI PERSEORANGAN CV PT}),
    scale        {text} NOT NULL CHECK ({one_of scale MICRO SMALL MEDIUM}),
    scale_since  {date} NOT NULL {is_date scale_since},
    is_ikm       {bool} NOT NULL {is_bool is_ikm},
    steward      {text} NOT NULL CHECK (steward IN ('KEMENKOPUKM', 'KEMENPERIN')),
    nib          {text} UNIQUE {digits nib 13},
    nik_koperasi {text} UNIQUE,
    npwp         {text} UNIQUE {digits npwp 16},
    kbli         {text} {digits kbli 5},
    kbli_version {int} CHECK (kbli_version IN (2020, 2025)),
    regency      {text} {regency regency},
    name_public  {bool} NOT NULL {is_bool name_public},
    CHECK (nik_koperasi IS NULL OR legal_form = 'KOPERASI'),
    -- The NPWP of a sole proprietor is the owner's NIK: personal data, never kept here.
    CHECK (npwp IS NULL OR legal_form <> 'PERSEORANGAN'),
    CHECK ((kbli IS NULL) = (kbli_version IS NULL)),
    CHECK (is_ikm = (steward = 'KEMENPERIN'))
) {strict};
CREATE INDEX partner_name ON partner (name, id);
CREATE INDEX partner_steward ON partner (steward, name, id);
"#;

const DOWN: &str = "
DROP TABLE partner;
";

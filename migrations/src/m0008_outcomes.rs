//! Quarters, the seats' agreement to them, and outcomes (capaian) with their revisions after lock.

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

/// Figures are integers of hundredths: exact in both databases, whatever their unit.
const UP: &str = r#"
CREATE TABLE quarter (
    id        {uuid} NOT NULL PRIMARY KEY,
    version   {int} NOT NULL CHECK (version > 0),
    code      {text} NOT NULL UNIQUE {quarter code},
    starts_on {date} NOT NULL {is_date starts_on},
    ends_on   {date} NOT NULL {is_date ends_on},
    due_on    {date} NOT NULL {is_date due_on},
    status    {text} NOT NULL CHECK (status IN ('OPEN', 'LOCKED')),
    locked_at {time},
    locked_by {text},
    CHECK (starts_on < ends_on AND ends_on < due_on),
    CHECK ((status = 'LOCKED') = (locked_at IS NOT NULL)),
    CHECK ((locked_at IS NULL) = (locked_by IS NULL))
) {strict};

CREATE TABLE quarter_agreement (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    quarter      {uuid} NOT NULL REFERENCES quarter (id),
    organisation {uuid} NOT NULL REFERENCES organisation (id),
    seat         {text} NOT NULL CHECK ({one_of seat KEMENKOPUKM KEMENPERIN KEMENBUMN}),
    agreed_at    {time} NOT NULL,
    agreed_by    {text} NOT NULL,
    UNIQUE (quarter, organisation)
) {strict};

CREATE TABLE outcome (
    id                    {uuid} NOT NULL PRIMARY KEY,
    version               {int} NOT NULL CHECK (version > 0),
    partnership           {uuid} NOT NULL,
    organisation          {uuid} NOT NULL,
    indicator             {text} NOT NULL CHECK ({one_of indicator TRANSACTION_VALUE EXPORT_VALUE IMPORT_SUBSTITUTION_VALUE VALUE_ADDED
                          INVESTMENT_VALUE EMPLOYMENT LOCAL_CONTENT ON_TIME_DELIVERY PAYMENT_DAYS}),
    quarter               {text} NOT NULL REFERENCES quarter (code),
    target                {long} CHECK (target >= 0),
    actual                {long} CHECK (actual >= 0),
    revised               {long} CHECK (revised >= 0),
    revisions             {int} NOT NULL CHECK (revisions >= 0),
    status                {text} NOT NULL CHECK ({one_of status DRAFT SUBMITTED VERIFIED RETURNED}),
    status_reason         {text},
    reported_at           {time},
    reported_by           {text},
    reporter_organisation {uuid} REFERENCES organisation (id),
    verified_at           {time},
    verified_by           {text},
    verifier_organisation {uuid} REFERENCES organisation (id),
    UNIQUE (partnership, indicator, quarter),
    UNIQUE (id, partnership),
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    CHECK (verified_by <> reported_by),
    CHECK (verifier_organisation <> reporter_organisation),
    CHECK (status <> 'RETURNED' OR status_reason IS NOT NULL),
    CHECK (status NOT IN ('SUBMITTED', 'VERIFIED') OR
           (actual IS NOT NULL AND reported_at IS NOT NULL AND reported_by IS NOT NULL AND reporter_organisation IS NOT NULL)),
    CHECK (status <> 'VERIFIED' OR (verified_at IS NOT NULL AND verified_by IS NOT NULL AND verifier_organisation IS NOT NULL)),
    CHECK (revised IS NULL OR (revisions > 0 AND status = 'VERIFIED')),
    CHECK (indicator NOT IN ('LOCAL_CONTENT', 'ON_TIME_DELIVERY') OR
           (coalesce(target, 0) <= 10000 AND coalesce(actual, 0) <= 10000 AND coalesce(revised, 0) <= 10000))
) {strict};
CREATE INDEX outcome_quarter ON outcome (quarter, id);
CREATE INDEX outcome_organisation ON outcome (organisation, quarter, id);
CREATE INDEX outcome_indicator ON outcome (indicator, quarter, status);
CREATE INDEX outcome_status ON outcome (status, quarter, id);

CREATE TABLE outcome_revision (
    id                    {uuid} NOT NULL PRIMARY KEY,
    version               {int} NOT NULL CHECK (version > 0),
    outcome               {uuid} NOT NULL,
    partnership           {uuid} NOT NULL,
    organisation          {uuid} NOT NULL,
    number                {int} NOT NULL CHECK (number > 0),
    actual                {long} NOT NULL CHECK (actual >= 0),
    reason                {text} NOT NULL CHECK (length(reason) > 0),
    status                {text} NOT NULL CHECK ({one_of status SUBMITTED VERIFIED RETURNED}),
    status_reason         {text},
    reported_at           {time} NOT NULL,
    reported_by           {text} NOT NULL,
    reporter_organisation {uuid} NOT NULL REFERENCES organisation (id),
    verified_at           {time},
    verified_by           {text},
    verifier_organisation {uuid} REFERENCES organisation (id),
    UNIQUE (outcome, number),
    FOREIGN KEY (outcome, partnership) REFERENCES outcome (id, partnership),
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    CHECK (verified_by <> reported_by),
    CHECK (verifier_organisation <> reporter_organisation),
    CHECK (status <> 'RETURNED' OR status_reason IS NOT NULL),
    CHECK (status <> 'VERIFIED' OR (verified_at IS NOT NULL AND verified_by IS NOT NULL AND verifier_organisation IS NOT NULL))
) {strict};
CREATE INDEX outcome_revision_organisation ON outcome_revision (organisation, id);
CREATE INDEX outcome_revision_partnership ON outcome_revision (partnership, organisation);
"#;

const DOWN: &str = "
DROP TABLE outcome_revision;
DROP TABLE outcome;
DROP TABLE quarter_agreement;
DROP TABLE quarter;
";

//! What surrounds the work: clauses and baselines of a memorandum, certificates, platform accounts and contacts of a
//! partner, external references, obstacles, evidence, reschedules; and since when each thing stands where it stands.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await?;
        for (table, times) in STANDING {
            fill(manager, table, times).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

/// The tables whose rows now tell since when they stand where they stand, and the times by which that is told for the
/// rows that are there already, latest first. Without any it is when the row was recorded.
const STANDING: [(&str, &str); 4] = [
    ("partnership", ""),
    ("milestone", "verified_at, recorded_at, "),
    ("outcome", "verified_at, reported_at, "),
    ("outcome_revision", "verified_at, reported_at, "),
];

/// Journal images of before are read with the same times.
async fn fill(manager: &SchemaManager<'_>, table: &str, times: &str) -> Result<(), DbErr> {
    let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
    let select = Statement::from_string(backend, format!("SELECT id FROM {table}"));
    for row in connection.query_all_raw(select).await? {
        let id = row.try_get::<uuid::Uuid>("", "id")?;
        let (time, own) = if backend == DbBackend::Postgres { ("$1", "$2") } else { ("?", "?") };
        // A coalesce of one value is none in SQLite.
        let sql = format!("UPDATE {table} SET status_since = coalesce({times}{time}, 0) WHERE id = {own}");
        let values = [recorded(id).into(), id.into()];
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

/// When a row was recorded, in microseconds: the first 48 bits of its id (UUIDv7, RFC 9562) are milliseconds.
fn recorded(id: uuid::Uuid) -> i64 {
    <i64 as std::convert::TryFrom<u128>>::try_from(id.as_u128() >> 80)
        .map_or(0, |milliseconds| milliseconds * 1_000)
}

const UP: &str = r#"
CREATE TABLE clause (
    id         {uuid} NOT NULL PRIMARY KEY,
    version    {int} NOT NULL CHECK (version > 0),
    memorandum {uuid} NOT NULL REFERENCES memorandum (id),
    position   {int} NOT NULL CHECK (position > 0),
    number     {text} NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    title      {text} NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    body       {text},
    sample     {bool} NOT NULL {is_bool sample},
    UNIQUE (memorandum, position),
    UNIQUE (memorandum, number)
) {strict};

CREATE TABLE baseline (
    id         {uuid} NOT NULL PRIMARY KEY,
    version    {int} NOT NULL CHECK (version > 0),
    memorandum {uuid} NOT NULL REFERENCES memorandum (id),
    measure    {text} NOT NULL CHECK (measure IN ('GLOBAL_VALUE_CHAIN_SHARE')),
    value      {long} NOT NULL CHECK (value BETWEEN 0 AND 10000),
    as_of      {date} NOT NULL {is_date as_of},
    source     {text} NOT NULL CHECK (length(source) > 0),
    UNIQUE (memorandum, measure, as_of)
) {strict};

CREATE TABLE certificate (
    id          {uuid} NOT NULL PRIMARY KEY,
    version     {int} NOT NULL CHECK (version > 0),
    partner     {uuid} NOT NULL REFERENCES partner (id),
    kind        {text} NOT NULL CHECK ({one_of kind SNI TKDN HALAL IZIN_EDAR}),
    number      {text} NOT NULL CHECK (length(number) BETWEEN 1 AND 100),
    issuer      {text} NOT NULL CHECK (length(issuer) BETWEEN 1 AND 200),
    issued_on   {date} {is_date issued_on},
    valid_until {date} {is_date valid_until},
    UNIQUE (partner, kind, number),
    CHECK (valid_until >= issued_on)
) {strict};
CREATE INDEX certificate_valid_until ON certificate (valid_until, id);
CREATE INDEX certificate_kind ON certificate (kind, number, id);

CREATE TABLE platform_account (
    id       {uuid} NOT NULL PRIMARY KEY,
    version  {int} NOT NULL CHECK (version > 0),
    partner  {uuid} NOT NULL REFERENCES partner (id),
    platform {text} NOT NULL CHECK ({one_of platform PADI_UMKM E_KATALOG SIINAS}),
    account  {text} NOT NULL CHECK (length(account) BETWEEN 1 AND 100),
    since    {date} {is_date since},
    UNIQUE (platform, account)
) {strict};
CREATE INDEX platform_account_partner ON platform_account (partner, platform);

-- Projected: that there is a contact, and a salted hash of it. The value is beside it, and goes for good when it is erased.
CREATE TABLE contact (
    id      {uuid} NOT NULL PRIMARY KEY,
    version {int} NOT NULL CHECK (version > 0),
    partner {uuid} NOT NULL REFERENCES partner (id),
    kind    {text} NOT NULL CHECK ({one_of kind PERSON PHONE EMAIL NPWP}),
    hash    {text} NOT NULL CHECK (length(hash) = 64),
    erased  {bool} NOT NULL {is_bool erased}
) {strict};
CREATE INDEX contact_partner ON contact (partner, kind);

CREATE TABLE contact_value (
    contact {uuid} NOT NULL PRIMARY KEY REFERENCES contact (id),
    value   {text} NOT NULL,
    salt    {bytes} NOT NULL CHECK (length(salt) = 16),
    mask    {text} NOT NULL
) {strict};

ALTER TABLE partnership ADD COLUMN status_since {time} NOT NULL DEFAULT 0;
ALTER TABLE milestone ADD COLUMN status_since {time} NOT NULL DEFAULT 0;
ALTER TABLE milestone ADD COLUMN clause {uuid} REFERENCES clause (id);
ALTER TABLE outcome ADD COLUMN status_since {time} NOT NULL DEFAULT 0;
ALTER TABLE outcome_revision ADD COLUMN status_since {time} NOT NULL DEFAULT 0;
CREATE INDEX milestone_clause ON milestone (clause, organisation);
CREATE INDEX milestone_reporter ON milestone (reporter, status, due_on, id);
CREATE INDEX milestone_waiting ON milestone (status, status_since, id);
CREATE INDEX outcome_waiting ON outcome (status, status_since, id);
CREATE INDEX outcome_revision_status ON outcome_revision (status, status_since, id);

CREATE TABLE reschedule (
    id                     {uuid} NOT NULL PRIMARY KEY,
    version                {int} NOT NULL CHECK (version > 0),
    partnership            {uuid} NOT NULL,
    organisation           {uuid} NOT NULL,
    milestone              {uuid} NOT NULL,
    number                 {int} NOT NULL CHECK (number > 0),
    previous_due_on        {date} NOT NULL {is_date previous_due_on},
    due_on                 {date} NOT NULL {is_date due_on},
    reason                 {text} NOT NULL CHECK (length(reason) > 0),
    status                 {text} NOT NULL CHECK ({one_of status WAITING EFFECTIVE DECLINED}),
    requested_at           {time} NOT NULL,
    requested_by           {text} NOT NULL,
    requester_organisation {uuid} NOT NULL REFERENCES organisation (id),
    decided_at             {time},
    decided_by             {text},
    decider_organisation   {uuid} REFERENCES organisation (id),
    UNIQUE (milestone, number),
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    FOREIGN KEY (milestone, partnership) REFERENCES milestone (id, partnership),
    CHECK (due_on <> previous_due_on),
    CHECK (decided_by <> requested_by),
    CHECK (decider_organisation <> requester_organisation),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decider_organisation IS NULL)),
    CHECK (status <> 'WAITING' OR decided_at IS NULL),
    CHECK (status <> 'DECLINED' OR decided_at IS NOT NULL)
) {strict};
CREATE INDEX reschedule_partnership ON reschedule (partnership, organisation);
CREATE INDEX reschedule_organisation ON reschedule (organisation, id);
CREATE INDEX reschedule_status ON reschedule (status, requested_at, id);

CREATE TABLE external_reference (
    id           {uuid} NOT NULL PRIMARY KEY,
    version      {int} NOT NULL CHECK (version > 0),
    partnership  {uuid} NOT NULL,
    organisation {uuid} NOT NULL,
    -- Null: it is the partnership's own.
    milestone    {uuid},
    system       {text} NOT NULL CHECK (length(system) BETWEEN 1 AND 40),
    value        {text} NOT NULL CHECK (length(value) BETWEEN 1 AND 200),
    UNIQUE (organisation, system, value),
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    FOREIGN KEY (milestone, partnership) REFERENCES milestone (id, partnership)
) {strict};
CREATE INDEX external_reference_value ON external_reference (system, value, organisation);
CREATE INDEX external_reference_partnership ON external_reference (partnership, organisation);
CREATE INDEX external_reference_milestone ON external_reference (milestone);

CREATE TABLE obstacle (
    id                  {uuid} NOT NULL PRIMARY KEY,
    version             {int} NOT NULL CHECK (version > 0),
    partnership         {uuid} NOT NULL,
    organisation        {uuid} NOT NULL,
    milestone           {uuid},
    category            {text} NOT NULL CHECK ({one_of category QUALITY CAPACITY FINANCING CERTIFICATION LICENSING LOGISTICS
                        PRICE PAYMENT REGULATION OTHER}),
    severity            {text} NOT NULL CHECK ({one_of severity LOW MEDIUM HIGH CRITICAL}),
    title               {text} NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description         {text},
    owner               {text} NOT NULL CHECK ({one_of owner KEMENKOPUKM KEMENPERIN KEMENBUMN BUMN}),
    follow_up           {text},
    due_on              {date} {is_date due_on},
    status              {text} NOT NULL CHECK ({one_of status OPEN IN_PROGRESS RESOLVED}),
    status_since        {time} NOT NULL,
    resolution          {text},
    raised_at           {time} NOT NULL,
    raised_by           {text} NOT NULL,
    raiser_organisation {uuid} NOT NULL REFERENCES organisation (id),
    resolved_at         {time},
    resolved_by         {text},
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    FOREIGN KEY (milestone, partnership) REFERENCES milestone (id, partnership),
    CHECK (status <> 'RESOLVED' OR (resolution IS NOT NULL AND resolved_at IS NOT NULL)),
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
) {strict};
CREATE INDEX obstacle_partnership ON obstacle (partnership, raised_at, id);
CREATE INDEX obstacle_organisation ON obstacle (organisation, raised_at, id);
CREATE INDEX obstacle_raised ON obstacle (raised_at, id);
CREATE INDEX obstacle_milestone ON obstacle (milestone);
CREATE INDEX obstacle_owner ON obstacle (owner, status, raised_at, id);
CREATE INDEX obstacle_status ON obstacle (status, due_on, id);

CREATE TABLE evidence (
    id                    {uuid} NOT NULL PRIMARY KEY,
    version               {int} NOT NULL CHECK (version > 0),
    partnership           {uuid} NOT NULL,
    organisation          {uuid} NOT NULL,
    milestone             {uuid} NOT NULL,
    kind                  {text} NOT NULL CHECK ({one_of kind ASSESSMENT MINUTES CERTIFICATE TRIAL_REPORT PURCHASE_ORDER PKS
                          CONTRACT BAST PAYMENT_PROOF REPORT ADDENDUM FAKTUR_PAJAK INVOICE OTHER}),
    number                {text} CHECK (length(number) BETWEEN 1 AND 100),
    dated_on              {date} {is_date dated_on},
    issuer                {text} CHECK (length(issuer) BETWEEN 1 AND 200),
    amount                {money} CHECK (amount >= 0),
    file_name             {text} NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    media_type            {text} NOT NULL CHECK (length(media_type) BETWEEN 3 AND 100),
    size                  {long} NOT NULL CHECK (size > 0),
    sha256                {text} NOT NULL CHECK (length(sha256) = 64),
    attached_at           {time} NOT NULL,
    attached_by           {text} NOT NULL,
    attacher_organisation {uuid} NOT NULL REFERENCES organisation (id),
    withdrawn_at          {time},
    withdrawn_by          {text},
    withdrawal_reason     {text},
    FOREIGN KEY (partnership, organisation) REFERENCES partnership (id, organisation) {deferred},
    FOREIGN KEY (milestone, partnership) REFERENCES milestone (id, partnership),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawal_reason IS NULL))
) {strict};
CREATE INDEX evidence_milestone ON evidence (milestone, kind);
CREATE INDEX evidence_partnership ON evidence (partnership, attached_at, id);
CREATE INDEX evidence_organisation ON evidence (organisation, attached_at, id);
CREATE INDEX evidence_attached ON evidence (attached_at, id);
CREATE INDEX evidence_number ON evidence (number);
CREATE INDEX evidence_sha256 ON evidence (sha256);
"#;

const DOWN: &str = "
DROP TABLE evidence;
DROP TABLE obstacle;
DROP TABLE external_reference;
DROP TABLE reschedule;
DROP INDEX outcome_revision_status;
DROP INDEX outcome_waiting;
DROP INDEX milestone_waiting;
DROP INDEX milestone_reporter;
DROP INDEX milestone_clause;
ALTER TABLE outcome_revision DROP COLUMN status_since;
ALTER TABLE outcome DROP COLUMN status_since;
ALTER TABLE milestone DROP COLUMN clause;
ALTER TABLE milestone DROP COLUMN status_since;
ALTER TABLE partnership DROP COLUMN status_since;
DROP TABLE contact_value;
DROP TABLE contact;
DROP TABLE platform_account;
DROP TABLE certificate;
DROP TABLE baseline;
DROP TABLE clause;
";

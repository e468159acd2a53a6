//! What the databases refuse by themselves.

use crate::support::{Backend, TestApp};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

crate::both!(what_cannot_be_is_refused,);

/// A statement that must be refused, and the same with a right value, which must not.
struct Rule {
    table: &'static str,
    /// Which row; the first of these is taken.
    which: &'static str,
    wrong: &'static str,
    right: &'static str,
}

const fn rule(table: &'static str, which: &'static str, wrong: &'static str, right: &'static str) -> Rule {
    Rule { table, which, wrong, right }
}

const REPORTED: &str = "recorded_at = 1, reported_by = 'one',
    reporter_organisation = (SELECT id FROM organisation WHERE code = 'PLN')";

/// `{no}` is an id that nothing has; `{reported}` what a milestone that was reported has, but the day.
const RULES: &[Rule] = &[
    // Values outside the lists.
    rule("organisation", "", "kind = 'COMPANY'", "kind = 'OFFTAKER'"),
    rule("organisation", "", "seat = 'AUDITOR'", "seat = 'KEMENPERIN'"),
    rule("succession", "", "kind = 'SALE'", "kind = 'MERGE'"),
    rule("succession", "", "stewardship = 'NONE'", "stewardship = 'KOPERASI'"),
    rule("partner", "", "legal_form = 'FIRMA'", "legal_form = 'KOPERASI'"),
    rule("partner", "", "scale = 'LARGE'", "scale = 'MEDIUM'"),
    rule("partner", "is_ikm = false", "steward = 'KEMENBUMN'", "steward = 'KEMENKOPUKM'"),
    rule("partnership", "", "pattern = 'GRANT'", "pattern = 'FRANCHISE'"),
    rule("partnership", "", "channel = 'SHOP'", "channel = 'MARKETPLACE'"),
    rule("partnership", "", "supply_direction = 'BOTH'", "supply_direction = 'BUMN_TO_PARTNER'"),
    rule("partnership", "", "status = 'DONE'", "status = 'TRIAL'"),
    rule("partnership", "", "status = 'trial'", "status = 'TRIAL'"),
    rule("milestone", "status = 'SCHEDULED'", "status = 'OVERDUE'", "status = 'IN_PROGRESS'"),
    rule("milestone", "", "type = 'PARTY'", "type = 'REVIEW'"),
    rule("milestone", "verifier = 'KEMENBUMN'", "reporter = 'ADMIN'", "reporter = 'BUMN'"),
    rule("milestone", "reporter = 'BUMN'", "verifier = 'AUDITOR'", "verifier = 'KEMENBUMN'"),
    rule("partner_correction", "", "status = 'OPEN'", "status = 'WAITING'"),
    rule("partner_correction", "", "scale = 'SMALL'", "scale = 'SMALL', scale_since = '2021-09-03'"),
    rule("partner_correction", "", "kbli = '10710'", "kbli = '10710', kbli_version = 2020"),
    rule("partner_correction", "", "nib = '123'", "nib = '1234567890123'"),
    rule("partner_correction", "", "reason = ''", "reason = 'Contoh'"),
    rule(
        "partner_correction",
        "",
        "status = 'ACCEPTED'",
        "status = 'ACCEPTED', decided_at = 1, decided_by = 'another'",
    ),
    rule("partner_correction", "", "status = 'WAITING'", "status = 'ACCEPTED'"),
    rule("partner_correction", "", "decided_by = proposed_by", "decided_by = 'another'"),
    rule("partner_correction", "", "decider_organisation = organisation", "decider_organisation = NULL"),
    rule("partner_correction", "", "status = 'DECLINED'", "status = 'DECLINED', status_reason = 'Contoh'"),
    rule("token", "", "version = 0", "version = 1"),
    rule("token", "", "subject = ''", "subject = 'p-1'"),
    rule("token", "", "purpose = ''", "purpose = 'Contoh'"),
    rule("token", "", "role = 'ROOT'", "role = 'AUDITOR'"),
    rule("token", "", "role = 'ADMIN'", "role = 'AUDITOR'"),
    rule("token", "", "level = 'VIEWER'", "level = NULL"),
    rule("token", "", "organisation_code = 'PLN'", "organisation_code = NULL"),
    rule("token", "", "expires_at = issued_at + 7776000000001", "expires_at = issued_at + 7776000000000"),
    rule("token", "", "letter_number = NULL", "letter_number = '2'"),
    rule("token", "", "letter_until = '2025-12-31'", "letter_until = '2026-01-01'"),
    rule("token", "", "letter_organisations = ''", "letter_organisations = 'PLN'"),
    rule(
        "token",
        "",
        "revoked_by = 'one'",
        "revoked_at = 2, revoked_by = 'one', revocation_reason = 'Contoh'",
    ),
    rule("comment", "", "subject_noun = 'partner'", "subject_noun = 'milestone'"),
    rule("comment", "", "subject_noun = 'quarter'", "subject_noun = 'outcome'"),
    rule(
        "comment",
        "",
        "subject_noun = 'partnership', subject = {no}",
        "subject_noun = 'partnership', subject = partnership",
    ),
    rule("comment", "", "organisation = NULL", "organisation = organisation"),
    rule("comment", "", "partnership = {no}", "partnership = partnership"),
    rule("comment", "", "body = ''", "body = 'Contoh'"),
    rule("comment", "", "writer_role = 'AUDITOR'", "writer_role = 'KEMENPERIN'"),
    rule("comment", "", "writer_organisation = {no}", "writer_organisation = organisation"),
    rule("delegation", "", "grantee = 'erp'", "grantee = 'service:erp'"),
    rule("delegation", "", "grantee = 'service:'", "grantee = 'service:e'"),
    rule("delegation", "", "action = 'MILESTONE_VERIFY'", "action = 'OUTCOME_SUBMIT'"),
    rule("delegation", "", "organisation = {no}", "organisation = organisation"),
    rule("delegation", "", "partnership = {no}", "partnership = NULL"),
    rule("delegation", "", "granted_by = 'service:erp'", "granted_by = 'another'"),
    rule("delegation", "", "valid_until = '2021-01-01'", "valid_until = valid_from"),
    rule(
        "delegation",
        "",
        "revoked_at = 1",
        "revoked_at = 1, revoked_by = 'a', revocation_reason = 'Contoh'",
    ),
    rule("journal_entry", "", "role = 'ROOT'", "role = 'ADMIN'"),
    rule("journal_entry", "", "level = 'OWNER'", "level = 'VIEWER'"),
    rule("journal_entry", "", "format = 2", "format = 1"),
    // Amounts, counts, lengths.
    rule(
        "partnership",
        "",
        "potential_value = -1, potential_source = 'Contoh', potential_on = '2021-09-03'",
        "potential_value = 0, potential_source = 'Contoh', potential_on = '2021-09-03'",
    ),
    rule(
        "partnership",
        "",
        "estimated_value = -1, estimated_source = 'Contoh', estimated_on = '2021-09-03'",
        "estimated_value = 1000000000000000, estimated_source = 'Contoh', estimated_on = '2021-09-03'",
    ),
    rule(
        "partnership",
        "",
        "contracted_value = -1, contracted_source = 'Contoh', contracted_on = '2021-09-03'",
        "contracted_value = 1, contracted_source = 'Contoh', contracted_on = '2021-09-03'",
    ),
    rule("partnership", "", "potential_source = NULL", "potential_source = 'Lain'"),
    rule("partnership", "", "estimated_on = NULL", "estimated_on = '2021-09-04'"),
    rule("partnership", "", "contracted_value = NULL", "contracted_value = 2"),
    rule("partnership", "", "title = ''", "title = 'A'"),
    rule("organisation", "code = 'PLN'", "code = 'P'", "code = 'PLN'"),
    rule("milestone", "", "weight = 101", "weight = 100"),
    rule("milestone", "", "weight = -1", "weight = 0"),
    rule("milestone", "", "position = 0", "position = 99"),
    rule("milestone", "", "reschedules = -1", "reschedules = 1"),
    rule("milestone", "", "title = ''", "title = 'A'"),
    rule("memorandum_signatory", "", "position = 0", "position = 99"),
    rule("journal_head", "", "sequence = -1", "sequence = sequence"),
    rule("journal_head", "", "id = 2", "id = 1"),
    // Registered numbers.
    rule("partner", "", "nib = '123456789012'", "nib = '1234567890123'"),
    rule("partner", "", "nib = '12345678901234'", "nib = '1234567890123'"),
    rule("partner", "", "nib = '123456789012X'", "nib = NULL"),
    rule("partner", "", "nib = '１２３４５６７８９０１２３'", "nib = '1234567890123'"),
    rule("partner", "legal_form = 'CV'", "npwp = '123456789012345'", "npwp = '1234567890123456'"),
    rule("partner", "legal_form = 'CV'", "npwp = '12.345.678.9-012.345'", "npwp = '1234567890123456'"),
    rule("partner", "", "kbli = '1234', kbli_version = 2020", "kbli = '12345', kbli_version = 2020"),
    rule("partner", "", "kbli = '12345', kbli_version = 2017", "kbli = '12345', kbli_version = 2025"),
    rule("partner", "", "kbli = '12345', kbli_version = NULL", "kbli = NULL, kbli_version = NULL"),
    rule("partner", "", "regency = '3273'", "regency = '32.73'"),
    rule("partner", "", "regency = '32-73'", "regency = '32.73'"),
    rule("partner", "", "regency = '32.730'", "regency = NULL"),
    // What must agree.
    rule(
        "partner",
        "legal_form = 'CV'",
        "legal_form = 'PERSEORANGAN', npwp = '1234567890123457'",
        "legal_form = 'PERSEORANGAN', npwp = NULL",
    ),
    rule(
        "partner",
        "",
        "legal_form = 'PT', nik_koperasi = 'CONTOH-1'",
        "legal_form = 'KOPERASI', nik_koperasi = 'CONTOH-1', npwp = NULL",
    ),
    rule("partner", "is_ikm = true", "is_ikm = false", "is_ikm = false, steward = 'KEMENKOPUKM'"),
    rule(
        "partnership",
        "",
        "status = 'REJECTED', status_reason = NULL",
        "status = 'REJECTED', status_reason = 'Contoh'",
    ),
    rule(
        "partnership",
        "",
        "status = 'SUSPENDED', status_reason = NULL",
        "status = 'SUSPENDED', status_reason = 'Contoh'",
    ),
    rule(
        "partnership",
        "",
        "status = 'TERMINATED', status_reason = NULL",
        "status = 'TERMINATED', status_reason = 'Contoh'",
    ),
    rule(
        "milestone",
        "reporter = 'BUMN' AND verifier = 'KEMENBUMN'",
        "verifier = 'BUMN'",
        "verifier = 'KEMENPERIN'",
    ),
    rule(
        "milestone",
        "status = 'SCHEDULED'",
        "status = 'SUBMITTED'",
        "status = 'SUBMITTED', {reported}, occurred_on = '2021-10-01'",
    ),
    rule(
        "milestone",
        "status = 'SCHEDULED'",
        "status = 'SUBMITTED', {reported}, occurred_on = NULL",
        "status = 'SUBMITTED', {reported}, occurred_on = '2021-10-01'",
    ),
    rule(
        "milestone",
        "status = 'SUBMITTED'",
        "status = 'MET'",
        "status = 'MET', verified_at = 2, verified_by = 'two', verifier_organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
    ),
    rule("milestone", "status = 'MET'", "verified_at = NULL", "verified_at = 2"),
    rule("milestone", "status = 'MET'", "verified_by = NULL", "verified_by = 'two'"),
    rule(
        "milestone",
        "status = 'MET'",
        "verifier_organisation = NULL",
        "verifier_organisation = verifier_organisation",
    ),
    rule("milestone", "status = 'MET'", "verified_by = reported_by", "verified_by = 'two'"),
    rule(
        "milestone",
        "status = 'MET'",
        "verifier_organisation = reporter_organisation",
        "verifier_organisation = verifier_organisation",
    ),
    rule(
        "milestone",
        "status = 'MET'",
        "status = 'PARTIALLY_MET', verified_by = NULL",
        "status = 'PARTIALLY_MET'",
    ),
    rule("milestone", "status = 'MET'", "status = 'NOT_MET', verified_by = NULL", "status = 'NOT_MET'"),
    rule(
        "milestone",
        "status = 'SUBMITTED'",
        "status = 'RETURNED', status_reason = NULL",
        "status = 'RETURNED', status_reason = 'Contoh'",
    ),
    rule(
        "milestone",
        "status = 'SCHEDULED'",
        "status = 'CANCELLED', status_reason = NULL",
        "status = 'CANCELLED', status_reason = 'Contoh'",
    ),
    rule("milestone_dependency", "", "milestone = depends_on", "milestone = milestone"),
    rule(
        "memorandum",
        "",
        "starts_on = '2021-09-03', ends_on = '2021-09-02'",
        "starts_on = '2021-09-03', ends_on = '2021-09-03'",
    ),
    rule(
        "organisation_name",
        "",
        "valid_from = '2021-09-03', valid_until = '2021-09-03'",
        "valid_from = '2021-09-03', valid_until = '2021-09-04'",
    ),
    // Days.
    rule("memorandum", "", "signed_on = '2021-02-30'", "signed_on = '2021-02-28'"),
    rule("memorandum", "", "signed_on = 'kemarin'", "signed_on = '2021-09-03'"),
    rule("partner", "", "scale_since = '2021-13-01'", "scale_since = '2021-12-01'"),
    rule("partnership", "", "estimated_on = ''", "estimated_on = '2021-09-03'"),
    rule("partnership_partner", "", "joined_on = '2021-09-31'", "joined_on = '2021-09-30'"),
    rule("milestone", "", "due_on = '2021-00-01'", "due_on = '2021-01-01'"),
    rule("milestone", "", "first_due_on = NULL", "first_due_on = '2021-01-01'"),
    rule("milestone", "", "occurred_on = '2023-02-29'", "occurred_on = '2024-02-29'"),
    rule("succession", "", "effective_on = 'x'", "effective_on = '2024-10-21'"),
    rule("organisation_name", "", "valid_from = 'x'", "valid_from = '2021-09-03'"),
    // What there can be but one of.
    rule("organisation", "code = 'PLN'", "code = 'RNI'", "code = 'PLN_2'"),
    rule("partner", "nib = '0000000000002'", "nib = '0000000000003'", "nib = '1234567890124'"),
    rule("partnership_partner", "lead = false", "lead = true", "lead = false"),
    rule(
        "partnership_partner",
        "lead = false",
        "partner = (SELECT a.partner FROM partnership_partner a
        WHERE a.partnership = partnership_partner.partnership AND a.lead)",
        "partner = partner",
    ),
    rule("milestone", "position = 2", "position = 3", "position = 98"),
    rule("memorandum_signatory", "position = 2", "position = 3", "position = 98"),
    rule(
        "memorandum_signatory",
        "position = 3",
        "organisation = (SELECT organisation FROM memorandum_signatory WHERE position = 1)",
        "organisation = organisation",
    ),
    rule("journal_entry", "sequence = 3", "hash = previous_hash", "hash = hash"),
    // What must be there.
    rule("organisation", "", "parent = {no}", "parent = NULL"),
    rule("organisation_name", "", "organisation = {no}", "organisation = organisation"),
    rule("succession", "", "predecessor = {no}", "predecessor = predecessor"),
    rule("succession", "", "successor = {no}", "successor = successor"),
    rule("memorandum_signatory", "", "memorandum = {no}", "memorandum = memorandum"),
    rule("memorandum_signatory", "", "organisation = {no}", "organisation = organisation"),
    rule("partnership", "", "organisation = {no}", "organisation = organisation"),
    rule("partnership", "", "memorandum = {no}", "memorandum = memorandum"),
    rule("partnership", "", "memorandum = NULL", "memorandum = memorandum"),
    rule("partnership", "", "executing_unit = {no}", "executing_unit = organisation"),
    rule("partnership", "", "renewal_of = {no}", "renewal_of = id"),
    rule("partnership_partner", "", "partner = {no}", "partner = partner"),
    rule("partnership_partner", "", "partnership = {no}", "partnership = partnership"),
    rule("milestone", "", "partnership = {no}", "partnership = partnership"),
    rule(
        "milestone",
        "",
        "reporter_organisation = {no}",
        "reporter_organisation = NULL, status = 'SCHEDULED'",
    ),
    rule(
        "milestone",
        "",
        "verifier_organisation = {no}",
        "verifier_organisation = NULL, status = 'SCHEDULED'",
    ),
    rule("milestone_dependency", "", "milestone = {no}", "milestone = milestone"),
    rule("milestone_dependency", "", "depends_on = {no}", "depends_on = depends_on"),
    rule("journal_change", "", "sequence = 1000000", "sequence = sequence"),
    // A BUMN stands in the rows below its partnership: it must be the same.
    rule(
        "partnership",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "partnership_partner",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "milestone",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "milestone_dependency",
        "",
        "organisation = (SELECT id FROM organisation WHERE code = 'KEMENBUMN')",
        "organisation = organisation",
    ),
    rule(
        "milestone_dependency",
        "",
        "depends_on = (SELECT id FROM milestone WHERE partnership <> milestone_dependency.partnership ORDER BY id LIMIT 1)",
        "depends_on = depends_on",
    ),
];

/// SQLite has neither days nor booleans nor sizes of bytes: what PostgreSQL's types refuse, or read another way.
const SQLITE_RULES: &[Rule] = &[
    rule("memorandum", "", "signed_on = '2021-9-3'", "signed_on = '2021-09-03'"),
    rule("memorandum", "", "signed_on = '2021-09-03T00:00:00'", "signed_on = '2021-09-03'"),
    rule("memorandum", "", "signed_on = '2459461'", "signed_on = '2021-09-03'"),
    rule("memorandum", "", "signed_on = 20210903", "signed_on = '2021-09-03'"),
    rule("partner", "", "sample = 2", "sample = 1"),
    rule("partner", "", "name_public = 'yes'", "name_public = 0"),
    rule("partner", "", "is_ikm = -1", "is_ikm = is_ikm"),
    rule("partnership_partner", "lead = 0", "lead = 2", "lead = 0"),
    rule("partnership", "", "estimated_value = 'banyak'", "estimated_value = 1"),
    rule("partnership", "", "estimated_value = 1.5", "estimated_value = 1"),
    rule("journal_head", "", "hash = x'00'", "hash = hash"),
];

const POSTGRES_RULES: &[Rule] = &[rule("journal_head", "", "hash = '\\x00'", "hash = hash")];

async fn what_cannot_be_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let sqlite = backend == Backend::Sqlite;
    let id = |number: u128| {
        let id = Uuid::from_u128(number);
        if sqlite { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    };
    // The pilot has no succession.
    app.sql(&format!(
        "INSERT INTO succession (id, version, kind, predecessor, successor, stewardship, effective_on, legal_basis)
         SELECT {}, 1, 'SPLIT', a.id, b.id, 'ALL', '2024-10-21', 'Contoh' FROM organisation a, organisation b
         WHERE a.code = 'KEMENKOPUKM' AND b.code = 'KEMENPERIN'",
        id(1)
    ))
    .await;
    app.sql(&format!(
        "INSERT INTO partner_correction (id, version, partner, organisation, reason, status, proposed_at, proposed_by)
         SELECT {}, 1, p.partner, p.organisation, 'Contoh', 'WAITING', 1, 'one' FROM partnership_partner p
         ORDER BY p.id LIMIT 1",
        id(2)
    ))
    .await;
    app.sql(&format!(
        "INSERT INTO token (id, version, subject, role, purpose, expires_at, letter_institution, letter_number, letter_from,
         letter_until, issued_at, issued_by)
         VALUES ({}, 1, 'p', 'AUDITOR', 'Contoh', 1000, 'Contoh', '1', '2026-01-01', '2026-02-01', 1, 'one')",
        id(3)
    ))
    .await;
    let fill = |text: &str| text.replace("{no}", &id(404)).replace("{reported}", REPORTED);
    let more = if sqlite { SQLITE_RULES } else { POSTGRES_RULES };
    for Rule { table, which, wrong, right } in RULES.iter().chain(more) {
        let which = if which.is_empty() { "true" } else { which };
        let (key, order) = match *table {
            "journal_entry" => ("sequence", "sequence"),
            "journal_change" => ("salt", "sequence, position"),
            _ => ("id", "id"),
        };
        let update = |set: &str| {
            format!(
                "UPDATE {table} SET {} WHERE {key} = (SELECT {key} FROM {table} WHERE {which} ORDER BY {order} LIMIT 1)",
                fill(set)
            )
        };
        must_fail(&app, &update(wrong)).await;
        assert_eq!(app.sql(&update(right)).await, 1, "{}", update(right));
    }
    for table in [
        "organisation",
        "organisation_name",
        "succession",
        "memorandum",
        "memorandum_signatory",
        "partner",
        "partnership",
        "partnership_partner",
        "milestone",
        "milestone_dependency",
    ] {
        must_fail(&app, &format!("UPDATE {table} SET version = 0")).await;
        assert!(app.sql(&format!("UPDATE {table} SET version = 1")).await > 0, "{table}");
    }
    for table in
        ["organisation", "memorandum", "partner", "partnership", "milestone", "journal_entry", "journal_head"]
    {
        if table == "journal_head" {
            // A second head.
            must_fail(&app, "INSERT INTO journal_head SELECT 2, sequence, at, hash FROM journal_head").await;
            must_fail(&app, "INSERT INTO journal_head SELECT 1, sequence, at, hash FROM journal_head").await;
        } else {
            must_fail(&app, &format!("DELETE FROM {table}")).await;
        }
    }
    assert!(app.sql("DELETE FROM milestone_dependency").await > 0);
}

async fn must_fail(app: &TestApp, sql: &str) {
    match app.raw().execute_unprepared(sql).await {
        Ok(done) => panic!("accepted, {} rows: {sql}", done.rows_affected()),
        // By its rules, not for a fault in the statement.
        Err(error) => {
            let text = error.to_string();
            let rules = [
                "constraint",
                "cannot store",
                "date/time field value out of range",
                "invalid input syntax for type date",
                "null value in column",
            ];
            assert!(rules.iter().any(|rule| text.contains(rule)), "{sql}: {text}");
        }
    }
}

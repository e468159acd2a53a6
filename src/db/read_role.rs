//! The role that connections that read take on PostgreSQL: it cannot log in, and has SELECT and nothing else.
//!
//! `kemitraan migrate` makes it where it may, and gives it its grants anew on each run.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait as _};

use crate::error::{Error, Result};

/// The name of a role of our own: none that PostgreSQL keeps for itself, and nothing that has to be escaped.
pub fn parse(text: &str) -> Result<String, String> {
    let plain = text.len() <= 63
        && text.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain {
        return Err("small letters, digits and _, at most 63".to_owned());
    }
    if text.starts_with("pg_") || text == "none" || text == "public" {
        return Err("a name that PostgreSQL does not keep for itself".to_owned());
    }
    Ok(text.to_owned())
}

/// What the role may do besides selecting, in words for an administrator: whether it was granted to the role itself, to
/// everybody or by owning it.
const POWERS: &str = "
    SELECT concat('change ', c.oid::regclass) AS it FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND (has_table_privilege($1, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
            OR has_any_column_privilege($1, c.oid, 'INSERT, UPDATE, REFERENCES'))
    UNION ALL
    SELECT concat('create in the schema ', quote_ident(n.nspname)) FROM pg_namespace n
    WHERE n.nspname NOT LIKE 'pg\\_%' AND has_schema_privilege($1, n.oid, 'CREATE')
    UNION ALL
    SELECT concat('create schemas in ', quote_ident(current_database()))
    WHERE has_database_privilege($1, current_database(), 'CREATE')
    LIMIT 5";

/// Makes sure of the role and its grants, in the transaction that migrates.
///
/// # Errors
///
/// INTERNAL, with the SQL for an administrator in its description, where the role cannot be made or taken; with what
/// is wrong with it where it can do more than read.
pub(super) async fn ensure(tx: &DatabaseTransaction, role: &str) -> Result<()> {
    if !exists(tx, role).await? {
        // Another database's migration may be making it just now: then it is there afterwards.
        let made = attempt(tx, &format!("CREATE ROLE \"{role}\" NOLOGIN")).await?;
        if made.is_err() && !exists(tx, role).await? {
            return Err(for_an_administrator(tx, role).await);
        }
    }
    let powers = "SELECT (r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
            OR r.rolbypassrls OR EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid)) AS it
        FROM pg_roles r WHERE r.rolname = $1";
    if is(tx, powers, role).await? {
        return Err(Error::internal(format!(
            "the role {role} can log in, has powers of its own or is a member of another role: connections that read \
             need one that has none of these (--read-role names another)"
        )));
    }
    let take = format!("SET LOCAL ROLE \"{role}\"; RESET ROLE");
    if attempt(tx, &take).await?.is_err() {
        attempt(tx, &format!("GRANT \"{role}\" TO CURRENT_USER")).await?.ok();
        if attempt(tx, &take).await?.is_err() {
            return Err(for_an_administrator(tx, role).await);
        }
    }
    let schema = schema(tx).await?;
    // PostgreSQL before 15 lets everybody make tables in the schema `public`.
    attempt(tx, &format!("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, \"{role}\"")).await?.ok();
    let creates = "SELECT has_schema_privilege($1, current_schema(), 'CREATE') AS it";
    if is(tx, creates, role).await? {
        return Err(for_an_administrator(tx, role).await);
    }
    let readable = migrations::READABLE.join(", ");
    let columns = migrations::READABLE_COLUMNS
        .map(|(table, columns)| format!("GRANT SELECT ({columns}) ON {table} TO \"{role}\""))
        .join("; ");
    tx.execute_unprepared(&format!(
        "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM \"{role}\";
         GRANT USAGE ON SCHEMA {schema} TO \"{role}\";
         GRANT SELECT ON TABLE {readable} TO \"{role}\"; {columns}"
    ))
    .await?;
    let powers = Statement::from_sql_and_values(DbBackend::Postgres, POWERS, [role.into()]);
    let powers = tx.query_all_raw(powers).await?;
    let powers = powers.iter().map(|row| row.try_get::<String>("", "it")).collect::<Result<Vec<_>, _>>()?;
    if powers.is_empty() {
        return Ok(());
    }
    Err(Error::internal(format!(
        "the role {role} is to read and nothing else, but it may {}: by a grant to it, to PUBLIC or by another, which \
         an administrator has to revoke. Nothing was changed",
        powers.join(", ")
    )))
}

async fn for_an_administrator(tx: &DatabaseTransaction, role: &str) -> Error {
    let (user, schema) = match (text(tx, "SELECT quote_ident(current_user) AS it").await, schema(tx).await) {
        (Ok(user), Ok(schema)) => (user, schema),
        (Err(error), _) | (_, Err(error)) => return error,
    };
    let make = if matches!(exists(tx, role).await, Ok(true)) {
        String::new()
    } else {
        format!("CREATE ROLE \"{role}\" NOLOGIN;\n")
    };
    Error::internal(format!(
        "this database user may not make the role that connections that read take. Nothing was changed. \
         An administrator of the database runs this once, then `kemitraan migrate` can be run again:\n\n\
         {make}GRANT \"{role}\" TO {user};\nGRANT USAGE, CREATE ON SCHEMA {schema} TO {user};\n\
         REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, \"{role}\";\n"
    ))
}

/// Runs statements; where they fail, the transaction goes on without them.
async fn attempt(tx: &DatabaseTransaction, sql: &str) -> Result<Result<(), DbErr>> {
    let savepoint = tx.begin().await?;
    match savepoint.execute_unprepared(sql).await {
        Ok(_) => Ok(Ok(savepoint.commit().await?)),
        Err(error) => {
            savepoint.rollback().await?;
            Ok(Err(error))
        }
    }
}

async fn exists(tx: &DatabaseTransaction, role: &str) -> Result<bool> {
    is(tx, "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1) AS it", role).await
}

async fn schema(tx: &DatabaseTransaction) -> Result<String> {
    text(tx, "SELECT quote_ident(current_schema()) AS it").await
}

async fn is(tx: &DatabaseTransaction, sql: &str, role: &str) -> Result<bool> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [role.into()]);
    let row = tx.query_one_raw(statement).await?.ok_or_else(|| Error::internal("no row"))?;
    Ok(row.try_get("", "it")?)
}

async fn text(tx: &DatabaseTransaction, sql: &str) -> Result<String> {
    let row = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(row.ok_or_else(|| Error::internal("no row"))?.try_get("", "it")?)
}

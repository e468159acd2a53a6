//! The hand: the statements that the API sends for the same question, in one transaction as it has them, decoded as far
//! as they are needed and written as JSON by serde. What Rust can do at best over these statements.

use std::collections::HashMap;

use axum::body::Body;
use chrono::NaiveDate;
use sea_orm::sqlx::postgres::{PgRow, Postgres};
use sea_orm::sqlx::{self, PgPool, Row as _, Transaction};
use serde::Serialize;
use uuid::Uuid;

use super::Cursor;
use crate::Result;
use crate::queries::{DASHBOARD_SIZE, PAGE_SIZE};

const HEAD: &str = r#"SELECT "journal_head"."sequence", "succession"."predecessor", "succession"."successor", "succession"."stewardship", "succession"."effective_on", "organisation"."seat" FROM "journal_head" LEFT JOIN "succession" ON 1 = 1 LEFT JOIN "organisation" ON "organisation"."id" = "succession"."predecessor""#;
const COUNT: &str = r#"SELECT COALESCE(CAST(SUM("tally_partnership"."n") AS bigint), 0) AS "n" FROM "tally_partnership" WHERE "tally_partnership"."dimension" IN ('ALL') AND "tally_partnership"."organisation" = $1 AND "tally_partnership"."part" IN ('') AND TRUE AND TRUE"#;
const ORGANISATIONS: &str = r#"SELECT "organisation"."id" FROM "organisation" WHERE "organisation"."id" = ANY(ARRAY(SELECT unnest($1))) AND TRUE"#;
const CODES: &str = r#"SELECT "organisation"."code", "organisation"."id" FROM "organisation" WHERE "organisation"."id" = ANY(ARRAY(SELECT unnest($1))) AND TRUE"#;
const NAMES: &str = r#"SELECT "organisation_name"."id", "organisation_name"."version", "organisation_name"."organisation", "organisation_name"."name", "organisation_name"."short_name", "organisation_name"."valid_from", "organisation_name"."valid_until", "organisation_name"."legal_basis" FROM "organisation_name" WHERE "organisation_name"."organisation" = ANY(ARRAY(SELECT unnest($1))) AND TRUE AND TRUE ORDER BY "organisation_name"."id" ASC"#;
const PLACES: &str = r#"SELECT "partnership_partner"."lead", "partnership_partner"."partner", "partnership_partner"."partnership" FROM "partnership_partner" WHERE "partnership_partner"."partnership" = ANY(ARRAY(SELECT unnest($1))) AND TRUE ORDER BY "partnership_partner"."lead" DESC, "partnership_partner"."id" ASC"#;
const PARTNERS: &str = r#"SELECT "partner"."name", "partner"."id" FROM "partner" WHERE "partner"."id" = ANY(ARRAY(SELECT unnest($1))) AND TRUE"#;
const LIST: &str = r#"SELECT "partnership"."title", "partnership"."status", "partnership"."batch", "partnership"."organisation", "partnership"."id" FROM "partnership" WHERE TRUE AND TRUE ORDER BY "partnership"."title" ASC, "partnership"."id" ASC LIMIT $1"#;
const PAGE: &str = r#"SELECT "partnership"."title", "partnership"."products", "partnership"."status", "partnership"."batch", "partnership"."pattern", "partnership"."channel", "partnership"."organisation", "partnership"."id" FROM "partnership" WHERE "partnership"."status" IN ($1) AND TRUE AND ("partnership"."title", "partnership"."id") > ($2, $3) ORDER BY "partnership"."title" ASC, "partnership"."id" ASC LIMIT $4"#;
const MILESTONES: &str = r#"SELECT "page_rows"."title", "page_rows"."status", "page_rows"."due_on", "page_rows"."id", "page_of"."id" AS "page_parent" FROM "partnership" AS "page_of" INNER JOIN LATERAL (SELECT "milestone"."title", "milestone"."status", "milestone"."due_on", "milestone"."id" FROM "milestone" WHERE TRUE AND TRUE AND "milestone"."partnership" = "page_of"."id" ORDER BY "milestone"."due_on" ASC, "milestone"."id" ASC LIMIT $1) AS "page_rows" ON $2 WHERE "page_of"."id" = ANY(ARRAY(SELECT unnest($3)))"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_previous_page: Option<bool>,
    start_cursor: Option<String>,
    end_cursor: Option<String>,
}

#[derive(Serialize)]
struct Named<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    name: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    lead: bool,
    partner: Named<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Milestone<'a> {
    title: &'a str,
    status: &'a str,
    due_on: NaiveDate,
}

#[derive(Serialize)]
struct Nodes<N> {
    nodes: N,
}

#[derive(Serialize)]
struct Listed<'a> {
    title: &'a str,
    status: &'a str,
    batch: &'a str,
    organisation: Named<'a>,
    partners: Vec<Place<'a>>,
    milestones: Nodes<Vec<Milestone<'a>>>,
}

#[derive(Serialize)]
struct Paged<'a> {
    title: &'a str,
    products: &'a str,
    status: &'a str,
    batch: &'a str,
    pattern: &'a str,
    channel: &'a str,
    organisation: Named<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Partnerships<N> {
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<i64>,
    page_info: PageInfo,
    nodes: Vec<N>,
}

/// The organisations of some partnerships, and what they are named today.
struct Organisations {
    rows: Vec<PgRow>,
    names: Vec<PgRow>,
}

impl Organisations {
    async fn read(
        tx: &mut Transaction<'_, Postgres>,
        partnerships: &[PgRow],
        statement: &'static str,
    ) -> Result<Self> {
        let mut ids = ids(partnerships, "organisation")?;
        ids.sort_unstable();
        ids.dedup();
        let rows = sqlx::query(statement).bind(&ids).fetch_all(&mut **tx).await?;
        let names = sqlx::query(NAMES).bind(&ids).fetch_all(&mut **tx).await?;
        Ok(Self { rows, names })
    }

    fn named(&self, today: NaiveDate) -> Result<HashMap<Uuid, Named<'_>>> {
        let mut named = HashMap::new();
        for row in &self.rows {
            let code = row.try_get::<&str, _>("code").ok();
            named.insert(row.try_get("id")?, (None, Named { code, name: code.unwrap_or_default() }));
        }
        for row in &self.names {
            let from: Option<NaiveDate> = row.try_get("valid_from")?;
            let until: Option<NaiveDate> = row.try_get("valid_until")?;
            let is_current = from.is_none_or(|from| from <= today) && until.is_none_or(|until| today < until);
            if let Some((known, named)) = named.get_mut(&row.try_get::<Uuid, _>("organisation")?)
                && is_current
                && *known <= Some(from)
            {
                (*known, named.name) = (Some(from), row.try_get("name")?);
            }
        }
        Ok(named.into_iter().map(|(id, (_, named))| (id, named)).collect())
    }
}

pub async fn dashboard(pool: &PgPool, today: NaiveDate) -> Result<Body> {
    let mut tx = pool.begin().await?;
    let head = sqlx::query(HEAD).fetch_all(&mut *tx).await?;
    let mut rows = sqlx::query(LIST).bind(DASHBOARD_SIZE + 1).fetch_all(&mut *tx).await?;
    let page_info = page_info(&mut rows, DASHBOARD_SIZE, Some(false))?;
    let total = sqlx::query_scalar::<_, i64>(COUNT).bind(Uuid::nil()).fetch_one(&mut *tx).await?;
    let organisations = Organisations::read(&mut tx, &rows, ORGANISATIONS).await?;
    let own = ids(&rows, "id")?;
    let places = sqlx::query(PLACES).bind(&own).fetch_all(&mut *tx).await?;
    let partners = sqlx::query(PARTNERS).bind(ids(&places, "partner")?).fetch_all(&mut *tx).await?;
    let milestones = sqlx::query(MILESTONES).bind(11_i64).bind(true).bind(&own).fetch_all(&mut *tx).await?;
    drop(tx);

    let named = organisations.named(today)?;
    let mut names = HashMap::with_capacity(partners.len());
    for row in &partners {
        names.insert(row.try_get::<Uuid, _>("id")?, row.try_get::<&str, _>("name")?);
    }
    let mut of = HashMap::<Uuid, (Vec<Place<'_>>, Vec<Milestone<'_>>)>::with_capacity(rows.len());
    for row in &places {
        let name = names.get(&row.try_get::<Uuid, _>("partner")?).ok_or("a partner is missing")?;
        let place = Place { lead: row.try_get("lead")?, partner: Named { code: None, name } };
        of.entry(row.try_get("partnership")?).or_default().0.push(place);
    }
    for row in &milestones {
        let (title, status, due_on) = (row.try_get("title")?, row.try_get("status")?, row.try_get("due_on")?);
        let own = &mut of.entry(row.try_get("page_parent")?).or_default().1;
        if own.len() < 10 {
            own.push(Milestone { title, status, due_on });
        }
    }
    let mut nodes = Vec::with_capacity(rows.len());
    for row in &rows {
        let (partners, milestones) = of.remove(&row.try_get::<Uuid, _>("id")?).unwrap_or_default();
        let organisation = named.get(&row.try_get::<Uuid, _>("organisation")?).ok_or("no organisation")?;
        nodes.push(Listed {
            title: row.try_get("title")?,
            status: row.try_get("status")?,
            batch: row.try_get("batch")?,
            organisation: Named { code: None, name: organisation.name },
            partners,
            milestones: Nodes { nodes: milestones },
        });
    }
    written(&head, Partnerships { total_count: Some(total), page_info, nodes })
}

pub async fn page(pool: &PgPool, today: NaiveDate, (title, id): (String, Uuid)) -> Result<Body> {
    let mut tx = pool.begin().await?;
    let head = sqlx::query(HEAD).fetch_all(&mut *tx).await?;
    let list = sqlx::query(PAGE).bind("ACTIVE").bind(title).bind(id).bind(PAGE_SIZE + 1);
    let mut rows = list.fetch_all(&mut *tx).await?;
    let page_info = page_info(&mut rows, PAGE_SIZE, None)?;
    let organisations = Organisations::read(&mut tx, &rows, CODES).await?;
    drop(tx);

    let named = organisations.named(today)?;
    let mut nodes = Vec::with_capacity(rows.len());
    for row in &rows {
        let organisation = named.get(&row.try_get::<Uuid, _>("organisation")?).ok_or("no organisation")?;
        nodes.push(Paged {
            title: row.try_get("title")?,
            products: row.try_get("products")?,
            status: row.try_get("status")?,
            batch: row.try_get("batch")?,
            pattern: row.try_get("pattern")?,
            channel: row.try_get("channel")?,
            organisation: Named { code: organisation.code, name: organisation.name },
        });
    }
    written(&head, Partnerships { total_count: None, page_info, nodes })
}

fn ids(rows: &[PgRow], column: &str) -> Result<Vec<Uuid>> {
    Ok(rows.iter().map(|row| row.try_get(column)).collect::<Result<_, _>>()?)
}

/// Takes the row too many off.
fn page_info(rows: &mut Vec<PgRow>, size: i64, has_previous_page: Option<bool>) -> Result<PageInfo> {
    let size = usize::try_from(size)?;
    let has_next_page = rows.len() > size;
    rows.truncate(size);
    let cursor = |row: Option<&PgRow>| {
        row.map(|row| Cursor::encode(row.try_get("title")?, row.try_get("id")?)).transpose()
    };
    let (start_cursor, end_cursor) = (cursor(rows.first())?, cursor(rows.last())?);
    Ok(PageInfo { has_next_page, has_previous_page, start_cursor, end_cursor })
}

fn written<N: Serialize>(head: &[PgRow], partnerships: Partnerships<N>) -> Result<Body> {
    #[derive(Serialize)]
    struct Answer<N> {
        data: Data<N>,
        extensions: Extensions,
    }
    #[derive(Serialize)]
    struct Data<N> {
        partnerships: Partnerships<N>,
    }
    #[derive(Serialize)]
    struct Extensions {
        journal: Journal,
    }
    #[derive(Serialize)]
    struct Journal {
        sequence: i64,
    }
    let sequence = head.first().ok_or("the journal has no head")?.try_get("sequence")?;
    let extensions = Extensions { journal: Journal { sequence } };
    Ok(Body::from(serde_json::to_vec(&Answer { data: Data { partnerships }, extensions })?))
}

//! `kemitraan token …`: what an administrator does by the API, for whoever holds keys and database.

use std::sync::Arc;

use async_graphql::ID;
use clap::Subcommand;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use uuid::Uuid;

use super::{NO_HURRY, connect};
use crate::access::{Access, Actor, View};
use crate::auth::{Keys, Signer, TokenRequest};
use crate::config::{DatabaseSettings, KeySettings};
use crate::db::{self, Database, Options};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::faults::Faults;
use crate::nouns::ids::{self, Noun};
use crate::nouns::tokens::entity::token;
use crate::nouns::tokens::{acts, rules, store};
use crate::types::{Clock, Secret};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prints a new access token. With a database it is registered there: listed, and revoked by its id
    Issue {
        #[command(flatten)]
        keys: KeySettings,
        #[command(flatten)]
        request: TokenRequest,
        /// The database that registers it: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`; without one the token stands
        /// by its signature alone, and ends by its time or with its key
        #[arg(long, env = "KEMITRAAN_DATABASE", hide_env_values = true)]
        database: Option<Secret>,
        /// A file that holds it instead
        #[arg(long, env = "KEMITRAAN_DATABASE_FILE", value_name = "FILE", value_parser = Secret::of_file, conflicts_with = "database")]
        database_file: Option<Secret>,
        /// The role that connections that read take (PostgreSQL)
        #[arg(long, env = "KEMITRAAN_READ_ROLE", default_value = db::READ_ROLE, value_parser = db::parse_role)]
        read_role: String,
        /// What for, which the journal keeps for ever
        #[arg(long, default_value = "Issued on the command line")]
        purpose: String,
    },
    /// Revokes a registered token: from then on no server accepts it
    Revoke {
        #[command(flatten)]
        database: DatabaseSettings,
        /// Its id, as `token list` prints it
        id: String,
        /// Why, which the journal keeps for ever
        #[arg(long)]
        reason: String,
    },
    /// Lists the registered tokens, the last one first: id, state, role, organisation, level, subject, end, last use, purpose
    List {
        #[command(flatten)]
        database: DatabaseSettings,
        /// Those as well that are revoked or have expired
        #[arg(long)]
        all: bool,
    },
}

impl Command {
    pub(super) async fn run(self, clock: &Clock) -> Result<()> {
        match self {
            Self::Issue { keys, request, database, database_file, read_role, purpose } => {
                let Some(url) = database_file.or(database) else {
                    println!("{}", request.issue(&Keys::load(&keys.keys, clock)?, &keys.issuer, clock)?);
                    return Ok(());
                };
                // What cannot be is told before anything is made.
                request.asked(&purpose, clock)?;
                let signer = Signer::new(Arc::new(Keys::load(&keys.keys, clock)?), &keys.issuer);
                let options =
                    Options { create: false, read_role, time_limit: NO_HURRY, ..Options::of(url.expose()) };
                let (db, access) = open(&options, clock).await?;
                let issued = issue(&access, &request, &purpose, &signer).await;
                db.close().await;
                println!("{}", issued?);
            }
            Self::Revoke { database, id, reason } => {
                let (db, access) = open(&database.options(NO_HURRY), clock).await?;
                let revoked = revoke(&access, &id, &reason).await;
                db.close().await;
                revoked?;
            }
            Self::List { database, all } => {
                let (db, access) = open(&database.options(NO_HURRY), clock).await?;
                let listed = list(&access, all).await;
                db.close().await;
                listed?;
            }
        }
        Ok(())
    }
}

async fn open(options: &Options, clock: &Clock) -> Result<(Database, Access)> {
    let db = connect(options).await?;
    let access = Access::new(db.clone(), clock.clone(), 0);
    Ok((db, access))
}

async fn issue(access: &Access, request: &TokenRequest, purpose: &str, signer: &Signer) -> Result<String> {
    let asked = request.asked(purpose, access.clock())?;
    let mut faults = Faults::default();
    asked.check(&mut faults, access.clock().now(), &store::seats(access, asked.codes()).await?);
    faults.check()?;
    let (id, actor) = (access.clock().new_id(), Actor::command_line());
    access.write(&actor, None, None, (id, asked), acts::issue).await?;
    signer.sign(&find(access, id).await?)
}

async fn revoke(access: &Access, id: &str, reason: &str) -> Result<()> {
    let mut faults = Faults::default();
    let reason = faults.reason("--reason", reason);
    faults.check()?;
    let given = ID::from(id);
    let row = find(access, ids::parse(Noun::Token, &given)?).await?;
    let on = Named { id: row.id, given };
    access.write(&Actor::command_line(), None, None, (on, row.version, reason), acts::revoke).await?;
    Ok(())
}

async fn find(access: &Access, id: Uuid) -> Result<token::Model> {
    let view = View::open(access, Actor::command_line()).await?;
    view.by_id::<token::Entity>(id).await?.ok_or_else(|| Error::not_found(&Noun::Token.id(id)))
}

async fn list(access: &Access, all: bool) -> Result<()> {
    let view = View::open(access, Actor::command_line()).await?;
    let newest = token::Entity::find().order_by_desc(token::Column::IssuedAt);
    let rows = view.all(newest.order_by_desc(token::Column::Id)).await?;
    let uses = store::uses(&view, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    for row in rows {
        let in_force = rules::in_force(&row, view.now());
        if !(all || in_force) {
            continue;
        }
        let state = match (in_force, row.revoked_at) {
            (true, _) => "in force",
            (false, Some(_)) => "revoked",
            (false, None) => "expired",
        };
        let used = uses.get(&row.id);
        let from = used.and_then(|used| used.used_from.clone()).map(|from| format!(" from {from}"));
        let used = used.map_or("never used".to_owned(), |used| format!("used {}", used.used_at));
        println!(
            "{}\t{state}\t{}\t{}\t{}\t{}\tuntil {}\t{used}{}\t{}",
            *Noun::Token.id(row.id),
            row.role.as_str(),
            row.organisation_code.as_deref().unwrap_or("-"),
            row.level.map_or("-", |level| level.as_str()),
            row.subject,
            row.expires_at,
            from.unwrap_or_default(),
            row.purpose.replace(['\n', '\t'], " "),
        );
    }
    Ok(())
}

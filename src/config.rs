//! Every setting, once: its flag, its environment variable, its default, its unit.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use clap::Args;
use clap::builder::FalseyValueParser;

use crate::auth::{AUDIENCE, ClaimNames, Oidc};
use crate::db;
use crate::error::Result;
use crate::files::{self, Files};
use crate::types::{Clock, Secret};

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DatabaseSettings {
    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`; one with a password is better told by the
    /// variable or a file, for others on the machine see flags
    #[arg(
        long,
        env = "KEMITRAAN_DATABASE",
        default_value = "sqlite://data/kemitraan.db",
        hide_env_values = true
    )]
    pub database: Secret,
    /// A file that holds it instead
    #[arg(long, env = "KEMITRAAN_DATABASE_FILE", value_name = "FILE", value_parser = Secret::of_file, conflicts_with = "database")]
    pub database_file: Option<Secret>,
    /// Connections that read, at most
    #[arg(long, env = "KEMITRAAN_READ_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    pub read_connections: u32,
    /// Connections that write, at most (PostgreSQL; SQLite has one writer)
    #[arg(long, env = "KEMITRAAN_WRITE_CONNECTIONS", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub write_connections: u32,
    /// The role that connections that read take (PostgreSQL); `kemitraan migrate` makes it, with SELECT alone
    #[arg(long, env = "KEMITRAAN_READ_ROLE", default_value = db::READ_ROLE, value_parser = db::parse_role)]
    pub read_role: String,
}

impl DatabaseSettings {
    /// Where the database is, with its password.
    pub fn url(&self) -> &Secret {
        self.database_file.as_ref().unwrap_or(&self.database)
    }

    pub fn options(&self, time_limit: Duration) -> db::Options {
        db::Options {
            url: self.url().clone(),
            create: false,
            read_connections: self.read_connections,
            write_connections: self.write_connections,
            time_limit,
            read_role: self.read_role.clone(),
        }
    }
}

/// Where the files of evidence are.
#[derive(Debug, Clone, Args)]
pub struct EvidenceSettings {
    /// The store of evidence: a folder, `file:///FOLDER` or `s3://BUCKET/PREFIX` (endpoint, region and credentials come from
    /// the AWS_… variables, or credentials from the files that AWS_…_FILE name); by default the folder `evidence` beside the
    /// SQLite file, `data/evidence` with PostgreSQL
    #[arg(long, env = "KEMITRAAN_EVIDENCE_STORE")]
    pub evidence_store: Option<String>,
}

impl EvidenceSettings {
    pub fn open(&self, database: &DatabaseSettings) -> Result<Files> {
        let beside = || files::beside(database.url().expose());
        Files::open(&self.evidence_store.clone().unwrap_or_else(beside))
    }
}

/// Who is trusted to say who someone is.
#[derive(Debug, Clone, Args)]
pub struct KeySettings {
    /// The folder of the signing keys (Ed25519, PEM); made with a first key in it where it is missing
    #[arg(long, env = "KEMITRAAN_KEYS", default_value = "data/keys")]
    pub keys: PathBuf,
    /// The issuer (`iss`) of the tokens that are made and accepted
    #[arg(long, env = "KEMITRAAN_ISSUER", default_value = "https://kemitraan.example")]
    pub issuer: String,
}

/// What one request may ask for. Beyond any of these it is refused with LIMIT_EXCEEDED, naming limit and value.
#[derive(Debug, Clone, Args)]
pub struct LimitSettings {
    /// Bytes of a request's body
    #[arg(long, env = "KEMITRAAN_LIMIT_BODY", default_value_t = 262_144)]
    pub limit_body: usize,
    /// Tokens (lexical) of a document
    #[arg(long, env = "KEMITRAAN_LIMIT_TOKENS", default_value_t = 4_000)]
    pub limit_tokens: usize,
    /// Levels of nested fields
    #[arg(long, env = "KEMITRAAN_LIMIT_DEPTH", default_value_t = 16)]
    pub limit_depth: usize,
    /// Aliases of one operation, fragments counted where they are spread
    #[arg(long, env = "KEMITRAAN_LIMIT_ALIASES", default_value_t = 50)]
    pub limit_aliases: usize,
    /// Root fields of one operation
    #[arg(long, env = "KEMITRAAN_LIMIT_ROOT_FIELDS", default_value_t = 20)]
    pub limit_root_fields: usize,
    /// Directives of one operation
    #[arg(long, env = "KEMITRAAN_LIMIT_DIRECTIVES", default_value_t = 50)]
    pub limit_directives: usize,
    /// Items of a list that is given
    #[arg(long, env = "KEMITRAAN_LIMIT_LIST", default_value_t = 1_000)]
    pub limit_list: usize,
    /// Cost of one operation: a point a field, times the sizes of the pages that it stands in
    #[arg(long, env = "KEMITRAAN_LIMIT_COST", default_value_t = 100_000)]
    pub limit_cost: u64,
    /// Bytes of a file that is sent as evidence; at most 5 GiB
    #[arg(long, env = "KEMITRAAN_LIMIT_FILE", default_value_t = 52_428_800, value_parser = clap::value_parser!(u64).range(1..=5 << 30))]
    pub limit_file: u64,
    /// Seconds that such a file may take to come in
    #[arg(long, env = "KEMITRAAN_LIMIT_FILE_TIME", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit_file_time: u64,
    /// Seconds that one request may take; the database ends a statement after the same
    #[arg(long, env = "KEMITRAAN_LIMIT_TIME", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit_time: u64,
    #[command(flatten)]
    pub connections: ConnectionSettings,
    #[command(flatten)]
    pub budgets: BudgetSettings,
}

/// How much may be asked in a minute. Beyond any of these a request is refused with RATE_LIMITED; 0 bounds nothing.
#[derive(Debug, Clone, Args)]
pub struct BudgetSettings {
    /// Requests of one token in a minute; 0 bounds nothing
    #[arg(long, env = "KEMITRAAN_BUDGET_REQUESTS", default_value_t = 30_000)]
    pub budget_requests: u32,
    /// Points that the operations of one token may cost in a minute, answers that are kept aside; 0 bounds nothing
    #[arg(long, env = "KEMITRAAN_BUDGET_POINTS", default_value_t = 30_000_000)]
    pub budget_points: u32,
    /// Sign-ins from one address that fail in a minute; 0 bounds nothing
    #[arg(long, env = "KEMITRAAN_BUDGET_SIGN_INS", default_value_t = 60)]
    pub budget_sign_ins: u32,
    /// Proxies in front whose X-Forwarded-For tells the address of a client
    #[arg(long, env = "KEMITRAAN_PROXIES", default_value_t = 0)]
    pub proxies: usize,
}

/// What one connection may hold of the program, and for how long.
#[derive(Debug, Clone, Args)]
pub struct ConnectionSettings {
    /// Connections at the same time; more wait until one ends
    #[arg(long, env = "KEMITRAAN_LIMIT_CONNECTIONS", default_value_t = 900, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit_connections: u32,
    /// Seconds that a connection may be idle, or take to send a request's headers
    #[arg(long, env = "KEMITRAAN_LIMIT_IDLE", default_value_t = 75, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit_idle: u64,
    /// Seconds that an answer waits for whoever does not take it, for each 64 KiB of it
    #[arg(long, env = "KEMITRAAN_LIMIT_STALL", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub limit_stall: u64,
}

impl ConnectionSettings {
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.limit_idle)
    }

    pub fn stall(&self) -> Duration {
        Duration::from_secs(self.limit_stall)
    }
}

impl LimitSettings {
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.limit_time)
    }

    pub fn file_time(&self) -> Duration {
        Duration::from_secs(self.limit_file_time)
    }
}

impl Default for LimitSettings {
    /// The defaults of the command line.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            limits: LimitSettings,
        }
        <Alone as clap::Parser>::parse_from([""]).limits
    }
}

/// How access is decided and remembered.
#[derive(Debug, Clone, Args)]
pub struct AccessSettings {
    /// Days for which the tokens of an organisation that was succeeded still read; they write no more from the first
    #[arg(long, env = "KEMITRAAN_GRACE_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub grace_days: u32,
    /// Bytes of documents that are kept parsed, for each role; what is kept takes up to 150 times as much memory
    #[arg(long, env = "KEMITRAAN_DOCUMENT_CACHE", default_value_t = 131_072)]
    pub document_cache: u64,
    /// Bytes of answers that are kept and given again while nothing has been recorded; 0 keeps none
    #[arg(long, env = "KEMITRAAN_ANSWER_CACHE", default_value_t = 16_777_216)]
    pub answer_cache: u64,
    /// Accepts only tokens that were issued with the database, by `tokenIssue` or `kemitraan token issue --database`; without it
    /// also others that one of the keys has signed, which cannot be revoked one by one
    #[arg(long, env = "KEMITRAAN_REQUIRE_REGISTERED_TOKENS", value_parser = FalseyValueParser::new())]
    pub require_registered_tokens: bool,
    /// Origins whose pages browsers let read the API (CORS), with commas between them; none by default
    #[arg(long, env = "KEMITRAAN_CORS_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<HeaderValue>,
    #[command(flatten)]
    pub rules: RuleSettings,
}

/// An origin as browsers send it.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
    match HeaderValue::from_str(text) {
        Ok(value) if !host.is_empty() && host.chars().all(is_host) => Ok(value),
        _ => {
            Err("an origin is a scheme, a host and perhaps a port, such as https://dashboard.example"
                .to_owned())
        }
    }
}

impl Default for AccessSettings {
    /// The defaults of the command line.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            access: AccessSettings,
        }
        <Alone as clap::Parser>::parse_from([""]).access
    }
}

/// What the rules of the work leave open.
#[derive(Debug, Clone, Copy, Args)]
pub struct RuleSettings {
    /// Days after its first due date up to which a milestone is moved without its verifier
    #[arg(long, env = "KEMITRAAN_RESCHEDULE_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub reschedule_days: u32,
}

/// How long personal data is kept.
#[derive(Debug, Clone, Copy, Args)]
pub struct RetentionSettings {
    /// Days for which a partner's contacts are kept after the last of its partnerships has ended; 0 keeps them until somebody
    /// erases them
    #[arg(long, env = "KEMITRAAN_RETENTION_CONTACT_DAYS", default_value_t = 1_825, value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub retention_contact_days: u32,
}

/// Where the API listens.
#[derive(Debug, Clone, Args)]
pub struct ListenSettings {
    /// The address and port; port 0 takes a free one
    #[arg(long, env = "KEMITRAAN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

/// Whose tokens are accepted beside our own.
#[derive(Debug, Clone, Args)]
pub struct OidcSettings {
    /// The issuer of an OpenID Connect provider whose access tokens are accepted beside our own: https, or http to this machine
    #[arg(long, env = "KEMITRAAN_OIDC_ISSUER")]
    pub oidc_issuer: Option<String>,
    /// The audience (`aud`) that its tokens are for
    #[arg(long, env = "KEMITRAAN_OIDC_AUDIENCE", default_value = AUDIENCE)]
    pub oidc_audience: String,
    /// Which of its claims say role, organisation, level and assignment: `role=NAME,org=NAME,level=NAME,assignment=NAME`; what is
    /// left out is named as here. A NAME that begins with `/` is a path into the claims
    #[arg(long, env = "KEMITRAAN_OIDC_CLAIMS", default_value = "", hide_default_value = true)]
    pub oidc_claims: ClaimNames,
    /// Seconds between two fetches of its keys, at least
    #[arg(long, env = "KEMITRAAN_OIDC_INTERVAL", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub oidc_interval: u32,
    /// Seconds after which its keys are fetched anew, also where all that is asked for are known
    #[arg(long, env = "KEMITRAAN_OIDC_REFRESH", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    pub oidc_refresh: u32,
}

impl OidcSettings {
    /// The provider, with its keys where it can be reached just now.
    pub async fn open(&self, own_issuer: &str, clock: &Clock) -> Result<Option<Arc<Oidc>>> {
        let oidc = Oidc::open(self, own_issuer, clock)?;
        if let Some(oidc) = &oidc {
            oidc.renew().await;
            oidc.keep_renewed();
        }
        Ok(oidc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for right in
            ["https://a.example", "http://127.0.0.1:5173", "http://[::1]:80", "https://a-b.example:8443"]
        {
            assert_eq!(origin(right).unwrap(), right);
        }
        for wrong in [
            "",
            "*",
            "null",
            "a.example",
            "https://",
            "https://a.example/",
            "https://A.example",
            "ftp://a",
            "https://a b",
            "https://*.a",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}

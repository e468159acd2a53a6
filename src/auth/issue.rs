//! Issuing a token.

use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;

use super::claims::Audience;
use super::{AUDIENCE, Assignment, Claims, Keys};
use crate::access::{Level, Role};
use crate::error::{Error, Result};
use crate::nouns::tokens::entity::token;
use crate::nouns::tokens::rules::{self, Asked, Letter};
use crate::types::{Clock, Timestamp};

/// What a token is to say.
#[derive(Debug, Clone, Args)]
pub struct TokenRequest {
    /// KEMENKOPUKM, KEMENPERIN, KEMENBUMN, BUMN, AUDITOR or ADMIN
    #[arg(long)]
    pub role: Role,
    /// The organisation's code; for ministries and BUMN
    #[arg(long)]
    pub organisation: Option<String>,
    /// VIEWER, OFFICER or APPROVER; for ministries and BUMN
    #[arg(long)]
    pub level: Option<Level>,
    /// The opaque id of the person, or `service:` and that of a machine, which the journal keeps for ever: never a name
    #[arg(long)]
    pub subject: Option<String>,
    /// How many days it lives; a year at most, an auditor's 90 days and no longer than its letter's period
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=365))]
    pub days: i64,
    /// An auditor's letter of assignment: the institution
    #[arg(long, required_if_eq("role", "AUDITOR"))]
    pub institution: Option<String>,
    /// An auditor's letter of assignment: its number
    #[arg(long, required_if_eq("role", "AUDITOR"))]
    pub letter: Option<String>,
    /// An auditor's letter of assignment: the first day of its period, YYYY-MM-DD; none is today
    #[arg(long)]
    pub letter_from: Option<NaiveDate>,
    /// An auditor's letter of assignment: the last day of its period; none is the token's last
    #[arg(long)]
    pub letter_until: Option<NaiveDate>,
    /// An auditor's letter of assignment: an organisation that it covers, by its code; repeat for more; none covers the
    /// programme
    #[arg(long = "covers")]
    pub covers: Vec<String>,
}

impl TokenRequest {
    /// A token of the demo, whose auditor's letter covers the programme.
    pub fn of_demo(name: &str, role: Role, organisation: Option<&str>, level: Option<Level>) -> Self {
        let auditor = |text: &str| (role == Role::Auditor).then(|| text.to_owned());
        Self {
            role,
            organisation: organisation.map(str::to_owned),
            level,
            subject: Some(format!("demo-{name}")),
            days: rules::most_days(role),
            institution: auditor("Contoh lembaga pemeriksa (data contoh)"),
            letter: auditor("CONTOH/001"),
            letter_from: None,
            letter_until: None,
            covers: Vec::new(),
        }
    }

    /// Signs a token that no database knows of. That its organisations exist is checked where it is used.
    ///
    /// # Errors
    ///
    /// Where role, organisation, level, letter and days do not go together.
    pub fn issue(&self, keys: &Keys, issuer: &str, clock: &Clock) -> Result<String> {
        keys.sign(&self.claims(issuer, clock)?)
    }

    /// The token as a database is asked for it.
    ///
    /// # Errors
    ///
    /// As [`issue`](Self::issue).
    pub fn asked(&self, purpose: &str, clock: &Clock) -> Result<Asked> {
        let claims = self.claims("", clock)?;
        let letter = claims.assignment.map(|letter| Letter {
            institution: letter.institution,
            number: letter.number,
            organisations: letter.organisations,
            from: letter.from,
            until: letter.until,
        });
        Ok(Asked {
            subject: claims.sub,
            role: claims.role,
            organisation: claims.org,
            level: claims.level,
            purpose: purpose.to_owned(),
            expires_at: Timestamp(claims.exp * 1_000_000),
            letter,
        })
    }

    fn claims(&self, issuer: &str, clock: &Clock) -> Result<Claims> {
        let fail = |message: &str| Err(Error::new(crate::error::Code::BadUserInput, message));
        if self.role.is_seat() && (self.organisation.is_none() || self.level.is_none()) {
            return fail("a token of a ministry or a BUMN takes --organisation and --level");
        }
        if !self.role.is_seat() && (self.organisation.is_some() || self.level.is_some()) {
            return fail(
                "a token of an auditor or an administrator takes neither --organisation nor --level",
            );
        }
        let today = clock.today();
        let mut assignment = None;
        if self.role == Role::Auditor {
            let (Some(institution), Some(number)) = (&self.institution, &self.letter) else {
                return fail("an auditor's token takes --institution and --letter");
            };
            if self.days > rules::most_days(self.role) {
                return fail("an auditor's token lives 90 days at most");
            }
            let last = today + chrono::Days::new(self.days.unsigned_abs());
            let (from, until) = (self.letter_from.unwrap_or(today), self.letter_until.unwrap_or(last));
            if until < last || until < from {
                return fail(
                    "the token would outlive its letter's period: give fewer --days, or a later --letter-until",
                );
            }
            assignment = Some(Assignment {
                institution: institution.clone(),
                number: number.clone(),
                organisations: (!self.covers.is_empty()).then(|| self.covers.clone()),
                from,
                until,
            });
        } else if self.institution.is_some()
            || self.letter.is_some()
            || self.letter_from.is_some()
            || self.letter_until.is_some()
            || !self.covers.is_empty()
        {
            return fail("only an auditor's token has a letter of assignment");
        }
        let now = clock.now().0.div_euclid(1_000_000);
        let jti = clock.new_id().to_string();
        Ok(Claims {
            iss: issuer.to_owned(),
            aud: Audience::One(AUDIENCE.to_owned()),
            sub: self.subject.clone().unwrap_or_else(|| jti.clone()),
            exp: now + self.days * 24 * 3600,
            nbf: now,
            iat: now,
            jti,
            role: self.role,
            org: self.organisation.clone(),
            level: self.level,
            assignment,
        })
    }
}

/// Makes the token of a row: the one thing of it that is kept nowhere.
#[derive(Clone)]
pub struct Signer {
    pub(super) keys: Arc<Keys>,
    pub(super) issuer: Arc<str>,
}

impl Signer {
    pub fn new(keys: Arc<Keys>, issuer: &str) -> Self {
        Self { keys, issuer: issuer.into() }
    }

    /// Signs it with the newest key.
    pub fn sign(&self, row: &token::Model) -> Result<String> {
        let seconds = |at: Timestamp| at.0.div_euclid(1_000_000);
        let assignment = rules::letter(row).map(|letter| Assignment {
            institution: letter.institution,
            number: letter.number,
            organisations: letter.organisations,
            from: letter.from,
            until: letter.until,
        });
        self.keys.sign(&Claims {
            iss: self.issuer.to_string(),
            aud: Audience::One(AUDIENCE.to_owned()),
            sub: row.subject.clone(),
            exp: seconds(row.expires_at),
            nbf: seconds(row.issued_at),
            iat: seconds(row.issued_at),
            jti: row.id.to_string(),
            role: row.role,
            org: row.organisation_code.clone(),
            level: row.level,
            assignment,
        })
    }
}

//! From a provider's claims to ours: which of its claims say role, organisation, level and assignment. Pure.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

use crate::access::{Level, PROVIDED, Role};
use crate::auth::claims::Audience;
use crate::auth::{Assignment, Claims};

/// By how many seconds a provider's clock may go before ours.
const AHEAD: i64 = 60;

/// Seconds that a token of an auditor lives at most, as ours: 90 days.
const MOST_OF_AUDITORS: i64 = 90 * 86_400;

/// Which claims of a provider's tokens say what. A name that begins with `/` is a path into the claims (RFC 6901), any other the
/// name of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimNames {
    pub role: String,
    pub org: String,
    pub level: String,
    pub assignment: String,
}

impl Default for ClaimNames {
    /// As in the tokens of our own.
    fn default() -> Self {
        let name = str::to_owned;
        Self { role: name("role"), org: name("org"), level: name("level"), assignment: name("assignment") }
    }
}

impl FromStr for ClaimNames {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut names = Self::default();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (ours, theirs) = pair.split_once('=').ok_or_else(|| format!("{pair}: OURS=THEIRS"))?;
            let name = match ours.trim() {
                "role" => &mut names.role,
                "org" => &mut names.org,
                "level" => &mut names.level,
                "assignment" => &mut names.assignment,
                other => return Err(format!("{other}: one of role, org, level, assignment")),
            };
            *name = Some(theirs.trim()).filter(|name| !name.is_empty()).ok_or("a name is empty")?.to_owned();
        }
        Ok(names)
    }
}

/// What every access token says (RFC 9068), whoever issued it.
#[derive(Deserialize)]
struct Theirs {
    iss: String,
    aud: Audience,
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    jti: String,
}

impl ClaimNames {
    /// Our claims, of theirs.
    ///
    /// # Errors
    ///
    /// In words for the token's bearer.
    pub fn map(&self, claims: &Value) -> Result<Claims, String> {
        let theirs = Theirs::deserialize(claims).map_err(|error| error.to_string())?;
        if theirs.jti.is_empty() {
            return Err("jti must not be empty".to_owned());
        }
        let role = one::<Role>(claims, &self.role)?.ok_or_else(|| format!("{} is missing", self.role))?;
        if role == Role::Auditor && theirs.exp.saturating_sub(theirs.iat) > MOST_OF_AUDITORS {
            return Err("an auditor's token lives 90 days at most".to_owned());
        }
        let assignment = find(claims, &self.assignment).map(Assignment::deserialize).transpose();
        Ok(Claims {
            iss: theirs.iss,
            aud: theirs.aud,
            sub: theirs.sub,
            exp: theirs.exp,
            nbf: theirs.nbf.unwrap_or(theirs.iat).saturating_sub(AHEAD),
            iat: theirs.iat,
            jti: format!("{PROVIDED}{}", theirs.jti),
            role,
            org: one::<String>(claims, &self.org)?,
            level: one::<Level>(claims, &self.level)?,
            assignment: assignment.map_err(|error| format!("{}: {error}", self.assignment))?,
        })
    }
}

fn find<'a>(claims: &'a Value, name: &str) -> Option<&'a Value> {
    let found = if name.starts_with('/') { claims.pointer(name) } else { claims.get(name) };
    found.filter(|value| !value.is_null())
}

/// What a claim says: a text, or the one that means something here of a list of texts, which may be of other programs as well.
fn one<T: FromStr<Err: std::fmt::Display>>(claims: &Value, name: &str) -> Result<Option<T>, String> {
    let Some(value) = find(claims, name) else { return Ok(None) };
    match value {
        Value::String(text) => text.parse().map(Some).map_err(|error| format!("{name}: {error}")),
        Value::Array(some) => {
            let mut all = some.iter().filter_map(Value::as_str).filter_map(|text| text.parse().ok());
            match (all.next(), all.next()) {
                (one, None) => Ok(one),
                _ => Err(format!("{name} has several values, and one is wanted")),
            }
        }
        _ => Err(format!("{name} is neither a text nor a list of texts")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(more: &Value) -> Value {
        let mut claims = json!({ "iss": "https://one.example", "aud": ["kemitraan", "other"], "sub": "p-1", "exp": 900,
            "iat": 300, "jti": "t-1" });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    }

    #[test]
    fn names_are_read_and_what_is_left_out_is_as_ours() {
        assert_eq!("".parse::<ClaimNames>().unwrap(), ClaimNames::default());
        let names =
            " role=/realm_access/roles , org = https://one.example/org".parse::<ClaimNames>().unwrap();
        assert_eq!(names.role, "/realm_access/roles");
        assert_eq!((&*names.org, &*names.level), ("https://one.example/org", "level"));
        for wrong in ["role", "role=", "seat=x", "role=a=,org"] {
            assert!(wrong.parse::<ClaimNames>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn claims_are_mapped_by_their_names() {
        let names = "role=/access/roles,org=https://one.example/org,level=/access/level"
            .parse::<ClaimNames>()
            .unwrap();
        let told = claims(&json!({ "access": { "roles": ["offline_access", "BUMN", 7], "level": "OFFICER" },
            "https://one.example/org": "PLN", "role": "ADMIN" }));
        let mapped = names.map(&told).unwrap();
        assert_eq!(
            (mapped.role, mapped.org.as_deref(), mapped.level),
            (Role::Bumn, Some("PLN"), Some(Level::Officer))
        );
        assert_eq!((mapped.nbf, mapped.iat, mapped.exp, &*mapped.jti), (240, 300, 900, "oidc:t-1"));
        assert!(mapped.aud.includes("kemitraan") && !mapped.aud.includes("kemi"));

        let letter =
            json!({ "institution": "Contoh", "number": "C/1", "from": "2026-11-01", "until": "2026-12-01" });
        let auditor = claims(&json!({ "role": "AUDITOR", "assignment": letter, "level": null }));
        let mapped = ClaimNames::default().map(&auditor).unwrap();
        assert_eq!(mapped.assignment.unwrap().number, "C/1");
        assert_eq!(mapped.level, None);
        let longest = claims(&json!({ "role": "AUDITOR", "exp": 300 + 90 * 86_400 }));
        assert!(ClaimNames::default().map(&longest).is_ok());
    }

    #[test]
    fn what_says_nothing_clear_is_refused() {
        let names = ClaimNames::default();
        for (wrong, words) in [
            (json!({}), "role is missing"),
            (json!({ "role": [] }), "role is missing"),
            (json!({ "role": ["viewer"] }), "role is missing"),
            (json!({ "role": "bumn" }), "role: one of"),
            (json!({ "role": 1 }), "neither a text"),
            (json!({ "role": ["BUMN", "ADMIN"] }), "several values"),
            (json!({ "role": "BUMN", "org": ["PLN", "RNI"] }), "org has several values"),
            (json!({ "role": "BUMN", "level": "CHIEF" }), "level: one of"),
            (json!({ "role": "AUDITOR", "assignment": "all" }), "assignment: "),
            (json!({ "role": "AUDITOR", "exp": 300 + 90 * 86_400 + 1 }), "90 days"),
            (json!({ "role": "ADMIN", "jti": null }), "jti"),
            (json!({ "role": "ADMIN", "exp": "soon" }), "expected i64"),
        ] {
            let mut told = claims(&wrong);
            told.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            let error = names.map(&told).unwrap_err();
            assert!(error.contains(words), "{wrong}: {error}");
        }
    }
}

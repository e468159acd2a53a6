//! Verifying a token, claim by claim. The algorithm is the key's, never the token's word.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{AUDIENCE, Claims, Keys, Oidc, Signer};
use crate::access::{Access, Actor, Assignment, Level, Organisation, PROVIDED, Role, View, is_service};
use crate::error::{Error, Result};
use crate::nouns::organisations::entity::organisation;
use crate::nouns::tokens::uses::Uses;

/// Longer than any token that this program makes.
const MOST_BYTES: usize = 4_096;

/// The most bytes of `sub` and of `jti`, which the journal keeps with each act.
const MOST_ID: usize = 255;

/// Header members by which a token would choose its own key, or that would have to be understood: refused.
const REFUSED: [&str; 8] = ["crit", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "b64"];

/// Why a token is not accepted, in words for its bearer.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// As RFC 6750 section 3.1 names it; none where no credentials came at all.
    pub error: Option<&'static str>,
    pub description: String,
}

impl Refusal {
    /// No credentials, or none that are a bearer token.
    pub fn missing(description: &str) -> Self {
        Self { error: None, description: description.to_owned() }
    }

    pub(super) fn invalid(description: impl Into<String>) -> Self {
        Self { error: Some("invalid_token"), description: description.into() }
    }
}

/// An organisation, and the seat that it holds.
type Found = (Uuid, Option<Role>);

/// Verifies tokens against keys, the clock and the organisations that there are.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<Keys>,
    issuer: Arc<str>,
    access: Access,
    oidc: Option<Arc<Oidc>>,
    /// Codes that were found. A code never goes away and never points elsewhere, and a seat once held stays in the row:
    /// that others have followed is told by the view. One that had no such seat is looked up again.
    organisations: Arc<RwLock<HashMap<String, Found>>>,
    uses: Uses,
}

impl Verifier {
    pub fn new(keys: Arc<Keys>, issuer: &str, access: Access) -> Self {
        let uses = Uses::new(access.clone());
        Self { keys, issuer: issuer.into(), access, oidc: None, organisations: Arc::default(), uses }
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What makes tokens with the same keys.
    pub fn signer(&self) -> Signer {
        Signer { keys: Arc::clone(&self.keys), issuer: Arc::clone(&self.issuer) }
    }

    /// Notes that an actor has come with its token, from this address.
    pub fn note_use(&self, actor: &Actor, from: Option<IpAddr>) {
        self.uses.note(actor, from);
    }

    /// Writes what was noted of the last uses of tokens, as is done by itself every few seconds.
    pub async fn write_uses(&self) {
        self.uses.write().await;
    }

    /// Accepts the tokens of a provider as well.
    #[must_use]
    pub fn trusting(self, oidc: Option<Arc<Oidc>>) -> Self {
        Self { oidc, ..self }
    }

    /// The actor that a token stands for; the outer error is ours, the inner one the token's.
    pub async fn actor(&self, token: &str) -> Result<Result<Actor, Refusal>> {
        let claims = match self.oidc.as_ref().filter(|oidc| oidc.is_named_by(token)) {
            Some(oidc) => oidc.claims(token).await,
            None => self.claims(token),
        };
        match claims.and_then(|claims| self.check(claims)) {
            Ok(claims) => self.resolve(claims).await,
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// What a token of our own says, once its signature, issuer and audience are found right.
    fn claims(&self, token: &str) -> Result<Claims, Refusal> {
        if token.len() > MOST_BYTES {
            return Err(Refusal::invalid(format!("the token is longer than {MOST_BYTES} bytes")));
        }
        let header = header(token)?;
        if header.get("alg") != Some(&Value::from("EdDSA")) {
            return Err(Refusal::invalid("the key's algorithm is EdDSA, and the token must say the same"));
        }
        let kid = header
            .get("kid")
            .and_then(Value::as_str)
            .ok_or_else(|| Refusal::invalid("the header has no kid"))?;
        let key = self.keys.get(kid).ok_or_else(|| Refusal::invalid("the key (kid) is not known here"))?;

        let claims = verified(token, key, Algorithm::EdDSA)?;
        let claims = serde_json::from_value::<Claims>(claims)
            .map_err(|error| Refusal::invalid(format!("the claims are not as they should be: {error}")))?;

        if claims.iss != *self.issuer {
            return Err(Refusal::invalid("the token is of another issuer (iss)"));
        }
        if !claims.aud.includes(AUDIENCE) {
            return Err(Refusal::invalid("the token is for another audience (aud)"));
        }
        // None of ours passes for a provider's, which is not asked whether it is registered.
        if claims.jti.starts_with(PROVIDED) {
            return Err(Refusal::invalid("such a jti is a provider's"));
        }
        Ok(claims)
    }

    /// What else can be told without the database, whoever issued it.
    fn check(&self, claims: Claims) -> Result<Claims, Refusal> {
        let now = self.access.clock().now().0.div_euclid(1_000_000);
        if now >= claims.exp {
            return Err(Refusal::invalid("the token has expired (exp)"));
        }
        if now < claims.nbf {
            return Err(Refusal::invalid("the token is not valid yet (nbf)"));
        }
        if claims.exp <= claims.nbf || claims.iat > claims.exp {
            return Err(Refusal::invalid("the token's times contradict each other"));
        }
        let is_none = |id: &str| id.is_empty() || id.chars().any(char::is_control);
        if is_none(&claims.sub) || is_none(&claims.jti) {
            return Err(Refusal::invalid("sub and jti must not be empty, and have no control characters"));
        }
        if claims.sub.len() > MOST_ID || claims.jti.len() > MOST_ID {
            return Err(Refusal::invalid(format!("sub and jti are of {MOST_ID} bytes at most")));
        }
        if Actor::is_program(&claims.sub) {
            return Err(Refusal::invalid("the program itself is known by this sub"));
        }
        check_shape(&claims)?;
        Ok(claims)
    }

    /// Turns codes into organisations.
    async fn resolve(&self, claims: Claims) -> Result<Result<Actor, Refusal>> {
        let mut organisation = None;
        if let Some(code) = claims.org {
            match self.organisation(&code, Some(claims.role)).await? {
                Some((id, seat)) if seat == Some(claims.role) => {
                    organisation = Some(Organisation { id, code })
                }
                Some(_) => {
                    return Ok(Err(Refusal::invalid(
                        "the organisation (org) does not hold this seat (role)",
                    )));
                }
                None => return Ok(Err(Refusal::invalid("there is no such organisation (org)"))),
            }
        }
        let mut assignment = None;
        if let Some(letter) = claims.assignment {
            let today = self.access.clock().today();
            if today < letter.from || letter.until < today {
                return Ok(Err(Refusal::invalid("today is outside the period of the assignment")));
            }
            let mut organisations = None;
            if let Some(codes) = letter.organisations {
                let mut some = Vec::with_capacity(codes.len());
                for code in codes {
                    match self.organisation(&code, None).await? {
                        Some((id, _)) => some.push(Organisation { id, code }),
                        None => {
                            return Ok(Err(Refusal::invalid(
                                "the assignment names an organisation that there is not",
                            )));
                        }
                    }
                }
                organisations = Some(some);
            }
            let (institution, number) = (letter.institution, letter.number);
            assignment = Some(Assignment {
                institution,
                number,
                organisations,
                from: letter.from,
                until: letter.until,
            });
        }
        // A machine prepares, whatever its token says; what it may submit is delegated to it.
        let most = if is_service(&claims.sub) { Level::Officer } else { Level::Approver };
        Ok(Ok(Actor {
            id: claims.sub,
            token: Some(claims.jti),
            role: Some(claims.role),
            organisation,
            level: claims.level.map(|level| level.min(most)),
            assignment,
        }))
    }

    async fn organisation(&self, code: &str, seat: Option<Role>) -> Result<Option<Found>> {
        // PostgreSQL takes no such text, and would say so as an error.
        if code.contains('\0') {
            return Ok(None);
        }
        let known = self.organisations.read().unwrap_or_else(PoisonError::into_inner).get(code).copied();
        if let Some(found) = known.filter(|found| seat.is_none() || found.1 == seat) {
            return Ok(Some(found));
        }
        let view = View::open(&self.access, Actor::seed()).await?;
        let select = organisation::Entity::find().filter(organisation::Column::Code.eq(code));
        let Some(row) = view.all(select).await?.pop() else { return Ok(None) };
        let mut known = self.organisations.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(row.code, (row.id, row.seat));
        Ok(Some((row.id, row.seat)))
    }
}

/// The token's header, unverified, but with no member that says where else to look for a key.
pub(super) fn header(token: &str) -> Result<Map<String, Value>, Refusal> {
    let header = part(token, 0).ok_or_else(|| Refusal::invalid("the token is not a JWT (RFC 7519)"))?;
    match REFUSED.iter().find(|member| header.contains_key(**member)) {
        Some(member) => Err(Refusal::invalid(format!("the header member {member} is not accepted"))),
        None => Ok(header),
    }
}

/// What a token says that this key has signed. The library checks the signature; all that is claimed follows by our clock and in our
/// words.
pub(super) fn verified(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Value, Refusal> {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let token = jsonwebtoken::decode::<Value>(token, key, &validation);
    Ok(token.map_err(|_| Refusal::invalid("the signature does not fit"))?.claims)
}

/// What the token says, unverified.
pub(super) fn payload(token: &str) -> Option<Map<String, Value>> {
    part(token, 1)
}

fn part(token: &str, at: usize) -> Option<Map<String, Value>> {
    let parts = token.split('.').collect::<Vec<_>>();
    let part = parts.get(at).filter(|_| parts.len() == 3)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Which claims go with which role.
fn check_shape(claims: &Claims) -> Result<(), Refusal> {
    let role = claims.role.as_str();
    if claims.role.is_seat() {
        if claims.org.is_none() {
            return Err(Refusal::invalid(format!("a token of {role} must name its organisation (org)")));
        }
        if claims.level.is_none() {
            return Err(Refusal::invalid(format!("a token of {role} must have a level")));
        }
    } else if claims.org.is_some() || claims.level.is_some() {
        return Err(Refusal::invalid(format!("a token of {role} has neither org nor level")));
    }
    if (claims.role == Role::Auditor) != claims.assignment.is_some() {
        return Err(Refusal::invalid("an auditor's token, and no other, has an assignment"));
    }
    Ok(())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(crate::error::Code::Unauthenticated, refusal.description)
    }
}

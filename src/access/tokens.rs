//! Which tokens are revoked. Where the journal's head has moved, a view and a write see it in the same statement as the
//! successions: the journal's sequence at which a token was last issued or revoked. Only where that has moved as well are the
//! tokens read again, once for the process. So a revocation holds from its commit on, in every process, and a request that
//! nothing was revoked before costs no statement.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::{Actor, PROVIDED};
use crate::error::{Code, Error, Result};
use crate::types::Timestamp;

/// The tokens that were issued and have not expired.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Where the journal last told of one.
    sequence: i64,
    /// Since when each is revoked, if it is.
    revoked: HashMap<Uuid, Option<Timestamp>>,
}

impl Tokens {
    /// Reads them, as they are at this sequence or later.
    pub(super) async fn load<C: ConnectionTrait>(tx: &C, sequence: i64, now: Timestamp) -> Result<Self> {
        // What has expired is refused before anybody asks whether it was revoked.
        let sql = format!(r#"SELECT "id", "revoked_at" FROM "token" WHERE "expires_at" > {}"#, now.0);
        let rows = tx.query_all_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
        let mut revoked = HashMap::with_capacity(rows.len());
        for row in rows {
            revoked.insert(row.try_get("", "id")?, row.try_get("", "revoked_at")?);
        }
        Ok(Self { sequence, revoked })
    }

    /// Whether it was issued here, and not revoked yet at that moment.
    fn was_good(&self, token: Uuid, at: Timestamp) -> bool {
        self.revoked.get(&token).is_some_and(|revoked| revoked.is_none_or(|since| at < since))
    }

    /// Refuses an actor whose token is revoked; with `registered` also one whose token was not issued here.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED.
    pub(super) fn check(&self, actor: &Actor, registered: bool) -> Result<()> {
        // The program itself has none.
        let Some(token) = &actor.token else { return Ok(()) };
        let refuse = |message: &str| Err(Error::new(Code::Unauthenticated, message));
        match Uuid::try_parse(token).ok().and_then(|token| self.revoked.get(&token)) {
            Some(Some(_)) => refuse("the token was revoked"),
            // None of ours begins so; a provider's end with it, and with their time.
            None if token.starts_with(PROVIDED) => Ok(()),
            None if registered => refuse("the token is not one of those that were registered here"),
            Some(None) | None => Ok(()),
        }
    }
}

/// What this process last read of them.
#[derive(Default)]
pub(super) struct Remembered(RwLock<Arc<Tokens>>);

impl Remembered {
    /// What was read, where it is of this sequence or a later one.
    pub(super) fn at(&self, sequence: i64) -> Option<Arc<Tokens>> {
        let tokens = self.last();
        (tokens.sequence >= sequence).then_some(tokens)
    }

    /// What was read last.
    fn last(&self) -> Arc<Tokens> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn keep(&self, tokens: Tokens) -> Arc<Tokens> {
        let tokens = Arc::new(tokens);
        let mut last = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Another may have read later and been here sooner.
        if last.sequence < tokens.sequence {
            *last = Arc::clone(&tokens);
        }
        tokens
    }

    pub(super) fn was_good(&self, token: Uuid, at: Timestamp) -> bool {
        self.last().was_good(token, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Revoked ones are so since the moment 100.
    fn of(sequence: i64, revoked: &[(u128, bool)]) -> Tokens {
        let since = |is: bool| is.then_some(Timestamp(100));
        let revoked = revoked.iter().map(|(id, is)| (Uuid::from_u128(*id), since(*is))).collect();
        Tokens { sequence, revoked }
    }

    fn bearer(token: &str) -> Actor {
        Actor { token: Some(token.to_owned()), ..Actor::seed() }
    }

    #[test]
    fn what_is_revoked_is_refused_and_what_is_unknown_where_it_must_be_registered() {
        let tokens = of(7, &[(1, false), (2, true)]);
        let id = |id| Uuid::from_u128(id).to_string();
        for (token, accepted, accepted_registered) in [
            (id(1), true, true),
            (id(2), false, false),
            (id(3), true, false),
            ("t-1".to_owned(), true, false),
            ("oidc:t-1".to_owned(), true, true),
        ] {
            assert_eq!(tokens.check(&bearer(&token), false).is_ok(), accepted, "{token}");
            assert_eq!(tokens.check(&bearer(&token), true).is_ok(), accepted_registered, "{token}");
        }
        assert!(tokens.check(&Actor::seed(), true).is_ok());
        assert_eq!(tokens.check(&bearer(&id(2)), false).unwrap_err().code(), Code::Unauthenticated);
    }

    #[test]
    fn what_was_read_later_is_kept() {
        let remembered = Remembered::default();
        assert!(remembered.at(0).is_some() && remembered.at(1).is_none());
        remembered.keep(of(9, &[(1, true)]));
        remembered.keep(of(8, &[(1, false)]));
        assert!(remembered.at(9).is_some() && remembered.at(10).is_none());
        let was_good = |id, at| remembered.was_good(Uuid::from_u128(id), Timestamp(at));
        assert!(was_good(1, 99) && !was_good(1, 100) && !was_good(2, 99));
        remembered.keep(of(10, &[(1, true), (2, false)]));
        assert!(was_good(2, 99) && was_good(2, 100));
    }
}

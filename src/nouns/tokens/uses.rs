//! When and from where tokens were last used: noted in memory as they are, and written now and then, all at once.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::entity::token_use;
use crate::access::{Access, Actor};
use crate::error::Result;
use crate::types::Timestamp;

/// How long what is noted waits for company.
const WAIT: Duration = Duration::from_secs(3);

/// What is noted and not written yet.
#[derive(Clone)]
pub struct Uses(Arc<Notes>);

struct Notes {
    access: Access,
    noted: Mutex<BTreeMap<Uuid, Used>>,
    /// Whether somebody is to write it.
    due: AtomicBool,
}

#[derive(Clone, Copy)]
struct Used {
    at: Timestamp,
    from: Option<IpAddr>,
}

impl Uses {
    pub fn new(access: Access) -> Self {
        Self(Arc::new(Notes { access, noted: Mutex::default(), due: AtomicBool::new(false) }))
    }

    /// Notes that an actor has come with its token.
    pub fn note(&self, actor: &Actor, from: Option<IpAddr>) {
        let Some(token) = actor.token.as_deref().and_then(|token| Uuid::try_parse(token).ok()) else {
            return;
        };
        let used = Used { at: self.0.access.clock().now(), from };
        self.0.noted.lock().unwrap_or_else(PoisonError::into_inner).insert(token, used);
        if !self.0.due.swap(true, Ordering::AcqRel) {
            let uses = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(WAIT).await;
                uses.write().await;
            });
        }
    }

    /// Writes what is noted. What cannot be written is lost: it is only the last time of which this tells.
    pub async fn write(&self) {
        self.0.due.store(false, Ordering::Release);
        let noted = std::mem::take(&mut *self.0.noted.lock().unwrap_or_else(PoisonError::into_inner));
        if let Err(error) = self.put(noted).await {
            tracing::warn!(cause = error.describe(), "the last use of tokens was not written");
        }
    }

    async fn put(&self, noted: BTreeMap<Uuid, Used>) -> Result<()> {
        let access = &self.0.access;
        // Whoever came by one that is none of ours, or was revoked, was refused or is nobody whom this tells of.
        let noted = noted
            .into_iter()
            .filter(|(token, used)| access.was_good_token(*token, used.at))
            .collect::<Vec<_>>();
        if noted.is_empty() {
            return Ok(());
        }
        let aside = access.aside(&Actor::seed()).await?;
        // In the order of their ids, so that two processes do not wait for each other.
        for (token, used) in noted {
            let used_from = used.from.map(|from| from.to_string());
            aside.put::<token_use::Entity>(token_use::Model { token, used_at: used.at, used_from }).await?;
        }
        aside.commit().await
    }
}

//! Writers share a commit: those that wait at the same time are carried out one after the other in one transaction, each
//! in a savepoint of its own, and are answered once it is committed.
//!
//! Nobody waits for company. A writer that comes alone goes at once; those that come while it is at work go together after
//! it. To each it is a transaction of its own: with its own entry, and leaving nothing where it fails.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use tokio::sync::oneshot;

use super::write::{Acted, own, refuse_auditor, seal};
use super::{Access, Actor, Done, Standing, Write};
use crate::db;
use crate::error::{Code, Error, Result};
use crate::journal::Entry;
use crate::journal::entity::head;

/// Writes of one transaction, at most.
const MOST: usize = 64;

#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<VecDeque<Waiting>>,
    /// Held by whoever carries out what waits.
    turn: tokio::sync::Mutex<()>,
}

/// A write that waits for its turn.
struct Waiting {
    actor: Actor,
    request_id: Option<String>,
    act: Box<dyn Fn(Write) -> BoxFuture<'static, Result<Acted>> + Send + Sync>,
    answer: oneshot::Sender<Result<Entry>>,
}

impl Waiting {
    fn answer(self, outcome: Result<Entry>) {
        // Whoever has gone does not hear it.
        drop(self.answer.send(outcome));
    }
}

impl Access {
    /// Changes rows: `act` is given an open write and the input, and ends by [`Write::done`]. When this returns, the
    /// change is a fact, with its entry.
    ///
    /// `act` may be called again, after all that it did was taken back. It is carried out even if whoever waits for this
    /// goes away meanwhile: then it is whole, or was never begun.
    ///
    /// # Errors
    ///
    /// Those of `act`; FORBIDDEN for an auditor, and for an organisation that was succeeded; UNAUTHENTICATED as for a
    /// view; BUSY. In each case nothing is left, but for the one INTERNAL error that says that it is not known.
    pub async fn write<I, T, F, A>(
        &self,
        actor: &Actor,
        request_id: Option<String>,
        input: I,
        act: F,
    ) -> Result<(T, Entry)>
    where
        I: Clone + Send + Sync + 'static,
        T: Send + 'static,
        F: Fn(Write, I) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Done<T>>> + Send + 'static,
    {
        // Before anything is begun; the permit says so again.
        refuse_auditor(actor)?;
        let value = Arc::new(Mutex::new(None));
        let place = Arc::clone(&value);
        let act = move |write| {
            let (acting, place) = (act(write, input.clone()), Arc::clone(&place));
            async move {
                let done = acting.await?;
                *lock(&place) = Some(done.value);
                Ok(done.act)
            }
            .boxed()
        };
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { actor: actor.clone(), request_id, act: Box::new(act), answer };
        lock(&self.writers.waiting).push_back(waiting);
        // On its own, for the caller may go away while others are carried out with it.
        let access = self.clone();
        tokio::spawn(async move { access.take_turn().await });
        let entry = answered.await.map_err(|_| Error::internal("a write was lost on its way"))??;
        let value = lock(&value).take();
        Ok((value.ok_or_else(|| Error::internal("a write without its value"))?, entry))
    }

    async fn take_turn(&self) {
        let _turn = self.writers.turn.lock().await;
        let mut some = {
            let mut waiting = lock(&self.writers.waiting);
            let most = waiting.len().min(MOST);
            waiting.drain(..most).collect::<Vec<_>>()
        };
        // Whoever has gone does not want it any more.
        some.retain(|write| !write.answer.is_closed());
        for alone in carry_out(self, some).await {
            carry_out(self, vec![alone]).await;
        }
    }
}

/// Carries out writes in one transaction. Gives back those that nothing is left of and that have to be carried out alone:
/// another was in their way.
async fn carry_out(access: &Access, writes: Vec<Waiting>) -> Vec<Waiting> {
    let shared = writes.len() > 1;
    if writes.is_empty() {
        return writes;
    }
    let mut batch = match Batch::begin(access, shared).await {
        Ok(batch) => batch,
        Err(error) => {
            writes.into_iter().for_each(|write| write.answer(Err(error.clone())));
            return Vec::new();
        }
    };
    let (mut done, mut again) = (Vec::new(), Vec::new());
    for write in writes {
        match batch.act(&write).await {
            Ok(()) => done.push(write),
            Err(error) if shared && (batch.broken || error.code() == Code::Busy) => again.push(write),
            Err(error) => write.answer(Err(error)),
        }
    }
    match batch.commit().await {
        Ok(entries) => done.into_iter().zip(entries).for_each(|(write, entry)| write.answer(Ok(entry))),
        Err(Failed::Undone(_)) if shared => again.extend(done),
        Err(Failed::Undone(error) | Failed::Unknown(error)) => {
            done.into_iter().for_each(|write| write.answer(Err(error.clone())));
        }
    }
    again
}

/// Writes that share a transaction.
struct Batch<'a> {
    access: &'a Access,
    tx: Arc<DatabaseTransaction>,
    /// The journal's head when the transaction began.
    head: head::Model,
    /// The successions as the last write has left them; none where they have to be read again.
    standing: Option<Standing>,
    /// How the next write's savepoint is set, where there are several.
    savepoint: Option<&'static str>,
    shared: bool,
    /// The transaction is at its end: it cannot be taken back to a savepoint.
    broken: bool,
    acts: Vec<Acted>,
}

enum Failed {
    /// Nothing is left of any.
    Undone(Error),
    /// The connection was lost at the commit.
    Unknown(Error),
}

impl<'a> Batch<'a> {
    async fn begin(access: &'a Access, shared: bool) -> Result<Self> {
        let tx = Arc::new(access.db.begin_write().await?);
        let (head, standing) = Standing::read(&*tx, access.clock.today(), access.grace).await?;
        Ok(Self {
            access,
            tx,
            head,
            standing: Some(standing),
            savepoint: Some("SAVEPOINT one"),
            shared,
            broken: false,
            acts: Vec::new(),
        })
    }

    /// Carries out one more. Where it fails, nothing of it is left.
    async fn act(&mut self, write: &Waiting) -> Result<()> {
        if self.broken {
            return Err(Error::internal("the transaction has ended"));
        }
        if let (true, Some(sql)) = (self.shared, self.savepoint.take()) {
            self.execute(sql).await?;
        }
        match self.try_act(write).await {
            Ok(act) => {
                // What it has changed may be what is decided by.
                let stirs = act.changes.iter().any(|change| Standing::NOUNS.contains(&change.noun));
                if stirs {
                    self.standing = None;
                }
                self.acts.push(act);
                self.savepoint = Some("RELEASE SAVEPOINT one; SAVEPOINT one");
                Ok(())
            }
            Err(error) => {
                if self.shared {
                    drop(self.execute("ROLLBACK TO SAVEPOINT one").await);
                }
                Err(error)
            }
        }
    }

    async fn try_act(&mut self, write: &Waiting) -> Result<Acted> {
        if self.standing.is_none() {
            let (today, grace) = (self.access.clock.today(), self.access.grace);
            self.standing = Some(Standing::read(&*self.tx, today, grace).await?.1);
        }
        let Some(standing) = &self.standing else { return Err(Error::internal("no standing")) };
        // Two processes that hold rows and wait for each other's would stop both: only who holds nothing waits.
        let waits = self.acts.is_empty();
        let (tx, request_id) = (Arc::clone(&self.tx), write.request_id.clone());
        let open =
            Write::within(self.access, tx, self.head.clone(), standing, &write.actor, request_id, waits)?;
        let acting = AssertUnwindSafe(async { (write.act)(open).await });
        acting.catch_unwind().await.unwrap_or_else(|_| Err(Error::internal("a write panicked")))
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        let done = self.tx.execute_unprepared(sql).await;
        self.broken |= done.is_err();
        done?;
        Ok(())
    }

    /// Appends their entries and commits them all. Without any there is nothing to commit.
    async fn commit(self) -> Result<Vec<Entry>, Failed> {
        if self.broken {
            return Err(Failed::Undone(Error::internal("the transaction has ended")));
        }
        if self.acts.is_empty() {
            return Ok(Vec::new());
        }
        let entries = seal(&self.tx, self.access, &self.head, &self.acts).await.map_err(Failed::Undone)?;
        let tx = own(self.tx).map_err(Failed::Undone)?;
        match tx.commit().await {
            Ok(()) => Ok(entries),
            Err(error) if db::is_refusal(&error) => Err(Failed::Undone(error.into())),
            Err(error) => {
                tracing::error!(cause = error.to_string(), "the connection was lost at a commit");
                let words = "the connection to the database was lost while the change was committed: \
                             read again whether it was, before you send it again";
                Err(Failed::Unknown(Error::new(Code::Internal, words)))
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Writers share a commit: those that wait at the same time are carried out one after the other in one transaction, each
//! in a savepoint of its own, and are answered once it is committed.
//!
//! Nobody waits for company. A writer that comes alone goes at once; those that come while it is at work go together after
//! it. To each it is a transaction of its own: with its own entry, and leaving nothing where it fails.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use tokio::sync::oneshot;

use super::once::{self, Found, Once};
use super::write::{Acted, own, refuse_auditor, seal};
use super::{Access, Actor, Done, Standing, View, Write, Written};
use crate::db::{self, LOCK_WAIT};
use crate::error::{Code, Error, Result};
use crate::journal::entity::head;

/// Writes of one transaction, at most.
const MOST: usize = 64;

/// How long it takes before what lost a race is tried again.
const PAUSE: Duration = Duration::from_millis(20);

/// How often what loses races is tried again, at most: meanwhile all that this process writes waits. A value that is another's
/// although it was looked for loses each time, so that time alone is no bound.
const TRIES: u32 = 25;

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
    once: Option<Once>,
    since: Instant,
    races: u32,
    act: Box<dyn Fn(Write) -> BoxFuture<'static, Result<Done>> + Send + Sync>,
    answer: oneshot::Sender<Result<Written>>,
}

impl Waiting {
    fn answer(self, outcome: Result<Written>) {
        // Whoever has gone does not hear it.
        drop(self.answer.send(outcome));
    }

    /// Answers it, once it is committed.
    fn made(self, access: &Access, written: Written) {
        if !written.erases {
            return self.answer(Ok(written));
        }
        // On its own: others need not wait for it, and it is done whether or not anybody waits for it.
        let access = access.clone();
        tokio::spawn(async move {
            access.expunge().await;
            self.answer(Ok(written));
        });
    }

    /// Whether it lost a race, and is not late yet for another.
    fn goes_again(&mut self, error: &Error) -> bool {
        self.races += 1;
        error.code() == Code::Busy && self.races <= TRIES && self.since.elapsed() < LOCK_WAIT
    }
}

impl Access {
    /// Changes rows: `act` is given an open write and the input, and ends by [`Write::done`]. When this returns, the
    /// change is a fact, with its entry. With a key (`once`) that was done under it before is given again.
    ///
    /// `act` may be called again, after all that it did was taken back. It is carried out even if whoever waits for this
    /// goes away meanwhile: then it is whole, or was never begun.
    ///
    /// # Errors
    ///
    /// Those of `act`; FORBIDDEN for an auditor, and for an organisation that was succeeded; UNAUTHENTICATED as for a
    /// view; IDEMPOTENCY_MISMATCH; BUSY, once it has lost races for as long as a lock is waited for. In each case nothing
    /// is left, but for the one INTERNAL error that says that it is not known.
    pub async fn write<I, F, A>(
        &self,
        actor: &Actor,
        request_id: Option<String>,
        once: Option<Once>,
        input: I,
        act: F,
    ) -> Result<Written>
    where
        I: Clone + Send + Sync + 'static,
        F: Fn(Write, I) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Done>> + Send + 'static,
    {
        // Before anything is begun; the permit says so again.
        refuse_auditor(actor)?;
        let act = Box::new(move |write| act(write, input.clone()).boxed());
        let (answer, answered) = oneshot::channel();
        let since = Instant::now();
        let waiting = Waiting { actor: actor.clone(), request_id, once, since, races: 0, act, answer };
        lock(&self.writers.waiting).push_back(waiting);
        // On its own, for the caller may go away while others are carried out with it.
        let access = self.clone();
        tokio::spawn(async move { access.take_turn().await });
        answered.await.map_err(|_| Error::internal("a write was lost on its way"))?
    }

    /// Does all that [`write`](Self::write) would do, but for the entry, and keeps nothing. Gives the subject and its
    /// version, and a view of how things would be: what was done is taken back when the last of that view is dropped.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub async fn rehearse<I, F, A>(&self, actor: &Actor, input: I, act: F) -> Result<(uuid::Uuid, i32, View)>
    where
        I: Clone + Send,
        F: Fn(Write, I) -> A + Send,
        A: Future<Output = Result<Done>> + Send,
    {
        refuse_auditor(actor)?;
        let since = Instant::now();
        for _ in 0..TRIES {
            match self.try_rehearse(actor, input.clone(), &act).await {
                Err(error) if error.code() == Code::Busy && since.elapsed() < LOCK_WAIT => {
                    tokio::time::sleep(PAUSE).await;
                }
                outcome => return outcome,
            }
        }
        self.try_rehearse(actor, input, &act).await
    }

    async fn try_rehearse<I, F, A>(&self, actor: &Actor, input: I, act: &F) -> Result<(uuid::Uuid, i32, View)>
    where
        F: Fn(Write, I) -> A,
        A: Future<Output = Result<Done>>,
    {
        let tx = Arc::new(self.db.begin_write().await?);
        let (head, standing) = Standing::read(&*tx, self).await?;
        let sequence = head.sequence;
        let write = Write::within(self, Arc::clone(&tx), head, &standing, actor, None, true)?;
        let done = act(write, input).await?;
        Ok((done.subject, done.version, View::within(self, tx, actor.clone(), sequence, standing)))
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
        let mut again = carry_out(self, some).await;
        while !again.is_empty() {
            let mut lost = Vec::new();
            for alone in again {
                lost.extend(carry_out(self, vec![alone]).await);
            }
            again = lost;
            if !again.is_empty() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Carries out writes in one transaction. Gives back those that nothing is left of and that have to be carried out alone:
/// another was in their way.
async fn carry_out(access: &Access, writes: Vec<Waiting>) -> Vec<Waiting> {
    let shared = writes.len() > 1;
    let (mut done, mut again) = (Vec::new(), Vec::new());
    if writes.is_empty() {
        return again;
    }
    let mut batch = match Batch::begin(access, shared).await {
        Ok(batch) => batch,
        Err(error) => {
            refuse(writes, &error, &mut again);
            return again;
        }
    };
    for write in writes {
        match batch.act(&write).await {
            Ok(Turn::Done) => done.push(write),
            Ok(Turn::Before(written)) => write.answer(Ok(written)),
            // What the other does is known once it is committed.
            Ok(Turn::Pending) => again.push(write),
            Err(error) if shared && (batch.broken || error.code() == Code::Busy) => again.push(write),
            Err(error) => refuse([write], &error, &mut again),
        }
    }
    match batch.commit().await {
        Ok(written) => done.into_iter().zip(written).for_each(|(write, written)| write.made(access, written)),
        Err(Failed::Undone(_)) if shared => again.extend(done),
        Err(Failed::Undone(error)) => refuse(done, &error, &mut again),
        Err(Failed::Unknown(error)) => done.into_iter().for_each(|write| write.answer(Err(error.clone()))),
    }
    again
}

/// Answers writes of which nothing is left; those that only lost a race are tried again.
fn refuse(writes: impl IntoIterator<Item = Waiting>, error: &Error, again: &mut Vec<Waiting>) {
    for mut write in writes {
        if write.goes_again(error) { again.push(write) } else { write.answer(Err(error.clone())) }
    }
}

/// What became of a write in its transaction.
enum Turn {
    Done,
    /// It was done before, under its key.
    Before(Written),
    /// An earlier one of the same transaction has the same key.
    Pending,
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
    /// What the acts were on, and their keys.
    outcomes: Vec<(Written, Option<Once>)>,
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
        let (head, standing) = Standing::read(&*tx, access).await?;
        Ok(Self {
            access,
            tx,
            head,
            standing: Some(standing),
            savepoint: Some("SAVEPOINT one"),
            shared,
            broken: false,
            acts: Vec::new(),
            outcomes: Vec::new(),
        })
    }

    /// Carries out one more. Where it fails, nothing of it is left.
    async fn act(&mut self, write: &Waiting) -> Result<Turn> {
        if self.broken {
            return Err(Error::internal("the transaction has ended"));
        }
        if let (true, Some(sql)) = (self.shared, self.savepoint.take()) {
            self.execute(sql).await?;
        }
        match self.try_act(write).await {
            Ok(turn) => {
                self.savepoint = Some("RELEASE SAVEPOINT one; SAVEPOINT one");
                Ok(turn)
            }
            Err(error) => {
                if self.shared {
                    drop(self.execute("ROLLBACK TO SAVEPOINT one").await);
                }
                Err(error)
            }
        }
    }

    async fn try_act(&mut self, write: &Waiting) -> Result<Turn> {
        if self.standing.is_none() {
            self.standing = Some(Standing::read_again(&*self.tx, self.access, true).await?.1);
        }
        let Some(standing) = &self.standing else { return Err(Error::internal("no standing")) };
        // Two processes that hold rows and wait for each other's would stop both: only who holds nothing waits.
        let waits = self.acts.is_empty();
        let (tx, request_id) = (Arc::clone(&self.tx), write.request_id.clone());
        let open =
            Write::within(self.access, tx, self.head.clone(), standing, &write.actor, request_id, waits)?;
        if let Some(once) = &write.once {
            match once.find(&*self.tx, &self.access.clock).await? {
                Found::New => {}
                Found::Before(written) => return Ok(Turn::Before(written)),
                Found::Pending => return Ok(Turn::Pending),
            }
        }
        let acting = AssertUnwindSafe(async { (write.act)(open).await });
        let done =
            acting.catch_unwind().await.unwrap_or_else(|_| Err(Error::internal("a write panicked")))?;
        // What it has changed may be what is decided by.
        if done.act.changes.iter().any(|change| Standing::NOUNS.contains(&change.noun)) {
            self.standing = None;
        }
        self.acts.push(done.act);
        let (subject, version, erases) = (done.subject, done.version, done.erases);
        let written = Written { subject, version, sequence: 0, erases };
        self.outcomes.push((written, write.once.clone()));
        Ok(Turn::Done)
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        let done = self.tx.execute_unprepared(sql).await;
        self.broken |= done.is_err();
        done?;
        Ok(())
    }

    /// Appends their entries and commits them all. Without any there is nothing to commit.
    async fn commit(mut self) -> Result<Vec<Written>, Failed> {
        if self.broken {
            return Err(Failed::Undone(Error::internal("the transaction has ended")));
        }
        if self.acts.is_empty() {
            return Ok(Vec::new());
        }
        let written = self.seal().await.map_err(Failed::Undone)?;
        let tx = own(self.tx).map_err(Failed::Undone)?;
        match tx.commit().await {
            Ok(()) => Ok(written),
            Err(error) if db::is_refusal(&error) => Err(Failed::Undone(error.into())),
            Err(error) => {
                tracing::error!(cause = error.to_string(), "the connection was lost at a commit");
                let words = "the connection to the database was lost while the change was committed: \
                             read again whether it was, before you send it again; with the same idempotency \
                             key it is done once";
                Err(Failed::Unknown(Error::new(Code::Internal, words)))
            }
        }
    }

    async fn seal(&mut self) -> Result<Vec<Written>> {
        let keyed = self.outcomes.iter().any(|(_, once)| once.is_some());
        if keyed {
            once::sweep(&*self.tx, self.access.clock.now()).await?;
        }
        let entries = seal(&self.tx, self.access, &self.head, &self.acts).await?;
        let mut all = Vec::with_capacity(entries.len());
        for ((written, once), entry) in self.outcomes.iter().zip(entries) {
            let written = Written { sequence: entry.sequence, ..*written };
            if let Some(once) = once {
                once.done(&*self.tx, &written).await?;
            }
            all.push(written);
        }
        Ok(all)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The way to the read log: a bounded queue, and who writes what waits in it, batch by batch. Where the queue is full whoever
//! has read waits for a place, and nothing is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::Access;
use crate::db::LOCK_WAIT;
use crate::error::{Code, Error, Result};
use crate::journal::reads::Read;

/// Records of a batch, at most.
const MOST: usize = 512;

/// A batch is written once its first record is so old, or somebody waits for one of its records.
const COLLECTED: Duration = Duration::from_millis(50);

/// While a record has waited for longer than this, whoever leaves another waits until that is written as well: so a power cut takes
/// what was answered in 100 ms at most.
const LATE: Duration = Duration::from_millis(80);

/// Bytes of an operation's name.
const LONGEST_NAME: usize = 255;

/// How often it is tried to write what is left, once nobody is there any more to leave anything.
const LAST_TRIES: u32 = 5;

/// Where records of reads are left. Cheap to clone.
#[derive(Clone)]
pub struct ReadLog {
    queue: mpsc::Sender<Left>,
    oldest: Arc<Oldest>,
    /// Told that somebody waits.
    hurry: Arc<Notify>,
    wait: Duration,
    secret: Arc<[u8; 32]>,
}

/// A record, if it is one, and who waits until it and all before it are written.
struct Left {
    read: Option<Read>,
    since: Instant,
    written: Option<oneshot::Sender<()>>,
}

/// Since when the oldest record has waited that is in hand and not written: in microseconds of this process, 0 for none.
struct Oldest(AtomicU64, Instant);

impl Oldest {
    fn is(&self, since: Instant) {
        let micros = since.duration_since(self.1).as_micros();
        self.0.store(u64::try_from(micros).unwrap_or(u64::MAX).max(1), Ordering::Relaxed);
    }

    fn is_none(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn is_late(&self) -> bool {
        let since = self.0.load(Ordering::Relaxed);
        since > 0 && self.1.elapsed().saturating_sub(Duration::from_micros(since)) >= LATE
    }
}

impl ReadLog {
    /// Records that wait, at most.
    pub const ROOM: usize = 4_096;

    /// So long a request waits for its record, as a write does for a lock.
    pub const WAIT: Duration = LOCK_WAIT;

    /// Starts writing. `room`: how many records may wait; `wait`: how long whoever leaves one does.
    pub fn start(access: &Access, room: usize, wait: Duration) -> Result<Self> {
        let mut secret = [0; 32];
        access.clock.fill(&mut secret)?;
        let (queue, left) = mpsc::channel(room);
        let oldest = Arc::new(Oldest(AtomicU64::new(0), Instant::now()));
        let hurry = Arc::<Notify>::default();
        tokio::spawn(write(access.clone(), left, Arc::clone(&oldest), Arc::clone(&hurry)));
        Ok(Self { queue, oldest, hurry, wait, secret: Arc::new(secret) })
    }

    /// Leaves a record; `at_once`: and waits until it is written. So does whoever is shown something while records are late.
    ///
    /// # Errors
    ///
    /// BUSY, where that takes too long: then nothing may be answered.
    pub async fn leave(&self, read: Read, at_once: bool) -> Result<()> {
        let shows = read.outcome == "OK" || !read.told.noted.nouns.is_empty();
        let at_once = at_once || shows && self.oldest.is_late();
        self.send(Some(read), at_once).await
    }

    /// Waits until all that was left before is written.
    ///
    /// # Errors
    ///
    /// As [`leave`](Self::leave).
    pub async fn flush(&self) -> Result<()> {
        self.send(None, true).await
    }

    async fn send(&self, read: Option<Read>, at_once: bool) -> Result<()> {
        let (written, told) = oneshot::channel();
        let written = at_once.then_some(written);
        let sent = async {
            self.queue.send(Left { read, since: Instant::now(), written }).await.map_err(|_| gone())?;
            if !at_once {
                return Ok(());
            }
            self.hurry.notify_one();
            told.await.map_err(|_| gone())
        };
        timeout(self.wait, sent).await.unwrap_or_else(|_| {
            Err(Error::new(
                Code::Busy,
                "what was read could not be put on record just now; send the same again",
            ))
        })
    }

    /// An operation's name, as the log has it: one that is too long to be any is hidden.
    pub fn name(&self, name: &str) -> String {
        if name.len() > LONGEST_NAME { self.hidden(name) } else { name.to_owned() }
    }

    /// What stands in the log for a value that may be personal: the same for the same value while this process runs, and
    /// nothing that the value could be found by, since the secret is kept nowhere.
    pub fn hidden(&self, value: &str) -> String {
        let hash = Sha256::new().chain_update(*self.secret).chain_update(value).finalize();
        format!("hidden:{}", hex::encode(&hash[..16]))
    }
}

fn gone() -> Error {
    Error::internal("nobody writes the read log any more")
}

/// Writes what is left, until nobody is there to leave anything.
async fn write(access: Access, mut left: mpsc::Receiver<Left>, oldest: Arc<Oldest>, hurry: Arc<Notify>) {
    let mut some = Vec::new();
    while left.recv_many(&mut some, MOST).await > 0 {
        // Those of before may have waited for the batch before.
        let since = some.first().map_or_else(Instant::now, |left| left.since);
        oldest.is(since);
        // Not woken by each record that comes meanwhile.
        if some.len() < MOST && some.iter().all(|left| left.written.is_none()) && !left.is_closed() {
            drop(timeout_at(since + COLLECTED, hurry.notified()).await);
        }
        some.extend(std::iter::from_fn(|| left.try_recv().ok()).take(MOST.saturating_sub(some.len())));
        let (reads, waiting): (Vec<_>, Vec<_>) = some.drain(..).map(|left| (left.read, left.written)).unzip();
        let reads = reads.into_iter().flatten().collect::<Vec<_>>();
        if !append(&access, &reads, &left).await {
            return;
        }
        oldest.is_none();
        for waiting in waiting.into_iter().flatten() {
            // Whoever has gone does not hear it.
            let _ = waiting.send(());
        }
    }
}

/// Writes a batch, however often it has to be tried; whether it is written.
async fn append(access: &Access, reads: &[Read], left: &mpsc::Receiver<Left>) -> bool {
    let mut tries = 0;
    while let Err(error) = access.append_reads(reads, tries > 0).await {
        tries += 1;
        let cause = error.describe();
        if left.is_closed() && tries >= LAST_TRIES {
            tracing::error!(cause, records = reads.len(), "the end of the read log is lost");
            return false;
        }
        tracing::error!(cause, records = reads.len(), tries, "the read log cannot be written");
        sleep(Duration::from_millis(100) * tries.min(10)).await;
    }
    true
}

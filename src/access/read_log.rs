//! The way to the read log: a bounded queue, and who writes what waits in it, batch by batch. Where the queue is full whoever
//! has read waits for a place, and nothing is dropped.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::Access;
use crate::db::LOCK_WAIT;
use crate::error::{Code, Error, Result};
use crate::journal::reads::Read;

/// A batch is written once it is so large, or its first record so old; with the time that the writing itself takes, what has
/// been read is in the log within 100 ms.
const MOST: usize = 512;
const COLLECTED: Duration = Duration::from_millis(50);

/// Bytes of an operation's name.
const LONGEST_NAME: usize = 255;

/// How often it is tried to write what is left, once nobody is there any more to leave anything.
const LAST_TRIES: u32 = 5;

/// Where records of reads are left. Cheap to clone.
#[derive(Clone)]
pub struct ReadLog {
    queue: mpsc::Sender<Left>,
    wait: Duration,
    secret: Arc<[u8; 32]>,
}

/// A record, if it is one, and who waits until it and all before it are written.
struct Left {
    read: Option<Read>,
    written: Option<oneshot::Sender<()>>,
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
        tokio::spawn(write(access.clone(), left));
        Ok(Self { queue, wait, secret: Arc::new(secret) })
    }

    /// Leaves a record; `at_once`: and waits until it is written.
    ///
    /// # Errors
    ///
    /// BUSY, where that takes too long: then nothing may be answered.
    pub async fn leave(&self, read: Read, at_once: bool) -> Result<()> {
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
            self.queue.send(Left { read, written }).await.map_err(|_| gone())?;
            if at_once { told.await.map_err(|_| gone()) } else { Ok(()) }
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
async fn write(access: Access, mut left: mpsc::Receiver<Left>) {
    let mut some = Vec::new();
    while left.recv_many(&mut some, MOST).await > 0 {
        let until = Instant::now() + COLLECTED;
        while some.len() < MOST && some.iter().all(|left| left.written.is_none()) {
            let room = MOST - some.len();
            match timeout_at(until, left.recv_many(&mut some, room)).await {
                Ok(more) if more > 0 => {}
                _ => break,
            }
        }
        let (reads, waiting): (Vec<_>, Vec<_>) = some.drain(..).map(|left| (left.read, left.written)).unzip();
        let reads = reads.into_iter().flatten().collect::<Vec<_>>();
        if !append(&access, &reads, &left).await {
            return;
        }
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

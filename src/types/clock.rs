//! The clock: where time, identifiers and salts come from.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chrono::{NaiveDate, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use uuid::{ContextV7, Uuid};

use super::Timestamp;
use crate::error::{Error, Result};

/// The one source of time, of identifiers and of salts: given to whoever needs it, never taken from the system
/// elsewhere.
#[derive(Clone)]
pub struct Clock(Arc<Source>);

struct Source {
    /// Microseconds since 1970, or `None` for the system's clock.
    fixed: Option<AtomicI64>,
    began: Instant,
    /// The furthest that a fixed clock has been asked for.
    furthest: AtomicI64,
    chance: Chance,
}

enum Chance {
    /// The system's; the context keeps identifiers of the same millisecond in the order in which they were made.
    System(Mutex<ContextV7>),
    /// The same on each run: for data that is made up, never for what somebody may not guess.
    Seeded(Mutex<Box<Seeded>>),
}

struct Seeded {
    random: ChaCha8Rng,
    /// The millisecond of the last identifier, and how many that one has had.
    millisecond: u64,
    count: u16,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::new(None, Chance::System(Mutex::new(ContextV7::new())))
    }

    /// A clock that stands until it is [set](Self::set).
    pub fn fixed(at: Timestamp) -> Self {
        Self::new(Some(AtomicI64::new(at.0)), Chance::System(Mutex::new(ContextV7::new())))
    }

    /// A clock that stands, and whose identifiers and salts are the same for the same number.
    pub fn seeded(at: Timestamp, number: u64) -> Self {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&number.to_le_bytes());
        let random = ChaCha8Rng::from_seed(seed);
        let seeded = Seeded { random, millisecond: 0, count: 0 };
        Self::new(Some(AtomicI64::new(at.0)), Chance::Seeded(Mutex::new(Box::new(seeded))))
    }

    fn new(fixed: Option<AtomicI64>, chance: Chance) -> Self {
        Self(Arc::new(Source { fixed, began: Instant::now(), furthest: AtomicI64::new(i64::MIN), chance }))
    }

    /// Moves a fixed clock; the system's clock does not move.
    pub fn set(&self, at: Timestamp) {
        if let Some(fixed) = &self.0.fixed {
            fixed.store(at.0, Ordering::Relaxed);
        }
    }

    pub fn now(&self) -> Timestamp {
        match &self.0.fixed {
            Some(fixed) => Timestamp(fixed.load(Ordering::Relaxed)),
            None => Timestamp(Utc::now().timestamp_micros()),
        }
    }

    /// Microseconds since some moment, for what is to wait so long and no longer: they do not go back when the clock is set back.
    pub fn ticks(&self) -> i64 {
        match &self.0.fixed {
            Some(fixed) => {
                let now = fixed.load(Ordering::Relaxed);
                self.0.furthest.fetch_max(now, Ordering::Relaxed).max(now)
            }
            None => i64::try_from(self.0.began.elapsed().as_micros()).unwrap_or(i64::MAX),
        }
    }

    /// Today in Asia/Jakarta.
    pub fn today(&self) -> NaiveDate {
        self.now().day()
    }

    /// A new UUIDv7 (RFC 9562), which sorts by the time at which it was made.
    pub fn new_id(&self) -> Uuid {
        let now = self.now().0;
        match &self.0.chance {
            Chance::System(ids) => {
                let ids = ids.lock().unwrap_or_else(PoisonError::into_inner);
                let seconds = now.div_euclid(1_000_000).unsigned_abs();
                let nanos = (now.rem_euclid(1_000_000) * 1_000) as u32;
                Uuid::new_v7(uuid::Timestamp::from_unix(&*ids, seconds, nanos))
            }
            Chance::Seeded(seeded) => {
                seeded.lock().unwrap_or_else(PoisonError::into_inner).id(now.div_euclid(1_000).unsigned_abs())
            }
        }
    }

    /// Fills a salt.
    pub fn fill(&self, salt: &mut [u8]) -> Result<()> {
        match &self.0.chance {
            Chance::System(_) => getrandom::fill(salt).map_err(Error::internal)?,
            Chance::Seeded(seeded) => {
                seeded.lock().unwrap_or_else(PoisonError::into_inner).random.fill_bytes(salt);
            }
        }
        Ok(())
    }
}

impl Seeded {
    /// Twelve bits count within the millisecond (RFC 9562, section 6.2, method 1), then the next one begins.
    fn id(&mut self, now: u64) -> Uuid {
        if now > self.millisecond {
            (self.millisecond, self.count) = (now, 0);
        } else if self.count < 0xfff {
            self.count += 1;
        } else {
            (self.millisecond, self.count) = (self.millisecond + 1, 0);
        }
        let mut random = [0; 10];
        self.random.fill_bytes(&mut random);
        random[..2].copy_from_slice(&self.count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(self.millisecond, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2021-09-03T02:00:00Z";

    #[test]
    fn identifiers_sort_by_the_time_they_were_made() {
        let clock = Clock::fixed(AT.parse().unwrap());
        let made: Vec<_> = (0..2_000).map(|_| clock.new_id()).collect();
        assert!(made.is_sorted());
    }

    #[test]
    fn a_seeded_clock_makes_the_same_of_the_same_number_alone() {
        let made = |number| {
            let clock = Clock::seeded(AT.parse().unwrap(), number);
            // More than a millisecond has room for.
            let mut ids = (0..10_000).map(|_| clock.new_id()).collect::<Vec<_>>();
            clock.set(Timestamp(clock.now().0 + 1_000_000));
            ids.push(clock.new_id());
            let mut salt = [0; 16];
            clock.fill(&mut salt).unwrap();
            (ids, salt)
        };
        let (ids, salt) = made(7);
        assert!(ids.is_sorted() && ids.iter().all(|id| id.get_version_num() == 7));
        assert_eq!(Timestamp::of_id(ids[0]), AT.parse().unwrap());
        assert_eq!(Timestamp::of_id(ids[10_000]).0, AT.parse::<Timestamp>().unwrap().0 + 1_000_000);
        assert_eq!((ids.clone(), salt), made(7));
        let (others, other) = made(8);
        assert!(salt != other && ids.iter().zip(&others).all(|(one, other)| one != other));
    }
}

//! Budgets: how much a token may ask for in a minute, and how often an address may fail to sign in. Each is refilled
//! steadily (GCRA: the generic cell rate algorithm), so that nobody waits for a minute to turn.
//!
//! They are kept in memory, by each process its own, and for so many keys: the least asked after is forgotten, and begins
//! anew with a full one.

use std::convert::Infallible;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::SimpleObject;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use governor::clock::Clock as _;
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{InsufficientCapacity, Quota, RateLimiter};
use quick_cache::sync::Cache;

use crate::access::Actor;
use crate::config::BudgetSettings;
use crate::error::{Error, Result};
use crate::types::{Clock, Timestamp};

/// Keys of one budget that are remembered at most: a few megabytes.
const KEYS: usize = 50_000;

/// What your token may still ask for. Its budget is refilled steadily, from nothing to the full in a minute.
///
/// Sisa anggaran permintaan token Anda. Anggaran terisi kembali sedikit demi sedikit, hingga penuh dalam satu menit.
#[derive(Debug, Clone, Default, SimpleObject)]
pub struct RateLimit {
    /// What this request costs, in points: one a field, times the sizes of the pages that it stands in.
    ///
    /// Biaya permintaan ini dalam poin: satu per isian, dikalikan ukuran halaman tempatnya berada.
    cost: i32,
    /// The points that are left after it; null where there is no budget.
    ///
    /// Sisa poin setelahnya; kosong bila tidak dibatasi.
    remaining: Option<i32>,
    /// When the budget is full again, if nothing more is asked; null where there is none.
    ///
    /// Saat anggaran penuh kembali bila tidak ada permintaan lagi; kosong bila tidak dibatasi.
    reset_at: Option<Timestamp>,
}

/// All budgets.
pub struct Budgets {
    requests: Option<Budget<String>>,
    points: Option<Budget<String>>,
    sign_ins: Option<Budget<IpAddr>>,
    clock: Clock,
}

impl Budgets {
    pub fn new(settings: &BudgetSettings, clock: &Clock) -> Self {
        Self {
            requests: Budget::new("requests", settings.budget_requests, clock),
            points: Budget::new("points", settings.budget_points, clock),
            sign_ins: Budget::new("failed sign-ins", settings.budget_sign_ins, clock),
            clock: clock.clone(),
        }
    }

    /// Takes a request from the budget of the actor's token.
    ///
    /// # Errors
    ///
    /// RATE_LIMITED.
    pub fn take_request(&self, actor: &Actor) -> Result<()> {
        match (&self.requests, &actor.token) {
            (Some(budget), Some(token)) => budget.take(token, 1).map(drop),
            _ => Ok(()),
        }
    }

    /// Takes what an operation costs from the budget of the actor's token.
    ///
    /// # Errors
    ///
    /// RATE_LIMITED; LIMIT_EXCEEDED where it is more than there ever is.
    pub fn take_points(&self, actor: &Actor, cost: u64) -> Result<RateLimit> {
        let rate = RateLimit { cost: int(cost), ..RateLimit::default() };
        let (Some(budget), Some(token)) = (&self.points, &actor.token) else { return Ok(rate) };
        let left = budget.take(token, cost)?;
        let (quota, remaining) = (left.quota(), left.remaining_burst_capacity());
        let full = quota.replenish_interval() * (quota.burst_size().get().saturating_sub(remaining));
        let full = i64::try_from(full.as_micros()).unwrap_or(i64::MAX);
        let reset_at = Timestamp(self.clock.now().0.saturating_add(full));
        Ok(RateLimit { remaining: Some(int(remaining)), reset_at: Some(reset_at), ..rate })
    }

    /// Takes a sign-in that failed from the budget of an address.
    ///
    /// # Errors
    ///
    /// RATE_LIMITED.
    pub fn take_sign_in(&self, address: IpAddr) -> Result<()> {
        // Who has one address of IPv6 has 2^64 of them.
        let address = match address {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            address => address,
        };
        self.sign_ins.as_ref().map_or(Ok(()), |budget| budget.take(&address, 1).map(drop))
    }
}

fn int(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// The other end of the connection that a request has come by.
pub fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical())
}

/// The address that a request comes from: the peer's, or what the proxies in front say, of which each adds to
/// X-Forwarded-For by whom it was asked; none where that says nothing.
pub fn client(extensions: &Extensions, headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let Some(behind) = proxies.checked_sub(1) else { return peer(extensions) };
    // Byte by byte: what a client has put before it need be no text.
    let told = headers.get_all("x-forwarded-for").iter();
    let told = told.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect::<Vec<_>>();
    let address = std::str::from_utf8(told.iter().rev().nth(behind)?).ok()?;
    let address = address.trim().parse::<IpAddr>().ok()?;
    Some(address.to_canonical())
}

/// The program's clock, as the limiter reads one.
#[derive(Clone)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(u64::try_from(self.0.ticks()).unwrap_or_default().saturating_mul(1_000))
    }
}

/// What the limiter knows of each key.
struct Kept<K>(Cache<K, Arc<Mutex<Option<Nanos>>>>);

impl<K: Clone + Eq + Hash> StateStore for Kept<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let Ok(kept) = self.0.get_or_insert_with(key, || Ok::<_, Infallible>(Arc::default()));
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (outcome, next) = decide(*kept)?;
        *kept = Some(next);
        Ok(outcome)
    }
}

/// So many a minute, for each key.
struct Budget<K: Clone + Eq + Hash> {
    name: &'static str,
    limiter: RateLimiter<K, Kept<K>, Ticks, StateInformationMiddleware>,
    clock: Ticks,
}

impl<K: Clone + Eq + Hash> Budget<K> {
    /// None where it is not bounded.
    fn new(name: &'static str, a_minute: u32, clock: &Clock) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(a_minute)?);
        let clock = Ticks(clock.clone());
        let limiter = RateLimiter::new(quota, Kept(Cache::new(KEYS)), clock.clone());
        Some(Self { name, limiter, clock })
    }

    fn take(&self, key: &K, amount: u64) -> Result<StateSnapshot> {
        let more = u32::try_from(amount.saturating_sub(1)).unwrap_or(u32::MAX);
        match self.limiter.check_key_n(key, NonZeroU32::MIN.saturating_add(more)) {
            Ok(Ok(left)) => Ok(left),
            Ok(Err(until)) => Err(Error::rate_limited(self.name, until.wait_time_from(self.clock.now()))),
            Err(InsufficientCapacity(most)) => Err(Error::limit(self.name, amount, most)),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const NOW: &str = "2026-11-24T05:00:00Z";

    #[test]
    fn a_budget_is_refilled_steadily_by_the_clock() {
        let clock = Clock::fixed(NOW.parse().unwrap());
        let budget = Budget::new("points", 60, &clock).unwrap();
        let take = |key: &'static str, amount| {
            let taken = budget.take(&key, amount);
            taken.map(|left| left.remaining_burst_capacity()).map_err(|error| error.details().clone())
        };
        let wait = |seconds: u64| {
            Err(serde_json::Map::from_iter([
                ("budget".to_owned(), "points".into()),
                ("retryAfter".to_owned(), seconds.into()),
            ]))
        };
        assert_eq!(take("a", 1), Ok(59));
        assert_eq!(take("a", 59), Ok(0));
        assert_eq!(take("a", 1), wait(1));
        assert_eq!(take("a", 30), wait(30));
        // Another's is its own, and what was refused costs nothing.
        assert_eq!(take("b", 60), Ok(0));
        let later =
            |seconds: i64| clock.set(Timestamp(NOW.parse::<Timestamp>().unwrap().0 + seconds * 1_000_000));
        later(29);
        assert_eq!(take("a", 30), wait(1));
        later(30);
        assert_eq!(take("a", 30), Ok(0));
        later(3_600);
        assert_eq!(take("a", 60), Ok(0));
        // A clock that is set back ends nothing for as long.
        later(0);
        assert_eq!(take("a", 1), wait(1));
        assert_eq!(take("c", 60), Ok(0));
        let never = budget.take(&"d", 61).unwrap_err();
        assert_eq!(
            (never.code(), &never.details()["most"]),
            (crate::error::Code::LimitExceeded, &"60".into())
        );
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let clock = Clock::fixed(NOW.parse().unwrap());
        let store = Kept(Cache::new(100));
        let limiter: RateLimiter<u32, Kept<u32>, Ticks, StateInformationMiddleware> =
            RateLimiter::new(Quota::per_minute(NonZeroU32::MIN), store, Ticks(clock));
        assert!((0..10_000).all(|key| limiter.check_key(&key).is_ok()));
        assert!(limiter.check_key(&9_999).is_err());
        let kept = limiter.into_state_store().0.len();
        assert!((1..=200).contains(&kept), "{kept}");
        assert!(Budget::<u32>::new("points", 0, &Clock::system()).is_none());
    }

    #[test]
    fn an_address_is_the_peers_or_what_our_own_proxies_say() {
        let of = |peer: &str, told: &[&'static str], proxies| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            let mut headers = HeaderMap::new();
            for value in told {
                headers.append("x-forwarded-for", HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            client(&extensions, &headers, proxies).map(|address| address.to_string())
        };
        let is = |address: &str| Some(address.to_owned());
        assert_eq!(of("10.0.0.1", &["192.0.2.7"], 0), is("10.0.0.1"));
        assert_eq!(of("10.0.0.1", &["192.0.2.7"], 1), is("192.0.2.7"));
        // What the client has made up stands before it.
        assert_eq!(of("10.0.0.1", &["203.0.113.9, 192.0.2.7"], 1), is("192.0.2.7"));
        assert_eq!(of("10.0.0.1", &["203.0.113.9", "192.0.2.7, 10.0.0.2"], 2), is("192.0.2.7"));
        assert_eq!(of("10.0.0.1", &["\u{e9}, 192.0.2.7"], 1), is("192.0.2.7"));
        assert_eq!(of("10.0.0.1", &["192.0.2.7"], 2), None);
        assert_eq!(of("10.0.0.1", &[], 1), None);
        assert_eq!(of("10.0.0.1", &["nobody"], 1), None);
        assert_eq!(of("::ffff:192.0.2.7", &[], 0), is("192.0.2.7"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6", &[], 0), is("2001:db8:1:2:3:4:5:6"));
        assert_eq!(client(&Extensions::new(), &HeaderMap::new(), 0), None);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let settings =
            BudgetSettings { budget_requests: 0, budget_points: 0, budget_sign_ins: 1, proxies: 0 };
        let budgets = Budgets::new(&settings, &Clock::system());
        let take = |address: &str| budgets.take_sign_in(address.parse().unwrap()).is_ok();
        assert!(take("2001:db8:1:2:3:4:5:6") && !take("2001:db8:1:2:9::1") && take("2001:db8:1:3::1"));
        assert!(take("192.0.2.7") && take("192.0.2.8") && !take("192.0.2.8"));
    }
}

//! What was found of writes, as tables.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use super::Settings;
use crate::Result;
use crate::report::{Machine, between, median};

/// One measurement.
pub struct Sample {
    pub database: &'static str,
    pub is_ours: bool,
    pub clients: usize,
    pub round: u32,
    pub seconds: f64,
    pub times: Vec<Duration>,
}

/// One verification.
pub struct Replay {
    pub database: &'static str,
    pub changes: u64,
    /// How long images were decoded, beside all else.
    pub decoding: Duration,
    /// How long rows were put, beside all else.
    pub putting: Duration,
    /// Until all was checked and replayed.
    pub checked: Duration,
    /// Until it was compared as well.
    pub whole: Duration,
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than a double counts")]
fn rate(number: usize, seconds: f64) -> f64 {
    number as f64 / seconds
}

impl Sample {
    fn rate(&self) -> f64 {
        rate(self.times.len(), self.seconds)
    }

    /// Milliseconds in which so many of a hundred were done.
    fn percentile(&self, of: usize) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = (times.len() * of / 100).min(times.len().saturating_sub(1));
        times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }
}

impl Replay {
    fn rates(&self) -> [f64; 4] {
        let changes = usize::try_from(self.changes).unwrap_or_default();
        [self.decoding, self.putting, self.checked, self.whole].map(|time| rate(changes, time.as_secs_f64()))
    }

    pub fn line(&self) -> String {
        let [decoding, putting, checked, whole] = self.rates();
        let (database, changes) = (self.database, self.changes);
        format!(
            "{database}: {changes} changes: {decoding:.0}/s decoded, {putting:.0}/s put, {checked:.0}/s checked and replayed, {whole:.0}/s in all"
        )
    }
}

type Key = (&'static str, bool, usize);

fn of(samples: &[Sample], (database, is_ours, clients): Key) -> impl Iterator<Item = &Sample> {
    let fits = move |one: &&Sample| (one.database, one.is_ours, one.clients) == (database, is_ours, clients);
    samples.iter().filter(fits)
}

fn middle(samples: &[Sample], key: Key, figure: impl Fn(&Sample) -> f64) -> f64 {
    median(of(samples, key).map(figure).collect())
}

/// The median of the ratios of the rounds, in which what else the machine does falls on both.
fn ratio(samples: &[Sample], one: Key, other: Key) -> f64 {
    let pairs = of(samples, one).flat_map(|ours| {
        of(samples, other).filter(|it| it.round == ours.round).map(|it| ours.rate() / it.rate())
    });
    median(pairs.collect())
}

pub fn line(samples: &[Sample], database: &'static str, clients: usize) -> String {
    let [one, many] = [1, clients].map(|clients| {
        let (ours, bare) = ((database, true, clients), (database, false, clients));
        let rate = middle(samples, ours, Sample::rate);
        format!("{clients} clients: {rate:.0}/s ({:.2} of the bare SQL)", ratio(samples, ours, bare))
    });
    let gain = ratio(samples, (database, true, clients), (database, true, 1));
    format!("{database}: {one}; {many}; many are {gain:.1} times one")
}

pub fn markdown(settings: &Settings, machine: &Machine, samples: &[Sample], replays: &[Replay]) -> String {
    let mut text = format!(
        "{machine}\n\nData: {}. Milestones are started through the library (`Access::write`), not over HTTP. Medians of {} \
         rounds of {} writes by one client and {} by {} clients; *ours ÷ bare* is the median of the ratios within a round.\n\n\
         | database | side | clients | writes/s | p50 ms | p99 ms | ours ÷ bare | ÷ one client |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
        settings.scale.name(),
        settings.rounds,
        settings.alone,
        settings.together,
        settings.clients
    );
    for database in ["PostgreSQL", "SQLite"] {
        for clients in [1, settings.clients] {
            for is_ours in [true, false] {
                let key = (database, is_ours, clients);
                let (name, share) = if is_ours {
                    ("ours", format!("{:.2}", ratio(samples, key, (database, false, clients))))
                } else {
                    ("bare", String::new())
                };
                let _ = writeln!(
                    text,
                    "| {database} | {name} | {clients} | {:.0} | {:.2} | {:.2} | {share} | {:.2} |",
                    middle(samples, key, Sample::rate),
                    middle(samples, key, |sample| sample.percentile(50)),
                    middle(samples, key, |sample| sample.percentile(99)),
                    ratio(samples, key, (database, is_ours, 1)),
                );
            }
        }
    }
    text.push_str(
        "\n| `journal verify` of | changes | decoded/s | put/s | checked and replayed/s | compared as well/s |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for database in ["PostgreSQL", "SQLite"] {
        let own = || replays.iter().filter(|replay| replay.database == database);
        let changes = own().map(|replay| replay.changes).max().unwrap_or_default();
        let [decoding, putting, checked, whole] =
            [0, 1, 2, 3].map(|at| median(own().map(|replay| replay.rates()[at]).collect()));
        let _ = writeln!(
            text,
            "| {database} | {changes} | {decoding:.0} | {putting:.0} | {checked:.0} | {whole:.0} |"
        );
    }
    text
}

/// Puts the tables between the page's markers.
pub fn write(page: &Path, text: &str) -> Result<()> {
    between(page, ["<!-- writing: begin -->", "<!-- writing: end -->"], text)
}

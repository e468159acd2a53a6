//! What the program says of itself, to standard error.

use tracing_subscriber::EnvFilter;

use crate::error::{Error, Result};

/// A panic is told as all else is, by its place alone: its message may hold what somebody sent.
pub(super) fn panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}

/// What is logged, never what goes to the database: the spans and events of its libraries have the values of statements, and so
/// personal data.
///
/// # Errors
///
/// A filter that could let these through, or that is none.
pub fn log_filter(filter: &str) -> Result<EnvFilter> {
    if ["sqlx", "sea_orm", "["].iter().any(|word| filter.contains(word)) {
        return Err(Error::internal(
            "--log: spans, and what goes to the database, are not logged: personal data would be",
        ));
    }
    EnvFilter::try_new(format!("{filter},sqlx=off,sea_orm=off"))
        .map_err(|error| Error::internal(format!("--log: {error}")))
}

pub(super) fn start(filter: &str, for_people: bool) -> Result<()> {
    let filter = log_filter(filter)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Another log may have been started by whoever calls us as a library.
    let started = if for_people { log.try_init() } else { log.json().flatten_event(true).try_init() };
    drop(started);
    Ok(())
}

//! How far a long command has come: a bar on a terminal, else some lines.
#![expect(clippy::print_stderr, reason = "what a command tells goes to the terminal")]

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{Error, Result};

pub struct Progress {
    bar: ProgressBar,
    what: &'static str,
    /// Where nobody watches a bar: a line each time so many more are done.
    step: u64,
    told: u64,
}

impl Progress {
    pub fn of(what: &'static str, step: u64) -> Result<Self> {
        let bar = ProgressBar::new(0);
        let template = format!("{{bar:40}} {{pos}}/{{len}} {what}, {{eta}}");
        bar.set_style(ProgressStyle::with_template(&template).map_err(Error::internal)?);
        Ok(Self { bar, what, step, told: 0 })
    }

    pub fn tell(&mut self, done: u64, all: u64) {
        self.bar.set_length(all);
        self.bar.set_position(done);
        if !std::io::stderr().is_terminal() && done / self.step > self.told {
            self.told = done / self.step;
            eprintln!("{done} of {all} {}", self.what);
        }
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

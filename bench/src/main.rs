//! `make bench`: measures the API against floors and peers. See docs/performance.md.
//!
//! `bench run` prepares the data, starts every side, compares their answers, measures, and reports. `bench serve` is
//! one of the sides that are our own but not the API: the floor, the hand and the limit. `bench writes` measures writes.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what it measures goes to the terminal")]

mod compare;
mod data;
mod load;
mod process;
mod queries;
mod report;
mod run;
mod serve;
mod sides;
mod writes;

use clap::{Parser, Subcommand};

// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Failure> = std::result::Result<T, E>;

#[derive(Debug, Parser)]
#[command(name = "bench", about = "Measures the API against floors and peers")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures everything; needs KEMITRAAN_TEST_POSTGRES (scripts/with-postgres.sh sets it)
    Run(run::Settings),
    /// Serves one of the floors
    Serve(serve::Settings),
    /// Measures writes and the journal's replay; needs a PostgreSQL whose commits are durable (KEMITRAAN_POSTGRES_DURABLE)
    Writes(writes::Settings),
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let done = match Cli::parse().command {
        Command::Run(settings) => run::run(&settings).await,
        Command::Serve(settings) => serve::run(settings).await,
        Command::Writes(settings) => writes::run(&settings).await,
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

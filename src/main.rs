//! The program; see the library for what it is made of.

use clap::Parser as _;

// About a fifth faster on whole answers than the system's allocator, which returns each small object on its own.
// Without huge pages (`no_thp`), which held 20 MiB more than what was in them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Objects are resolved within each other, as deep as a document may go: a thread whose stack ends takes the process with it. Memory is
/// taken as it is used.
const STACK: usize = 8 * 1024 * 1024;

/// How long the allocator keeps pages that nothing is in before it gives them back, in milliseconds. A second is its default, and as
/// it only looks when something is freed, what was free at the end of a busy hour was held until the next: 10 MiB and more.
#[cfg(unix)]
const PURGE: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "50");

/// Starts this program once more in this process, with [`PURGE`] set: the allocator reads it from the environment alone, before `main`.
/// Where it is set already, or that cannot be done, the program goes on as it is.
#[cfg(unix)]
fn purge_sooner() {
    use std::os::unix::process::CommandExt as _;

    if std::env::var_os(PURGE.0).is_some() {
        return;
    }
    let mut args = std::env::args_os();
    if let (Ok(program), Some(name)) = (std::env::current_exe(), args.next()) {
        // It only returns where it failed.
        let _ = std::process::Command::new(program).arg0(name).args(args).env(PURGE.0, PURGE.1).exec();
    }
}

fn main() -> std::process::ExitCode {
    #[cfg(unix)]
    purge_sooner();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => fail(&error.to_string()),
    }
}

async fn run() -> std::process::ExitCode {
    match kemitraan::cli::Cli::parse().run().await {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::FAILURE,
        Err(error) => fail(error.describe()),
    }
}

#[expect(clippy::print_stderr, reason = "a failure is told in one line on the terminal")]
fn fail(cause: &str) -> std::process::ExitCode {
    eprintln!("kemitraan: {cause}");
    std::process::ExitCode::FAILURE
}

//! Processes that are measured: started, looked at, ended with us.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Result;

/// A side's process. Ended when this is dropped.
pub struct Process {
    child: Child,
    pub port: u16,
}

impl Process {
    /// Starts a server and waits until it listens.
    pub fn start(name: &str, mut command: Command, port: u16, logs: &Path) -> Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let file = std::fs::File::create(&log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().map_err(|error| format!("{name} cannot be started: {error}"))?;
        let mut process = Self { child, port };
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(process);
            }
            if process.child.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let words = std::fs::read_to_string(&log).unwrap_or_default();
        Err(format!("{name} does not listen: {words}").into())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port of 127.0.0.1 that is free now.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Kibibytes that a process keeps in memory, and has kept at most.
pub fn memory(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// Seconds of processor that a process has used. Linux counts in hundredths.
pub fn processor(pid: u32) -> f64 {
    ticks(pid, 2) / 100.0
}

/// The same of a server that forks, its children of now and of before included.
pub fn processor_of_all(parent: u32) -> f64 {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let living = pids.filter(|pid| parent_of(*pid) == Some(parent)).map(|pid| ticks(pid, 2)).sum::<f64>();
    (ticks(parent, 4) + living) / 100.0
}

pub fn parent_of(pid: u32) -> Option<u32> {
    stat(pid)?.split_whitespace().nth(1)?.parse().ok()
}

/// utime and stime; of four also those of children that have ended.
fn ticks(pid: u32, fields: usize) -> f64 {
    let stat = stat(pid).unwrap_or_default();
    let fields = stat.split_whitespace().skip(11).take(fields);
    fields.filter_map(|field| field.parse::<f64>().ok()).sum()
}

/// What follows the name, which may hold anything and ends with the last parenthesis.
fn stat(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')').map(|(_, fields)| fields.to_owned())
}

/// What a program prints, its last white space aside.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output()?;
    if !done.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(String::from_utf8(done.stdout)?.trim_end().to_owned())
}

//! How tests run the program: to its end, or as a server until it is told to end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The program, without the settings of whoever runs the tests.
pub fn kemitraan(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kemitraan"));
    let ours = |name: &str| name.starts_with("KEMITRAAN_") || name.starts_with("MIMALLOC_");
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    // With PostgreSQL it would lie in the folder in which the tests run.
    let store = format!("kemitraan-test-{}-store", std::os::unix::process::parent_id());
    command.env("KEMITRAAN_EVIDENCE_STORE", std::env::temp_dir().join(store));
    command.args(args).stdin(Stdio::null());
    command
}

pub(super) fn run(args: &[&str]) -> Output {
    finish(kemitraan(args))
}

/// Runs it to its end, which must come within a minute.
pub fn finish(mut command: Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    let (sender, ended) = channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    ended.recv_timeout(Duration::from_secs(60)).map(Result::unwrap).unwrap_or_else(|_| {
        drop(Command::new("kill").args(["-KILL", &id]).status());
        panic!("still running after a minute: {command:?}");
    })
}

pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Runs it to its good end; gives what it prints.
pub fn ok(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    assert_eq!(text(&output.stderr), "", "{args:?}");
    text(&output.stdout).to_owned()
}

/// Runs it to exit status 1; gives the one line that it says on standard error.
pub fn one_line(args: &[&str]) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
    assert_eq!(text(&output.stdout), "", "{args:?}");
    let line = text(&output.stderr);
    assert_eq!(line.lines().count(), 1, "{args:?}: {line}");
    assert!(line.starts_with("kemitraan: ") && line.ends_with('\n'), "{line}");
    line.trim_end().to_owned()
}

/// A folder of this test alone.
pub struct Folder(pub(super) PathBuf);

impl Folder {
    pub fn new() -> Self {
        let name = format!("kc{}", kemitraan::types::Clock::system().new_id().simple());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn join(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A process that serves.
pub struct Server {
    child: Child,
    pub(super) address: String,
    /// What it printed until it was ready.
    pub(super) lines: Vec<String>,
    rest: Receiver<String>,
}

impl Server {
    /// Starts it, and waits for the line that tells the address.
    fn start(mut command: Command, on_stderr: bool, address: impl Fn(&str) -> Option<String>) -> Self {
        command.stdout(Stdio::piped()).stderr(if on_stderr { Stdio::piped() } else { Stdio::inherit() });
        let (sender, rest) = channel();
        let child = command.spawn().unwrap();
        let mut server = Self { child, address: String::new(), lines: Vec::new(), rest };
        let output: Box<dyn std::io::Read + Send> = match server.child.stderr.take() {
            Some(stderr) => Box::new(stderr),
            None => Box::new(server.child.stdout.take().unwrap()),
        };
        // Read to its end, so that the process never waits for us.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                drop(sender.send(line));
            }
        });
        let started = Instant::now();
        while server.address.is_empty() {
            let left = Duration::from_secs(60).saturating_sub(started.elapsed());
            let line = server.rest.recv_timeout(left);
            let line = line.unwrap_or_else(|error| panic!("{error}: {:#?}", server.lines));
            server.address = address(&line).unwrap_or_default();
            server.lines.push(line);
        }
        server
    }

    pub fn demo(folder: &str, more: &[&str]) -> Self {
        Self::demo_with(folder, more, &[])
    }

    /// With more in its environment.
    pub(super) fn demo_with(folder: &str, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = kemitraan(&["demo", "--data", folder, "--listen", "127.0.0.1:0"]);
        command.args(more).envs(environment.iter().copied());
        Self::start(command, false, |line| {
            let rest = line.strip_prefix("Kemitraan answers at http://")?;
            Some(rest.strip_suffix("/graphql; Ctrl-C ends it.").expect("the address line").to_owned())
        })
    }

    pub fn serve(database: &str, keys: &str, more: &[&str]) -> Self {
        let mut command = kemitraan(&["serve", "--keys", keys, "--listen", "127.0.0.1:0"]);
        // By its variable, to see that these are read.
        command.args(more).env("KEMITRAAN_DATABASE", database);
        Self::start(command, true, |line| {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
            (line["message"] == "listening").then(|| line["address"].as_str().unwrap().to_owned())
        })
    }

    /// An HTTP request on a connection of its own; gives status and body.
    pub fn send(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n{token}content-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
        (status, body.to_owned())
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Of the process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn ask(&self, token: &str, query: &str) -> (u16, Value) {
        let (status, body) =
            self.send("POST", "/graphql", Some(token), &json!({ "query": query }).to_string());
        (status, serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}")))
    }

    /// Sends a signal and waits for the end, which must be a good one and soon.
    pub fn end(mut self, signal: &str) {
        self.stop(signal);
    }

    /// The same; gives all that it has printed.
    pub fn end_logged(mut self, signal: &str) -> Vec<String> {
        self.stop(signal);
        let mut lines = std::mem::take(&mut self.lines);
        lines.extend(self.rest.iter());
        lines
    }

    fn stop(&mut self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert_eq!(status.code(), Some(0), "{signal}: {status:?}");
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("still running 20 seconds after {signal}: {:#?}", self.rest.try_iter().collect::<Vec<_>>());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, unless a test failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

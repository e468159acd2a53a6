//! One request, to compare answers; and many, by oha, to measure.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Result;
use crate::process::output;

/// Sends one request and answers its body, as bytes and read.
pub fn ask(port: u16, token: &str, body: &[u8]) -> Result<(Vec<u8>, Value)> {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
    // HTTP/1.0: the answer ends with the connection, and is not cut into chunks.
    let head = format!(
        "POST /graphql HTTP/1.0\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\naccept: application/json\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no answer of HTTP")?;
    let body = answer.split_off(end + 4);
    if !answer.starts_with(b"HTTP/1.1 200") && !answer.starts_with(b"HTTP/1.0 200") {
        return Err(format!("{}{}", String::from_utf8_lossy(&answer), String::from_utf8_lossy(&body)).into());
    }
    let read = serde_json::from_slice(&body)?;
    Ok((body, read))
}

/// What one run of the load measured.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// Answered with 200.
    pub requests: u64,
    /// Refused, or not answered in time.
    pub refused: u64,
    pub per_second: f64,
    /// Milliseconds.
    pub p50: f64,
    pub p99: f64,
}

#[expect(clippy::cast_precision_loss, reason = "far fewer requests than a double counts")]
fn share(some: u64, all: u64) -> f64 {
    some as f64 / all as f64
}

/// Runs oha for so many seconds. Every answer must be of the expected size, where one is expected; what is
/// refused under the load is counted, and no rate.
pub fn run(
    oha: &Path,
    (port, token): (u16, &str),
    body: &Path,
    connections: u32,
    seconds: f64,
    size: Option<usize>,
) -> Result<Measured> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Report {
        summary: Summary,
        latency_percentiles: Percentiles,
        status_code_distribution: std::collections::HashMap<String, u64>,
        error_distribution: std::collections::HashMap<String, u64>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Summary {
        requests_per_sec: f64,
        total_data: u64,
    }
    #[derive(Deserialize)]
    struct Percentiles {
        p50: f64,
        p99: f64,
    }
    let mut command = Command::new(oha);
    command
        .args(["--no-tui", "--output-format", "json", "--disable-compression", "-w", "-m", "POST"])
        .args(["-T", "application/json", "-H", "accept: application/json"])
        .args(["-H", &format!("authorization: Bearer {token}")])
        .args(["-c", &connections.to_string(), "-z", &format!("{}ms", seconds * 1000.0), "-D"])
        .arg(body)
        .arg(format!("http://127.0.0.1:{port}/graphql"));
    let report = serde_json::from_str::<Report>(&output(&mut command)?)?;
    let requests = report.status_code_distribution.get("200").copied().unwrap_or(0);
    let answered = report.status_code_distribution.values().sum::<u64>();
    let lost = report.error_distribution.values().sum::<u64>();
    let refused = answered - requests + lost;
    if let Some(size) =
        size.filter(|size| refused == 0 && report.summary.total_data != requests * *size as u64)
    {
        let bytes = report.summary.total_data;
        return Err(format!("{bytes} bytes came in {requests} answers, not {size} in each").into());
    }
    Ok(Measured {
        requests,
        refused,
        per_second: if answered == 0 {
            0.0
        } else {
            report.summary.requests_per_sec * share(requests, answered)
        },
        p50: report.latency_percentiles.p50 * 1000.0,
        p99: report.latency_percentiles.p99 * 1000.0,
    })
}

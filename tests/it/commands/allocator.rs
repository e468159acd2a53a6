//! What the program tells its allocator when it starts.

use super::{Folder, Server};

/// The environment of the process that serves, of which the allocator has read its options.
fn told(server: &Server) -> Vec<String> {
    let environment = std::fs::read_to_string(format!("/proc/{}/environ", server.id())).unwrap();
    environment.split('\0').filter(|pair| pair.starts_with("MIMALLOC_")).map(str::to_owned).collect()
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "there is no /proc")]
fn memory_is_given_back_soon_unless_its_operator_says_otherwise() {
    let folder = Folder::new();
    let demo = Server::demo(&folder.join("demo"), &[]);
    assert_eq!(told(&demo), ["MIMALLOC_PURGE_DELAY=50"]);
    demo.end("-TERM");
    let demo = Server::demo_with(&folder.join("demo"), &[], &[("MIMALLOC_PURGE_DELAY", "1000")]);
    assert_eq!(told(&demo), ["MIMALLOC_PURGE_DELAY=1000"]);
    demo.end("-TERM");
}

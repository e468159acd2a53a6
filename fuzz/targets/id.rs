#![no_main]

#[allow(dead_code, reason = "a target is one of them")]
#[path = "../formats.rs"]
mod formats;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| formats::id(bytes));

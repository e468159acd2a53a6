//! What somebody may try who means harm, or does harm without meaning it: panics, slow clients, foreign pages, too many requests,
//! secrets that get out, keys that get lost.

mod browsers;
mod budgets;
mod formats;
mod panics;
mod secrets;
mod sockets;
mod threats;

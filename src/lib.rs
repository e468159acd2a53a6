//! Kemitraan: the tracker in which the parties of one memorandum of understanding work.
//!
//! # The map
//!
//! | module | what it holds |
//! |---|---|
//! | [`cli`], [`demo`], [`config`] | the commands and every setting, once |
//! | [`api`] | the way in: routes, GraphQL over HTTP, documents and their limits, the roots of the schema |
//! | [`auth`] | token → actor: keys, verification, issuing |
//! | [`access`] | who may see and do what: actor, table, schema, standing, scope, view, permit, write |
//! | [`nouns`] | memoranda and clauses, organisations and successions, partners with certificates and contacts, partnerships with external references, what is public of them, milestones, obstacles, comments, evidence, outcomes and revisions, quarters, the programme's sums, scorecards, deadlines, reporting, journal, code lists, access tokens: a folder each, of the same four files |
//! | [`files`] | the bytes of evidence: a folder or a bucket, by their hashes |
//! | [`journal`] | append, hash, replay, verify; the read log's chain |
//! | [`seed`] | the pilot, written by the acts of its seats; made-up data of other sizes |
//! | [`db`], [`types`], [`error`] | the two databases; identifiers, money, time; one error type and its codes |
//!
//! # The life of a request
//!
//! A request comes in by one of [`api::connections`], through [`api::router`], gets an id, and goes to [`api::http`], which makes an
//! [`access::Actor`] of its token by [`auth::Verifier`], which has a budget ([`api::budgets`]). [`api::gates`] validates the document against the role's own
//! schema, which [`access::table`] makes, holds it against the limits and merges it ([`api::document`]). [`api::execute`] then opens an [`access::View`] (one actor, one snapshot, one
//! sequence of the journal) and runs it.
//!
//! Before its answer leaves, [`api::reading`] puts on record who has read what ([`access::ReadLog`]).
//!
//! *Reading*: a noun's `graphql.rs` asks its `store.rs`, which asks the view; the view narrows every select to the
//! actor's rows. What hangs on the objects of one list is loaded for the whole list at once ([`access::Rows`]).
//!
//! *Writing*: a mutation goes by [`nouns::acting`]: it opens an [`access::Write`], holds the row, lets the noun's `rules.rs` decide, which gives a
//! [`access::Permit`]; the store puts the row, the write records it, the entry is appended, the transaction commits.
//! The payload is read through a view opened after that.

pub mod access;
pub mod api;
pub mod auth;
pub mod cli;
pub mod config;
pub mod db;
pub mod demo;
pub mod error;
pub mod files;
pub mod journal;
pub mod nouns;
pub mod seed;
pub mod types;

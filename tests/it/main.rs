//! The suite: black box, through the router, as one actor per role, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;
mod surroundings;

mod answers;
mod auditors;
mod auth;
mod changes;
mod clauses;
mod codes;
mod commands;
mod comments;
mod conformance;
mod connections;
mod constraints;
mod coverage;
mod database;
mod deadlines;
mod evidence_files;
mod history;
mod http;
mod introspection;
mod journal;
mod journal_filter;
mod journal_readers;
mod limits;
mod loads;
mod milestones;
mod mutations;
mod obstacles;
mod oracle;
mod outcomes;
mod paging;
mod partners;
mod partnerships;
mod persisted;
mod plain;
mod programme;
mod queries;
mod read_role;
mod reporting;
mod reporting_acts;
mod scale;
mod schema;
mod scope;
mod scorecards;
mod search;
mod shared_partners;
mod succession;
mod tallies;
mod values;
mod walls;
mod worklist;
mod writers;
mod writes;

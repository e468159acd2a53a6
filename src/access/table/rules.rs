//! The rules of the access table, each with the roles that it lets through.

use crate::access::Role;

/// Why a field is open to some roles, and to no others.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Sent with FORBIDDEN, and never renamed.
    pub name: &'static str,
    pub roles: &'static [Role],
    pub english: &'static str,
    pub indonesian: &'static str,
}

use Role::{Admin, Auditor, Bumn, Kemenbumn, Kemenkopukm, Kemenperin};

pub static EVERYONE: Rule = Rule {
    name: "everyone",
    roles: &Role::ALL,
    english: "every role may read it",
    indonesian: "terbuka bagi semua peran",
};

pub static WORK: Rule = Rule {
    name: "admin-sees-no-partnership",
    roles: &[Kemenkopukm, Kemenperin, Kemenbumn, Bumn, Auditor],
    english: "it is open to the parties and their auditors; an administrator sees accounts, and none of the work",
    indonesian: "terbuka bagi para pihak dan auditornya; administrator hanya melihat akun",
};

pub static JOURNAL: Rule = Rule {
    name: "journal-readers",
    roles: &[Kemenkopukm, Kemenperin, Kemenbumn, Auditor, Admin],
    english: "the journal is read by ministries, auditors and administrators",
    indonesian: "jurnal dibaca oleh kementerian, auditor, dan administrator",
};

pub static PUBLIC: Rule = Rule {
    name: "public-to-bumn",
    roles: &[Bumn],
    english: "it is what a BUMN sees of others; whoever sees more sees the partnerships and partners themselves",
    indonesian: "inilah yang dilihat BUMN dari pihak lain; yang berwenang melihat lebih memakai data lengkapnya",
};

pub static SEATS: Rule = Rule {
    name: "seats-write",
    roles: &[Kemenkopukm, Kemenperin, Kemenbumn, Bumn],
    english: "the seats of the memorandum act: ministries and BUMN; auditors and administrators change none of the work",
    indonesian: "hanya kementerian dan BUMN yang bertindak; auditor dan administrator tidak mengubah data",
};

pub static KEEPER: Rule = Rule {
    name: "kemenbumn-keeps-organisations",
    roles: &[Kemenbumn],
    english: "the organisations, their names and successions are kept by KEMENBUMN",
    indonesian: "organisasi, namanya, dan pergantiannya dikelola KEMENBUMN",
};

pub static ACCOUNTS: Rule = Rule {
    name: "administrator-keeps-tokens",
    roles: &[Admin],
    english: "access tokens are issued, revoked and listed by administrators",
    indonesian: "token akses diterbitkan, dicabut, dan didaftar oleh administrator",
};

pub static STEWARD: Rule = Rule {
    name: "stewards-reveal-contacts",
    roles: &[Kemenkopukm, Kemenperin],
    english: "personal data is given out to the partner's steward alone, for a reason that is kept",
    indonesian: "data pribadi hanya diberikan kepada instansi pembina mitra, dengan alasan yang dicatat",
};

pub static READ_LOG: Rule = Rule {
    name: "read-log-readers",
    roles: &[Auditor, Admin],
    english: "who has read what is told to auditors, within their assignment, and to administrators",
    indonesian: "catatan pembacaan dibaca oleh auditor, sesuai penugasannya, dan oleh administrator",
};

/// All rules, in the order in which the documentation has them.
pub static RULES: [&Rule; 9] =
    [&EVERYONE, &WORK, &JOURNAL, &PUBLIC, &SEATS, &KEEPER, &ACCOUNTS, &STEWARD, &READ_LOG];

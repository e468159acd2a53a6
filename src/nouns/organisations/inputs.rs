//! What the mutations of organisations take.

use async_graphql::{ID, InputObject};

use super::entity::{OrganisationKind, Stewardship, SuccessionKind};
use crate::access::Role;
use crate::nouns::acting::{Manner, Target};
use crate::types::Date;

/// An organisation to be recorded.
///
/// Organisasi yang dicatat.
#[derive(InputObject)]
pub struct OrganisationCreateInput {
    /// Its code, for ever the same and no other's: 2 to 32 capital letters, digits or `_`, the first a letter.
    ///
    /// Kodenya, tidak pernah berubah dan hanya miliknya: 2 sampai 32 huruf besar, angka, atau `_`, diawali huruf.
    pub code: String,
    /// What kind it is.
    ///
    /// Jenisnya.
    pub kind: OrganisationKind,
    /// The seat that it holds: BUMN, or none. A ministry comes to its seat by a succession.
    ///
    /// Kedudukannya: BUMN atau kosong. Kementerian memperoleh kedudukan lewat pergantian.
    pub seat: Option<Role>,
    /// The organisation that it belongs to; an executing unit has one.
    ///
    /// Organisasi induknya; wajib bagi unit pelaksana.
    pub parent: Option<ID>,
    /// Its name: one line, up to 200 characters.
    ///
    /// Namanya: satu baris, paling banyak 200 karakter.
    pub name: String,
    /// Its short name: one line, up to 60 characters.
    ///
    /// Nama singkatnya: satu baris, paling banyak 60 karakter.
    pub short_name: String,
    /// The first day on which it bears it; none where that is not known.
    ///
    /// Hari pertama nama itu berlaku; kosong bila tidak diketahui.
    pub named_from: Option<Date>,
    /// The law or deed by which it bears it: one line, up to 500 characters.
    ///
    /// Dasar hukum namanya: satu baris, paling banyak 500 karakter.
    pub legal_basis: Option<String>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A new name of an organisation.
///
/// Nama baru suatu organisasi.
#[derive(InputObject)]
pub struct OrganisationRenameInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The name: one line, up to 200 characters.
    ///
    /// Namanya: satu baris, paling banyak 200 karakter.
    pub name: String,
    /// The short name: one line, up to 60 characters.
    ///
    /// Nama singkatnya: satu baris, paling banyak 60 karakter.
    pub short_name: String,
    /// The first day on which it is borne, after that of the name before: past or to come.
    ///
    /// Hari pertama berlaku, setelah hari pertama nama sebelumnya: lampau atau mendatang.
    pub from: Date,
    /// The law or deed: one line, up to 500 characters.
    ///
    /// Dasar hukumnya: satu baris, paling banyak 500 karakter.
    pub legal_basis: String,
}

/// One that follows.
///
/// Satu penerus.
#[derive(InputObject)]
pub struct SuccessorInput {
    /// The id of the organisation. It may be the predecessor itself, where that goes on.
    ///
    /// Pengenal organisasinya. Boleh pendahulunya sendiri bila tetap ada.
    pub organisation: ID,
    /// Which partners go with it. Only KEMENKOPUKM's seat is divided: KOPERASI to one, OTHER_THAN_KOPERASI to another.
    ///
    /// Mitra binaan yang diambil alihnya. Hanya kedudukan KEMENKOPUKM yang dibagi: KOPERASI dan OTHER_THAN_KOPERASI.
    #[graphql(default_with = "Stewardship::All")]
    pub stewardship: Stewardship,
}

/// An organisation that others follow.
///
/// Organisasi yang digantikan.
#[derive(InputObject)]
pub struct OrganisationSucceedInput {
    #[graphql(flatten)]
    pub target: Target,
    /// How it is followed.
    ///
    /// Cara penggantiannya.
    pub kind: SuccessionKind,
    /// The day from which it holds, past or to come; for your own organisation after today.
    ///
    /// Tanggal mulai berlaku, lampau atau mendatang; untuk organisasi Anda sendiri setelah hari ini.
    pub effective_on: Date,
    /// The law or deed: one line, up to 500 characters.
    ///
    /// Dasar hukumnya: satu baris, paling banyak 500 karakter.
    pub legal_basis: String,
    /// Who follows: each once, 1 to 20.
    ///
    /// Para penerus: masing-masing sekali, 1 sampai 20.
    pub successors: Vec<SuccessorInput>,
}

/// What goes to one successor.
///
/// Bagian satu penerus.
#[derive(InputObject)]
pub struct WorkShareInput {
    /// The id of the successor: it has followed, directly or by way of others, and was not followed itself.
    ///
    /// Pengenal penerusnya: telah menggantikan, langsung atau tidak langsung, dan tidak digantikan.
    pub successor: ID,
    /// The ids of open partnerships of the predecessor, each once.
    ///
    /// Pengenal kemitraan pendahulu yang masih berjalan, masing-masing sekali.
    pub partnerships: Vec<ID>,
}

/// How the open work of a BUMN that was succeeded is divided.
///
/// Pembagian pekerjaan berjalan dari BUMN yang digantikan.
#[derive(InputObject)]
pub struct OrganisationDivideWorkInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Who gets what: 1 to 20 shares, at most 500 partnerships in all.
    ///
    /// Pembagiannya: 1 sampai 20 bagian, seluruhnya paling banyak 500 kemitraan.
    pub shares: Vec<WorkShareInput>,
    /// By which decision: up to 4,000 characters. Permanent, so name nobody here.
    ///
    /// Menurut keputusan apa: paling banyak 4.000 karakter. Permanen, maka jangan menyebut nama.
    pub reason: String,
}

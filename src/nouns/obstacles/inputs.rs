//! What the mutations of obstacles take.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::entity::{ObstacleCategory, Severity};
use crate::access::Role;
use crate::nouns::acting::{Manner, Target};
use crate::types::Date;

/// An obstacle to be raised.
///
/// Kendala yang dicatat.
#[derive(InputObject)]
pub struct ObstacleRaiseInput {
    /// The id of the partnership.
    ///
    /// Pengenal kemitraannya.
    pub partnership: ID,
    /// The id of the milestone of it that is held up; null where it is the partnership as a whole.
    ///
    /// Pengenal tahapannya yang terhambat; kosong bila kemitraan secara keseluruhan.
    pub milestone: Option<ID>,
    /// What it is about.
    ///
    /// Jenisnya.
    pub category: ObstacleCategory,
    /// How much it weighs.
    ///
    /// Tingkatnya.
    pub severity: Severity,
    /// Its title: one line, up to 200 characters. Permanent, so name nobody here.
    ///
    /// Judulnya: satu baris, paling banyak 200 karakter. Permanen, maka jangan menyebut nama.
    pub title: String,
    /// What stands in the way: up to 4000 characters. Permanent.
    ///
    /// Uraiannya: paling banyak 4000 karakter. Permanen.
    pub description: Option<String>,
    /// The seat that has to see to it.
    ///
    /// Kedudukan yang menanganinya.
    pub owner: Role,
    /// The day by which it is to be resolved: today or later.
    ///
    /// Tenggatnya: hari ini atau sesudahnya.
    pub due_on: Option<Date>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// An obstacle that a seat is to see to.
///
/// Kendala yang ditugaskan kepada suatu kedudukan.
#[derive(InputObject)]
pub struct ObstacleAssignInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The seat that has to see to it; of an obstacle that is IN_PROGRESS, another than so far.
    ///
    /// Kedudukan yang menanganinya; bila kendala IN_PROGRESS, selain yang sekarang.
    pub owner: Role,
}

/// What is to change of an obstacle; what is left out stays.
///
/// Perubahan kendala; yang tidak diisi tetap.
#[derive(InputObject)]
pub struct ObstacleUpdateInput {
    #[graphql(flatten)]
    pub target: Target,
    /// What it is about.
    ///
    /// Jenisnya.
    pub category: Option<ObstacleCategory>,
    /// How much it weighs.
    ///
    /// Tingkatnya.
    pub severity: Option<Severity>,
    /// Its title: one line, up to 200 characters. Permanent, so name nobody here.
    ///
    /// Judulnya: satu baris, paling banyak 200 karakter. Permanen, maka jangan menyebut nama.
    pub title: Option<String>,
    /// What is to be done about it: up to 4000 characters; null where nothing is agreed any more. With one an obstacle is
    /// IN_PROGRESS. Permanent, so name nobody here.
    ///
    /// Tindak lanjutnya: paling banyak 4000 karakter; kosong bila tidak lagi disepakati. Dengan tindak lanjut, kendala menjadi
    /// IN_PROGRESS. Permanen, maka jangan menyebut nama.
    pub follow_up: MaybeUndefined<String>,
    /// The day by which it is to be resolved: today or later; null for none.
    ///
    /// Tenggatnya: hari ini atau sesudahnya; kosong bila tidak ada.
    pub due_on: MaybeUndefined<Date>,
}

/// An obstacle that was resolved.
///
/// Kendala yang telah selesai.
#[derive(InputObject)]
pub struct ObstacleResolveInput {
    #[graphql(flatten)]
    pub target: Target,
    /// How: up to 4000 characters. Permanent.
    ///
    /// Penyelesaiannya: paling banyak 4000 karakter. Permanen.
    pub resolution: String,
}

/// An obstacle that is there again.
///
/// Kendala yang dibuka kembali.
#[derive(InputObject)]
pub struct ObstacleReopenInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

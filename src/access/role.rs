//! Roles, which are seats at the memorandum's table, and levels within them.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The seat that an actor holds. It decides what can be seen and done.
///
/// Kedudukan pengguna. Menentukan apa yang dapat dilihat dan dilakukan.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// The ministry for cooperatives and small and medium enterprises: steward of cooperatives and UMKM.
    ///
    /// Kementerian Koperasi dan UKM: pembina koperasi dan UMKM.
    Kemenkopukm,
    /// The ministry of industry: steward of small and medium industries (IKM).
    ///
    /// Kementerian Perindustrian: pembina IKM.
    Kemenperin,
    /// The ministry of state-owned enterprises: keeps organisations and partnerships.
    ///
    /// Kementerian BUMN: mengelola organisasi dan kemitraan.
    Kemenbumn,
    /// A state-owned enterprise: reports on its own partnerships.
    ///
    /// Badan Usaha Milik Negara: melaporkan kemitraannya sendiri.
    Bumn,
    /// An auditor with a letter of assignment: reads, and never writes.
    ///
    /// Auditor dengan surat tugas: hanya membaca.
    Auditor,
    /// Administers accounts and tokens; sees none of the partnerships.
    ///
    /// Administrator akun dan token; tidak melihat kemitraan.
    Admin,
}

impl Role {
    pub const ALL: [Self; 6] =
        [Self::Kemenkopukm, Self::Kemenperin, Self::Kemenbumn, Self::Bumn, Self::Auditor, Self::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kemenkopukm => "KEMENKOPUKM",
            Self::Kemenperin => "KEMENPERIN",
            Self::Kemenbumn => "KEMENBUMN",
            Self::Bumn => "BUMN",
            Self::Auditor => "AUDITOR",
            Self::Admin => "ADMIN",
        }
    }

    /// Whether the seat is an organisation's, so that a token must name one.
    pub fn is_seat(self) -> bool {
        !matches!(self, Self::Auditor | Self::Admin)
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// What a person or a machine may do within its seat.
///
/// Wewenang dalam kedudukannya.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// Reads.
    ///
    /// Pemantau: membaca.
    Viewer,
    /// Reads and writes.
    ///
    /// Operator: membaca dan menulis.
    Officer,
    /// Reads, writes, submits and verifies.
    ///
    /// Penyetuju atau verifikator: juga mengajukan dan memverifikasi.
    Approver,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Officer, Self::Approver];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "VIEWER",
            Self::Officer => "OFFICER",
            Self::Approver => "APPROVER",
        }
    }
}

impl std::str::FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Which partners a successor takes over.
///
/// Mitra binaan yang diambil alih penerus.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Stewardship {
    /// All of them.
    ///
    /// Semuanya.
    All,
    /// The cooperatives.
    ///
    /// Koperasi.
    Koperasi,
    /// All but the cooperatives.
    ///
    /// Selain koperasi.
    OtherThanKoperasi,
}

//! What a code list is made of, and which there are.

use async_graphql::Enum;

/// A code list.
///
/// Daftar kode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum CodeListName {
    /// The provinces, by the codes of the Ministry of Home Affairs: the first two digits of a regency's.
    ///
    /// Provinsi menurut kode Kemendagri: dua angka pertama kode kabupaten/kota.
    Province,
    /// The sections of the KBLI of 2020.
    ///
    /// Kategori KBLI 2020.
    #[graphql(name = "KBLI_2020_SECTION")]
    Kbli2020Section,
    /// The sections of the KBLI of 2025; from J on, a letter is not what it was in 2020.
    ///
    /// Kategori KBLI 2025; mulai J, hurufnya berbeda makna dengan KBLI 2020.
    #[graphql(name = "KBLI_2025_SECTION")]
    Kbli2025Section,
    /// The patterns of a partnership.
    ///
    /// Pola kemitraan.
    Pattern,
    /// The channels that a partnership goes by.
    ///
    /// Jalur kemitraan.
    Channel,
    /// Who supplies whom.
    ///
    /// Arah pasokan.
    SupplyDirection,
    /// Where a partnership may stand.
    ///
    /// Status kemitraan.
    PartnershipStatus,
    /// The kinds of milestones.
    ///
    /// Jenis tahapan.
    MilestoneType,
    /// Where a milestone may stand.
    ///
    /// Status tahapan.
    MilestoneStatus,
    /// The legal forms of partners.
    ///
    /// Bentuk badan usaha mitra.
    LegalForm,
    /// The scales of partners.
    ///
    /// Skala usaha mitra.
    Scale,
    /// What the memorandum is to bring about.
    ///
    /// Sasaran nota kesepahaman.
    Objective,
    /// The kinds of organisations.
    ///
    /// Jenis organisasi.
    OrganisationKind,
    /// The seats that an actor may hold.
    ///
    /// Kedudukan pengguna.
    Role,
    /// The levels within a seat.
    ///
    /// Tingkat wewenang dalam suatu kedudukan.
    Level,
    /// The ways in which an organisation follows another.
    ///
    /// Cara suatu organisasi menggantikan yang lain.
    SuccessionKind,
    /// Which partners a successor takes over.
    ///
    /// Mitra binaan yang diambil alih penerus.
    Stewardship,
    /// What outcomes measure.
    ///
    /// Indikator capaian.
    Indicator,
    /// The units of indicators.
    ///
    /// Satuan indikator.
    IndicatorUnit,
    /// Where an outcome may stand.
    ///
    /// Status capaian.
    OutcomeStatus,
    /// Where a quarter may stand.
    ///
    /// Status triwulan.
    QuarterStatus,
    /// Where a reschedule may stand.
    ///
    /// Status penjadwalan ulang.
    RescheduleStatus,
    /// What obstacles are about.
    ///
    /// Jenis kendala.
    ObstacleCategory,
    /// How much obstacles weigh.
    ///
    /// Tingkat kendala.
    Severity,
    /// Where an obstacle may stand.
    ///
    /// Status kendala.
    ObstacleStatus,
    /// The kinds of evidence.
    ///
    /// Jenis bukti.
    EvidenceKind,
    /// The kinds of certificates.
    ///
    /// Jenis sertifikat.
    CertificateKind,
    /// The platforms on which partners have accounts.
    ///
    /// Platform tempat mitra memiliki akun.
    Platform,
    /// The kinds of contacts.
    ///
    /// Jenis kontak.
    ContactKind,
    /// What there is to do in a worklist.
    ///
    /// Yang perlu dikerjakan dalam daftar kerja.
    WorkKind,
}

/// A code list, with where it is from.
#[derive(Debug)]
pub struct CodeList {
    pub name: CodeListName,
    pub source: &'static str,
    pub version: &'static str,
    pub codes: Vec<Code>,
}

/// A code with what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    pub code: &'static str,
    pub english: &'static str,
    pub indonesian: &'static str,
    /// Of a section of the KBLI: its first division and its last. All numbers between them are divisions.
    pub divisions: Option<(u8, u8)>,
}

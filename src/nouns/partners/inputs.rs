//! What the mutations of partners take.

use async_graphql::{InputObject, MaybeUndefined};

use super::entity::{LegalForm, Scale};
use crate::nouns::acting::{Manner, Target};
use crate::nouns::certificates::entity::Platform;
use crate::types::Date;

/// A field of business by the KBLI.
///
/// Bidang usaha menurut KBLI.
#[derive(Debug, Clone, InputObject)]
pub struct KbliInput {
    /// The code: five digits.
    ///
    /// Kodenya: lima angka.
    pub code: String,
    /// The edition that it is of: 2020 or 2025.
    ///
    /// Edisinya: 2020 atau 2025.
    pub version: i32,
}

/// A partner to be registered. Its steward is who registers it: KEMENPERIN an IKM, KEMENKOPUKM all others.
///
/// Mitra yang didaftarkan. Pembinanya adalah yang mendaftarkan: KEMENPERIN untuk IKM, KEMENKOPUKM untuk lainnya.
#[derive(InputObject)]
pub struct PartnerRegisterInput {
    /// Its name: one line, up to 200 characters.
    ///
    /// Namanya: satu baris, paling banyak 200 karakter.
    pub name: String,
    /// Its legal form.
    ///
    /// Bentuk badan usahanya.
    pub legal_form: LegalForm,
    /// Its scale, by PP 7/2021.
    ///
    /// Skalanya menurut PP 7/2021.
    pub scale: Scale,
    /// Since when it has that scale: not after today.
    ///
    /// Sejak kapan berskala demikian: tidak setelah hari ini.
    pub scale_since: Date,
    /// Its business number (NIB, 13 digits); no two partners have the same.
    ///
    /// NIB-nya (13 angka); tidak ada dua mitra dengan NIB yang sama.
    pub nib: Option<String>,
    /// The registration number of a cooperative (NIK Koperasi): 4 to 40 characters.
    ///
    /// Nomor Induk Koperasi: 4 sampai 40 karakter.
    pub nik_koperasi: Option<String>,
    /// Its tax number (16 digits); not of a sole proprietor, whose is personal: `contactSet`.
    ///
    /// NPWP-nya (16 angka); bukan milik usaha perseorangan, karena data pribadi: `contactSet`.
    pub npwp: Option<String>,
    /// Its field of business.
    ///
    /// Bidang usahanya.
    pub kbli: Option<KbliInput>,
    /// Its regency or city by the Ministry of Home Affairs' code: `32.04`.
    ///
    /// Kabupaten/kota menurut kode Kemendagri: `32.04`.
    pub regency: Option<String>,
    /// Whether it consents to its name being shown to all BUMN.
    ///
    /// Apakah menyetujui namanya ditampilkan kepada semua BUMN.
    #[graphql(default)]
    pub name_public: bool,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// What is to change of a partner: what is left out stays.
///
/// Perubahan mitra: yang tidak diisi tetap.
#[derive(InputObject)]
pub struct PartnerUpdateInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Its name: one line, up to 200 characters.
    ///
    /// Namanya: satu baris, paling banyak 200 karakter.
    pub name: Option<String>,
    /// Its legal form.
    ///
    /// Bentuk badan usahanya.
    pub legal_form: Option<LegalForm>,
    /// Its scale, by PP 7/2021; with `scaleSince`.
    ///
    /// Skalanya menurut PP 7/2021; beserta `scaleSince`.
    pub scale: Option<Scale>,
    /// Since when it has its scale: not after today.
    ///
    /// Sejak kapan berskala demikian: tidak setelah hari ini.
    pub scale_since: Option<Date>,
    /// Its business number (NIB, 13 digits); null where it is unknown.
    ///
    /// NIB-nya (13 angka); kosong bila tidak diketahui.
    pub nib: MaybeUndefined<String>,
    /// The registration number of a cooperative (NIK Koperasi): 4 to 40 characters; null where it is unknown.
    ///
    /// Nomor Induk Koperasi: 4 sampai 40 karakter; kosong bila tidak diketahui.
    pub nik_koperasi: MaybeUndefined<String>,
    /// Its tax number (16 digits); null where it is unknown.
    ///
    /// NPWP-nya (16 angka); kosong bila tidak diketahui.
    pub npwp: MaybeUndefined<String>,
    /// Its field of business; null where it is unknown.
    ///
    /// Bidang usahanya; kosong bila tidak diketahui.
    pub kbli: MaybeUndefined<KbliInput>,
    /// Its regency or city by the Ministry of Home Affairs' code: `32.04`; null where it is unknown.
    ///
    /// Kabupaten/kota menurut kode Kemendagri: `32.04`; kosong bila tidak diketahui.
    pub regency: MaybeUndefined<String>,
    /// Whether it consents to its name being shown to all BUMN.
    ///
    /// Apakah menyetujui namanya ditampilkan kepada semua BUMN.
    pub name_public: Option<bool>,
}

/// The account of a partner on a platform.
///
/// Akun mitra pada platform.
#[derive(InputObject)]
pub struct PlatformAccountSetInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The platform; one that the partner has there already is replaced.
    ///
    /// Platformnya; akun yang sudah ada di sana diganti.
    pub platform: Platform,
    /// The account: one line, up to 100 characters. On one platform it is one partner's.
    ///
    /// Akunnya: satu baris, paling banyak 100 karakter. Pada satu platform hanya milik satu mitra.
    pub account: String,
    /// Since when it is there: not after today.
    ///
    /// Sejak kapan ada: tidak setelah hari ini.
    pub since: Option<Date>,
}

/// An account of a partner that is no more.
///
/// Akun mitra yang tidak ada lagi.
#[derive(InputObject)]
pub struct PlatformAccountRemoveInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The platform.
    ///
    /// Platformnya.
    pub platform: Platform,
}

//! What the mutations of partnerships take; those of the steps of the machine are in `transitions.rs`.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::entity::{Channel, Pattern, SupplyDirection};
use crate::nouns::acting::{Manner, Target};
use crate::types::{Date, Money};

/// A partner of a partnership: by its id, or, where you know it by its business number alone, by that.
///
/// Mitra dalam kemitraan: menurut pengenalnya, atau menurut NIB bila hanya itu yang diketahui.
#[derive(Debug, Clone, InputObject)]
pub struct PartnershipPartnerInput {
    /// Its id.
    ///
    /// Pengenalnya.
    pub id: Option<ID>,
    /// Its business number (NIB, 13 digits), in place of the id.
    ///
    /// NIB-nya (13 angka), sebagai pengganti pengenal.
    pub nib: Option<String>,
    /// Whether it leads. One of them does.
    ///
    /// Apakah menjadi koordinator. Salah satu mitra adalah koordinator.
    #[graphql(default)]
    pub lead: bool,
}

/// What a partnership is worth, by whose word and as of when.
///
/// Nilai kemitraan beserta sumber dan tanggalnya.
#[derive(Debug, Clone, InputObject)]
pub struct PartnershipValueInput {
    /// Whole rupiah, at most a thousand trillion.
    ///
    /// Rupiah utuh, paling banyak seribu triliun.
    pub amount: Money,
    /// Who says so: one line, up to 200 characters.
    ///
    /// Sumbernya: satu baris, paling banyak 200 karakter.
    pub source: String,
    /// As of which day: not after today.
    ///
    /// Per tanggal: tidak setelah hari ini.
    pub as_of: Date,
}

/// A partnership that is proposed.
///
/// Kemitraan yang diusulkan.
#[derive(InputObject)]
pub struct PartnershipProposeInput {
    /// The id of the BUMN. A BUMN proposes for itself, and may leave it out.
    ///
    /// Pengenal BUMN-nya. BUMN mengusulkan untuk dirinya sendiri dan boleh mengosongkannya.
    pub organisation: Option<ID>,
    /// The id of the unit of the BUMN that executes it; null where the BUMN does itself.
    ///
    /// Pengenal unit pelaksana dari BUMN itu; kosong bila BUMN sendiri.
    pub executing_unit: Option<ID>,
    /// The id of the memorandum that it is under.
    ///
    /// Pengenal nota kesepahamannya.
    pub memorandum: ID,
    /// Its title: one line, up to 200 characters. Permanent, so name nobody here.
    ///
    /// Judulnya: satu baris, paling banyak 200 karakter. Permanen, maka jangan menyebut nama.
    pub title: String,
    /// The products or services that it is about: up to 1000 characters.
    ///
    /// Produk atau jasanya: paling banyak 1000 karakter.
    pub products: String,
    /// Its pattern.
    ///
    /// Polanya.
    pub pattern: Pattern,
    /// Its channel.
    ///
    /// Jalurnya.
    pub channel: Channel,
    /// Who supplies whom.
    ///
    /// Arah pasokannya.
    pub supply_direction: SupplyDirection,
    /// Its batch, such as `PILOT_2021`: 2 to 40 capital letters, digits and `_`.
    ///
    /// Angkatannya, misalnya `PILOT_2021`: 2 sampai 40 huruf besar, angka, dan `_`.
    pub batch: String,
    /// Its partners, 1 to 50, one of them the lead.
    ///
    /// Mitranya, 1 sampai 50, salah satunya koordinator.
    pub partners: Vec<PartnershipPartnerInput>,
    /// What it could be worth.
    ///
    /// Nilai potensialnya.
    pub potential_value: Option<PartnershipValueInput>,
    /// What it is estimated to be worth.
    ///
    /// Nilai perkiraannya.
    pub estimated_value: Option<PartnershipValueInput>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// What is to change of a partnership: what is left out stays.
///
/// Perubahan kemitraan: yang tidak diisi tetap.
#[derive(InputObject)]
pub struct PartnershipUpdateInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Its title: one line, up to 200 characters. Permanent, so name nobody here.
    ///
    /// Judulnya: satu baris, paling banyak 200 karakter. Permanen, maka jangan menyebut nama.
    pub title: Option<String>,
    /// The products or services that it is about: up to 1000 characters.
    ///
    /// Produk atau jasanya: paling banyak 1000 karakter.
    pub products: Option<String>,
    /// Its pattern.
    ///
    /// Polanya.
    pub pattern: Option<Pattern>,
    /// Its channel.
    ///
    /// Jalurnya.
    pub channel: Option<Channel>,
    /// Who supplies whom.
    ///
    /// Arah pasokannya.
    pub supply_direction: Option<SupplyDirection>,
    /// Its batch, such as `PILOT_2021`: 2 to 40 capital letters, digits and `_`.
    ///
    /// Angkatannya, misalnya `PILOT_2021`: 2 sampai 40 huruf besar, angka, dan `_`.
    pub batch: Option<String>,
    /// The id of the unit of its BUMN that executes it; null: the BUMN itself.
    ///
    /// Pengenal unit pelaksana dari BUMN-nya; kosong: BUMN sendiri.
    pub executing_unit: MaybeUndefined<ID>,
    /// The id of the partner of it that is to lead.
    ///
    /// Pengenal mitranya yang menjadi koordinator.
    pub lead: Option<ID>,
}

/// A partnership that renews another: of the same BUMN, memorandum, products, pattern, channel and partners.
///
/// Kemitraan yang memperpanjang kemitraan lain: BUMN, nota kesepahaman, produk, pola, jalur, dan mitranya sama.
#[derive(InputObject)]
pub struct PartnershipRenewInput {
    /// The id of the partnership that is renewed.
    ///
    /// Pengenal kemitraan yang diperpanjang.
    pub id: ID,
    /// Its title: one line, up to 200 characters; that of the renewed one where none is given. Permanent, so name nobody here.
    ///
    /// Judulnya: satu baris, paling banyak 200 karakter; bila kosong, judul kemitraan yang diperpanjang. Permanen, maka jangan menyebut nama.
    pub title: Option<String>,
    /// Its batch, such as `PILOT_2021`: 2 to 40 capital letters, digits and `_`.
    ///
    /// Angkatannya, misalnya `PILOT_2021`: 2 sampai 40 huruf besar, angka, dan `_`.
    pub batch: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// What a partnership could be worth.
///
/// Nilai potensial kemitraan.
#[derive(InputObject)]
pub struct PartnershipSetPotentialValueInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The value; null takes it away.
    ///
    /// Nilainya; kosong menghapusnya.
    pub value: Option<PartnershipValueInput>,
}

/// What a partnership is estimated to be worth.
///
/// Nilai perkiraan kemitraan.
#[derive(InputObject)]
pub struct PartnershipSetEstimatedValueInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The value; null takes it away.
    ///
    /// Nilainya; kosong menghapusnya.
    pub value: Option<PartnershipValueInput>,
}

/// What is contracted in a partnership.
///
/// Nilai kontrak kemitraan.
#[derive(InputObject)]
pub struct PartnershipSetContractedValueInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The value; null takes it away.
    ///
    /// Nilainya; kosong menghapusnya.
    pub value: Option<PartnershipValueInput>,
}

/// A partner that is to join a partnership.
///
/// Mitra yang bergabung dalam kemitraan.
#[derive(InputObject)]
pub struct PartnershipAddPartnerInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The id of the partner.
    ///
    /// Pengenal mitranya.
    pub partner: Option<ID>,
    /// Its business number (NIB, 13 digits), in place of the id.
    ///
    /// NIB-nya (13 angka), sebagai pengganti pengenal.
    pub nib: Option<String>,
}

/// A partner that is to leave a partnership.
///
/// Mitra yang keluar dari kemitraan.
#[derive(InputObject)]
pub struct PartnershipRemovePartnerInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The id of the partner. One that leads stays: let another lead first.
    ///
    /// Pengenal mitranya. Koordinator tidak dapat dikeluarkan: gantikan dahulu.
    pub partner: ID,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

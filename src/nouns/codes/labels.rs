//! The labels of the API's enums. The enum is the list of codes: a value without labels does not compile, and there is
//! no code without a value.

use async_graphql::resolver_utils::EnumType;

use super::entity::Code;
use crate::access::{Level, Role};
use crate::nouns::memoranda::entity::Objective;
use crate::nouns::milestones::entity::{MilestoneStatus, MilestoneType};
use crate::nouns::organisations::entity::{OrganisationKind, SuccessionKind};
use crate::nouns::partners::entity::{LegalForm, Scale};
use crate::nouns::partnerships::entity::{Channel, PartnershipStatus, Pattern, SupplyDirection};

/// An enum with labels: in English, and in Indonesian.
pub trait Labelled: EnumType {
    fn labels(self) -> (&'static str, &'static str);
}

/// A code for each value of an enum, in its order.
pub fn codes<E: Labelled>() -> Vec<Code> {
    let code = |name, (english, indonesian)| Code { code: name, english, indonesian, divisions: None };
    E::items().iter().map(|item| code(item.name, item.value.labels())).collect()
}

impl Labelled for Pattern {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::IntiPlasma => ("Nucleus and plasma", "Inti-plasma"),
            Self::Subcontract => ("Subcontracting", "Subkontrak"),
            Self::Franchise => ("Franchise", "Waralaba"),
            Self::GeneralTrade => ("General trade", "Perdagangan umum"),
            Self::DistributionAgency => ("Distribution and agency", "Distribusi dan keagenan"),
            Self::SupplyChain => ("Supply chain", "Rantai pasok"),
            Self::ProfitSharing => ("Profit sharing", "Bagi hasil"),
            Self::JointOperation => ("Joint operation", "Kerja sama operasional"),
            Self::JointVenture => ("Joint venture", "Usaha patungan"),
            Self::Outsourcing => ("Outsourcing", "Penyumberluaran"),
        }
    }
}

impl Labelled for Channel {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::LinkAndMatch => ("Link and match", "Link and match"),
            Self::LargeIndustryAndBumn => {
                ("Partnership with large industry and BUMN", "Kemitraan dengan industri besar dan BUMN")
            }
            Self::Marketplace => ("Marketplaces", "Lokapasar"),
            Self::GovernmentProcurement => ("Government procurement", "Pengadaan pemerintah"),
            Self::BumnProcurement => ("BUMN procurement", "Pengadaan BUMN"),
        }
    }
}

impl Labelled for SupplyDirection {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::PartnerToBumn => ("The partner supplies the BUMN", "Mitra memasok BUMN"),
            Self::BumnToPartner => ("The BUMN supplies the partner", "BUMN memasok mitra"),
        }
    }
}

impl Labelled for PartnershipStatus {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Proposed => ("Proposed", "Diusulkan"),
            Self::Curation => ("Curation", "Kurasi"),
            Self::Preparation => ("Preparation", "Persiapan"),
            Self::Trial => ("Trial", "Uji coba"),
            Self::Active => ("Active", "Berjalan"),
            Self::Suspended => ("Suspended", "Ditangguhkan"),
            Self::Completed => ("Completed", "Selesai"),
            Self::Terminated => ("Terminated", "Dihentikan"),
            Self::Rejected => ("Rejected", "Ditolak"),
        }
    }
}

impl Labelled for MilestoneType {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::NeedIdentification => ("Need identification", "Identifikasi kebutuhan"),
            Self::Curation => ("Curation", "Kurasi"),
            Self::Coaching => ("Coaching", "Pembinaan dan pendampingan"),
            Self::Certification => ("Certification", "Sertifikasi"),
            Self::VendorRegistration => ("Vendor registration", "Pendaftaran vendor"),
            Self::ProductTrial => ("Product trial", "Uji coba produk"),
            Self::TrialOrder => ("Trial order", "Pesanan percobaan"),
            Self::CooperationAgreement => ("Cooperation agreement", "Perjanjian Kerja Sama (PKS)"),
            Self::SupplyContract => ("Supply contract", "Kontrak pasokan"),
            Self::Delivery => ("Delivery", "Pengiriman (BAST)"),
            Self::Payment => ("Payment", "Pembayaran"),
            Self::Review => ("Monitoring and evaluation", "Monitoring dan evaluasi"),
            Self::Renewal => ("Renewal or addendum", "Perpanjangan/adendum"),
        }
    }
}

impl Labelled for MilestoneStatus {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Scheduled => ("Scheduled", "Terjadwal"),
            Self::InProgress => ("In progress", "Berjalan"),
            Self::Submitted => ("Submitted", "Dilaporkan"),
            Self::Returned => ("Returned", "Dikembalikan"),
            Self::Met => ("Met", "Tercapai"),
            Self::PartiallyMet => ("Partially met", "Tercapai sebagian"),
            Self::NotMet => ("Not met", "Tidak tercapai"),
            Self::Cancelled => ("Cancelled", "Dibatalkan"),
        }
    }
}

impl Labelled for LegalForm {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Koperasi => ("Cooperative", "Koperasi"),
            Self::Perseorangan => ("Sole proprietor", "Usaha perseorangan"),
            Self::Cv => ("Limited partnership (CV)", "Persekutuan komanditer (CV)"),
            Self::Pt => ("Limited company (PT)", "Perseroan terbatas (PT)"),
        }
    }
}

impl Labelled for Scale {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Micro => ("Micro", "Usaha mikro"),
            Self::Small => ("Small", "Usaha kecil"),
            Self::Medium => ("Medium", "Usaha menengah"),
        }
    }
}

impl Labelled for Objective {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::ValueAdded => ("Value added", "Nilai tambah"),
            Self::Competitiveness => ("Competitiveness", "Daya saing"),
            Self::Investment => ("Investment", "Investasi"),
            Self::Exports => ("Exports", "Ekspor"),
            Self::ImportSubstitution => ("Import substitution", "Substitusi impor"),
            Self::Employment => ("Employment", "Penyerapan tenaga kerja"),
        }
    }
}

impl Labelled for OrganisationKind {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Ministry => ("Ministry", "Kementerian"),
            Self::Bumn => ("State-owned enterprise (BUMN)", "Badan Usaha Milik Negara (BUMN)"),
            Self::ExecutingUnit => ("Executing unit or subsidiary", "Unit pelaksana atau anak usaha"),
            Self::Offtaker => ("Private offtaker", "Pembeli swasta (offtaker)"),
        }
    }
}

impl Labelled for Role {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Kemenkopukm => {
                ("Ministry of Cooperatives and Small and Medium Enterprises", "Kementerian Koperasi dan UKM")
            }
            Self::Kemenperin => ("Ministry of Industry", "Kementerian Perindustrian"),
            Self::Kemenbumn => ("Ministry of State-Owned Enterprises", "Kementerian BUMN"),
            Self::Bumn => ("State-owned enterprise (BUMN)", "Badan Usaha Milik Negara (BUMN)"),
            Self::Auditor => ("Auditor", "Auditor"),
            Self::Admin => ("Administrator", "Administrator"),
        }
    }
}

impl Labelled for Level {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Viewer => ("Viewer", "Pemantau"),
            Self::Officer => ("Officer", "Operator"),
            Self::Approver => ("Approver", "Penyetuju atau verifikator"),
        }
    }
}

impl Labelled for SuccessionKind {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Rename => ("Renamed", "Berganti nama"),
            Self::Split => ("Split", "Dipecah"),
            Self::Merge => ("Merged", "Digabung"),
            Self::Replace => ("Replaced", "Digantikan"),
            Self::Holding => ("Brought under a holding", "Masuk ke induk usaha (holding)"),
        }
    }
}

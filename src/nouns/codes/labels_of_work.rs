//! The labels of outcomes, obstacles, evidence and what else surrounds the work.

use super::labels::Labelled;
use crate::nouns::certificates::entity::{CertificateKind, Platform};
use crate::nouns::contacts::entity::ContactKind;
use crate::nouns::evidence::entity::EvidenceKind;
use crate::nouns::milestones::entity::RescheduleStatus;
use crate::nouns::obstacles::entity::{ObstacleCategory, ObstacleStatus, Severity};
use crate::nouns::organisations::entity::Stewardship;
use crate::nouns::outcomes::entity::{Indicator, OutcomeStatus};
use crate::nouns::outcomes::rules::Unit;
use crate::nouns::quarters::entity::QuarterStatus;
use crate::nouns::worklist::rules::WorkKind;

impl Labelled for Stewardship {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::All => ("All of them", "Semuanya"),
            Self::Koperasi => ("The cooperatives", "Koperasi"),
            Self::OtherThanKoperasi => ("All but the cooperatives", "Selain koperasi"),
        }
    }
}

impl Labelled for Indicator {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::TransactionValue => ("Transactions, before PPN", "Nilai transaksi sebelum PPN"),
            Self::ExportValue => ("Exports", "Nilai ekspor"),
            Self::ImportSubstitutionValue => ("Imports substituted", "Nilai substitusi impor"),
            Self::ValueAdded => ("Value added", "Nilai tambah"),
            Self::InvestmentValue => ("Investment", "Nilai investasi"),
            Self::Employment => ("Employment at the quarter's end", "Tenaga kerja pada akhir triwulan"),
            Self::LocalContent => ("Local content", "Kandungan lokal"),
            Self::OnTimeDelivery => ("Deliveries on time", "Ketepatan waktu pengiriman"),
            Self::PaymentDays => ("Days from invoice to payment", "Lama pembayaran sejak tagihan"),
        }
    }
}

impl Labelled for Unit {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Rupiah => ("Rupiah", "Rupiah"),
            Self::People => ("People", "Orang"),
            Self::Percent => ("Percent", "Persen"),
            Self::Days => ("Days", "Hari"),
        }
    }
}

impl Labelled for OutcomeStatus {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("Not submitted yet", "Konsep"),
            Self::Submitted => ("Submitted, waiting for verification", "Diajukan, menunggu verifikasi"),
            Self::Verified => ("Verified", "Terverifikasi"),
            Self::Returned => ("Returned to the reporter", "Dikembalikan kepada pelapor"),
        }
    }
}

impl Labelled for QuarterStatus {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("Open", "Terbuka"),
            Self::Locked => ("Locked", "Terkunci"),
        }
    }
}

impl Labelled for RescheduleStatus {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("Waiting for the verifier's approval", "Menunggu persetujuan verifikator"),
            Self::Effective => ("Effective", "Berlaku"),
            Self::Declined => ("Declined", "Ditolak"),
        }
    }
}

impl Labelled for ObstacleCategory {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Quality => ("Quality", "Mutu"),
            Self::Capacity => ("Capacity", "Kapasitas produksi"),
            Self::Financing => ("Financing", "Pembiayaan"),
            Self::Certification => ("Certification", "Sertifikasi"),
            Self::Licensing => ("Licensing", "Perizinan"),
            Self::Logistics => ("Logistics", "Logistik"),
            Self::Price => ("Price", "Harga"),
            Self::Payment => ("Payment", "Pembayaran"),
            Self::Regulation => ("Regulation", "Regulasi"),
            Self::Other => ("Something else", "Lainnya"),
        }
    }
}

impl Labelled for Severity {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Low => ("Low", "Rendah"),
            Self::Medium => ("Medium", "Sedang"),
            Self::High => ("High", "Tinggi"),
            Self::Critical => ("Critical", "Kritis"),
        }
    }
}

impl Labelled for ObstacleStatus {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("Open", "Terbuka"),
            Self::InProgress => ("Being followed up", "Ditindaklanjuti"),
            Self::Resolved => ("Resolved", "Selesai"),
        }
    }
}

impl Labelled for EvidenceKind {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Assessment => ("Assessment", "Hasil kurasi atau penilaian"),
            Self::Minutes => ("Minutes", "Berita acara atau notulen"),
            Self::Certificate => ("Certificate", "Sertifikat"),
            Self::TrialReport => ("Trial report", "Laporan uji coba"),
            Self::PurchaseOrder => ("Purchase order", "Surat pesanan"),
            Self::Pks => ("Cooperation agreement (PKS)", "Perjanjian Kerja Sama (PKS)"),
            Self::Contract => ("Contract", "Kontrak"),
            Self::Bast => ("Record of delivery (BAST)", "Berita Acara Serah Terima (BAST)"),
            Self::PaymentProof => ("Proof of payment", "Bukti pembayaran"),
            Self::Report => ("Report", "Laporan"),
            Self::Addendum => ("Addendum", "Adendum"),
            Self::FakturPajak => ("Tax invoice", "Faktur pajak"),
            Self::Invoice => ("Invoice", "Tagihan (invoice)"),
            Self::Other => ("Something else", "Lainnya"),
        }
    }
}

impl Labelled for CertificateKind {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Sni => ("Indonesian national standard (SNI)", "Standar Nasional Indonesia (SNI)"),
            Self::Tkdn => ("Level of domestic content (TKDN)", "Tingkat Komponen Dalam Negeri (TKDN)"),
            Self::Halal => ("Halal", "Halal"),
            Self::IzinEdar => ("Distribution permit", "Izin edar"),
        }
    }
}

impl Labelled for Platform {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::PadiUmkm => ("PaDi UMKM", "PaDi UMKM"),
            Self::EKatalog => ("E-Katalog", "E-Katalog"),
            Self::Siinas => ("SIINas", "SIINas"),
        }
    }
}

impl Labelled for ContactKind {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Person => ("Name of a person", "Nama orang"),
            Self::Phone => ("Telephone number", "Nomor telepon"),
            Self::Email => ("E-mail address", "Alamat surel"),
            Self::Npwp => ("Tax number of a sole proprietor (NPWP)", "NPWP usaha perseorangan"),
        }
    }
}

impl Labelled for WorkKind {
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::VerifyMilestone => ("Verify a milestone", "Verifikasi tahapan"),
            Self::CorrectMilestone => ("Correct a milestone's report", "Perbaiki laporan tahapan"),
            Self::ReportMilestone => ("Report a milestone", "Laporkan tahapan"),
            Self::ApproveReschedule => ("Approve a reschedule", "Setujui penjadwalan ulang"),
            Self::VerifyOutcome => ("Verify an outcome", "Verifikasi capaian"),
            Self::CorrectOutcome => ("Correct an outcome", "Perbaiki capaian"),
            Self::ReportOutcome => ("Report an outcome", "Laporkan capaian"),
            Self::VerifyRevision => ("Verify a revision", "Verifikasi revisi"),
            Self::CorrectRevision => ("Correct a revision", "Perbaiki revisi"),
            Self::AgreeQuarter => ("Agree to a quarter", "Setujui triwulan"),
            Self::LockQuarter => ("Lock a quarter", "Kunci triwulan"),
            Self::FollowUpObstacle => ("See to an obstacle", "Tindak lanjuti kendala"),
            Self::DecidePartnership => ("Decide on a partnership", "Putuskan kemitraan"),
            Self::DecideCorrection => ("Decide on a correction of a partner", "Putuskan koreksi data mitra"),
        }
    }
}

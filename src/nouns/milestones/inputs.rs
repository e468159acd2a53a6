//! What the mutations of milestones take.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};

use super::entity::{MilestoneStatus, MilestoneType};
use crate::access::Role;
use crate::nouns::acting::{Manner, Target};
use crate::nouns::certificates::entity::CertificateKind;
use crate::types::Date;

/// A milestone to be planned.
///
/// Tahapan yang direncanakan.
#[derive(InputObject)]
pub struct MilestonePlanInput {
    /// The id of the partnership.
    ///
    /// Pengenal kemitraannya.
    pub partnership: ID,
    /// What kind of step it is.
    ///
    /// Jenisnya.
    #[graphql(name = "type")]
    pub kind: MilestoneType,
    /// Its title: one line, up to 200 characters. Permanent, so name nobody here.
    ///
    /// Judulnya: satu baris, paling banyak 200 karakter. Permanen, maka jangan menyebut nama.
    pub title: String,
    /// The id of the clause of the memorandum that it carries out.
    ///
    /// Pengenal pasal nota kesepahaman yang dilaksanakannya.
    pub clause: Option<ID>,
    /// Its weight in the partnership, 0 to 100.
    ///
    /// Bobotnya dalam kemitraan, 0 sampai 100.
    pub weight: i32,
    /// The day on which it is due. It stays its first due date for ever.
    ///
    /// Tanggal jatuh temponya. Tetap menjadi jatuh tempo semula untuk seterusnya.
    pub due_on: Date,
    /// Which certificate a CERTIFICATION is for: SNI and TKDN are verified by KEMENPERIN.
    ///
    /// Sertifikat yang dituju tahapan CERTIFICATION: SNI dan TKDN diverifikasi KEMENPERIN.
    pub certificate: Option<CertificateKind>,
    /// Who reports, where that is open: CURATION is reported by BUMN or KEMENKOPUKM, CERTIFICATION by BUMN or the steward.
    ///
    /// Pelapornya, bila dapat dipilih: CURATION oleh BUMN atau KEMENKOPUKM, CERTIFICATION oleh BUMN atau pembina.
    pub reporter: Option<Role>,
    /// The ids of the milestones of the partnership that it waits for; at most 20.
    ///
    /// Pengenal tahapan kemitraan itu yang ditunggunya; paling banyak 20.
    pub depends_on: Option<Vec<ID>>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A chain of milestones to be planned, as the partnership's pattern usually goes.
///
/// Rangkaian tahapan yang direncanakan menurut pola kemitraan.
#[derive(InputObject)]
pub struct MilestonePlanChainInput {
    /// The id of the partnership, which has no milestones yet.
    ///
    /// Pengenal kemitraan, yang belum mempunyai tahapan.
    pub partnership: ID,
    /// The day from which the due dates are counted.
    ///
    /// Tanggal mulai penghitungan jatuh tempo.
    pub starts_on: Date,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// What is to change of a milestone; what is left out stays.
///
/// Perubahan tahapan; yang tidak diisi tetap.
#[derive(InputObject)]
pub struct MilestoneUpdateInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Its title: one line, up to 200 characters. Permanent, so name nobody here.
    ///
    /// Judulnya: satu baris, paling banyak 200 karakter. Permanen, maka jangan menyebut nama.
    pub title: Option<String>,
    /// The id of the clause of the memorandum that it carries out; null for none.
    ///
    /// Pengenal pasal nota kesepahaman yang dilaksanakannya; kosong bila tidak ada.
    pub clause: MaybeUndefined<ID>,
    /// Its weight in the partnership, 0 to 100.
    ///
    /// Bobotnya dalam kemitraan, 0 sampai 100.
    pub weight: Option<i32>,
}

/// Which milestone to start.
///
/// Tahapan yang dimulai.
#[derive(InputObject)]
pub struct MilestoneStartInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A report on a milestone.
///
/// Laporan capaian tahapan.
#[derive(InputObject)]
pub struct MilestoneSubmitInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The report: up to 4000 characters. Permanent, so name nobody here.
    ///
    /// Laporan capaian: paling banyak 4000 karakter. Permanen, maka jangan menyebut nama.
    pub report: String,
    /// The day on which it happened: not before the memorandum was signed, and not after today (in Asia/Jakarta).
    ///
    /// Tanggal kejadian: tidak sebelum nota kesepahaman ditandatangani, dan tidak setelah hari ini (WIB).
    pub occurred_on: Date,
    /// The ids of evidence that the report rests on: attached to this milestone before; at most 50.
    ///
    /// Pengenal bukti yang mendasari laporan: telah dilampirkan pada tahapan ini; paling banyak 50.
    pub evidence: Option<Vec<ID>>,
}

/// What a verifier finds of a milestone.
///
/// Hasil verifikasi tahapan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum MilestoneVerdict {
    /// It is met.
    ///
    /// Tercapai.
    Met,
    /// It is met in part.
    ///
    /// Tercapai sebagian.
    PartiallyMet,
    /// It is not met.
    ///
    /// Tidak tercapai.
    NotMet,
}

impl From<MilestoneVerdict> for MilestoneStatus {
    fn from(verdict: MilestoneVerdict) -> Self {
        match verdict {
            MilestoneVerdict::Met => Self::Met,
            MilestoneVerdict::PartiallyMet => Self::PartiallyMet,
            MilestoneVerdict::NotMet => Self::NotMet,
        }
    }
}

/// A verification of a milestone.
///
/// Verifikasi tahapan.
#[derive(InputObject)]
pub struct MilestoneVerifyInput {
    #[graphql(flatten)]
    pub target: Target,
    /// What was found.
    ///
    /// Hasilnya.
    pub verdict: MilestoneVerdict,
    /// A remark: needed where it is not MET; up to 4000 characters. Permanent.
    ///
    /// Catatan: wajib bila bukan MET; paling banyak 4000 karakter. Permanen.
    pub remark: Option<String>,
}

/// A report to be returned.
///
/// Laporan yang dikembalikan.
#[derive(InputObject)]
pub struct MilestoneReturnInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A verification to be withdrawn.
///
/// Verifikasi yang ditarik kembali.
#[derive(InputObject)]
pub struct MilestoneWithdrawVerificationInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A new due date.
///
/// Jatuh tempo baru.
#[derive(InputObject)]
pub struct MilestoneRescheduleInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The due date that is asked for: today or later.
    ///
    /// Jatuh tempo yang diminta: hari ini atau sesudahnya.
    pub due_on: Date,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A request to move a milestone, to be approved.
///
/// Permintaan penjadwalan ulang yang disetujui.
#[derive(InputObject)]
pub struct MilestoneApproveRescheduleInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A request to move a milestone, to be declined.
///
/// Permintaan penjadwalan ulang yang ditolak.
#[derive(InputObject)]
pub struct MilestoneDeclineRescheduleInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A milestone to be cancelled.
///
/// Tahapan yang dibatalkan.
#[derive(InputObject)]
pub struct MilestoneCancelInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A milestone that is to wait for another.
///
/// Tahapan yang menunggu tahapan lain.
#[derive(InputObject)]
pub struct MilestoneDependInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The id of the other milestone, of the same partnership.
    ///
    /// Pengenal tahapan lain itu, dari kemitraan yang sama.
    pub depends_on: ID,
}

/// A milestone that is to wait for another no more.
///
/// Tahapan yang tidak lagi menunggu tahapan lain.
#[derive(InputObject)]
pub struct MilestoneUndependInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The id of the other milestone.
    ///
    /// Pengenal tahapan lain itu.
    pub depends_on: ID,
}

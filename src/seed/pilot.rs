//! The pilot of 3 September 2021, as far as it is public: the memorandum, its signatories, the six BUMN, nine
//! partnerships estimated at Rp52,23 miliar in all. What is not public is made up, and says so: the partners, what each
//! partnership is about, its share of the sum, its milestones.

use crate::access::Role;
use crate::nouns::milestones::entity::MilestoneType::{self, *};
use crate::nouns::partners::entity::{LegalForm, Scale};
use crate::nouns::partnerships::entity::{Channel, PartnershipStatus, Pattern, SupplyDirection};

/// The memorandum's title, as signed.
pub const TITLE: &str = "Kemitraan Koperasi, UMKM/IKM dalam Rantai Pasok BUMN";
pub const SIGNED_AT: &str = "Smesco, Jakarta";
pub const BATCH: &str = "PILOT_2021";
pub const SOURCE: &str =
    "Data contoh: bagian dari perkiraan Rp52,23 miliar saat penandatanganan, 3 September 2021";

/// code, seat, name, short name, first day (where public), legal basis
pub struct Named {
    pub code: &'static str,
    pub seat: Role,
    pub name: &'static str,
    pub short_name: &'static str,
}

pub const MINISTRIES: [Named; 3] = [
    Named {
        code: "KEMENKOPUKM",
        seat: Role::Kemenkopukm,
        name: "Kementerian Koperasi dan Usaha Kecil dan Menengah",
        short_name: "KemenKopUKM",
    },
    Named {
        code: "KEMENPERIN",
        seat: Role::Kemenperin,
        name: "Kementerian Perindustrian",
        short_name: "Kemenperin",
    },
    Named {
        code: "KEMENBUMN",
        seat: Role::Kemenbumn,
        name: "Kementerian Badan Usaha Milik Negara",
        short_name: "Kementerian BUMN",
    },
];

pub const BUMN: [Named; 6] = [
    Named { code: "PERTAMINA", seat: Role::Bumn, name: "PT Pertamina (Persero)", short_name: "Pertamina" },
    Named { code: "PLN", seat: Role::Bumn, name: "PT PLN (Persero)", short_name: "PLN" },
    Named { code: "KIMIA_FARMA", seat: Role::Bumn, name: "PT Kimia Farma Tbk", short_name: "Kimia Farma" },
    Named {
        code: "KRAKATAU_STEEL",
        seat: Role::Bumn,
        name: "PT Krakatau Steel (Persero) Tbk",
        short_name: "Krakatau Steel",
    },
    Named { code: "PERHUTANI", seat: Role::Bumn, name: "Perum Perhutani", short_name: "Perhutani" },
    Named {
        code: "RNI",
        seat: Role::Bumn,
        name: "PT Rajawali Nusantara Indonesia (Persero)",
        short_name: "RNI",
    },
];

/// Units of Pertamina's that nobody is. The first went into the second on 1 January 2022.
pub const UNITS: [Named; 2] = [
    Named {
        code: "CONTOH_UNIT_LAMA",
        seat: Role::Bumn,
        name: "Contoh Unit Pemeliharaan Lama (data contoh)",
        short_name: "Unit Lama (contoh)",
    },
    Named {
        code: "CONTOH_UNIT_KILANG",
        seat: Role::Bumn,
        name: "Contoh Unit Pemeliharaan Kilang (data contoh)",
        short_name: "Unit Kilang (contoh)",
    },
];

/// A partner that nobody is: its name says so.
pub struct Sample {
    pub name: &'static str,
    pub legal_form: LegalForm,
    pub scale: Scale,
    pub is_ikm: bool,
    pub kbli: &'static str,
    pub regency: &'static str,
    pub name_public: bool,
}

const fn sample(
    name: &'static str,
    legal_form: LegalForm,
    scale: Scale,
    is_ikm: bool,
    kbli: &'static str,
    regency: &'static str,
) -> Sample {
    Sample { name, legal_form, scale, is_ikm, kbli, regency, name_public: !matches!(scale, Scale::Micro) }
}

pub const PARTNERS: [Sample; 12] = [
    sample(
        "Contoh Koperasi Energi Bersama (data contoh)",
        LegalForm::Koperasi,
        Scale::Small,
        false,
        "47726",
        "32.04",
    ),
    sample("Contoh CV Perawatan Kilang (data contoh)", LegalForm::Cv, Scale::Small, true, "33121", "33.01"),
    sample("Contoh PT Komponen Listrik (data contoh)", LegalForm::Pt, Scale::Medium, true, "27120", "35.78"),
    sample(
        "Contoh Koperasi Pelet Biomassa (data contoh)",
        LegalForm::Koperasi,
        Scale::Small,
        false,
        "16295",
        "34.04",
    ),
    sample(
        "Contoh Koperasi Jamu Rimpang (data contoh)",
        LegalForm::Koperasi,
        Scale::Micro,
        false,
        "21022",
        "33.11",
    ),
    sample("Contoh CV Ekstrak Herbal (data contoh)", LegalForm::Cv, Scale::Small, true, "21012", "33.13"),
    sample("Contoh PT Pengerjaan Logam (data contoh)", LegalForm::Pt, Scale::Medium, true, "25920", "36.72"),
    sample(
        "Contoh Usaha Baut dan Mur (data contoh)",
        LegalForm::Perseorangan,
        Scale::Micro,
        true,
        "25952",
        "33.28",
    ),
    sample(
        "Contoh Koperasi Madu Hutan (data contoh)",
        LegalForm::Koperasi,
        Scale::Small,
        false,
        "01492",
        "35.07",
    ),
    sample(
        "Contoh Koperasi Petani Tebu (data contoh)",
        LegalForm::Koperasi,
        Scale::Medium,
        false,
        "01140",
        "35.09",
    ),
    sample(
        "Contoh Usaha Seragam Kerja (data contoh)",
        LegalForm::Perseorangan,
        Scale::Micro,
        false,
        "14111",
        "32.73",
    ),
    sample("Contoh CV Kemasan Pangan (data contoh)", LegalForm::Cv, Scale::Small, true, "17021", "32.75"),
];

/// How far a milestone has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Met,
    Partly,
    NotMet,
    Cancelled,
    Submitted,
    Returned,
    Started,
    Planned,
}

use Came::{Cancelled, Met, NotMet, Partly, Planned, Returned, Started, Submitted};

pub struct Plan {
    pub organisation: &'static str,
    /// In [`UNITS`].
    pub unit: Option<&'static str>,
    pub title: &'static str,
    pub products: &'static str,
    pub pattern: Pattern,
    pub channel: Channel,
    pub direction: SupplyDirection,
    /// In [`PARTNERS`]; the first leads.
    pub partners: &'static [usize],
    /// Whole rupiah; the nine sum to 52,230,000,000.
    pub estimated: i64,
    /// Whole rupiah, where a contract is.
    pub contracted: Option<i64>,
    /// The statuses that it went through after PROPOSED.
    pub path: &'static [PartnershipStatus],
    pub milestones: &'static [(MilestoneType, &'static str, Came)],
}

use PartnershipStatus as S;

pub const PLANS: [Plan; 9] = [
    Plan {
        organisation: "PERTAMINA",
        unit: Some(UNITS[1].code),
        title: "Perawatan peralatan kilang oleh IKM",
        products: "Jasa perawatan dan suku cadang peralatan kilang",
        pattern: Pattern::Subcontract,
        channel: Channel::BumnProcurement,
        direction: SupplyDirection::PartnerToBumn,
        partners: &[1, 10],
        estimated: 9_750_000_000,
        contracted: Some(8_900_000_000),
        path: &[S::Curation, S::Preparation, S::Trial, S::Active],
        milestones: &[
            (NeedIdentification, "Identifikasi kebutuhan suku cadang", Met),
            (Curation, "Kurasi bengkel mitra", Met),
            (Certification, "Sertifikasi SNI suku cadang", Met),
            (VendorRegistration, "Pendaftaran vendor", Met),
            (ProductTrial, "Uji coba suku cadang", Partly),
            (TrialOrder, "Pesanan percobaan", Met),
            (CooperationAgreement, "Perjanjian kerja sama perawatan", Met),
            (SupplyContract, "Kontrak pasokan tahunan", Met),
            (Delivery, "Pengiriman suku cadang tahap berjalan", Submitted),
            (Payment, "Pembayaran tahap berjalan", Started),
            (Review, "Evaluasi tahunan", Planned),
            (Renewal, "Perpanjangan perjanjian", Planned),
        ],
    },
    Plan {
        organisation: "PERTAMINA",
        unit: None,
        title: "Penyaluran LPG melalui koperasi",
        products: "LPG bersubsidi dan nonsubsidi",
        pattern: Pattern::DistributionAgency,
        channel: Channel::LargeIndustryAndBumn,
        direction: SupplyDirection::BumnToPartner,
        partners: &[0],
        estimated: 7_480_000_000,
        contracted: Some(7_000_000_000),
        path: &[S::Curation, S::Preparation, S::Active],
        milestones: &[
            (NeedIdentification, "Pemetaan wilayah penyaluran", Met),
            (Curation, "Kurasi koperasi penyalur", Met),
            (Coaching, "Pendampingan tata kelola pangkalan", Met),
            (CooperationAgreement, "Perjanjian keagenan", Met),
            (Delivery, "Penyaluran triwulan berjalan", Returned),
            (Payment, "Pelunasan triwulan berjalan", Started),
            (Review, "Monitoring penyaluran", Submitted),
            (Renewal, "Perpanjangan keagenan", Planned),
        ],
    },
    Plan {
        organisation: "PLN",
        unit: None,
        title: "Komponen jaringan listrik dari IKM",
        products: "Klem, konektor, dan aksesori jaringan distribusi",
        pattern: Pattern::SupplyChain,
        channel: Channel::BumnProcurement,
        direction: SupplyDirection::PartnerToBumn,
        partners: &[2, 7],
        estimated: 8_600_000_000,
        contracted: Some(8_150_000_000),
        path: &[S::Curation, S::Preparation, S::Trial, S::Active],
        milestones: &[
            (NeedIdentification, "Identifikasi kebutuhan komponen", Met),
            (Curation, "Kurasi IKM komponen", Met),
            (Certification, "Sertifikasi TKDN", Met),
            (VendorRegistration, "Pendaftaran vendor", Met),
            (ProductTrial, "Uji coba di laboratorium", Met),
            (SupplyContract, "Kontrak pasokan komponen", Met),
            (Delivery, "Pengiriman batch berjalan", Started),
            (Payment, "Pembayaran batch berjalan", Planned),
            (Review, "Evaluasi mutu", Planned),
        ],
    },
    Plan {
        organisation: "PLN",
        unit: None,
        title: "Pelet biomassa untuk co-firing",
        products: "Pelet biomassa",
        pattern: Pattern::IntiPlasma,
        channel: Channel::LinkAndMatch,
        direction: SupplyDirection::PartnerToBumn,
        partners: &[3],
        estimated: 6_200_000_000,
        contracted: None,
        path: &[S::Curation, S::Preparation, S::Trial],
        milestones: &[
            (NeedIdentification, "Pemetaan kebutuhan pembangkit", Met),
            (Curation, "Kurasi koperasi pelet", Met),
            (Coaching, "Pendampingan mutu pelet", Met),
            (ProductTrial, "Uji bakar pelet", NotMet),
            (TrialOrder, "Pesanan percobaan", Submitted),
            (CooperationAgreement, "Perjanjian pasokan", Planned),
            (SupplyContract, "Kontrak pasokan", Planned),
        ],
    },
    Plan {
        organisation: "KIMIA_FARMA",
        unit: None,
        title: "Bahan baku jamu dan herbal",
        products: "Rimpang kering dan ekstrak herbal",
        pattern: Pattern::SupplyChain,
        channel: Channel::LinkAndMatch,
        direction: SupplyDirection::PartnerToBumn,
        partners: &[4, 5],
        estimated: 4_100_000_000,
        contracted: None,
        path: &[S::Curation, S::Preparation],
        milestones: &[
            (NeedIdentification, "Identifikasi bahan baku", Met),
            (Curation, "Kurasi pemasok rimpang", Met),
            (Coaching, "Pendampingan cara budi daya", Partly),
            (Certification, "Sertifikasi halal", Submitted),
            (ProductTrial, "Uji mutu bahan", Started),
            (VendorRegistration, "Pendaftaran vendor", Planned),
            (CooperationAgreement, "Perjanjian kerja sama bahan baku", Planned),
        ],
    },
    Plan {
        organisation: "KRAKATAU_STEEL",
        unit: None,
        title: "Pengolahan lanjut baja oleh IKM logam",
        products: "Produk hilir baja lembaran",
        pattern: Pattern::GeneralTrade,
        channel: Channel::LargeIndustryAndBumn,
        direction: SupplyDirection::BumnToPartner,
        partners: &[6],
        estimated: 6_900_000_000,
        contracted: Some(6_400_000_000),
        path: &[S::Curation, S::Preparation, S::Trial, S::Active, S::Completed],
        milestones: &[
            (NeedIdentification, "Pemetaan kebutuhan bahan baku", Met),
            (Curation, "Kurasi IKM logam", Met),
            (TrialOrder, "Pesanan percobaan baja lembaran", Met),
            (CooperationAgreement, "Perjanjian pasokan baja", Met),
            (Delivery, "Pengiriman baja", Met),
            (Payment, "Pelunasan", Met),
            (Coaching, "Pendampingan pengerjaan logam", Cancelled),
            (Review, "Evaluasi akhir", Met),
        ],
    },
    Plan {
        organisation: "KRAKATAU_STEEL",
        unit: None,
        title: "Baut dan mur untuk pemeliharaan pabrik",
        products: "Baut, mur, dan pengencang",
        pattern: Pattern::Subcontract,
        channel: Channel::BumnProcurement,
        direction: SupplyDirection::PartnerToBumn,
        partners: &[7],
        estimated: 3_300_000_000,
        contracted: Some(2_950_000_000),
        path: &[S::Curation, S::Preparation, S::Trial, S::Active, S::Suspended],
        milestones: &[
            (NeedIdentification, "Identifikasi kebutuhan pengencang", Met),
            (Curation, "Kurasi usaha mikro", Met),
            (ProductTrial, "Uji tarik", Met),
            (SupplyContract, "Kontrak pasokan pengencang", Met),
            (Delivery, "Pengiriman tahap pertama", NotMet),
            (Payment, "Pembayaran tahap pertama", Planned),
        ],
    },
    Plan {
        organisation: "PERHUTANI",
        unit: None,
        title: "Madu hutan bersama koperasi",
        products: "Madu hutan dalam kemasan",
        pattern: Pattern::ProfitSharing,
        channel: Channel::Marketplace,
        direction: SupplyDirection::PartnerToBumn,
        partners: &[8],
        estimated: 2_150_000_000,
        contracted: None,
        path: &[S::Curation],
        milestones: &[
            (NeedIdentification, "Pemetaan kawasan madu", Met),
            (Curation, "Kurasi koperasi madu", Returned),
            (Coaching, "Pendampingan panen lestari", Started),
            (Certification, "Izin edar madu kemasan", Planned),
            (TrialOrder, "Pesanan percobaan", Planned),
            (CooperationAgreement, "Perjanjian bagi hasil", Planned),
        ],
    },
    Plan {
        organisation: "RNI",
        unit: None,
        title: "Kemitraan tebu rakyat",
        products: "Tebu dan kemasan gula",
        pattern: Pattern::IntiPlasma,
        channel: Channel::LinkAndMatch,
        direction: SupplyDirection::PartnerToBumn,
        partners: &[9, 11],
        estimated: 3_750_000_000,
        contracted: None,
        path: &[],
        milestones: &[
            (NeedIdentification, "Identifikasi kebutuhan tebu", Started),
            (Curation, "Kurasi koperasi petani tebu", Planned),
            (Coaching, "Pendampingan budi daya", Planned),
            (VendorRegistration, "Pendaftaran pemasok", Planned),
            (CooperationAgreement, "Perjanjian inti-plasma", Planned),
            (SupplyContract, "Kontrak musim giling", Planned),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nine_are_estimated_at_52_23_miliar_rupiah() {
        assert_eq!(PLANS.iter().map(|plan| plan.estimated).sum::<i64>(), 52_230_000_000);
    }

    #[test]
    fn every_state_of_a_milestone_occurs_and_each_plan_has_6_to_12() {
        for came in [Met, Partly, NotMet, Cancelled, Submitted, Returned, Started, Planned] {
            assert!(
                PLANS.iter().any(|plan| plan.milestones.iter().any(|milestone| milestone.2 == came)),
                "{came:?}"
            );
        }
        assert!(PLANS.iter().all(|plan| (6..=12).contains(&plan.milestones.len())));
        assert!(BUMN.iter().all(|bumn| PLANS.iter().any(|plan| plan.organisation == bumn.code)));
    }
}

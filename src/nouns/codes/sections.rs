//! The sections (kategori) of the KBLI with their divisions (golongan pokok). The edition of 2020 follows ISIC Rev. 4,
//! that of 2025 ISIC Rev. 5, whose English titles these are.

use super::entity::Code;

pub const SOURCE_2020: &str = "Badan Pusat Statistik: Peraturan BPS Nomor 2 Tahun 2020 (KBLI 2020)";
pub const VERSION_2020: &str = "2020";

pub const SOURCE_2025: &str = "Badan Pusat Statistik: Peraturan BPS Nomor 7 Tahun 2025 (KBLI 2025)";
pub const VERSION_2025: &str = "2025";

const fn section(
    code: &'static str,
    first: u8,
    last: u8,
    english: &'static str,
    indonesian: &'static str,
) -> Code {
    Code { code, english, indonesian, divisions: Some((first, last)) }
}

pub const SECTIONS_2020: [Code; 21] = [
    section("A", 1, 3, "Agriculture, forestry and fishing", "Pertanian, Kehutanan dan Perikanan"),
    section("B", 5, 9, "Mining and quarrying", "Pertambangan dan Penggalian"),
    section("C", 10, 33, "Manufacturing", "Industri Pengolahan"),
    section(
        "D",
        35,
        35,
        "Electricity, gas, steam and air conditioning supply",
        "Pengadaan Listrik, Gas, Uap/Air Panas dan Udara Dingin",
    ),
    section(
        "E",
        36,
        39,
        "Water supply; sewerage, waste management and remediation activities",
        "Treatment Air, Treatment Air Limbah, Treatment dan Pemulihan Material Sampah, dan Aktivitas Remediasi",
    ),
    section("F", 41, 43, "Construction", "Konstruksi"),
    section(
        "G",
        45,
        47,
        "Wholesale and retail trade; repair of motor vehicles and motorcycles",
        "Perdagangan Besar dan Eceran; Reparasi dan Perawatan Mobil dan Sepeda Motor",
    ),
    section("H", 49, 53, "Transportation and storage", "Pengangkutan dan Pergudangan"),
    section(
        "I",
        55,
        56,
        "Accommodation and food service activities",
        "Penyediaan Akomodasi dan Penyediaan Makan Minum",
    ),
    section("J", 58, 63, "Information and communication", "Informasi dan Komunikasi"),
    section("K", 64, 66, "Financial and insurance activities", "Aktivitas Keuangan dan Asuransi"),
    section("L", 68, 68, "Real estate activities", "Real Estat"),
    section(
        "M",
        69,
        75,
        "Professional, scientific and technical activities",
        "Aktivitas Profesional, Ilmiah dan Teknis",
    ),
    section(
        "N",
        77,
        82,
        "Administrative and support service activities",
        "Aktivitas Penyewaan dan Sewa Guna Usaha Tanpa Hak Opsi, Ketenagakerjaan, Agen Perjalanan dan Penunjang Usaha Lainnya",
    ),
    section(
        "O",
        84,
        84,
        "Public administration and defence; compulsory social security",
        "Administrasi Pemerintahan, Pertahanan dan Jaminan Sosial Wajib",
    ),
    section("P", 85, 85, "Education", "Pendidikan"),
    section(
        "Q",
        86,
        88,
        "Human health and social work activities",
        "Aktivitas Kesehatan Manusia dan Aktivitas Sosial",
    ),
    section("R", 90, 93, "Arts, entertainment and recreation", "Kesenian, Hiburan dan Rekreasi"),
    section("S", 94, 96, "Other service activities", "Aktivitas Jasa Lainnya"),
    section(
        "T",
        97,
        98,
        "Activities of households as employers; undifferentiated goods- and services-producing activities of households for own use",
        "Aktivitas Rumah Tangga sebagai Pemberi Kerja; Aktivitas yang Menghasilkan Barang dan Jasa oleh Rumah Tangga yang Digunakan untuk Memenuhi Kebutuhan Sendiri",
    ),
    section(
        "U",
        99,
        99,
        "Activities of extraterritorial organizations and bodies",
        "Aktivitas Badan Internasional dan Badan Ekstra Internasional Lainnya",
    ),
];

/// The former J is divided in two, so that all later letters move on; division 45 went into 46, 47 and 95.
pub const SECTIONS_2025: [Code; 22] = [
    section("A", 1, 3, "Agriculture, forestry and fishing", "Pertanian, Kehutanan, dan Perikanan"),
    section("B", 5, 9, "Mining and quarrying", "Pertambangan dan Penggalian"),
    section("C", 10, 33, "Manufacturing", "Industri"),
    section(
        "D",
        35,
        35,
        "Electricity, gas, steam and air conditioning supply",
        "Penyediaan Listrik, Gas, Uap/Air Panas, dan Udara Dingin",
    ),
    section(
        "E",
        36,
        39,
        "Water supply; sewerage, waste management and remediation activities",
        "Penyediaan Air, Pengelolaan Air Limbah, Penanganan Limbah, dan Remediasi",
    ),
    section("F", 41, 43, "Construction", "Konstruksi"),
    section("G", 46, 47, "Wholesale and retail trade", "Perdagangan Besar dan Eceran"),
    section("H", 49, 53, "Transportation and storage", "Transportasi dan Penyimpanan"),
    section(
        "I",
        55,
        56,
        "Accommodation and food service activities",
        "Aktivitas Penyediaan Akomodasi dan Makan Minum",
    ),
    section(
        "J",
        58,
        60,
        "Publishing, broadcasting, and content production and distribution activities",
        "Aktivitas Penerbitan, Penyiaran, serta Produksi dan Distribusi Konten",
    ),
    section(
        "K",
        61,
        63,
        "Telecommunications, computer programming, consultancy, computing infrastructure, and other information service activities",
        "Aktivitas Telekomunikasi, Pemrograman Komputer, Konsultansi, Infrastruktur Komputasi, dan Jasa Informasi Lainnya",
    ),
    section("L", 64, 66, "Financial and insurance activities", "Aktivitas Keuangan dan Asuransi"),
    section("M", 68, 68, "Real estate activities", "Aktivitas Real Estat"),
    section(
        "N",
        69,
        75,
        "Professional, scientific and technical activities",
        "Aktivitas Profesional, Ilmiah, dan Teknis",
    ),
    section(
        "O",
        77,
        82,
        "Administrative and support service activities",
        "Aktivitas Administratif dan Penunjang Usaha",
    ),
    section(
        "P",
        84,
        84,
        "Public administration and defence; compulsory social security",
        "Administrasi Pemerintahan dan Pertahanan, serta Jaminan Sosial Wajib",
    ),
    section("Q", 85, 85, "Education", "Pendidikan"),
    section(
        "R",
        86,
        88,
        "Human health and social work activities",
        "Aktivitas Kesehatan Manusia dan Aktivitas Sosial",
    ),
    section("S", 90, 93, "Arts, sports and recreation", "Kesenian, Olahraga, dan Rekreasi"),
    section("T", 94, 96, "Other service activities", "Aktivitas Jasa Lainnya"),
    section(
        "U",
        97,
        98,
        "Activities of households as employers; undifferentiated goods- and services-producing activities of households for own use",
        "Aktivitas Rumah Tangga sebagai Pemberi Kerja dan Aktivitas Produksi Barang dan Jasa oleh Rumah Tangga untuk Keperluan Sendiri yang Tidak Terdiferensiasi",
    ),
    section(
        "V",
        99,
        99,
        "Activities of extraterritorial organizations and bodies",
        "Aktivitas Badan Internasional dan Badan Ekstra Internasional Lainnya",
    ),
];

//! The 38 provinces, by the codes of the Ministry of Home Affairs.

use super::entity::Code;

pub const SOURCE: &str =
    "Kementerian Dalam Negeri: Keputusan Menteri Dalam Negeri Nomor 300.2.2-2138 Tahun 2025";
pub const VERSION: &str = "2025";

const fn province(code: &'static str, english: &'static str, indonesian: &'static str) -> Code {
    Code { code, english, indonesian, divisions: None }
}

pub const PROVINCES: [Code; 38] = [
    province("11", "Aceh", "Aceh"),
    province("12", "North Sumatra", "Sumatera Utara"),
    province("13", "West Sumatra", "Sumatera Barat"),
    province("14", "Riau", "Riau"),
    province("15", "Jambi", "Jambi"),
    province("16", "South Sumatra", "Sumatera Selatan"),
    province("17", "Bengkulu", "Bengkulu"),
    province("18", "Lampung", "Lampung"),
    province("19", "Bangka Belitung Islands", "Kepulauan Bangka Belitung"),
    province("21", "Riau Islands", "Kepulauan Riau"),
    province("31", "Jakarta", "DKI Jakarta"),
    province("32", "West Java", "Jawa Barat"),
    province("33", "Central Java", "Jawa Tengah"),
    province("34", "Special Region of Yogyakarta", "DI Yogyakarta"),
    province("35", "East Java", "Jawa Timur"),
    province("36", "Banten", "Banten"),
    province("51", "Bali", "Bali"),
    province("52", "West Nusa Tenggara", "Nusa Tenggara Barat"),
    province("53", "East Nusa Tenggara", "Nusa Tenggara Timur"),
    province("61", "West Kalimantan", "Kalimantan Barat"),
    province("62", "Central Kalimantan", "Kalimantan Tengah"),
    province("63", "South Kalimantan", "Kalimantan Selatan"),
    province("64", "East Kalimantan", "Kalimantan Timur"),
    province("65", "North Kalimantan", "Kalimantan Utara"),
    province("71", "North Sulawesi", "Sulawesi Utara"),
    province("72", "Central Sulawesi", "Sulawesi Tengah"),
    province("73", "South Sulawesi", "Sulawesi Selatan"),
    province("74", "Southeast Sulawesi", "Sulawesi Tenggara"),
    province("75", "Gorontalo", "Gorontalo"),
    province("76", "West Sulawesi", "Sulawesi Barat"),
    province("81", "Maluku", "Maluku"),
    province("82", "North Maluku", "Maluku Utara"),
    province("91", "Papua", "Papua"),
    province("92", "West Papua", "Papua Barat"),
    province("93", "South Papua", "Papua Selatan"),
    province("94", "Central Papua", "Papua Tengah"),
    province("95", "Highland Papua", "Papua Pegunungan"),
    province("96", "Southwest Papua", "Papua Barat Daya"),
];

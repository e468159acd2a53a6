//! Scorecards, as the API shows them.

use std::collections::HashMap;

use async_graphql::parser::types::Field;
use async_graphql::{Context, Object, SimpleObject};

use super::rules::{self, Card, Figure, Group, Page, Range, ScorecardDimension};
use super::store;
use crate::access::{Rows, View};
use crate::error::Result;
use crate::nouns::connection::{self, AtOnce, Flat, List, NounObject as _, size};
use crate::nouns::memoranda::entity::Objective;
use crate::nouns::organisations::entity::organisation;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::outcomes::entity::Indicator;
use crate::nouns::outcomes::rules::Unit;
use crate::nouns::programme::graphql::{MilestoneCounts, ValueSum};
use crate::nouns::programme::rules::Basis;
use crate::nouns::programme::store::Figures;
use crate::types::{Decimal, Money};

/// A scorecard: what is within your reach of one organisation, seat, province, section, batch or quarter.
///
/// Kartu nilai: bagian yang dapat Anda lihat dari satu organisasi, kedudukan, provinsi, kategori, angkatan, atau triwulan.
pub struct Scorecard {
    group: Group,
    organisation: Option<Organisation>,
    partnerships: Option<i64>,
    milestones: AtOnce<MilestoneCounts>,
    values: AtOnce<ScorecardValues>,
    outcomes: AtOnce<OutcomeCounts>,
    indicators: AtOnce<List<ScorecardFigure>>,
}

/// A scorecard: what is within your reach of one organisation, seat, province, section, batch or quarter.
///
/// Kartu nilai: bagian yang dapat Anda lihat dari satu organisasi, kedudukan, provinsi, kategori, angkatan, atau triwulan.
#[Object]
impl Scorecard {
    /// What it is of, for ever the same: the organisation's code, the seat, the province's code (`32`), the edition and
    /// section of the KBLI (`KBLI_2020_C`), the batch or the quarter (`2021-Q3`). `UNKNOWN`, by PROVINCE and KBLI_SECTION
    /// alone: the lead partner's regency or field of business is not recorded or is in no list, or there is no lead partner.
    ///
    /// Kunci tetap: kode organisasi, kedudukan, kode provinsi (`32`), edisi dan kategori KBLI (`KBLI_2020_C`), angkatan, atau
    /// triwulan (`2021-Q3`). `UNKNOWN`, hanya pada PROVINCE dan KBLI_SECTION: kabupaten/kota atau bidang usaha mitra utama
    /// tidak diketahui.
    fn key(&self) -> &str {
        &self.group.key
    }

    /// Its label in English; an organisation's is its name today.
    ///
    /// Labelnya dalam bahasa Inggris; untuk organisasi, namanya saat ini.
    async fn english(&self) -> Result<String> {
        self.label(&self.group.english).await
    }

    /// Its label in Indonesian; an organisation's is its name today.
    ///
    /// Labelnya dalam bahasa Indonesia; untuk organisasi, namanya saat ini.
    async fn indonesian(&self) -> Result<String> {
        self.label(&self.group.indonesian).await
    }

    /// The organisation that it is of; null in other dimensions than ORGANISATION.
    ///
    /// Organisasinya; kosong pada dimensi selain ORGANISATION.
    async fn organisation(&self) -> Option<&Organisation> {
        self.organisation.as_ref()
    }

    /// How many partnerships are on it. Each is on one card, however many partners it has: by its own BUMN or batch, or by its
    /// lead partner's province or section. Null by VERIFYING_INSTITUTION and QUARTER, where a partnership is on several cards.
    ///
    /// Banyaknya kemitraan. Setiap kemitraan masuk satu kartu: menurut BUMN atau angkatannya sendiri, atau menurut provinsi
    /// atau kategori mitra utamanya. Kosong pada VERIFYING_INSTITUTION dan QUARTER, karena satu kemitraan masuk beberapa kartu.
    fn partnerships(&self) -> Option<i64> {
        self.partnerships
    }

    /// How many milestones are on it, whatever the quarters asked for; by QUARTER, those due in it.
    ///
    /// Banyaknya tahapan menurut hasilnya, tanpa melihat rentang triwulan; pada QUARTER, yang jatuh tempo di dalamnya.
    async fn milestones(&self) -> &AtOnce<MilestoneCounts> {
        &self.milestones
    }

    /// What its partnerships are worth.
    ///
    /// Nilai kemitraannya.
    async fn values(&self) -> &AtOnce<ScorecardValues> {
        &self.values
    }

    /// How many outcomes of the quarters asked for are on it; with AS_LOCKED, of locked quarters alone.
    ///
    /// Banyaknya capaian pada rentang triwulan; dengan AS_LOCKED hanya triwulan terkunci.
    async fn outcomes(&self) -> &AtOnce<OutcomeCounts> {
        &self.outcomes
    }

    /// The figure of each indicator that has outcomes on it, over the quarters asked for, in the indicators' order.
    ///
    /// Angka setiap indikator yang memiliki capaian, sepanjang rentang triwulan, menurut urutan indikator.
    async fn indicators(&self) -> &AtOnce<List<ScorecardFigure>> {
        &self.indicators
    }
}

impl Scorecard {
    /// `all` is how many partnerships are within reach, whatever card they are on.
    fn new(by: ScorecardDimension, group: Group, card: &Card, all: i64) -> Result<Self> {
        let figures = rules::figures(&card.figures)?;
        let count = |of: fn(&Figures) -> i64| card.figures.iter().map(of).sum();
        Ok(Self {
            group,
            organisation: None,
            partnerships: by.has_partnerships().then_some(card.values.n),
            milestones: AtOnce(MilestoneCounts::new(&card.milestones)),
            values: AtOnce(ScorecardValues::new(by, card, all)),
            outcomes: AtOnce(OutcomeCounts {
                reported: count(|figures| figures.reported),
                verified: count(|figures| figures.verified),
                out_of: count(|figures| figures.n),
            }),
            indicators: AtOnce(List(figures.into_iter().map(ScorecardFigure::new).collect())),
        })
    }

    async fn label(&self, own: &str) -> Result<String> {
        match &self.organisation {
            Some(organisation) => organisation.name_today().await,
            None => Ok(own.to_owned()),
        }
    }
}

/// What the partnerships of a card are worth: four sums that are never added to each other.
///
/// Nilai kemitraan pada suatu kartu: empat jumlah yang tidak pernah digabungkan.
#[derive(SimpleObject)]
pub struct ScorecardValues {
    /// What they could be worth; null by VERIFYING_INSTITUTION and QUARTER, where a partnership is on several cards.
    ///
    /// Nilai potensial; kosong pada VERIFYING_INSTITUTION dan QUARTER, karena satu kemitraan masuk beberapa kartu.
    potential: Option<ValueSum>,
    /// What they are estimated to be worth; null by VERIFYING_INSTITUTION and QUARTER, where a partnership is on several cards.
    ///
    /// Nilai perkiraan; kosong pada VERIFYING_INSTITUTION dan QUARTER, karena satu kemitraan masuk beberapa kartu.
    estimated: Option<ValueSum>,
    /// What is contracted; null by VERIFYING_INSTITUTION and QUARTER, where a partnership is on several cards.
    ///
    /// Nilai kontrak; kosong pada VERIFYING_INSTITUTION dan QUARTER, karena satu kemitraan masuk beberapa kartu.
    contracted: Option<ValueSum>,
    /// What was transacted in the quarters asked for: the sum of verified outcomes, cut to whole rupiah (TRANSACTION_VALUE
    /// among the indicators is exact). By QUARTER it is out of all partnerships within your reach. Null by
    /// VERIFYING_INSTITUTION, for KEMENBUMN verifies all of it.
    ///
    /// Nilai transaksi pada rentang triwulan: jumlah capaian terverifikasi, dibulatkan ke bawah. Pada QUARTER dari seluruh
    /// kemitraan yang dapat Anda lihat. Kosong pada VERIFYING_INSTITUTION, karena seluruhnya diverifikasi KEMENBUMN.
    transacted: Option<ValueSum>,
}

impl Flat for ScorecardValues {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "potential" => connection::object(self.potential.as_ref(), field, out),
            "estimated" => connection::object(self.estimated.as_ref(), field, out),
            "contracted" => connection::object(self.contracted.as_ref(), field, out),
            "transacted" => connection::object(self.transacted.as_ref(), field, out),
            _ => false,
        }
    }
}

impl ScorecardValues {
    fn new(by: ScorecardDimension, card: &Card, all: i64) -> Self {
        let (values, transacted) = (&card.values, &card.transacted);
        let has_partnerships = by.has_partnerships();
        let out_of = if has_partnerships { values.n } else { all };
        let sum = |amount: Option<i64>, counted| ValueSum { amount: amount.map(Money), counted, out_of };
        let own = |amount, counted| has_partnerships.then(|| sum(amount, counted));
        let rupiah = transacted.total.map(|hundredths| hundredths / 100);
        Self {
            potential: own(values.potential, values.potential_n),
            estimated: own(values.estimated, values.estimated_n),
            contracted: own(values.contracted, values.contracted_n),
            transacted: by.has_transactions().then(|| sum(rupiah, transacted.n)),
        }
    }
}

/// How many outcomes there are, and how far they have come.
///
/// Jumlah capaian menurut kemajuannya.
#[derive(SimpleObject)]
pub struct OutcomeCounts {
    /// How many are reported, verified ones included.
    ///
    /// Banyaknya yang dilaporkan, termasuk yang terverifikasi.
    reported: i64,
    /// How many are verified.
    ///
    /// Banyaknya yang terverifikasi.
    verified: i64,
    /// Of how many.
    ///
    /// Dari berapa.
    out_of: i64,
}

impl Flat for OutcomeCounts {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "reported" => connection::value(&self.reported, out),
            "verified" => connection::value(&self.verified, out),
            "outOf" => connection::value(&self.out_of, out),
            _ => false,
        }
    }
}

/// The figure of an indicator on a scorecard, over the quarters asked for.
///
/// Angka suatu indikator pada kartu nilai, sepanjang rentang triwulan.
#[derive(SimpleObject)]
pub struct ScorecardFigure {
    /// The indicator.
    ///
    /// Indikatornya.
    indicator: Indicator,
    /// The objective of the memorandum that it serves; null where it serves none directly.
    ///
    /// Sasaran nota kesepahaman yang dilayaninya; kosong bila tidak langsung.
    objective: Option<Objective>,
    /// The unit of the figures.
    ///
    /// Satuan angkanya.
    unit: Unit,
    /// Where all that stands here is of one quarter: `2021-Q3`. EMPLOYMENT is never summed over quarters; it is of the last
    /// one that has a verified figure on this card, or where none has, of the last that has outcomes. Two cards' may be
    /// added where the quarter is the same. Null for all other indicators, which are of all quarters asked for.
    ///
    /// Triwulan tunggal angka ini: `2021-Q3`. EMPLOYMENT tidak dijumlahkan antartriwulan; dipakai triwulan terakhir yang
    /// memiliki angka terverifikasi pada kartu ini. Angka dua kartu boleh dijumlahkan bila triwulannya sama. Kosong untuk
    /// indikator lain.
    quarter: Option<String>,
    /// The targets summed up; null for ratios, whose targets do not add up, and where there are none.
    ///
    /// Jumlah target; kosong untuk rasio dan bila tidak ada target.
    target: Option<Decimal>,
    /// The verified figures as one: summed, or for ratios the mean weighted by the transaction value of the same partnership
    /// and quarter, rounded half up to hundredths. Null where none counts.
    ///
    /// Gabungan angka terverifikasi: jumlah, atau untuk rasio rata-rata tertimbang nilai transaksi kemitraan pada triwulan
    /// yang sama, dibulatkan ke perseratus. Kosong bila tidak ada.
    actual: Option<Decimal>,
    /// How many outcomes are in `actual`: the verified ones; of a ratio those of them that have a verified transaction
    /// value of a thousand rupiah or more.
    ///
    /// Banyaknya capaian dalam `actual`: yang terverifikasi; untuk rasio hanya yang nilai transaksinya terverifikasi dan
    /// sekurangnya seribu rupiah.
    counted: i64,
    /// How many are verified.
    ///
    /// Banyaknya yang terverifikasi.
    verified: i64,
    /// How many are reported, verified ones included.
    ///
    /// Banyaknya yang dilaporkan, termasuk yang terverifikasi.
    reported: i64,
    /// Of how many.
    ///
    /// Dari berapa.
    out_of: i64,
}

impl Flat for ScorecardFigure {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "indicator" => connection::value(&self.indicator, out),
            "objective" => connection::value(&self.objective, out),
            "unit" => connection::value(&self.unit, out),
            "quarter" => connection::value(&self.quarter, out),
            "target" => connection::value(&self.target, out),
            "actual" => connection::value(&self.actual, out),
            "counted" => connection::value(&self.counted, out),
            "verified" => connection::value(&self.verified, out),
            "reported" => connection::value(&self.reported, out),
            "outOf" => connection::value(&self.out_of, out),
            _ => false,
        }
    }
}

impl ScorecardFigure {
    fn new(figure: Figure) -> Self {
        Self {
            indicator: figure.indicator,
            objective: figure.indicator.objective(),
            unit: figure.indicator.unit(),
            quarter: figure.quarter,
            target: figure.target,
            actual: figure.actual,
            counted: figure.counted,
            verified: figure.verified,
            reported: figure.reported,
            out_of: figure.out_of,
        }
    }
}

/// The root fields of scorecards.
pub struct ScorecardsQuery;

#[Object]
impl ScorecardsQuery {
    /// Scorecards by a dimension, within your reach: a card for each key that has a partnership, a milestone or an outcome,
    /// by key, UNKNOWN at the end. Each partnership is on one card (by its own BUMN or batch, or by its lead partner's province
    /// or section), and its milestones and outcomes with it; by VERIFYING_INSTITUTION and QUARTER each milestone and each outcome is. So counts and sums add up to those of
    /// `programmeSummary`. Employment adds up in one quarter alone, and ratios never do. BAD_USER_INPUT where a quarter is none.
    ///
    /// Kartu nilai menurut suatu dimensi, sejauh yang dapat Anda lihat: satu kartu untuk setiap kunci yang memiliki kemitraan,
    /// tahapan, atau capaian, menurut kuncinya, UNKNOWN terakhir. Setiap kemitraan masuk satu kartu (menurut BUMN atau
    /// angkatannya sendiri, atau menurut provinsi atau kategori mitra utamanya), beserta tahapan dan capaiannya; pada VERIFYING_INSTITUTION dan QUARTER setiap tahapan dan setiap capaian masuk satu
    /// kartu. Jumlahnya sama dengan `programmeSummary`, kecuali tenaga kerja dari triwulan berbeda dan rasio. BAD_USER_INPUT
    /// bila bukan triwulan.
    async fn scorecards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Along which dimension. / Menurut dimensi apa.")] by: ScorecardDimension,
        #[graphql(
            desc = "Which figures count, where some were revised. / Angka mana yang dihitung.",
            default_with = "Basis::Latest"
        )]
        basis: Basis,
        #[graphql(
            desc = "Only outcomes for this quarter or later: `2021-Q3`; by QUARTER, only these cards. / Hanya capaian triwulan ini atau sesudahnya: `2021-Q3`."
        )]
        quarter_from: Option<String>,
        #[graphql(
            desc = "Only outcomes for this quarter or earlier: `2021-Q3`; by QUARTER, only these cards. / Hanya capaian triwulan ini atau sebelumnya: `2021-Q3`."
        )]
        quarter_until: Option<String>,
        #[graphql(
            desc = "So many cards at most, up to 100; all of them without it. / Paling banyak sekian kartu, sampai 100; tanpa ini semua."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "Only cards that follow the one with this key. / Hanya kartu sesudah kartu dengan kunci ini."
        )]
        after: Option<String>,
    ) -> Result<List<Scorecard>> {
        let view = ctx.data_unchecked::<View>();
        let range = Range::parse(quarter_from.as_deref(), quarter_until.as_deref())?;
        let page = Page { first: first.map(|first| size("first", first)).transpose()?, after };
        let (cards, organisations) = store::cards(view, by, basis, range, &page).await?;
        let all = if by == ScorecardDimension::Quarter { store::partnerships(view).await? } else { 0 };
        let mut cards = cards
            .cards
            .into_iter()
            .map(|(group, card)| Scorecard::new(by, group, &card, all))
            .collect::<Result<Vec<_>>>()?;
        name(view, organisations, &mut cards);
        Ok(List(cards))
    }
}

/// Gives each card the organisation whose code is its key: one list of siblings, whose names load at once.
fn name(view: &View, organisations: Vec<organisation::Model>, cards: &mut [Scorecard]) {
    let mut of_card = organisations.into_iter().map(|row| (row.code.clone(), row)).collect::<HashMap<_, _>>();
    let own = cards.iter().filter_map(|card| of_card.remove(&card.group.key)).collect();
    let mut known = Rows::siblings(view.clone(), own)
        .into_iter()
        .map(|row| (row.code.clone(), Organisation::new(row)))
        .collect::<HashMap<_, _>>();
    for card in cards {
        card.organisation = known.remove(&card.group.key);
    }
}

//! The mutations of tokens: input and faults.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::acts;
use super::graphql::Token;
use super::rules::{Asked, Letter};
use super::store;
use crate::access::{Level, Role};
use crate::auth::Signer;
use crate::error::Result;
use crate::nouns::acting::{self, Acting, Made, Manner, Payload, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::types::{Date, Timestamp};

/// What a mutation of a token did.
///
/// Hasil mutasi token.
#[derive(SimpleObject)]
pub struct TokenPayload {
    /// The token as it is now; in a dry run as it would be.
    ///
    /// Token setelah perubahan; pada uji coba, seandainya dilaksanakan.
    token: Token,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The token itself, for `Authorization: Bearer`: shown in the one answer to the request that issued it, and kept nowhere. Null
    /// in any other, also where the same request comes again with its idempotency key: if that answer was lost, revoke the token
    /// and issue another.
    ///
    /// Tokennya sendiri, untuk `Authorization: Bearer`: hanya ada pada satu jawaban atas permintaan yang menerbitkannya, dan tidak
    /// disimpan. Kosong pada jawaban lain, juga bila permintaan yang sama diulang; bila jawaban itu hilang, cabut tokennya dan
    /// terbitkan yang lain.
    secret: Option<String>,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for TokenPayload {
    type Object = Token;

    fn of(made: Made<Token>) -> Self {
        Self { token: made.object, version: made.version, secret: None, journal_entry: made.entry }
    }
}

impl TokenPayload {
    /// With the secret, where it is this request that issued the token of this id: not an earlier one with the same key, nor one
    /// that only tried.
    fn with_secret(mut self, signer: &Signer, id: Uuid) -> Result<Self> {
        if self.token.0.id == id && self.journal_entry.is_some() {
            self.secret = Some(signer.sign(&self.token.0)?);
        }
        Ok(self)
    }
}

/// An auditor's letter of assignment (surat tugas).
///
/// Surat tugas auditor.
#[derive(Debug, Clone, InputObject)]
pub struct AssignmentInput {
    /// The institution that assigned: one line of up to 100 characters.
    ///
    /// Lembaga yang menugaskan: satu baris, paling banyak 100 karakter.
    institution: String,
    /// The letter's number: one line of up to 60 characters.
    ///
    /// Nomor surat: satu baris, paling banyak 60 karakter.
    number: String,
    /// The codes of the organisations that it covers, 30 at most; null for the whole programme.
    ///
    /// Kode organisasi yang dicakup, paling banyak 30; kosong untuk seluruh program.
    organisations: Option<Vec<String>>,
    /// Its first day, in Asia/Jakarta: before it the token is refused.
    ///
    /// Hari pertama (WIB); sebelum itu token ditolak.
    valid_from: Date,
    /// Its last day, in Asia/Jakarta.
    ///
    /// Hari terakhir (WIB).
    valid_until: Date,
}

/// A token to be issued.
///
/// Token yang diterbitkan.
#[derive(Debug, Clone, InputObject)]
pub struct TokenIssueInput {
    /// The opaque id of the person, or `service:` and that of a machine, which may have several tokens at once: up to 208 visible
    /// ASCII characters. The journal keeps it for ever: never a name.
    ///
    /// Pengenal orang tanpa nama, atau `service:` dan pengenal mesin, yang boleh memiliki beberapa token sekaligus: paling banyak
    /// 208 karakter ASCII tercetak. Dicatat jurnal selamanya: jangan berupa nama.
    pub subject: String,
    /// The role.
    ///
    /// Peran.
    pub role: Role,
    /// The code of the organisation; for ministries and BUMN, and for nobody else.
    ///
    /// Kode organisasi; hanya untuk kementerian dan BUMN.
    pub organisation: Option<String>,
    /// The level; for ministries and BUMN, and for nobody else.
    ///
    /// Tingkat wewenang; hanya untuk kementerian dan BUMN.
    pub level: Option<Level>,
    /// What for: up to 4000 characters. Permanent.
    ///
    /// Tujuannya: paling banyak 4000 karakter. Permanen.
    pub purpose: String,
    /// When it expires, to the second: in a year at most, an auditor's in 90 days and within its letter's period.
    ///
    /// Waktu berakhirnya, sampai detik: paling lama setahun; token auditor 90 hari dan dalam masa surat tugasnya.
    pub expires_at: Timestamp,
    /// An auditor's letter of assignment; for nobody else.
    ///
    /// Surat tugas auditor; tidak untuk yang lain.
    pub assignment: Option<AssignmentInput>,
    #[graphql(flatten)]
    pub manner: Manner,
}

impl TokenIssueInput {
    fn asked(&self) -> Asked {
        let letter = self.assignment.clone().map(|letter| Letter {
            institution: letter.institution,
            number: letter.number,
            organisations: letter.organisations,
            from: letter.valid_from.0,
            until: letter.valid_until.0,
        });
        Asked {
            subject: self.subject.clone(),
            role: self.role,
            organisation: self.organisation.clone(),
            level: self.level,
            purpose: self.purpose.clone(),
            expires_at: self.expires_at.to_second(),
            letter,
        }
    }
}

/// A token to be revoked.
///
/// Token yang dicabut.
#[derive(InputObject)]
pub struct TokenRevokeInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// The mutations of tokens.
#[derive(Default)]
pub struct TokensMutation;

#[Object]
impl TokensMutation {
    /// Issues an access token, which the answer shows this once. For an administrator who is no service account. Errors: FORBIDDEN.
    ///
    /// Menerbitkan token akses, yang hanya diperlihatkan pada jawaban ini. Untuk administrator yang bukan akun layanan.
    async fn token_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For whom, as what, and until when. / Untuk siapa, sebagai apa, dan sampai kapan.")]
        input: TokenIssueInput,
    ) -> Option<Result<TokenPayload>> {
        let acting = ctx.data_unchecked::<Arc<Acting>>();
        let (clock, asked) = (acting.access.clock(), input.asked());
        let seats = match store::seats(&acting.access, asked.codes()).await {
            Ok(seats) => seats,
            Err(error) => return Some(Err(error)),
        };
        let mut faults = Faults::default();
        asked.check(&mut faults, clock.now(), &seats);
        let id = clock.new_id();
        let made =
            acting::carry_out::<TokenPayload, _, _, _>(ctx, &input.manner, faults, (id, asked), acts::issue);
        let signer = ctx.data_unchecked::<Signer>();
        made.await.map(|made| made?.with_secret(signer, id))
    }

    /// Revokes an access token: from now on nobody is let in by it, on any server. For an administrator who is no service account.
    /// Errors: NOT_FOUND, FORBIDDEN (also the token that it is asked with), CONFLICT, INVALID_TRANSITION where it was revoked before.
    ///
    /// Mencabut token akses; sejak itu tidak diterima di peladen mana pun. Untuk administrator yang bukan akun layanan.
    async fn token_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token, and why. / Token mana, dan alasannya.")] input: TokenRevokeInput,
    ) -> Option<Result<TokenPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Token, &input.target.id);
        let reason = faults.reason("input.reason", &input.reason);
        let given = (on, input.target.expected_version, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::revoke).await
    }
}

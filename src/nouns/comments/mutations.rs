//! The mutation of comments: they are added, and stay.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::entity::comment;
use super::graphql::Comment;
use super::rules::{self, LONGEST, SUBJECTS};
use super::store;
use crate::access::{Done, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Made, Manner, Named, Payload};
use crate::nouns::faults::Faults;
use crate::nouns::ids::{self, Noun};
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::partnerships::entity::partnership;

/// What a mutation of a comment did.
///
/// Hasil mutasi komentar.
#[derive(SimpleObject)]
pub struct CommentPayload {
    /// The comment as it is now; in a dry run as it would be.
    ///
    /// Komentar setelah ditambahkan; pada uji coba, seandainya dilaksanakan.
    comment: Comment,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for CommentPayload {
    type Object = Comment;

    fn of(made: Made<Comment>) -> Self {
        Self { comment: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// What is to be said, of what. It is permanent.
///
/// Komentar yang ditambahkan, dan objeknya. Permanen.
#[derive(InputObject)]
pub struct CommentAddInput {
    /// The id of what it is of: a partnership, milestone, outcome, obstacle, quarter or piece of evidence.
    ///
    /// Pengenal objek yang dikomentari: kemitraan, tahapan, capaian, kendala, triwulan, atau bukti.
    pub subject: ID,
    /// What is said: 1 to 2000 characters. Permanent: it can neither be changed nor removed, so let it hold no personal data.
    ///
    /// Isinya: 1 sampai 2000 karakter. Permanen: tidak dapat diubah atau dihapus, jadi jangan memuat data pribadi.
    pub body: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// The mutations of comments.
#[derive(Default)]
pub struct CommentsMutation;

#[Object]
impl CommentsMutation {
    /// Says something of a partnership, milestone, outcome, obstacle, quarter or piece of evidence. It is permanent. For an
    /// officer of whoever sees that, of a quarter for one of a ministry. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
    ///
    /// Menambahkan komentar pada kemitraan, tahapan, capaian, kendala, triwulan, atau bukti. Permanen. Untuk operator yang
    /// dapat melihatnya; pada triwulan untuk operator kementerian.
    async fn comment_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said, and of what. / Isi komentar dan objeknya.")] input: CommentAddInput,
    ) -> Option<Result<CommentPayload>> {
        let mut faults = Faults::default();
        let noun = ids::parse_any(&input.subject).ok().map(|(noun, _)| noun);
        let is_one = noun.is_none_or(|noun| SUBJECTS.contains(&noun));
        let expected = "the id of a partnership, milestone, outcome, obstacle, quarter or piece of evidence";
        faults.expect(is_one, "input.subject", input.subject.as_str(), expected);
        // What is no id at all is nobody's: any noun will do to say so.
        let noun = noun.unwrap_or(Noun::Partnership);
        let on = faults.id(noun, &input.subject);
        let given = (noun, on, faults.text("input.body", &input.body, LONGEST));
        acting::carry_out(ctx, &input.manner, faults, given, add).await
    }
}

async fn add(mut write: Write, (noun, on, body): (Noun, Named, String)) -> Result<Done> {
    let of = match store::partnership_of(&write, noun, &on).await? {
        None => None,
        Some(id) => {
            // Held, so that it stays the organisation's that it is now.
            let row = write.hold::<partnership::Entity>(id).await?;
            Some(row.ok_or_else(|| Error::not_found(&on.given))?)
        }
    };
    let permit = rules::permit(write.actor(), write.clock().new_id(), noun)?;
    let nobody = || Error::internal("who comments is of no organisation");
    let row = comment::Model {
        id: permit.subject(),
        version: 1,
        partnership: of.as_ref().map(|of| of.id),
        organisation: of.as_ref().map(|of| of.organisation),
        subject_noun: noun.as_str().to_owned(),
        subject: on.id,
        body,
        written_at: write.clock().now(),
        written_by: write.actor().id.clone(),
        writer_role: write.actor().role.ok_or_else(nobody)?,
        writer_organisation: write.actor().organisation_id().ok_or_else(nobody)?,
    };
    write.insert::<comment::Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

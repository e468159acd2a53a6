//! What may be sent as evidence, by whom, under which name; how long it waits to be attached; and whether a piece can be withdrawn.

use uuid::Uuid;

use super::entity::{evidence, upload};
use super::formats::{self, Format};
use crate::access::table::SEATS;
use crate::access::{Actor, Level, Permit};
use crate::error::{Code, Error, Result};
use crate::nouns::ids::Noun;
use crate::nouns::milestones::cases::Case;
use crate::nouns::milestones::steps::MilestoneAction;
use crate::types::Timestamp;

/// Whether a piece of evidence can be withdrawn, as of the version that the actor has read. `case` is the actor before its
/// milestone.
///
/// # Errors
///
/// FORBIDDEN, CONFLICT, INVALID_TRANSITION with the steps of the milestone that are open.
pub fn permit_withdraw(case: &Case<'_>, row: &evidence::Model, expected_version: i32) -> Result<Permit> {
    let version = Noun::Evidence.expect_version(row.id, expected_version, row.version);
    let permit = case.decide_on(row.id, MilestoneAction::WithdrawEvidence, version)?;
    if row.withdrawn_at.is_some() {
        return Err(case.with_open(&Error::invalid_transition("withdrawn", "it is withdrawn already")));
    }
    case.spares(row.kind).map_err(|error| case.with_open(&error))?;
    Ok(permit)
}

const DAY: i64 = 86_400_000_000;

/// Days for which an upload may be attached. Sent once more, it is new again.
pub const ATTACHABLE_DAYS: i64 = 7;

/// Days after which an upload that was not attached is swept: a day later, so that none goes while it is attached.
pub const SWEPT_AFTER_DAYS: i64 = ATTACHABLE_DAYS + 1;

/// Characters of a file's name, at most.
const NAME: usize = 200;

/// Whether the actor may send files: an officer of any seat.
///
/// # Errors
///
/// FORBIDDEN.
pub fn upload(actor: &Actor) -> Result<Permit> {
    Permit::grant(actor, "evidenceUpload", Uuid::nil(), SEATS.roles, Level::Officer)
}

/// The format of a file that is sent as `content_type` under this name.
///
/// # Errors
///
/// BAD_USER_INPUT, naming `fileName` or `Content-Type`.
pub fn format(content_type: &str, file_name: &str) -> Result<&'static Format> {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refuse = |expected: &str| Err(Error::input("Content-Type", content_type, expected));
    let Some(format) = formats::named(&essence) else {
        let known = formats::FORMATS.each_ref().map(|format| format.media_type).join(", ");
        return refuse(&format!("one of {known}"));
    };
    let is_utf8 = |part: &str| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    if !parts.all(is_utf8) {
        return refuse("text in UTF-8");
    }
    check_name(file_name, format)?;
    Ok(format)
}

/// Holds how a file begins against what it was sent as.
///
/// # Errors
///
/// BAD_USER_INPUT, naming `Content-Type`, or `body` for an empty one.
pub fn check_beginning(format: &Format, beginning: &[u8]) -> Result<()> {
    if beginning.is_empty() {
        return Err(Error::input("body", "", "the bytes of the file"));
    }
    if format.fits(beginning) {
        return Ok(());
    }
    let expected = match Format::of(beginning) {
        Some(found) => format!("what the bytes are: they look like {}", found.media_type),
        None => "what the bytes are: they look like no file that is accepted".to_owned(),
    };
    Err(Error::input("Content-Type", format.media_type, &expected))
}

/// A name that is the same on every system, shows what it is, and fits the format: whoever opens a file that came out of
/// here starts the program that its ending calls for.
fn check_name(name: &str, format: &Format) -> Result<()> {
    let refuse = |expected: &str| Err(Error::input("fileName", name, expected));
    let length = name.chars().count();
    if length == 0 || length > NAME {
        return refuse(&format!("the file's name, of 1 to {NAME} characters"));
    }
    // Control characters, and those that change the direction of writing or are not seen.
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
    };
    if name.contains(unseen) || name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) {
        return refuse("a name without a path, control characters and / \\ : * ? \" < > |");
    }
    if name.starts_with(['.', ' ']) || name.ends_with(['.', ' ']) {
        return refuse("a name that neither begins nor ends with a dot or a space");
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if !format.extensions.contains(&&*ending) {
        let endings = format.extensions.join(" or .");
        return refuse(&format!("a name that ends with .{endings}, as {} does", format.media_type));
    }
    Ok(())
}

/// Whether an upload can be attached now.
///
/// # Errors
///
/// NOT_FOUND where it has waited too long: it is to be sent once more.
pub fn attachable(upload: &upload::Model, now: Timestamp) -> Result<()> {
    if now.0 - upload.at.0 <= ATTACHABLE_DAYS * DAY {
        return Ok(());
    }
    let message = format!("the file was sent more than {ATTACHABLE_DAYS} days ago: send it once more");
    Err(Error::new(Code::NotFound, message))
}

/// The moment before which uploads are swept.
pub fn swept_before(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - SWEPT_AFTER_DAYS * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(outcome: Result<&'static Format>) -> String {
        outcome.err().map_or_else(String::new, |error| error.details()["faults"][0]["path"].to_string())
    }

    #[test]
    fn names_show_what_they_are() {
        let long = format!("{}.pdf", "n".repeat(197));
        for name in ["Laporan Uji Coba (final).pdf", "bukti.PDF", "成绩.pdf", &long[1..]] {
            assert!(format("application/pdf", name).is_ok(), "{name}");
        }
        for name in [
            "",
            ".pdf",
            "a.pdf ",
            " a.pdf",
            "a",
            "a.exe",
            "a.pdf.exe",
            "a/b.pdf",
            "..\\a.pdf",
            "a\n.pdf",
            "a\u{202e}fdp.pdf",
            "a\u{200b}.pdf",
            "a\".pdf",
            "a.pdf.",
            &long,
        ] {
            assert_eq!(fault(format("application/pdf", name)), "\"fileName\"", "{name:?}");
        }
    }

    #[test]
    fn media_types_are_those_that_are_accepted() {
        assert!(format("Text/CSV; charset=UTF-8", "a.csv").is_ok());
        assert!(format("text/plain; charset=\"utf-8\"", "a.txt").is_ok());
        for (given, name) in [
            ("", "a.pdf"),
            ("application/zip", "a.zip"),
            ("text/html", "a.html"),
            ("image/svg+xml", "a.svg"),
            ("application/octet-stream", "a.pdf"),
            ("text/plain; charset=utf-16", "a.txt"),
            ("application/pdf, text/plain", "a.pdf"),
        ] {
            assert_eq!(fault(format(given, name)), "\"Content-Type\"", "{given:?}");
        }
    }

    #[test]
    fn an_upload_waits_for_seven_days_and_is_swept_after_eight() {
        let upload = |at| upload::Model {
            organisation: Uuid::nil(),
            sha256: String::new(),
            size: 1,
            media_type: String::new(),
            file_name: String::new(),
            actor: String::new(),
            at: Timestamp(at),
        };
        let now = Timestamp(20 * DAY);
        assert!(attachable(&upload(13 * DAY), now).is_ok());
        assert!(attachable(&upload(13 * DAY - 1), now).is_err());
        assert_eq!(swept_before(now), Timestamp(12 * DAY));
    }
}

//! What a token can be, and who issues and revokes it. Pure.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::entity::token;
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::types::Timestamp;

const DAY: i64 = 24 * 3_600 * 1_000_000;

/// The most organisations that a letter names: what a token says has to fit a header.
const MOST_COVERED: usize = 30;

/// A token that is to be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub subject: String,
    pub role: Role,
    /// A code.
    pub organisation: Option<String>,
    pub level: Option<Level>,
    pub purpose: String,
    pub expires_at: Timestamp,
    pub letter: Option<Letter>,
}

/// An auditor's letter of assignment, with the codes of the organisations that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub institution: String,
    pub number: String,
    pub organisations: Option<Vec<String>>,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

/// How many days a token of this role lives at most.
pub fn most_days(role: Role) -> i64 {
    if role == Role::Auditor { 90 } else { 365 }
}

impl Asked {
    /// The codes of the organisations that it names, of which there may be too many.
    pub fn codes(&self) -> Vec<String> {
        let covered = self.letter.iter().filter_map(|letter| letter.organisations.as_ref()).flatten();
        self.organisation.iter().chain(covered.take(MOST_COVERED)).cloned().collect()
    }

    /// Notes all that is wrong with it. `seats`: of the codes those that there are, with their seats.
    pub fn check(&self, faults: &mut Faults, now: Timestamp, seats: &HashMap<String, Option<Role>>) {
        let is_subject = (1..=208).contains(&self.subject.len())
            && self.subject.bytes().all(|byte| byte.is_ascii_graphic())
            && !Actor::is_program(&self.subject);
        let expected =
            "an opaque id: 1 to 208 visible ASCII characters, none by which the program itself acts";
        faults.expect(is_subject, "input.subject", &self.subject, expected);
        faults.reason("input.purpose", &self.purpose);
        self.check_seat(faults, seats);
        let most = most_days(self.role);
        let expected = format!("a moment to come, {most} days from now at most");
        let is_within = now < self.expires_at && self.expires_at.0 - now.0 <= most * DAY;
        faults.expect(is_within, "input.expiresAt", self.expires_at, &expected);
        match &self.letter {
            Some(letter) if self.role == Role::Auditor => {
                self.check_letter(letter, faults, now.day(), seats);
            }
            Some(letter) => {
                faults.add("input.assignment", &letter.number, "none: only an auditor's has a letter");
            }
            None if self.role == Role::Auditor => {
                faults.add("input.assignment", "null", "an auditor's letter of assignment");
            }
            None => {}
        }
    }

    fn check_seat(&self, faults: &mut Faults, seats: &HashMap<String, Option<Role>>) {
        let role = self.role.as_str();
        let (code, level) = (self.organisation.as_deref(), self.level);
        if self.role.is_seat() {
            let holds = code.and_then(|code| seats.get(code)).is_some_and(|seat| *seat == Some(self.role));
            let expected = format!("the code of an organisation that holds the seat {role}");
            faults.expect(holds, "input.organisation", code.unwrap_or("null"), &expected);
            faults.expect(level.is_some(), "input.level", "null", "VIEWER, OFFICER or APPROVER");
        } else {
            let expected = format!("none: {role} is no organisation's seat");
            faults.expect(code.is_none(), "input.organisation", code.unwrap_or_default(), &expected);
            let expected = format!("none: {role} has no levels");
            faults.expect(level.is_none(), "input.level", level.map_or("", Level::as_str), &expected);
        }
    }

    fn check_letter(
        &self,
        letter: &Letter,
        faults: &mut Faults,
        today: NaiveDate,
        seats: &HashMap<String, Option<Role>>,
    ) {
        faults.line("input.assignment.institution", &letter.institution, 100);
        faults.line("input.assignment.number", &letter.number, 60);
        if let Some(codes) = &letter.organisations {
            let path = "input.assignment.organisations";
            let is_repeated = |at: usize| codes[..at].contains(&codes[at]);
            let fits = (1..=MOST_COVERED).contains(&codes.len()) && !(0..codes.len()).any(is_repeated);
            let expected = format!("1 to {MOST_COVERED} codes, each once; null for the whole programme");
            faults.expect(fits, path, format!("{} codes", codes.len()), &expected);
            for (at, code) in codes.iter().take(MOST_COVERED).enumerate() {
                let path = format!("{path}.{at}");
                faults.expect(seats.contains_key(code), &path, code, "the code of an organisation");
            }
        }
        faults.expect(
            letter.from <= letter.until && today <= letter.until,
            "input.assignment.validUntil",
            letter.until,
            "a day that is not past, nor before the first",
        );
        faults.expect(
            self.expires_at.day() <= letter.until,
            "input.expiresAt",
            self.expires_at,
            "a moment within the letter's period",
        );
    }

    /// The row of the token that is issued.
    pub fn issued(self, id: Uuid, now: Timestamp, by: &str) -> token::Model {
        let letter = self.letter;
        let covered = letter.as_ref().and_then(|letter| letter.organisations.as_ref());
        token::Model {
            id,
            version: 1,
            subject: self.subject,
            role: self.role,
            organisation_code: self.organisation,
            level: self.level,
            purpose: self.purpose,
            expires_at: self.expires_at,
            letter_organisations: covered.map(|codes| codes.join(" ")),
            letter_from: letter.as_ref().map(|letter| letter.from),
            letter_until: letter.as_ref().map(|letter| letter.until),
            letter_number: letter.as_ref().map(|letter| letter.number.clone()),
            letter_institution: letter.map(|letter| letter.institution),
            issued_at: now,
            issued_by: by.to_owned(),
            revoked_at: None,
            revoked_by: None,
            revocation_reason: None,
        }
    }
}

/// The letter of an auditor's token.
pub fn letter(row: &token::Model) -> Option<Letter> {
    Some(Letter {
        institution: row.letter_institution.clone()?,
        number: row.letter_number.clone()?,
        organisations: covered(row),
        from: row.letter_from?,
        until: row.letter_until?,
    })
}

fn covered(row: &token::Model) -> Option<Vec<String>> {
    Some(row.letter_organisations.as_ref()?.split(' ').map(str::to_owned).collect())
}

/// Whether it is accepted at this moment, as far as it is up to the token.
pub fn in_force(row: &token::Model, now: Timestamp) -> bool {
    row.revoked_at.is_none() && now < row.expires_at
}

/// A machine does not let others in: as an approver's acts are, it is a person's.
///
/// # Errors
///
/// FORBIDDEN.
pub fn permit_issue(actor: &Actor, id: Uuid) -> Result<Permit> {
    Permit::grant(actor, "tokenIssue", id, &[Role::Admin], Level::Approver)
}

/// # Errors
///
/// FORBIDDEN: also for the token that it is asked with, for whoever asks would not be told what came of it.
pub fn permit_revoke(actor: &Actor, row: &token::Model) -> Result<Permit> {
    let permit = Permit::grant(actor, "tokenRevoke", row.id, &[Role::Admin], Level::Approver)?;
    if actor.token.as_ref().is_some_and(|own| *own == row.id.to_string()) {
        return Err(Error::forbidden("own-token", "it is the token that you use: revoke it by another"));
    }
    Ok(permit)
}

/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_revocable(row: &token::Model) -> Result<()> {
    if row.revoked_at.is_some() {
        return Err(Error::invalid_transition("revoked", "the token was revoked before"));
    }
    Ok(())
}

/// The row of a token that is revoked.
///
/// # Errors
///
/// CONFLICT, INVALID_TRANSITION.
pub fn revoked(
    row: token::Model,
    expected_version: i32,
    now: Timestamp,
    by: &str,
    reason: &str,
) -> Result<token::Model> {
    Noun::Token.expect_version(row.id, expected_version, row.version)?;
    check_revocable(&row)?;
    Ok(token::Model {
        version: row.version + 1,
        revoked_at: Some(now),
        revoked_by: Some(by.to_owned()),
        revocation_reason: Some(reason.to_owned()),
        ..row
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

    fn seat() -> Asked {
        Asked {
            subject: "p-0001".to_owned(),
            role: Role::Bumn,
            organisation: Some("PLN".to_owned()),
            level: Some(Level::Officer),
            purpose: "Contoh".to_owned(),
            expires_at: Timestamp(NOW.0 + 30 * DAY),
            letter: None,
        }
    }

    fn auditor() -> Asked {
        let letter = Letter {
            institution: "Contoh".to_owned(),
            number: "1".to_owned(),
            organisations: Some(vec!["PLN".to_owned(), "RNI".to_owned()]),
            from: NOW.day(),
            until: Timestamp(NOW.0 + 60 * DAY).day(),
        };
        Asked { role: Role::Auditor, organisation: None, level: None, letter: Some(letter), ..seat() }
    }

    fn told(asked: &Asked) -> Vec<String> {
        let seat = |code: &str, role| (code.to_owned(), Some(role));
        let seats = HashMap::from([
            seat("PLN", Role::Bumn),
            seat("RNI", Role::Bumn),
            seat("KEMENBUMN", Role::Kemenbumn),
        ]);
        let mut faults = Faults::default();
        asked.check(&mut faults, NOW, &seats);
        let Err(error) = faults.check() else { return Vec::new() };
        let all = error.details()["faults"].as_array().unwrap().clone();
        all.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_year_is_the_most_and_ninety_days_for_an_auditor() {
        for (asked, most) in [(seat(), 365), (auditor(), 90)] {
            let until = |micros: i64| {
                let letter = asked.letter.clone();
                let letter =
                    letter.map(|letter| Letter { until: Timestamp(NOW.0 + 100 * DAY).day(), ..letter });
                Asked { expires_at: Timestamp(NOW.0 + micros), letter, ..asked.clone() }
            };
            assert_eq!(told(&until(most * DAY)), [""; 0]);
            assert_eq!(told(&until(1)), [""; 0]);
            for wrong in [most * DAY + 1, 0, -DAY] {
                assert_eq!(told(&until(wrong)), ["input.expiresAt"], "{wrong}");
            }
        }
        // Nor beyond the letter.
        let mut late = auditor();
        late.expires_at = Timestamp(NOW.0 + 62 * DAY);
        assert_eq!(told(&late), ["input.expiresAt"]);
    }

    #[test]
    fn a_seat_has_organisation_and_level_and_nobody_else() {
        assert_eq!(told(&seat()), [""; 0]);
        assert_eq!(told(&auditor()), [""; 0]);
        let admin = Asked { role: Role::Admin, organisation: None, level: None, ..seat() };
        assert_eq!(told(&admin), [""; 0]);
        let other =
            |organisation: Option<&str>| Asked { organisation: organisation.map(str::to_owned), ..seat() };
        for organisation in [None, Some("KEMENBUMN"), Some("NOBODY")] {
            assert_eq!(told(&other(organisation)), ["input.organisation"], "{organisation:?}");
        }
        assert_eq!(told(&Asked { level: None, ..seat() }), ["input.level"]);
        let wrong = ["input.organisation", "input.level"];
        assert_eq!(told(&Asked { role: Role::Admin, ..seat() }), wrong);
        assert_eq!(told(&Asked { letter: auditor().letter, ..seat() }), ["input.assignment"]);
        assert_eq!(told(&Asked { letter: None, ..auditor() }), ["input.assignment"]);
    }

    #[test]
    fn no_token_acts_as_the_program() {
        for subject in ["SEED", "SEED-PLN", "SYSTEM", "COMMAND_LINE", "", "two words", "é"] {
            let asked = Asked { subject: subject.to_owned(), ..seat() };
            assert_eq!(told(&asked), ["input.subject"], "{subject}");
        }
        for subject in ["service:erp", "seed", "p"] {
            assert_eq!(told(&Asked { subject: subject.to_owned(), ..seat() }), [""; 0], "{subject}");
        }
    }

    #[test]
    fn a_letter_names_organisations_that_there_are() {
        let covering = |codes: Option<Vec<&str>>| {
            let organisations = codes.map(|codes| codes.into_iter().map(str::to_owned).collect());
            let letter = auditor().letter.map(|letter| Letter { organisations, ..letter });
            Asked { letter, ..auditor() }
        };
        assert_eq!(told(&covering(None)), [""; 0]);
        for codes in [Vec::new(), vec!["PLN", "PLN"]] {
            assert_eq!(told(&covering(Some(codes))), ["input.assignment.organisations"]);
        }
        assert_eq!(told(&covering(Some(vec!["PLN", "X"]))), ["input.assignment.organisations.1"]);
    }

    #[test]
    fn what_is_kept_of_a_letter_gives_it_again() {
        for asked in [seat(), auditor()] {
            let row = asked.clone().issued(Uuid::nil(), NOW, "a");
            assert_eq!(letter(&row), asked.letter);
            assert!(in_force(&row, NOW) && !in_force(&row, row.expires_at));
            let revoked = revoked(row.clone(), 1, NOW, "b", "Contoh").unwrap();
            assert!(!in_force(&revoked, NOW));
            assert_eq!((revoked.version, revoked.revoked_by.as_deref()), (2, Some("b")));
            let again = super::revoked(revoked, 2, NOW, "b", "Contoh").unwrap_err();
            assert_eq!(again.code(), Code::InvalidTransition);
            assert_eq!(super::revoked(row, 2, NOW, "b", "Contoh").unwrap_err().code(), Code::Conflict);
        }
    }
}

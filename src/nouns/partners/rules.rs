//! What may happen to a partner, and what must hold of one. Pure.

use uuid::Uuid;

use super::entity::{LegalForm, partner};
use crate::access::{Actor, Level, Permit, Role, Stewardship};
use crate::error::{Error, Result};
use crate::nouns::deciding::check_stewardship;
use crate::nouns::faults::Faults;

/// The seats that partners are under the stewardship of.
pub const STEWARDS: [Role; 2] = [Role::Kemenkopukm, Role::Kemenperin];

/// Whether this actor may do something to a partner, or to what hangs on it: its steward alone, and where that seat was
/// divided, the part that it falls to.
///
/// # Errors
///
/// FORBIDDEN (seat, level, stewardship).
pub fn permit(
    actor: &Actor,
    stewardship: Stewardship,
    (action, level): Action,
    subject: Uuid,
    row: &partner::Model,
) -> Result<Permit> {
    let permit = Permit::grant(actor, action, subject, &[row.steward], level)?;
    check_stewardship(actor, stewardship, Some(row.legal_form))?;
    Ok(permit)
}

/// Something that is done to a partner, or to what hangs on it: the mutation, and from which level on.
pub type Action = (&'static str, Level);

pub const UPDATE: Action = ("partnerUpdate", Level::Officer);
pub const SET_ACCOUNT: Action = ("platformAccountSet", Level::Officer);
pub const REMOVE_ACCOUNT: Action = ("platformAccountRemove", Level::Officer);
pub const ACCEPT_CORRECTION: Action = ("partnerCorrectionAccept", Level::Approver);
pub const DECLINE_CORRECTION: Action = ("partnerCorrectionDecline", Level::Approver);
pub const ADD_CERTIFICATE: Action = ("certificateAdd", Level::Officer);
pub const EXPIRE_CERTIFICATE: Action = ("certificateExpire", Level::Officer);
pub const SET_CONTACT: Action = ("contactSet", Level::Officer);
pub const ERASE_CONTACT: Action = ("contactErase", Level::Officer);
pub const REVEAL_CONTACT: Action = ("contactReveal", Level::Officer);
pub const EXPORT_SUBJECT: Action = ("subjectExport", Level::Officer);

/// A steward registers partners as its own.
///
/// # Errors
///
/// FORBIDDEN.
pub fn permit_register(actor: &Actor, id: Uuid) -> Result<Permit> {
    Permit::grant(actor, "partnerRegister", id, &STEWARDS, Level::Officer)
}

/// A BUMN proposes corrections of the partners that it sees.
///
/// # Errors
///
/// FORBIDDEN.
pub fn permit_correction(actor: &Actor, partner: Uuid) -> Result<Permit> {
    Permit::grant(actor, "partnerProposeCorrection", partner, &[Role::Bumn], Level::Officer)
}

/// One correction of a BUMN waits at a time.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_none_waits(waits: bool) -> Result<()> {
    if !waits {
        return Ok(());
    }
    let message = "a correction of this partner that you proposed waits for its steward";
    Err(Error::invalid_transition("correction-waits", message))
}

/// What is decided on is there.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn expect_waiting<T>(waiting: Option<T>) -> Result<T> {
    waiting.ok_or_else(|| {
        let message = "no correction of this partner by this organisation waits";
        Error::invalid_transition("no-correction", message)
    })
}

/// What is removed is there.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_account(accounts: usize) -> Result<()> {
    if accounts > 0 {
        return Ok(());
    }
    Err(Error::invalid_transition("no-account", "the partner has no account on this platform"))
}

/// What holds of a partner beside what each of its fields is.
///
/// # Errors
///
/// BAD_USER_INPUT with all faults.
pub fn check(row: &partner::Model) -> Result<()> {
    let mut faults = Faults::default();
    if let Some(number) = row.nik_koperasi.as_deref().filter(|_| row.legal_form != LegalForm::Koperasi) {
        // A sole proprietor's own NIK, it may be.
        faults.add("input.nikKoperasi", number, "nothing: only a KOPERASI has one");
    }
    if row.npwp.is_some() && row.legal_form == LegalForm::Perseorangan {
        // It is not repeated either.
        let expected = "nothing: that of a PERSEORANGAN is the owner's NIK, and is set as a contact";
        faults.add("input.npwp", "an NPWP", expected);
    }
    faults.check()
}

/// Numbers that no two partners share: where in the input, and what.
pub fn numbers(row: &partner::Model) -> [(&'static str, Option<&String>); 3] {
    [
        ("input.nib", row.nib.as_ref()),
        ("input.nikKoperasi", row.nik_koperasi.as_ref()),
        ("input.npwp", row.npwp.as_ref()),
    ]
}

/// That another has this number.
pub fn taken(path: &str, number: &str, by: String) -> Error {
    Error::input(path, number, "a number that no other partner has").and("takenBy", by.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Organisation;
    use crate::nouns::partners::entity::Scale;

    fn row(legal_form: LegalForm) -> partner::Model {
        partner::Model {
            id: Uuid::nil(),
            version: 1,
            name: "Contoh".to_owned(),
            sample: true,
            legal_form,
            scale: Scale::Micro,
            scale_since: chrono::NaiveDate::default(),
            is_ikm: false,
            steward: Role::Kemenkopukm,
            nib: None,
            nik_koperasi: None,
            npwp: None,
            kbli: None,
            kbli_version: None,
            regency: None,
            name_public: false,
        }
    }

    fn told(row: &partner::Model) -> Vec<String> {
        let Err(error) = check(row) else { return Vec::new() };
        let all = error.details()["faults"].as_array().unwrap().clone();
        all.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn numbers_go_with_the_legal_form() {
        let numbered = |form| partner::Model {
            nik_koperasi: Some("K-001".to_owned()),
            npwp: Some("0000000000000001".to_owned()),
            ..row(form)
        };
        assert_eq!(told(&numbered(LegalForm::Koperasi)), [""; 0]);
        for form in [LegalForm::Cv, LegalForm::Pt] {
            assert_eq!(told(&numbered(form)), ["input.nikKoperasi"]);
        }
        assert_eq!(told(&numbered(LegalForm::Perseorangan)), ["input.nikKoperasi", "input.npwp"]);
        assert_eq!(told(&row(LegalForm::Perseorangan)), [""; 0]);
        // What is personal is not repeated.
        let refused = check(&numbered(LegalForm::Perseorangan)).unwrap_err();
        assert!(!format!("{:?}", refused.details()).contains("0000000000000001"));
    }

    #[test]
    fn its_steward_alone_sees_to_it() {
        let actor = |role| Actor::seed_for(role, Organisation { id: Uuid::nil(), code: "CONTOH".to_owned() });
        let rule = |role, part, form| {
            let refused =
                permit(&actor(role), part, ("partnerUpdate", Level::Officer), Uuid::nil(), &row(form))
                    .err()?;
            Some(refused.details()["rule"].as_str().unwrap().to_owned())
        };
        let all = Stewardship::All;
        assert_eq!(rule(Role::Kemenkopukm, all, LegalForm::Cv), None);
        for other in [Role::Kemenperin, Role::Kemenbumn, Role::Bumn] {
            assert_eq!(rule(other, all, LegalForm::Cv).unwrap(), "seat");
        }
        for (part, form, is_own) in [
            (Stewardship::Koperasi, LegalForm::Koperasi, true),
            (Stewardship::Koperasi, LegalForm::Pt, false),
            (Stewardship::OtherThanKoperasi, LegalForm::Koperasi, false),
            (Stewardship::OtherThanKoperasi, LegalForm::Pt, true),
        ] {
            let refused = rule(Role::Kemenkopukm, part, form);
            assert_eq!(refused.as_deref(), (!is_own).then_some("stewardship"));
        }
    }
}

//! What may happen to organisations, and what must hold of them and of successions. Pure.

use chrono::NaiveDate;
use uuid::Uuid;

use super::entity::{OrganisationKind, SuccessionKind, organisation, organisation_name, succession};
use crate::access::{Actor, Level, Permit, Role, Stewardship};
use crate::error::{Error, Result};
use crate::nouns::faults::Faults;

/// An APPROVER of KEMENBUMN keeps the organisations, and nobody else.
///
/// # Errors
///
/// FORBIDDEN.
pub fn permit(actor: &Actor, action: &'static str, subject: Uuid) -> Result<Permit> {
    Permit::grant(actor, action, subject, &[Role::Kemenbumn], Level::Approver)
}

/// A code of capital letters, digits and `_`: it stands in tokens and letters, and never changes.
pub fn is_code(code: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (2..=32).contains(&code.len())
        && code.bytes().all(is_part)
        && code.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Which seat an organisation of a kind can come to hold when it is recorded, and whether it has a parent. The seats of the
/// three ministries are held since the memorandum: they pass by succession.
///
/// # Errors
///
/// BAD_USER_INPUT with all faults.
pub fn check_new(kind: OrganisationKind, seat: Option<Role>, has_parent: bool) -> Result<()> {
    let mut faults = Faults::default();
    let given = seat.map_or("nothing", Role::as_str);
    let (fits, expected) = match kind {
        OrganisationKind::Ministry => {
            (seat.is_none(), "nothing: a ministry comes to a seat by organisationSucceed")
        }
        OrganisationKind::Bumn | OrganisationKind::ExecutingUnit => {
            (seat.is_none_or(|seat| seat == Role::Bumn), "BUMN or nothing")
        }
        OrganisationKind::Offtaker => (seat.is_none(), "nothing: an offtaker has no seat"),
    };
    faults.expect(fits, "input.seat", given, expected);
    let needs_parent = kind == OrganisationKind::ExecutingUnit && !has_parent;
    faults.expect(!needs_parent, "input.parent", "nothing", "the organisation that the unit executes for");
    faults.check()
}

/// The name that is borne last, as it ends on the day from which another is borne.
///
/// # Errors
///
/// BAD_USER_INPUT: that day is not after the one from which the last name is borne.
pub fn ended(
    names: Vec<organisation_name::Model>,
    from: NaiveDate,
) -> Result<Option<organisation_name::Model>> {
    let Some(last) = names.into_iter().max_by_key(|name| name.valid_from) else { return Ok(None) };
    if let Some(since) = last.valid_from.filter(|since| from <= *since) {
        let expected = format!("a day after {since}, from which the last name is borne");
        return Err(Error::input("input.from", &from.to_string(), &expected));
    }
    let until = last.valid_until.map_or(from, |until| until.min(from));
    Ok(Some(organisation_name::Model { version: last.version + 1, valid_until: Some(until), ..last }))
}

/// Whether others follow an organisation in its stead, today or later: what was split off has left it; what it was merged into,
/// or split from, may come back to it.
pub fn is_followed(all: &[succession::Model], organisation: Uuid) -> bool {
    let since = all.iter().filter(|one| one.successor == organisation).map(|one| one.effective_on).max();
    all.iter()
        .filter(|one| one.predecessor == organisation && one.successor != organisation)
        .any(|one| since.is_none_or(|since| since < one.effective_on))
}

/// Those that have followed an organisation by a day, directly or by way of others, and were not followed themselves.
pub fn heirs(all: &[succession::Model], organisation: Uuid, today: NaiveDate) -> Vec<Uuid> {
    let in_force = all.iter().filter(|one| one.effective_on <= today).cloned().collect::<Vec<_>>();
    let mut reached = vec![organisation];
    let mut at = 0;
    while let Some(one) = reached.get(at).copied() {
        for next in in_force.iter().filter(|next| next.predecessor == one) {
            if !reached.contains(&next.successor) {
                reached.push(next.successor);
            }
        }
        at += 1;
    }
    reached.retain(|one| *one != organisation && !is_followed(&in_force, *one));
    reached
}

/// What comes next is a succession of those that follow.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_not_followed(all: &[succession::Model], organisation: Uuid) -> Result<()> {
    if !is_followed(all, organisation) {
        return Ok(());
    }
    let message = "others follow the organisation already: what comes next is a succession of theirs";
    Err(Error::invalid_transition("already-succeeded", message))
}

/// A succession as it is asked for.
#[derive(Debug)]
pub struct Following<'a> {
    pub kind: SuccessionKind,
    pub predecessor: &'a organisation::Model,
    pub effective_on: NaiveDate,
    /// With which partners go with each.
    pub successors: &'a [(organisation::Model, Stewardship)],
}

/// Whether a succession can be. `all` are those that there are.
///
/// # Errors
///
/// INVALID_TRANSITION where the organisation is followed already; BAD_USER_INPUT with all faults.
pub fn check_succession(
    actor: &Actor,
    today: NaiveDate,
    all: &[succession::Model],
    asked: &Following<'_>,
) -> Result<()> {
    let Following { kind, predecessor, effective_on, successors } = asked;
    check_not_followed(all, predecessor.id)?;
    let mut faults = Faults::default();
    let path = "input.effectiveOn";
    let own = all.iter().filter(|one| one.predecessor == predecessor.id || one.successor == predecessor.id);
    if let Some(last) = own.map(|one| one.effective_on).max() {
        let expected = format!("a day after {last}, when it last took part in a succession");
        faults.expect(*effective_on > last, path, effective_on, &expected);
    }
    // Whoever records that its own seat ends does so while it holds it.
    let is_own = actor.organisation_id() == Some(predecessor.id);
    let expected = "a day after today, for your own organisation";
    faults.expect(!is_own || *effective_on > today, path, effective_on, expected);

    let itself = successors.iter().any(|(one, _)| one.id == predecessor.id);
    let others = successors.len() - usize::from(itself);
    let (fits, expected) = match kind {
        SuccessionKind::Rename => (successors.len() == 1, "one successor, itself or another"),
        SuccessionKind::Split => (successors.len() >= 2, "two successors or more, itself among them or not"),
        SuccessionKind::Merge | SuccessionKind::Replace => (!itself && others == 1, "one successor, another"),
        SuccessionKind::Holding => (others == 1, "the holding, and itself where it goes on under it"),
    };
    faults.expect(fits, "input.successors", format!("{} successors", successors.len()), expected);
    for (at, (one, _)) in successors.iter().enumerate() {
        let path = format!("input.successors.{at}.organisation");
        let is_free = one.id == predecessor.id || !is_followed(all, one.id);
        faults.expect(is_free, &path, &one.code, "an organisation that others do not follow");
        let fits = one.seat.is_none() || one.seat == predecessor.seat;
        faults.expect(fits, &path, &one.code, "an organisation that holds the same seat, or none");
    }
    check_parts(predecessor.seat, successors, &mut faults);
    faults.check()
}

/// Each partner of a divided seat falls to one part of it.
fn check_parts(seat: Option<Role>, successors: &[(organisation::Model, Stewardship)], faults: &mut Faults) {
    let mut parts = successors.iter().map(|(_, part)| *part).collect::<Vec<_>>();
    let given = format!("{parts:?}");
    parts.sort_by_key(|part| *part != Stewardship::Koperasi);
    let (fits, expected) = if seat == Some(Role::Kemenkopukm) {
        let halves = [Stewardship::Koperasi, Stewardship::OtherThanKoperasi];
        let fits = parts == [Stewardship::All] || parts == halves;
        (fits, "ALL for one successor, or KOPERASI for one and OTHER_THAN_KOPERASI for another")
    } else {
        let fits = parts.iter().all(|part| *part == Stewardship::All);
        (fits, "ALL: only the stewardship of KEMENKOPUKM's seat is divided")
    };
    faults.expect(fits, "input.successors", given, expected);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Organisation;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn row(number: u128, seat: Option<Role>) -> organisation::Model {
        let (id, code) = (Uuid::from_u128(number), format!("O{number}"));
        organisation::Model { id, version: 1, code, kind: OrganisationKind::Bumn, seat, parent: None }
    }

    fn follows(one: u128, by: u128, on: &str) -> succession::Model {
        succession::Model {
            id: Uuid::nil(),
            version: 1,
            kind: SuccessionKind::Split,
            predecessor: Uuid::from_u128(one),
            successor: Uuid::from_u128(by),
            stewardship: Stewardship::All,
            effective_on: day(on),
            legal_basis: "Contoh".to_owned(),
        }
    }

    fn paths(outcome: Result<()>) -> Vec<String> {
        let Err(error) = outcome else { return Vec::new() };
        let all = error.details()["faults"].as_array().unwrap().clone();
        all.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_code_is_capital_letters_digits_and_lines_below() {
        for (given, is_right) in [
            ("BIO_FARMA", true),
            ("P2", true),
            ("P", false),
            ("2P", false),
            ("_P", false),
            ("bio", false),
            ("BIO FARMA", false),
            ("BIO-FARMA", false),
            ("É2", false),
        ] {
            assert_eq!(is_code(given), is_right, "{given}");
        }
        assert!(is_code(&"A".repeat(32)) && !is_code(&"A".repeat(33)));
    }

    #[test]
    fn a_seat_goes_with_the_kind() {
        use OrganisationKind::{Bumn, ExecutingUnit, Ministry, Offtaker};
        for kind in [Ministry, Bumn, ExecutingUnit, Offtaker] {
            assert_eq!(paths(check_new(kind, None, true)), [""; 0]);
            let takes = matches!(kind, Bumn | ExecutingUnit);
            assert_eq!(paths(check_new(kind, Some(Role::Bumn), true)).is_empty(), takes, "{kind:?}");
            for seat in Role::ALL.into_iter().filter(|seat| *seat != Role::Bumn) {
                assert_eq!(paths(check_new(kind, Some(seat), true)), ["input.seat"], "{kind:?} {seat:?}");
            }
            let lacks = kind == ExecutingUnit;
            assert_eq!(paths(check_new(kind, None, false)).is_empty(), !lacks, "{kind:?}");
        }
    }

    #[test]
    fn a_name_ends_when_another_begins() {
        let name = |from: Option<&str>, until: Option<&str>| organisation_name::Model {
            id: Uuid::nil(),
            version: 1,
            organisation: Uuid::nil(),
            name: "Contoh".to_owned(),
            short_name: "Contoh".to_owned(),
            valid_from: from.map(day),
            valid_until: until.map(day),
            legal_basis: None,
        };
        let until = |names, from| {
            let last = ended(names, day(from)).ok()?.unwrap();
            Some((last.valid_from, last.valid_until.unwrap()))
        };
        assert_eq!(ended(Vec::new(), day("2024-10-21")).unwrap(), None);
        assert_eq!(until(vec![name(None, None)], "2024-10-21").unwrap(), (None, day("2024-10-21")));
        let two = || vec![name(Some("2024-10-21"), None), name(None, Some("2024-10-21"))];
        assert_eq!(until(two(), "2025-01-01").unwrap(), (Some(day("2024-10-21")), day("2025-01-01")));
        for early in ["2024-10-20", "2024-10-21"] {
            assert_eq!(until(two(), early), None, "{early}");
        }
        // One that has ended before stays ended.
        let gone = vec![name(None, Some("2024-01-01"))];
        assert_eq!(until(gone, "2024-10-21").unwrap(), (None, day("2024-01-01")));
    }

    #[test]
    fn who_is_followed_and_by_whom_at_last() {
        let all = [follows(1, 2, "2024-10-21"), follows(1, 3, "2024-10-21"), follows(3, 4, "2025-10-21")];
        let heirs = |all: &[succession::Model], one, on| {
            heirs(all, Uuid::from_u128(one), day(on)).iter().map(Uuid::as_u128).collect::<Vec<_>>()
        };
        assert_eq!(
            [1, 2, 3, 4].map(|one| is_followed(&all, Uuid::from_u128(one))),
            [true, false, true, false]
        );
        assert_eq!(heirs(&all, 1, "2024-10-20"), [0; 0]);
        assert_eq!(heirs(&all, 1, "2024-10-21"), [2, 3]);
        assert_eq!(heirs(&all, 1, "2025-10-21"), [2, 4]);
        assert_eq!(heirs(&all, 3, "2025-10-21"), [4]);
        assert_eq!(heirs(&all, 2, "2025-10-21"), [0; 0]);
        // Split from, one goes on; merged into another and back again as well.
        let split = [follows(1, 1, "2024-10-21"), follows(1, 2, "2024-10-21")];
        assert!(!is_followed(&split, Uuid::from_u128(1)));
        assert_eq!(heirs(&split, 1, "2024-10-21"), [2]);
        let back = [follows(1, 2, "2024-10-21"), follows(2, 1, "2025-10-21")];
        assert_eq!([1, 2].map(|one| is_followed(&back, Uuid::from_u128(one))), [false, true]);
        assert_eq!(heirs(&back, 2, "2025-10-21"), [1]);
    }

    #[test]
    fn a_succession_is_as_its_kind_says() {
        use Stewardship::{All, Koperasi, OtherThanKoperasi};
        use SuccessionKind::{Holding, Merge, Rename, Replace, Split};
        let bumn = Some(Role::Bumn);
        let actor = Actor::seed_for(Role::Kemenbumn, Organisation { id: Uuid::nil(), code: "K".to_owned() });
        let check = |kind, seat, successors: &[(u128, Option<Role>, Stewardship)]| {
            let predecessor = row(1, seat);
            let successors = successors
                .iter()
                .map(|(number, seat, part)| (row(*number, *seat), *part))
                .collect::<Vec<_>>();
            let asked = Following {
                kind,
                predecessor: &predecessor,
                effective_on: day("2024-10-21"),
                successors: &successors,
            };
            paths(check_succession(&actor, day("2024-10-21"), &[], &asked))
        };
        let (itself, other, third) = ((1, bumn, All), (2, bumn, All), (3, None, All));
        for (kind, successors, is_right) in [
            (Rename, vec![itself], true),
            (Rename, vec![other], true),
            (Rename, vec![other, third], false),
            (Split, vec![other, third], true),
            (Split, vec![itself, other], true),
            (Split, vec![other], false),
            (Merge, vec![other], true),
            (Merge, vec![itself], false),
            (Replace, vec![third], true),
            (Replace, vec![other, third], false),
            (Holding, vec![other], true),
            (Holding, vec![itself, other], true),
            (Holding, vec![itself], false),
            (Holding, vec![other, third], false),
        ] {
            let expected = if is_right { vec![] } else { vec!["input.successors".to_owned()] };
            assert_eq!(check(kind, bumn, &successors), expected, "{kind:?} {successors:?}");
        }
        // Of another seat.
        let other_seat = (2, Some(Role::Kemenperin), All);
        assert_eq!(check(Merge, bumn, &[other_seat]), ["input.successors.0.organisation"]);
        // Parts of a seat.
        let parts = |seat, parts: &[Stewardship]| {
            let successors = parts.iter().zip(2..).map(|(part, number)| (number, None, *part));
            check(Split, seat, &successors.collect::<Vec<_>>()).is_empty()
        };
        let steward = Some(Role::Kemenkopukm);
        assert!(
            parts(steward, &[Koperasi, OtherThanKoperasi]) && parts(steward, &[OtherThanKoperasi, Koperasi])
        );
        for wrong in
            [&[Koperasi, Koperasi][..], &[All, Koperasi], &[All, All], &[Koperasi, OtherThanKoperasi, All]]
        {
            assert!(!parts(steward, wrong), "{wrong:?}");
        }
        assert!(parts(Some(Role::Kemenperin), &[All, All]));
        assert!(!parts(Some(Role::Kemenperin), &[Koperasi, OtherThanKoperasi]));
        assert_eq!(check(Replace, steward, &[(2, None, Koperasi)]), ["input.successors"]);
    }

    #[test]
    fn a_succession_comes_after_what_was_before() {
        let predecessor = row(1, Some(Role::Bumn));
        let successors = [(row(2, None), Stewardship::All)];
        let kemenbumn = |number| Organisation { id: Uuid::from_u128(number), code: "KEMENBUMN".to_owned() };
        let check = |own, all: &[succession::Model], on: &str| {
            let actor = Actor::seed_for(Role::Kemenbumn, kemenbumn(own));
            let effective_on = day(on);
            let asked = Following {
                kind: SuccessionKind::Replace,
                predecessor: &predecessor,
                effective_on,
                successors: &successors,
            };
            check_succession(&actor, day("2024-10-20"), all, &asked)
        };
        let came = [follows(3, 1, "2024-10-21")];
        assert_eq!(paths(check(9, &came, "2024-10-21")), ["input.effectiveOn"]);
        assert_eq!(paths(check(9, &came, "2024-10-22")), [""; 0]);
        let gone = [follows(1, 3, "2024-10-21")];
        let refused = check(9, &gone, "2024-10-22").unwrap_err();
        assert_eq!(refused.details()["rule"], "already-succeeded");
        let other = [follows(2, 3, "2024-10-21")];
        assert_eq!(paths(check(9, &other, "2024-10-22")), ["input.successors.0.organisation"]);
        // One's own, ahead.
        assert_eq!(paths(check(1, &[], "2024-10-20")), ["input.effectiveOn"]);
        assert_eq!(paths(check(1, &[], "2024-10-21")), [""; 0]);
    }
}

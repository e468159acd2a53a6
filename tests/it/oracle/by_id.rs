//! The questions for single objects: each by its id, its code or its number.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::asks::Dice;
use super::figures::CODES;
use super::questions::Question;
use super::sight::Sight;
use super::world::{Id, MOST};

/// The root of each noun's single objects, by the noun; none where they are not told by their ids.
const ROOTS: [(&str, Option<&str>); 18] = [
    ("memorandum", Some("memorandum")),
    ("organisation", Some("organisation")),
    ("partner", Some("partner")),
    ("partnership", Some("partnership")),
    ("milestone", Some("milestone")),
    ("outcome", Some("outcome")),
    ("outcome_revision", Some("outcomeRevision")),
    ("quarter", None),
    ("clause", Some("clause")),
    ("certificate", Some("certificate")),
    ("contact", None),
    ("obstacle", Some("obstacle")),
    ("comment", None),
    ("delegation", Some("delegation")),
    ("evidence", Some("evidence")),
    ("succession", Some("succession")),
    // Nobody who asks here sees any.
    ("token", None),
    ("public_partnership", Some("publicPartnership")),
];

/// So many ids are asked for under each noun.
const IDS: usize = MOST + 3;

/// Each id that there is, and some that there are not, by the root of a noun and by `node`.
pub fn by_id(sight: &Sight, dice: &mut Dice) -> Question {
    let (objects, ids) = (sight.objects(), ids(sight, dice));
    let (mut declared, mut selected) = (String::new(), String::new());
    let (mut variables, mut data, mut errors) = (Map::new(), Map::new(), BTreeMap::new());
    let mut expect = |key: String, found: Option<Value>, code| {
        if found.is_none() {
            errors.insert(key.clone(), code);
        }
        data.insert(key, found.unwrap_or_default());
    };
    for (noun, root) in ROOTS {
        for at in 0..IDS {
            let key = format!("{noun}{at}");
            let id = ids[noun].get(at).copied();
            declared += &format!("$u_{key}: Boolean!, $i_{key}: ID!\n");
            variables.insert(format!("u_{key}"), id.is_some().into());
            variables.insert(format!("i_{key}"), id.map(|id| id.to_string()).unwrap_or_default().into());
            let found =
                |id: Id| objects.get(&id).map(|name| json!({ "__typename": name, "id": id.to_string() }));
            selected += &format!("n_{key}: node(id: $i_{key}) @include(if: $u_{key}) {{ __typename id }}\n");
            let _ = id.map(|id| expect(format!("n_{key}"), found(id), "NOT_FOUND"));
            if let Some(root) = root.filter(|_| sight.is_bumn || noun != "public_partnership") {
                selected +=
                    &format!("r_{key}: {root}(id: $i_{key}) @include(if: $u_{key}) {{ __typename id }}\n");
                let own = id.map(|id| found(id).filter(|_| id.1 == noun));
                let _ = own.map(|own| expect(format!("r_{key}"), own, "NOT_FOUND"));
            }
        }
    }
    for (at, nib) in nibs(sight).into_iter().enumerate().filter(|_| sight.is_bumn) {
        declared += &format!("$u_nib{at}: Boolean!, $i_nib{at}: String!\n");
        selected += &format!("nib{at}: publicPartner(nib: $i_nib{at}) @include(if: $u_nib{at}) {{ name }}\n");
        variables.insert(format!("u_nib{at}"), nib.is_some().into());
        variables.insert(format!("i_nib{at}"), nib.clone().unwrap_or_default().into());
        if let Some(nib) = nib {
            let code = if nib.len() == 13 { "NOT_FOUND" } else { "BAD_USER_INPUT" };
            let own = sight.world.partners.iter().find(|one| one.nib.as_ref() == Some(&nib));
            expect(format!("nib{at}"), own.map(|own| json!({ "name": own.name })), code);
        }
    }
    for (at, code) in codes(sight).into_iter().enumerate() {
        declared += &format!("$i_code{at}: String!\n");
        selected += &format!("code{at}: quarter(code: $i_code{at}) {{ __typename id }}\n");
        variables.insert(format!("i_code{at}"), code.into());
        let own = sight.world.quarters.iter().find(|one| one.code == code);
        let own = own.map(|own| json!({ "__typename": "Quarter", "id": own.id.to_string() }));
        let is_one = code.len() == 7 && code.contains("-Q") && !code.ends_with(['0', '5']);
        expect(format!("code{at}"), own, if is_one { "NOT_FOUND" } else { "BAD_USER_INPUT" });
    }
    let document = format!("query ({declared}) {{\n{selected}}}");
    Question { document, variables: variables.into(), data: data.into(), errors }
}

/// The ids that are asked for under each noun: its own, one that there is not, one of another noun, and for partnerships
/// those that tell one of the two ids by the other.
fn ids(sight: &Sight, dice: &mut Dice) -> BTreeMap<&'static str, Vec<Id>> {
    let world = sight.world;
    let mut ids = BTreeMap::<_, Vec<_>>::from(ROOTS.map(|(noun, _)| (noun, Vec::new())));
    let all: [Vec<Id>; 16] = [
        world.organisations.iter().map(|row| row.id).collect(),
        world.memoranda.iter().map(|row| row.id).collect(),
        world.partners.iter().map(|row| row.id).collect(),
        world.partnerships.iter().flat_map(|row| [row.id, row.public_id]).collect(),
        world.milestones.iter().map(|row| row.id).collect(),
        world.outcomes.iter().map(|row| row.id).collect(),
        world.outcomes.iter().flat_map(|row| &row.revisions).map(|row| row.id).collect(),
        world.quarters.iter().map(|row| row.id).collect(),
        world.clauses.iter().map(|row| row.id).collect(),
        world.certificates.iter().map(|row| row.id).collect(),
        world.contacts.iter().map(|row| row.id).collect(),
        world.obstacles.iter().map(|row| row.id).collect(),
        world.comments.iter().map(|row| row.id).collect(),
        world.delegations.iter().map(|row| row.id).collect(),
        world.evidence.iter().map(|row| row.id).collect(),
        world.successions.iter().map(|row| row.id).collect(),
    ];
    let all = all.concat();
    for id in &all {
        ids.entry(id.1).or_default().push(*id);
    }
    for (noun, _) in ROOTS {
        let own = ids.entry(noun).or_default();
        // Of what there may be more of, any so many.
        let from = dice.below(own.len().max(1));
        own.rotate_left(from);
        own.truncate(MOST);
        own.push(Id(Uuid::from_u128(u128::MAX), noun));
        own.push(all[dice.below(all.len())]);
        // What has no id of its own to show is not to be had by the one that its row has.
        let part = match noun {
            "clause" => world.baselines.first().map(|row| row.id),
            "quarter" => world.quarters.iter().flat_map(|row| &row.agreements).map(|row| row.id).next(),
            "contact" => world.accounts.first().map(|row| row.id),
            "obstacle" => world.references.first().map(|row| row.id),
            "evidence" => world.reschedules.first().map(|row| row.id),
            _ => None,
        };
        own.extend(part.map(|part| if dice.one_in(2) { part } else { Id(part.0, noun) }));
        if let Some(row) = world.partnerships.first() {
            match noun {
                "partnership" => own.push(Id(row.public_id.0, noun)),
                "public_partnership" => own.push(Id(row.id.0, noun)),
                _ => {}
            }
        }
    }
    ids
}

/// The codes of all quarters, those of some that there are not, and some that are none.
fn codes(sight: &Sight) -> Vec<&'static str> {
    let known = CODES.into_iter().filter(|code| sight.world.quarters.iter().all(|one| one.code != *code));
    let own = sight.world.quarters.iter().map(|one| one.code);
    own.chain(known).chain(["2021-Q5", "2021-Q0", "2021Q3", "2021-q3", " 2021-Q3", ""]).collect()
}

/// The business numbers of all partners, one that nobody has and one that is none, in as many places as there may be.
fn nibs(sight: &Sight) -> Vec<Option<String>> {
    let known = sight.world.partners.iter().filter_map(|row| row.nib.clone());
    let mut nibs = known.chain(["9999999999999", "7"].map(str::to_owned)).map(Some).collect::<Vec<_>>();
    nibs.resize(IDS, None);
    nibs
}

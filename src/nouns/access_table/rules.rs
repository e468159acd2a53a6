//! The access table as a text, and what differs between two. Pure.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::entity::access_table;
use crate::access::Role;
use crate::access::table::Rule;
use crate::types::Timestamp;

/// The table as it is recorded: a line for each field, in the order of the fields.
pub fn text<'a>(fields: impl Iterator<Item = (&'a str, &'a str, &'a Rule)>) -> String {
    let line = |(object, field, rule): (&str, &str, &Rule)| {
        let mut roles = rule.roles.to_vec();
        roles.sort_unstable();
        let roles = roles.into_iter().map(Role::as_str).collect::<Vec<_>>();
        format!("{object}.{field} {}\n", roles.join(" "))
    };
    fields.map(line).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether a table is another than the last one.
pub fn is_another(last: Option<&access_table::Model>, fields: &str) -> bool {
    last.is_none_or(|last| last.hash != hash(fields))
}

fn hash(fields: &str) -> String {
    hex::encode(Sha256::digest(fields))
}

/// What is recorded of a table after the last one.
pub fn next(
    last: Option<&access_table::Model>,
    fields: String,
    (id, recorded_at): (Uuid, Timestamp),
) -> access_table::Model {
    let (mut added, mut removed) = (String::new(), String::new());
    if let Some(last) = last {
        let (before, now) = (grants(&last.fields), grants(&fields));
        added = lines(now.difference(&before));
        removed = lines(before.difference(&now));
    }
    let (hash, number) = (hash(&fields), last.map_or(0, |last| last.number) + 1);
    access_table::Model { id, version: 1, number, recorded_at, hash, fields, added, removed }
}

fn lines<'a>(grants: impl Iterator<Item = &'a (&'a str, &'a str)>) -> String {
    grants.map(|(coordinate, role)| format!("{coordinate} {role}\n")).collect()
}

/// What a table grants: coordinates, each with a role.
pub fn grants(fields: &str) -> BTreeSet<(&str, &str)> {
    fields
        .lines()
        .filter_map(|line| line.split_once(' '))
        .flat_map(|(coordinate, roles)| roles.split(' ').map(move |role| (coordinate, role)))
        .collect()
}

/// The roles that a table lets reach a field; none where it does not name it.
pub fn roles(fields: &str, coordinate: &str) -> Option<Vec<Role>> {
    let mut lines = fields.lines().filter_map(|line| line.split_once(' '));
    let (_, roles) = lines.find(|(named, _)| *named == coordinate)?;
    Some(roles.split(' ').filter_map(|role| role.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::table;

    fn recorded(last: Option<&access_table::Model>, fields: &str) -> Option<access_table::Model> {
        is_another(last, fields).then(|| next(last, fields.to_owned(), (Uuid::nil(), Timestamp(1))))
    }

    #[test]
    fn only_another_table_is_recorded_and_by_what_it_differs() {
        let first = recorded(None, "A.x ADMIN BUMN\nA.y BUMN\n").unwrap();
        assert_eq!((first.number, &*first.added, &*first.removed), (1, "", ""));
        assert_eq!(recorded(Some(&first), &first.fields), None);
        let second = recorded(Some(&first), "A.x ADMIN\nA.z AUDITOR BUMN\n").unwrap();
        assert_eq!(second.number, 2);
        assert_eq!(second.added, "A.z AUDITOR\nA.z BUMN\n");
        assert_eq!(second.removed, "A.x BUMN\nA.y BUMN\n");
        // Back again is a change as well.
        let third = recorded(Some(&second), &first.fields).unwrap();
        assert_eq!((third.number, &third.hash), (3, &first.hash));
        assert_eq!((&third.added, &third.removed), (&second.removed, &second.added));
    }

    #[test]
    fn the_text_has_every_field_with_its_roles() {
        let text = text(table::fields());
        assert_eq!(text.lines().count(), table::fields().count());
        for (object, field, rule) in table::fields() {
            let told = roles(&text, &format!("{object}.{field}")).unwrap();
            assert_eq!(told.len(), rule.roles.len(), "{object}.{field}");
            assert!(rule.roles.iter().all(|role| told.contains(role)), "{object}.{field}");
        }
        assert_eq!(roles(&text, "Query.nothing"), None);
        // In whichever order it is written down.
        let mut turned = table::fields().collect::<Vec<_>>();
        turned.reverse();
        assert_eq!(super::text(turned.into_iter()), text);
    }
}

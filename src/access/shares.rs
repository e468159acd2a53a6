//! Which part of the work of a divided seat is whose. Pure.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{Actor, Role, Standing, Stewardship, Succession};

/// Whether the work of cooperatives is in it, and that of all others.
type Share = (bool, bool);

const WHOLE: Share = (true, true);
const NOTHING: Share = (false, false);

/// What goes on of a share with a succession.
fn of(share: Share, part: Stewardship) -> Share {
    match part {
        Stewardship::All => share,
        Stewardship::Koperasi => (share.0, false),
        Stewardship::OtherThanKoperasi => (false, share.1),
    }
}

impl Standing {
    /// Which partners' work falls to the actor, where its seat was divided. All, where the successions leave it nothing:
    /// they do not say then what is its own.
    pub fn stewardship(&self, actor: &Actor) -> Stewardship {
        let (Some(organisation), Some(role)) = (actor.organisation_id(), actor.role) else {
            return Stewardship::All;
        };
        match self.shares(role).get(&organisation) {
            Some((true, false)) => Stewardship::Koperasi,
            Some((false, true)) => Stewardship::OtherThanKoperasi,
            _ => Stewardship::All,
        }
    }

    /// What everyone has of a ministry's seat who took part in a succession of it, day by day: a successor of a part has at
    /// most that part, and so has whoever follows it, or itself under another name.
    fn shares(&self, seat: Role) -> HashMap<Uuid, Share> {
        let (mut shares, mut ended) = (HashMap::new(), HashSet::new());
        // Many hold the seat of a BUMN. What is divided there is the work itself, not its stewardship.
        if seat == Role::Bumn {
            return shares;
        }
        let mut passes = self.in_force().filter(|one| one.seat == Some(seat)).collect::<Vec<_>>();
        passes.sort_by_key(|one| one.effective_on);
        for day in passes.chunk_by(|one, next| one.effective_on == next.effective_on) {
            // Who is followed before it has followed anyone has had the seat from the first.
            for one in day {
                shares.entry(one.predecessor).or_insert(WHOLE);
            }
            let before = shares.clone();
            let share = |one: &Succession| {
                of(before.get(&one.predecessor).copied().unwrap_or(NOTHING), one.stewardship)
            };
            let (itself, others): (Vec<&Succession>, Vec<_>) =
                day.iter().partition(|one| one.predecessor == one.successor);
            for one in itself {
                ended.remove(&one.successor);
                shares.insert(one.successor, share(one));
            }
            for one in &others {
                let own = shares.entry(one.successor).or_insert(NOTHING);
                // Who comes back has what it comes back with.
                if ended.remove(&one.successor) {
                    *own = NOTHING;
                }
                let more = share(one);
                *own = (own.0 || more.0, own.1 || more.1);
            }
            let goes_on = |organisation| day.iter().any(|one| one.successor == organisation);
            ended.extend(others.iter().map(|one| one.predecessor).filter(|one| !goes_on(*one)));
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Organisation;
    use Stewardship::{All, Koperasi, OtherThanKoperasi};

    fn shares(seat: Role, passes: &[(u128, u128, Stewardship, &str)], today: &str) -> Vec<Stewardship> {
        let one = |(one, by, part, on): &(u128, u128, Stewardship, &str)| Succession {
            predecessor: Uuid::from_u128(*one),
            seat: Some(Role::Kemenkopukm),
            successor: Uuid::from_u128(*by),
            stewardship: *part,
            effective_on: on.parse().unwrap(),
        };
        let successions = passes.iter().map(one).collect();
        let standing = Standing {
            successions,
            today: today.parse().unwrap(),
            grace: 90,
            tokens: std::sync::Arc::default(),
            registered: false,
        };
        let of = |number| {
            let organisation = Organisation { id: Uuid::from_u128(number), code: String::new() };
            standing.stewardship(&Actor::seed_for(seat, organisation))
        };
        (1..=4).map(of).collect()
    }

    #[test]
    fn a_divided_seat_gives_to_each_its_part() {
        let own = |passes: &[_], today: &str| shares(Role::Kemenkopukm, passes, today);
        let split = [(1, 2, Koperasi, "2024-10-21"), (1, 3, OtherThanKoperasi, "2024-10-21")];
        let and = |more: &[_]| [&split[..], more].concat();
        let on = "2026-01-01";
        assert_eq!(own(&split, "2024-10-20"), [All; 4]);
        assert_eq!(own(&split, "2024-10-21"), [All, Koperasi, OtherThanKoperasi, All]);
        // Of another seat nothing follows.
        assert_eq!(shares(Role::Kemenperin, &split, on), [All; 4]);
        assert_eq!(shares(Role::Bumn, &split, on), [All; 4]);

        // Under another name, by another, by both, come back.
        let renamed = and(&[(2, 2, All, "2025-01-01")]);
        assert_eq!(own(&renamed, on), own(&split, on));
        let replaced = and(&[(2, 4, All, "2025-01-01")]);
        assert_eq!(own(&replaced, on)[3], Koperasi);
        let merged = and(&[(2, 4, All, "2025-01-01"), (3, 4, All, "2025-02-01")]);
        assert_eq!(own(&merged, "2025-01-31")[3], Koperasi);
        assert_eq!(own(&merged, on)[3], All);
        assert_eq!(own(&and(&[(3, 2, All, "2025-01-01")]), on)[1], All);
        assert_eq!(own(&and(&[(2, 1, All, "2025-01-01")]), on)[0], Koperasi);
        // In two steps, the other way round, and one that others are split from.
        let stepped = [(1, 2, Koperasi, "2024-10-21"), (1, 3, OtherThanKoperasi, "2024-12-01")];
        assert_eq!(own(&stepped, on), [All, Koperasi, OtherThanKoperasi, All]);
        let left = [(1, 1, OtherThanKoperasi, "2024-10-21"), (1, 2, Koperasi, "2024-10-21")];
        assert_eq!(own(&left, on)[..2], [OtherThanKoperasi, Koperasi]);
        let whole = [(1, 2, Koperasi, "2024-10-21"), (1, 2, OtherThanKoperasi, "2024-10-21")];
        assert_eq!(own(&whole, on)[1], All);
        // Nothing is left of it.
        assert_eq!(own(&and(&[(2, 4, OtherThanKoperasi, "2025-01-01")]), on)[3], All);
    }
}

//! Who may say something of what. Pure.

use uuid::Uuid;

use crate::access::{Actor, Level, Permit, Role, table};
use crate::error::Result;
use crate::nouns::ids::Noun;

/// What can be commented on.
pub const SUBJECTS: [Noun; 6] =
    [Noun::Partnership, Noun::Milestone, Noun::Outcome, Noun::Obstacle, Noun::Quarter, Noun::Evidence];

/// The longest comment.
pub const LONGEST: usize = 2_000;

const MINISTRIES: [Role; 3] = [Role::Kemenkopukm, Role::Kemenperin, Role::Kemenbumn];

/// Whoever sees a piece of the work may say something of it; of a quarter, which is the whole programme's, the ministries.
///
/// # Errors
///
/// FORBIDDEN.
pub fn permit(actor: &Actor, id: Uuid, subject: Noun) -> Result<Permit> {
    let seats = if subject == Noun::Quarter { &MINISTRIES[..] } else { table::SEATS.roles };
    Permit::grant(actor, "commentAdd", id, seats, Level::Officer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Organisation;

    #[test]
    fn a_quarter_is_spoken_of_by_the_ministries_and_the_rest_by_every_seat() {
        let organisation = || Organisation { id: Uuid::nil(), code: "CONTOH".to_owned() };
        for role in Role::ALL {
            let actor = Actor::seed_for(role, organisation());
            for subject in SUBJECTS {
                let is_granted = permit(&actor, Uuid::nil(), subject).is_ok();
                let is_ministry = MINISTRIES.contains(&role);
                let may = if subject == Noun::Quarter { is_ministry } else { role.is_seat() };
                assert_eq!(is_granted, may, "{role:?} {subject:?}");
                let viewer = Actor { level: Some(Level::Viewer), ..actor.clone() };
                assert!(permit(&viewer, Uuid::nil(), subject).is_err(), "{role:?} {subject:?}");
            }
        }
    }
}

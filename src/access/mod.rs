//! Who may read and write what. Reading goes through a [`View`], writing takes a [`Permit`]; only this module makes
//! either, and a database connection never leaves it. So holding one proves that the check was made.

mod actor;
mod loads;
pub mod page;
mod permit;
mod role;
mod scope;
mod view;
mod write;

pub use actor::{Actor, Assignment, Organisation};
pub use loads::{Row, Rows};
pub use permit::Permit;
pub use role::{Level, Role};
pub use scope::{Reach, Scope};
pub use view::View;
pub use write::{Outcome, Write};

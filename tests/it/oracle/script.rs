//! SQL in the words of one database.

use super::world::Id;
use crate::support::Backend;

/// Statements in the words of one database.
pub struct Script {
    pub backend: Backend,
    pub sql: String,
}

impl Script {
    pub fn id(&self, id: Id) -> String {
        match self.backend {
            Backend::Sqlite => format!("X'{}'", id.0.simple()),
            Backend::Postgres => format!("'{}'", id.0),
        }
    }

    pub fn bytes(&self, bytes: &[u8]) -> String {
        let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        if self.backend == Backend::Sqlite { format!("X'{hex}'") } else { format!("'\\x{hex}'") }
    }

    pub fn insert<T>(&mut self, columns: &str, rows: &[T], values: impl Fn(&Self, &T) -> String) {
        if !rows.is_empty() {
            let rows = rows.iter().map(|row| format!("({})", values(self, row))).collect::<Vec<_>>();
            self.sql += &format!("INSERT INTO {columns} VALUES {};\n", rows.join(", "));
        }
    }
}

pub fn text_of(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub fn null_or<T>(value: Option<T>, literal: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "NULL".to_owned(), literal)
}

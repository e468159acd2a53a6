//! What of the sources keeps the table and the scopes the only way to the rows.

use std::path::{Path, PathBuf};

/// Every file of the program with its code: without comments, and without the tests at its end.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    walk(Path::new("src"), &mut files);
    assert!(files.len() > 40);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let own = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let lines = own.lines().map(|line| match line.find("//") {
            // An address is no comment.
            Some(at) if !line[..at].ends_with(':') => &line[..at],
            _ => line,
        });
        (path.to_str().unwrap().to_owned(), lines.collect::<Vec<_>>().join("\n"))
    };
    files.into_iter().map(read).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The places where a file that is not one of these says one of these; that the others say them shows that they are
/// looked for rightly.
fn said(words: &[&str], is_allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let mut places = Vec::new();
    let mut allowed = 0;
    for (file, code) in sources() {
        for line in code.lines().filter(|line| words.iter().any(|word| line.contains(word))) {
            if is_allowed(&file) { allowed += 1 } else { places.push(format!("{file}: {}", line.trim())) }
        }
    }
    assert!(allowed > 0, "nobody says {words:?}");
    places
}

fn is_under(file: &str, places: &[&str]) -> bool {
    places.iter().any(|place| file == format!("src/{place}.rs") || file.starts_with(&format!("src/{place}/")))
}

#[test]
fn what_answers_knows_no_sql() {
    let answers = |file: &str| is_under(file, &["api"]) || file.ends_with("/graphql.rs");
    let libraries = ["sea_orm", "sea_query", "sqlx", "rusqlite", "tokio_postgres"];
    assert_eq!(said(&libraries, |file| !answers(file)), [""; 0]);
    let words =
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "ALTER ", "PRAGMA ", "TRUNCATE "];
    assert_eq!(said(&words, |file| !answers(file)), [""; 0]);
}

#[test]
fn connections_do_not_leave_the_modules_that_guard_them() {
    let opens = [".snapshot()", ".begin_write()"];
    assert_eq!(said(&opens, |file| is_under(file, &["access", "db"])), [""; 0]);
    let connections = [
        "DatabaseTransaction",
        "DatabaseConnection",
        "ConnectionTrait",
        "TransactionTrait",
        "StreamTrait",
        "sea_orm::Database::",
    ];
    assert_eq!(said(&connections, |file| is_under(file, &["access", "db", "journal"])), [""; 0]);
}

#[test]
fn permits_views_and_writes_are_made_in_one_place() {
    let is_access = |file: &str| is_under(file, &["access"]);
    // Not where one is only named: an `impl`, what a function gives.
    for made in ["Permit", "View", "Write", "Sealed", "Inner"] {
        let of = |code: &str| {
            let opened = [format!("{made} {{"), format!("{made}(")];
            let mut found = Vec::new();
            for line in code.lines().filter(|line| opened.iter().any(|made| starts_word(line, made))) {
                let only_named = ["impl ", "struct ", "fn ", "->"].iter().any(|word| line.contains(word));
                if !only_named {
                    found.push(line.trim().to_owned());
                }
            }
            found
        };
        let outside = sources().into_iter().filter(|(file, _)| !is_access(file) && file != "src/error.rs");
        let outside =
            outside.flat_map(|(file, code)| of(&code).into_iter().map(move |line| format!("{file}: {line}")));
        assert_eq!(outside.collect::<Vec<_>>(), [""; 0], "{made}");
    }
    // What comes in by a request shares its commit with others.
    assert_eq!(said(&["Write::begin("], |file| is_under(file, &["access", "seed"])), [""; 0]);
    // None of them can be had otherwise: no copy of a permit, no default.
    for (file, code) in sources().into_iter().filter(|(file, _)| is_access(file)) {
        for made in ["struct Permit", "struct Write", "struct Sealed"] {
            let Some((before, _)) = code.split_once(made) else { continue };
            let derived = before.rsplit_once("\n\n").map_or(before, |(_, last)| last);
            assert!(!derived.contains("Clone") && !derived.contains("Default"), "{file}: {derived}");
        }
    }
}

/// Whether a line has this with nothing of a longer name before it.
fn starts_word(line: &str, made: &str) -> bool {
    line.match_indices(made)
        .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}

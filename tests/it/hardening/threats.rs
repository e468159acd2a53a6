//! The page of threats names tests: each is there.

use std::collections::BTreeSet;

/// What stands between backquotes on the page and has the form of a test's path.
fn named(page: &str) -> BTreeSet<&str> {
    let is_path = |text: &&str| {
        let is_name = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        text.contains("::") && text.split("::").all(is_name)
    };
    page.split('`').skip(1).step_by(2).filter(is_path).collect()
}

#[test]
fn each_test_that_the_page_of_threats_names_is_there() {
    let page = std::fs::read_to_string("docs/security.md").unwrap();
    let named = named(&page);
    assert!(named.len() > 50, "{}", named.len());
    let missing = named.iter().filter(|path| {
        let (module, test) = path.rsplit_once("::").unwrap();
        let source =
            std::fs::read_to_string(format!("tests/it/{}.rs", module.replace("::", "/"))).unwrap_or_default();
        // A test itself, or one of both databases, or of proptest.
        let of_both = source.split("both!(").nth(1).is_some_and(|list| {
            let list = list.split_once(')').map_or("", |(list, _)| list);
            list.split(',').any(|name| name.trim() == test)
        });
        let own = source.split("#[").any(|part| {
            let is_test = part.starts_with("test]") || part.starts_with("tokio::test");
            is_test && part.contains(&format!("fn {test}("))
        });
        !(of_both || own)
    });
    let missing = missing.collect::<Vec<_>>();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}

/// In each row of a table of threats there is one.
#[test]
fn each_threat_is_held_by_a_test() {
    let page = std::fs::read_to_string("docs/security.md").unwrap();
    let threats = page.split("## Threats").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = threats.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| threat |"));
    let rows = rows.collect::<Vec<_>>();
    assert!(rows.len() > 30, "{}", rows.len());
    for row in rows {
        let held = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        assert!(!named(held).is_empty(), "{row}");
    }
}

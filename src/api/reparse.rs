//! A validated document as the executor's own parser reads it. That parser reads less than the specification has: no
//! comment between some words, no space in some places, neither `\u{…}` nor surrogate pairs in strings.

use apollo_compiler::ExecutableDocument;
use async_graphql::parser::types::ExecutableDocument as Executable;
use async_graphql::parser::{Error as Unread, parse_query};

use super::fault::Fault;
use crate::error::{Code, Error};

/// How deep the executor's parser reads: selections within each other, fields' and fragments' alike.
const NESTED: usize = 64;

/// Comments are blanked out for it; what it cannot read then, it gets as the validator writes it, and places in it are
/// places in that text.
pub fn parse(text: &str, validated: &ExecutableDocument) -> Result<Executable, Fault> {
    let blanked = without_comments(text).map_err(|at| Fault {
        error: Error::new(Code::ParseFailed, "syntax error: a string ends with its line"),
        locations: vec![place(text, at)],
    })?;
    let parsed = match parse_query(blanked) {
        Err(Unread::Syntax { .. }) => parse_query(validated.serialize().no_indent().to_string()),
        parsed => parsed,
    };
    parsed.map_err(|error| match &error {
        Unread::Syntax { message, start, .. } => Fault {
            error: Error::new(Code::ParseFailed, format!("syntax error: {message}")),
            locations: vec![(start.line, start.column)],
        },
        Unread::RecursionLimitExceeded => Error::limit("depth", "more, fragments included", NESTED).into(),
        error => Error::internal(error).into(),
    })
}

/// The text with a space for each character of a comment, so that all else keeps its place. The error is where a
/// string begins that does not end, or goes on in the next line, which the validator lets pass.
fn without_comments(text: &str) -> Result<String, usize> {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '#']) {
        blanked.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if rest.starts_with('#') {
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            blanked.extend(rest[..end].chars().map(|_| ' '));
            end
        } else {
            let end = string_end(rest).ok_or(text.len() - rest.len())?;
            blanked.push_str(&rest[..end]);
            end
        };
        rest = &rest[end..];
    }
    Ok(blanked + rest)
}

/// The line and column of a byte, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Where the string ends that a text begins with.
fn string_end(text: &str) -> Option<usize> {
    let is_block = text.starts_with("\"\"\"");
    let (quote, escape) = if is_block { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
    let mut at = quote.len();
    while !text[at..].starts_with(quote) {
        let next = text[at..].chars().next()?;
        if !is_block && matches!(next, '\n' | '\r') {
            return None;
        }
        // An escape takes along what it escapes: in a block string the quotes, elsewhere the next character.
        at += match text[at..].strip_prefix(escape) {
            Some(_) if is_block => escape.len(),
            Some(escaped) => 1 + escaped.chars().next()?.len_utf8(),
            None => next.len_utf8(),
        };
    }
    Some(at + quote.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_blanked_out_and_nothing_else_is() {
        for (text, expected) in [
            ("{ a # b\n c }", "{ a    \n c }"),
            ("{ a # é\r\n c }#x", "{ a    \r\n c }  "),
            (r##"{ a(b: "#\"#", c: "\\") # d"##, r##"{ a(b: "#\"#", c: "\\")    "##),
            ("{ a(b: \"\"\" # \\\"\"\" # \n \" é \"\"\") #", "{ a(b: \"\"\" # \\\"\"\" # \n \" é \"\"\")  "),
            (r##"{ a(b: "", c: "\é#") #"##, r##"{ a(b: "", c: "\é#")  "##),
        ] {
            assert_eq!(without_comments(text).as_deref(), Ok(expected));
        }
        for text in [" \"", " \"a\n\"", " \"\\", " \"\"\"a\"\""] {
            assert_eq!(without_comments(text), Err(1), "{text}");
        }
    }
}

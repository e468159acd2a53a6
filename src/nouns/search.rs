//! Text search: words that a row has somewhere, accents and case aside.

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, LikeExpr, Query, SelectStatement};

use crate::error::{Error, Result};
use crate::journal::Projected;

/// So many words are looked for at once, in so many letters.
const MOST_WORDS: usize = 8;
const MOST_LETTERS: usize = 200;

/// The words that are looked for, folded; each must be found.
///
/// # Errors
///
/// BAD_USER_INPUT, naming the path: none, or too many.
pub fn words(path: &str, text: &str) -> Result<Vec<String>> {
    let words = text.split_whitespace().map(migrations::fold).collect::<Vec<_>>();
    let is_fine = (1..=MOST_WORDS).contains(&words.len())
        && text.chars().count() <= MOST_LETTERS
        && words.iter().all(|word| !word.is_empty());
    if !is_fine {
        let expected = format!("1 to {MOST_WORDS} words, of {MOST_LETTERS} letters in all");
        return Err(Error::input(path, text, &expected));
    }
    Ok(words)
}

/// What the rows of a noun with this word tell by one of their columns. Whoever uses it narrows what it is used for.
pub fn having<E: Projected>(word: &str, column: E::Column) -> SelectStatement {
    let column = sea_orm::Iden::unquoted(&column).to_owned();
    let mut pattern = String::from("%");
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    let found = Expr::col((Alias::new(E::NOUN), Alias::new("search_text")));
    Query::select()
        .column((Alias::new(E::NOUN), Alias::new(column)))
        .from(Alias::new(E::NOUN))
        .and_where(found.like(LikeExpr::new(pattern).escape('\\')))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_bounded() {
        assert_eq!(words("filter.text", " Kédai  KOPI ").unwrap(), ["kedai", "kopi"]);
        for wrong in ["", "  ", "\u{301}", "a b c d e f g h i", &"a".repeat(201)] {
            assert!(words("filter.text", wrong).is_err(), "{wrong}");
        }
    }
}

//! What is nobody's to read but the program's.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A secret text, as a URL with a password: it is given out on purpose alone, and never written by accident.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What a file holds, but for the white space around it: editors and `echo` end it with a line's end.
    ///
    /// # Errors
    ///
    /// In words for whoever named the file, which is no secret.
    pub fn of_file(path: &str) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        match text.trim() {
            "" => Err(format!("{path}: there is nothing in it")),
            secret => Ok(Self(secret.to_owned())),
        }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_written() {
        let secret = Secret("rahasia".to_owned());
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "(secret) Some(\n    (secret),\n)");
        assert_eq!(secret.expose(), "rahasia");
    }

    #[test]
    fn a_file_holds_one() {
        let path = std::env::temp_dir().join(format!("kemitraan-secret-{}", uuid::Uuid::now_v7()));
        let path = path.to_str().unwrap();
        assert!(Secret::of_file(path).is_err_and(|words| words.contains(path)));
        for (text, secret) in
            [("rahasia\n", Some("rahasia")), ("a b", Some("a b")), (" \n", None), ("", None)]
        {
            std::fs::write(path, text).unwrap();
            let read = Secret::of_file(path);
            assert_eq!(read.as_ref().ok().map(Secret::expose), secret, "{text:?}: {read:?}");
        }
        std::fs::remove_file(path).unwrap();
    }
}

//! Which files are accepted, and how each is told from its first bytes.
//!
//! What an auditor opens years later, with the programs of that day: documents, tables, pictures, text. No archives, for
//! nobody sees what is in them, and nothing that runs.

/// A kind of file.
pub struct Format {
    /// As IANA has it.
    pub media_type: &'static str,
    /// What its name may end with.
    pub extensions: &'static [&'static str],
    fits: fn(&[u8]) -> bool,
}

pub static FORMATS: [Format; 10] = [
    Format { media_type: "application/pdf", extensions: &["pdf"], fits: infer::archive::is_pdf },
    Format { media_type: "image/png", extensions: &["png"], fits: infer::image::is_png },
    Format { media_type: "image/jpeg", extensions: &["jpg", "jpeg"], fits: infer::image::is_jpeg },
    Format { media_type: "image/tiff", extensions: &["tif", "tiff"], fits: infer::image::is_tiff },
    Format {
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        extensions: &["docx"],
        fits: |bytes| is_office(bytes, b"word/"),
    },
    Format {
        media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        extensions: &["xlsx"],
        fits: |bytes| is_office(bytes, b"xl/"),
    },
    Format {
        media_type: "application/vnd.oasis.opendocument.text",
        extensions: &["odt"],
        fits: infer::odf::is_odt,
    },
    Format {
        media_type: "application/vnd.oasis.opendocument.spreadsheet",
        extensions: &["ods"],
        fits: infer::odf::is_ods,
    },
    Format { media_type: "text/csv", extensions: &["csv"], fits: is_text },
    Format { media_type: "text/plain", extensions: &["txt"], fits: is_text },
];

/// The format with this media type.
pub fn named(media_type: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.media_type == media_type)
}

impl Format {
    /// Whether a file that begins so may be one.
    pub fn fits(&self, beginning: &[u8]) -> bool {
        (self.fits)(beginning)
    }

    /// What a file that begins so looks like.
    pub fn of(beginning: &[u8]) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.fits(beginning))
    }
}

const ENTRY: &[u8] = b"PK\x03\x04";

/// A document of Office Open XML: a ZIP with a list of content types, whose parts are in a folder of this name. Their order
/// is each program's own, so all that the beginning has are looked at.
fn is_office(beginning: &[u8], folder: &[u8]) -> bool {
    if !beginning.starts_with(ENTRY) {
        return false;
    }
    let entries = beginning.windows(ENTRY.len()).enumerate().filter(|(_, bytes)| *bytes == ENTRY);
    // The name of an entry begins thirty bytes after the entry does.
    let mut names = entries.filter_map(|(at, _)| beginning.get(at + 30..));
    let (mut types, mut parts) = (false, false);
    names.any(|name| {
        types |= name.starts_with(b"[Content_Types].xml");
        parts |= name.starts_with(folder);
        types && parts
    })
}

/// UTF-8 without control characters, that no program takes for something to run.
fn is_text(beginning: &[u8]) -> bool {
    let runs = [infer::text::is_html, infer::text::is_xml, infer::text::is_shellscript];
    // A character may be cut where the beginning ends.
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty()
        && !text.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        && !runs.iter().any(|is| is(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(names: &[&str]) -> Vec<u8> {
        let entry =
            |name: &&str| [ENTRY, &[0; 22], &[name.len() as u8, 0, 0, 0], name.as_bytes(), b"data"].concat();
        names.iter().map(entry).collect::<Vec<_>>().concat()
    }

    fn looks(bytes: &[u8]) -> Option<&'static str> {
        Format::of(bytes).map(|format| format.media_type)
    }

    #[test]
    fn formats_are_told_from_how_a_file_begins() {
        let office = "application/vnd.openxmlformats-officedocument.";
        let (word, sheet) =
            (format!("{office}wordprocessingml.document"), format!("{office}spreadsheetml.sheet"));
        assert_eq!(looks(b"%PDF-1.7\n"), Some("application/pdf"));
        assert_eq!(looks(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(looks(b"\xff\xd8\xff\xe0\0\x10JFIF\0"), Some("image/jpeg"));
        assert_eq!(looks(b"II*\0\x08\0\0\0\0\0\0\0"), Some("image/tiff"));
        // Each program has an order of its own.
        for names in [
            [
                "[Content_Types].xml",
                "_rels/.rels",
                "docProps/core.xml",
                "docProps/app.xml",
                "word/document.xml",
            ],
            ["word/numbering.xml", "word/document.xml", "_rels/.rels", "x", "[Content_Types].xml"],
        ] {
            assert_eq!(looks(&zip(&names)), Some(&*word));
        }
        assert_eq!(looks(&zip(&["[Content_Types].xml", "xl/workbook.xml"])), Some(&*sheet));
        assert_eq!(looks("Nama;Nilai\r\nkopi – Rp52,23\n".as_bytes()), Some("text/csv"));
        assert_eq!(looks(b"BMKG;a picture begins so as well\n"), Some("text/csv"));
        assert!(named("text/plain").unwrap().fits(&"teks é".as_bytes()[..6]), "cut within a character");
    }

    #[test]
    fn what_hides_or_runs_something_is_no_format() {
        for bytes in [
            &b""[..],
            b"MZ\x90\0\x03",
            b"\x7fELF\x02\x01\x01",
            b"#!/bin/sh\nrm\n",
            b"<!DOCTYPE html><script>",
            b"<?xml version=\"1.0\"?><svg/>",
            b"GIF89a\x01\0",
            b"PK\x05\x06",
            b"\xff\xfeu\0t\0f\0",
            b"text with \0 in it",
            b"text with \x1b[31m in it",
            &zip(&["a.txt"]),
            &zip(&["word/document.xml"]),
            &zip(&["[Content_Types].xml", "ppt/presentation.xml"]),
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ] {
            assert_eq!(looks(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_looked_at(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), format in 0..10_usize) {
            let heads: [&[u8]; 10] =
                [b"", b"PK\x03\x04", b"%PDF", b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"ftyp", b"RIFF"];
            let file = [heads[format], &bytes].concat();
            let found = Format::of(&file);
            proptest::prop_assert!(found.is_none_or(|found| found.fits(&file)));
        }
    }
}

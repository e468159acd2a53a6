//! Code lists, as the API shows them.

use async_graphql::Object;

use super::entity::{self, CodeListName};
use super::rules;
use crate::nouns::connection::List;

/// A code list, with where it is from.
///
/// Daftar kode beserta sumbernya.
pub struct CodeList(&'static entity::CodeList);

/// A code list, with where it is from.
///
/// Daftar kode beserta sumbernya.
#[Object]
impl CodeList {
    /// Its name.
    ///
    /// Namanya.
    fn name(&self) -> CodeListName {
        self.0.name
    }

    /// Where it is from: a regulation, the memorandum, or this program.
    ///
    /// Sumbernya: peraturan, nota kesepahaman, atau program ini.
    fn source(&self) -> &str {
        self.0.source
    }

    /// Its version; another one where codes were added or taken away, or mean something else.
    ///
    /// Versinya; berganti bila kode ditambah, dihapus, atau berubah makna.
    fn version(&self) -> &str {
        self.0.version
    }

    /// All its codes, in its order.
    ///
    /// Semua kodenya, menurut urutannya.
    async fn codes(&self) -> List<Code> {
        List(self.0.codes.iter().map(Code).collect())
    }
}

/// A code with what it stands for.
///
/// Kode beserta artinya.
#[derive(Clone, Copy)]
pub struct Code(pub &'static entity::Code);

/// A code with what it stands for.
///
/// Kode beserta artinya.
#[Object]
impl Code {
    /// The code: `32`, `C`, `IN_PROGRESS`.
    ///
    /// Kodenya: `32`, `C`, `IN_PROGRESS`.
    fn code(&self) -> &str {
        self.0.code
    }

    /// What it stands for, in English.
    ///
    /// Artinya dalam bahasa Inggris.
    fn english(&self) -> &str {
        self.0.english
    }

    /// What it stands for, in Indonesian.
    ///
    /// Artinya dalam bahasa Indonesia.
    fn indonesian(&self) -> &str {
        self.0.indonesian
    }

    /// The divisions of a section of the KBLI, by which its codes of five digits begin: `01`; of other codes none.
    ///
    /// Golongan pokok suatu kategori KBLI, yaitu dua angka pertama kodenya: `01`; kosong untuk kode lain.
    fn divisions(&self) -> Vec<String> {
        let numbers = self.0.divisions.into_iter().flat_map(|(first, last)| first..=last);
        numbers.map(|number| format!("{number:02}")).collect()
    }
}

/// The root fields of code lists.
pub struct CodesQuery;

#[Object]
impl CodesQuery {
    /// All code lists.
    ///
    /// Semua daftar kode.
    async fn code_lists(&self) -> List<CodeList> {
        List(rules::lists().iter().map(CodeList).collect())
    }

    /// The code list with this name.
    ///
    /// Daftar kode dengan nama ini.
    async fn code_list(
        &self,
        #[graphql(desc = "Which one. / Daftar yang mana.")] name: CodeListName,
    ) -> CodeList {
        CodeList(rules::list(name))
    }
}

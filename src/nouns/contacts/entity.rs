//! The rows of partners' contacts: what is kept of them for ever, and the values, which are not.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::journal::{Outside, Place, Projected};

/// What kind of personal data a contact is.
///
/// Jenis data pribadi pada kontak.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Enum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContactKind {
    /// The name of a person.
    ///
    /// Nama orang.
    Person,
    /// A telephone number.
    ///
    /// Nomor telepon.
    Phone,
    /// An e-mail address.
    ///
    /// Alamat surel.
    Email,
    /// The tax number of a sole proprietor, which is the owner's NIK.
    ///
    /// NPWP usaha perseorangan, yaitu NIK pemiliknya.
    Npwp,
}

/// That a partner has a contact, with a salted hash of its value by which it can be proved.
pub mod contact {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
    #[sea_orm(table_name = "contact")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub version: i32,
        pub partner: Uuid,
        pub kind: ContactKind,
        /// SHA-256 of salt and value, in hexadecimal digits.
        pub hash: String,
        pub erased: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Projected for Entity {
        const NOUN: &'static str = "contact";
        const ID: Column = Column::Id;

        fn id(row: &Model) -> Uuid {
            row.id
        }

        fn place(_: &Model) -> Place {
            Place::default()
        }
    }
}

/// The value of a contact. Outside the journal: it goes for good when it is erased.
pub mod contact_value {
    use super::*;

    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contact_value")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub contact: Uuid,
        pub value: String,
        pub salt: Vec<u8>,
        pub mask: String,
    }

    impl std::fmt::Debug for Model {
        /// Whatever is printed of it, the value is not.
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("Model").field("contact", &self.contact).finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Outside for Entity {}
}

/// What answers show of a value, and all of it that connections that read may select.
pub mod contact_mask {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "contact_value")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub contact: Uuid,
        pub mask: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

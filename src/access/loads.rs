//! How nested lists load: each object knows the list that it came in, and what one of them asks for is loaded for all
//! of them at once, in one statement, however many there are.
//!
//! The first resolver to reach a field sends the statement for its whole list; the others find the answer there, or
//! wait for it. A field that stands at two places in the document, with other arguments or selections, is two loads.

use std::any::Any;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::SelectionSet;
use tokio::sync::OnceCell;

use super::View;
use crate::error::{Error, Result};

type Loaded = Result<Arc<dyn Any + Send + Sync>>;

/// One list of rows that were read together.
pub struct Rows<M> {
    view: View,
    rows: Vec<M>,
    loads: Mutex<Vec<Load>>,
}

struct Load {
    field: &'static str,
    at: usize,
    cell: Arc<OnceCell<Loaded>>,
}

/// One row of such a list, with the view that it was read through.
pub struct Row<M> {
    list: Arc<Rows<M>>,
    at: usize,
}

impl<M> Clone for Row<M> {
    fn clone(&self) -> Self {
        Self { list: Arc::clone(&self.list), at: self.at }
    }
}

impl<M> Deref for Row<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.list.rows[self.at]
    }
}

impl<M> Rows<M> {
    /// The rows as a list of siblings.
    pub fn siblings(view: View, rows: Vec<M>) -> Vec<Row<M>> {
        let list = Arc::new(Self { view, rows, loads: Mutex::default() });
        (0..list.rows.len()).map(|at| Row { list: Arc::clone(&list), at }).collect()
    }

    /// A row on its own.
    pub fn single(view: View, row: M) -> Row<M> {
        Row { list: Arc::new(Self { view, rows: vec![row], loads: Mutex::default() }), at: 0 }
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    pub fn iter(&self) -> std::slice::Iter<'_, M> {
        self.rows.iter()
    }

    /// What `read` gives for the whole list; read once for each field.
    pub async fn load<V, F>(&self, field: &'static str, read: F) -> Result<Arc<V>>
    where
        V: Send + Sync + 'static,
        F: AsyncFnOnce(&Self) -> Result<V>,
    {
        self.load_at(field, None, read).await
    }

    /// As [`load`](Self::load), once for each place of the field in the document: what it gives depends on its arguments,
    /// or on what is selected of it. The place is that of its selections in memory: the document outlives the list.
    pub async fn load_at<V, F>(
        &self,
        field: &'static str,
        place: Option<&SelectionSet>,
        read: F,
    ) -> Result<Arc<V>>
    where
        V: Send + Sync + 'static,
        F: AsyncFnOnce(&Self) -> Result<V>,
    {
        let cell = self.cell(field, place.map_or(0, |place| std::ptr::from_ref(place).addr()));
        let loaded = cell
            .get_or_init(|| async {
                read(self).await.map(|value| Arc::new(value) as Arc<dyn Any + Send + Sync>)
            })
            .await;
        let value = Arc::clone(loaded.as_ref().map_err(Clone::clone)?);
        value.downcast().map_err(|_| Error::internal(format!("{field} was loaded as something else")))
    }

    fn cell(&self, field: &'static str, at: usize) -> Arc<OnceCell<Loaded>> {
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(load) = loads.iter().find(|load| load.field == field && load.at == at) {
            return Arc::clone(&load.cell);
        }
        let cell = Arc::<OnceCell<Loaded>>::default();
        loads.push(Load { field, at, cell: Arc::clone(&cell) });
        cell
    }
}

impl<M> Row<M> {
    pub fn view(&self) -> &View {
        &self.list.view
    }

    /// The list that this row came in.
    pub fn list(&self) -> &Rows<M> {
        &self.list
    }
}

//! Going through the rows of a snapshot page by page.

use std::marker::PhantomData;

use super::changes::Unavailable;
use super::reads::{Snapshot, Versioned};
use crate::limits;
use crate::row::{RowId, Stored};

/// The rows of one type, page by page, in the order of their names.
#[derive(Debug)]
pub struct Pages<T> {
    after: Option<RowId>,
    is_done: bool,
    rows: PhantomData<T>,
}

impl<T: Stored> Pages<T> {
    /// From the first row on.
    pub fn all() -> Self {
        Self::after(None)
    }

    /// From the row after this name on.
    pub fn after(name: Option<RowId>) -> Self {
        Self {
            after: name,
            is_done: false,
            rows: PhantomData,
        }
    }

    /// The next page; `None` after the last.
    pub async fn next(
        &mut self,
        snapshot: &mut dyn Snapshot,
    ) -> Result<Option<Vec<Versioned<T>>>, Unavailable> {
        if self.is_done {
            return Ok(None);
        }
        let page = snapshot
            .rows(T::TABLE, self.after.as_ref(), limits::READ_AT_ONCE)
            .await?;
        self.is_done = page.len() < limits::READ_AT_ONCE;
        self.after = page.last().map(|(row, _)| row.id());
        let typed = |(row, version)| Some((T::from_row(row)?, version));
        Ok(Some(page.into_iter().filter_map(typed).collect()))
    }
}

//! Going through a snapshot page by page.

use std::marker::PhantomData;

use crate::fact::{Position, Recorded};
use crate::limits;
use crate::row::{Row, RowId, Stored, Table};
use crate::store::{Snapshot, Unavailable, Versioned};

/// The rows of a table, page by page, in the order of their names.
pub(super) struct Pages<T> {
    table: Table,
    after: Option<RowId>,
    is_done: bool,
    rows: PhantomData<T>,
}

impl<T: Stored> Pages<T> {
    /// From the first row on.
    pub(super) fn of(table: Table) -> Self {
        Self::after(table, None)
    }

    /// From the row after this name on.
    pub(super) fn after(table: Table, after: Option<RowId>) -> Self {
        Self {
            table,
            after,
            is_done: false,
            rows: PhantomData,
        }
    }

    /// The next page; `None` after the last.
    pub(super) async fn next(
        &mut self,
        snapshot: &mut dyn Snapshot,
    ) -> Result<Option<Vec<Versioned<T>>>, Unavailable> {
        if self.is_done {
            return Ok(None);
        }
        let page: Vec<Versioned<Row>> = snapshot
            .rows(self.table, self.after.as_ref(), limits::VERIFIED_AT_ONCE)
            .await?;
        self.is_done = page.len() < limits::VERIFIED_AT_ONCE;
        self.after = page.last().map(|(row, _)| row.id());
        let typed = |(row, version)| Some((T::from_row(row)?, version));
        Ok(Some(page.into_iter().filter_map(typed).collect()))
    }
}

/// The facts of the log, page by page, in their order.
#[derive(Default)]
pub(super) struct Log {
    after: Position,
    is_done: bool,
}

impl Log {
    /// The next page; `None` after the last.
    pub(super) async fn next(
        &mut self,
        snapshot: &mut dyn Snapshot,
    ) -> Result<Option<Vec<Recorded>>, Unavailable> {
        if self.is_done {
            return Ok(None);
        }
        let page = snapshot.facts(self.after, limits::VERIFIED_AT_ONCE).await?;
        self.is_done = page.len() < limits::VERIFIED_AT_ONCE;
        if let Some(last) = page.last() {
            self.after = last.position;
        }
        Ok(Some(page))
    }
}

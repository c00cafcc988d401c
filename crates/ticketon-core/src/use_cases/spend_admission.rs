//! Ending an admission before its time: its pass holds no more seats. The queue is told after.

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::ids::{EntryId, Person, SaleId};

/// Marks the admission of a person's entry as used up. Ending it again is no error.
pub async fn spend_admission(
    cx: &Context,
    caller: &Caller,
    sale: SaleId,
    person: &Person,
    entry: EntryId,
) -> Result<(), Refusal> {
    caller.may(Right::ActFor(person))?;
    let mut tries = Tries::default();
    loop {
        let (allowance, version) = cx.allowance(sale, person, tries.freshness()).await?;
        if allowance.has_spent(&entry) {
            return Ok(());
        }
        let spent = allowance.spending(Some(entry.clone()), cx.now());
        match cx.commit(cx.changes().write(spent, version)).await {
            Ok(()) => return Ok(()),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

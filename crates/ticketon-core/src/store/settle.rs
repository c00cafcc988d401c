//! Who of a batch is accepted: pure, in order of arrival, the same for every engine.

#[cfg(all(test, feature = "contract"))]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{AnswerKey, Answered, Changes, Conflict};
use super::engine::{Found, Place};
use crate::ids::ChangesId;
use crate::row::{RowId, UniqueKey};

/// Judges a batch: `Ok(Some)` is to be written, `Ok(None)` was applied before, `Err` is refused.
///
/// Each is judged in the order applied, answered, stale, taken. A row is written at most once in a batch:
/// whoever names a row that an accepted one before it writes is stale. Of several rows or keys that stand against
/// it, the first in their own order is named, whatever order an engine found them in.
pub fn settle(batch: &[Changes], found: Found) -> Vec<Result<Option<&Changes>, Conflict>> {
    let against = Against::from(found);
    let mut accepted = Accepted::default();
    let mut verdicts = Vec::with_capacity(batch.len());
    for (place, changes) in batch.iter().enumerate() {
        verdicts.push(judge(place, changes, &against, &mut accepted));
    }
    verdicts
}

/// What the store found, by place.
struct Against {
    applied: BTreeSet<Place>,
    answered: BTreeMap<Place, Answered>,
    stale: BTreeMap<Place, RowId>,
    taken: BTreeMap<Place, Vec<(UniqueKey, RowId)>>,
}

/// What the accepted ones of this batch write.
#[derive(Default)]
struct Accepted<'a> {
    ids: BTreeSet<ChangesId>,
    answers: BTreeMap<&'a AnswerKey, &'a Answered>,
    rows: BTreeSet<RowId>,
    keys: BTreeSet<UniqueKey>,
}

fn judge<'a>(
    place: Place,
    changes: &'a Changes,
    against: &Against,
    accepted: &mut Accepted<'a>,
) -> Result<Option<&'a Changes>, Conflict> {
    if against.applied.contains(&place) || accepted.ids.contains(&changes.id) {
        return Ok(None);
    }
    if let Some(answered) = against.answered.get(&place) {
        return Err(Conflict::Answered(answered.clone()));
    }
    if let Some(answered) = changes
        .answers
        .as_ref()
        .and_then(|mine| accepted.answers.get(&mine.key))
    {
        return Err(Conflict::Answered(Answered::clone(answered)));
    }
    if let Some(row) = against.stale.get(&place) {
        return Err(Conflict::Stale(row.clone()));
    }
    let written: Vec<RowId> = changes.writes.iter().map(|(row, _)| row.id()).collect();
    let relied = changes.relies_on.iter().map(|(row, _)| row);
    if let Some(row) = written
        .iter()
        .chain(relied)
        .find(|row| accepted.rows.contains(row))
    {
        return Err(Conflict::Stale(row.clone()));
    }
    let held = against.taken.get(&place).into_iter().flatten();
    for (key, holder) in held {
        if !changes.hands_over(key, holder) {
            return Err(Conflict::Taken(key.clone()));
        }
    }
    if let Some((key, _)) = changes.unique_keys().find(|(key, _)| accepted.keys.contains(key)) {
        return Err(Conflict::Taken(key));
    }
    if let Some(row) = repeated(written.iter()) {
        return Err(Conflict::Stale(row.clone()));
    }
    if let Some(key) = repeated(changes.unique_keys().map(|(key, _)| key)) {
        return Err(Conflict::Taken(key));
    }
    accepted.add(changes, written);
    Ok(Some(changes))
}

/// What is named twice: a decision that would write a row or give a key two times contradicts itself.
fn repeated<T: Ord>(named: impl Iterator<Item = T>) -> Option<T> {
    let mut seen = BTreeSet::new();
    for name in named {
        if let Some(twice) = seen.replace(name) {
            return Some(twice);
        }
    }
    None
}

impl From<Found> for Against {
    fn from(mut found: Found) -> Self {
        // Collected into a map, the last one stays.
        found.stale.sort_unstable_by(|one, other| other.cmp(one));
        found.taken.sort_unstable();
        let mut taken: BTreeMap<Place, Vec<(UniqueKey, RowId)>> = BTreeMap::new();
        for (place, key, holder) in found.taken {
            taken.entry(place).or_default().push((key, holder));
        }
        Self {
            applied: found.applied.into_iter().collect(),
            answered: found.answered.into_iter().collect(),
            stale: found.stale.into_iter().collect(),
            taken,
        }
    }
}

impl<'a> Accepted<'a> {
    fn add(&mut self, changes: &'a Changes, written: Vec<RowId>) {
        self.ids.insert(changes.id);
        self.rows.extend(written);
        self.keys.extend(changes.unique_keys().map(|(key, _)| key));
        if let Some(answered) = &changes.answers {
            self.answers.insert(&answered.key, answered);
        }
    }
}

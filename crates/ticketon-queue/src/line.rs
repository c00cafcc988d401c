//! The line of those who wait, and what must be known to tell each their position by subtraction alone.
//!
//! Numbers up to `served` no longer wait. Of the numbers behind it some were given up; a waiter's place is their
//! number, less what was served, less what was given up before them. A place given up is credited from a *mark* on:
//! its own number, or, when many have left, the end of its block. So the table stays small, a position is never too
//! low, is exact for all but mass departures, and never grows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::entry::Seq;
use crate::limits::{GIVEN_UP_BLOCK, GIVEN_UP_EXACT};

/// So many places before this mark, all rows up to this one taken together, were given up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GivenUp {
    /// Who has a higher number is that much nearer.
    pub mark: Seq,
    /// Places given up from what was served up to this mark.
    pub places: u64,
}

/// Who waits, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    waiting: BTreeSet<Seq>,
    last: Seq,
    served: Seq,
    given_up: BTreeMap<Seq, Seq>,
    marks: BTreeMap<Seq, u64>,
    table: Arc<[GivenUp]>,
}

impl Line {
    /// The line as it was: the numbers that wait, the last number given, and what was given up.
    pub(crate) fn restored(
        waiting: BTreeSet<Seq>,
        last: Seq,
        served: Seq,
        given_up: Vec<(Seq, Seq)>,
    ) -> Self {
        let mut line = Self {
            waiting,
            last,
            served,
            given_up: given_up.into_iter().collect(),
            marks: BTreeMap::new(),
            table: Arc::new([]),
        };
        for mark in line.given_up.values() {
            *line.marks.entry(*mark).or_default() += 1;
        }
        line.write_table();
        line
    }

    pub(crate) fn empty() -> Self {
        Self::restored(BTreeSet::new(), Seq(0), Seq(0), Vec::new())
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The last number given.
    pub(crate) fn last(&self) -> Seq {
        self.last
    }

    /// Up to here nobody waits.
    pub(crate) fn served(&self) -> Seq {
        self.served
    }

    pub(crate) fn table(&self) -> Arc<[GivenUp]> {
        Arc::clone(&self.table)
    }

    pub(crate) fn given_up(&self) -> Vec<(Seq, Seq)> {
        self.given_up
            .iter()
            .map(|(place, mark)| (*place, *mark))
            .collect()
    }

    /// The first so many in line.
    pub(crate) fn first(&self, count: u64) -> Vec<Seq> {
        self.waiting
            .iter()
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .copied()
            .collect()
    }

    /// Somebody comes, with a number higher than all before.
    pub(crate) fn join(&mut self, seq: Seq) {
        self.last = seq;
        self.waiting.insert(seq);
    }

    /// Somebody is let in.
    pub(crate) fn let_in(&mut self, seq: Seq) {
        self.waiting.remove(&seq);
        self.advance();
    }

    /// Somebody goes away without having been let in.
    pub(crate) fn give_up(&mut self, seq: Seq) {
        if !self.waiting.remove(&seq) {
            return;
        }
        let mark = if self.marks.len() < GIVEN_UP_EXACT {
            seq
        } else {
            end_of_block(seq)
        };
        self.given_up.insert(seq, mark);
        *self.marks.entry(mark).or_default() += 1;
        self.write_table();
        self.advance();
    }

    /// Everybody goes away.
    pub(crate) fn clear(&mut self) -> BTreeSet<Seq> {
        let gone = std::mem::take(&mut self.waiting);
        self.advance();
        gone
    }

    /// Moves `served` up to the first who still waits, and forgets the places given up before.
    fn advance(&mut self) {
        self.served = match self.waiting.first() {
            Some(first) => Seq(first.0 - 1),
            None => self.last,
        };
        let mut has_changed = false;
        while let Some(place) = self.given_up.first_entry() {
            if *place.key() > self.served {
                break;
            }
            let mark = place.remove();
            has_changed = true;
            if let Some(count) = self.marks.get_mut(&mark) {
                *count -= 1;
                if *count == 0 {
                    self.marks.remove(&mark);
                }
            }
        }
        if has_changed {
            self.write_table();
        }
    }

    fn write_table(&mut self) {
        let mut places = 0;
        let mut table = Vec::with_capacity(self.marks.len());
        for (mark, count) in &self.marks {
            places += count;
            table.push(GivenUp { mark: *mark, places });
        }
        self.table = table.into();
    }
}

fn end_of_block(seq: Seq) -> Seq {
    Seq(seq.0.next_multiple_of(GIVEN_UP_BLOCK))
}

/// How many are before `seq`: the subtraction that everything else is for.
pub(crate) fn ahead_of(seq: Seq, served: Seq, table: &[GivenUp]) -> u64 {
    let row = table.partition_point(|row| row.mark < seq);
    let given_up = if row == 0 { 0 } else { table[row - 1].places };
    (seq.0 - 1).saturating_sub(served.0).saturating_sub(given_up)
}

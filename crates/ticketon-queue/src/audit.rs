//! Checks two promises from the journal alone: nobody was admitted above capacity, and everybody in order.
//!
//! The audit knows nothing of `decide` or `State`: it keeps its own two lists and believes only what the records say
//! happened. So it finds a queue that was made to admit too many, and a queue that has a mistake.

use std::collections::BTreeSet;

use crate::entry::{Entry, EntryState, Seq};
use crate::record::{Record, Snapshot};
use crate::time::Timestamp;

/// What an audit found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Audit {
    /// Admissions that were checked. An audit that checked none has proved nothing.
    pub admissions: u64,
    /// Steps that took the number inside above the capacity in force.
    pub over_capacity: Vec<OverCapacity>,
    /// Admissions of somebody who was not the first in line.
    pub out_of_order: Vec<OutOfOrder>,
}

/// An admission too many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OverCapacity {
    /// When.
    pub at: Timestamp,
    /// How many were inside after the step.
    pub active: u64,
    /// How many were allowed.
    pub capacity: u32,
}

/// An admission out of turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfOrder {
    /// When.
    pub at: Timestamp,
    /// Who was admitted.
    pub seq: Seq,
    /// Whose turn it was; none if nobody was waiting at all.
    pub first_in_line: Option<Seq>,
}

/// Goes through the records of a queue from its opening or a snapshot on.
pub fn audit<'a>(records: impl IntoIterator<Item = &'a Record>) -> Audit {
    let mut books = Books::default();
    for record in records {
        books.enter(record);
    }
    books.found
}

#[derive(Default)]
struct Books {
    capacity: u32,
    waiting: BTreeSet<Seq>,
    inside: BTreeSet<Seq>,
    found: Audit,
}

impl Books {
    fn enter(&mut self, record: &Record) {
        match record {
            Record::Opened(_, _, settings, _) | Record::Changed(settings, _) => {
                self.capacity = settings.policy.capacity;
            }
            Record::Entered(seq, ..) => {
                self.waiting.insert(*seq);
            }
            Record::Admitted(seqs, _, at) => self.admitted(seqs, *at),
            Record::Claimed(..) => {}
            Record::Ended(seqs, ..) => {
                for seq in seqs {
                    self.waiting.remove(seq);
                    self.inside.remove(seq);
                }
            }
            Record::LineEnded(..) => self.waiting.clear(),
            Record::Snapshot(snapshot) => self.start_from(snapshot),
        }
    }

    fn admitted(&mut self, seqs: &[Seq], at: Timestamp) {
        for seq in seqs {
            self.found.admissions += 1;
            let first_in_line = self.waiting.first().copied();
            if first_in_line != Some(*seq) {
                self.found.out_of_order.push(OutOfOrder {
                    at,
                    seq: *seq,
                    first_in_line,
                });
            }
            self.waiting.remove(seq);
            self.inside.insert(*seq);
        }
        let (active, capacity) = (self.inside.len() as u64, self.capacity);
        if active > u64::from(capacity) {
            self.found
                .over_capacity
                .push(OverCapacity { at, active, capacity });
        }
    }

    /// A snapshot in the middle must say what the books say; at the beginning it is what there is.
    fn start_from(&mut self, snapshot: &Snapshot) {
        self.capacity = snapshot.settings.policy.capacity;
        self.waiting.clear();
        self.inside.clear();
        for entry in snapshot.entries.iter().map(Entry::from) {
            match entry.state {
                EntryState::Waiting => self.waiting.insert(entry.seq),
                EntryState::Admitted { .. } | EntryState::Claimed { .. } => self.inside.insert(entry.seq),
                EntryState::Ended { .. } => continue,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::EntryId;
    use crate::names::{RoomName, VisitorName};
    use crate::policy::{Policy, Settings};

    const AT: Timestamp = Timestamp::from_ms(1);

    fn a_room_for_two_and_three_who_come() -> Vec<Record> {
        let settings = Settings::opening(AT, Policy::fifo().capacity(2));
        let mut records = vec![Record::Opened(RoomName::parse("opera").unwrap(), 1, settings, AT)];
        for (seq, visitor) in [(1, "ana"), (2, "bob"), (3, "cid")] {
            let visitor = VisitorName::parse(visitor).unwrap();
            records.push(Record::Entered(
                Seq(seq),
                EntryId::from_u128(seq.into()),
                visitor,
                AT,
            ));
        }
        records
    }

    fn admitted(seqs: &[u64]) -> Record {
        Record::Admitted(seqs.iter().copied().map(Seq).collect(), AT, AT)
    }

    #[test]
    fn an_honest_queue_passes() {
        let mut records = a_room_for_two_and_three_who_come();
        records.push(admitted(&[1, 2]));
        records.push(Record::Ended(vec![Seq(1)], crate::EndReason::Left, AT));
        records.push(admitted(&[3]));
        assert_eq!(
            audit(&records),
            Audit {
                admissions: 3,
                ..Audit::default()
            }
        );
    }

    #[test]
    fn one_too_many_is_found() {
        let mut records = a_room_for_two_and_three_who_come();
        records.push(admitted(&[1, 2, 3]));
        assert_eq!(
            audit(&records).over_capacity,
            [OverCapacity {
                at: AT,
                active: 3,
                capacity: 2
            }]
        );
    }

    #[test]
    fn whoever_jumps_the_line_is_found() {
        let mut records = a_room_for_two_and_three_who_come();
        records.push(admitted(&[2]));
        let jumped = OutOfOrder {
            at: AT,
            seq: Seq(2),
            first_in_line: Some(Seq(1)),
        };
        assert_eq!(audit(&records).out_of_order, [jumped]);
    }

    #[test]
    fn nobody_is_admitted_twice_unseen() {
        let mut records = a_room_for_two_and_three_who_come();
        records.push(admitted(&[1]));
        records.push(admitted(&[1]));
        assert_eq!(audit(&records).out_of_order.len(), 1);
    }
}

//! A queue's state: what its records add up to. `apply` is the only way in; reading it decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::bucket::Bucket;
use crate::decision::Counters;
use crate::entry::{Entry, EntryState, Seq};
use crate::limits::ENDED_KEPT;
use crate::line::Line;
use crate::names::{RoomName, VisitorName};
use crate::pace::Pace;
use crate::policy::Settings;
use crate::progress::Progress;
use crate::record::{Row, Snapshot};
use crate::time::Timestamp;

mod apply;

pub(crate) use apply::applied;

/// One room, in memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct State {
    room: RoomName,
    epoch: u32,
    settings: Arc<Settings>,
    is_closed: bool,
    /// Numbers are given once, so order by number is the order by (number, entry id) that all engines share.
    entries: BTreeMap<Seq, Entry>,
    by_visitor: BTreeMap<VisitorName, Seq>,
    line: Line,
    /// Who is inside, by when that ends by itself.
    deadlines: BTreeSet<(Timestamp, Seq)>,
    admitted: u64,
    bucket: Bucket,
    pace: Pace,
}

impl State {
    pub(crate) fn room(&self) -> &RoomName {
        &self.room
    }

    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    pub(crate) fn line(&self) -> &Line {
        &self.line
    }

    pub(crate) fn entries_kept(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entry(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(&seq)
    }

    /// The visitor's latest entry.
    pub(crate) fn entry_of(&self, visitor: &VisitorName) -> Option<&Entry> {
        self.entry(*self.by_visitor.get(visitor)?)
    }

    /// Who is inside past the end, by what ended.
    pub(crate) fn ran_out(&self, now: Timestamp) -> RanOut {
        let mut ran_out = RanOut::default();
        for (_, seq) in self.deadlines.range(..=(now, Seq(u64::MAX))) {
            match self.entries.get(seq).map(|entry| entry.state) {
                Some(EntryState::Admitted { .. }) => ran_out.unclaimed.push(*seq),
                _ => ran_out.claimed.push(*seq),
            }
        }
        ran_out
    }

    pub(crate) fn counters(&self, now: Timestamp) -> Counters {
        Counters {
            at: now,
            opens_at: self.settings.opens_at,
            is_paused: self.settings.paused,
            is_closed: self.is_closed,
            waiting: self.line.len() as u64,
            admissible: self.line.len() as u64,
            newcomers_from: None,
            active: self.deadlines.len() as u64,
            budget: self
                .bucket
                .refilled(self.settings.policy.per_minute, now)
                .tokens(),
            entered: self.line.last().0,
            admitted: self.admitted,
            pace: self.pace.per_window(now),
        }
    }

    pub(crate) fn progress(&self, now: Timestamp) -> Progress {
        Progress {
            room: self.room.clone(),
            epoch: self.epoch,
            lost_up_to: Seq(0),
            at: now,
            served: self.line.served(),
            last: self.line.last(),
            given_up: self.line.table(),
            pace: self.pace.per_window(now),
            settings: Arc::clone(&self.settings),
        }
    }

    /// Everything but the entries that ended long ago.
    pub(crate) fn snapshot(&self, now: Timestamp) -> Snapshot {
        let mut entries: Vec<Row> = Vec::with_capacity(self.entries.len());
        for entry in self.entries.values() {
            let is_forgotten =
                matches!(entry.state, EntryState::Ended { at, .. } if now.since(at) > ENDED_KEPT);
            if !is_forgotten {
                entries.push(entry.into());
            }
        }
        Snapshot {
            room: self.room.clone(),
            epoch: self.epoch,
            settings: Settings::clone(&self.settings),
            is_closed: self.is_closed,
            last_seq: self.line.last(),
            served: self.line.served(),
            admitted: self.admitted,
            bucket: self.bucket,
            pace: self.pace.clone(),
            given_up: self.line.given_up(),
            entries,
        }
    }
}

/// Who is inside past the end.
#[derive(Default)]
pub(crate) struct RanOut {
    /// The pass was not fetched in time.
    pub(crate) unclaimed: Vec<Seq>,
    /// The pass ran out.
    pub(crate) claimed: Vec<Seq>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::entry::{EndReason, EntryId};
    use crate::policy::Policy;
    use crate::record::Record;

    const AT: Timestamp = Timestamp::from_ms(1_796_122_800_000);

    /// One entry in every state, and a place given up in line.
    fn room() -> State {
        let settings = Settings::opening(AT, Policy::fifo());
        let mut records = vec![Record::Opened(RoomName::parse("opera").unwrap(), 1, settings, AT)];
        for seq in 1..=6 {
            let visitor = VisitorName::parse(&format!("visitor-{seq}")).unwrap();
            records.push(Record::Entered(
                Seq(seq),
                EntryId::from_u128(seq.into()),
                visitor,
                AT,
            ));
        }
        let minute = AT.plus(Duration::from_mins(1));
        records.push(Record::Admitted(vec![Seq(1), Seq(2), Seq(3)], minute, AT));
        records.push(Record::Claimed(Seq(2), minute));
        records.push(Record::Ended(vec![Seq(3), Seq(5)], EndReason::Left, AT));
        let mut state = None;
        for record in &records {
            state = Some(applied(state, record).unwrap());
        }
        state.unwrap()
    }

    #[test]
    fn a_snapshot_is_the_same_state_again() {
        let snapshot = room().snapshot(AT);
        let line = serde_json::to_string(&Record::Snapshot(Box::new(snapshot))).unwrap();
        let read = serde_json::from_str(&line).unwrap();
        assert_eq!(applied(None, &read), Ok(room()));
    }

    #[test]
    fn a_record_that_does_not_follow_is_refused() {
        for stray in [
            Record::Claimed(Seq(4), AT),
            Record::Claimed(Seq(9), AT),
            Record::Ended(vec![Seq(3)], EndReason::Left, AT),
            Record::Entered(
                Seq(6),
                EntryId::from_u128(7),
                VisitorName::parse("late").unwrap(),
                AT,
            ),
            Record::Opened(
                RoomName::parse("opera").unwrap(),
                1,
                room().settings().clone(),
                AT,
            ),
        ] {
            assert!(applied(Some(room()), &stray).is_err(), "{stray:?}");
            assert!(
                applied(None, &stray).is_err() || matches!(stray, Record::Opened(..)),
                "{stray:?}"
            );
        }
    }
}

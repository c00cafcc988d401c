//! What changes in the halls, for those who watch: the last changes of each hall that somebody watches, fed by the
//! reader of the log, in its order.
//!
//! Whoever has a map of a position and hears the changes after it has the map of the position that they lead to. What
//! lies further back than is kept here is not told: such a map is fetched anew.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ticketon_core::availability::Shown;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::PerformanceId;
use ticketon_core::plan::SeatNumber;
use tokio::sync::watch;

use crate::limits;

/// The changes of every hall that is watched.
#[derive(Debug, Default)]
pub struct SeatFeeds(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Up to where the log was followed.
    followed: Position,
    halls: BTreeMap<PerformanceId, Hall>,
}

#[derive(Debug)]
struct Hall {
    /// Older changes are not known here.
    since: Position,
    changes: VecDeque<(Position, SeatNumber, Shown)>,
    followed: watch::Sender<Position>,
}

/// Somebody who watches a hall.
pub struct Watching {
    performance: PerformanceId,
    at: Position,
    followed: watch::Receiver<Position>,
}

/// What happened in a hall between two positions; each seat as it is at the latter.
#[derive(Debug, PartialEq, Eq)]
pub struct SeatNews {
    /// After this position.
    pub from: Position,
    /// Up to this one.
    pub to: Position,
    /// The seats that changed.
    pub changes: BTreeMap<SeatNumber, Shown>,
}

impl SeatFeeds {
    /// Takes in what the log says next.
    pub fn follow(&self, facts: &[Recorded]) {
        let Some(last) = facts.last() else { return };
        let mut state = self.lock();
        state.followed = last.position;
        state.halls.retain(|_, hall| hall.followed.receiver_count() > 0);
        for recorded in facts {
            let Some((performance, shown, seats)) = recorded.fact.what.seat_marks() else {
                continue;
            };
            if let Some(hall) = state.halls.get_mut(&performance) {
                for (number, _) in seats {
                    hall.take_in(recorded.position, *number, shown);
                }
            }
        }
        for hall in state.halls.values() {
            hall.followed.send_replace(last.position);
        }
    }

    /// Watches a hall from a position on that somebody has seen, if its changes are still known, else from now on.
    pub fn watch(&self, performance: PerformanceId, seen: Option<Position>) -> Watching {
        let mut state = self.lock();
        let now = state.followed;
        let hall = state.halls.entry(performance).or_insert_with(|| Hall {
            since: now,
            changes: VecDeque::new(),
            followed: watch::Sender::new(now),
        });
        let is_known = |seen: &Position| (hall.since..=now).contains(seen);
        Watching {
            performance,
            at: seen.filter(is_known).unwrap_or(now),
            followed: hall.followed.subscribe(),
        }
    }

    /// What has happened since the watcher heard something last; nothing known ends the watching.
    pub fn news(&self, watching: &mut Watching) -> Option<SeatNews> {
        let to = *watching.followed.borrow_and_update();
        let state = self.lock();
        let hall = state.halls.get(&watching.performance)?;
        if watching.at < hall.since {
            return None;
        }
        let from = std::mem::replace(&mut watching.at, to);
        let is_new = |(position, ..): &&(Position, SeatNumber, Shown)| *position > from && *position <= to;
        let new = hall.changes.iter().filter(is_new);
        let changes = new.map(|(_, number, shown)| (*number, *shown)).collect();
        Some(SeatNews { from, to, changes })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hall {
    fn take_in(&mut self, position: Position, number: SeatNumber, shown: Shown) {
        if self.changes.len() >= limits::SEAT_CHANGES_KEPT
            && let Some((forgotten, ..)) = self.changes.pop_front()
        {
            // Of a fact that is half forgotten nothing is told.
            self.since = forgotten;
        }
        self.changes.push_back((position, number, shown));
    }
}

impl Watching {
    /// Waits until the log was followed further.
    pub async fn changed(&mut self) {
        // The feeds live as long as the shop: an error says that it is gone, and the stream with it.
        self.followed.changed().await.ok();
    }
}

#[cfg(test)]
mod tests {
    use ticketon_core::fact::{Fact, Stream, What};
    use ticketon_core::ids::HoldId;
    use ticketon_core::store::Version;
    use ticketon_core::{SeededEntropy, Timestamp};

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_796_122_800_000);

    fn hall() -> PerformanceId {
        PerformanceId::new(NOON, &SeededEntropy::new(1))
    }

    fn freed(position: u64, numbers: &[u32]) -> Recorded {
        let what = What::HoldEnded {
            hold: HoldId::new(NOON, &SeededEntropy::new(2)),
            performance: hall(),
            sale: ticketon_core::ids::SaleId::new(NOON, &SeededEntropy::new(3)),
            expired: true,
            spent: None,
            seats: numbers
                .iter()
                .map(|number| (SeatNumber(*number), Version(1)))
                .collect(),
        };
        Recorded {
            position: Position(position),
            fact: Fact {
                stream: Stream::System,
                at: NOON,
                what,
            },
            act: None,
        }
    }

    fn numbers(news: Option<SeatNews>) -> (u64, u64, Vec<u32>) {
        let news = news.unwrap();
        (
            news.from.0,
            news.to.0,
            news.changes.keys().map(|number| number.0).collect(),
        )
    }

    #[test]
    fn who_watches_hears_what_comes_after_what_was_seen() {
        let feeds = SeatFeeds::default();
        feeds.follow(&[freed(1, &[1])]);
        let mut watching = feeds.watch(hall(), None);
        assert_eq!(numbers(feeds.news(&mut watching)), (1, 1, vec![]));
        feeds.follow(&[freed(2, &[2]), freed(3, &[3, 2])]);
        assert_eq!(numbers(feeds.news(&mut watching)), (1, 3, vec![2, 3]));
        let mut again = feeds.watch(hall(), Some(Position(2)));
        assert_eq!(numbers(feeds.news(&mut again)), (2, 3, vec![2, 3]));
        let mut long_ago = feeds.watch(hall(), Some(Position(0)));
        assert_eq!(numbers(feeds.news(&mut long_ago)), (3, 3, vec![]));
    }

    #[test]
    fn who_is_too_slow_is_told_nothing_rather_than_half_of_it() {
        let feeds = SeatFeeds::default();
        let mut watching = feeds.watch(hall(), None);
        for position in 1..=limits::SEAT_CHANGES_KEPT as u64 + 1 {
            feeds.follow(&[freed(position, &[7])]);
        }
        assert_eq!(feeds.news(&mut watching), None);
    }

    #[test]
    fn a_hall_that_nobody_watches_any_more_is_forgotten() {
        let feeds = SeatFeeds::default();
        drop(feeds.watch(hall(), None));
        feeds.follow(&[freed(1, &[1])]);
        assert!(feeds.lock().halls.is_empty());
    }
}

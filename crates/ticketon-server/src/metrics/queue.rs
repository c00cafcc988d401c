//! The waiting rooms that this process ticks; those that others tick are counted there.

use std::collections::BTreeMap;

use ticketon_queue::Because;

use super::Page;
use crate::rooms::Rooms;

/// Every reason, as the page has it.
const REASONS: [&str; 11] = [
    "closed",
    "free_slots",
    "newcomers_wait",
    "no_free_slot",
    "nobody_waits",
    "not_open",
    "paused",
    "rate",
    "room_for_all",
    "sold_out",
    "stock",
];

pub(super) fn write(page: &mut Page, rooms: &Rooms) {
    let mut by_reason: BTreeMap<&str, u64> = REASONS.iter().map(|reason| (*reason, 0)).collect();
    let (mut waiting, mut active) = (0, 0);
    for (counters, because) in rooms.last_ticks() {
        waiting += counters.waiting;
        active += counters.active;
        *by_reason.entry(reason(because)).or_default() += 1;
    }
    page.gauges(
        "queue_rooms",
        "Waiting rooms that this process ticks, by why no more are admitted",
        by_reason
            .into_iter()
            .map(|(reason, rooms)| ([("because", reason)], rooms)),
    );
    page.gauge("queue_waiting", "Visitors who wait in them", waiting);
    page.gauge("queue_active", "Visitors who are inside", active);
    let ticks = rooms.ticks();
    page.counter(
        "queue_admitted",
        "Visitors whom this process let in",
        ticks.admitted,
    );
    let outcomes = [("done", ticks.done), ("failed", ticks.failed)];
    page.counters(
        "queue_ticks",
        "Steps of waiting rooms",
        outcomes.map(|(outcome, count)| ([("outcome", outcome)], count)),
    );
}

fn reason(because: Because) -> &'static str {
    match because {
        Because::Closed => "closed",
        Because::NotOpenBefore(_) => "not_open",
        Because::Paused => "paused",
        Because::SoldOut => "sold_out",
        Because::NobodyWaits => "nobody_waits",
        Because::NewcomersFrom(_) => "newcomers_wait",
        Because::NoFreeSlot { .. } => "no_free_slot",
        Because::Rate { .. } => "rate",
        Because::FreeSlots { .. } => "free_slots",
        Because::Stock { .. } => "stock",
        Because::RoomForAll => "room_for_all",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_one_of_those_that_begin_at_nought() {
        let at = ticketon_queue::Timestamp::from_ms(0);
        let all = [
            Because::Closed,
            Because::NotOpenBefore(at),
            Because::Paused,
            Because::SoldOut,
            Because::NobodyWaits,
            Because::NewcomersFrom(at),
            Because::NoFreeSlot {
                active: 1,
                capacity: 1,
            },
            Because::Rate { per_minute: 1 },
            Because::FreeSlots { free: 1, capacity: 1 },
            Because::Stock { sellable: 1 },
            Because::RoomForAll,
        ];
        let mut named = all.map(reason);
        named.sort_unstable();
        assert_eq!(named, REASONS);
    }
}

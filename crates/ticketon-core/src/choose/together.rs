//! Seats beside each other.

use std::ops::Range;

use super::Offer;

/// A block of seats beside each other, the better the smaller.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    leaves_orphan: bool,
    /// The sum of its seats' distances.
    distance: u64,
    first: u32,
}

/// The best block: one that leaves no orphan before one that does, then the nearest.
pub(super) fn best_block(offer: &Offer) -> Option<Range<u32>> {
    let mut best: Option<Block> = None;
    for stretch in &offer.seats.nearest_first {
        let least_distance = stretch.nearest * u64::from(offer.quantity);
        if best
            .as_ref()
            .is_some_and(|best| !best.leaves_orphan && best.distance <= least_distance)
        {
            break;
        }
        if offer.is_in_zone(stretch) {
            for run in offer.free.runs(stretch.numbers.clone()) {
                best = best.into_iter().chain(best_of_run(offer, &run)).min();
            }
        }
    }
    best.map(|block| block.first..block.first + offer.quantity)
}

/// The nearest block of a run among those that leave no orphan and keep the run's room: a run of 20 that has
/// place for ten pairs has place for nine more after one is chosen. Without this, pairs from the middle of each
/// row leave odd remainders, and the last buyers sit apart.
///
/// A run that is not one seat longer than the wish always has such a block, at its start.
fn best_of_run(offer: &Offer, run: &Range<u32>) -> Option<Block> {
    let spare = (run.end - run.start).checked_sub(offer.quantity)?;
    let leaves_orphan = spare == 1;
    let is_good = |before: &u32| leaves_orphan || is_kind_to_run(*before, spare - before, offer.quantity);
    let block = |before: u32| {
        let first = run.start + before;
        Block {
            leaves_orphan,
            distance: offer.seating.distance(first..first + offer.quantity),
            first,
        }
    };
    (0..=spare).filter(is_good).map(block).min()
}

fn is_kind_to_run(before: u32, after: u32, quantity: u32) -> bool {
    before != 1 && after != 1 && before % quantity + after % quantity < quantity
}

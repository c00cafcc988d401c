//! Seats that are not beside each other, yet near: when no block is left.

use super::Offer;
use crate::plan::SeatNumber;

/// How far seats are from being together, the better the smaller.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Spread {
    is_over_zones: bool,
    /// The square of the diagonal of the box around them.
    diagonal: u64,
    /// The sum of their distances.
    distance: u64,
}

/// Of all free seats that follow each other in plan order, those that are nearest to each other; of those, the
/// nearest to the focal point. Plan order goes row by row, so they lie in one row or in rows behind each other.
pub(super) fn nearest_to_each_other(offer: &Offer) -> Option<Vec<SeatNumber>> {
    let mut free = Vec::new();
    for stretch in offer
        .seats
        .stretches
        .iter()
        .filter(|stretch| offer.is_in_zone(stretch))
    {
        let numbers = offer.free.runs(stretch.numbers.clone()).flatten();
        free.extend(numbers.map(|number| FreeSeat {
            number,
            zone: stretch.zone,
        }));
    }
    let windows = free.windows(usize::try_from(offer.quantity).ok()?);
    let nearest = windows.min_by_key(|seats| Spread::of(seats, offer))?;
    Some(nearest.iter().map(|seat| SeatNumber(seat.number)).collect())
}

struct FreeSeat {
    number: u32,
    zone: usize,
}

impl Spread {
    fn of(seats: &[FreeSeat], offer: &Offer) -> Self {
        let points = || seats.iter().map(|seat| offer.seating.point(seat.number));
        let width = extent(points().map(|point| point.x));
        let depth = extent(points().map(|point| point.y));
        let distance = |seat: &FreeSeat| offer.seating.distance(seat.number..seat.number + 1);
        Self {
            is_over_zones: seats.first().map(|seat| seat.zone) != seats.last().map(|seat| seat.zone),
            diagonal: width * width + depth * depth,
            distance: seats.iter().map(distance).sum(),
        }
    }
}

fn extent(coordinates: impl Iterator<Item = i32> + Clone) -> u64 {
    let least = coordinates.clone().min().unwrap_or(0);
    let most = coordinates.max().unwrap_or(0);
    u64::from(most.abs_diff(least))
}

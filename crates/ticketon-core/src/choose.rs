//! Choosing the best available seats: a pure function of the plan, of what is free, and of a wish.
//!
//! In this order: seats beside each other that leave no single seat alone, nearest to the focal point; seats
//! beside each other; seats of several rows, near each other; places of a general-admission zone. Seats of one
//! row with an aisle, another grade or a wheelchair place between them are not beside each other.
//!
//! The same question has the same answer. What keeps a crowd from all getting it are claims: the caller takes
//! seats that others claim out of [`FreeSeats`] before asking. Places for wheelchairs and their companions are
//! never chosen here, they are picked by hand; [`leaves_orphan`] judges what was picked by hand.

mod apart;
mod free;
mod together;
mod wish;

use crate::plan::{GradeSeats, Plan, SeatKind, SeatNumber, Seating, Stretch};

pub use free::FreeSeats;
pub use wish::{BadQuantity, Wish};

/// Seats that fulfil a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Which, in plan order.
    pub seats: Vec<SeatNumber>,
    /// Whether they are beside each other, or in one general-admission zone.
    pub is_together: bool,
}

/// Why a wish cannot be fulfilled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotChosen {
    /// The plan has no such grade.
    #[error("the hall has no grade `{0}`")]
    NoSuchGrade(String),
    /// The plan has no such zone.
    #[error("the hall has no zone `{0}`")]
    NoSuchZone(String),
    /// Too few are free.
    #[error("{wished} seats are wished for and at most {left} can be had")]
    NoneLeft {
        /// How many were wished for.
        wished: u32,
        /// The largest wish of this kind that could be fulfilled now.
        left: u32,
    },
}

/// The best available seats. `free` is what this buyer may take: what others hold, claim or have set aside for
/// them is not in it.
pub fn choose(plan: &Plan, free: &FreeSeats, wish: &Wish) -> Result<Chosen, NotChosen> {
    let offer = Offer::to(wish, plan, free)?;
    if let Some(block) = together::best_block(&offer) {
        return Ok(Chosen {
            seats: block.map(SeatNumber).collect(),
            is_together: true,
        });
    }
    if let Some(seats) = apart::nearest_to_each_other(&offer) {
        return Ok(Chosen {
            seats,
            is_together: false,
        });
    }
    if let Some(seats) = general_admission(&offer) {
        return Ok(Chosen {
            seats,
            is_together: true,
        });
    }
    Err(NotChosen::NoneLeft {
        wished: wish.quantity(),
        left: most_left(&offer),
    })
}

/// The first seat that taking `picked` would leave alone: free, with no free seat beside it. `picked` are free
/// seats. A seat that is alone by the plan (between two aisles) is nobody's orphan.
pub fn leaves_orphan(plan: &Plan, free: &FreeSeats, picked: &[SeatNumber]) -> Option<SeatNumber> {
    let mut left = free.clone();
    for &number in picked {
        left.remove(number);
    }
    let has_free_before = |number: SeatNumber| {
        let before = number.0.checked_sub(1).map(SeatNumber);
        before.is_some_and(|before| plan.is_beside_next(before) && left.contains(before))
    };
    let has_free_after =
        |number: SeatNumber| plan.is_beside_next(number) && left.contains(SeatNumber(number.0 + 1));
    let is_orphan = |number: &SeatNumber| {
        let is_standard = plan
            .seat(*number)
            .is_some_and(|seat| seat.kind == SeatKind::Standard);
        is_standard && left.contains(*number) && !has_free_before(*number) && !has_free_after(*number)
    };
    let neighbours = picked.iter().flat_map(|&number| neighbours(plan, number));
    neighbours.filter(is_orphan).min()
}

/// The seats that are beside a seat.
fn neighbours(plan: &Plan, number: SeatNumber) -> impl Iterator<Item = SeatNumber> {
    let before = number
        .0
        .checked_sub(1)
        .map(SeatNumber)
        .filter(|&before| plan.is_beside_next(before));
    let after = plan.is_beside_next(number).then(|| SeatNumber(number.0 + 1));
    before.into_iter().chain(after)
}

/// What a wish chooses from.
struct Offer<'a> {
    seating: &'a Seating,
    seats: &'a GradeSeats,
    /// The place of the wished zone in the plan.
    zone: Option<usize>,
    free: &'a FreeSeats,
    quantity: u32,
}

impl<'a> Offer<'a> {
    fn to(wish: &Wish, plan: &'a Plan, free: &'a FreeSeats) -> Result<Self, NotChosen> {
        let no_grade = || NotChosen::NoSuchGrade(wish.grade().to_string());
        let seats = plan.seats_of_grade(wish.grade()).ok_or_else(no_grade)?;
        let place_of = |name: &str| {
            let place = plan.zones().iter().position(|zone| zone.name == name);
            place.ok_or_else(|| NotChosen::NoSuchZone(name.to_owned()))
        };
        let zone = wish.zone().map(place_of).transpose()?;
        Ok(Self {
            seating: plan.seating(),
            seats,
            zone,
            free,
            quantity: wish.quantity(),
        })
    }

    fn is_in_zone(&self, stretch: &Stretch) -> bool {
        self.zone.is_none_or(|zone| zone == stretch.zone)
    }

    /// How many seats of a stretch are free.
    fn free_in(&self, stretch: &Stretch) -> u32 {
        self.free
            .runs(stretch.numbers.clone())
            .map(|run| run.end - run.start)
            .sum()
    }
}

/// Places of the first zone that has enough.
fn general_admission(offer: &Offer) -> Option<Vec<SeatNumber>> {
    let quantity = usize::try_from(offer.quantity).ok()?;
    let zones = offer.seats.general.iter().filter(|zone| offer.is_in_zone(zone));
    let places = |zone: &Stretch| {
        let free = offer.free.runs(zone.numbers.clone()).flatten();
        free.take(quantity).map(SeatNumber).collect::<Vec<_>>()
    };
    zones.map(places).find(|places| places.len() == quantity)
}

/// The largest wish that could be fulfilled: all seats left, or the places left in one zone.
fn most_left(offer: &Offer) -> u32 {
    let is_in_zone = |stretch: &&Stretch| offer.is_in_zone(stretch);
    let seats = offer
        .seats
        .stretches
        .iter()
        .filter(is_in_zone)
        .map(|stretch| offer.free_in(stretch))
        .sum();
    let places = offer
        .seats
        .general
        .iter()
        .filter(is_in_zone)
        .map(|zone| offer.free_in(zone))
        .max();
    places.unwrap_or(0).max(seats)
}

#[cfg(test)]
mod tests;

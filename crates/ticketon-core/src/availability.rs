//! Which seats of a performance are free: state and version of each seat, in memory.
//!
//! A hall is fed by this process's own commits before their answers go out, and by the log's tail. Facts and
//! commits carry each seat's version, so applied late or twice they do no harm. A seat shown wrongly costs a
//! refusal, never a wrong sale: the store decides.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use crate::choose::FreeSeats;
use crate::fact::{Fact, Position, SeatMark, What};
use crate::ids::PerformanceId;
use crate::plan::{Plan, SeatNumber};
use crate::seat::{Seat, SeatState};
use crate::store::{Version, Versioned};

/// What anybody may know of a seat: two bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// To be had.
    Free,
    /// Kept for somebody.
    Held,
    /// A ticket's.
    Sold,
    /// Not for sale.
    OffSale,
}

/// How many seats of a hall are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// To be had.
    pub free: u32,
    /// Kept for somebody.
    pub held: u32,
    /// A ticket's.
    pub sold: u32,
    /// Not for sale.
    pub off_sale: u32,
}

/// The halls of the performances that somebody asked for.
#[derive(Default)]
pub struct Availability {
    halls: RwLock<BTreeMap<PerformanceId, Arc<Hall>>>,
    tail: Mutex<Position>,
}

/// One performance's seats.
pub struct Hall {
    cells: Mutex<Cells>,
    plan: OnceLock<Plan>,
    /// One permit. Not a mutex: under contention that one looks at the machine's clock.
    loading: async_lock::Semaphore,
}

struct Cells {
    /// Up to which log position the cells were loaded; `None` before they were.
    loaded: Option<Position>,
    by_number: Vec<Cell>,
    free: FreeSeats,
    counts: Counts,
}

#[derive(Clone, Copy)]
struct Cell {
    shown: Shown,
    version: Version,
}

impl Availability {
    /// The hall of a performance if it is loaded, else an empty one that takes part in commits from now on and
    /// waits for [`Hall::load`]: subscribe first, then load.
    pub fn hall(&self, performance: PerformanceId) -> Arc<Hall> {
        if let Some(hall) = self.known(performance) {
            return hall;
        }
        let mut halls = self.halls.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            halls
                .entry(performance)
                .or_insert_with(|| Arc::new(Hall::empty())),
        )
    }

    /// Shows seats as they were committed.
    pub fn show(&self, seats: &[Versioned<Seat>]) {
        for (seat, version) in seats {
            if let Some(hall) = self.known(seat.performance) {
                hall.lock().show(seat.number, Shown::from(seat.state), *version);
            }
        }
    }

    /// Shows the seats of a fact, read from the log in order.
    pub fn follow(&self, position: Position, fact: &Fact) {
        match &fact.what {
            What::SeatsSeeded {
                performance,
                first,
                count,
            } => {
                if let Some(hall) = self.known(*performance) {
                    let mut cells = hall.lock();
                    for number in first.0..first.0 + count {
                        cells.show(SeatNumber(number), Shown::Free, Version::ABSENT.next());
                    }
                }
            }
            what => {
                let Some((performance, shown, seats)) = what.seat_marks() else {
                    return self.advance(position);
                };
                if let Some(hall) = self.known(performance) {
                    let mut cells = hall.lock();
                    for (number, version) in seats {
                        cells.show(*number, shown, *version);
                    }
                }
            }
        }
        self.advance(position);
    }

    /// The log position up to which a hall is complete.
    pub fn version(&self, hall: &Hall) -> Position {
        let tail = *self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        hall.lock().loaded.unwrap_or_default().max(tail)
    }

    fn known(&self, performance: PerformanceId) -> Option<Arc<Hall>> {
        self.halls
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&performance)
            .cloned()
    }

    fn advance(&self, position: Position) {
        *self.tail.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }
}

impl Hall {
    fn empty() -> Self {
        let cells = Cells {
            loaded: None,
            by_number: Vec::new(),
            free: FreeSeats::none(),
            counts: Counts::default(),
        };
        Self {
            cells: Mutex::new(cells),
            plan: OnceLock::new(),
            loading: async_lock::Semaphore::new(1),
        }
    }

    /// Whether it was loaded.
    pub fn is_loaded(&self) -> bool {
        self.lock().loaded.is_some()
    }

    /// The plan that its seats were seeded from, once somebody has read it.
    pub(crate) fn plan(&self) -> Option<Plan> {
        self.plan.get().cloned()
    }

    /// Keeps the plan: it never changes once seats are seeded from it.
    pub(crate) fn keep_plan(&self, plan: Plan) {
        self.plan.get_or_init(|| plan);
    }

    /// The turn of whoever loads it: others wait.
    pub(crate) async fn loading(&self) -> async_lock::SemaphoreGuard<'_> {
        self.loading.acquire().await
    }

    /// Takes the seats as a store holds them, complete up to `position`.
    pub fn load(&self, seats: &[Versioned<Seat>], position: Position) {
        let mut cells = self.lock();
        for (seat, version) in seats {
            cells.show(seat.number, Shown::from(seat.state), *version);
        }
        cells.loaded = cells.loaded.max(Some(position));
    }

    /// Which seats are free.
    pub fn free(&self) -> FreeSeats {
        self.lock().free.clone()
    }

    /// What anybody may know of a seat.
    pub fn shown(&self, number: SeatNumber) -> Option<Shown> {
        self.lock()
            .by_number
            .get(number.0 as usize)
            .map(|cell| cell.shown)
    }

    /// How many seats it knows of.
    pub fn seats(&self) -> usize {
        self.lock().by_number.len()
    }

    /// What a seat looks like, and the version of its row that it is known from.
    pub fn at(&self, number: SeatNumber) -> Option<(Shown, Version)> {
        let cells = self.lock();
        let cell = cells.by_number.get(number.0 as usize)?;
        Some((cell.shown, cell.version))
    }

    /// How many seats are in each state. Costs the same for a school and for a stadium.
    pub fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// Two bits a seat in number order, the first seat in the lowest bits: 0 free, 1 held, 2 sold, 3 off sale.
    pub fn packed(&self) -> Vec<u8> {
        let cells = self.lock();
        let mut bytes = vec![0; cells.by_number.len().div_ceil(4)];
        for (index, cell) in cells.by_number.iter().enumerate() {
            bytes[index / 4] |= cell.shown.bits() << (index % 4 * 2);
        }
        bytes
    }

    fn lock(&self) -> MutexGuard<'_, Cells> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cells {
    fn show(&mut self, number: SeatNumber, shown: Shown, version: Version) {
        let index = number.0 as usize;
        if index >= self.by_number.len() {
            // A seat not heard of yet is not for sale.
            let unheard_of = Cell {
                shown: Shown::OffSale,
                version: Version::ABSENT,
            };
            let new = u32::try_from(index + 1 - self.by_number.len());
            self.counts.off_sale += new.expect("numbers are 32 bits, so there are no more seats");
            self.by_number.resize(index + 1, unheard_of);
        }
        if version <= self.by_number[index].version {
            return;
        }
        *self.counts.of(self.by_number[index].shown) -= 1;
        *self.counts.of(shown) += 1;
        self.by_number[index] = Cell { shown, version };
        if shown == Shown::Free {
            self.free.insert(number);
        } else {
            self.free.remove(number);
        }
    }
}

impl Counts {
    fn of(&mut self, shown: Shown) -> &mut u32 {
        match shown {
            Shown::Free => &mut self.free,
            Shown::Held => &mut self.held,
            Shown::Sold => &mut self.sold,
            Shown::OffSale => &mut self.off_sale,
        }
    }
}

impl Shown {
    /// The two bits: 0 free, 1 held, 2 sold, 3 off sale.
    pub fn bits(self) -> u8 {
        match self {
            Self::Free => 0,
            Self::Held => 1,
            Self::Sold => 2,
            Self::OffSale => 3,
        }
    }
}

impl From<SeatState> for Shown {
    fn from(state: SeatState) -> Self {
        match state {
            SeatState::Free => Self::Free,
            SeatState::Held(_) => Self::Held,
            SeatState::Sold(_) => Self::Sold,
            SeatState::OffSale => Self::OffSale,
        }
    }
}

impl What {
    /// The seats that it moved, and what they look like now. Seats that come into being are none of them.
    pub fn seat_marks(&self) -> Option<(PerformanceId, Shown, &[SeatMark])> {
        match self {
            Self::SeatsHeld {
                performance, seats, ..
            } => Some((*performance, Shown::Held, seats)),
            Self::PurchasePaid {
                performance, seats, ..
            } => Some((*performance, Shown::Sold, seats)),
            Self::HoldEnded {
                performance, seats, ..
            }
            | Self::PurchaseEnded {
                performance, seats, ..
            }
            | Self::RefundRequested {
                performance, seats, ..
            } => Some((*performance, Shown::Free, seats)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use crate::time::Timestamp;

    #[test]
    fn a_seat_that_is_shown_late_does_no_harm() {
        let performance = PerformanceId::new(Timestamp::from_millis(0), &SeededEntropy::new(1));
        let availability = Availability::default();
        let hall = availability.hall(performance);
        hall.lock().show(SeatNumber(0), Shown::Sold, Version(3));
        hall.lock().show(SeatNumber(0), Shown::Held, Version(2));
        assert_eq!(hall.shown(SeatNumber(0)), Some(Shown::Sold));
    }

    #[test]
    fn seats_are_counted_as_they_change() {
        let hall = Hall::empty();
        hall.lock().show(SeatNumber(2), Shown::Free, Version(1));
        hall.lock().show(SeatNumber(0), Shown::Sold, Version(1));
        let counts = Counts {
            free: 1,
            sold: 1,
            off_sale: 1,
            ..Counts::default()
        };
        assert_eq!(hall.counts(), counts);
        hall.lock().show(SeatNumber(2), Shown::Held, Version(2));
        assert_eq!((hall.counts().free, hall.counts().held), (0, 1));
    }

    #[test]
    fn four_seats_fit_in_a_byte() {
        let hall = Hall::empty();
        for (index, shown) in [Shown::Held, Shown::Free, Shown::Sold, Shown::OffSale]
            .into_iter()
            .enumerate()
        {
            hall.lock()
                .show(SeatNumber(u32::try_from(index).unwrap()), shown, Version(1));
        }
        assert_eq!(hall.packed(), [0b11_10_00_01]);
    }
}

//! Which seats are free, a bit a seat: so that a nearly full hall of 50,000 is searched in microseconds.

use std::ops::Range;

use crate::plan::SeatNumber;

const BITS: u32 = u64::BITS;

/// The seats of a performance that somebody may take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FreeSeats(Vec<u64>);

impl FreeSeats {
    /// No seat.
    pub fn none() -> Self {
        Self::default()
    }

    /// The first `seats` seats: all of an untouched hall.
    pub fn all(seats: u32) -> Self {
        (0..seats).map(SeatNumber).collect()
    }

    /// Frees a seat.
    pub fn insert(&mut self, seat: SeatNumber) {
        let word = word_of(seat.0);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit_of(seat.0);
    }

    /// Takes a seat.
    pub fn remove(&mut self, seat: SeatNumber) {
        if let Some(word) = self.0.get_mut(word_of(seat.0)) {
            *word &= !bit_of(seat.0);
        }
    }

    /// Whether a seat is free.
    pub fn contains(&self, seat: SeatNumber) -> bool {
        self.word(seat.0) & bit_of(seat.0) != 0
    }

    /// How many seats are free.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The free seats among some, as runs of consecutive numbers.
    pub(super) fn runs(&self, within: Range<u32>) -> impl Iterator<Item = Range<u32>> {
        let mut from = within.start;
        std::iter::from_fn(move || {
            let start = self.first(from..within.end, 0)?;
            let end = self.first(start..within.end, u64::MAX).unwrap_or(within.end);
            from = end;
            Some(start..end)
        })
    }

    /// The first free seat, or with `flip` of all ones the first taken one.
    fn first(&self, within: Range<u32>, flip: u64) -> Option<u32> {
        let mut number = within.start;
        while number < within.end {
            let ahead = (self.word(number) ^ flip) >> (number % BITS);
            if ahead != 0 {
                let found = number + ahead.trailing_zeros();
                return (found < within.end).then_some(found);
            }
            number = (number / BITS + 1).saturating_mul(BITS);
        }
        None
    }

    fn word(&self, number: u32) -> u64 {
        self.0.get(word_of(number)).copied().unwrap_or(0)
    }
}

fn word_of(number: u32) -> usize {
    (number / BITS) as usize
}

fn bit_of(number: u32) -> u64 {
    1 << (number % BITS)
}

impl FromIterator<SeatNumber> for FreeSeats {
    fn from_iter<I: IntoIterator<Item = SeatNumber>>(seats: I) -> Self {
        let mut free = Self::none();
        for seat in seats {
            free.insert(seat);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_where_a_seat_is_taken_or_the_search_ends() {
        let mut free = FreeSeats::all(200);
        for taken in [3, 64, 65, 127] {
            free.remove(SeatNumber(taken));
        }
        let runs: Vec<_> = free.runs(2..150).collect();
        assert_eq!(runs, [2..3, 4..64, 66..127, 128..150]);
    }

    #[test]
    fn seats_beyond_the_last_free_one_are_taken() {
        let free: FreeSeats = [SeatNumber(5)].into_iter().collect();
        assert!(free.runs(0..u32::MAX).eq(std::iter::once(5..6)));
        assert!(!free.contains(SeatNumber(1_000)));
        assert_eq!(free.count(), 1);
    }
}

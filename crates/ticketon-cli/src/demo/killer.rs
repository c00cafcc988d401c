//! When the server is killed: in the middle of the sale, at moments that follow from the seed.

use std::time::Duration;

use super::dice::Dice;

/// The kills that are still to come, the next one last.
#[derive(Debug, Clone)]
pub(crate) struct Killer(Vec<Kill>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kill {
    /// When so many seats are paid for.
    seats_paid: u64,
    /// How long the server stays dead.
    dead_for: Duration,
}

/// What a buyer buys, as far as the moments of the kills go.
const SEATS_EACH: u64 = 2;

/// How many seats so many buyers of a hall will have bought, about.
pub(crate) fn seats_sold(seats: usize, buyers: u32) -> u64 {
    (seats as u64).min(u64::from(buyers) * SEATS_EACH)
}

impl Killer {
    /// So many kills, between a tenth and seven tenths of what will be sold.
    pub(crate) fn new(seed: u64, kills: u32, seats: usize, buyers: u32) -> Self {
        let mut dice = Dice::new(seed, 3);
        let sold = seats_sold(seats, buyers);
        let mut planned = Vec::new();
        for _ in 0..kills {
            let share = u64::from(10 + dice.below(60));
            planned.push(Kill {
                seats_paid: sold * share / 100,
                dead_for: Duration::from_millis(50) + dice.time_below(Duration::from_millis(400)),
            });
        }
        planned.sort_by_key(|kill| std::cmp::Reverse(kill.seats_paid));
        Self(planned)
    }

    /// Whether it is time; how long the server stays dead then.
    pub(crate) fn next_kill(&mut self, seats_paid: u64) -> Option<Duration> {
        let kill = self.0.pop_if(|kill| seats_paid >= kill.seats_paid)?;
        Some(kill.dead_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kill_comes_in_the_middle_and_once() {
        let mut killer = Killer::new(7, 3, 2_304, 6_000);
        assert_eq!(killer.next_kill(100), None);
        let kills = (0..10).filter(|_| killer.next_kill(2_000).is_some()).count();
        assert_eq!(kills, 3);
    }
}

//! How rough it is: how often calls are slow, refused, answered by nobody, or the process's last. Each seed has a
//! weather of its own in which some of it does not happen at all, so that one fault does not hide another.

use super::dice::Dice;

/// How often what happens to a call of a port, of a hundred thousand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weather {
    /// It takes its time.
    pub(super) slow: u64,
    /// It is refused, and nothing was done.
    pub(super) refused: u64,
    /// It is done, and the answer is lost.
    pub(super) lost: u64,
    /// The process dies by it.
    pub(super) deadly: u64,
    /// A read that may be cached answers what stood there before.
    pub(super) stale: u64,
    /// A request or an answer is lost between buyer and shop.
    pub(super) cut: u64,
    /// Once in a while, for a few seconds, the store answers nobody; per second.
    pub(super) outage: u64,
    /// The world's time jumps ahead; per second.
    pub(super) jump: u64,
    /// The shop's clock is set; per second.
    pub(super) skew: u64,
}

impl Weather {
    /// Nothing goes wrong.
    pub(super) const CALM: Self = Self {
        slow: 0,
        refused: 0,
        lost: 0,
        deadly: 0,
        stale: 0,
        cut: 0,
        outage: 0,
        jump: 0,
        skew: 0,
    };

    /// The weather of a seed.
    pub(super) fn of(dice: &Dice) -> Self {
        Self {
            slow: dice.one_of(&[0, 5_000, 20_000, 60_000]),
            refused: dice.one_of(&[0, 200, 1_000, 4_000]),
            lost: dice.one_of(&[0, 500, 3_000, 10_000]),
            deadly: dice.one_of(&[0, 0, 15, 40, 80]),
            stale: dice.one_of(&[0, 1_000, 5_000]),
            cut: dice.one_of(&[0, 2_000, 8_000]),
            outage: dice.one_of(&[0, 0, 1_500]),
            jump: dice.one_of(&[0, 0, 1_000, 2_000]),
            skew: dice.one_of(&[0, 3_000]),
        }
    }
}

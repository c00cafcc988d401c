//! The admission policy: from counters to "admit so many, because …". Pure, so that its reason can be kept, shown
//! and argued with.

use std::fmt;

use crate::policy::Policy;
use crate::time::Timestamp;

/// The stock of a room that sells nothing countable.
pub const UNLIMITED: u64 = u64::MAX;

/// What a room looks like at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counters {
    /// The moment.
    pub at: Timestamp,
    /// Nobody is admitted before.
    pub opens_at: Timestamp,
    /// An operator has stopped admission.
    pub is_paused: bool,
    /// The room is closed for good.
    pub is_closed: bool,
    /// How many wait.
    pub waiting: u64,
    /// How many of them may be admitted now: all, except that after a loss of the queue newcomers wait for those who
    /// were in line before them to come back.
    pub admissible: u64,
    /// Until when that is, if the queue was lost.
    pub newcomers_from: Option<Timestamp>,
    /// How many are inside, pass fetched or not.
    pub active: u64,
    /// How many the rate allows at this moment.
    pub budget: u64,
    /// How many ever came.
    pub entered: u64,
    /// How many were ever admitted.
    pub admitted: u64,
    /// How many admissions the last minute saw.
    pub pace: u64,
}

/// What a tick does, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decision {
    /// How many are admitted.
    pub admit: u64,
    /// What decided the number.
    pub because: Because,
}

/// What decided how many are admitted. Shown in plain words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Because {
    /// The room is closed.
    Closed,
    /// Not yet time.
    NotOpenBefore(Timestamp),
    /// An operator paused admission.
    Paused,
    /// Nothing is left.
    SoldOut,
    /// There is nobody to admit.
    NobodyWaits,
    /// Whoever waited before the queue was lost has time to come back, and nobody of them waits now.
    NewcomersFrom(Timestamp),
    /// Everybody inside has a slot and there is none left.
    NoFreeSlot {
        /// How many are inside.
        active: u64,
        /// How many may be.
        capacity: u32,
    },
    /// The rate is the limit.
    Rate {
        /// Admissions a minute.
        per_minute: u32,
    },
    /// Fewer slots than people.
    FreeSlots {
        /// Slots that were free.
        free: u64,
        /// How many may be inside.
        capacity: u32,
    },
    /// Less stock than people.
    Stock {
        /// What could still be sold.
        sellable: u64,
    },
    /// Everybody who waited was let in.
    RoomForAll,
}

/// How admission is decided. A queue uses [`decide_admission`] unless it is told otherwise.
pub type Decider = fn(&Counters, &Policy, u64) -> Decision;

/// As many as slots, rate and stock allow.
pub fn decide_admission(counters: &Counters, policy: &Policy, sellable: u64) -> Decision {
    match obstacle(counters, policy, sellable) {
        Some(because) => Decision { admit: 0, because },
        None => as_many_as_fit(counters, policy, sellable),
    }
}

/// What keeps everybody out.
fn obstacle(counters: &Counters, policy: &Policy, sellable: u64) -> Option<Because> {
    if counters.is_closed {
        return Some(Because::Closed);
    }
    if counters.at < counters.opens_at {
        return Some(Because::NotOpenBefore(counters.opens_at));
    }
    if counters.is_paused {
        return Some(Because::Paused);
    }
    if sellable == 0 {
        return Some(Because::SoldOut);
    }
    if counters.waiting == 0 {
        return Some(Because::NobodyWaits);
    }
    if let Some(from) = counters.newcomers_from
        && counters.admissible == 0
    {
        return Some(Because::NewcomersFrom(from));
    }
    if counters.active >= u64::from(policy.capacity) {
        return Some(Because::NoFreeSlot {
            active: counters.active,
            capacity: policy.capacity,
        });
    }
    (counters.budget == 0).then_some(Because::Rate {
        per_minute: policy.per_minute,
    })
}

fn as_many_as_fit(counters: &Counters, policy: &Policy, sellable: u64) -> Decision {
    let capacity = policy.capacity;
    let free = u64::from(capacity) - counters.active;
    let admit = counters.admissible.min(free).min(counters.budget).min(sellable);
    let because = if admit == counters.waiting {
        Because::RoomForAll
    } else if let Some(from) = counters.newcomers_from
        && admit == counters.admissible
    {
        Because::NewcomersFrom(from)
    } else if admit == counters.budget {
        Because::Rate {
            per_minute: policy.per_minute,
        }
    } else if admit == free {
        Because::FreeSlots { free, capacity }
    } else {
        Because::Stock { sellable }
    };
    Decision { admit, because }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => write!(f, "closed"),
            Self::NotOpenBefore(opens_at) => write!(f, "not open before {opens_at}"),
            Self::Paused => write!(f, "paused"),
            Self::SoldOut => write!(f, "sold out"),
            Self::NobodyWaits => write!(f, "nobody waits"),
            Self::NewcomersFrom(moment) => {
                write!(
                    f,
                    "newcomers from {moment}: the queue was lost, and who was in line has time to come back"
                )
            }
            Self::NoFreeSlot { active, capacity } => {
                write!(
                    f,
                    "no free slot: {} of {} inside",
                    grouped(*active),
                    grouped((*capacity).into())
                )
            }
            Self::Rate { per_minute } => write!(f, "rate: {} a minute", grouped((*per_minute).into())),
            Self::FreeSlots { free, capacity } => {
                write!(
                    f,
                    "free slots: {} of {}",
                    grouped(*free),
                    grouped((*capacity).into())
                )
            }
            Self::Stock { sellable } => write!(f, "stock: {} left to sell", grouped(*sellable)),
            Self::RoomForAll => write!(f, "room for all who waited"),
        }
    }
}

/// A number as people read it: `3,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy::fifo();

    fn crowd() -> Counters {
        Counters {
            at: Timestamp::from_ms(1_000),
            opens_at: Timestamp::from_ms(0),
            is_paused: false,
            is_closed: false,
            waiting: 5_000,
            admissible: 5_000,
            newcomers_from: None,
            active: 0,
            budget: 100,
            entered: 5_000,
            admitted: 0,
            pace: 0,
        }
    }

    fn said(counters: Counters, sellable: u64) -> String {
        let Decision { admit, because } = decide_admission(&counters, &POLICY, sellable);
        format!("{admit}, {because}")
    }

    #[test]
    fn the_tightest_limit_decides_and_is_named() {
        assert_eq!(said(crowd(), UNLIMITED), "100, rate: 3,000 a minute");
        assert_eq!(
            said(
                Counters {
                    active: 460,
                    ..crowd()
                },
                UNLIMITED
            ),
            "40, free slots: 40 of 500"
        );
        assert_eq!(said(crowd(), 3), "3, stock: 3 left to sell");
        assert_eq!(
            said(
                Counters {
                    waiting: 7,
                    admissible: 7,
                    ..crowd()
                },
                UNLIMITED
            ),
            "7, room for all who waited"
        );
    }

    #[test]
    fn what_keeps_everybody_out_is_named() {
        assert_eq!(
            said(
                Counters {
                    active: 500,
                    ..crowd()
                },
                9
            ),
            "0, no free slot: 500 of 500 inside"
        );
        assert_eq!(
            said(
                Counters {
                    active: 501,
                    ..crowd()
                },
                9
            ),
            "0, no free slot: 501 of 500 inside"
        );
        assert_eq!(
            said(Counters { budget: 0, ..crowd() }, 9),
            "0, rate: 3,000 a minute"
        );
        assert_eq!(
            said(
                Counters {
                    waiting: 0,
                    admissible: 0,
                    ..crowd()
                },
                9
            ),
            "0, nobody waits"
        );
        assert_eq!(said(crowd(), 0), "0, sold out");
        assert_eq!(
            said(
                Counters {
                    is_paused: true,
                    ..crowd()
                },
                9
            ),
            "0, paused"
        );
        assert_eq!(
            said(
                Counters {
                    is_closed: true,
                    ..crowd()
                },
                9
            ),
            "0, closed"
        );
        let after_a_loss = Counters {
            admissible: 0,
            newcomers_from: Some(Timestamp::from_ms(86_400_000)),
            ..crowd()
        };
        assert_eq!(
            said(after_a_loss, 9),
            "0, newcomers from 1970-01-02T00:00:00Z: the queue was lost, and who was in line has time to come back"
        );
        let early = Counters {
            opens_at: Timestamp::from_ms(86_400_000),
            ..crowd()
        };
        assert_eq!(said(early, 9), "0, not open before 1970-01-02T00:00:00Z");
    }
}

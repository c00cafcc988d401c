//! Seats set aside for a moment while a request takes them to the store: what turns a crowd away before it.
//!
//! A claim is a courtesy. Who has one is not disturbed by others who choose with claims taken out; whether the
//! seats are free the store still decides, with claims or without. A claim ends when its request gives it back,
//! and by itself after [`limits::CLAIM_KEPT`]; nothing of it outlives the process.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ids::{IdempotencyKey, PerformanceId, Person};
use crate::limits;
use crate::plan::SeatNumber;
use crate::time::Timestamp;

/// The claims of this process.
#[derive(Debug)]
pub struct Claims {
    kept: Duration,
    live: Mutex<Live>,
}

/// Whose a claim is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOwner {
    /// One request's, named by random bytes.
    Request([u8; 16]),
    /// That of all repeats of one request: a repeat takes its own claim again, and is never told that its own
    /// seats are taken.
    Repeatable(Person, IdempotencyKey),
}

/// Others claim some of the wanted seats; nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("others are just taking some of these seats")]
pub struct Claimed {
    /// All seats of the performance that others claim at this moment, so that the next choice is right.
    pub by_others: Vec<SeatNumber>,
}

#[derive(Debug, Default)]
struct Live {
    claims: BTreeMap<(PerformanceId, SeatNumber), Claim>,
    /// The same, by when they end.
    ends: BTreeSet<(Timestamp, PerformanceId, SeatNumber)>,
}

#[derive(Debug)]
struct Claim {
    owner: ClaimOwner,
    until: Timestamp,
}

impl Claims {
    /// No claims.
    pub fn new() -> Self {
        Self::kept_for(limits::CLAIM_KEPT)
    }

    /// Claims that give themselves back after another time than the usual; after no time at all they turn nobody
    /// away, and the store is left to decide alone.
    pub fn kept_for(kept: Duration) -> Self {
        Self {
            kept,
            live: Mutex::default(),
        }
    }

    /// Claims all of the seats or none. What the owner has claimed already is claimed anew, from `now`.
    pub fn take(
        &self,
        performance: PerformanceId,
        seats: &[SeatNumber],
        owner: &ClaimOwner,
        now: Timestamp,
    ) -> Result<(), Claimed> {
        let mut live = self.lock();
        live.forget_ended(now);
        let is_others = |seat: &SeatNumber| live.is_others(performance, *seat, owner);
        if seats.iter().any(is_others) {
            return Err(Claimed {
                by_others: live.of_others(performance, ALL_SEATS, owner),
            });
        }
        for &seat in seats {
            live.give_back(performance, seat);
            live.take(performance, seat, owner.clone(), now + self.kept);
        }
        Ok(())
    }

    /// Ends the owner's claims on the seats; what is not the owner's stays.
    pub fn give_back(&self, performance: PerformanceId, seats: &[SeatNumber], owner: &ClaimOwner) {
        let mut live = self.lock();
        for &seat in seats {
            if !live.is_others(performance, seat, owner) {
                live.give_back(performance, seat);
            }
        }
    }

    /// The seats among `numbers` that others than `owner` claim, in plan order.
    pub fn claimed(
        &self,
        performance: PerformanceId,
        numbers: Range<u32>,
        now: Timestamp,
        owner: &ClaimOwner,
    ) -> Vec<SeatNumber> {
        let mut live = self.lock();
        live.forget_ended(now);
        live.of_others(performance, numbers, owner)
    }

    fn lock(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Claims {
    fn default() -> Self {
        Self::new()
    }
}

const ALL_SEATS: Range<u32> = 0..limits::PLAN_SEATS_MAX;

impl Live {
    fn take(&mut self, performance: PerformanceId, seat: SeatNumber, owner: ClaimOwner, until: Timestamp) {
        self.claims.insert((performance, seat), Claim { owner, until });
        self.ends.insert((until, performance, seat));
    }

    fn give_back(&mut self, performance: PerformanceId, seat: SeatNumber) {
        if let Some(claim) = self.claims.remove(&(performance, seat)) {
            self.ends.remove(&(claim.until, performance, seat));
        }
    }

    /// Memory is bounded by what was claimed within the time that claims are kept.
    fn forget_ended(&mut self, now: Timestamp) {
        while let Some(&(until, performance, seat)) = self.ends.first()
            && until <= now
        {
            self.give_back(performance, seat);
        }
    }

    fn is_others(&self, performance: PerformanceId, seat: SeatNumber, owner: &ClaimOwner) -> bool {
        self.claims
            .get(&(performance, seat))
            .is_some_and(|claim| claim.owner != *owner)
    }

    fn of_others(
        &self,
        performance: PerformanceId,
        numbers: Range<u32>,
        owner: &ClaimOwner,
    ) -> Vec<SeatNumber> {
        let first = (performance, SeatNumber(numbers.start));
        let end = (performance, SeatNumber(numbers.end.max(numbers.start)));
        let among = self.claims.range(first..end);
        among
            .filter(|(_, claim)| claim.owner != *owner)
            .map(|((_, seat), _)| *seat)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::entropy::SeededEntropy;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);
    const ANA: ClaimOwner = ClaimOwner::Request([1; 16]);
    const BOB: ClaimOwner = ClaimOwner::Request([2; 16]);

    fn performance() -> PerformanceId {
        PerformanceId::new(NOW, &SeededEntropy::new(1))
    }

    fn seats<const N: usize>(numbers: [u32; N]) -> [SeatNumber; N] {
        numbers.map(SeatNumber)
    }

    #[test]
    fn claims_are_taken_whole_or_not_at_all() {
        let claims = Claims::new();
        claims.take(performance(), &seats([1, 2]), &ANA, NOW).unwrap();
        claims.take(performance(), &seats([9]), &ANA, NOW).unwrap();
        let refused = claims.take(performance(), &seats([2, 3]), &BOB, NOW).unwrap_err();
        assert_eq!(refused.by_others, seats([1, 2, 9]));
        assert_eq!(claims.claimed(performance(), 0..100, NOW, &ANA), []);
    }

    #[test]
    fn a_repeat_takes_its_own_claim_again() {
        let claims = Claims::new();
        let owner = || {
            let key = IdempotencyKey::new("once").unwrap();
            ClaimOwner::Repeatable(Person::new("ana").unwrap(), key)
        };
        claims.take(performance(), &seats([1]), &owner(), NOW).unwrap();
        claims.take(performance(), &seats([1]), &owner(), NOW).unwrap();
        claims.give_back(performance(), &seats([1]), &owner());
        claims.take(performance(), &seats([1]), &BOB, NOW).unwrap();
    }

    #[test]
    fn nobody_gives_back_what_is_not_theirs() {
        let claims = Claims::new();
        claims.take(performance(), &seats([1]), &ANA, NOW).unwrap();
        claims.give_back(performance(), &seats([1]), &BOB);
        assert_eq!(claims.claimed(performance(), 0..2, NOW, &BOB), seats([1]));
        assert_eq!(claims.claimed(performance(), 2..9, NOW, &BOB), []);
    }

    #[test]
    fn a_claim_ends_by_itself_and_is_forgotten() {
        let claims = Claims::new();
        claims.take(performance(), &seats([1, 2]), &ANA, NOW).unwrap();
        let later = NOW + limits::CLAIM_KEPT;
        claims.take(performance(), &seats([2]), &BOB, later).unwrap();
        let live = claims.lock();
        assert_eq!((live.claims.len(), live.ends.len()), (1, 1));
    }

    #[test]
    fn performances_have_nothing_to_do_with_each_other() {
        let claims = Claims::new();
        let other = PerformanceId::new(NOW, &SeededEntropy::new(2));
        claims.take(performance(), &seats([1]), &ANA, NOW).unwrap();
        claims.take(other, &seats([1]), &BOB, NOW).unwrap();
        assert_eq!(claims.claimed(other, 0..9, NOW, &BOB), []);
    }

    #[test]
    fn of_a_crowd_that_wants_the_same_four_seats_one_gets_them() {
        let claims = Claims::new();
        let served: [AtomicU32; 100] = std::array::from_fn(|_| AtomicU32::new(0));
        std::thread::scope(|crowd| {
            for buyer in 0..8 {
                let (claims, served) = (&claims, &served);
                crowd.spawn(move || {
                    for (four, served) in (0..).step_by(4).zip(served) {
                        let wanted = seats([four, four + 1, four + 2, four + 3]);
                        if claims
                            .take(performance(), &wanted, &ClaimOwner::Request([buyer; 16]), NOW)
                            .is_ok()
                        {
                            served.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert!(served.iter().all(|served| served.load(Ordering::Relaxed) == 1));
    }

    #[test]
    fn claims_that_are_kept_for_no_time_turn_nobody_away() {
        let claims = Claims::kept_for(Duration::ZERO);
        claims.take(performance(), &seats([1]), &ANA, NOW).unwrap();
        claims.take(performance(), &seats([1]), &BOB, NOW).unwrap();
        assert_eq!(claims.claimed(performance(), 0..9, NOW, &ANA), []);
    }
}

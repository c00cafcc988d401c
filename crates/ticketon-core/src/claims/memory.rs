//! The claims of one process: nothing of them outlives it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::{ClaimOwner, Claimed, Claims};
use crate::ids::PerformanceId;
use crate::limits;
use crate::plan::SeatNumber;
use crate::time::Timestamp;

/// The claims of this process.
#[derive(Debug)]
pub struct ClaimsInMemory {
    kept: Duration,
    live: Mutex<Live>,
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

impl ClaimsInMemory {
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

    fn lock(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Claims for ClaimsInMemory {
    async fn take(
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

    async fn give_back(&self, performance: PerformanceId, seats: &[SeatNumber], owner: &ClaimOwner) {
        let mut live = self.lock();
        for &seat in seats {
            if !live.is_others(performance, seat, owner) {
                live.give_back(performance, seat);
            }
        }
    }

    async fn claimed(
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
}

impl Default for ClaimsInMemory {
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

    #[cfg(feature = "contract")]
    #[tokio::test]
    async fn it_does_what_all_claims_must_do() {
        crate::contract::claims(&ClaimsInMemory::new(), &SeededEntropy::new(1)).await;
    }

    #[tokio::test]
    async fn a_claim_that_ended_is_forgotten() {
        let claims = ClaimsInMemory::new();
        claims
            .take(performance(), &[SeatNumber(1), SeatNumber(2)], &ANA, NOW)
            .await
            .unwrap();
        let later = NOW + limits::CLAIM_KEPT;
        claims
            .take(performance(), &[SeatNumber(2)], &BOB, later)
            .await
            .unwrap();
        let live = claims.lock();
        assert_eq!((live.claims.len(), live.ends.len()), (1, 1));
    }

    #[tokio::test]
    async fn claims_that_are_kept_for_no_time_turn_nobody_away() {
        let claims = ClaimsInMemory::kept_for(Duration::ZERO);
        for owner in [ANA, BOB] {
            claims
                .take(performance(), &[SeatNumber(1)], &owner, NOW)
                .await
                .unwrap();
        }
        assert_eq!(claims.claimed(performance(), 0..9, NOW, &ANA).await, []);
    }

    #[test]
    fn of_a_crowd_that_wants_the_same_four_seats_one_gets_them() {
        let claims = ClaimsInMemory::new();
        let served: [AtomicU32; 100] = std::array::from_fn(|_| AtomicU32::new(0));
        std::thread::scope(|crowd| {
            for buyer in 0..8 {
                let wants = wants_all_fours(&claims, buyer, &served);
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                crowd.spawn(move || runtime.block_on(wants));
            }
        });
        assert!(served.iter().all(|served| served.load(Ordering::Relaxed) == 1));
    }

    async fn wants_all_fours(claims: &ClaimsInMemory, buyer: u8, served: &[AtomicU32; 100]) {
        for (four, served) in (0..).step_by(4).zip(served) {
            let wanted = [four, four + 1, four + 2, four + 3].map(SeatNumber);
            let owner = ClaimOwner::Request([buyer; 16]);
            if claims.take(performance(), &wanted, &owner, NOW).await.is_ok() {
                served.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

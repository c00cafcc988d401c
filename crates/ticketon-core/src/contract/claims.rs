//! What all claims must do, whoever keeps them. Each case has performances of its own.

use std::time::Duration;

use crate::claims::{ClaimOwner, Claims};
use crate::entropy::Entropy;
use crate::ids::{IdempotencyKey, PerformanceId, Person};
use crate::limits;
use crate::plan::SeatNumber;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_796_122_800_000);
const ANA: ClaimOwner = ClaimOwner::Request([1; 16]);
const BOB: ClaimOwner = ClaimOwner::Request([2; 16]);

/// What all claims must do. `entropy` gives names of performances that nobody else claims seats of.
///
/// # Panics
/// If the claims do not do it.
pub async fn claims(claims: &dyn Claims, entropy: &dyn Entropy) {
    let performance = || PerformanceId::new(NOW, entropy);
    are_taken_whole_or_not_at_all(claims, performance()).await;
    are_taken_again_by_a_repeat(claims, performance()).await;
    are_given_back_by_their_owner_alone(claims, performance()).await;
    end_by_themselves(claims, performance()).await;
    have_nothing_to_do_with_other_performances(claims, performance(), performance()).await;
    are_of_any_number(claims, performance()).await;
}

async fn are_taken_whole_or_not_at_all(claims: &dyn Claims, performance: PerformanceId) {
    takes(claims, performance, &[1, 2], &ANA, NOW).await;
    takes(claims, performance, &[9], &ANA, NOW).await;
    let refused = claims.take(performance, &seats(&[2, 3]), &BOB, NOW).await;
    let refused = refused.expect_err("another has one of them");
    assert_eq!(
        refused.by_others,
        seats(&[1, 2, 9]),
        "all that others claim are named, in order"
    );
    assert_eq!(
        claims.claimed(performance, 0..100, NOW, &ANA).await,
        [],
        "nothing was taken"
    );
}

async fn are_taken_again_by_a_repeat(claims: &dyn Claims, performance: PerformanceId) {
    let owner = || {
        let key = IdempotencyKey::new("once-more,\"now\"").expect("a key");
        ClaimOwner::Repeatable(Person::new("ana").expect("a person"), key)
    };
    takes(claims, performance, &[1], &owner(), NOW).await;
    takes(claims, performance, &[1, 2], &owner(), NOW).await;
    claims.give_back(performance, &seats(&[1, 2]), &owner()).await;
    takes(claims, performance, &[1], &BOB, NOW).await;
}

async fn are_given_back_by_their_owner_alone(claims: &dyn Claims, performance: PerformanceId) {
    takes(claims, performance, &[1], &ANA, NOW).await;
    claims.give_back(performance, &seats(&[1]), &BOB).await;
    assert_eq!(claims.claimed(performance, 0..2, NOW, &BOB).await, seats(&[1]));
    assert_eq!(claims.claimed(performance, 2..9, NOW, &BOB).await, []);
    claims.give_back(performance, &seats(&[1]), &ANA).await;
    assert_eq!(claims.claimed(performance, 0..2, NOW, &BOB).await, []);
}

async fn end_by_themselves(claims: &dyn Claims, performance: PerformanceId) {
    takes(claims, performance, &[1, 2], &ANA, NOW).await;
    let at_the_end = NOW + limits::CLAIM_KEPT;
    let before = at_the_end - Duration::from_millis(1);
    assert_eq!(
        claims.claimed(performance, 0..9, before, &BOB).await,
        seats(&[1, 2])
    );
    takes(claims, performance, &[2], &BOB, at_the_end).await;
    assert_eq!(
        claims.claimed(performance, 0..9, at_the_end, &ANA).await,
        seats(&[2])
    );
}

async fn have_nothing_to_do_with_other_performances(
    claims: &dyn Claims,
    performance: PerformanceId,
    other: PerformanceId,
) {
    takes(claims, performance, &[1], &ANA, NOW).await;
    takes(claims, other, &[1], &BOB, NOW).await;
    assert_eq!(claims.claimed(other, 0..9, NOW, &BOB).await, []);
}

async fn are_of_any_number(claims: &dyn Claims, performance: PerformanceId) {
    let all: Vec<u32> = (0..500).collect();
    takes(claims, performance, &all, &ANA, NOW).await;
    assert_eq!(
        claims.claimed(performance, 0..1_000, NOW, &BOB).await,
        seats(&all)
    );
    claims.give_back(performance, &seats(&all), &ANA).await;
    takes(claims, performance, &all, &BOB, NOW).await;
}

async fn takes(
    claims: &dyn Claims,
    performance: PerformanceId,
    numbers: &[u32],
    owner: &ClaimOwner,
    now: Timestamp,
) {
    let taken = claims.take(performance, &seats(numbers), owner, now).await;
    assert_eq!(taken, Ok(()), "seats that nobody else claims are taken");
}

fn seats(numbers: &[u32]) -> Vec<SeatNumber> {
    numbers.iter().copied().map(SeatNumber).collect()
}

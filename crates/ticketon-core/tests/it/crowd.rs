//! Many at once: a crowd that wants the best, and a crowd that wants the same.

use std::fmt::Write as _;
use std::sync::Arc;

use ticketon_core::availability::Availability;
use ticketon_core::claims::ClaimsInMemory;
use ticketon_core::hold::Hold;
use ticketon_core::{
    Caller, Code, Context, Plan, Refusal, Seats, Settled, hold_seats, settle_payment, start_purchase,
};

use crate::shop::{R, Shop, YieldingStore, recital};

/// 1,150 pairs of seats in rows of 20.
fn hall_of_pairs() -> Plan {
    let mut csv = String::from("zone,row,seat,grade\n");
    for row in 1..=115 {
        for seat in 1..=20 {
            writeln!(csv, "Stalls,{row},{seat},R").unwrap();
        }
    }
    Plan::from_csv(&csv).unwrap()
}

/// Everybody asks at the same moment, each through a context of their own making.
async fn ask_at_once(
    buyers: u32,
    performance: ticketon_core::ids::PerformanceId,
    wish: &Seats,
    mut context: impl FnMut() -> Context,
) -> Vec<Result<Hold, Refusal>> {
    let mut asking = Vec::new();
    for buyer in 0..buyers {
        let (cx, wish) = (context(), wish.clone());
        asking.push(tokio::spawn(async move {
            let caller = Caller::user(&format!("buyer-{buyer}"));
            hold_seats(&cx, &caller, performance, wish).await
        }));
    }
    let mut answers = Vec::new();
    for task in asking {
        answers.push(task.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn of_1100_who_want_the_two_best_of_1150_pairs_all_get_them() {
    let shop = Shop::selling(recital().plan(hall_of_pairs()).no_queue()).await;
    let best_two = Seats::BestAvailable {
        price: "R/adult".parse().unwrap(),
        quantity: 2,
        zone: None,
    };
    let slow = YieldingStore::over(&shop.cx);

    let answers = ask_at_once(1_100, shop.event.performance(), &best_two, || slow.clone()).await;

    for hold in answers.into_iter().map(Result::unwrap) {
        let [left, right] = &hold.items[..] else {
            panic!("two seats: {hold:?}")
        };
        assert_eq!(left.number.0 + 1, right.number.0);
    }
    shop.buyer("late").ask_for(best_two).await.unwrap();
    let report = shop.report().await;
    report.assert_kept();
}

#[tokio::test]
async fn without_claims_the_store_still_decides_but_most_of_them_are_told_to_try_again() {
    let shop = Shop::selling(recital().plan(hall_of_pairs()).no_queue()).await;
    let best_two = Seats::BestAvailable {
        price: "R/adult".parse().unwrap(),
        quantity: 2,
        zone: None,
    };
    let slow = YieldingStore::over(&shop.cx);
    let unclaimed = || Context {
        claims: Arc::new(ClaimsInMemory::new()),
        ..slow.clone()
    };

    let answers = ask_at_once(100, shop.event.performance(), &best_two, unclaimed).await;

    let refused: Vec<&Refusal> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().err())
        .collect();
    assert!(refused.len() > 50, "{} of 100 were refused", refused.len());
    assert!(refused.iter().all(|refusal| refusal.code() == Code::Unavailable));
    let report = shop.report().await;
    report.assert_kept();
}

/// The seats are bought by whoever held them.
async fn buy_all(cx: &Context, holds: impl IntoIterator<Item = Hold>) {
    for hold in holds {
        let caller = Caller::person(hold.person.clone());
        let purchase = start_purchase(cx, &caller, hold.id).await.unwrap();
        settle_payment(cx, purchase.id, Settled::cash("till"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn no_seat_is_sold_twice_when_claims_cache_and_queue_are_all_taken_away_and_200_want_the_same_four() {
    let shop = Shop::open().await;
    let same_four = Seats::adult(["A-1", "A-2", "A-3", "A-4"]);
    let slow = YieldingStore::over(&shop.cx);
    let alone = || Context {
        claims: Arc::new(ClaimsInMemory::new()),
        availability: Arc::new(Availability::default()),
        ..slow.clone()
    };

    let answers = ask_at_once(200, shop.event.performance(), &same_four, alone).await;

    let (held, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((held.len(), refused.len()), (1, 199));
    for refusal in refused.into_iter().map(Result::unwrap_err) {
        assert_eq!(refusal.code(), Code::SeatTaken);
    }
    buy_all(&shop.cx, held.into_iter().map(Result::unwrap)).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn those_who_want_overlapping_seats_get_them_whole_or_not_at_all() {
    let shop = Shop::open().await;
    let slow = YieldingStore::over(&shop.cx);
    let pairs = [["A-1", "A-2"], ["A-2", "A-3"], ["A-3", "A-4"], ["A-4", "A-1"]];
    let mut held = Vec::new();
    for (round, pair) in pairs.iter().cycle().take(40).enumerate() {
        let (cx, performance) = (slow.clone(), shop.event.performance());
        let wish = Seats::adult(*pair);
        held.push(tokio::spawn(async move {
            let caller = Caller::user(&format!("buyer-{round}"));
            hold_seats(&cx, &caller, performance, wish).await
        }));
    }
    let mut seats = 0;
    for task in held {
        seats += task.await.unwrap().map_or(0, |hold| hold.items.len());
    }
    assert_eq!(seats, 4);
    assert_eq!(
        shop.cx
            .hall(shop.event.performance())
            .await
            .unwrap()
            .counts()
            .held,
        4
    );
    shop.buyer("ana").buy(["A-5"]).await;
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

//! What ends by itself, by its owner, or not at all.

use std::time::Duration;

use ticketon_core::availability::Shown;
use ticketon_core::hold::{Hold, HoldState};
use ticketon_core::plan::SeatNumber;
use ticketon_core::purchase::{Purchase, PurchaseState};
use ticketon_core::sale::Allowance;
use ticketon_core::seat::{Seat, SeatState};
use ticketon_core::{Begun, Code, Settled, limits, settle_payment, sweep};

use crate::shop::{Buyer, PairingStore, Shop};

async fn allowance(buyer: &Buyer<'_>) -> Allowance {
    let sale = buyer.shop.event.sales[0].id;
    buyer.shop.row::<Allowance>((sale, buyer.person())).await
}

#[tokio::test]
async fn a_hold_that_runs_out_frees_its_seats_and_its_owners_allowance() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1", "A-2", "A-3", "A-4"]).await;

    shop.wait_minutes(8);
    shop.sweep().await;

    assert_eq!(shop.row::<Hold>((hold.id,)).await.state, HoldState::Expired);
    assert_eq!(shop.shown(0).await, Shown::Free);
    assert_eq!(allowance(&ana).await.seats, 0);
    shop.buyer("bob").buy(["A-1"]).await;
    ana.buy(["A-2"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn what_runs_out_together_ends_together() {
    let shop = Shop::open().await;
    for (name, seat) in [("ana", "A-1"), ("bob", "A-2"), ("cem", "A-3"), ("dan", "A-4")] {
        shop.buyer(name).hold([seat]).await;
    }
    shop.wait_minutes(8);
    // One after the other, each would wait for ever.
    let cx = PairingStore::over(&shop.cx);
    let swept = sweep(&cx, 100);
    let swept = tokio::time::timeout(Duration::from_secs(5), swept).await;
    assert_eq!(swept.unwrap().unwrap().holds, 4);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn what_cannot_be_ended_keeps_nothing_else_from_ending() {
    let shop = Shop::open().await;
    let (ana, bob, cem) = (shop.buyer("ana"), shop.buyer("bob"), shop.buyer("cem"));
    // The hold and the order that are due first have lost their seats.
    ana.order(&ana.hold(["A-1"]).await).await;
    bob.hold(["A-2"]).await;
    shop.wait(limits::EXPIRY_SPREAD);
    let purchase = cem.order(&cem.hold(["A-3"]).await).await;
    let hold = cem.hold(["A-4"]).await;
    for seat in [0, 1] {
        let key = (shop.event.performance(), SeatNumber(seat));
        shop.tamper::<Seat>(key, |seat| seat.state = SeatState::Free)
            .await;
    }

    shop.wait_minutes(13);
    sweep(&shop.cx, 100).await.unwrap_err();

    let (purchase, hold) = (
        shop.row::<Purchase>((purchase.id,)).await,
        shop.row::<Hold>((hold.id,)).await,
    );
    assert_eq!(
        (purchase.state, hold.state),
        (PurchaseState::Expired, HoldState::Expired)
    );
}

#[tokio::test]
async fn a_hold_past_its_deadline_is_not_ordered_though_nobody_has_swept() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    shop.wait_minutes(7);
    assert_eq!(ana.try_order(hold.id).await, Err(Code::HoldEnded));
    shop.wait_minutes(1);
    shop.sweep().await;
    assert_eq!(ana.try_order(hold.id).await, Err(Code::HoldEnded));
    shop.buyer("bob").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn holds_that_end_together_come_back_spread_over_ten_seconds() {
    let shop = Shop::open().await;
    for (name, seat) in [("ana", "A-1"), ("bob", "A-2"), ("cem", "A-3"), ("dan", "A-4")] {
        shop.buyer(name).hold([seat]).await;
    }
    shop.wait_minutes(7);
    let mut free = Vec::new();
    for _ in 0..=10 {
        shop.sweep().await;
        free.push(
            shop.cx
                .hall(shop.event.performance())
                .await
                .unwrap()
                .counts()
                .free,
        );
        shop.wait(Duration::from_secs(1));
    }
    assert_eq!(free.last(), Some(&12));
    assert!(free.iter().any(|free| (9..12).contains(free)), "{free:?}");
    shop.buyer("ana").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn who_lets_a_hold_go_may_hold_again() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1", "A-2", "A-3", "A-4"]).await;

    let released = ana.release(&hold).await.unwrap();

    assert_eq!(released.state, HoldState::Released);
    assert_eq!(ana.release(&hold).await, Ok(released));
    assert_eq!(ana.try_order(hold.id).await, Err(Code::HoldEnded));
    ana.buy(["A-3", "A-4"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_cancelled_order_leaves_the_hold_as_it_was_while_its_deadline_lies_ahead() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    let purchase = ana.order(&hold).await;

    let cancelled = ana.cancel(&purchase).await.unwrap();

    assert_eq!(ana.cancel(&purchase).await, Ok(cancelled));
    assert_eq!(shop.row::<Hold>((hold.id,)).await, hold);
    assert_eq!(ana.try_confirm(&purchase).await, Err(Code::PurchaseEnded));
    assert_eq!(ana.try_next(&purchase).await.unwrap_err(), Code::PurchaseEnded);
    let again = ana.order(&hold).await;
    assert_ne!(again.id, purchase.id);
    ana.pay(&again).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_order_cancelled_after_the_holds_deadline_frees_the_seats() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    let purchase = ana.order(&hold).await;
    shop.wait_minutes(8);

    ana.cancel(&purchase).await.unwrap();

    assert_eq!(shop.row::<Hold>((hold.id,)).await.state, HoldState::Expired);
    shop.buyer("bob").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_order_that_nobody_pays_ends_two_minutes_after_its_deadline() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;

    shop.wait_minutes(11);
    shop.sweep().await;
    assert!(shop.row::<Purchase>((purchase.id,)).await.state.is_open());
    shop.wait_minutes(1);
    shop.sweep().await;

    let expired = shop.row::<Purchase>((purchase.id,)).await;
    assert_eq!(expired.state, PurchaseState::Expired);
    assert_eq!(allowance(&ana).await.seats, 0);
    assert_eq!(ana.cancel(&purchase).await, Err(Code::PurchaseEnded));
    shop.buyer("bob").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_attempt_made_in_time_may_be_confirmed_for_two_minutes_after() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let in_time = ana.order(&ana.hold(["A-1"]).await).await;
    let too_late = bob.order(&bob.hold(["A-2"]).await).await;

    shop.wait_minutes(12);
    assert_eq!(ana.try_next(&in_time).await.unwrap_err(), Code::PurchaseEnded);
    ana.pay(&in_time).await;
    shop.wait(Duration::from_millis(1));
    assert_eq!(bob.try_confirm(&too_late).await, Err(Code::PurchaseEnded));

    shop.sweep().await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_order_that_the_bank_is_asked_about_never_expires() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let taken = ana.order(&ana.hold(["A-1"]).await).await;
    let refused = bob.order(&bob.hold(["A-2"]).await).await;
    ana.confirm(&taken).await;
    bob.confirm(&refused).await;

    shop.wait(Duration::from_hours(24));
    shop.sweep().await;
    assert_eq!(
        (shop.shown(0).await, shop.shown(1).await),
        (Shown::Held, Shown::Held)
    );

    assert_eq!(ana.is_charged(&taken).await.state, PurchaseState::Paid);
    let settled = Settled::NotCharged {
        order_id: refused.order_id(),
    };
    // Its time is long over, so that this news frees the seat at once.
    let ended = settle_payment(&shop.cx, refused.id, settled).await.unwrap();
    assert_eq!(ended.state, PurchaseState::Expired);
    assert_eq!(shop.shown(1).await, Shown::Free);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_unanswered_attempt_is_looked_up_again_and_again() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    let is_due = async || {
        let due = shop
            .cx
            .reads
            .due(ticketon_core::row::Table::Payment, shop.cx.now(), 10);
        !due.await.unwrap().is_empty()
    };

    assert!(!is_due().await);
    shop.wait(Duration::from_secs(30));
    assert!(is_due().await);
    ticketon_core::postpone_look_up(&shop.cx, &purchase.order_id(), Duration::from_mins(1))
        .await
        .unwrap();
    assert!(!is_due().await);

    assert!(matches!(ana.confirm(&purchase).await, Begun::Asking(_)));
    ana.is_charged(&purchase).await;
    shop.keeps_its_promises().await;
}

//! A repeat, because an answer was lost or somebody clicked twice, hears the first answer.

use ticketon_core::caller::RequestKey;
use ticketon_core::{Begun, Code, create_event};

use crate::shop::{MeddledStore, R, Shop, key, recital, staff};

fn once() -> RequestKey {
    key("once", "what was asked")
}

#[tokio::test]
async fn a_hold_asked_for_twice_is_one_hold() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana").asking(once());

    let hold = ana.hold(["A-1", "A-2", "A-3"]).await;

    // By now the seats are taken and the limit is reached, both by herself.
    assert_eq!(ana.hold(["A-1", "A-2", "A-3"]).await, hold);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_repeat_that_overtakes_the_first_request_hears_the_same() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana").asking(once());
    let (cx, caller, performance) = (shop.cx.clone(), ana.caller.clone(), shop.event.performance());
    let overtaking = async move {
        let seats = ticketon_core::Seats::adult(["A-1"]);
        ticketon_core::hold_seats(&cx, &caller, performance, seats)
            .await
            .unwrap();
    };
    let overtaken = ana.through(MeddledStore::over(&shop.cx, overtaking));

    let heard = overtaken.hold(["A-1"]).await;

    assert_eq!(ana.hold(["A-1"]).await, heard);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn the_same_key_for_something_else_is_refused() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    ana.asking(once()).hold(["A-1"]).await;
    let other = ana.asking(key("once", "something else"));

    assert_eq!(other.try_hold(["A-2"]).await, Err(Code::KeyReused));
    assert_eq!(other.try_hold(["A-1"]).await, Err(Code::KeyReused));
    shop.buyer("bob").asking(once()).hold(["A-2"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_order_made_twice_is_one_order_even_when_its_hold_has_ended() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    let clicking = ana.asking(once());
    let purchase = clicking.order(&hold).await;
    assert_eq!(clicking.order(&hold).await, purchase);

    let cancelled = ana.cancel(&purchase).await.unwrap();
    ana.release(&hold).await.unwrap();

    assert_eq!(clicking.try_order(hold.id).await, Ok(cancelled));
    let other = ana.asking(key("once", "another order"));
    assert_eq!(other.try_order(hold.id).await, Err(Code::KeyReused));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn another_card_asked_for_twice_is_one_attempt() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let clicking = ana.asking(once());

    let (again, payment) = clicking.try_next(&purchase).await.unwrap();
    assert_eq!(clicking.try_next(&purchase).await.unwrap().1, payment);
    ana.confirm(&again).await;
    let while_asked = clicking.try_next(&purchase).await.unwrap().1;

    assert_eq!(while_asked.order_id, payment.order_id);
    let paid = ana.is_charged(&again).await;
    assert_eq!(paid.attempts, 2);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn confirming_twice_asks_the_provider_once() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;

    assert!(matches!(ana.confirm(&purchase).await, Begun::Ask(_)));
    assert!(matches!(ana.confirm(&purchase).await, Begun::Asking(_)));
    ana.is_charged(&purchase).await;
    assert!(matches!(ana.confirm(&purchase).await, Begun::Settled(_)));

    // The same news again, as a webhook after the answer.
    let paid = ana.hears_paid(purchase.id, &purchase.order_id()).await;
    assert_eq!((paid.tickets.len(), paid.refunds.len()), (1, 0));
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn two_confirms_at_once_ask_the_provider_once() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    let (cx, caller, order_id) = (shop.cx.clone(), ana.caller.clone(), purchase.order_id());
    let other_tab = async move {
        let begun = ticketon_core::begin_payment(&cx, &caller, &order_id, "its key", R).await;
        assert!(matches!(begun, Ok(Begun::Ask(_))), "{begun:?}");
    };

    let begun = ana
        .through(MeddledStore::over(&shop.cx, other_tab))
        .confirm(&purchase)
        .await;

    assert!(matches!(begun, Begun::Asking(_)), "{begun:?}");
    ana.is_charged(&purchase).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_refund_asked_for_twice_is_one_refund() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1", "A-2"]).await;
    let clicking = ana.asking(once());
    let tickets = &paid.tickets[..1];

    let refund = clicking.try_refund(&paid, tickets, Some(R)).await.unwrap();
    assert_eq!(
        clicking.try_refund(&paid, tickets, Some(R)).await,
        Ok(refund.clone())
    );
    let other = ana.asking(key("once", "another refund"));
    assert_eq!(
        other.try_refund(&paid, &paid.tickets[1..], None).await,
        Err(Code::KeyReused)
    );

    let done = shop.give_back(&refund).await;
    assert_eq!(shop.give_back_again(&refund).await, done);
    assert_eq!(shop.bank.kept(), R);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_refund_of_everything_asked_for_twice_is_one_refund() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let paid = ana.buy(["A-1"]).await;
    let clicking = ana.asking(once());
    let refund = clicking.try_refund(&paid, &[], None).await.unwrap();
    assert_eq!(clicking.try_refund(&paid, &[], None).await, Ok(refund.clone()));
    shop.give_back(&refund).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_event_drafted_twice_is_one_event() {
    let shop = Shop::open().await;
    let mut event = recital();
    event.slug = "second".parse().unwrap();
    let staff = staff().asking(once());
    let first = create_event(&shop.cx, &staff, event.clone()).await.unwrap();
    let second = create_event(&shop.cx, &staff, event).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(first.performances[0].seats, 12);
    shop.buyer("ana").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

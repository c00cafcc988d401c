//! Requests that are refused: each with the code that says what to do, and nothing changed.

use ticketon_core::caller::Caller;
use ticketon_core::ids::{EventId, HoldId, OrderId, PerformanceId, TicketId};
use ticketon_core::{Code, Seats, Won, create_event, hold_seats};

use crate::shop::{R, Shop, recital, staff};

#[tokio::test]
async fn a_seat_of_somebody_elses_is_taken_and_others_are_named() {
    let shop = Shop::open().await;
    shop.buyer("ana").hold(["A-3", "A-4"]).await;
    let bob = Caller::user("bob");
    let wanted = Seats::adult(["A-2", "A-3"]);
    let refused = hold_seats(&shop.cx, &bob, shop.event.performance(), wanted)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::SeatTaken);
    let details = serde_json::to_value(refused.details()).unwrap();
    assert_eq!(details["seats"]["taken"], serde_json::json!(["A-3"]));
    assert_eq!(details["seats"]["alternatives"].as_array().unwrap().len(), 1);
    // All or none.
    shop.buyer("cem").hold(["A-2"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn seats_and_prices_must_be_those_of_the_plan() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    assert_eq!(ana.try_hold(["Z-99"]).await, Err(Code::SeatUnknown));
    assert_eq!(
        ana.try_pick("A-1", Some("S"), "adult").await,
        Err(Code::PriceUnknown)
    );
    assert_eq!(
        ana.try_pick("A-1", Some("R"), "dog").await,
        Err(Code::PriceUnknown)
    );
    assert_eq!(ana.try_hold(["A-1", "A-1"]).await, Err(Code::InvalidRequest));
    assert_eq!(ana.try_hold([]).await, Err(Code::InvalidRequest));
    let unknown_grade = Seats::BestAvailable {
        price: "X/adult".parse().unwrap(),
        quantity: 2,
        zone: None,
    };
    assert_eq!(ana.ask_for(unknown_grade).await, Err(Code::PriceUnknown));
    ana.buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn what_belongs_to_somebody_else_is_not_found() {
    let shop = Shop::open().await;
    let (ana, eve) = (shop.buyer("ana"), shop.buyer("eve"));
    let hold = ana.hold(["A-1"]).await;
    assert_eq!(eve.try_order(hold.id).await, Err(Code::NotFound));
    assert_eq!(eve.release(&hold).await, Err(Code::NotFound));
    let purchase = ana.order(&hold).await;
    assert_eq!(eve.try_order(hold.id).await, Err(Code::NotFound));
    assert_eq!(eve.cancel(&purchase).await, Err(Code::NotFound));
    assert_eq!(eve.try_next(&purchase).await.unwrap_err(), Code::NotFound);
    assert_eq!(eve.try_confirm(&purchase).await, Err(Code::NotFound));
    let paid = ana.pay(&purchase).await;
    assert_eq!(eve.quote(&paid, &[]).await, Err(Code::NotFound));
    assert_eq!(eve.try_refund(&paid, &[], None).await, Err(Code::NotFound));
    let foreign_ticket = eve.buy(["A-2"]).await.tickets[0];
    assert_eq!(
        ana.try_refund(&paid, &[foreign_ticket], None).await,
        Err(Code::NotFound)
    );
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let (now, entropy) = (shop.cx.now(), &*shop.cx.entropy);
    let nowhere = PerformanceId::new(now, entropy);
    let refused = hold_seats(&shop.cx, &ana.caller, nowhere, Seats::adult(["A-1"])).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    assert_eq!(
        ana.try_order(HoldId::new(now, entropy)).await,
        Err(Code::NotFound)
    );
    let order_id = OrderId::new("NOBODYS-1").unwrap();
    assert_eq!(ana.try_confirm_of(&order_id, R).await, Err(Code::NotFound));
    let paid = ana.buy(["A-1"]).await;
    let ticket = TicketId::new(now, entropy);
    assert_eq!(ana.quote(&paid, &[ticket]).await, Err(Code::NotFound));
    let event = EventId::new(now, entropy);
    let published = ticketon_core::publish(&shop.cx, &staff(), event).await;
    assert_eq!(published.unwrap_err().code(), Code::NotFound);
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_draft_is_not_for_buyers_to_see() {
    let shop = Shop::open().await;
    let mut draft = recital().no_queue();
    draft.slug = "draft".parse().unwrap();
    let draft = create_event(&shop.cx, &staff(), draft).await.unwrap();
    let ana = Caller::user("ana");
    let refused = hold_seats(&shop.cx, &ana, draft.performance(), Seats::adult(["A-1"])).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    shop.buyer("ana").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn nobody_buys_without_being_somebody() {
    let shop = Shop::open().await;
    for (caller, code) in [
        (Caller::anyone(), Code::LoginRequired),
        (staff(), Code::Forbidden),
    ] {
        let refused = hold_seats(&shop.cx, &caller, shop.event.performance(), Seats::adult(["A-1"])).await;
        assert_eq!(refused.unwrap_err().code(), code);
    }
    shop.buyer("ana").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_sale_sells_while_it_is_open() {
    let mut event = recital().no_queue();
    event.sales[0].opens_at = "2026-12-01T12:00:00Z".parse().unwrap();
    event.sales[0].closes_at = "2026-12-01T13:00:00Z".parse().unwrap();
    let shop = Shop::selling(event).await;
    let ana = shop.buyer("ana");
    assert_eq!(ana.try_hold(["A-1"]).await, Err(Code::NotOnSale));
    shop.wait_minutes(60);
    let hold = ana.hold(["A-1"]).await;
    shop.wait_minutes(60);
    assert_eq!(ana.try_hold(["A-2"]).await, Err(Code::NotOnSale));
    shop.sweep().await;
    assert_eq!(ana.try_order(hold.id).await, Err(Code::HoldEnded));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn the_best_seats_run_out() {
    let shop = Shop::open().await;
    let best = |quantity| Seats::BestAvailable {
        price: "R/adult".parse().unwrap(),
        quantity,
        zone: None,
    };
    let first = shop.buyer("ana").ask_for(best(4)).await.unwrap();
    assert_eq!(first.items.len(), 4);
    assert_eq!(first.amount(), Won(R.0 * 4));
    assert_eq!(shop.buyer("bob").ask_for(best(3)).await, Err(Code::NoSeatsLeft));
    shop.buyer("bob").ask_for(best(2)).await.unwrap();
    assert_eq!(shop.buyer("cem").ask_for(best(1)).await, Err(Code::NoSeatsLeft));
    let nowhere = Seats::BestAvailable {
        price: "R/adult".parse().unwrap(),
        quantity: 1,
        zone: Some("Moon".to_owned()),
    };
    assert_eq!(
        shop.buyer("cem").ask_for(nowhere).await,
        Err(Code::InvalidRequest)
    );
    shop.buyer("dan").buy(["B-1"]).await;
    shop.keeps_its_promises().await;
}

//! How many seats one may have, in whatever order and from however many tabs they are asked for.

use std::collections::BTreeMap;

use jiff::civil::date;
use ticketon_core::ids::ChangesId;
use ticketon_core::sale::Sale;
use ticketon_core::store::{Changes, Freshness};
use ticketon_core::{Caller, Code, Seats, hold_seats};

use crate::shop::{Buyer, MeddledStore, Shop, recital};

#[tokio::test]
async fn one_order_and_one_person_have_their_limits() {
    let mut event = recital().no_queue();
    event.sales[0].limits.per_order = 2;
    event.sales[0].limits.per_person = 3;
    let shop = Shop::selling(event).await;
    let ana = shop.buyer("ana");
    assert_eq!(ana.try_hold(["A-1", "A-2", "A-3"]).await, Err(Code::OrderLimit));
    ana.hold(["A-1", "A-2"]).await;
    assert_eq!(ana.try_hold(["A-3", "A-4"]).await, Err(Code::PersonLimit));
    ana.buy(["A-3"]).await;
    assert_eq!(ana.try_hold(["A-4"]).await, Err(Code::PersonLimit));
    shop.buyer("bob").buy(["A-4", "A-5"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn two_tabs_cannot_each_take_the_last_two_of_four() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    ana.buy(["A-1", "A-2"]).await;
    let (cx, caller, performance) = (shop.cx.clone(), ana.caller.clone(), shop.event.performance());
    let other_tab = async move {
        hold_seats(&cx, &caller, performance, Seats::adult(["A-3", "A-4"]))
            .await
            .unwrap();
    };

    let this_tab = ana.through(MeddledStore::over(&shop.cx, other_tab));

    assert_eq!(this_tab.try_hold(["A-5", "A-6"]).await, Err(Code::PersonLimit));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_seat_that_somebody_takes_in_between_is_refused_not_sold_twice() {
    let shop = Shop::open().await;
    let (ana, performance) = (shop.buyer("ana"), shop.event.performance());
    // Bob stands in another process: neither claims nor the map of this one know of him.
    let cx = ticketon_core::Context::over(
        shop.cx.store.clone(),
        shop.cx.reads.clone(),
        shop.cx.clock.clone(),
        shop.cx.entropy.clone(),
    );
    let bob = async move {
        hold_seats(&cx, &Caller::user("bob"), performance, Seats::adult(["A-1"]))
            .await
            .unwrap();
    };

    let overtaken = ana.through(MeddledStore::over(&shop.cx, bob));

    assert_eq!(overtaken.try_hold(["A-1", "A-2"]).await, Err(Code::SeatTaken));
    shop.buyer("cem").buy(["A-2"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn whoever_wants_the_best_gets_the_next_best_when_another_process_was_faster() {
    let shop = Shop::open().await;
    let (ana, performance) = (shop.buyer("ana"), shop.event.performance());
    let cx = ticketon_core::Context::over(
        shop.cx.store.clone(),
        shop.cx.reads.clone(),
        shop.cx.clock.clone(),
        shop.cx.entropy.clone(),
    );
    let best = || Seats::BestAvailable {
        price: "R/adult".parse().unwrap(),
        quantity: 2,
        zone: None,
    };
    let wish = best();
    let bob = async move {
        hold_seats(&cx, &Caller::user("bob"), performance, wish)
            .await
            .unwrap();
    };

    let hold = ana
        .through(MeddledStore::over(&shop.cx, bob))
        .ask_for(best())
        .await;

    assert_eq!(hold.unwrap().items.len(), 2);
    shop.buyer("cem").buy(["B-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_event_for_those_of_eight_and_older_asks_for_a_birth_date() {
    let mut event = recital().no_queue();
    event.age_limit = Some(8);
    let shop = Shop::selling(event).await;
    let born = |birth_date| {
        let person = shop.buyer("kim").person();
        Buyer::new(&shop, Caller::known(person, BTreeMap::new(), false, birth_date))
    };
    assert_eq!(born(None).try_hold(["A-1"]).await, Err(Code::BirthDateRequired));
    // Eight one day after the performance.
    let too_young = born(Some(date(2018, 12, 25)));
    assert_eq!(too_young.try_hold(["A-1"]).await, Err(Code::TooYoung));
    born(Some(date(2018, 12, 24))).buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_sale_that_ends_in_between_is_over() {
    let shop = Shop::open().await;
    let (cx, sale) = (shop.cx.clone(), shop.event.sales[0].clone());
    let closing = async move {
        let (_, version) = cx
            .load::<Sale>((sale.id,), Freshness::Fresh)
            .await
            .unwrap()
            .unwrap();
        let closed = Sale {
            closes_at: cx.now(),
            ..sale
        };
        let id = ChangesId::new(cx.now(), &*cx.entropy);
        cx.store
            .commit(Changes::new(id).write(closed, version))
            .await
            .unwrap();
    };

    let ana = shop.buyer("ana").through(MeddledStore::over(&shop.cx, closing));

    assert_eq!(ana.try_hold(["A-1"]).await, Err(Code::NotOnSale));
    shop.keeps_its_promises().await;
}

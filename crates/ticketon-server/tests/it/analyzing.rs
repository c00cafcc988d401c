//! When tables are counted, and when a sale is left alone.

use std::time::Duration;

use ticketon_core::projection::Projection;
use ticketon_core::time::{Clock as _, Timestamp};
use ticketon_core::{NewEvent, follow};
use ticketon_server::analysis::{Busy, Rush, busy_sale};

use crate::support::{House, NOON, event};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

/// An event whose sale opens then, for a week.
fn opening_at(slug: &str, at: Timestamp) -> NewEvent {
    let mut event = event(slug).no_queue();
    event.sales[0].opens_at = at;
    event.sales[0].closes_at = at + 7 * 24 * HOUR;
    event
}

async fn busy(house: &House) -> Option<Busy> {
    busy_sale(&house.shop.cx, house.clock.now()).await.unwrap()
}

#[tokio::test]
async fn a_sale_is_left_alone_from_half_an_hour_before_its_opening_until_two_hours_after_it() {
    let house = House::in_memory().await;
    let opens_at = noon() + HOUR;
    house.show(opening_at("recital", opens_at)).await;
    assert_eq!(busy(&house).await, None, "an hour before");
    house.later(30 * MINUTE);
    let soon = busy(&house).await.unwrap();
    assert_eq!(
        (soon.rush, soon.until),
        (Rush::Opens(opens_at), opens_at + 2 * HOUR)
    );
    assert!(soon.to_string().contains("`recital/general` opens at"), "{soon}");
    house.later(30 * MINUTE);
    assert_eq!(busy(&house).await.unwrap().rush, Rush::Opened(opens_at));
    house.later(2 * HOUR);
    assert_eq!(busy(&house).await, None, "it is quiet now");
}

#[tokio::test]
async fn a_sale_that_sold_something_in_the_last_minutes_is_left_alone() {
    let house = House::on_sqlite().await;
    let show = house.show(opening_at("recital", noon())).await;
    house.later(3 * HOUR);
    house.buyer("ana").buy(&show, ["A-1"]).await;
    while follow(&house.shop.cx, Projection::Minutes, 100).await.unwrap() > 0 {}
    let sold_at = house.clock.now().minute();
    house.later(10 * MINUTE);
    let selling = busy(&house).await.unwrap();
    assert_eq!(selling.rush, Rush::Sells(sold_at));
    assert!(selling.until > house.clock.now());
    house.later(MINUTE);
    assert_eq!(busy(&house).await, None);
}

#[tokio::test]
async fn of_several_the_sale_that_goes_on_longest_is_named_and_one_that_is_over_is_not() {
    let house = House::in_memory().await;
    house.show(opening_at("first", noon())).await;
    house.show(opening_at("second", noon() + 20 * MINUTE)).await;
    let mut short = opening_at("short", noon());
    short.sales[0].closes_at = noon() + 25 * MINUTE;
    house.show(short).await;
    assert_eq!(busy(&house).await.unwrap().event, "second");
    house.later(2 * HOUR + 20 * MINUTE);
    assert_eq!(busy(&house).await, None);
}

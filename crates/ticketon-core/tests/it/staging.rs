//! Staff's part: drafting an event, seeding its seats, publishing it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use ticketon_core::event::Performance;
use ticketon_core::ids::{ChangesId, OrganizationId, Person};
use ticketon_core::organization::Role;
use ticketon_core::store::{Changes, Freshness};
use ticketon_core::{
    Caller, Code, Context, FixedClock, Memory, NewEvent, Plan, SeededEntropy, Won, create_event, publish,
    seed_seats, verify,
};

use crate::shop::{FailingStore, MeddledStore, R, S, recital, staff};

fn empty_shop() -> Context {
    let clock = FixedClock::at("2026-12-01T11:00:00Z");
    Context::new(Memory::new(), clock, SeededEntropy::new(7))
}

/// One row of `seats` seats.
fn long_row(seats: u32) -> Plan {
    let mut csv = String::from("zone,row,seat,grade\n");
    for seat in 1..=seats {
        writeln!(csv, "Stalls,A,{seat},R").unwrap();
    }
    Plan::from_csv(&csv).unwrap()
}

fn unseeded(title: &str) -> NewEvent {
    NewEvent::single(title, "2026-12-24T10:00:00Z").price("R", "adult", R)
}

#[tokio::test]
async fn seeding_goes_on_where_a_crash_stopped_it_and_is_unchanged_the_second_time() {
    let cx = empty_shop();
    let event = create_event(&cx, &staff(), unseeded("Recital")).await.unwrap();
    let performance = event.performance();
    let seed = async |cx: &Context, seats: u32| {
        let heard = std::sync::Mutex::new(Vec::new());
        let progress = |seats| heard.lock().unwrap().push(seats);
        let seeded = seed_seats(cx, &staff(), performance, long_row(seats), progress).await;
        (seeded, heard.into_inner().unwrap())
    };

    let (crashed, heard) = seed(&FailingStore::after(1, &cx), 2_500).await;
    assert_eq!(crashed.unwrap_err().code(), Code::Unavailable);
    assert_eq!(heard, [990]);
    let early = publish(&cx, &staff(), event.id).await.unwrap_err();
    assert_eq!(early.code(), Code::NotReady);

    let (seeded, heard) = seed(&cx, 2_500).await;
    assert_eq!((seeded.unwrap().added, heard), (1_510, vec![1_980, 2_500]));
    let (unchanged, heard) = seed(&cx, 2_500).await;
    assert_eq!((unchanged.unwrap().added, heard), (0, vec![]));
    let (differs, _) = seed(&cx, 2_400).await;
    assert_eq!(differs.unwrap_err().code(), Code::PlanDiffers);

    publish(&cx, &staff(), event.id).await.unwrap();
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn what_is_not_ready_is_not_published() {
    let cx = empty_shop();
    let without_seats = create_event(&cx, &staff(), unseeded("No seats")).await.unwrap();
    let mut without_price = recital();
    without_price.prices.pop();
    let without_price = create_event(&cx, &staff(), without_price).await.unwrap();
    let mut without_sale = unseeded("No sale").plan(long_row(2));
    without_sale.sales.clear();
    let without_sale = create_event(&cx, &staff(), without_sale).await.unwrap();
    for draft in [&without_seats, &without_price, &without_sale] {
        let refused = publish(&cx, &staff(), draft.id).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotReady, "{refused}");
    }
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn publishing_twice_is_no_error_and_seats_are_fixed_from_then_on() {
    let cx = empty_shop();
    let event = create_event(&cx, &staff(), recital()).await.unwrap();
    let published = publish(&cx, &staff(), event.id).await.unwrap();
    assert_eq!(publish(&cx, &staff(), event.id).await, Ok(published));
    let refused = seed_seats(&cx, &staff(), event.performance(), long_row(3), |_| ()).await;
    assert_eq!(refused.unwrap_err().code(), Code::PlanDiffers);
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn a_slug_is_taken_once_in_the_shop() {
    let cx = empty_shop();
    create_event(&cx, &staff(), recital()).await.unwrap();
    let refused = create_event(&cx, &staff(), recital()).await.unwrap_err();
    assert_eq!(refused.code(), Code::SlugTaken);
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn a_draft_with_a_mistake_is_refused_and_says_where() {
    let cx = empty_shop();
    let mistakes: [fn(&mut NewEvent); 15] = [
        |event| event.title.clear(),
        |event| event.time_zone = "Moon/Base".to_owned(),
        |event| event.performances.clear(),
        |event| event.prices.push(event.prices[0].clone()),
        |event| event.prices[0].amount = Won(-1),
        |event| event.sales[0].closes_at = event.sales[0].opens_at,
        |event| event.sales[0].limits.per_person = 1,
        |event| event.sales.push(event.sales[0].clone()),
        |event| event.policy.pay_within = Duration::from_mins(1),
        |event| event.sales[0].queue.capacity = 0,
        |event| event.sales[0].queue.capacity = 1_000_001,
        |event| event.sales[0].queue.per_minute = 1_000_001,
        |event| event.policy.claim = Duration::from_millis(999),
        |event| event.policy.claim = Duration::from_secs(24 * 3_600 + 1),
        |event| event.policy.pass = Duration::from_secs(24 * 3_600 + 1),
    ];
    for mistake in mistakes {
        let mut event = recital();
        mistake(&mut event);
        let refused = create_event(&cx, &staff(), event).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidRequest, "{refused}");
        assert!(refused.details().is_some());
    }
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn only_its_managers_touch_an_organizations_events() {
    let cx = empty_shop();
    let event = create_event(&cx, &staff(), recital()).await.unwrap();
    let member = |organization: OrganizationId, role| {
        let person = Person::new("kim").unwrap();
        Caller::known(person, BTreeMap::from([(organization, role)]), false, None)
    };
    let house = event.event.organization;
    let elsewhere = OrganizationId::new(cx.now(), &*cx.entropy);
    for stranger in [
        Caller::user("ana"),
        member(house, Role::BoxOffice),
        member(elsewhere, Role::Owner),
    ] {
        let refused = publish(&cx, &stranger, event.id).await.unwrap_err();
        assert_eq!(refused.code(), Code::Forbidden);
        let refused = create_event(&cx, &stranger, unseeded("Mine")).await.unwrap_err();
        assert_eq!(refused.code(), Code::Forbidden);
    }
    publish(&cx, &member(house, Role::Manager), event.id)
        .await
        .unwrap();
    let mut elsewhere = recital();
    elsewhere.organization = "nobodys".parse().unwrap();
    let refused = create_event(&cx, &member(house, Role::Owner), elsewhere)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn a_hall_is_seeded_with_its_event_and_the_answer_says_so() {
    let cx = empty_shop();
    let event = create_event(&cx, &staff(), recital()).await.unwrap();
    assert_eq!(event.performances[0].seats, 12);
    assert_eq!(event.event.price(&"S/adult".parse().unwrap()), Some(S));
    verify(&cx).await.unwrap().assert_kept();
}

#[tokio::test]
async fn a_hall_that_changes_while_it_is_published_is_looked_at_again() {
    let cx = empty_shop();
    let event = create_event(&cx, &staff(), recital()).await.unwrap();
    let (inner, performance) = (cx.clone(), event.performances[0].clone());
    let losing_a_seat = async move {
        let key = (performance.id,);
        let (performance, version) = inner
            .load::<Performance>(key, Freshness::Fresh)
            .await
            .unwrap()
            .unwrap();
        let smaller = Performance {
            seats: 11,
            ..performance
        };
        let id = ChangesId::new(inner.now(), &*inner.entropy);
        inner
            .store
            .commit(Changes::new(id).write(smaller, version))
            .await
            .unwrap();
    };
    let refused = publish(&MeddledStore::over(&cx, losing_a_seat), &staff(), event.id).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotReady);
}

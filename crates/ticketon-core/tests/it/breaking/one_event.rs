//! Some events of several are verified by themselves: one that is named, or those that have changed.

use std::collections::BTreeSet;

use ticketon_core::ids::EventId;
use ticketon_core::purchase::Purchase;
use ticketon_core::verify::{Basis, Promise, changed_since};
use ticketon_core::{NewEvent, Won, create_event, verify_against};

use crate::shop::{Shop, recital, staff};

#[tokio::test]
async fn one_event_is_checked_without_the_others() {
    let shop = Shop::open().await;
    let paid = shop.buyer("ana").buy(["A-1"]).await;
    shop.tamper::<Purchase>((paid.id,), |purchase| purchase.lines[0].amount = Won(1))
        .await;
    let other = NewEvent {
        slug: "other".parse().unwrap(),
        ..recital()
    };
    let other = create_event(&shop.cx, &staff(), other).await.unwrap();
    let about = async |event: EventId| {
        let basis = Basis {
            events: Some(BTreeSet::from([event])),
            ..shop.basis()
        };
        verify_against(&*shop.cx.reads, shop.cx.now(), &basis)
            .await
            .unwrap()
    };
    let report = about(other.id).await;
    report.assert_kept();
    let checked = |promise| report.promises[&promise].checked;
    assert!(checked(Promise::ReplayGivesSameState) >= u64::from(other.performances[0].seats));
    assert_eq!(checked(Promise::MoneyAddsUp), 0);
    let report = about(shop.event.id).await;
    assert_eq!(report.promises[&Promise::MoneyAddsUp].broken, 1);
}

#[tokio::test]
async fn what_changed_since_is_what_has_facts_since_or_something_open() {
    let shop = Shop::open().await;
    shop.buyer("ana").buy(["A-1"]).await;
    shop.wait_minutes(1);
    let quiet = shop.cx.now();
    let since = async |at| changed_since(&*shop.cx.reads, at).await.unwrap();
    assert_eq!(since(quiet).await, BTreeSet::new());
    let other = NewEvent {
        slug: "other".parse().unwrap(),
        ..recital()
    };
    let other = create_event(&shop.cx, &staff(), other).await.unwrap();
    assert_eq!(since(quiet).await, BTreeSet::from([other.id]));
    shop.wait_minutes(1);
    let busy = shop.cx.now();
    assert_eq!(since(busy).await, BTreeSet::new());
    shop.buyer("bob").hold(["A-2"]).await;
    shop.wait_minutes(10);
    let later = shop.cx.now();
    assert_eq!(
        since(later).await,
        BTreeSet::from([shop.event.id]),
        "held, and no fact tells of it since"
    );
}

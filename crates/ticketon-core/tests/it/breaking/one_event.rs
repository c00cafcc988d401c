//! One event of several is verified by itself.

use ticketon_core::ids::EventId;
use ticketon_core::purchase::Purchase;
use ticketon_core::verify::{Basis, Promise};
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
            event: Some(event),
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

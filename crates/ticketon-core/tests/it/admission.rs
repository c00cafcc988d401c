//! Sales with a waiting room: only who was admitted holds seats, and an admission is used once.

use ticketon_core::fact::{Position, What};
use ticketon_core::ids::EntryId;
use ticketon_core::sale::{Allowance, Numbering};
use ticketon_core::{Caller, Code, NewEvent, limits, recorded_numbering, replace_numbering};

use crate::shop::{Buyer, Shop, recital};

fn queued() -> NewEvent {
    recital()
}

/// With a pass for the next quarter of an hour.
fn admitted<'a>(shop: &'a Shop, name: &str, entry: &str) -> Buyer<'a> {
    let until = shop.cx.now() + std::time::Duration::from_mins(15);
    shop.buyer(name).admitted(entry, until)
}

/// The entries whose admission the log says has ended.
async fn spent(shop: &Shop) -> Vec<String> {
    let facts = shop.cx.reads.facts(Position::default(), 1_000).await.unwrap();
    let spent = facts.iter().filter_map(|recorded| recorded.fact.what.spent());
    spent.map(|(_, spent, _)| spent.entry.to_string()).collect()
}

#[tokio::test]
async fn without_a_pass_nobody_holds() {
    let shop = Shop::selling(queued()).await;
    assert_eq!(shop.buyer("ana").try_hold(["A-1"]).await, Err(Code::PassRequired));
    admitted(&shop, "ana", "entry-1").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_pass_is_its_owners_alone_and_of_one_sale_and_ends() {
    let shop = Shop::selling(queued()).await;
    let ana = admitted(&shop, "ana", "entry-1");
    let mut eve = shop.buyer("eve");
    eve.caller.admission.clone_from(&ana.caller.admission);
    assert_eq!(eve.try_hold(["A-1"]).await, Err(Code::PassInvalid));

    let mut elsewhere = ana.clone();
    if let Some(admission) = &mut elsewhere.caller.admission {
        admission.sale = ticketon_core::ids::SaleId::new(shop.cx.now(), &*shop.cx.entropy);
    }
    assert_eq!(elsewhere.try_hold(["A-1"]).await, Err(Code::PassInvalid));

    let hold = ana.hold(["A-1"]).await;
    shop.wait_minutes(5);
    let purchase = ana.order(&hold).await;
    shop.wait_minutes(10);
    assert_eq!(ana.try_hold(["A-2"]).await, Err(Code::PassInvalid));
    // The order lives by its own deadline; the queue is not asked again.
    let bare = shop.buyer("ana");
    bare.pay(&purchase).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn paying_uses_the_pass_up() {
    let shop = Shop::selling(queued()).await;
    let ana = admitted(&shop, "ana", "entry-1");
    ana.buy(["A-1"]).await;
    assert_eq!(ana.try_hold(["A-2"]).await, Err(Code::PassSpent));
    assert_eq!(spent(&shop).await, ["entry-1"]);
    admitted(&shop, "ana", "entry-2").buy(["A-2"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_pass_that_was_used_up_stays_so_when_another_one_is() {
    let shop = Shop::selling(queued()).await;
    let (first, second) = (
        admitted(&shop, "ana", "entry-1"),
        admitted(&shop, "ana", "entry-2"),
    );
    first.buy(["A-1"]).await;
    second.buy(["A-2"]).await;
    for pass in [first, second] {
        assert_eq!(pass.try_hold(["A-3"]).await, Err(Code::PassSpent));
    }
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn a_pass_that_was_given_up_holds_nothing_more() {
    let shop = Shop::selling(queued()).await;
    let ana = admitted(&shop, "ana", "entry-1");
    let (sale, person) = (shop.event.sales[0].id, ana.person());
    let give_up = async |caller: &Caller| {
        let entry = EntryId::new("entry-1").unwrap();
        ticketon_core::spend_admission(&shop.cx, caller, sale, &person, entry).await
    };
    assert_eq!(
        give_up(&shop.buyer("eve").caller).await.unwrap_err().code(),
        Code::Forbidden
    );
    for _ in 0..2 {
        give_up(&ana.caller).await.unwrap();
    }
    assert_eq!(ana.try_hold(["A-1"]).await, Err(Code::PassSpent));
    admitted(&shop, "ana", "entry-2").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn used_up_passes_are_remembered_while_they_could_be_shown() {
    let shop = Shop::open().await;
    let (sale, person) = (shop.event.sales[0].id, shop.buyer("ana").person());
    let entry = |n: usize| EntryId::new(format!("entry-{n}")).unwrap();
    let now = shop.cx.now();
    let spent = (0..=limits::SPENT_ENTRIES_MAX).fold(Allowance::none(sale, person), |allowance, n| {
        allowance
            .spending(Some(entry(n)), now)
            .spending(Some(entry(n)), now)
    });
    assert!(!spent.has_spent(&entry(0)) && spent.has_spent(&entry(1)));
    let a_day_later = spent.spending(Some(entry(99)), now + limits::ADMISSION_TIME_MAX);
    assert!(!a_day_later.has_spent(&entry(1)) && a_day_later.has_spent(&entry(99)));
}

#[tokio::test]
async fn a_hold_that_runs_out_uses_the_pass_up() {
    let shop = Shop::selling(queued()).await;
    let ana = admitted(&shop, "ana", "entry-1");
    ana.hold(["A-1"]).await;
    shop.wait_minutes(8);
    shop.sweep().await;
    assert_eq!(ana.try_hold(["A-1"]).await, Err(Code::PassSpent));
    assert_eq!(spent(&shop).await, ["entry-1"]);
    admitted(&shop, "bob", "entry-2").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn letting_a_hold_go_keeps_the_pass() {
    let shop = Shop::selling(queued()).await;
    let ana = admitted(&shop, "ana", "entry-1");
    let hold = ana.hold(["A-1"]).await;
    ana.release(&hold).await.unwrap();
    assert_eq!(spent(&shop).await, [""; 0]);
    ana.buy(["A-2"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn an_order_cancelled_in_time_keeps_the_pass_and_one_that_expires_uses_it_up() {
    let shop = Shop::selling(queued()).await;
    let ana = admitted(&shop, "ana", "entry-1");
    let hold = ana.hold(["A-1"]).await;
    let purchase = ana.order(&hold).await;
    ana.cancel(&purchase).await.unwrap();
    assert_eq!(spent(&shop).await, [""; 0]);

    ana.order(&hold).await;
    shop.wait_minutes(12);
    shop.sweep().await;
    assert_eq!(ana.try_hold(["A-1"]).await, Err(Code::PassSpent));
    assert_eq!(spent(&shop).await, ["entry-1"]);
    admitted(&shop, "bob", "entry-2").buy(["A-1"]).await;
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn facts_carry_no_name_of_a_buyer() {
    let shop = Shop::open().await;
    let ana = shop.buyer("ana");
    let hold = ana.hold(["A-1"]).await;
    let order = ticketon_core::NewPurchase {
        hold: hold.id,
        buyer: Some("Ana Lovelace".to_owned()),
        consents: ["terms-2026-12".parse().unwrap()].into(),
    };
    let purchase = ticketon_core::start_purchase(&shop.cx, &ana.caller, order)
        .await
        .unwrap();
    ana.pay(&purchase).await;
    let facts = shop.cx.reads.facts(Position::default(), 1_000).await.unwrap();
    assert!(
        facts
            .iter()
            .any(|it| matches!(it.fact.what, What::PurchasePaid { .. }))
    );
    assert!(!serde_json::to_string(&facts).unwrap().contains("Lovelace"));
    shop.keeps_its_promises().await;
}

#[tokio::test]
async fn of_two_processes_that_number_the_same_queue_on_one_is_first() {
    let shop = Shop::selling(queued()).await;
    let (cx, sale) = (&shop.cx, shop.event.sales[0].id);
    assert_eq!(recorded_numbering(cx, sale).await, Ok(None));
    let up_to = |up_to| Numbering {
        sale,
        epoch: 1,
        since: shop.cx.now(),
        up_to,
    };
    assert_eq!(replace_numbering(cx, None, up_to(100)).await, Ok(true));
    assert_eq!(replace_numbering(cx, None, up_to(100)).await, Ok(false));
    assert_eq!(
        replace_numbering(cx, Some(&up_to(100)), up_to(200)).await,
        Ok(true)
    );
    assert_eq!(recorded_numbering(cx, sale).await, Ok(Some(up_to(200))));
    shop.keeps_its_promises().await;
}

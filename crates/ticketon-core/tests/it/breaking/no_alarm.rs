//! A sale that goes on while it is verified breaks nothing.

use ticketon_core::verify::{Basis, Promise, ProviderBooks};
use ticketon_core::{Settled, settle_payment, verify_against};

use crate::shop::{OddReads, R, Shop};

use super::broken;

#[tokio::test]
async fn what_the_sale_settled_since_the_snapshot_is_no_breach() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let purchase = ana.order(&ana.hold(["A-1"]).await).await;
    ana.confirm(&purchase).await;
    bob.hold(["A-2"]).await;
    shop.wait_minutes(16);
    assert_eq!(
        broken(&shop.report().await),
        [
            (Promise::NoPaymentWithoutOutcome, 1),
            (Promise::NoHoldOutlivesDeadline, 1)
        ]
    );

    let (cx, order_id) = (shop.cx.clone(), purchase.order_id());
    let meanwhile = async move {
        ticketon_core::sweep(&cx, 10).await.unwrap();
        settle_payment(&cx, purchase.id, Settled::NotCharged { order_id })
            .await
            .unwrap();
    };
    let overtaken = OddReads::overtaken(&shop.cx, meanwhile);
    verify_against(&*overtaken.reads, overtaken.now(), &shop.basis())
        .await
        .unwrap()
        .assert_kept();
}

#[tokio::test]
async fn money_that_moved_since_the_ledger_was_read_is_no_breach() {
    let shop = Shop::open().await;
    let (ana, bob) = (shop.buyer("ana"), shop.buyer("bob"));
    let before = ana.buy(["A-1"]).await;
    let asked = bob.order(&bob.hold(["A-2"]).await).await;
    bob.confirm(&asked).await;
    shop.bank.take(&asked.order_id(), R);
    let refund = ana.try_refund(&before, &[], None).await.unwrap();
    let books: ProviderBooks = shop.bank.books(shop.cx.now());
    let basis = Basis {
        provider: Some(books),
        ..Basis::default()
    };

    // Charged, and the answer is still on its way: the ledger is ahead.
    verify_against(&*shop.cx.reads, shop.cx.now(), &basis)
        .await
        .unwrap()
        .assert_kept();
    // All has been answered, and more was sold: the books are ahead.
    bob.hears_paid(asked.id, &asked.order_id()).await;
    shop.give_back(&refund).await;
    shop.wait_minutes(1);
    shop.buyer("cem").buy(["A-3"]).await;
    verify_against(&*shop.cx.reads, shop.cx.now(), &basis)
        .await
        .unwrap()
        .assert_kept();
}

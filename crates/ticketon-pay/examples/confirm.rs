//! Charges one order and says what became of it, against a sandbox that it starts itself.
//!
//! `cargo run -p ticketon-pay --features toss,sandbox --example confirm [CARD]`
//!
//! Try the card `4330120000000201`: the answer is lost after the charge, and settled.

use std::env;
use std::error::Error;

use ticketon_pay::sandbox::{self, Card, Latency, Open, Sandbox, Surroundings, Timestamp};
use ticketon_pay::{Attempt, Backoff, Keys, OrderId, Outcome, PaymentKey, Settings, Toss, Won};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let card = env::args()
        .nth(1)
        .unwrap_or_else(|| Card::Approved.number().to_owned());
    let (url, payment_key) = sandbox_with_a_buyer_who_chose(card).await?;

    let toss = Toss::with(&Keys::sandbox(), Settings::at(url))?; // or Toss::new(&Keys::from_env()?)?: a live key is refused
    let attempt = Attempt::new("T7K3Q9-1", Won(110_000))?; // from your own books: save it before calling
    let mut outcome = toss.confirm(&attempt, &payment_key).await; // no `?`: "don't know" is not "failed"
    if let Outcome::Unknown(reason) = &outcome {
        println!("nobody knows yet ({reason}): looking up");
        outcome = toss.settle(&attempt, Backoff::for_minutes(15)).await;
    }
    match outcome {
        Outcome::Paid(payment) => println!("paid: {}", payment.total_amount),
        Outcome::AwaitingDeposit(account) => println!("waiting for a transfer to {}", account.account_number),
        Outcome::Declined(no) => println!("declined: {} ({}), retry: {}", no.message, no.code, no.may_retry),
        Outcome::NotCharged => println!("not charged, and never will be"),
        Outcome::OurFault(fault) => println!("call somebody: {fault}"),
        Outcome::Unknown(reason) => println!("still nobody knows: {reason}"),
    }
    Ok(())
}

/// The other side: a sandbox on a free port, and what happens in the buyer's browser.
async fn sandbox_with_a_buyer_who_chose(card: String) -> Result<(String, PaymentKey), Box<dyn Error>> {
    let mut sandbox = Sandbox::new(&Keys::sandbox());
    let window = Open {
        order_id: OrderId::new("T7K3Q9-1")?,
        amount: Won(110_000),
        order_name: "Recital, two seats".to_owned(),
        card: Some(card),
    };
    let opened = sandbox.open(window, now(), 7).map_err(|code| code.to_string())?;
    let surroundings = Surroundings {
        now: Box::new(now),
        entropy: Box::new(|| 7),
        latency: Latency::none(),
    };
    let app = sandbox::router(sandbox, None, surroundings);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok((url, opened.payment_key))
}

#[expect(
    clippy::disallowed_methods,
    reason = "an example is the edge where time comes in"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

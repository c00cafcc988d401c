//! Confirms per second through the real client and the sandbox over loopback, without latency: what paying
//! costs at most, beside everything else that a sale does.
//!
//! `cargo bench -p ticketon-pay --features toss,sandbox`

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ticketon_pay::sandbox::{self, Card, Latency, Ledger, Open, Surroundings, Timestamp};
use ticketon_pay::{Attempt, Keys, OrderId, Outcome, PaymentKey, Settings, Toss, Won};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

const CALLERS: usize = 256;
const CONFIRMS: usize = 20_000;
const PRICE: Won = Won(110_000);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR"))?;
    let (ledger, mut sandbox) = Ledger::open(&folder.path().join("toss.ledger"), &Keys::sandbox())?;
    let mut orders = Vec::with_capacity(CONFIRMS);
    for number in 0..CONFIRMS {
        let attempt = Attempt::new(format!("BENCH-{number}"), PRICE)?;
        let opened = sandbox.open(window(attempt.order_id()), noon(), number as u64);
        let opened = opened.map_err(|code| code.to_string())?;
        opened.records.iter().for_each(|record| {
            ledger.append(record);
        });
        orders.push((attempt, opened.payment_key));
    }
    ledger.durable(ledger.position()).await?;

    let entropy = AtomicU64::new(0);
    let surroundings = Surroundings {
        now: Box::new(noon),
        entropy: Box::new(move || entropy.fetch_add(1, Ordering::Relaxed)),
        latency: Latency::none(),
    };
    let app = sandbox::router(sandbox, Some(ledger), surroundings);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let settings = Settings {
        calls_max: CALLERS,
        ..Settings::at(format!("http://{}", listener.local_addr()?))
    };
    tokio::spawn(async move { axum::serve(listener, app).await });
    let toss = Arc::new(Toss::with(&Keys::sandbox(), settings)?);

    let started = Instant::now();
    let mut callers = JoinSet::new();
    for share in orders.chunks(CONFIRMS.div_ceil(CALLERS)) {
        callers.spawn(confirm_all(Arc::clone(&toss), share.to_vec()));
    }
    let paid: usize = callers.join_all().await.into_iter().sum();
    let seconds = started.elapsed().as_secs_f64();
    let rate = f64::from(u32::try_from(paid)?) / seconds;
    println!("{paid} of {CONFIRMS} confirms by {CALLERS} callers in {seconds:.2} s: {rate:.0} a second");
    Ok(())
}

async fn confirm_all(toss: Arc<Toss>, orders: Vec<(Attempt, PaymentKey)>) -> usize {
    let mut paid = 0;
    for (attempt, payment_key) in orders {
        if let Outcome::Paid(_) = toss.confirm(&attempt, &payment_key).await {
            paid += 1;
        }
    }
    paid
}

fn window(order_id: &OrderId) -> Open {
    Open {
        order_id: order_id.clone(),
        amount: PRICE,
        order_name: "Recital, two seats".to_owned(),
        card: Some(Card::Approved.number().to_owned()),
    }
}

fn noon() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

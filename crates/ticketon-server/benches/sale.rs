//! Paid sales a second of one hot event through HTTP, beside a hello-world server driven by the same client in
//! the same run, before and after.
//!
//! A sale is: enter the queue, ask for the position, hold the best two seats, make the purchase, open the
//! provider's window, confirm. Every answer is durable before it is given; the sandbox syncs its ledger, too.
//! Client, server and sandbox share the machine's cores.
//!
//! `cargo xtask bench sale [BUYERS] [SALES]`

#[path = "sale/connection.rs"]
mod connection;
#[path = "sale/hello.rs"]
mod hello;
#[path = "sale/spent.rs"]
mod spent;
#[path = "figures/written.rs"]
mod written;

use std::error::Error;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use connection::Connection;
use hello::say_hello;
use serde::Deserialize;
use serde_json::json;
use spent::{Spent, Start};
use ticketon_core::ids::Person;
use ticketon_core::verify::Basis;
use ticketon_core::{Caller, NewEvent, Plan, Won, create_event, publish};
use ticketon_server::server::Server;
use ticketon_server::shop::Shop;
use ticketon_server::verify::{books_of, verify};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// The allocator of the `ticketon` binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Rows of the hall and seats of a row.
const ROWS: usize = 900;
const SEATS: usize = 50;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<usize>().ok());
    let buyers = numbers.next().unwrap_or(256);
    let sales = numbers.next().unwrap_or(15_000);

    let before = say_hello(buyers).await?;
    let folder = tempfile::tempdir()?;
    let server = Server::embedded(folder.path()).await?;
    let performance = put_on_sale(server.shop()).await?;
    let tokens = tokens(server.shop(), sales)?;
    let sandbox: SocketAddr = server
        .sandbox_url()
        .and_then(|url| url.strip_prefix("http://"))
        .ok_or("no sandbox")?
        .parse()?;
    let shop = Arc::clone(server.shop());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(listener, async move { drop(stopped.await) }));

    let market = Arc::new(Market {
        address,
        sandbox,
        performance,
        tokens,
        next: AtomicUsize::new(0),
    });
    let measured = sell(&market, buyers).await?;
    let books = books_of(&folder.path().join("toss-sandbox.ledger"), shop.cx.now())?;
    let basis = Basis {
        provider: Some(books),
        ..Basis::default()
    };
    let report = verify(&*shop.cx.reads, None, shop.cx.now(), &basis).await?;
    report.assert_kept();
    drop(stop);
    serving.await??;
    let after = say_hello(buyers).await?;
    print_and_write(buyers, &measured, [before, after])
}

/// What the buyers share.
struct Market {
    address: SocketAddr,
    sandbox: SocketAddr,
    performance: String,
    tokens: Vec<String>,
    next: AtomicUsize,
}

/// The requests of a sale, in order.
const STEPS: [&str; 6] = ["enter", "position", "hold", "purchase", "window", "confirm"];

/// How long each request of one sale took.
type Steps = [Duration; STEPS.len()];

struct Measured {
    spent: Spent,
    sales: Vec<Steps>,
}

impl Measured {
    /// Whole sales, or one step of them: so many per cent took no longer than this, in milliseconds.
    fn within(&self, percent: usize, length: impl Fn(&Steps) -> Duration) -> f64 {
        let mut lengths: Vec<Duration> = self.sales.iter().map(length).collect();
        lengths.sort_unstable();
        lengths[(lengths.len() - 1) * percent / 100].as_secs_f64() * 1_000.0
    }
}

async fn put_on_sale(shop: &Shop) -> Outcome<String> {
    let mut plan = String::from("zone,row,seat,grade\n");
    for row in 1..=ROWS {
        for seat in 1..=SEATS {
            writeln!(plan, "Stalls,{row},{seat},R")?;
        }
    }
    let staff = Caller::system("bench");
    let mut event = NewEvent::single("Bench", "2099-01-01T10:00:00Z");
    event.test = true;
    event.sales[0].queue.capacity = 1_000_000;
    event.sales[0].queue.per_minute = 1_000_000;
    let event = event.plan(Plan::from_csv(plan)?).price("R", "adult", Won(55_000));
    let created = create_event(&shop.cx, &staff, event).await?;
    publish(&shop.cx, &staff, created.id).await?;
    Ok(created.performance().to_string())
}

fn tokens(shop: &Shop, count: usize) -> Outcome<Vec<String>> {
    let mut tokens = Vec::with_capacity(count);
    for buyer in 0..count {
        let person = Person::new(format!("buyer-{buyer}"))?;
        tokens.push(
            shop.tokens
                .access_for(person, shop.cx.now(), Duration::from_hours(1))?,
        );
    }
    Ok(tokens)
}

async fn sell(market: &Arc<Market>, buyers: usize) -> Outcome<Measured> {
    let start = Start::now();
    let tasks: Vec<_> = (0..buyers)
        .map(|_| tokio::spawn(buy_on(Arc::clone(market))))
        .collect();
    let mut sales = Vec::with_capacity(market.tokens.len());
    for task in tasks {
        sales.extend(task.await??);
    }
    Ok(Measured {
        spent: start.spent_on(sales.len()),
        sales,
    })
}

/// One connection, one sale after another, each by another person.
async fn buy_on(market: Arc<Market>) -> Outcome<Vec<Steps>> {
    let shop = Connection::open(market.address).await?;
    let window = Connection::open(market.sandbox).await?;
    let mut buyer = Buyer {
        market: &market,
        shop,
        window,
        steps: Steps::default(),
    };
    let mut sales = Vec::new();
    while let Some(token) = market.tokens.get(market.next.fetch_add(1, Ordering::Relaxed)) {
        buyer.buy(token).await?;
        sales.push(buyer.steps);
    }
    Ok(sales)
}

struct Buyer<'a> {
    market: &'a Market,
    shop: Connection,
    window: Connection,
    steps: Steps,
}

#[derive(Deserialize)]
struct Entered {
    pass: String,
}

#[derive(Deserialize)]
struct Stands {
    state: String,
}

#[derive(Deserialize)]
struct Held {
    id: String,
}

#[derive(Deserialize)]
struct Purchase {
    payments: [Payment; 1],
}

#[derive(Deserialize)]
struct Payment {
    order_id: String,
    amount: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    payment_key: String,
}

impl Buyer<'_> {
    async fn buy(&mut self, token: &str) -> Outcome<()> {
        let bearer = format!("Bearer {token}");
        let queue = "/api/v1/events/bench/queue";

        let start = Instant::now();
        let head = self
            .shop
            .request(Method::POST, queue)
            .header(AUTHORIZATION, &bearer);
        let Entered { pass } = self.shop.ask(head, "{}".to_owned()).await?;
        let start = self.took(0, start);

        let head = self
            .shop
            .request(Method::GET, queue)
            .header(AUTHORIZATION, &bearer);
        let Stands { state } = self.shop.ask(head, String::new()).await?;
        expect("admitted", &state)?;
        let start = self.took(1, start);

        let holds = format!("/api/v1/performances/{}/holds", self.market.performance);
        let wish = r#"{"best_available": {"price": "R/adult", "quantity": 2}}"#.to_owned();
        let head = self
            .shop
            .request(Method::POST, &holds)
            .header(AUTHORIZATION, &bearer);
        let hold: Held = self.shop.ask(head.header("ticketon-pass", pass), wish).await?;
        let start = self.took(2, start);

        let order = json!({"hold": hold.id}).to_string();
        let head = self.shop.request(Method::POST, "/api/v1/purchases");
        let purchase: Purchase = self.shop.ask(head.header(AUTHORIZATION, &bearer), order).await?;
        let [Payment { order_id, amount }] = purchase.payments;
        let start = self.took(3, start);

        let payment = json!({
            "orderId": order_id, "amount": amount, "orderName": "Bench", "card": "4330120000000000",
        });
        let head = self.window.request(Method::POST, "/sandbox/payments");
        let Opened { payment_key } = self.window.ask(head, payment.to_string()).await?;
        let start = self.took(4, start);

        let path = format!("/api/v1/payments/{order_id}/confirm");
        let confirm = json!({"payment_key": payment_key, "amount": amount}).to_string();
        let head = self
            .shop
            .request(Method::POST, &path)
            .header(AUTHORIZATION, &bearer);
        let Stands { state } = self.shop.ask(head, confirm).await?;
        self.took(5, start);
        expect("paid", &state)
    }

    /// Notes how long a step took; the next begins now.
    fn took(&mut self, step: usize, start: Instant) -> Instant {
        let now = Instant::now();
        self.steps[step] = now - start;
        now
    }
}

fn expect(state: &str, found: &str) -> Outcome<()> {
    if found == state {
        Ok(())
    } else {
        Err(format!("{found}, not {state}").into())
    }
}

fn print_and_write(buyers: usize, measured: &Measured, hello: [Spent; 2]) -> Outcome<()> {
    let sales = &measured.spent;
    let [before, after] = hello.map(|spent| spent.per_second());
    let ratio = sales.per_second() / f64::midpoint(before, after);
    let whole = |steps: &Steps| steps.iter().sum();
    let (p50, p99) = (measured.within(50, whole), measured.within(99, whole));
    let hello_us = f64::midpoint(hello[0].processor_us(), hello[1].processor_us());
    println!(
        "{buyers} buyers, {} sales of two seats each, all promises kept",
        sales.count
    );
    println!(
        "  hello world      {before:>9.0} requests/s before, {after:.0} after, {hello_us:.1} us of processor each"
    );
    println!(
        "  paid sales       {:>9.0} a second, {:.0} us of processor each     p50 {p50:.0} ms   p99 {p99:.0} ms",
        sales.per_second(),
        sales.processor_us()
    );
    for (step, name) in STEPS.iter().enumerate() {
        let (p50, p99) = (
            measured.within(50, |steps| steps[step]),
            measured.within(99, |steps| steps[step]),
        );
        println!("    {name:<12} {p50:>11.1} ms p50  {p99:>8.1} ms p99");
    }
    println!("  sales per hello  {ratio:>9.4}");
    let rows = json!([{
        "buyers": buyers, "sales": sales.count, "sales_per_s": sales.per_second(),
        "hello_per_s_before": before, "hello_per_s_after": after,
        "sale_processor_us": sales.processor_us(), "hello_processor_us": hello_us,
        "p50_ms": p50, "p99_ms": p99,
    }]);
    written::write("sale", &rows, &json!({"sales_per_hello": ratio}))
}

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

use std::error::Error;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connection::Connection;
use serde_json::{Value, json};
use ticketon_core::ids::Person;
use ticketon_core::verify::Basis;
use ticketon_core::{Caller, NewEvent, Plan, Won, create_event, publish};
use ticketon_server::server::Server;
use ticketon_server::shop::Shop;
use ticketon_server::verify::{books_of, verify};
use tokio::net::TcpListener;
use tokio::time::Instant;

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

    let before = hello_per_second(buyers).await?;
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
    let report = verify(&*shop.cx.reads, shop.cx.now(), &basis).await?;
    report.assert_kept();
    drop(stop);
    serving.await??;
    let after = hello_per_second(buyers).await?;
    print_and_write(buyers, sales, &measured, before, after)
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
    took: Duration,
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
    let start = Instant::now();
    let tasks: Vec<_> = (0..buyers)
        .map(|_| tokio::spawn(buy_on(Arc::clone(market))))
        .collect();
    let mut sales = Vec::with_capacity(market.tokens.len());
    for task in tasks {
        sales.extend(task.await??);
    }
    Ok(Measured {
        took: start.elapsed(),
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

impl Buyer<'_> {
    async fn buy(&mut self, token: &str) -> Outcome<()> {
        let bearer = format!("authorization: Bearer {token}\r\n");
        let queue = "/api/v1/events/bench/queue";
        let entered = self.step(0, "POST", queue, &bearer, "{}").await?;
        let pass = entered["pass"].as_str().ok_or("not let in")?;
        self.step(1, "GET", queue, &bearer, "").await?;
        let with_pass = format!("{bearer}ticketon-pass: {pass}\r\n");
        let wish = json!({"best_available": {"price": "R/adult", "quantity": 2}}).to_string();
        let holds = format!("/api/v1/performances/{}/holds", self.market.performance);
        let hold = self.step(2, "POST", &holds, &with_pass, &wish).await?;
        let order = json!({"hold": hold["id"]}).to_string();
        let purchase = self.step(3, "POST", "/api/v1/purchases", &bearer, &order).await?;
        let payment = &purchase["payments"][0];
        let order_id = payment["order_id"].as_str().ok_or("no order id")?;
        let opening = json!({
            "orderId": order_id,
            "amount": payment["amount"],
            "orderName": "Bench",
            "card": "4330120000000000",
        });
        let opened = self
            .step(4, "POST", "/sandbox/payments", "", &opening.to_string())
            .await?;
        let confirm = json!({"payment_key": opened["paymentKey"], "amount": payment["amount"]}).to_string();
        let path = format!("/api/v1/payments/{order_id}/confirm");
        let paid = self.step(5, "POST", &path, &bearer, &confirm).await?;
        if paid["state"] == "paid" {
            Ok(())
        } else {
            Err(format!("not paid: {paid}").into())
        }
    }

    /// One request; the window's goes to the sandbox.
    async fn step(
        &mut self,
        step: usize,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Outcome<Value> {
        let start = Instant::now();
        let connection = if STEPS[step] == "window" {
            &mut self.window
        } else {
            &mut self.shop
        };
        let answer = ask(connection, method, path, headers, body).await?;
        self.steps[step] = start.elapsed();
        Ok(answer)
    }
}

async fn ask(
    connection: &mut Connection,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Outcome<Value> {
    let answer = connection.send(method, path, headers, body).await?;
    if !(200..300).contains(&answer.status) {
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        return Err(format!("{method} {path}: {} {said}", answer.status).into());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

/// The yardstick: requests a second of an axum server that says hello, by the same client.
async fn hello_per_second(buyers: usize) -> Outcome<f64> {
    const REQUESTS: usize = 200_000;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = axum::Router::new().route("/", axum::routing::get(|| async { "hello world" }));
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let start = Instant::now();
    let each = REQUESTS / buyers;
    let clients: Vec<_> = (0..buyers)
        .map(|_| {
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await?;
                for _ in 0..each {
                    connection.send("GET", "/", "", "").await?;
                }
                Ok::<(), std::io::Error>(())
            })
        })
        .collect();
    for client in clients {
        client.await??;
    }
    let took = start.elapsed();
    server.abort();
    Ok(per_second(each * buyers, took))
}

#[expect(clippy::cast_precision_loss, reason = "a bench counts far below 2^52")]
fn per_second(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn print_and_write(buyers: usize, sales: usize, measured: &Measured, before: f64, after: f64) -> Outcome<()> {
    let per_second = per_second(sales, measured.took);
    let hello = f64::midpoint(before, after);
    let ratio = per_second / hello;
    let whole = |steps: &Steps| steps.iter().sum();
    let (p50, p99) = (measured.within(50, whole), measured.within(99, whole));
    println!("{buyers} buyers, {sales} sales of two seats each, all promises kept");
    println!("  hello world      {before:>9.0} requests/s before, {after:.0} after");
    println!("  paid sales       {per_second:>9.0} a second     p50 {p50:.0} ms   p99 {p99:.0} ms");
    for (step, name) in STEPS.iter().enumerate() {
        let (p50, p99) = (
            measured.within(50, |steps| steps[step]),
            measured.within(99, |steps| steps[step]),
        );
        println!("    {name:<12} {p50:>11.1} ms p50  {p99:>8.1} ms p99");
    }
    println!("  sales per hello  {ratio:>9.4}");
    let cores = std::thread::available_parallelism()?.get();
    let written = json!({
        "machine": {"cores": cores, "os": std::env::consts::OS, "arch": std::env::consts::ARCH},
        "rows": [{
            "buyers": buyers, "sales": sales, "sales_per_s": per_second,
            "hello_per_s_before": before, "hello_per_s_after": after,
            "p50_ms": p50, "p99_ms": p99,
        }],
        "ratios": {"sales_per_hello": ratio},
    });
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("sale.json"), serde_json::to_string_pretty(&written)?)?;
    Ok(())
}

//! Hot reads of one event a second, through the whole router, beside a hello-world server driven by the same client in
//! the same run, before and after.
//!
//! A read crosses everything that a request crosses: id, span, caller, rate limit (a very high one), time limit, log; the
//! answer is the event with its dates, prices and sales, and each look is counted as a view. Every answer is compared with
//! nothing but its status; one is read before, and one after a change, which it must show.
//!
//! `cargo xtask bench reads [CONNECTIONS] [READS]`

#[path = "sale/connection.rs"]
mod connection;
#[path = "sale/hello.rs"]
mod hello;
#[path = "sale/spent.rs"]
mod spent;
#[path = "figures/written.rs"]
mod written;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::Method;
use connection::Connection;
use hello::{ask, say_hello};
use serde::Deserialize;
use serde_json::json;
use spent::Spent;
use ticketon_core::{Caller, NewEvent, Plan, Won, create_event, publish};
use ticketon_server::background::Background;
use ticketon_server::http::{Rate, Rates, Settings, router_with};
use ticketon_server::limits;
use ticketon_server::server::Server;
use ticketon_server::shop::Shop;
use ticketon_server::views::flush_views;
use tokio::net::TcpListener;

/// The allocator of the `ticketon` binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const EVENT: &str = "/api/v1/events/bench";

/// Rates that are kept and let everybody through: the clients have one address.
const EVERYTHING: Rate = Rate {
    per_minute: u32::MAX,
    burst: u32::MAX,
};

#[derive(Deserialize)]
struct Shown {
    views: u64,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<usize>().ok());
    let connections = numbers.next().unwrap_or(64);
    let reads = numbers.next().unwrap_or(400_000);

    let before = say_hello(connections).await?;
    let folder = tempfile::tempdir()?;
    let server = Server::embedded(folder.path()).await?;
    let shop = Arc::clone(server.shop());
    put_on_the_shelf(&shop).await?;
    let address = serve(&shop).await?;
    let background = Background::start(&shop);
    let mut connection = Connection::open(address).await?;
    let head = connection.request(Method::GET, EVENT);
    let answer_bytes = connection.send(head, "").await?.len();
    let read = ask(address, EVENT, connections, reads).await?;
    background.stop().await;
    flush_views(&shop.background, &*shop.views).await?;
    let head = connection.request(Method::GET, EVENT);
    let Shown { views } = connection.ask(head, String::new()).await?;
    // All come from one network, which is so many strangers whatever its browsers call themselves.
    let strangers = u64::from(limits::BROWSER_KINDS).min(connections as u64 + 1);
    if !(1..=strangers).contains(&views) {
        return Err(format!("{views} views of at most {strangers} strangers").into());
    }
    server.stop().await;
    let after = say_hello(connections).await?;
    print_and_write(connections, answer_bytes, &read, [before, after])
}

async fn put_on_the_shelf(shop: &Shop) -> Outcome<()> {
    let staff = Caller::system("bench");
    let mut event = NewEvent::single("Bench", "2099-01-01T10:00:00Z");
    event.test = true;
    let plan = Plan::from_csv("zone,row,seat,grade\nStalls,A,1,R\nStalls,A,2,S\n")?;
    let event = event
        .plan(plan)
        .price("R", "adult", Won(55_000))
        .price("S", "adult", Won(33_000));
    let created = create_event(&shop.cx, &staff, event).await?;
    publish(&shop.cx, &staff, created.id).await?;
    Ok(())
}

async fn serve(shop: &Arc<Shop>) -> Outcome<SocketAddr> {
    let settings = Settings {
        rates: Some(Rates {
            user: EVERYTHING,
            address: EVERYTHING,
            ..Rates::default()
        }),
        ..Settings::default()
    };
    let app = router_with(Arc::clone(shop), settings);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

fn print_and_write(connections: usize, answer_bytes: usize, read: &Spent, hello: [Spent; 2]) -> Outcome<()> {
    let [before, after] = hello.map(|spent| spent.per_second());
    let ratio = read.per_second() / f64::midpoint(before, after);
    let hello_us = f64::midpoint(hello[0].processor_us(), hello[1].processor_us());
    println!(
        "{connections} connections, {} reads of an event of {answer_bytes} bytes",
        read.count
    );
    println!(
        "  hello world      {before:>9.0} requests/s before, {after:.0} after, {hello_us:.1} us of processor each"
    );
    println!(
        "  an event         {:>9.0} requests/s, {:.1} us of processor each",
        read.per_second(),
        read.processor_us()
    );
    println!("  reads per hello  {ratio:>9.3}");
    let rows = json!([{
        "connections": connections, "reads": read.count, "answer_bytes": answer_bytes,
        "reads_per_s": read.per_second(), "hello_per_s_before": before, "hello_per_s_after": after,
        "read_processor_us": read.processor_us(), "hello_processor_us": hello_us,
    }]);
    written::write("reads", &rows, &json!({"reads_per_hello": ratio}))
}

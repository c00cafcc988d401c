//! Facts replayed a second on SQLite, beside reading the same facts and doing nothing with them.
//!
//! The projections are brought up to date first, as the worker does; the replay then makes all of them anew in one going
//! through and must come to the same.
//!
//! `cargo xtask bench replay [FACTS]`

#[path = "log/rates.rs"]
mod rates;
#[path = "log/store.rs"]
mod store;
#[path = "figures/written.rs"]
mod written;

use std::error::Error;

use serde_json::json;
use ticketon_core::fact::Position;
use ticketon_core::projection::Projection;
use ticketon_core::{Context, follow};
use ticketon_server::replay::{Plan, replay};
use tokio::time::Instant;

use rates::{per_second, rounded};
use written::write;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const PAGE: usize = 1_000;

#[tokio::main]
async fn main() -> Outcome<()> {
    let count = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let logged = store::logged(count.unwrap_or(1_000_000)).await?;
    let head = logged.cx.reads.head().await?.0;
    let begun = Instant::now();
    catch_up(&logged.cx).await?;
    let followed = per_second(head, begun.elapsed());
    let begun = Instant::now();
    read(&logged.cx).await?;
    let reading = per_second(head, begun.elapsed());
    let plan = Plan {
        projections: Projection::ALL.to_vec(),
        ..Plan::default()
    };
    let mut snapshot = logged.cx.reads.snapshot().await?;
    let begun = Instant::now();
    let replayed = replay(&mut *snapshot, &plan, |_| ()).await?;
    let replaying = per_second(replayed.facts, begun.elapsed());
    drop(snapshot);
    assert!(replayed.is_same() && replayed.facts == head, "{replayed:?}");
    println!(
        "{head} facts   followed live {followed:>8.0}/s   read {reading:>8.0}/s   replayed {replaying:>8.0}/s   ratio {:.2}",
        replaying / reading
    );
    logged.committing.shutdown().await;
    let rows = json!([{"facts": head, "followed_per_s": followed.round(), "read_per_s": reading.round(), "replayed_per_s": replaying.round()}]);
    write(
        "replay",
        &rows,
        &json!({"replayed_per_read": rounded(replaying / reading)}),
    )
}

async fn catch_up(cx: &Context) -> Outcome<()> {
    for projection in Projection::ALL {
        while follow(cx, projection, PAGE).await? > 0 {}
    }
    Ok(())
}

async fn read(cx: &Context) -> Outcome<()> {
    let mut snapshot = cx.reads.snapshot().await?;
    let mut last = Position::default();
    while let Some(end) = snapshot.facts(last, PAGE).await?.last() {
        last = end.position;
    }
    Ok(())
}

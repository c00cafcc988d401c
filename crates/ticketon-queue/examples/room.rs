//! A room used by hand: no server, no runtime of its own, no journal. Twelve people come to a room for three; a loop
//! ticks once a second and says what it did and why. Run it with `cargo run -p ticketon-queue --example room`.

use std::error::Error;
use std::time::Duration;

use ticketon_queue::{
    Arrival, EntryId, Keys, MemoryQueue, Policy, Queue, RoomName, Settings, Timestamp, UNLIMITED,
    VisitorName, tick,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let opening = Timestamp::from_ms(1_796_122_800_000);
    let policy = Policy::fifo()
        .capacity(3)
        .per_minute(120)
        .stay(Duration::from_secs(4));
    let keys = Keys::from_seed("example", [7; 32]);
    let queue = MemoryQueue::unjournaled(RoomName::parse("winter-drop")?);
    queue.open(Settings::opening(opening, policy), opening).await?;

    for number in 1..=12 {
        let visitor = VisitorName::parse(&format!("visitor-{number}"))?;
        let place = queue
            .enter(Arrival::new(&visitor, EntryId::from_u128(number)), opening)
            .await?;
        let view = place.view(&keys, opening);
        println!(
            "{visitor}: {:?}, position {:?}, pass: {}",
            view.state,
            view.position,
            view.pass.is_some()
        );
    }

    for second in 1..=18 {
        let now = opening.plus(Duration::from_secs(second));
        let tick = tick(&queue, UNLIMITED, now).await?;
        println!(
            "{now}  admitted {}: {}",
            tick.decision.admit, tick.decision.because
        );
        for entry in tick.admitted {
            // Asking for one's place after admission is the claim: it fetches the pass.
            if let Some(place) = queue.claim(&entry.visitor, now).await? {
                let token = place
                    .view(&keys, now)
                    .pass
                    .ok_or("whoever claims in time has a pass")?;
                let pass = keys.verify_pass(&token, queue.room(), now)?;
                println!("  {} is inside until {}", pass.visitor, pass.until);
            }
        }
    }
    Ok(())
}

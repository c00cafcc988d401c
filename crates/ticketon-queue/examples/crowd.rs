//! What 200,000 who wait cost: how long each operation takes, measured on this machine. Run it in release:
//! `cargo run --release -p ticketon-queue --example crowd`.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ticketon_queue::{
    Arrival, Closing, EntryId, Journal, JournalLine, Keys, MemoryQueue, Pass, Pending, Place, Policy, Queue,
    RoomName, Settings, Timestamp, UNLIMITED, VisitorName, tick,
};
use tokio::time::Instant;

const CROWD: u32 = 200_000;
const OPENING: Timestamp = Timestamp::from_ms(1_796_122_800_000);

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let shelf = Shelf::default();
    let room = RoomName::parse("0198c0de-7f1e-7000-b4c2-a1d3e4f50617")?;
    let queue = MemoryQueue::new(room.clone(), Arc::new(shelf.clone()));
    let policy = Policy::fifo().capacity(5_000).per_minute(60_000);
    queue.open(Settings::opening(OPENING, policy), OPENING).await?;
    let mut visitors = Vec::new();
    for number in 0..CROWD {
        visitors.push(VisitorName::parse(&format!(
            "0198c0de-7f1e-7000-b4c2-{number:012}"
        ))?);
    }

    enter(&queue, &visitors).await?;
    println!(
        "  a line of the journal: {} bytes on average",
        shelf.bytes() / shelf.lines()
    );
    let places = find(&queue, &visitors).await?;
    ticks(&queue, &places).await?;
    leave(&queue, &visitors).await?;
    sign(&places[5_000..])?;

    let started = Instant::now();
    let restarted = MemoryQueue::new(room, Arc::new(shelf.clone()));
    let waiting = restarted.counters(OPENING).await?.waiting;
    println!(
        "read back {} lines, {waiting} waiting: {:?}",
        shelf.lines(),
        started.elapsed()
    );
    let started = Instant::now();
    let told = restarted.close(Closing::SoldOut, OPENING).await?;
    println!("sold out, {told} told in one record: {:?}", started.elapsed());
    Ok(())
}

async fn enter(queue: &MemoryQueue, visitors: &[VisitorName]) -> Outcome {
    let started = Instant::now();
    for (number, visitor) in (0..).zip(visitors) {
        queue
            .enter(Arrival::new(visitor, EntryId::from_u128(number)), OPENING)
            .await?;
    }
    each("enter", started, visitors.len());
    Ok(())
}

async fn find(queue: &MemoryQueue, visitors: &[VisitorName]) -> Result<Vec<Place>, Box<dyn Error>> {
    let mut places = Vec::new();
    let started = Instant::now();
    for visitor in visitors {
        places.extend(queue.find(visitor, OPENING).await?);
    }
    each("find", started, visitors.len());
    Ok(places)
}

async fn ticks(queue: &MemoryQueue, places: &[Place]) -> Outcome {
    for second in 1..=3 {
        let now = OPENING.plus(Duration::from_secs(second));
        let started = Instant::now();
        let tick = tick(queue, UNLIMITED, now).await?;
        println!(
            "a tick that admits {} ({}): {:?}",
            tick.decision.admit,
            tick.decision.because,
            started.elapsed()
        );
        let started = Instant::now();
        let mut sum = 0;
        for place in places {
            sum += tick.progress.ahead_of(place.entry.seq);
        }
        each("  position by subtraction", started, places.len());
        assert!(sum > 0, "somebody still waits");
    }
    Ok(())
}

async fn leave(queue: &MemoryQueue, visitors: &[VisitorName]) -> Outcome {
    let leavers: Vec<_> = visitors.iter().rev().step_by(10).collect();
    let started = Instant::now();
    for visitor in &leavers {
        queue.leave(visitor, OPENING).await?;
    }
    each("leave, one in ten", started, leavers.len());
    let rows = queue.progress(OPENING).await?.given_up.len();
    println!("  progress: {rows} rows of places given up");
    Ok(())
}

fn sign(places: &[Place]) -> Outcome {
    let keys = Keys::from_seed("crowd", [7; 32]);
    let started = Instant::now();
    for place in places {
        assert!(
            !place.view(&keys, OPENING).receipt.is_empty(),
            "every view has its receipt"
        );
    }
    each("a view with its receipt", started, places.len());

    let inside = &places[..2_000];
    let mut tokens = Vec::new();
    let started = Instant::now();
    for place in inside {
        let until = OPENING.plus(Duration::from_mins(15));
        let (room, visitor) = (place.progress.room.clone(), place.entry.visitor.clone());
        tokens.push(keys.sign_pass(&Pass {
            room,
            entry: place.entry.id,
            visitor,
            until,
        }));
    }
    each("sign a pass", started, inside.len());
    let started = Instant::now();
    for (token, place) in tokens.iter().zip(inside) {
        keys.verify_pass(token, &place.progress.room, OPENING)?;
    }
    each("verify a pass", started, inside.len());
    Ok(())
}

fn each(what: &str, started: Instant, count: usize) {
    let took = started.elapsed();
    let each = took / u32::try_from(count).unwrap_or(u32::MAX);
    println!("{what}: {each:?} each, {took:?} for {count}");
}

/// A journal that keeps its lines in memory, so that the cost of a disk is not measured.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Vec<Vec<u8>>>>);

impl Shelf {
    fn lines(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn bytes(&self) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(Vec::len)
            .sum()
    }
}

impl Journal for Shelf {
    fn append(&self, line: JournalLine) -> Pending<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line.bytes);
        Box::pin(std::future::ready(Ok(())))
    }

    fn load(&self) -> Pending<Vec<Vec<u8>>> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(std::future::ready(Ok(lines)))
    }
}

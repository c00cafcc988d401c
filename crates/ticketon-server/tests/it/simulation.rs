//! Whole sales on faulty engines, each from one seed: the real use cases, committer, rooms, dispatcher, worker and
//! followers, under the runtime's paused clock, with lost answers, refusals, crashes and clocks that jump.
//!
//! The promises are looked at while it goes on and when everything has come to rest. The same seed gives the same
//! trace, so a seed that breaks a promise is a bug that can be looked at as often as one likes; it is kept in
//! `seeds.txt`, which is always run.
//!
//! | variable | `cargo xtask sim` | is |
//! |---|---|---|
//! | `TICKETON_SIM_SEEDS` | `--seeds` | how many seeds to run |
//! | `TICKETON_SIM_SEED` | `--seed` | the one seed to run, with its whole trace on stderr |
//!
//! What it does not do: it runs no SQL and no HTTP, and it stops no process in order.

mod bank;
mod buyer;
mod dice;
mod house;
mod port;
mod promises;
mod store;
mod time;
mod told;
mod trace;
mod weather;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ticketon_core::verify::{Promise, Report};
use tokio::task::JoinSet;
use tokio::time::sleep;

use self::buyer::Buyer;
use self::house::House;
use self::world::World;

/// Seeds of a usual run.
const SEEDS: u64 = 200;

/// Steps of a trace that a failure shows.
const SHOWN: usize = 80;

/// Seeds within which a removed safeguard is noticed.
const NOTICED_WITHIN: u64 = 40;

/// A safeguard that is taken away, to see that it is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sabotage {
    /// The store does not say that a row has changed since it was read.
    StaleRowsAreHidden,
    /// A refund that is asked for again is asked for anew.
    CancelKeysAreFresh,
    /// The dispatcher lets in whoever waits.
    EverybodyIsAdmitted,
}

/// How a seed ended.
struct Ending {
    seed: u64,
    trace: Vec<String>,
    report: Result<Report, String>,
}

impl Ending {
    /// What somebody who looks into it needs.
    fn told(&self, how: &str) -> String {
        let seed = self.seed;
        let last = self.trace[self.trace.len().saturating_sub(SHOWN)..].join("\n");
        format!(
            "seed {seed} breaks a promise: {how}\n\nthe last of its trace:\n{last}\n\n\
             the whole of it: cargo xtask sim --seed {seed}\n"
        )
    }
}

#[test]
fn simulation_keeps_every_promise() {
    if let Some(seed) = number_in("TICKETON_SIM_SEED") {
        let ending = run(seed, None);
        eprintln!("{}", ending.trace.join("\n"));
        ending.report.unwrap();
        return;
    }
    let seeds = number_in("TICKETON_SIM_SEEDS").unwrap_or(SEEDS);
    let mut all: Vec<u64> = kept_seeds();
    all.extend(1..=seeds);
    let mut report = Report::default();
    let mut broken: Vec<u64> = Vec::new();
    for ending in run_all(&all) {
        match &ending.report {
            Ok(more) => report.merge(more.clone()),
            Err(how) => {
                eprintln!("{}", ending.told(how));
                broken.push(ending.seed);
            }
        }
    }
    assert_eq!(broken, [] as [u64; 0], "these seeds break a promise");
    eprintln!("{report}");
    assert_eq!(report.checked_nothing(), []);
    assert_eq!(report.promises.len(), Promise::ALL.len());
}

#[test]
fn simulation_repeats_itself() {
    for seed in [3, 4, 5] {
        let (first, second) = (run(seed, None), run(seed, None));
        let differs = first
            .trace
            .iter()
            .zip(&second.trace)
            .position(|(one, other)| one != other);
        if let Some(line) = differs {
            panic!(
                "seed {seed}, line {line}:\n{}\n{}",
                first.trace[line], second.trace[line]
            );
        }
        assert_eq!(first.trace.len(), second.trace.len());
    }
}

#[test]
fn simulation_notices_that_stale_rows_are_hidden() {
    // Claims keep the seats apart within a process; the guard row has the store alone.
    assert!(breaks(Sabotage::StaleRowsAreHidden, Promise::LimitsKept));
}

#[test]
fn simulation_notices_that_refunds_are_paid_twice() {
    assert!(breaks(Sabotage::CancelKeysAreFresh, Promise::MoneyAddsUp));
}

#[test]
fn simulation_notices_that_too_many_are_admitted() {
    assert!(breaks(
        Sabotage::EverybodyIsAdmitted,
        Promise::AdmittedWithinCapacity
    ));
}

fn breaks(sabotage: Sabotage, promise: Promise) -> bool {
    let is_noticed = |seed| {
        let report = run(seed, Some(sabotage)).report;
        report.is_err_and(|how| how.contains(promise.as_str()))
    };
    (1..=NOTICED_WITHIN).any(is_noticed)
}

fn number_in(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} must be a number, not `{text}`")),
    )
}

/// Seeds that broke a promise once.
fn kept_seeds() -> Vec<u64> {
    let lines = include_str!("simulation/seeds.txt").lines();
    let seeds = lines.filter_map(|line| line.split_whitespace().next());
    seeds
        .filter(|seed| *seed != "#")
        .map(|seed| seed.parse().unwrap())
        .collect()
}

/// Runs every seed, as many at once as there are cores; each is a world of its own.
fn run_all(seeds: &[u64]) -> Vec<Ending> {
    let next = AtomicUsize::new(0);
    let one_after_another = || {
        let mut endings = Vec::new();
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
            endings.push(run(*seed, None));
        }
        endings
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..cores).map(|_| scope.spawn(one_after_another)).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    })
}

fn run(seed: u64, sabotage: Option<Sabotage>) -> Ending {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::of(seed, sabotage).await;
        let report = sale(&world).await;
        Ending {
            seed,
            trace: world.trace.take(),
            report,
        }
    })
}

/// A whole sale, until everything has come to rest.
async fn sale(world: &Arc<World>) -> Result<Report, String> {
    let house = House::of(world);
    let mut around = JoinSet::new();
    around.spawn(Arc::clone(&house).keep_open());
    around.spawn(Arc::clone(world).go_on());
    let mut buyers = JoinSet::new();
    for number in 1..=10 + world.dice.below(16) {
        buyers.spawn(Buyer::new(number, world, &house).shop());
    }
    while let Some(gone) = buyers.join_next().await {
        gone.map_err(|panic| format!("a buyer panicked: {panic}"))?;
        broken(world)?;
    }
    world.say(format_args!("everybody has gone home"));
    world.calm_down();
    come_to_rest(world).await?;
    broken(world)?;
    match house.shop() {
        Some(shop) => promises::shows_what_is_stored(world, &shop).await?,
        None => return Err("no process runs".to_owned()),
    }
    promises::kept_at_the_end(world).await
}

async fn come_to_rest(world: &World) -> Result<(), String> {
    for _ in 0..300 {
        sleep(Duration::from_secs(1)).await;
        if promises::is_at_rest(world).await {
            // Every sweep, and every reader of the log, comes by once more.
            sleep(Duration::from_secs(10)).await;
            return Ok(());
        }
    }
    Err("something never ends".to_owned())
}

fn broken(world: &World) -> Result<(), String> {
    world.is_broken().map_or(Ok(()), Err)
}

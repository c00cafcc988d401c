//! A whole sale on this machine, from the opening to the report.
//!
//! The shop is a child process behind real HTTP, or one of each role twice; the buyers, the payment provider's sandbox
//! and the report live here. What is checked at the end is the store that the child wrote and the ledger that the
//! sandbox wrote.

pub(crate) mod breaks;
mod buyer;
mod cast;
mod child;
mod company;
mod crowd;
mod dice;
mod doors;
pub(crate) mod engines;
mod house;
mod interruption;
mod killer;
mod play;
mod report;
mod request;
mod screen;
mod sold;
mod stage;
mod tally;

use ticketon_core::entropy::Entropy as _;
use ticketon_core::{NewEvent, Plan, Won};
use ticketon_server::adapter::system::SystemEntropy;
use ticketon_server::data_folder::DataFolder;
use ticketon_server::pay::sandbox::Latency;
use ticketon_server::sandbox::RunningSandbox;
use ticketon_server::settings::loopback;

use self::breaks::Break;
use self::company::Company;
use self::engines::Engines;
use self::house::{House, prepare};
use self::play::Play;
use self::report::Outcome;
use self::screen::Screen;
use self::stage::Stage;
use crate::console::{Console, Paint};
use crate::failure::Failure;
use crate::limits;

pub(crate) use self::house::settings as house_settings;
pub(crate) use self::report::{promises_table, violations};

/// What is to be shown.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    /// What is sold.
    pub(crate) event: NewEvent,
    /// Where.
    pub(crate) plan: Plan,
    /// How many come.
    pub(crate) buyers: u32,
    /// What chance follows from.
    pub(crate) seed: u64,
    /// How often the server is killed.
    pub(crate) kills: u32,
    /// What is run in the middle, one after the other: commands of a shell.
    pub(crate) interruptions: Vec<String>,
    /// Which safeguard is taken away.
    pub(crate) without: Option<Break>,
    /// Real engines to sell on, instead of a server's own.
    pub(crate) engines: Option<Engines>,
    /// Whether the shop stays up afterwards.
    pub(crate) keep: bool,
    /// How to see it again.
    pub(crate) command: String,
}

impl Plot {
    /// How many are let in a minute: fast enough that the line is gone in time, and where the sale is interrupted so
    /// slowly that on no machine it is over before.
    fn per_minute(&self) -> u32 {
        if self.interruptions.is_empty() {
            self.buyers.clamp(1_200, 9_000)
        } else {
            self.buyers.max(1)
        }
    }
}

/// Runs a demo to its report.
pub(crate) async fn run(console: Console, plot: Plot) -> Result<Outcome, Failure> {
    let screen = Screen::on(console);
    let leaves = if plot.engines.is_none() {
        "nothing is left behind"
    } else {
        "two processes of each role on real engines"
    };
    screen.say(format_args!(
        "Ticketon demo, seed {}. Temporary folder, free ports, sandbox payments: no money moves, {leaves}.\n",
        plot.seed
    ));
    let folder = tempfile::Builder::new()
        .prefix("ticketon-demo-")
        .tempdir()
        .map_err(Failure::unexpected)?;
    let latency = Latency::seeded(plot.seed, limits::SANDBOX_MEDIAN);
    let ledger = DataFolder::ledger_in(folder.path());
    let sandbox = RunningSandbox::start(&ledger, loopback(0), latency).await;
    let sandbox = sandbox.map_err(Failure::unexpected)?;
    let Some(engines) = &plot.engines else {
        let stage = Stage::of_one(folder.path(), sandbox.url(), plot.without)?;
        return put_on(console, &screen, &plot, &stage).await;
    };
    let name = format!("ticketon_demo_{}", std::process::id());
    let own = engines.with_database(&name).await?;
    let stage = Stage::of_roles(folder.path(), sandbox.url(), own)?;
    let outcome = put_on(console, &screen, &plot, &stage).await;
    // What became of the sale is told in any case.
    match engines.drop_database(&name).await {
        Ok(()) => screen.say("left behind: a room in Redis, which forgets it"),
        Err(failure) => screen.say(format_args!("left behind: {name}, because {}", failure.message)),
    }
    outcome
}

/// Puts the play on a stage.
async fn put_on(console: Console, screen: &Screen, plot: &Plot, stage: &Stage) -> Result<Outcome, Failure> {
    let settings = stage.settings()?;
    let house = prepare(
        &settings,
        plot.event.clone(),
        plot.plan.clone(),
        plot.buyers,
        plot.per_minute(),
    )
    .await?;
    if let Some(without) = plot.without {
        without.prepare(stage.folder()).await?;
    }
    introduce(screen, plot, &house, stage);
    let company = Company::start(&stage.recipes).await?;
    let play = Play { screen, plot, stage };
    let (outcome, company) = play.perform(house, company).await?;
    if plot.keep {
        stay_up(screen, stage, &outcome, console).await?;
    }
    company.stop().await?;
    Ok(outcome)
}

fn introduce(screen: &Screen, plot: &Plot, house: &House, stage: &Stage) {
    let hall = &house.hall;
    let prices: Vec<String> = hall
        .prices
        .iter()
        .map(|(name, amount)| format!("{} {amount}", name.split('/').next().unwrap_or(name)))
        .collect();
    screen.say(format_args!(
        "  hall      {}: {} seats in {} zones    {}",
        hall.name,
        grouped(hall.seats.len() as u64),
        hall.zones,
        prices.join("  ")
    ));
    screen.say(format_args!(
        "  server    {}    sandbox {}",
        stage.shown(),
        stage.sandbox
    ));
    screen.say(format_args!(
        "  buyers    {}: 1 in 3 clicks twice, 5 % declined, 4 % close the tab, 2 % lose the answer after the charge",
        grouped(plot.buyers.into())
    ));
    if let Some(without) = plot.without {
        screen.say(format_args!(
            "  without   {}: {}",
            without.name(),
            without.is_without()
        ));
    }
    screen.say("");
}

async fn stay_up(screen: &Screen, stage: &Stage, outcome: &Outcome, console: Console) -> Result<(), Failure> {
    screen.end();
    console.data(&outcome.figures, || outcome.human(Paint::of_stdout()))?;
    console.say(format_args!(
        "\nStill up: server {}, payment window {}. Press Ctrl-C to end it.",
        stage.shown(),
        stage.sandbox
    ));
    tokio::signal::ctrl_c().await.map_err(Failure::unexpected)
}

/// A number as people read it: `3,000`.
pub(crate) fn grouped(number: u64) -> String {
    Won(i64::try_from(number).unwrap_or(i64::MAX))
        .to_string()
        .replace('₩', "")
}

/// A seed for who gives none.
pub(crate) fn any_seed() -> u64 {
    let mut bytes = [0; 2];
    SystemEntropy.fill(&mut bytes);
    u16::from_le_bytes(bytes).into()
}

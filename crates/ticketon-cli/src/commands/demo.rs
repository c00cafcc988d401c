//! `ticketon demo`: a whole sale on this machine, and what became of its promises.

use std::fmt::Write as _;
use std::path::PathBuf;

use ticketon_core::{NewEvent, Plan};

use crate::console::{Console, Format, Paint};
use crate::demo::breaks::Break;
use crate::demo::engines::Engines;
use crate::demo::{self, Plot};
use crate::event_file::{self, EventFile};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;

/// A whole sale on this machine, through real HTTP, checked at the end
///
/// Thousands of buyers wait in line, fight for seats, pay with play money, click twice, close the tab and give
/// tickets back; then every promise is checked against the store and the provider's ledger. Nothing is left behind.
/// Exit code 7: a promise is broken, or nothing was there to check it on.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon demo\n  ticketon demo --event recital.toml --plan hall.csv --buyers 500\n  ticketon demo --kill 3 --seed 7\n  ticketon demo --break seat-unique-key"
)]
pub(crate) struct Args {
    /// Sell this event instead, from now on and for play money
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    /// In this hall instead: a plan as JSON or CSV
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// How many come
    #[arg(long, value_name = "N", default_value_t = 6_000,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::BUYERS_MAX)))]
    buyers: u32,
    /// What chance follows from; another one each time if not given
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Stay up afterwards, until Ctrl-C
    #[arg(long)]
    keep: bool,
    /// Kill the server so often in the middle
    #[arg(long, value_name = "N", default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(limits::KILLS_MAX)))]
    kill: u32,
    /// Take a safeguard away, so that the report turns red
    #[arg(long = "break", value_enum, value_name = "NAME", conflicts_with = "Engines")]
    without: Option<Break>,
    #[command(flatten)]
    engines: Option<Engines>,
    /// A shell's command that is run in the middle, and must end well
    #[arg(long = "interrupt", hide = true, value_name = "COMMAND")]
    interruptions: Vec<String>,
}

const EVENT: &str = include_str!("../../../../examples/events/winter-recital.toml");
const PLAN: &str = include_str!("../../../../examples/plans/opera-house.json");

impl Args {
    /// Runs the demo, and prints its report.
    pub(crate) async fn run(self, console: Console) -> Result<Exit, Failure> {
        let keep = self.keep;
        let outcome = demo::run(console, self.plot()?).await?;
        if !keep {
            console.data(&outcome.figures, || outcome.human(Paint::of_stdout()))?;
        }
        let exit = outcome.exit();
        if exit != Exit::Done && console.format != Format::Human {
            // The object has no place for the rows.
            eprint!("{}", demo::violations(&outcome.report));
            for complaint in &outcome.complaints {
                eprintln!("  {complaint}");
            }
            eprintln!("{}", outcome.command);
        }
        Ok(exit)
    }

    fn plot(self) -> Result<Plot, Failure> {
        let seed = self.seed.unwrap_or_else(demo::any_seed);
        let command = self.command(seed);
        let (event, own_plan) = self.event()?;
        let plan = match &self.plan {
            Some(path) => event_file::read_plan(path)?,
            None => match own_plan {
                Some(plan) => plan,
                None => Plan::from_json(PLAN).map_err(Failure::unexpected)?,
            },
        };
        Ok(Plot {
            event,
            plan,
            buyers: self.buyers,
            seed,
            kills: self.kill,
            interruptions: self.interruptions,
            without: self.without,
            engines: self.engines,
            keep: self.keep,
            command,
        })
    }

    fn event(&self) -> Result<(NewEvent, Option<Plan>), Failure> {
        let file = match &self.event {
            Some(path) => EventFile::read(path)?,
            None => return Ok((EventFile::parse(EVENT)?.event()?, None)),
        };
        let plan = file.plans()?.into_iter().next().flatten();
        Ok((file.event()?, plan))
    }

    /// The one command that shows it again.
    fn command(&self, seed: u64) -> String {
        let mut command = format!("ticketon demo --seed {seed} --buyers {}", self.buyers);
        for (flag, path) in [("--event", &self.event), ("--plan", &self.plan)] {
            if let Some(path) = path {
                let _ = write!(command, " {flag} {}", path.display());
            }
        }
        if self.kill > 0 {
            let _ = write!(command, " --kill {}", self.kill);
        }
        for interruption in &self.interruptions {
            let _ = write!(command, " --interrupt \"{interruption}\"");
        }
        if let Some(without) = self.without {
            let _ = write!(command, " --break {}", without.name());
        }
        if let Some(engines) = &self.engines {
            let _ = write!(command, " {}", engines.arguments().join(" "));
        }
        command
    }
}

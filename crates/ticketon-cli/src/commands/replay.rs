//! `ticketon replay`: the projections made anew beside the live ones, and whether both come to the same.

use std::fmt::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use ticketon_core::fact::Position;
use ticketon_core::projection::{Projection, StateHash};
use ticketon_core::promote;
use ticketon_core::store::Reads as _;
use ticketon_server::replay::{Bound, Plan, Rebuilt, Replayed, replay};
use ticketon_server::server::Server;
use ticketon_server::settings::{Bus, KafkaAddress, Settings};
use tokio::time::Instant;

use crate::beside::Beside;
use crate::configuration::Key;
use crate::console::{Console, Paint};
use crate::demo::grouped;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make the projections anew from the facts, and compare them with the live ones
///
/// Goes through the log beside the server and changes nothing, unless told to promote. A replay of a part is not compared.
/// Exit code 7: the log has gaps, or the rows are not what the facts make.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon replay\n  ticketon replay --from-kafka\n  ticketon replay --projection minutes --from 2026-12-01T20:00:00+09:00\n  ticketon replay --promote"
)]
pub(crate) struct Args {
    /// Begin with this fact, or with what happened then
    #[arg(long, value_name = "POSITION|TIME")]
    from: Option<Bound>,
    /// End with this fact, or with what happened then
    #[arg(long, value_name = "POSITION|TIME")]
    until: Option<Bound>,
    /// Only this one: `figures`, `minutes` or `trail`
    #[arg(long, value_name = "NAME")]
    projection: Vec<Projection>,
    /// Replay what Kafka holds as well
    #[arg(long)]
    from_kafka: bool,
    /// Put the rows in the place of live ones that differ
    #[arg(long, conflicts_with_all = ["from", "until"])]
    promote: bool,
}

impl Args {
    /// Replays, and says what came of it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let console = shell.console;
        console.say(format_args!("via the store in {}, beside", settings.store()));
        let plan = self.plan(&settings)?;
        let (replayed, took) = replay_beside(console, &settings, &plan).await?;
        if let Some(at) = replayed.first_at {
            console.say(format_args!(
                "facts are kept for ever: from position {} on, of {at}",
                replayed.first
            ));
        }
        console.data(&replayed, || table(&replayed, took, Paint::of_stdout()))?;
        if replayed.is_same() {
            return Ok(Exit::Done);
        }
        if self.promote && replayed.missing.is_empty() {
            put_in_place(console, &settings, &replayed).await?;
            return Ok(Exit::Done);
        }
        Ok(Exit::PromiseBroken)
    }

    fn plan(&self, settings: &Settings) -> Result<Plan, Failure> {
        Ok(Plan {
            from: self.from,
            until: self.until,
            projections: match &self.projection[..] {
                [] => Projection::ALL.to_vec(),
                some => some.to_vec(),
            },
            kafka: self.from_kafka.then(|| kafka(settings)).transpose()?,
        })
    }
}

/// The Kafka that the settings name.
pub(super) fn kafka(settings: &Settings) -> Result<KafkaAddress, Failure> {
    match &settings.bus {
        Bus::Kafka(address) => Ok(address.clone()),
        Bus::None => {
            let message = format!("facts are published nowhere: set `{}`", Key::BusUrl);
            let hint = format!("{}=kafka://127.0.0.1:9092 ticketon …", Key::BusUrl.variable());
            Err(Failure::new(Exit::Usage, message).hint(hint))
        }
    }
}

async fn replay_beside(
    console: Console,
    settings: &Settings,
    plan: &Plan,
) -> Result<(Replayed, Duration), Failure> {
    let beside = Beside::open(&settings.store(), &settings.data_dir).await?;
    let head = beside.reads.head().await?;
    let bar = bar(console, head);
    let begun = Instant::now();
    let mut snapshot = beside.reads.snapshot().await?;
    let replayed = replay(&mut *snapshot, plan, |Position(at)| bar.set_position(at)).await;
    bar.finish_and_clear();
    Ok((replayed?, begun.elapsed()))
}

fn bar(console: Console, Position(head): Position) -> ProgressBar {
    if !console.is_live() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {human_pos} of {human_len} facts, {per_sec}")
        .expect("a template written by hand");
    ProgressBar::new(head).with_style(style)
}

/// Writes what differs, through the one door.
async fn put_in_place(console: Console, settings: &Settings, replayed: &Replayed) -> Result<(), Failure> {
    let server = Server::open_or_create(settings).await?;
    let mut promoted = Ok(());
    for rebuilt in replayed.projections.iter().filter(|rebuilt| !rebuilt.is_same()) {
        match promote(&server.shop().background, &rebuilt.projected).await {
            Ok(rows) => console.say(format_args!(
                "promoted: {} rows of the {}",
                grouped(rows as u64),
                rebuilt.projection
            )),
            Err(error) => promoted = Err(error),
        }
    }
    server.stop().await;
    Ok(promoted?)
}

fn table(replayed: &Replayed, took: Duration, paint: Paint) -> String {
    let mut text = String::new();
    write_table(&mut text, replayed, took, paint).expect("writing to a text does not fail");
    text
}

fn write_table(text: &mut String, replayed: &Replayed, took: Duration, paint: Paint) -> std::fmt::Result {
    let millis = took.as_millis().max(1);
    let per_second = u64::try_from(u128::from(replayed.facts) * 1_000 / millis).unwrap_or(u64::MAX);
    writeln!(
        text,
        "{} facts replayed, {} a second",
        grouped(replayed.facts),
        grouped(per_second)
    )?;
    writeln!(
        text,
        "\n{:<12}{:>10}{:>12}  {:<14}{:<14}kafka",
        "projection", "rows", "up to", "state", "live"
    )?;
    for rebuilt in &replayed.projections {
        writeln!(
            text,
            "{:<12}{:>10}{:>12}  {:<14}{:<14}{}",
            rebuilt.projection.to_string(),
            grouped(rebuilt.rows as u64),
            rebuilt.position,
            short(&rebuilt.hash),
            compared(rebuilt, rebuilt.live_hash.as_ref()),
            compared(rebuilt, rebuilt.kafka_hash.as_ref()),
        )?;
    }
    for (first, last) in &replayed.missing {
        let gap = format!("the log has no facts {first} to {last}");
        writeln!(text, "{}", paint.red(gap))?;
    }
    if let Some(missing @ 1..) = replayed.missing_in_kafka {
        let gap = format!("Kafka lacks {} facts", grouped(missing));
        writeln!(text, "{}", paint.red(gap))?;
    }
    if let Some(foreign @ 1..) = replayed.foreign_in_kafka {
        writeln!(text, "{} messages in Kafka are no facts", grouped(foreign))?;
    }
    for rebuilt in &replayed.projections {
        for row in &rebuilt.differing {
            let table = row.table();
            writeln!(text, "{} {table} {row} is live otherwise", paint.red("differs:"))?;
        }
    }
    Ok(())
}

/// As much of a hash as tells two apart for a reader.
fn short(hash: &StateHash) -> String {
    hash.to_string().chars().take(12).collect()
}

fn compared(rebuilt: &Rebuilt, other: Option<&StateHash>) -> String {
    match other {
        None => "-".to_owned(),
        Some(hash) if *hash == rebuilt.hash => "same".to_owned(),
        Some(hash) => short(hash),
    }
}

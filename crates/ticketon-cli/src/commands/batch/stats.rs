//! `ticketon batch stats`: what the database counted of its tables, and how far that is from now.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::console::Paint;
use crate::demo::grouped;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Show what the database counted of its tables, and how far that is from now
///
/// The server finds rows by these figures: where they are stale, `ticketon batch analyze --stale-only` has it count again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon batch stats\n  ticketon batch stats --format json | jq -r '.items[] | select(.stale).table'"
)]
pub(crate) struct Args {}

#[derive(Debug, Deserialize)]
struct Stats {
    items: Vec<Line>,
    missing: Vec<String>,
    tells_stale: bool,
}

#[derive(Debug, Deserialize)]
struct Line {
    table: String,
    rows: u64,
    counted_rows: Option<u64>,
    drift_percent: Option<u64>,
    data_bytes: u64,
    index_bytes: u64,
    counted_at: Option<String>,
    because: Option<String>,
}

impl Args {
    /// Shows it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let answer = shop.done(shop.client().get("/api/batch/analyze/stats")).await;
        shop.close().await;
        let json: Value = answer?.json()?;
        let stats: Stats = serde_json::from_value(json.clone()).map_err(Failure::unexpected)?;
        shell.console.data(&json, || human(&stats, Paint::of_stdout()))?;
        for grant in &stats.missing {
            let lacks = format!("the batch user lacks {grant}: ticketon db setup-batch-user");
            shell.console.say(lacks);
        }
        if !stats.tells_stale {
            shell.console.say("so nobody can tell which tables are stale");
        }
        Ok(Exit::Done)
    }
}

fn human(stats: &Stats, paint: Paint) -> String {
    let mut text = format!(
        "{:<14}{:>12}{:>12}{:>8}{:>11}{:>11}  {}\n",
        "table", "rows", "counted", "drift", "data KiB", "index KiB", "counted at"
    );
    for line in &stats.items {
        let counted = line.counted_rows.map_or_else(|| "-".to_owned(), grouped);
        let drift = line
            .drift_percent
            .map_or_else(|| "-".to_owned(), |percent| format!("{percent}%"));
        let _ = write!(
            text,
            "{:<14}{:>12}{:>12}{:>8}{:>11}{:>11}  {}",
            line.table,
            grouped(line.rows),
            counted,
            drift,
            grouped(line.data_bytes / 1_024),
            grouped(line.index_bytes / 1_024),
            line.counted_at.as_deref().unwrap_or("-")
        );
        if let Some(because) = &line.because {
            let _ = write!(text, "  {}", paint.red(format_args!("stale: {because}")));
        }
        text.push('\n');
    }
    text
}

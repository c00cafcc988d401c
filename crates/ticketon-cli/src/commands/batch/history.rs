//! `ticketon batch history`: the runs of a job, the newest first.

use std::fmt::Write as _;

use super::about_jobs;
use super::view::{RunView, UTC};
use crate::console::Paint;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::page;
use crate::shell::Shell;

/// List the runs of a job, the newest first
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon batch history\n  ticketon batch history --job analyze --all --format jsonl | jq .state"
)]
pub(crate) struct Args {
    /// The job, as `ticketon batch jobs` lists it
    #[arg(long, default_value = "analyze")]
    job: String,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// All of them, page by page
    #[arg(long)]
    all: bool,
}

impl Args {
    /// Lists them.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let job = page::written(&self.job);
        let address = format!("/api/batch/jobs/{job}/history?limit={}", self.limit);
        let list = page::pages(&shop, &address, self.all).await;
        shop.close().await;
        let list = list.map_err(about_jobs)?;
        let runs = RunView::all(&list)?;
        shell.console.data(&list, || human(&runs, Paint::of_stdout()))?;
        if list.next_cursor.is_some() {
            shell.console.say("there are more: ticketon batch history --all");
        }
        Ok(Exit::Done)
    }
}

fn human(runs: &[RunView], paint: Paint) -> String {
    if runs.is_empty() {
        return "no runs yet\n".to_owned();
    }
    let mut text = String::new();
    for run in runs {
        let _ = writeln!(text, "{}", run.summary(paint, UTC));
    }
    text
}

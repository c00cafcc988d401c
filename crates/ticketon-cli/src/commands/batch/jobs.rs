//! `ticketon batch jobs`: the jobs, when each is due and how it went.

use std::fmt::Write as _;

use serde::Deserialize;
use ticketon_core::Timestamp;

use super::view::RunView;
use crate::console::Paint;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::page::Page;
use crate::shell::Shell;

/// List the jobs: when each is due, and how its last run went
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon batch jobs\n  ticketon batch jobs --format jsonl | jq -r '.job, .next_due'"
)]
pub(crate) struct Args {}

#[derive(Debug, Deserialize)]
struct Line {
    job: String,
    expression: String,
    time_zone: String,
    next_due: Option<Timestamp>,
    last_run: Option<RunView>,
}

impl Args {
    /// Lists them.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect_to_jobs().await?;
        let answer = shop.done(shop.client().get("/api/batch/jobs")).await;
        shop.close().await;
        let list: Page = answer?.json()?;
        let jobs: Result<Vec<Line>, _> = list.items.iter().map(Line::deserialize).collect();
        let jobs = jobs.map_err(Failure::unexpected)?;
        shell.console.data(&list, || human(&jobs, Paint::of_stdout()))?;
        Ok(Exit::Done)
    }
}

fn human(jobs: &[Line], paint: Paint) -> String {
    let mut text = String::new();
    for Line {
        job,
        expression,
        time_zone,
        next_due,
        last_run,
    } in jobs
    {
        let next = next_due.map_or_else(|| "never".to_owned(), |next| next.on_clocks_of(time_zone));
        let _ = writeln!(text, "{job:<10} {expression}  {time_zone}  next {next}");
        if let Some(run) = last_run {
            let _ = writeln!(text, "{:<10} last {}", "", run.summary(paint, time_zone));
        }
    }
    text
}

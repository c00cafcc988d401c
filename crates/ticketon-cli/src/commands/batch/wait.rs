//! Asking for a run and waiting for its end, with a bar where somebody watches.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::about_jobs;
use super::view::RunView;
use crate::connection::Connection;
use crate::console::{Console, Paint};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;
use crate::shell::Shell;

/// Asks for a run at an address of the API, and shows it: at its end, or as it stands where nobody waits and another process
/// is at it. What nobody takes in time this process runs itself, if it holds the store, and so waits.
pub(super) async fn asked(
    shell: &Shell,
    path: &str,
    wish: &Value,
    is_waited_for: bool,
) -> Result<Exit, Failure> {
    let mut shop = shell.connect_to_jobs().await?;
    let run = ask(&mut shop, shell.console, path, wish, is_waited_for).await;
    shop.close().await;
    let json = run.map_err(about_jobs)?;
    let run: RunView = serde_json::from_value(json.clone()).map_err(Failure::unexpected)?;
    shell.console.data(&json, || run.human(Paint::of_stdout()))?;
    if run.is_over() {
        return run.exit();
    }
    shell.console.say(format_args!(
        "it goes on: ticketon batch history --job {}",
        job_of(&json)
    ));
    Ok(Exit::Done)
}

async fn ask(
    shop: &mut Connection,
    console: Console,
    path: &str,
    wish: &Value,
    is_waited_for: bool,
) -> Result<Value, Failure> {
    let answer = shop.done(shop.client().post(path).json(wish)).await?;
    let mut json: Value = answer.json()?;
    let address = answer.location.unwrap_or_default();
    let is_ours_at = shop.leaves_runs_for().map(|left| Instant::now() + left);
    let bar = bar(console);
    loop {
        let run: RunView = serde_json::from_value(json.clone()).map_err(Failure::unexpected)?;
        let may_be_ours = shop.runs_a_job() || (run.is_requested() && is_ours_at.is_some());
        if run.is_over() || !(is_waited_for || may_be_ours) {
            bar.finish_and_clear();
            return Ok(json);
        }
        show(&bar, &run);
        if run.is_requested() && is_ours_at.is_some_and(|moment| moment <= Instant::now()) {
            shop.run_this(run.id).await?;
        }
        sleep(limits::RUN_POLLED).await;
        let client = shop.client_from_now()?;
        json = shop.done(client.get(&address)).await?.json()?;
    }
}

fn bar(console: Console) -> ProgressBar {
    if !console.is_live() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:32} {msg}").expect("a template written by hand");
    ProgressBar::new(1).with_style(style)
}

/// How far the run has come; an empty bar while nobody knows how far it goes.
fn show(bar: &ProgressBar, run: &RunView) {
    let over = run.lines.len() as u64;
    bar.set_length(run.steps.max(1));
    bar.set_position(over);
    bar.set_message(match run.lines.last() {
        Some(line) => format!("{over} of {}  {}", run.steps, line.step),
        None => run.state.clone(),
    });
}

fn job_of(run: &Value) -> &str {
    run["job"].as_str().unwrap_or_default()
}

//! `ticketon event list`: what is on the shelf, and the drafts of who asks.

use std::fmt::Write as _;

use serde::Deserialize;
use ticketon_core::Timestamp;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::page;
use crate::shell::Shell;

/// List events, drafts included
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon event list --sort views\n  ticketon event list --all --format jsonl | jq -r .slug"
)]
pub(crate) struct Args {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// All of them, page by page
    #[arg(long)]
    all: bool,
    /// In which order
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Sort::Start)]
    sort: Sort,
}

/// In which order events are listed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Sort {
    /// Those that begin first
    Start,
    /// Those that were drafted last
    Created,
    /// Those that were looked at most
    Views,
}

#[derive(Debug, Deserialize)]
struct Line {
    slug: String,
    title: String,
    state: String,
    starts_at: Timestamp,
    time_zone: String,
    views: u64,
}

impl Sort {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Created => "created",
            Self::Views => "views",
        }
    }
}

impl Args {
    /// Prints them.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let address = format!("/api/v1/events?limit={}&sort={}", self.limit, self.sort.name());
        let list = page::pages(&shop, &address, self.all).await;
        shop.close().await;
        let list = list?;
        let lines: Result<Vec<Line>, _> = list.items.iter().cloned().map(serde_json::from_value).collect();
        let lines = lines.map_err(Failure::unexpected)?;
        shell.console.data(&list, || human(&lines))?;
        if list.next_cursor.is_some() {
            shell.console.say("there are more: ticketon event list --all");
        }
        Ok(Exit::Done)
    }
}

fn human(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "no events yet: ticketon event create -f event.toml\n".to_owned();
    }
    let mut text = String::new();
    for Line {
        slug,
        title,
        state,
        starts_at,
        time_zone,
        views,
    } in lines
    {
        let starts_at = starts_at.on_clocks_of(time_zone);
        let _ = writeln!(
            text,
            "{slug:<24} {state:<10} {starts_at}  {views:>7} views  {title}"
        );
    }
    text
}

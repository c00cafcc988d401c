//! `ticketon event list`: what is on the shelf, and the drafts of who asks.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// List events, drafts included
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon event list\n  ticketon event list --all --format jsonl | jq -r .slug"
)]
pub(crate) struct Args {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// All of them, page by page
    #[arg(long)]
    all: bool,
}

/// A list as the API writes it.
#[derive(Debug, Serialize, Deserialize)]
struct Page {
    items: Vec<Value>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Line {
    slug: String,
    title: String,
    state: String,
    starts_at: String,
}

impl Args {
    /// Prints them.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let pages = self.pages(&shop).await;
        shop.close().await;
        let list = pages?;
        let lines: Result<Vec<Line>, _> = list.items.iter().cloned().map(serde_json::from_value).collect();
        let lines = lines.map_err(Failure::unexpected)?;
        shell.console.data(&list, || human(&lines))?;
        if list.next_cursor.is_some() {
            shell.console.say("there are more: ticketon event list --all");
        }
        Ok(Exit::Done)
    }

    async fn pages(&self, shop: &Connection) -> Result<Page, Failure> {
        let path = format!("/api/v1/events?limit={}", self.limit);
        let mut list: Page = shop.done(shop.client().get(&path)).await?.json()?;
        while self.all
            && let Some(cursor) = &list.next_cursor
        {
            let next = shop.client().get(format!("{path}&cursor={cursor}"));
            let next: Page = shop.done(next).await?.json()?;
            list.items.extend(next.items);
            list.next_cursor = next.next_cursor;
        }
        Ok(list)
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
    } in lines
    {
        let _ = writeln!(text, "{slug:<24} {state:<10} {starts_at}  {title}");
    }
    text
}

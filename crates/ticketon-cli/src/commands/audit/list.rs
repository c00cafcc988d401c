//! `ticketon audit list`: the audit trail, the newest first.

use std::fmt::Write as _;

use serde_json::Value;
use ticketon_core::Timestamp;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::page;
use crate::shell::Shell;

/// List what staff and the shop did that somebody may have to answer for, and money that goes back
///
/// The newest first: when, what, to what, whose act it was and why (`--reason`). What the shop does by itself has no actor, nor
/// has what happened before acts were kept. A worker keeps the trail from the facts.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon audit list\n  ticketon audit list --event winter-recital --since 2026-12-01T00:00:00Z\n  ticketon audit list --all --format jsonl | jq -r .kind"
)]
pub(crate) struct Args {
    /// Only of this event
    #[arg(long, value_name = "EVENT", conflicts_with_all = ["organization", "user"])]
    event: Option<String>,
    /// Only of this organization
    #[arg(long, value_name = "ORGANIZATION", conflicts_with = "user")]
    organization: Option<String>,
    /// Only of this user
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only what happened then or later
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// All of them, page by page
    #[arg(long)]
    all: bool,
}

impl Args {
    /// Prints them.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let list = page::pages(&shop, &self.address(), self.all).await;
        shop.close().await;
        let list = list?;
        shell
            .console
            .data(&list, || list.items.iter().map(line).collect::<String>())?;
        if list.next_cursor.is_some() {
            shell.console.say("there are more: ticketon audit list --all");
        }
        Ok(Exit::Done)
    }

    fn address(&self) -> String {
        let mut address = format!("/api/v1/admin/audit?limit={}", self.limit);
        let since = self.since.map(|since| since.to_string());
        for (name, value) in [
            ("event", &self.event),
            ("organization", &self.organization),
            ("user", &self.user),
            ("since", &since),
        ] {
            if let Some(value) = value {
                let _ = write!(address, "&{name}={}", page::written(value));
            }
        }
        address
    }
}

/// Where, when, what, to what, by whom and why; then all else that the fact says.
fn line(fact: &Value) -> String {
    let text = |name: &str| fact[name].as_str();
    let mut rest = fact.clone();
    if let Some(rest) = rest.as_object_mut() {
        rest.retain(|name, _| !SHOWN.contains(&name.as_str()));
        if text("name").is_some() {
            rest.remove("stream");
        }
    }
    let mut line = format!(
        "{:<8} {}  {:<20} {}",
        fact["position"],
        text("at").unwrap_or_default(),
        text("kind").unwrap_or_default(),
        text("name").unwrap_or("-"),
    );
    if let Some(by) = text("by_email").or(text("by")) {
        let _ = write!(line, "  by {by}");
    }
    if let Some(reason) = text("reason") {
        let _ = write!(line, ": {reason}");
    }
    let _ = writeln!(line, "  {rest}");
    line
}

/// What stands in a line by itself.
const SHOWN: [&str; 7] = ["position", "at", "kind", "name", "by", "by_email", "reason"];

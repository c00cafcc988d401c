//! `ticketon event apply`: makes an event what its file says, and shows what that changes.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Event;
use super::create::seed;
use crate::connection::Connection;
use crate::event_file::{EventFile, PlanFile};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make an event what its file says: draft it, or change it
///
/// Of a draft nearly everything may change; dates that it has stay, and so does the plan of one that is seeded. Of a published event
/// title, category, prices (for who buys from now on), venues, the end of sales and higher limits may, and sales may be added;
/// the rest is refused, place by place, and nothing is changed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon event apply -f winter-recital.toml --dry-run\n  ticketon event apply -f winter-recital.toml"
)]
pub(crate) struct Args {
    /// The event's file
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Only show what would change
    #[arg(long)]
    dry_run: bool,
}

/// What the API says of it.
#[derive(Debug, Deserialize)]
struct Applied {
    outcome: String,
    dry_run: bool,
    differences: Vec<Difference>,
    event: Option<Event>,
}

#[derive(Debug, Deserialize)]
struct Difference {
    field: String,
    from: Value,
    to: Value,
}

impl Args {
    /// Applies it, and prints what that changed.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let file = EventFile::read(&self.file)?;
        let slug = file.event()?.slug;
        let plans = file.plan_files()?;
        let shop = shell.connect().await?;
        let applied = self.apply(&shop, &file, slug.as_str(), plans).await;
        shop.close().await;
        let json = applied?;
        let applied: Applied = serde_json::from_value(json.clone()).map_err(Failure::unexpected)?;
        shell.console.data(&json, || applied.human(slug.as_str()))?;
        if applied.event.as_ref().is_some_and(Event::is_draft) && !self.dry_run {
            shell
                .console
                .say(format_args!("next: ticketon event publish {slug}"));
        }
        Ok(Exit::Done)
    }

    async fn apply(
        &self,
        shop: &Connection,
        file: &EventFile,
        slug: &str,
        plans: Vec<Option<PlanFile>>,
    ) -> Result<Value, Failure> {
        let path = format!("/api/v1/events/{slug}");
        let client = shop.client();
        let put = client.put(format!("{path}?dry_run={}", self.dry_run));
        let answer = shop.done(put.json(&file.body_naming(&plans))).await;
        let mut json: Value = answer.map_err(|failure| file.blamed(failure))?.json()?;
        let applied: Applied = serde_json::from_value(json.clone()).map_err(Failure::unexpected)?;
        let Some(event) = applied.event.filter(|event| event.is_draft() && !self.dry_run) else {
            return Ok(json);
        };
        for (performance, plan) in event.performances.iter().zip(plans) {
            if let Some(plan) = plan {
                seed(shop, &performance.id, plan).await?;
            }
        }
        let seeded: Value = shop.done(client.get(path)).await?.json()?;
        json["event"] = json!(seeded);
        Ok(json)
    }
}

impl Applied {
    fn human(&self, slug: &str) -> String {
        let became = match (self.outcome.as_str(), self.dry_run) {
            ("made", false) => "was drafted",
            ("made", true) => "would be drafted",
            ("changed", false) => "was changed",
            ("changed", true) => "would be changed",
            _ => "is as its file says",
        };
        let mut text = format!("{slug} {became}\n");
        for Difference { field, from, to } in &self.differences {
            let _ = writeln!(text, "  {field}: {} -> {}", shown(from), shown(to));
        }
        text
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    }
}

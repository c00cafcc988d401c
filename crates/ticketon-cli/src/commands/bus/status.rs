//! `ticketon bus status`: how far the relay is, and what Kafka holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::demo::grouped;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Show how far the relay is, and what Kafka holds
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ticketon bus status\n  ticketon bus status --format json | jq .behind")]
pub(crate) struct Args {}

/// How publishing stands, as the API writes it.
#[derive(Debug, Deserialize)]
struct Standing {
    bus: Option<String>,
    head: u64,
    published: u64,
    behind: u64,
    topics: BTreeMap<String, Topic>,
    trouble: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Topic {
    partitions: u64,
    messages: u64,
}

impl Args {
    /// Shows it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let answer = shop.done(shop.client().get("/api/v1/bus")).await;
        shop.close().await;
        let answer = answer?;
        let standing: Standing = answer.json()?;
        shell
            .console
            .data(&answer.json::<Value>()?, || table(&standing))?;
        Ok(Exit::Done)
    }
}

fn table(standing: &Standing) -> String {
    let Some(bus) = &standing.bus else {
        return "nothing is published: `bus.url` is not set\n".to_owned();
    };
    let mut text = format!(
        "{bus}: published up to {} of {}, {} behind\n\n",
        standing.published,
        standing.head,
        grouped(standing.behind),
    );
    if let Some(trouble) = &standing.trouble {
        writeln!(text, "{trouble}").expect("writing to a text does not fail");
        return text;
    }
    writeln!(text, "{:<28}{:>12}{:>12}", "topic", "partitions", "messages")
        .expect("writing to a text does not fail");
    for (name, topic) in &standing.topics {
        let messages = grouped(topic.messages);
        writeln!(text, "{name:<28}{:>12}{messages:>12}", topic.partitions)
            .expect("writing to a text does not fail");
    }
    text
}

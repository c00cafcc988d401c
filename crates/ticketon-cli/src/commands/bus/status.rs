//! `ticketon bus status`: how far the relay is, and what Kafka holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use ticketon_core::fact::Position;
use ticketon_core::row::{Cursor, Reader};
use ticketon_core::store::{Freshness, Reads};
use ticketon_server::adapter::kafka::{TopicStatus, status};
use ticketon_server::settings::Settings;

use super::super::replay::kafka;
use crate::beside::Beside;
use crate::demo::grouped;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Show how far the relay is, and what Kafka holds
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  ticketon bus status\n  ticketon bus status --format json | jq .behind")]
pub(crate) struct Args {}

/// How publishing stands.
#[derive(Serialize)]
struct Standing {
    /// The log's last position.
    head: Position,
    /// The last that was published.
    published: Position,
    /// How many are to be published.
    behind: u64,
    topics: BTreeMap<String, TopicStatus>,
}

impl Args {
    /// Shows it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let address = kafka(&settings)?;
        shell.console.say(format_args!(
            "via {address}, and the store in {}, beside",
            settings.store()
        ));
        let (head, published) = positions(&settings).await?;
        let standing = Standing {
            head,
            published,
            behind: head.0.saturating_sub(published.0),
            topics: status(&address).await?,
        };
        shell.console.data(&standing, || table(&standing))?;
        Ok(Exit::Done)
    }
}

async fn positions(settings: &Settings) -> Result<(Position, Position), Failure> {
    let reads = Beside::open(&settings.store(), &settings.data_dir).await?.reads;
    let reads: &dyn Reads = &reads;
    let cursor = reads.load::<Cursor>((Reader::Relay,), Freshness::Fresh).await?;
    let published = cursor.map_or(Position::default(), |(cursor, _)| cursor.position);
    Ok((reads.head().await?, published))
}

fn table(standing: &Standing) -> String {
    let mut text = format!(
        "published up to {} of {}, {} behind\n\n{:<28}{:>12}{:>12}\n",
        standing.published,
        standing.head,
        grouped(standing.behind),
        "topic",
        "partitions",
        "messages"
    );
    for (name, topic) in &standing.topics {
        let messages = grouped(topic.messages);
        writeln!(text, "{name:<28}{:>12}{messages:>12}", topic.partitions)
            .expect("writing to a text does not fail");
    }
    text
}

//! `ticketon bus dead list`: the dead letters, oldest first.

use serde_json::json;
use ticketon_server::adapter::kafka::DeadLetter;

use super::super::super::replay::kafka;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;
use crate::shell::Shell;

/// List the messages that nobody could use, each with the reason and where it came from
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon bus dead list\n  ticketon bus dead list --format jsonl | jq .reason"
)]
pub(crate) struct Args {
    /// At most so many, the oldest
    #[arg(long, default_value_t = limits::DEAD_LETTERS_LISTED)]
    limit: usize,
}

impl Args {
    /// Lists them.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let address = kafka(&shell.settings()?)?;
        shell.console.say(format_args!("via {address}"));
        let letters = DeadLetter::list(&address, self.limit).await?;
        shell.console.data(&json!({"items": letters}), || {
            letters.iter().map(line).collect::<String>()
        })?;
        Ok(Exit::Done)
    }
}

fn line(letter: &DeadLetter) -> String {
    let DeadLetter {
        reason,
        topic,
        partition,
        offset,
        ..
    } = letter;
    format!("{topic}/{partition}/{offset}: {reason}\n")
}

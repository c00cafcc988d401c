//! `ticketon bus dead list`: the dead letters, oldest first.

use serde_json::json;
use ticketon_server::adapter::kafka::{DeadLetter, Which};

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
        let letters = DeadLetter::list(&address, &Which::All, self.limit).await?;
        shell.console.data(&json!({"items": letters}), || {
            letters.iter().map(line).collect::<String>()
        })?;
        Ok(Exit::Done)
    }
}

/// A letter on a line, its id first.
pub(super) fn line(letter: &DeadLetter) -> String {
    let DeadLetter {
        id,
        reason,
        topic,
        partition,
        offset,
        ..
    } = letter;
    format!("{id:<6} {topic}/{partition}/{offset}: {reason}\n")
}

//! `ticketon bus dead retry`: dead letters are delivered again, to where they came.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};

use ticketon_server::adapter::kafka::{DeadLetter, Retried, Which};
use ticketon_server::settings::KafkaAddress;

use super::super::super::replay::kafka;
use super::list::line;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;
use crate::shell::Shell;

/// Deliver dead letters again, as they came and to where they came
///
/// A letter that was delivered is not listed any more. One that still cannot be used comes back as another letter, with its
/// new reason. Readers that have come past its sequence take it for a repeat.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon bus dead retry 17 18\n  ticketon bus dead retry --all --dry-run\n  ticketon bus dead retry --all --yes"
)]
pub(crate) struct Args {
    /// Which, as `bus dead list` names them
    #[arg(required_unless_present = "all", value_name = "ID")]
    ids: Vec<i64>,
    /// Every one
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// Only show which
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Args {
    /// Shows them, asks, and delivers them.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let address = kafka(&shell.settings()?)?;
        shell.console.say(format_args!("via {address}"));
        let letters = self.letters(&address).await?;
        for letter in &letters {
            shell.console.say(line(letter).trim_end());
        }
        if self.dry_run || letters.is_empty() {
            return told(shell, &Retried::default());
        }
        self.ask(shell)?;
        told(shell, &DeadLetter::retry(&address, &self.which()).await?)
    }

    /// Those that are meant: of all the first few, of those named each.
    async fn letters(&self, address: &KafkaAddress) -> Result<Vec<DeadLetter>, Failure> {
        let limit = self.ids.len().max(limits::DEAD_LETTERS_LISTED);
        let letters = DeadLetter::list(address, &self.which(), limit).await?;
        let is_missing = |id: &&i64| letters.iter().all(|letter| letter.id != **id);
        match self.ids.iter().find(is_missing) {
            Some(id) => {
                let message = format!("there is no dead letter `{id}`, or it was delivered again before");
                Err(Failure::new(Exit::NotFound, message).hint("ticketon bus dead list"))
            }
            None => Ok(letters),
        }
    }

    fn which(&self) -> Which {
        if self.all {
            return Which::All;
        }
        Which::These(self.ids.iter().copied().collect::<BTreeSet<i64>>())
    }

    fn ask(&self, shell: &Shell) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            let message = "nobody is there to be asked: say `--yes`, or look first with `--dry-run`";
            return Err(Failure::new(Exit::Usage, message));
        }
        let which = if self.all { "every dead letter" } else { "these" };
        shell.console.say(format_args!("Deliver {which} again? [y/N]"));
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).map_err(Failure::unexpected)?;
        if answer.trim().eq_ignore_ascii_case("y") {
            return Ok(());
        }
        Err(Failure::new(Exit::Usage, "nothing was delivered"))
    }
}

fn told(shell: &Shell, retried: &Retried) -> Result<Exit, Failure> {
    shell.console.data(retried, || {
        format!("delivered again: {}\n", named(&retried.retried))
    })?;
    if retried.left.is_empty() {
        return Ok(Exit::Done);
    }
    for left in &retried.left {
        shell
            .console
            .say(format_args!("{} is left: {}", left.id, left.why));
    }
    Ok(Exit::PartlyFailed)
}

fn named(ids: &[i64]) -> String {
    if ids.is_empty() {
        return "none".to_owned();
    }
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

//! What interrupts a sale from outside: commands that are run in its middle, such as one that takes an engine away for a
//! while. This knows when, the command knows what.

use std::process::Stdio;

use tokio::process::Command;
use tokio::time::Instant;

use super::killer::seats_sold;
use super::tally::Tally;
use crate::exit::Exit;
use crate::failure::Failure;

/// The commands that are still to come, the next one last; and the one that was run last.
#[derive(Debug)]
pub(crate) struct Interruptions {
    to_come: Vec<Planned>,
    /// What was run last, and how many purchases were paid when it ended.
    last: Option<(String, u64)>,
}

#[derive(Debug)]
struct Planned {
    /// When so many seats are paid for.
    seats_paid: u64,
    command: String,
}

/// The first comes after so many hundredths of what will be sold, all within so many more: late enough that there is a
/// sale, early enough that one is left although some lose their seats each time.
const FIRST: u64 = 10;
const WITHIN: u64 = 60;

impl Interruptions {
    /// These commands, one after the other.
    pub(crate) fn new(commands: &[String], seats: usize, buyers: u32) -> Self {
        let sold = seats_sold(seats, buyers);
        let step = WITHIN / (commands.len() as u64).max(1);
        let planned = (0..).zip(commands).map(|(place, command)| Planned {
            seats_paid: sold * (FIRST + place * step) / 100,
            command: command.clone(),
        });
        let mut to_come: Vec<Planned> = planned.collect();
        to_come.reverse();
        Self { to_come, last: None }
    }

    /// The command whose moment has come.
    pub(crate) fn next(&mut self, seats_paid: u64) -> Option<String> {
        let planned = self.to_come.pop_if(|planned| seats_paid >= planned.seats_paid)?;
        Some(planned.command)
    }

    /// Runs a command to its end, which must be a good one; says what it meant for the sale.
    pub(crate) async fn run(&mut self, command: String, tally: &Tally) -> Result<String, Failure> {
        let began = Instant::now();
        let (paid, told_later) = (tally.paid.get(), tally.told_later.get());
        run(&command).await?;
        if (tally.paid.get(), tally.told_later.get()) == (paid, told_later) {
            tally.complain(format!("nobody heard anything while `{command}` ran"));
        }
        let line = format!(
            "`{command}` took {:.1} s; meanwhile purchases paid: {}, buyers told to come back later: {}",
            began.elapsed().as_secs_f64(),
            tally.paid.get() - paid,
            tally.told_later.get() - told_later
        );
        self.last = Some((command, tally.paid.get()));
        Ok(line)
    }

    /// Complains of what did not happen in the middle of the sale: it proves nothing.
    pub(crate) fn complain(&self, tally: &Tally) {
        for planned in &self.to_come {
            tally.complain(format!("the sale was over before `{}`", planned.command));
        }
        if let Some((command, paid)) = &self.last
            && tally.paid.get() == *paid
        {
            tally.complain(format!("nothing was sold any more after `{command}`"));
        }
    }
}

async fn run(command: &str) -> Result<(), Failure> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = shell.output().await.map_err(Failure::unexpected)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::new(
        Exit::Unexpected,
        format!("`{command}` ended with {}: {said}", output.status),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Interruptions {
        Interruptions::new(&["true".to_owned(), "false".to_owned()], 1_000, 500)
    }

    #[test]
    fn each_comes_once_and_in_the_middle() {
        let mut interruptions = two();
        assert_eq!(interruptions.next(99), None);
        assert_eq!(interruptions.next(100).as_deref(), Some("true"));
        assert_eq!(interruptions.next(399), None);
        assert_eq!(interruptions.next(400).as_deref(), Some("false"));
        assert_eq!(interruptions.next(1_000), None);
    }

    #[tokio::test]
    async fn a_command_that_fails_ends_the_demo_and_says_why() {
        let (mut interruptions, tally) = (two(), Tally::opening_now());
        let command = "echo no engine >&2; exit 3".to_owned();
        let said = interruptions.run(command, &tally).await.unwrap_err().message;
        assert!(said.contains("no engine"), "{said}");
    }

    #[tokio::test]
    async fn what_did_not_happen_in_the_middle_of_the_sale_is_complained_of() {
        let (mut interruptions, tally) = (two(), Tally::opening_now());
        let first = interruptions.next(100).unwrap();
        interruptions.run(first, &tally).await.unwrap();
        interruptions.complain(&tally);
        let complaints = [
            "nobody heard anything while `true` ran",
            "the sale was over before `false`",
            "nothing was sold any more after `true`",
        ];
        assert_eq!(tally.complaints(), complaints);
    }
}

//! `ticketon asyncapi`: the description of what is published.

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Print the description of what is published (AsyncAPI 3)
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ticketon asyncapi > asyncapi.json")]
pub(crate) struct Args {}

/// Prints it; it is JSON for people, too.
pub(crate) fn run(console: Console) -> Result<Exit, Failure> {
    let document = ticketon_server::adapter::kafka::asyncapi();
    console.data(&document, || format!("{document:#}\n"))?;
    Ok(Exit::Done)
}

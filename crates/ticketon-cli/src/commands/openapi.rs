//! `ticketon openapi`: the description of the HTTP interface.

use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;

/// Print the description of the HTTP interface (OpenAPI 3.1)
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  ticketon openapi > openapi.json")]
pub(crate) struct Args {}

/// Prints it; it is JSON for people, too.
pub(crate) fn run(console: Console) -> Result<Exit, Failure> {
    let document = ticketon_server::http::openapi();
    console.data(&document, || format!("{document:#}\n"))?;
    Ok(Exit::Done)
}

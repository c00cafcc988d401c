//! Asking before something is gone: on a terminal, and nowhere else. A script says `--yes`.

use std::io::{self, IsTerminal as _};

use crate::exit::Exit;
use crate::failure::Failure;

/// Asks; who does not say yes ends the command.
pub(crate) fn is_meant(question: &str) -> Result<(), Failure> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        let message = format!("{question} there is nobody to ask: say `--yes`");
        return Err(Failure::new(Exit::Usage, message));
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(Failure::unexpected)?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Refused, "nothing was done")),
    }
}

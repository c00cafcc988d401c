//! Where the log goes: stderr, for people on a terminal, else as JSON; `RUST_LOG` says how much.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::exit::Exit;
use crate::failure::Failure;

/// Starts logging. `format` is the setting `log.format`.
pub(crate) fn start(format: Option<&str>) -> Result<(), Failure> {
    let is_human = match format {
        None => std::io::stderr().is_terminal(),
        Some("human") => true,
        Some("json") => false,
        Some(other) => {
            let message = format!("`log.format` is `{other}`: it must be `human` or `json`");
            return Err(Failure::new(Exit::Usage, message));
        }
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(crate::console::Paint::on(is_human && std::io::stderr().is_terminal()).is_on());
    let started = if is_human {
        log.try_init()
    } else {
        // A line is one flat object with the request's id in `span`: a search needs no more.
        log.json().flatten_event(true).with_span_list(false).try_init()
    };
    started.map_err(Failure::unexpected)
}

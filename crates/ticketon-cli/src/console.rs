//! The two ways out: data on stdout, everything else on stderr. Colour is never the only sign.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use serde::Serialize;

use crate::failure::Failure;

/// In what form data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// The REST body, as one document.
    Json,
    /// The items of a list, one a line.
    Jsonl,
}

/// Where a command writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    /// In what form data is written.
    pub(crate) format: Format,
    is_quiet: bool,
}

impl Console {
    /// A console; a quiet one says nothing beside data and failures.
    pub(crate) fn new(format: Format, is_quiet: bool) -> Self {
        Self { format, is_quiet }
    }

    /// Writes what the command was asked for: the REST body, or its form for people.
    pub(crate) fn data(self, json: &impl Serialize, human: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = match self.format {
            Format::Human => human(),
            Format::Json => serde_json::to_string_pretty(json).map_err(Failure::unexpected)? + "\n",
            Format::Jsonl => lines(json)?,
        };
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Who reads has enough: `| head` is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(Failure::unexpected),
        }
    }

    /// Says something beside the data.
    pub(crate) fn say(self, line: impl Display) {
        if !self.is_quiet {
            eprintln!("{line}");
        }
    }

    /// Whether bars and colours can be shown.
    pub(crate) fn is_live(self) -> bool {
        !self.is_quiet && self.format == Format::Human && io::stderr().is_terminal()
    }

    /// Whether only data is wanted.
    pub(crate) fn is_silent(self) -> bool {
        self.is_quiet || self.format != Format::Human
    }
}

/// Says why the command failed, and what to type; a quiet console says it too.
pub(crate) fn fail(failure: &Failure) {
    let paint = Paint::on(io::stderr().is_terminal());
    eprintln!("{}: {}", paint.red("error"), failure.message);
    if let Some(hint) = &failure.hint {
        eprintln!("hint: {hint}");
    }
}

/// A list's items, one a line; what is no list is one line.
fn lines(json: &impl Serialize) -> Result<String, Failure> {
    let value = serde_json::to_value(json).map_err(Failure::unexpected)?;
    let items = match value.get("items").and_then(serde_json::Value::as_array) {
        Some(items) => items.iter().map(ToString::to_string).collect(),
        None => vec![value.to_string()],
    };
    Ok(items.into_iter().map(|item| item + "\n").collect())
}

/// Colours, where somebody sees them and has not said `NO_COLOR` (<https://no-color.org>).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    /// Colours for what is written to stdout.
    pub(crate) fn of_stdout() -> Self {
        Self::on(io::stdout().is_terminal())
    }

    /// Colours for a stream.
    pub(crate) fn on(is_terminal: bool) -> Self {
        let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(is_terminal && !is_refused)
    }

    /// Whether there are colours.
    pub(crate) fn is_on(self) -> bool {
        self.0
    }

    /// Bad.
    pub(crate) fn red(self, text: impl Display) -> String {
        self.painted("31;1", text)
    }

    /// Good.
    pub(crate) fn green(self, text: impl Display) -> String {
        self.painted("32;1", text)
    }

    fn painted(self, colour: &str, text: impl Display) -> String {
        if self.0 {
            format!("\x1b[{colour}m{text}\x1b[0m")
        } else {
            text.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_item_a_line_and_all_else_one_line() {
        let list = serde_json::json!({"items": [{"a": 1}, {"a": 2}], "next_cursor": null});
        assert_eq!(lines(&list).unwrap(), "{\"a\":1}\n{\"a\":2}\n");
        assert_eq!(lines(&serde_json::json!({"a": 1})).unwrap(), "{\"a\":1}\n");
    }
}

//! What a verb is. Arguments are read by hand: there are five flags in all.

use crate::failure::Failure;

/// One developers' command.
pub(crate) struct Verb {
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    pub(crate) help: &'static str,
    pub(crate) run: fn(&[String]) -> Result<(), Failure>,
}

/// Whether `--help` is among the verb's own arguments; what follows `--` belongs to the program that the verb starts.
pub(crate) fn asks_for_help(arguments: &[String]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument == "--help" || argument == "-h")
}

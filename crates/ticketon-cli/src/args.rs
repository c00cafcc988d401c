//! The command line: what can be typed, and nothing of what it does.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Parser, Subcommand};

use crate::commands::{
    asyncapi, audit, batch, bus, db, demo, demo_server, dispatcher, event, init, member, openapi,
    organization, queue, replay, seats, serve, user, verify,
};
use crate::console::Format;

/// The version, and of which commit it is where whoever built it said so.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    option_env!("TICKETON_COMMIT")
        .map_or_else(|| version.to_owned(), |commit| format!("{version} ({commit})"))
});

/// Sells tickets for events that sell out in minutes.
#[derive(Debug, Parser)]
#[command(
    name = "ticketon",
    version = VERSION.as_str(),
    after_help = "Examples:\n  ticketon demo            a whole sale on this machine, checked at the end\n  ticketon init            a shop of your own in this folder\n  ticketon serve           sell"
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Global {
    /// The shop at this address, as the bearer of the token in `TICKETON_TOKEN`
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Where the shop's data is, if not in `./ticketon-data`
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Settings from this file, if not from `./ticketon.toml`
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Why, for the audit trail, where the command does what somebody may have to answer for
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// In what form data is written
    #[arg(long, global = true, value_enum, default_value = "human")]
    pub(crate) format: Format,
    /// Say nothing beside data and errors
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Args),
    Init(init::Args),
    Serve(serve::Args),
    Verify(verify::Args),
    Replay(replay::Args),
    /// The store itself: schema, copies, backups
    #[command(subcommand)]
    Db(db::Verb),
    /// Jobs that run by the clock
    #[command(subcommand)]
    Batch(batch::Verb),
    /// What is published for others
    #[command(subcommand)]
    Bus(bus::Verb),
    /// What somebody may have to answer for
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Events: draft, publish, look
    #[command(subcommand)]
    Event(event::Verb),
    /// The seats of a performance
    #[command(subcommand)]
    Seats(seats::Verb),
    /// The waiting room of a sale
    #[command(subcommand)]
    Queue(queue::Verb),
    /// Who lets people in
    #[command(subcommand)]
    Dispatcher(dispatcher::Verb),
    /// Who sells
    #[command(subcommand)]
    Organization(organization::Verb),
    /// Who is what in an organization
    #[command(subcommand)]
    Member(member::Verb),
    /// Who may log in
    #[command(subcommand)]
    User(user::Verb),
    Openapi(openapi::Args),
    Asyncapi(asyncapi::Args),
    #[command(hide = true)]
    DemoServer(demo_server::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_help_has_an_example() {
        let mut commands = vec![Args::command()];
        while let Some(command) = commands.pop() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let has_verbs = command.has_subcommands();
            assert!(
                has_verbs || command.is_hide_set() || help.contains("ticketon "),
                "`{}` shows no example",
                command.get_name()
            );
            commands.extend(command.get_subcommands().cloned());
        }
    }
}

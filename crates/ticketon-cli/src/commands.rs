//! What each command does: one command, one file.

pub(crate) mod asyncapi;
pub(crate) mod audit;
pub(crate) mod batch;
pub(crate) mod bus;
pub(crate) mod db;
pub(crate) mod demo;
pub(crate) mod demo_server;
pub(crate) mod dispatcher;
pub(crate) mod event;
pub(crate) mod init;
pub(crate) mod member;
pub(crate) mod openapi;
pub(crate) mod organization;
pub(crate) mod queue;
pub(crate) mod replay;
pub(crate) mod seats;
pub(crate) mod serve;
pub(crate) mod user;
pub(crate) mod verify;

use crate::args::{Args, Command};
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Runs what was typed. The demo and its server read no settings: they take nothing from this folder.
pub(crate) async fn run(args: Args, console: Console) -> Result<Exit, Failure> {
    let Args { global, command } = args;
    match command {
        Command::Demo(demo) => demo.run(console).await,
        Command::Openapi(openapi::Args {}) => openapi::run(console),
        Command::Asyncapi(asyncapi::Args {}) => asyncapi::run(console),
        Command::DemoServer(server) => server.run(&global).await,
        Command::Init(init) => init.run(&Shell::new(console, global)?).await,
        Command::Serve(serve) => serve.run(Shell::new(console, global)?).await,
        Command::Verify(verify) => verify.run(&Shell::new(console, global)?).await,
        Command::Replay(replay) => replay.run(&Shell::new(console, global)?).await,
        Command::Db(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Audit(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Batch(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Bus(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Event(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Seats(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Queue(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Dispatcher(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Organization(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::Member(verb) => verb.run(&Shell::new(console, global)?).await,
        Command::User(verb) => verb.run(&Shell::new(console, global)?).await,
    }
}

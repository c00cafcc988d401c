//! The `ticketon` command. A verb is an operation of the REST API: over a server's address, over the `serve` that
//! holds the data folder, or over the router built in this process. Commands about engines and processes (`demo`,
//! `init`, `serve`, `verify`) are local.
//!
//! It promises: data on stdout and nothing else there; an exit code from one table; an error that says what to
//! type. It knows neither SQL nor an HTTP library: the server's library does.

mod args;
mod ask;
mod beside;
mod commands;
mod configuration;
mod connection;
mod console;
mod demo;
mod event_file;
mod exit;
mod failure;
mod limits;
mod page;
mod shell;
mod tracing_output;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;
use crate::console::Console;
use crate::failure::Failure;

/// A sale allocates all over two cores; this one makes it a sixth cheaper than the C library's (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    let console = Console::new(args.global.format, args.global.quiet);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build();
    let ended = runtime
        .map_err(Failure::unexpected)
        .and_then(|runtime| runtime.block_on(commands::run(args, console)));
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            console::fail(&failure);
            failure.exit.into()
        }
    }
}

/// Two at least: one may be writing to SQLite.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2))
}

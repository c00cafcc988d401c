//! The demo's server, in a process of its own so that it can be killed: `serve` over a prepared folder, perhaps without
//! one of its safeguards. It ends when its standard input does.

use std::net::SocketAddr;

use ticketon_server::server::{Server, listen};
use tokio::io::AsyncReadExt as _;

use crate::args::Global;
use crate::demo;
use crate::demo::breaks::Break;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::tracing_output;

/// The demo's server; started by `ticketon demo`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to listen
    #[arg(long)]
    listen: SocketAddr,
    /// The payment provider's address
    #[arg(long)]
    sandbox: String,
    /// The safeguard to be without
    #[arg(long, value_enum)]
    without: Option<Break>,
}

impl Args {
    /// Serves until standard input ends.
    pub(crate) async fn run(self, global: &Global) -> Result<Exit, Failure> {
        tracing_output::start(Some("human"))?;
        let no_folder = || Failure::new(Exit::Usage, "`--data-dir` names no folder");
        let folder = global.data_dir.as_deref().ok_or_else(no_folder)?;
        let server = match self.without {
            Some(without) => without.compose(folder, &self.sandbox).await?,
            None => Server::open_or_create(&demo::house_settings(folder, &self.sandbox)).await?,
        };
        let listener = listen(self.listen).await?;
        server.serve(listener, end_of_input()).await?;
        Ok(Exit::Done)
    }
}

async fn end_of_input() {
    let mut input = tokio::io::stdin();
    let mut byte = [0];
    while let Ok(1..) = input.read(&mut byte).await {}
}

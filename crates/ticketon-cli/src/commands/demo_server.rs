//! The demo's server, in a process of its own so that it can be killed: `serve` over a prepared folder, perhaps without
//! one of its safeguards, or in one role over prepared engines. It ends when its standard input does.

use std::net::SocketAddr;

use ticketon_server::roles::{Role, Roles};
use ticketon_server::server::{Server, listen};
use tokio::io::AsyncReadExt as _;

use crate::args::Global;
use crate::demo;
use crate::demo::breaks::Break;
use crate::demo::engines::Engines;
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
    /// The role to play among others
    #[arg(long)]
    role: Option<Role>,
    #[command(flatten)]
    engines: Option<Engines>,
}

impl Args {
    /// Serves until standard input ends.
    pub(crate) async fn run(self, global: &Global) -> Result<Exit, Failure> {
        tracing_output::start(Some("human"))?;
        let no_folder = || Failure::new(Exit::Usage, "`--data-dir` names no folder");
        let folder = global.data_dir.as_deref().ok_or_else(no_folder)?;
        let server = if let Some(without) = self.without {
            without.compose(folder, &self.sandbox).await?
        } else {
            let (engines, roles) = (self.engines.as_ref(), Roles::of(self.role));
            let settings = demo::house_settings(folder, &self.sandbox, engines, roles)?;
            let server = Server::open_or_create(&settings).await?;
            server.publishing(&settings.bus).await?
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

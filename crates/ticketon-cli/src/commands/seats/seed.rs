//! `ticketon seats seed`: gives a draft's performance the seats of a plan.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use super::performance;
use crate::commands::event::create::seed;
use crate::connection::Connection;
use crate::event_file::PlanFile;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Give a draft's performance the seats of a plan
///
/// The same plan again goes on where it stopped, or changes nothing.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon seats seed winter-recital --plan opera-house.json\n  ticketon seats show winter-recital --map"
)]
pub(crate) struct Args {
    /// A performance's id, or the slug of an event with one date
    performance: String,
    /// The plan's file, JSON or CSV
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Seeded {
    added: u32,
    seats: u32,
}

impl Args {
    /// Seeds it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let plan = PlanFile::read(&self.plan)?;
        let shop = shell.connect().await?;
        let seeded = self.seed(&shop, plan).await;
        shop.close().await;
        let seeded = seeded?;
        let Seeded { added, seats } = serde_json::from_value(seeded.clone()).map_err(Failure::unexpected)?;
        shell.console.data(&seeded, || match added {
            0 => format!("unchanged: {seats} seats\n"),
            _ => format!("{added} seats added, {seats} in all\n"),
        })?;
        Ok(Exit::Done)
    }

    async fn seed(&self, shop: &Connection, plan: PlanFile) -> Result<Value, Failure> {
        let performance = performance(shop, &self.performance).await?;
        seed(shop, &performance, plan).await
    }
}

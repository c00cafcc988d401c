//! `ticketon queue …`

pub(crate) mod announce;
pub(crate) mod pause;
pub(crate) mod resume;
pub(crate) mod set;
pub(crate) mod status;

use std::fmt::Write as _;

use clap::Subcommand;
use serde::Deserialize;
use serde_json::Value;
use ticketon_server::client::Answer;

use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with the waiting room of a sale.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Status(status::Args),
    Set(set::Args),
    Pause(pause::Args),
    Resume(resume::Args),
    Announce(announce::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Status(status) => status.run(shell).await,
            Self::Set(set) => set.run(shell).await,
            Self::Pause(pause) => pause.run(shell).await,
            Self::Resume(resume) => resume.run(shell).await,
            Self::Announce(announce) => announce.run(shell).await,
        }
    }
}

/// A waiting room as the API shows it.
#[derive(Debug, Deserialize)]
struct Room {
    paused: bool,
    notice: Option<String>,
    capacity: u32,
    per_minute: u32,
    waiting: u64,
    active: u64,
    admitted_last_minute: u64,
    because: String,
}

#[derive(Debug, Deserialize)]
struct Sales {
    items: Vec<Sale>,
}

#[derive(Debug, Deserialize)]
struct Sale {
    id: String,
    name: String,
    phase: String,
}

impl Room {
    /// For people.
    fn human(&self) -> String {
        let mut text = format!(
            "{} waiting, {} of {} inside\n{} admitted in the last minute, of {} at most: {}\n",
            self.waiting,
            self.active,
            self.capacity,
            self.admitted_last_minute,
            self.per_minute,
            self.because
        );
        if self.paused {
            text.push_str("paused: nobody is admitted\n");
        }
        if let Some(notice) = &self.notice {
            let _ = writeln!(text, "those who wait are told: {notice}");
        }
        text
    }
}

/// Asks something about the waiting room of an event, and shows how it stands then.
async fn asked(
    shell: &Shell,
    event: &str,
    ask: impl AsyncFnOnce(&Connection, String) -> Result<Answer, Failure>,
) -> Result<Exit, Failure> {
    let shop = shell.connect().await?;
    let room = match address(&shop, event).await {
        Ok(address) => ask(&shop, address).await,
        Err(failure) => Err(failure),
    };
    shop.close().await;
    let room = room?;
    let (json, shown): (Value, Room) = (room.json()?, room.json()?);
    shell.console.data(&json, || shown.human())?;
    Ok(Exit::Done)
}

/// Runs the waiting room of an event differently.
async fn changed(shell: &Shell, event: &str, change: &Value) -> Result<Exit, Failure> {
    asked(shell, event, async |shop, address| {
        shop.done(shop.client().patch(address).json(change)).await
    })
    .await
}

/// Where the waiting room of `EVENT` or `EVENT/SALE` is: of its one sale, or of the one that people can come to now.
async fn address(shop: &Connection, name: &str) -> Result<String, Failure> {
    let (event, sale) = match name.split_once('/') {
        Some((event, sale)) => (event, Some(sale)),
        None => (name, None),
    };
    let sales = shop.client().get(format!("/api/v1/events/{event}/sales"));
    let sales: Sales = shop.done(sales).await?.json()?;
    let is_meant = |found: &&Sale| match sale {
        Some(sale) => found.name == sale,
        None => sales.items.len() == 1 || ["lobby", "on_sale"].contains(&found.phase.as_str()),
    };
    let Some(found) = sales.items.iter().find(is_meant) else {
        let message = format!("`{name}` names no sale that people can come to now");
        return Err(Failure::new(Exit::NotFound, message).hint(format!("ticketon event show {event}")));
    };
    Ok(format!("/api/v1/sales/{}/queue", found.id))
}

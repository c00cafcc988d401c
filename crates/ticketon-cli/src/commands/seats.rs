//! `ticketon seats …`

pub(crate) mod seed;
pub(crate) mod show;

use clap::Subcommand;

use super::event::Event;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with seats.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Seed(seed::Args),
    Show(show::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Seed(seed) => seed.run(shell).await,
            Self::Show(show) => show.run(shell).await,
        }
    }
}

/// The performance of an id, or the only one of an event's slug.
async fn performance(shop: &Connection, name: &str) -> Result<String, Failure> {
    let is_id = name.len() == 36 && name.matches('-').count() == 4;
    if is_id {
        return Ok(name.to_owned());
    }
    let answer = shop
        .done(shop.client().get(format!("/api/v1/events/{name}")))
        .await?;
    let event: Event = answer.json()?;
    match event.performances.as_slice() {
        [performance] => Ok(performance.id.clone()),
        performances => {
            let message = format!(
                "`{name}` has {} performances: name one by its id",
                performances.len()
            );
            Err(Failure::new(Exit::Usage, message).hint(format!("ticketon event show {name}")))
        }
    }
}

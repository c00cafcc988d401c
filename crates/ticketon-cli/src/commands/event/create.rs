//! `ticketon event create`: drafts an event from its file, and seeds the halls that it names.

use std::path::PathBuf;

use serde_json::Value;

use super::Event;
use crate::connection::Connection;
use crate::event_file::{EventFile, PlanFile};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Draft an event from its file
///
/// Plans that its performances name are found beside the file and seeded at once. Nobody sees the draft before
/// `ticketon event publish`. It is a real event unless its file says `test = true`: then only a shop that takes real money can
/// publish it (`toss.base_url` and live keys), and one that has no other than the sandbox publishes test events alone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon event create -f winter-recital.toml\n  ticketon event publish winter-recital"
)]
pub(crate) struct Args {
    /// The event's file
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
}

impl Args {
    /// Drafts it, and prints it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let file = EventFile::read(&self.file)?;
        // What is wrong with a file or a plan is noticed before anything is made.
        file.event()?;
        let plans = file.plan_files()?;
        let shop = shell.connect().await?;
        let event = draft(&shop, &file, plans).await;
        shop.close().await;
        let event = event?;
        let shown: Event = serde_json::from_value(event.clone()).map_err(Failure::unexpected)?;
        shell.console.data(&event, || shown.human())?;
        shell
            .console
            .say(format_args!("next: ticketon event publish {}", shown.slug));
        Ok(Exit::Done)
    }
}

/// Drafts an event and seeds its halls; the event as it stands then.
pub(crate) async fn draft(
    shop: &Connection,
    file: &EventFile,
    plans: Vec<Option<PlanFile>>,
) -> Result<Value, Failure> {
    let client = shop.client();
    let created = shop.done(client.post("/api/v1/events").json(file.body())).await;
    let created = created.map_err(|failure| file.blamed(failure))?;
    let event: Event = created.json()?;
    for (performance, plan) in event.performances.iter().zip(plans) {
        if let Some(plan) = plan {
            let seeded = seed(shop, &performance.id, plan).await;
            // The draft is there: to make it again would be refused.
            seeded
                .map_err(|failure| failure.hint(format!("ticketon seats seed {} --plan FILE", event.slug)))?;
        }
    }
    let path = format!("/api/v1/events/{}", event.slug);
    Ok(shop.done(client.get(path)).await?.json()?)
}

/// Seeds a performance; what the API says of it.
pub(crate) async fn seed(shop: &Connection, performance: &str, plan: PlanFile) -> Result<Value, Failure> {
    let path = format!("/api/v1/performances/{performance}/seat-plan");
    let put = shop.client().put(path).body(plan.content_type, plan.text);
    Ok(shop
        .done(put.within(crate::limits::SEEDED_WITHIN))
        .await?
        .json()?)
}

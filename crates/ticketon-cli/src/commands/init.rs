//! `ticketon init`: a shop of one's own in this folder, with something to sell in it.

use std::time::Duration;

use serde_json::{Value, json};
use ticketon_core::row::Table;
use ticketon_core::store::Reads as _;
use ticketon_core::time::Clock as _;
use ticketon_server::adapter::sql::{OpenError, SqlStore, StoreAddress};
use ticketon_server::adapter::system::SystemClock;
use ticketon_server::server::StartError;
use ticketon_server::settings::Settings;

use crate::beside::Beside;
use crate::commands::event::create::draft;
use crate::commands::user::create::{Account, create, new_password};
use crate::connection::Connection;
use crate::event_file::{EventFile, PlanFile};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make a shop of your own in this folder
///
/// A store, the first admin, and a sample event that sells for play money. A store that `ticketon db migrate` or `ticketon
/// serve` has made gets the others; one with users or events in it is left alone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon init\n  ticketon init --data-dir /srv/shop --email me@example.com"
)]
pub(crate) struct Args {
    /// The address that the first admin logs in with
    #[arg(long, default_value = "admin@example.com")]
    email: String,
}

const EVENT: &str = include_str!("../../../../examples/events/winter-recital.toml");
const PLAN: &str = include_str!("../../../../examples/plans/opera-house.json");

impl Args {
    /// Makes it, and says where to look.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let store = settings.store();
        let shop = if SqlStore::exists(&store).await.map_err(StartError::from)? {
            if !is_empty(&settings).await? {
                return Err(self.is_there(&store));
            }
            let shop = Connection::at_home(&settings).await?;
            shell
                .console
                .say(format_args!("the store in {store}, which was empty"));
            shop
        } else {
            let shop = Connection::new_store(&settings).await?;
            shell.console.say(format_args!("a new store in {store}"));
            shop
        };
        let password = new_password();
        let made = self.fill(&shop, &password).await;
        shop.close().await;
        let made = made?;
        // Shown whatever else is quiet: nobody can look it up.
        eprintln!("password of {}, shown this once: {password}", self.email);
        let (email, slug) = (&self.email, made["event"]["slug"].as_str().unwrap_or_default());
        shell.console.data(&made, || {
            format!(
                "admin   {email}\n\
                 event   {slug}, on sale now for play money\n\
                 \n\
                 Look next\n  \
                 ticketon serve                          sell, at http://127.0.0.1:8080\n  \
                 ticketon event show {slug}      what is on the shelf\n  \
                 ticketon seats show {slug} --map\n  \
                 ticketon verify                         every promise, checked\n"
            )
        })?;
        Ok(Exit::Done)
    }

    fn is_there(&self, store: &StoreAddress) -> Failure {
        let failure = Failure::from(StartError::from(OpenError::Exists(store.to_string())));
        let message = format!("{}, with users or events in it", failure.message);
        let hint = format!("ticketon user create --admin --email {} --name Admin", self.email);
        Failure { message, ..failure }.hint(hint)
    }

    async fn fill(&self, shop: &Connection, password: &str) -> Result<Value, Failure> {
        let admin = Account {
            email: &self.email,
            name: "Admin",
            birth_date: None,
            is_admin: true,
            password,
        };
        let user = create(shop, &admin).await?;
        let plan = PlanFile {
            content_type: "application/json",
            text: PLAN.as_bytes().to_vec(),
        };
        let event = draft(shop, &sample()?, vec![Some(plan)]).await?;
        let slug = event["slug"].as_str().unwrap_or_default();
        let publish = shop.client().post(format!("/api/v1/events/{slug}/publish"));
        let event: Value = shop.done(publish).await?.json()?;
        Ok(json!({ "user": user, "event": event }))
    }
}

/// Whether nobody may log in yet, and nothing is to be sold: after `db migrate`, or a `serve` that made the store.
async fn is_empty(settings: &Settings) -> Result<bool, Failure> {
    let beside = Beside::open(&settings.store(), &settings.data_dir).await?;
    let mut snapshot = beside.reads.snapshot().await?;
    for table in [Table::User, Table::Event] {
        if !snapshot.rows(table, None, 1).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The example, on sale from now on for two months.
fn sample() -> Result<EventFile, Failure> {
    let mut file = EventFile::parse(EVENT)?;
    let now = SystemClock.now();
    let starts_at = now + Duration::from_hours(60 * 24);
    let event = file.body_mut();
    event["test"] = json!(true);
    event["performance"][0]["starts_at"] = json!(starts_at);
    event["sale"][0]["opens_at"] = json!(now);
    event["sale"][0]["closes_at"] = json!(starts_at);
    Ok(file)
}

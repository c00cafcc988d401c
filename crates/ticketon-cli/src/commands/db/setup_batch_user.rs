//! `ticketon db setup-batch-user`: the least-privileged user who has tables counted.

use serde_json::json;
use ticketon_server::adapter::sql::{BatchUser, CountedTable, Grant, Health, Statistics};
use ticketon_server::adapter::system::SystemEntropy;
use ticketon_server::server::StartError;
use ticketon_server::settings::Settings;

use crate::configuration::Key;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make the user who has the store's tables counted, with no more rights than that takes
///
/// Name and password are those of `batch.url`. Without one it is `ticketon_batch`, and a new user gets a password that is
/// printed once; one that exists keeps its own. Whoever is in `store.url` must be allowed to make users; an administrator
/// can run what `--print` shows instead. At the end it logs in as that user and tries each right. The same again changes nothing.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon db setup-batch-user\n  ticketon db setup-batch-user --print | mysql -u root -p"
)]
pub(crate) struct Args {
    /// Show the statements, and run none
    #[arg(long)]
    print: bool,
}

impl Args {
    /// Makes it, or shows how.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let user = BatchUser::of(&settings.store(), settings.batch_url.as_deref(), &SystemEntropy).await?;
        let variable = Key::BatchUrl.variable();
        if self.print {
            let shown = json!({ "statements": user.statements(), "batch_url": user.made_url() });
            shell
                .console
                .data(&shown, || user.statements().join(";\n") + ";\n")?;
            if let Some(url) = user.made_url() {
                shell.console.say(format_args!(
                    "afterwards set {variable}={url}, unless there is such a user already: then leave out `CREATE USER`"
                ));
            }
            return Ok(Exit::Done);
        }
        let made_url = user.make().await?;
        let health = health_of(&settings, made_url).await?;
        let (verified, missing) = told(&health);
        let made =
            json!({ "user": user.shown(), "batch_url": made_url, "verified": verified, "missing": missing });
        shell.console.data(&made, || {
            let first = format!("{} may have tables counted\nverified: {verified}\n", user.shown());
            made_url.map_or(first.clone(), |url| format!("{first}{variable}={url}\n"))
        })?;
        if made_url.is_some() {
            shell.console.say(format_args!(
                "the password is written down nowhere else: set it now"
            ));
        }
        Ok(match health {
            Health::Lacks(_) => Exit::Refused,
            Health::Up | Health::Refused(_) => Exit::Done,
        })
    }
}

/// How the user fares who was just made, or was there: it logs in and tries each right.
async fn health_of(settings: &Settings, made_url: Option<&str>) -> Result<Health, Failure> {
    let url = made_url.or(settings.batch_url.as_deref());
    let statistics = Statistics::of(&settings.store(), url).map_err(StartError::from)?;
    Ok(statistics.health().await)
}

fn told(health: &Health) -> (String, &[Grant]) {
    match health {
        Health::Up => {
            let tables = CountedTable::all().len();
            let told =
                format!("it logs in, and may count {tables} tables and see the server's own figures of them");
            (told, &[])
        }
        Health::Lacks(missing) => {
            let names: Vec<String> = missing.iter().map(Grant::to_string).collect();
            (format!("it logs in, and lacks {}", names.join(", ")), missing)
        }
        Health::Refused(_) => (
            "no: it was there and keeps its password; set `batch.url` and run this again".to_owned(),
            &[],
        ),
    }
}

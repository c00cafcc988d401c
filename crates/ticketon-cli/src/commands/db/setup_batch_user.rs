//! `ticketon db setup-batch-user`: the least-privileged user who has tables counted.

use serde_json::json;
use ticketon_server::adapter::sql::BatchUser;
use ticketon_server::adapter::system::SystemEntropy;

use crate::configuration::Key;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make the user who has the store's tables counted, with no more rights than that takes
///
/// Name and password are those of `batch.url`. Without one it is `ticketon_batch`, and a new user gets a password that is
/// printed once; one that exists keeps its own. Whoever is in `store.url` must be allowed to make users; an administrator
/// can run what `--print` shows instead. The same again changes nothing.
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
        let made = json!({ "user": user.shown(), "batch_url": made_url });
        shell.console.data(&made, || {
            let first = format!("{} may have tables counted\n", user.shown());
            made_url.map_or(first.clone(), |url| format!("{first}{variable}={url}\n"))
        })?;
        if made_url.is_some() {
            shell.console.say(format_args!(
                "the password is written down nowhere else: set it now"
            ));
        }
        Ok(Exit::Done)
    }
}

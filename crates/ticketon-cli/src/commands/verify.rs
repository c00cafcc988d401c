//! `ticketon verify`: every promise, checked beside whoever sells.

use ticketon_core::verify::Basis;
use ticketon_server::settings::TossSettings;

use crate::beside::Beside;
use crate::console::Paint;
use crate::demo::{promises_table, violations};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Check every promise of the shop
///
/// Reads the store of this folder beside the server, and the sandbox's ledger; changes nothing. Exit code 7: a promise
/// is broken.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon verify\n  ticketon verify --event winter-recital\n  ticketon verify --format json | jq .promises"
)]
pub(crate) struct Args {
    /// Only the sale of this event, by slug or id
    #[arg(long)]
    event: Option<String>,
    /// Do not compare with the provider's ledger
    #[arg(long)]
    no_provider: bool,
}

impl Args {
    /// Checks, and prints what was found.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let console = shell.console;
        console.say(format_args!(
            "via the store in {}, beside whoever sells",
            settings.store()
        ));
        let beside = Beside::open(&settings.store(), &settings.data_dir)
            .await?
            .with_rooms(&settings.queue)
            .await?;
        let event = match &self.event {
            Some(name) => Some(beside.event(name).await?),
            None => None,
        };
        let basis = Basis {
            event,
            ..Basis::default()
        };
        let has_ledger = matches!(settings.toss, TossSettings::Sandbox { .. });
        let report = if has_ledger && !self.no_provider {
            beside.check(basis).await?
        } else {
            console.say(format_args!("not compared with the provider's books"));
            beside.check_alone(&basis).await?
        };
        console.data(&report, || {
            promises_table(&report, Paint::of_stdout()) + &violations(&report)
        })?;
        if report.is_kept() {
            Ok(Exit::Done)
        } else {
            Ok(Exit::PromiseBroken)
        }
    }
}

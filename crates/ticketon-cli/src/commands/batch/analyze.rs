//! `ticketon batch analyze`: has the database look at its tables, now.

use serde_json::json;

use super::wait::asked;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Have the database look at its tables, so that it finds rows the short way
///
/// Waits for the end and says for each table how it went; exit code 6 if one failed, 3 while another run goes on.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon batch analyze\n  ticketon batch analyze --table seat --table ticket\n  ticketon batch analyze --dry-run"
)]
pub(crate) struct Args {
    /// Only this table; may be given several times
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    /// Asks for it, and waits.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let wish = json!({"tables": self.tables, "dry_run": self.dry_run});
        asked(shell, "/api/batch/analyze/run", &wish, true).await
    }
}

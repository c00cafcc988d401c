//! `ticketon batch analyze`: has the database count its tables, now.

use serde_json::json;

use super::wait::asked;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Have the database count its tables, so that it finds rows the short way
///
/// A process with the role batch takes it within a second; what none has taken after two, this command runs itself.
///
/// Waits for the end and says for each table how it went; exit code 6 if one failed, 3 while another run goes on. A sale that
/// opens, has just opened or sells is left alone: nothing is counted then, unless it is asked for.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon batch analyze\n  ticketon batch analyze --stale-only\n  ticketon batch analyze --table seat --table ticket --during-sale\n  ticketon batch analyze --dry-run"
)]
pub(crate) struct Args {
    /// Only this table; may be given several times
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// Only tables that are stale, by what the server has seen of them since it counted them
    #[arg(long)]
    stale_only: bool,
    /// Count though a sale is under way, gently
    #[arg(long)]
    during_sale: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    /// Asks for it, and waits.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let wish = json!({
            "tables": self.tables,
            "stale_only": self.stale_only,
            "during_sale": self.during_sale,
            "dry_run": self.dry_run,
        });
        asked(shell, "/api/batch/analyze/run", &wish, true).await
    }
}

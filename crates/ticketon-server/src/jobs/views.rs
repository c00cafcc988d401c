//! The job `views`: adds to the events' views what was counted.

use serde_json::Value;
use ticketon_core::Refusal;
use ticketon_core::job::Outcome;
use tokio::time::Instant;

use super::Report;
use crate::shop::Shop;
use crate::views::flush_views;

/// Whether anything was counted. Where that cannot be told a run is to begin, which then says why not.
pub(super) async fn has_work(shop: &Shop) -> bool {
    shop.views.has_any().await.unwrap_or(true)
}

/// Nothing in particular can be asked of it.
pub(super) fn check(asked: &Value) -> Result<(), Refusal> {
    match asked {
        Value::Null => Ok(()),
        Value::Object(fields) if fields.is_empty() => Ok(()),
        _ => Err(Refusal::field("body", "this job takes nothing")),
    }
}

/// Adds them.
pub(super) async fn run(shop: &Shop, report: &Report) -> Result<(), Refusal> {
    report.expect(1);
    let began = Instant::now();
    if report.is_dry() {
        report.add(
            "views",
            Outcome::Skipped,
            "what was counted would be added",
            began.elapsed(),
        );
        return Ok(());
    }
    shop.views.carried().await;
    let added = flush_views(&shop.background, &*shop.views).await?;
    report.add("views", Outcome::Ok, &format!("{added} added"), began.elapsed());
    Ok(())
}

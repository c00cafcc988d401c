//! `GET /api/batch/analyze/stats`: what the database counted of its tables, and how far that is from now.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use ticketon_core::caller::Right;
use ticketon_core::{Code, Refusal};

use crate::adapter::sql::{Grant, TableStatistics};
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::problem::Answer;

/// All tables, the seats first.
#[derive(Debug, Serialize)]
pub(in crate::http) struct StatsView {
    items: Vec<TableView>,
    /// What the batch user may not do; some figures are missing for that.
    missing: Vec<Grant>,
    /// Whether it can be told which tables are stale.
    tells_stale: bool,
}

/// A table.
#[derive(Debug, Serialize)]
struct TableView {
    #[serde(flatten)]
    figures: TableStatistics,
    /// `stale` in words.
    because: Option<String>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
) -> Answer<Json<StatsView>> {
    caller.may(Right::Administer)?;
    let statistics = http.shop.statistics.as_ref();
    let none = || Refusal::new(Code::NotFound, "this store has no tables to count");
    let overview = statistics.ok_or_else(none)?.tables(http.shop.cx.now()).await;
    let overview = overview.map_err(Refusal::from)?;
    let items = overview.tables.into_iter().map(|figures| TableView {
        because: figures.stale.map(|signal| signal.to_string()),
        figures,
    });
    Ok(Json(StatsView {
        items: items.collect(),
        missing: overview.missing,
        tells_stale: overview.tells_stale,
    }))
}

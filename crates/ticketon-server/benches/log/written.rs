//! Where a suite's figures go.

use std::path::Path;

use serde_json::{Value, json};

use super::Outcome;

/// Writes `target/bench/SUITE.json`.
pub(crate) fn write(suite: &str, rows: &Value, ratios: &Value) -> Outcome<()> {
    let cores = std::thread::available_parallelism()?.get();
    let machine = json!({"cores": cores, "os": std::env::consts::OS, "arch": std::env::consts::ARCH});
    let written = json!({"machine": machine, "rows": rows, "ratios": ratios});
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{suite}.json"));
    std::fs::write(file, serde_json::to_string_pretty(&written)?)?;
    Ok(())
}

/// How many a second.
pub(crate) fn per_second(count: u64, took: std::time::Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

/// To two digits after the point.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

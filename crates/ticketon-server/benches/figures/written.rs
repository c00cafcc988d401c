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

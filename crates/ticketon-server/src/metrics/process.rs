//! The process, as Linux sees it; elsewhere nothing is said.

use std::fs;

use super::Page;

pub(super) async fn write(page: &mut Page) {
    // A broker has thousands of open files, and listing them takes as many steps.
    let looked = tokio::task::spawn_blocking(|| (resident_bytes(), open_files())).await;
    let (resident, files) = looked.unwrap_or_default();
    if let Some(bytes) = resident {
        page.gauge("process_resident_bytes", "Memory that the process takes", bytes);
    }
    if let Some(files) = files {
        page.gauge("process_open_files", "Files and connections that are open", files);
    }
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

fn open_files() -> Option<u64> {
    Some(fs::read_dir("/proc/self/fd").ok()?.count() as u64)
}

//! The loops of this process.

use super::Page;
use crate::background::Loops;

pub(super) fn write(page: &mut Page, loops: &Loops) {
    let standing = loops.standing();
    let alive = standing
        .iter()
        .map(|one| ([("loop", one.name)], u64::from(!one.has_died)));
    page.gauges(
        "loop_alive",
        "0 where a loop has died: `/livez` is 503 then",
        alive,
    );
    let busy = standing
        .iter()
        .map(|one| ([("loop", one.name)], one.busy.as_secs_f64()));
    page.gauges(
        "loop_busy_seconds",
        "How long the loop has been at its present step",
        busy,
    );
}

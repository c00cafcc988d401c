//! What the job *analyze* does: which tables are counted anew, and whether now is the time. It knows nothing of when it
//! is run, or by whom.

mod busy;
mod plan;
mod run;

pub use busy::{Busy, Rush, busy_sale};
pub use plan::{Left, Planned, Step, Wanted};
pub use run::{Pace, count_planned};

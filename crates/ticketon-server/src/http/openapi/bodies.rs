//! Every body of the interface by its name. What is written here is what is promised to other programs, and does not
//! follow from how the shop's own types happen to be: the tests hold every answer that they see, every body that was
//! accepted, and the names that the shop knows against it.

mod accounts;
mod batch;
mod events;
mod process;
mod queue;
mod seats;
mod selling;

use serde_json::{Map, Value};

/// Name and schema of every body.
pub(super) fn all() -> Map<String, Value> {
    let mut all = Map::new();
    for subject in [
        accounts::bodies(),
        events::bodies(),
        seats::bodies(),
        queue::bodies(),
        selling::bodies(),
        batch::bodies(),
        process::bodies(),
    ] {
        all.extend(
            subject
                .into_iter()
                .map(|(name, schema)| (name.to_owned(), schema)),
        );
    }
    all
}

//! The store: what was written, how long it took, and what was kept in memory.

use super::Page;
use super::known::Known;
use crate::committer::Committers;
use crate::shop::Shop;

pub(super) fn write(page: &mut Page, shop: &Shop, known: &Known) {
    page.gauge(
        "store_answers",
        "1 where the store answered this scrape",
        u64::from(known.log.is_some()),
    );
    if let Some(committers) = &shop.committers {
        write_commits(page, committers);
    }
    if let Some(rows) = &shop.rows {
        let by_place = [("memory", rows.found()), ("database", rows.missed())];
        page.counters(
            "store_rows",
            "Rows that decisions asked for",
            by_place.map(|(place, count)| ([("from", place)], count)),
        );
    }
    let shelf = shop.editions.counters();
    let by_place = [("memory", shelf.found), ("store", shelf.made)];
    page.counters(
        "shelf_answers",
        "Answers about events, which are the same for everybody",
        by_place.map(|(place, count)| ([("from", place)], count)),
    );
    page.counter(
        "shelf_turned",
        "Changes that made such answers too old",
        shelf.turned,
    );
}

fn write_commits(page: &mut Page, committers: &Committers) {
    let counters = committers.counters();
    let verdicts = [
        ("accepted", counters.changes),
        ("stale", counters.stale),
        ("taken", counters.taken),
        ("answered", counters.answered),
        ("full", counters.full),
    ];
    page.counters(
        "store_changes",
        "Decisions handed over to be committed",
        verdicts.map(|(verdict, count)| ([("verdict", verdict)], count)),
    );
    page.counter("store_batches", "Batches that became durable", counters.batches);
    page.counter("store_journal_lines", "Lines of queues' journals", counters.lines);
    page.counter(
        "store_retries",
        "Batches sent again because the store did not answer",
        counters.retries,
    );
    page.counter(
        "store_races",
        "Batches begun again because another process was first",
        counters.races,
    );
    page.counter(
        "store_bugs",
        "Batches that a constraint refused though nothing stood against them",
        counters.bugs,
    );
    page.gauge(
        "store_inbox_room",
        "Decisions that may still be handed over before somebody is refused",
        committers.room() as u64,
    );
    let (sizes, waits) = committers.distributions();
    page.metric("store_batch_changes", "Decisions in a batch", sizes);
    page.metric(
        "store_durable_seconds",
        "From the hand-over of a decision to its being durable",
        waits,
    );
}

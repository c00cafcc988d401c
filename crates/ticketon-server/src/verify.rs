//! Every promise of the shop, checked: those of the store against the provider's ledger, and those of the
//! waiting rooms from their journals, or, where they are on Redis, from their own books.

use std::path::Path;
use std::sync::Arc;

use ticketon_core::event::Event;
use ticketon_core::ids::{self, SaleId};
use ticketon_core::row::RowId;
use ticketon_core::store::{Pages, Reads};
use ticketon_core::verify::{Basis, Checked, Promise, ProviderBooks, Report, Violation, verify_against};
use ticketon_core::{Code, Refusal, Timestamp, Won};
use ticketon_pay::sandbox::{Books, Ledger};
use ticketon_queue::{Audit, CeilingsInMemory, Redis, RedisQueue, audit, read_lines};

use crate::journal;
use crate::limits;
use crate::rooms::{room_name, to_queue};

/// What the sandbox's ledger says, in the shop's words.
pub fn books_of(ledger: &Path, now: Timestamp) -> Result<ProviderBooks, Refusal> {
    books_in(&Ledger::read(ledger).map_err(Refusal::internal)?, now)
}

/// What the sandbox's books say, in the shop's words.
pub fn books_in(sandbox: &Books, now: Timestamp) -> Result<ProviderBooks, Refusal> {
    let mut books = ProviderBooks::empty(now);
    for (order_id, account) in &sandbox.accounts {
        let order_id = ids::OrderId::new(order_id.as_str()).map_err(Refusal::internal)?;
        for taken in &account.taken {
            books.took(order_id.clone(), Won(taken.0));
        }
        for (given_back, _) in &account.given_back {
            books.gave_back(order_id.clone(), Won(given_back.0));
        }
    }
    Ok(books)
}

/// Checks every promise; the ledger must have been read before. The waiting rooms are on `redis`, or in the store.
pub async fn verify(
    reads: &dyn Reads,
    redis: Option<&Redis>,
    now: Timestamp,
    basis: &Basis,
) -> Result<Report, Refusal> {
    let mut report = verify_against(reads, now, basis).await?;
    let mut snapshot = reads.snapshot().await?;
    let mut pages = Pages::<Event>::all();
    while let Some(events) = pages.next(&mut *snapshot).await? {
        let is_looked_at = |event: &Event| basis.events.as_ref().is_none_or(|some| some.contains(&event.id));
        let events = events.iter().filter(|(event, _)| is_looked_at(event));
        for sale in events.flat_map(|(event, _)| &event.sales) {
            let audit = match redis {
                Some(redis) => audit_on(redis, *sale, now).await?,
                None => audit_in(reads, *sale).await?,
            };
            report.merge(found(&RowId::Sale(*sale), &audit));
        }
    }
    Ok(report)
}

async fn audit_in(reads: &dyn Reads, sale: SaleId) -> Result<Audit, Refusal> {
    let lines = reads.journal(&journal::stream_of(&sale.to_string())).await?;
    Ok(audit(&read_lines(&lines).map_err(Refusal::internal)?))
}

async fn audit_on(redis: &Redis, sale: SaleId, now: Timestamp) -> Result<Audit, Refusal> {
    // Nothing is numbered by looking.
    let nowhere = Arc::new(CeilingsInMemory::default());
    let queue = RedisQueue::new(room_name(sale)?, redis.clone(), nowhere);
    let audit = queue.audit(to_queue(now)).await;
    audit.map_err(|error| Refusal::new(Code::Unavailable, error.to_string()))
}

/// What a room's audit found, as a report.
fn found(sale: &RowId, audit: &Audit) -> Report {
    let checked = |broken: usize| Checked {
        checked: audit.admissions,
        broken: broken as u64,
    };
    let mut report = Report::default();
    report.promises.insert(
        Promise::AdmittedWithinCapacity,
        checked(audit.over_capacity.len()),
    );
    report
        .promises
        .insert(Promise::ServedInOrder, checked(audit.out_of_order.len()));
    for over in audit.over_capacity.iter().take(limits::VIOLATIONS_LISTED) {
        let message = format!(
            "{} were inside at {}, where {} may be",
            over.active, over.at, over.capacity
        );
        let rows = vec![sale.clone()];
        report.violations.push(Violation {
            promise: Promise::AdmittedWithinCapacity,
            message,
            rows,
        });
    }
    for out_of_order in audit.out_of_order.iter().take(limits::VIOLATIONS_LISTED) {
        let message = format!(
            "number {} was admitted at {} out of turn",
            out_of_order.seq.0, out_of_order.at
        );
        report.violations.push(Violation {
            promise: Promise::ServedInOrder,
            message,
            rows: vec![sale.clone()],
        });
    }
    report
}

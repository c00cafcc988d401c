//! The audit of a room without a journal: from its own books, which say less than a journal would, and nothing of what was
//! lost.

use super::RedisQueue;
use super::scripts::SCRIPTS;
use crate::audit::{Audit, OutOfOrder, OverCapacity};
use crate::entry::Seq;
use crate::error::QueueError;
use crate::time::Timestamp;

impl RedisQueue {
    /// Whether anybody still waits with a number lower than one that was admitted, and whether too many were ever inside
    /// after an admission. A queue that is lost has no books: nothing is checked.
    pub async fn audit(&self, now: Timestamp) -> Result<Audit, QueueError> {
        let answer = match self.ask(&SCRIPTS.audit, &[]).await {
            Ok(answer) => answer,
            Err(QueueError::QueueLost) => return Ok(Audit::default()),
            Err(error) => return Err(error),
        };
        let (admissions, highest, passed_over, over): (u64, u64, u64, String) = answer.fields()?;
        let mut audit = Audit {
            admissions,
            ..Audit::default()
        };
        audit.over_capacity.extend(over_capacity(&over));
        if passed_over > 0 {
            audit.out_of_order.push(OutOfOrder {
                at: now,
                seq: Seq(highest),
                first_in_line: Some(Seq(passed_over)),
            });
        }
        Ok(audit)
    }
}

/// "moment active capacity".
fn over_capacity(text: &str) -> Option<OverCapacity> {
    let mut words = text.split(' ');
    Some(OverCapacity {
        at: Timestamp::from_ms(words.next()?.parse().ok()?),
        active: words.next()?.parse().ok()?,
        capacity: words.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_say_when_too_many_were_inside() {
        let over = OverCapacity {
            at: Timestamp::from_ms(17),
            active: 3,
            capacity: 2,
        };
        assert_eq!(over_capacity("17 3 2"), Some(over));
        assert_eq!(over_capacity(""), None);
    }
}

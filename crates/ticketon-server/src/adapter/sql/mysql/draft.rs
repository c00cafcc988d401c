//! What a batch writes to a MySQL store, as lists of literals: two a table, for rows that exist and for new ones, then facts,
//! answers and the journal's lines.

use ticketon_core::store::{Changes, JournalLine, Version};

use super::super::batch::{Logged, Piece, answer_values, fact_values, list_of, row_values};
use super::super::tables::TABLES;
use super::super::value::Value;
use super::literal::LiteralRows;

/// What a batch writes if all of it is accepted, which is nearly always so. It is made while the database looks for
/// what stands against the batch, so that nothing waits for it.
pub(super) struct Draft {
    changes: usize,
    lists: serde_json::Result<Vec<LiteralRows>>,
}

impl Draft {
    pub(super) fn of(batch: &[Changes]) -> Self {
        Self {
            changes: batch.len(),
            lists: decided(batch),
        }
    }

    /// What the accepted ones of the batch and a journal write.
    pub(super) fn written(
        draft: Option<Self>,
        accepted: &[&Changes],
        journal: &[JournalLine],
    ) -> serde_json::Result<Vec<LiteralRows>> {
        let mut lists = match draft {
            Some(draft) if draft.changes == accepted.len() => draft.lists?,
            Some(_) | None => decided(accepted.iter().copied())?,
        };
        lists.push(lines(journal));
        Ok(lists)
    }
}

fn decided<'a>(accepted: impl IntoIterator<Item = &'a Changes>) -> serde_json::Result<Vec<LiteralRows>> {
    let mut tables = vec![LiteralRows::default(); 2 * TABLES.len()];
    let (mut facts, mut answers) = (LiteralRows::default(), LiteralRows::default());
    for changes in accepted {
        for (row, replaced) in &changes.writes {
            let id = row.id();
            tables[list_of(row.table(), *replaced)].push(row_values(&id, row, replaced.next())?);
        }
        for (fact, n) in changes.facts.iter().zip(0..) {
            facts.push(fact_values(&changes.id, n, fact, changes.act_of(fact))?);
        }
        if let Some(answered) = &changes.answers {
            answers.push(answer_values(answered)?);
        }
    }
    tables.extend([facts, answers]);
    Ok(tables)
}

fn lines(journal: &[JournalLine]) -> LiteralRows {
    let mut lines = LiteralRows::default();
    for line in journal {
        lines.push([Value::Text(&line.stream), Value::Bytes(&line.bytes)]);
    }
    lines
}

/// What a part of another store writes into an empty one.
pub(super) fn copied(piece: &Piece) -> serde_json::Result<Vec<LiteralRows>> {
    let mut tables = vec![LiteralRows::default(); 2 * TABLES.len()];
    let (mut facts, mut answers) = (LiteralRows::default(), LiteralRows::default());
    for (row, version) in &piece.rows {
        let id = row.id();
        tables[list_of(row.table(), Version::ABSENT)].push(row_values(&id, row, *version)?);
    }
    for Logged { changes, n, recorded } in &piece.facts {
        facts.push(fact_values(changes, *n, &recorded.fact, recorded.act.as_ref())?);
    }
    for answered in &piece.answers {
        answers.push(answer_values(answered)?);
    }
    tables.extend([facts, answers, lines(&piece.lines)]);
    Ok(tables)
}

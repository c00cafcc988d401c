//! How records become journal lines, and which lines count when they are read back.
//!
//! A line is `[generation, number, [record, …]]`. Numbers are dense; each loading starts a new generation. When the
//! journal refuses line 7 while lines 8 and 9 are on their way, the queue is loaded again, and its next line is 7 of
//! the next generation. What may then stand in the journal, in this order, is 1 … 6, 8, 9 (and even the first 7, if
//! only its answer was lost), 7′, 8′. Two rules sort that out: a line is void if a later generation wrote the same
//! number or a smaller one, and what remains counts up to the first missing number. A line that was acknowledged is
//! never void: its generation had every earlier number acknowledged, and the next one went on behind it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::Record;

/// A line that no queue wrote, or a record that does not follow from those before it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Corrupt {
    line: usize,
    why: String,
}

/// Where the next line goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    pub(crate) generation: u64,
    pub(crate) number: u64,
}

/// What a journal says, sorted out.
pub(crate) struct Replay {
    pub(crate) records: Vec<Record>,
    /// The highest generation that wrote anything.
    pub(crate) generation: u64,
    /// The number of the last line that counts.
    pub(crate) last: u64,
}

#[derive(Deserialize)]
struct Line(u64, u64, Vec<Record>);

#[derive(Serialize)]
struct LineRef<'a>(u64, u64, &'a [Record]);

/// The records that count, in order: what an audit reads.
pub fn read_lines(lines: &[Vec<u8>]) -> Result<Vec<Record>, Corrupt> {
    Replay::of(lines).map(|replay| replay.records)
}

pub(crate) fn write_line(position: Position, records: &[Record]) -> Vec<u8> {
    serde_json::to_vec(&LineRef(position.generation, position.number, records))
        .expect("numbers, texts and lists of them always have a JSON form")
}

impl Replay {
    pub(crate) fn of(lines: &[Vec<u8>]) -> Result<Self, Corrupt> {
        let lines = parse(lines)?;
        let overwritten_from = overwritten(&lines);
        let mut replay = Self {
            records: Vec::new(),
            generation: 0,
            last: 0,
        };
        for Line(generation, number, records) in lines {
            replay.generation = replay.generation.max(generation);
            let is_void = number >= overwritten_from[&generation];
            if !is_void && (number == replay.last + 1 || replay.may_start_with(&records)) {
                replay.last = number;
                replay.records.extend(records);
            }
        }
        Ok(replay)
    }

    /// A journal whose earlier lines were dropped begins with a snapshot, whatever its number.
    fn may_start_with(&self, records: &[Record]) -> bool {
        self.records.is_empty() && matches!(records, [Record::Snapshot(_)])
    }
}

fn parse(lines: &[Vec<u8>]) -> Result<Vec<Line>, Corrupt> {
    let mut parsed = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let line = serde_json::from_slice(line).map_err(|error| Corrupt {
            line: index + 1,
            why: error.to_string(),
        })?;
        parsed.push(line);
    }
    Ok(parsed)
}

/// For each generation, the lowest number that a later generation wrote: from there on its lines are void.
fn overwritten(lines: &[Line]) -> BTreeMap<u64, u64> {
    let mut lowest = BTreeMap::new();
    for Line(generation, number, _) in lines {
        let low = lowest.entry(*generation).or_insert(*number);
        *low = (*low).min(*number);
    }
    let mut later = u64::MAX;
    for low in lowest.values_mut().rev() {
        later = later.min(std::mem::replace(low, later));
    }
    lowest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Seq;
    use crate::time::Timestamp;

    /// A line that can be told apart by the number it claims.
    fn line(generation: u64, number: u64, told_by: u64) -> Vec<u8> {
        let record = Record::Claimed(Seq(told_by), Timestamp::from_ms(0));
        write_line(Position { generation, number }, &[record])
    }

    fn counted(lines: &[Vec<u8>]) -> Vec<u64> {
        let mut told = Vec::new();
        for record in read_lines(lines).unwrap() {
            let Record::Claimed(seq, _) = record else {
                unreachable!("only claims were written")
            };
            told.push(seq.0);
        }
        told
    }

    #[test]
    fn what_follows_a_refused_line_never_happened() {
        assert_eq!(counted(&[line(1, 1, 10), line(1, 3, 30)]), [10]);
        assert_eq!(counted(&[line(1, 2, 20)]), [] as [u64; 0]);
    }

    #[test]
    fn the_next_generation_goes_on_where_the_last_one_was_believed_to_be() {
        let refused_two = [line(1, 1, 10), line(1, 3, 30), line(2, 2, 21), line(2, 3, 31)];
        assert_eq!(counted(&refused_two), [10, 21, 31]);
        let lost_answer = [line(1, 1, 10), line(1, 2, 20), line(1, 3, 30), line(2, 2, 21)];
        assert_eq!(counted(&lost_answer), [10, 21]);
        let late = [line(1, 1, 10), line(2, 2, 21), line(1, 2, 20), line(2, 3, 31)];
        assert_eq!(counted(&late), [10, 21, 31]);
    }

    #[test]
    fn several_generations_overwrite_each_other() {
        let lines = [
            line(1, 1, 10),
            line(1, 2, 20),
            line(2, 3, 31),
            line(2, 4, 41),
            line(3, 4, 42),
        ];
        assert_eq!(counted(&lines), [10, 20, 31, 42]);
    }

    #[test]
    fn a_line_that_no_queue_wrote_is_named() {
        let error = read_lines(&[line(1, 1, 10), b"{}".to_vec()]).unwrap_err();
        assert!(error.to_string().starts_with("line 2: "), "{error}");
    }
}

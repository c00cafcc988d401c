//! Labels of seats and ranges of them: `1-24` for twenty-four seats, `24-1` from the other end, `12A` for one.

use std::ops::RangeInclusive;

/// What a text in `seats` stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Labels<'a> {
    /// One seat.
    One(&'a str),
    /// Numbered seats, in this order.
    Rising(RangeInclusive<u32>),
    /// Numbered seats, from the highest to the lowest.
    Falling(RangeInclusive<u32>),
}

/// A text that looks like a range and is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadRange;

impl<'a> Labels<'a> {
    /// Reads a range or a label.
    pub(super) fn parse(text: &'a str) -> Result<Self, BadRange> {
        let Some((first, last)) = range_ends(text) else {
            return Ok(Self::One(text));
        };
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first < last => Ok(Self::Rising(first..=last)),
            (Some(first), Some(last)) if first > last => Ok(Self::Falling(last..=first)),
            _ => Err(BadRange),
        }
    }

    /// How many seats.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::Rising(range) | Self::Falling(range) => u64::from(range.end() - range.start()) + 1,
        }
    }

    /// The label of each seat.
    pub(super) fn each(&self) -> Vec<String> {
        match self {
            Self::One(label) => vec![(*label).to_owned()],
            Self::Rising(range) => range.clone().map(|number| number.to_string()).collect(),
            Self::Falling(range) => range.clone().rev().map(|number| number.to_string()).collect(),
        }
    }
}

/// Whether a label would be read as a range.
pub(super) fn is_like_a_range(label: &str) -> bool {
    range_ends(label).is_some()
}

/// The fewest ranges and labels that stand for these labels, in order.
pub(super) fn in_ranges(labels: &[&str]) -> Vec<String> {
    let mut ranges = Vec::new();
    let mut rest = labels;
    while let Some(first) = rest.first() {
        let (run, after) = rest.split_at(run_length(rest));
        match run {
            [_, .., last] => ranges.push(format!("{first}-{last}")),
            _ => ranges.push((*first).to_owned()),
        }
        rest = after;
    }
    ranges
}

/// How many of the first labels count up, or down, by one.
fn run_length(labels: &[&str]) -> usize {
    let numbers: Vec<u32> = labels.iter().map_while(|label| number(label)).collect();
    let step = match numbers[..] {
        [first, second, ..] if first.abs_diff(second) == 1 => i64::from(second) - i64::from(first),
        _ => return 1,
    };
    let counts_on = |pair: &&[u32]| i64::from(pair[1]) - i64::from(pair[0]) == step;
    1 + numbers.windows(2).take_while(counts_on).count()
}

fn range_ends(text: &str) -> Option<(&str, &str)> {
    let (first, last) = text.split_once('-')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits(first) && is_digits(last)).then_some((first, last))
}

/// A number as it would be written again: no leading zeros, no sign.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, BadRange> {
        Labels::parse(text).map(|labels| labels.each())
    }

    #[test]
    fn a_range_counts_from_its_first_to_its_last() {
        assert_eq!(
            read("8-11"),
            Ok(["8", "9", "10", "11"].map(String::from).to_vec())
        );
        assert_eq!(read("3-1"), Ok(["3", "2", "1"].map(String::from).to_vec()));
    }

    #[test]
    fn other_texts_are_labels() {
        for label in ["12A", "A-B", "-1", "1-", "1-2-3", "왼쪽-1"] {
            assert_eq!(read(label), Ok(vec![label.to_owned()]));
        }
    }

    #[test]
    fn a_range_that_could_be_meant_otherwise_is_refused() {
        for text in ["01-09", "7-7", "1-99999999999"] {
            assert_eq!(read(text), Err(BadRange), "{text}");
        }
    }

    #[test]
    fn labels_are_written_in_as_few_ranges_as_they_need() {
        assert_eq!(
            in_ranges(&["1", "2", "3", "5", "4", "3A", "07", "8"]),
            ["1-3", "5-4", "3A", "07", "8"]
        );
    }
}

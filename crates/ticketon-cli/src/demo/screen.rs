//! What one sees while the demo runs: bars on a terminal, one line an event elsewhere, nothing where only data is
//! wanted. It draws what it is given; the report is another's business.

use std::fmt::Display;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::console::Console;
use crate::demo::grouped;

/// What one sees.
pub(crate) enum Screen {
    /// Four bars, and lines above them.
    Bars(Box<Bars>),
    /// Lines.
    Lines(Console),
    /// Nothing.
    Nothing,
}

/// The bars of a sale.
pub(crate) struct Bars {
    lines: MultiProgress,
    queue: ProgressBar,
    inside: ProgressBar,
    seats: ProgressBar,
    payments: ProgressBar,
}

/// A sale at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) buyers: u64,
    pub(crate) came: u64,
    pub(crate) waiting: u64,
    pub(crate) shopping: u64,
    pub(crate) capacity: u64,
    pub(crate) admitted_per_minute: u64,
    pub(crate) sold: u64,
    pub(crate) held: u64,
    pub(crate) seats: u64,
    pub(crate) paid: u64,
    pub(crate) declined: u64,
    pub(crate) second_card: u64,
    pub(crate) unknown: u64,
}

/// Characters of a bar.
const WIDTH: usize = 32;

impl Screen {
    /// For this console.
    pub(crate) fn on(console: Console) -> Self {
        if console.is_silent() {
            Self::Nothing
        } else if console.is_live() {
            Self::Bars(Box::new(Bars::new()))
        } else {
            Self::Lines(console)
        }
    }

    /// Says something.
    pub(crate) fn say(&self, line: impl Display) {
        match self {
            Self::Bars(bars) => {
                // A terminal that is gone is no reason to stop a sale.
                let _ = bars.lines.println(line.to_string());
            }
            Self::Lines(console) => console.say(line),
            Self::Nothing => {}
        }
    }

    /// Says what happened, and when: minutes and seconds after the opening.
    pub(crate) fn event(&self, after: Duration, what: impl Display) {
        let seconds = after.as_secs();
        self.say(format_args!("{:02}:{:02}  {what}", seconds / 60, seconds % 60));
    }

    /// Shows the bars as they stand.
    pub(crate) fn draw(&self, moment: &Moment) {
        if let Self::Bars(bars) = self {
            bars.draw(moment);
        }
    }

    /// Takes the bars away.
    pub(crate) fn end(&self) {
        if let Self::Bars(bars) = self {
            let _ = bars.lines.clear();
        }
    }
}

impl Bars {
    fn new() -> Self {
        let lines = MultiProgress::new();
        let bar = || {
            let bar = lines.add(ProgressBar::no_length());
            bar.with_style(ProgressStyle::with_template("{msg}").expect("a template written here"))
        };
        let (queue, inside, seats, payments) = (bar(), bar(), bar(), bar());
        Self {
            lines,
            queue,
            inside,
            seats,
            payments,
        }
    }

    fn draw(&self, moment: &Moment) {
        let bars = [&self.queue, &self.inside, &self.seats, &self.payments];
        for (bar, text) in bars.into_iter().zip(moment.lines()) {
            bar.set_message(text);
            bar.tick();
        }
    }
}

impl Moment {
    fn lines(&self) -> [String; 4] {
        let free = self.seats.saturating_sub(self.sold + self.held);
        [
            format!(
                "  queue     {}  {:>5} came     {:>6} waiting",
                bar(&[(self.came, '█')], self.buyers),
                grouped(self.came),
                grouped(self.waiting)
            ),
            format!(
                "  inside    {}  {:>5} shopping  {} of {} places, admitting {}/min",
                bar(&[(self.shopping, '█')], self.capacity),
                grouped(self.shopping),
                grouped(self.shopping),
                grouped(self.capacity),
                grouped(self.admitted_per_minute)
            ),
            format!(
                "  seats     {}  {:>5} sold     {:>6} held  {:>6} free",
                bar(&[(self.sold, '█'), (self.held, '▓')], self.seats),
                grouped(self.sold),
                grouped(self.held),
                grouped(free)
            ),
            format!(
                "  payments  {} paid   {} declined, {} paid with a second card   {} unknown, looking up",
                grouped(self.paid),
                grouped(self.declined),
                grouped(self.second_card),
                grouped(self.unknown)
            ),
        ]
    }
}

/// A bar of several parts.
fn bar(parts: &[(u64, char)], whole: u64) -> String {
    let mut bar = String::with_capacity(3 * WIDTH);
    let (mut drawn, mut sum) = (0, 0);
    for (part, sign) in parts {
        sum += part;
        let until = cells(sum, whole);
        bar.extend(std::iter::repeat_n(*sign, until.saturating_sub(drawn)));
        drawn = drawn.max(until);
    }
    bar.extend(std::iter::repeat_n('░', WIDTH - drawn));
    bar
}

fn cells(part: u64, whole: u64) -> usize {
    let cells = part.min(whole) * WIDTH as u64 / whole.max(1);
    usize::try_from(cells).unwrap_or(WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_parts() {
        assert_eq!(bar(&[(1, '█')], 2), "█".repeat(16) + &"░".repeat(16));
        assert_eq!(
            bar(&[(1, '█'), (1, '▓')], 4),
            "█".repeat(8) + &"▓".repeat(8) + &"░".repeat(16)
        );
        assert_eq!(bar(&[(9, '█')], 0), "░".repeat(32));
        assert_eq!(bar(&[(9, '█')], 3), "█".repeat(32));
    }
}

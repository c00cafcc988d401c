//! `ticketon seats show`: how a hall stands; with `--map`, seat by seat.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use ticketon_core::Plan;
use ticketon_core::plan::{Row, SeatNumber};

use super::performance;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Show how a hall stands
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon seats show winter-recital\n  ticketon seats show winter-recital --map"
)]
pub(crate) struct Args {
    /// A performance's id, or the slug of an event with one date
    performance: String,
    /// Draw the hall
    #[arg(long)]
    map: bool,
}

#[derive(Debug, Deserialize)]
struct Seats {
    seats: String,
}

/// What is to be seen of a hall.
struct Hall {
    plan: Plan,
    /// Two bits a seat.
    packed: Vec<u8>,
}

/// The states of a seat, by their bits: free, held, sold, off sale.
const SIGNS: [char; 4] = ['.', 'o', '#', '-'];

impl Args {
    /// Prints it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let shop = shell.connect().await?;
        let looked = self.look(&shop).await;
        shop.close().await;
        let (seats, hall) = looked?;
        let draws = self.map;
        shell
            .console
            .data(&seats, || if draws { hall.map() } else { hall.table() })?;
        Ok(Exit::Done)
    }

    async fn look(&self, shop: &Connection) -> Result<(Value, Hall), Failure> {
        let performance = performance(shop, &self.performance).await?;
        let path = format!("/api/v1/performances/{performance}");
        let plan = shop.done(shop.client().get(format!("{path}/seat-plan"))).await?;
        let plan = Plan::from_json(&plan.body).map_err(Failure::unexpected)?;
        let answer = shop.done(shop.client().get(format!("{path}/seats"))).await?;
        let packed: Seats = answer.json()?;
        let packed = STANDARD.decode(packed.seats).map_err(Failure::unexpected)?;
        Ok((answer.json()?, Hall { plan, packed }))
    }
}

impl Hall {
    fn state(&self, number: u32) -> usize {
        let byte = self.packed.get(number as usize / 4).copied().unwrap_or_default();
        usize::from(byte >> (number % 4 * 2) & 0b11)
    }

    fn table(&self) -> String {
        let mut by_grade: BTreeMap<&str, [u32; 4]> = BTreeMap::new();
        for number in 0..self.plan.seats() {
            if let Some(grade) = self.plan.grade_of(SeatNumber(number)) {
                by_grade.entry(grade.as_str()).or_default()[self.state(number)] += 1;
            }
        }
        let mut text = format!(
            "{:<10}{:>9}{:>9}{:>9}{:>9}\n",
            "grade", "free", "held", "sold", "off sale"
        );
        let mut all = [0; 4];
        for grade in self.plan.grades() {
            let counts = by_grade.get(grade.as_str()).copied().unwrap_or_default();
            text += &line(grade.as_str(), counts);
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        text + &line("all", all)
    }

    fn map(&self) -> String {
        let mut text = format!("{}   . free   o held   # sold   - off sale\n", self.plan.name());
        for zone in self.plan.zones() {
            let _ = writeln!(text, "\n{}", zone.name);
            let widest = zone
                .rows()
                .iter()
                .map(|row| row.name.chars().count())
                .max()
                .unwrap_or(0);
            let longest = zone
                .rows()
                .iter()
                .map(|row| self.drawn(row).chars().count())
                .max();
            for row in zone.rows() {
                let drawn = self.drawn(row);
                let _ = writeln!(
                    text,
                    "  {:>widest$} {drawn:^longest$}",
                    row.name,
                    longest = longest.unwrap_or(0)
                );
            }
            if zone.rows().is_empty() {
                let signs: Vec<char> = zone
                    .numbers
                    .clone()
                    .map(|number| SIGNS[self.state(number)])
                    .collect();
                for line in signs.chunks(50) {
                    let _ = writeln!(text, "  {}", line.iter().collect::<String>());
                }
            }
        }
        text
    }

    /// A row, with its aisles.
    fn drawn(&self, row: &Row) -> String {
        let mut drawn = String::new();
        for number in row.numbers.clone() {
            drawn.push(SIGNS[self.state(number)]);
            let seat = self.plan.seat(SeatNumber(number));
            if seat.is_some_and(|seat| seat.aisle_after) {
                drawn.push(' ');
            }
        }
        drawn
    }
}

fn line(name: &str, [free, held, sold, off_sale]: [u32; 4]) -> String {
    format!("{name:<10}{free:>9}{held:>9}{sold:>9}{off_sale:>9}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hall(packed: Vec<u8>) -> Hall {
        let csv = "zone,row,seat,grade,aisle_after\nStalls,A,1,R,false\nStalls,A,2,R,true\nStalls,A,3,S,false\nStalls,B,1,S,false\n";
        Hall {
            plan: Plan::from_csv(csv).unwrap(),
            packed,
        }
    }

    #[test]
    fn the_map_shows_every_seat_and_every_aisle() {
        let map = hall(vec![0b11_10_01_00]).map();
        assert_eq!(
            map,
            "Hall   . free   o held   # sold   - off sale\n\nStalls\n  A .o #\n  B  -  \n"
        );
    }

    #[test]
    fn the_table_adds_up() {
        let table = hall(vec![0b11_10_01_00]).table();
        assert_eq!(
            table
                .lines()
                .last()
                .unwrap()
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["all", "1", "1", "1", "1"]
        );
    }
}

//! A plan's seats in the order in which one chooses them: for each grade its stretches, nearest first. Built
//! once a plan, so that choosing does not sort.
//!
//! A seat's **distance** is the square of how far it lies from the focal point, by its position. Where the plan
//! has no positions, rows are drawn as if they stood behind each other, all zones in one file, each row about
//! its middle and as deep as two seats are wide. So the first rows come first, and of a row its middle.

use std::ops::Range;

use super::{Grade, PlanSeat, Position, Row, SeatKind, Zone, ZoneKind};

/// In half seats, the unit in which a row's middle can always be named.
const ROW_DEPTH: i32 = 4;

/// The seats in the order of choosing.
#[derive(Debug)]
pub(crate) struct Seating {
    points: Vec<Position>,
    /// Before each seat, the sum of the distances of all seats before it.
    distances: Vec<u64>,
    grades: Vec<GradeSeats>,
}

/// What one chooses from in one grade.
#[derive(Debug, Default)]
pub(crate) struct GradeSeats {
    /// Standard seats in plan order.
    pub(crate) stretches: Vec<Stretch>,
    /// The same, nearest first.
    pub(crate) nearest_first: Vec<Stretch>,
    /// Places of general-admission zones.
    pub(crate) general: Vec<Stretch>,
}

/// Seats beside each other: of one row with no aisle between, of one grade, for anybody. Or the places of a
/// general-admission zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) numbers: Range<u32>,
    /// The place of its zone in the plan.
    pub(crate) zone: usize,
    /// The distance of its nearest seat.
    pub(crate) nearest: u64,
}

impl Seating {
    pub(super) fn new(grades: &[Grade], zones: &[Zone], seats: &[PlanSeat], focus: Option<Position>) -> Self {
        let points = points(zones, seats, focus);
        let mut distances = Vec::with_capacity(points.len() + 1);
        distances.push(0);
        for point in &points {
            distances.push(distances[distances.len() - 1] + squared_length(*point));
        }
        let mut seating = Self {
            points,
            distances,
            grades: Vec::new(),
        };
        seating.grades = grades
            .iter()
            .map(|grade| seating.grade_seats(grade, zones, seats))
            .collect();
        seating
    }

    /// What one chooses from in the grade at a place of the plan's list.
    pub(crate) fn grade(&self, index: usize) -> &GradeSeats {
        &self.grades[index]
    }

    /// The sum of the distances of some seats beside each other.
    pub(crate) fn distance(&self, numbers: Range<u32>) -> u64 {
        self.distances[numbers.end as usize] - self.distances[numbers.start as usize]
    }

    /// Where a seat lies, seen from the focal point.
    pub(crate) fn point(&self, number: u32) -> Position {
        self.points[number as usize]
    }

    fn grade_seats(&self, grade: &Grade, zones: &[Zone], seats: &[PlanSeat]) -> GradeSeats {
        let mut found = GradeSeats::default();
        for (index, zone) in zones.iter().enumerate() {
            match &zone.kind {
                ZoneKind::Seated(rows) => {
                    for row in rows {
                        self.add_stretches(&mut found.stretches, grade, index, row, seats);
                    }
                }
                ZoneKind::GeneralAdmission(general) if general == grade => {
                    found.general.push(Stretch {
                        numbers: zone.numbers.clone(),
                        zone: index,
                        nearest: 0,
                    });
                }
                ZoneKind::GeneralAdmission(_) => {}
            }
        }
        found.nearest_first = found.stretches.clone();
        found
            .nearest_first
            .sort_by_key(|stretch| (stretch.nearest, stretch.numbers.start));
        found
    }

    fn add_stretches(
        &self,
        stretches: &mut Vec<Stretch>,
        grade: &Grade,
        zone: usize,
        row: &Row,
        seats: &[PlanSeat],
    ) {
        let mut start = row.numbers.start;
        let row_seats = &seats[row.numbers.start as usize..row.numbers.end as usize];
        for beside in row_seats.chunk_by(is_beside) {
            let end = start + u32::try_from(beside.len()).expect("no longer than its row");
            if beside[0].grade == *grade && beside[0].kind == SeatKind::Standard {
                let distances = (start..end).map(|number| self.distance(number..number + 1));
                let nearest = distances.min().expect("a chunk is not empty");
                stretches.push(Stretch {
                    numbers: start..end,
                    zone,
                    nearest,
                });
            }
            start = end;
        }
    }
}

/// Whether a seat and the next one of its row belong to one stretch.
pub(crate) fn is_beside(seat: &PlanSeat, next: &PlanSeat) -> bool {
    !seat.aisle_after && seat.grade == next.grade && seat.kind == next.kind
}

fn points(zones: &[Zone], seats: &[PlanSeat], focus: Option<Position>) -> Vec<Position> {
    let focus = focus
        .or_else(|| middle_of_upper_edge(seats))
        .unwrap_or(Position { x: 0, y: 0 });
    let mut points = Vec::with_capacity(seats.len());
    let mut row_y = 0;
    for zone in zones {
        for row in zone.rows() {
            row_y += ROW_DEPTH;
            let length = i32::try_from(row.numbers.len()).expect("at most PLAN_SEATS_MAX");
            let mut drawn_x = 1 - length;
            for seat in &seats[row.numbers.start as usize..row.numbers.end as usize] {
                points.push(match seat.position {
                    Some(at) => Position {
                        x: at.x - focus.x,
                        y: at.y - focus.y,
                    },
                    None => Position { x: drawn_x, y: row_y },
                });
                drawn_x += 2;
            }
        }
        if let ZoneKind::GeneralAdmission(_) = zone.kind {
            points.resize(zone.numbers.end as usize, Position { x: 0, y: 0 });
        }
    }
    points
}

fn middle_of_upper_edge(seats: &[PlanSeat]) -> Option<Position> {
    let positions = || seats.iter().filter_map(|seat| seat.position);
    let left = positions().map(|at| at.x).min()?;
    let right = positions().map(|at| at.x).max()?;
    let top = positions().map(|at| at.y).min()?;
    Some(Position {
        x: i32::midpoint(left, right),
        y: top,
    })
}

fn squared_length(point: Position) -> u64 {
    let (x, y) = (
        u64::from(point.x.unsigned_abs()),
        u64::from(point.y.unsigned_abs()),
    );
    x * x + y * y
}

//! What outlives every process: time, chance, the store's rows, the bank, and what the shop has told people.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use ticketon_core::caller::Caller;
use ticketon_core::fact::{Position, What};
use ticketon_core::sale::{QueueMode, QueueSettings, SaleLimits};
use ticketon_core::store::{Changes, JournalLine, Memory};
use ticketon_core::{Context, Created, NewEvent, Plan, SeededEntropy, Won, create_event, publish};
use tokio::time::sleep;

use super::Sabotage;
use super::bank::Bank;
use super::dice::Dice;
use super::port::Life;
use super::promises;
use super::store::Outdated;
use super::time::{ShopClock, WorldTime};
use super::told::Told;
use super::trace::Trace;
use super::weather::Weather;

/// Decisions between two looks at the promises.
const LOOK_EVERY: u64 = 12;

/// What outlives every process.
pub(super) struct World {
    pub(super) sabotage: Option<Sabotage>,
    pub(super) time: Arc<WorldTime>,
    pub(super) dice: Dice,
    pub(super) memory: Memory,
    pub(super) outdated: Outdated,
    pub(super) bank: Bank,
    pub(super) told: Told,
    pub(super) hall: Hall,
    pub(super) trace: Trace,
    state: Mutex<State>,
}

/// What is on sale.
pub(super) struct Hall {
    pub(super) event: Created,
    pub(super) rows: u64,
    pub(super) seats_a_row: u64,
}

struct State {
    weather: Weather,
    outage: Option<&'static str>,
    decisions: u64,
    broken: Option<String>,
}

impl World {
    /// A world of a seed, with an event on sale in it.
    pub(super) async fn of(seed: u64, sabotage: Option<Sabotage>) -> Arc<Self> {
        let dice = Dice::new(seed);
        let time = Arc::new(WorldTime::from("2026-12-01T11:00:00Z"));
        let memory = Memory::new();
        let hall = Hall::on_sale(&memory, &time, &dice).await;
        let weather = Weather::of(&dice);
        let world = Arc::new(Self {
            sabotage,
            time,
            dice,
            memory,
            outdated: Outdated::default(),
            bank: Bank::new(),
            told: Told::default(),
            hall,
            trace: Trace::default(),
            state: Mutex::new(State {
                weather,
                outage: None,
                decisions: 0,
                broken: None,
            }),
        });
        world.say(format_args!("seed {seed}: {weather:?}"));
        world
    }

    pub(super) fn say(&self, what: fmt::Arguments<'_>) {
        self.trace.say(self.time.since_the_beginning(), what);
    }

    pub(super) fn weather(&self) -> Weather {
        self.state.lock().unwrap().weather
    }

    /// From here on nothing goes wrong.
    pub(super) fn calm_down(&self) {
        let mut state = self.state.lock().unwrap();
        state.weather = Weather::CALM;
        state.outage = None;
        self.time.skew(0);
    }

    /// Whether nobody answers this just now.
    pub(super) fn is_outage(&self, what: &str) -> bool {
        self.state.lock().unwrap().outage == Some(what)
    }

    /// A promise is broken: the first is the one to look at.
    pub(super) fn broken(&self, how: String) {
        self.say(format_args!("BROKEN: {how}"));
        self.state.lock().unwrap().broken.get_or_insert(how);
    }

    pub(super) fn is_broken(&self) -> Option<String> {
        self.state.lock().unwrap().broken.clone()
    }

    /// A context of nobody's: it sees everything as it is.
    pub(super) fn onlooker(&self) -> Context {
        onlooker(&self.memory, &self.time, 0)
    }

    /// A batch is in the store. Now and then the promises are looked at, before anybody is told.
    pub(super) fn committed(
        &self,
        life: &Life,
        accepted: &[&Changes],
        journal: &[JournalLine],
        head: Position,
    ) {
        let facts = accepted.iter().flat_map(|changes| &changes.facts);
        let facts: Vec<String> = facts.map(|fact| name_of(&fact.what)).collect();
        let facts = facts.join(" ");
        let (head, lines) = (head.0, journal.len());
        self.say(format_args!(
            "{life}: committed to {head}: {facts} and {lines} lines"
        ));
        let is_due = {
            let mut state = self.state.lock().unwrap();
            let before = state.decisions / LOOK_EVERY;
            state.decisions += accepted.len() as u64;
            state.decisions / LOOK_EVERY > before && state.broken.is_none()
        };
        if !is_due {
            return;
        }
        let look = promises::kept_so_far(self).now_or_never();
        if let Err(how) = look.expect("memory answers at once") {
            self.broken(how);
        }
    }

    /// Changes time and weather as the seed says, for ever.
    pub(super) async fn go_on(self: Arc<Self>) {
        loop {
            sleep(Duration::from_secs(1)).await;
            let weather = self.weather();
            if self.dice.chance(weather.jump) {
                let ahead = self.dice.one_of(&[2, 10, 30, 120, 700]);
                let ahead = self.dice.millis(ahead * 500, ahead * 1_000);
                self.time.jump(ahead);
                self.say(format_args!("time jumps ahead by {ahead:?}"));
            }
            if self.dice.chance(weather.skew) {
                let skew = i64::try_from(self.dice.below(3_000)).unwrap() - 1_500;
                self.time.skew(skew);
                self.say(format_args!("the shop's clock is {skew} ms ahead"));
            }
            if self.dice.chance(weather.outage) {
                let port = self
                    .dice
                    .one_of(&["begin", "finish", "rows", "journal", "the bank"]);
                self.say(format_args!("outage: {port}"));
                self.state.lock().unwrap().outage = Some(port);
                sleep(self.dice.millis(500, 6_000)).await;
                self.state.lock().unwrap().outage = None;
            }
        }
    }
}

/// A fact's name, without what it says.
fn name_of(what: &What) -> String {
    let told = format!("{what:?}");
    let end = told.find(|c: char| !c.is_alphanumeric()).unwrap_or(told.len());
    told[..end].to_owned()
}

fn onlooker(memory: &Memory, time: &Arc<WorldTime>, seed: u64) -> Context {
    Context::new(
        memory.clone(),
        ShopClock(Arc::clone(time)),
        SeededEntropy::new(seed),
    )
}

impl Hall {
    async fn on_sale(memory: &Memory, time: &Arc<WorldTime>, dice: &Dice) -> Self {
        let (rows, seats_a_row) = (3 + dice.below(3), 8 + dice.below(4));
        let mut csv = vec!["zone,row,seat,grade".to_owned()];
        for row in 0..rows {
            let (name, grade) = (name_of_row(row), if row == 0 { "R" } else { "S" });
            csv.extend((1..=seats_a_row).map(|seat| format!("Stalls,{name},{seat},{grade}")));
        }
        let new = NewEvent::single("Recital", "2026-12-24T10:00:00Z")
            .plan(Plan::from_csv(csv.join("\n")).unwrap())
            .price("R", "adult", Won(55_000))
            .price("S", "adult", Won(33_335));
        let cx = onlooker(memory, time, dice.throw());
        let staff = Caller::system("simulation");
        let event = create_event(&cx, &staff, terms(new, dice)).await.unwrap();
        publish(&cx, &staff, event.id).await.unwrap();
        Self {
            event,
            rows,
            seats_a_row,
        }
    }

    /// Seats beside each other.
    pub(super) fn seats(&self, dice: &Dice, quantity: u64) -> Vec<String> {
        let row = name_of_row(dice.below(self.rows));
        let first = 1 + dice.below(self.seats_a_row + 1 - quantity);
        let seats = (first..first + quantity).map(|seat| format!("{row}-{seat}"));
        seats.collect()
    }
}

fn name_of_row(row: u64) -> char {
    char::from(b'A' + u8::try_from(row).unwrap())
}

/// Short terms, so that everything that can run out does.
fn terms(mut new: NewEvent, dice: &Dice) -> NewEvent {
    let seconds = |from, to| Duration::from_secs(from + dice.below(to - from));
    new.test = true;
    new.policy.hold = seconds(8, 25);
    new.policy.pay_within = new.policy.hold + seconds(1, 15);
    new.policy.claim = seconds(3, 10);
    new.policy.pass = seconds(20, 60);
    new.policy.payment_tries = 3;
    // Some refunds cost a fee, some do not.
    new.policy.free_within = seconds(0, 120);
    let sale = &mut new.sales[0];
    sale.limits = SaleLimits {
        per_order: 4,
        per_person: 5,
    };
    sale.queue = QueueSettings {
        mode: dice.one_of(&[QueueMode::Auto, QueueMode::Auto, QueueMode::Auto, QueueMode::Off]),
        capacity: dice.one_of(&[2, 4, 8]),
        per_minute: dice.one_of(&[30, 120, 600]),
    };
    new
}

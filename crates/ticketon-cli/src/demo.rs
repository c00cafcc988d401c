//! A whole sale on this machine, from the opening to the report.
//!
//! The shop is a child process behind real HTTP, or one of each role twice; the buyers, the payment provider's sandbox and the report live here.
//! What is checked at the end is the store that the child wrote and the ledger that the sandbox wrote.

pub(crate) mod breaks;
mod buyer;
mod child;
mod company;
mod crowd;
mod dice;
mod doors;
pub(crate) mod engines;
mod house;
mod killer;
mod report;
mod request;
mod screen;
mod sold;
mod stage;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use ticketon_core::entropy::Entropy as _;
use ticketon_core::row::Table;
use ticketon_core::store::Reads as _;
use ticketon_core::verify::Basis;
use ticketon_core::{NewEvent, Plan, Timestamp, Won};
use ticketon_server::adapter::system::SystemEntropy;
use ticketon_server::client::Client;
use ticketon_server::data_folder::DataFolder;
use ticketon_server::pay::sandbox::Latency;
use ticketon_server::sandbox::RunningSandbox;
use ticketon_server::settings::loopback;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use self::breaks::Break;
use self::buyer::{Bought, Ending, Person, Scene};
use self::company::Company;
use self::crowd::{Buyer, crowd, latecomers};
use self::doors::Doors;
use self::engines::Engines;
use self::house::{House, prepare};
use self::killer::Killer;
use self::report::{Figures, Outcome, latencies, promises};
use self::screen::Screen;
use self::sold::Sold;
use self::stage::Stage;
use self::tally::Tally;
use crate::beside::Beside;
use crate::console::{Console, Paint};
use crate::failure::Failure;
use crate::limits;

pub(crate) use self::house::settings as house_settings;
pub(crate) use self::report::{promises_table, violations};

/// What is to be shown.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    /// What is sold.
    pub(crate) event: NewEvent,
    /// Where.
    pub(crate) plan: Plan,
    /// How many come.
    pub(crate) buyers: u32,
    /// What chance follows from.
    pub(crate) seed: u64,
    /// How often the server is killed.
    pub(crate) kills: u32,
    /// Which safeguard is taken away.
    pub(crate) without: Option<Break>,
    /// Real engines to sell on, instead of a server's own.
    pub(crate) engines: Option<Engines>,
    /// Whether the shop stays up afterwards.
    pub(crate) keep: bool,
    /// How to see it again.
    pub(crate) command: String,
}

/// The provider's usual time for a confirm.
const SANDBOX_MEDIAN: Duration = Duration::from_millis(200);
/// Buyers look for the outcome of a payment for this long, where outcomes come.
const OUTCOME_WITHIN: Duration = Duration::from_mins(1);
/// And for this long where they do not.
const NO_OUTCOME_AFTER: Duration = Duration::from_secs(3);

/// Runs a demo to its report.
pub(crate) async fn run(console: Console, plot: Plot) -> Result<Outcome, Failure> {
    let screen = Screen::on(console);
    screen.say(format_args!(
        "Ticketon demo, seed {}. Temporary folder, free ports, sandbox payments: no money moves, nothing is left behind.\n",
        plot.seed
    ));
    let folder = tempfile::Builder::new()
        .prefix("ticketon-demo-")
        .tempdir()
        .map_err(Failure::unexpected)?;
    let latency = Latency::seeded(plot.seed, SANDBOX_MEDIAN);
    let ledger = DataFolder::ledger_in(folder.path());
    let sandbox = RunningSandbox::start(&ledger, loopback(0), latency).await;
    let sandbox = sandbox.map_err(Failure::unexpected)?;
    let Some(engines) = &plot.engines else {
        let stage = Stage::of_one(folder.path(), sandbox.url(), plot.without)?;
        return put_on(console, &screen, &plot, &stage).await;
    };
    let name = format!("ticketon_demo_{}", std::process::id());
    let own = engines.with_database(&name).await?;
    let stage = Stage::of_roles(folder.path(), sandbox.url(), own)?;
    let outcome = put_on(console, &screen, &plot, &stage).await;
    engines.drop_database(&name).await?;
    screen.say(format_args!(
        "left behind: the topics `{name}.…` in Kafka, and a room in Redis, which forgets it"
    ));
    outcome
}

/// Puts the play on a stage.
async fn put_on(console: Console, screen: &Screen, plot: &Plot, stage: &Stage) -> Result<Outcome, Failure> {
    let settings = stage.settings()?;
    let house = prepare(&settings, plot.event.clone(), plot.plan.clone(), plot.buyers).await?;
    if let Some(without) = plot.without {
        without.prepare(stage.folder()).await?;
    }
    introduce(screen, plot, &house, stage);
    let company = Company::start(&stage.recipes).await?;
    let play = Play { screen, plot, stage };
    let (outcome, company) = play.perform(house, company).await?;
    if plot.keep {
        stay_up(screen, stage, &outcome, console).await?;
    }
    company.stop().await?;
    Ok(outcome)
}

fn introduce(screen: &Screen, plot: &Plot, house: &House, stage: &Stage) {
    let hall = &house.hall;
    let prices: Vec<String> = hall
        .prices
        .iter()
        .map(|(name, amount)| format!("{} {amount}", name.split('/').next().unwrap_or(name)))
        .collect();
    screen.say(format_args!(
        "  hall      {}: {} seats in {} zones    {}",
        hall.name,
        grouped(hall.seats.len() as u64),
        hall.zones,
        prices.join("  ")
    ));
    screen.say(format_args!(
        "  server    {}    sandbox {}",
        stage.shown(),
        stage.sandbox
    ));
    screen.say(format_args!(
        "  buyers    {}: 1 in 3 clicks twice, 5 % declined, 4 % close the tab, 2 % lose the answer after the charge",
        grouped(plot.buyers.into())
    ));
    if let Some(without) = plot.without {
        screen.say(format_args!(
            "  without   {}: {}",
            without.name(),
            without.is_without()
        ));
    }
    screen.say("");
}

/// One performance of the play.
struct Play<'a> {
    screen: &'a Screen,
    plot: &'a Plot,
    stage: &'a Stage,
}

impl Play<'_> {
    async fn perform(&self, house: House, company: Company) -> Result<(Outcome, Company), Failure> {
        let shop = self.stage.doors()?;
        let tally = Arc::new(Tally::opening_now());
        self.screen.event(Duration::ZERO, "the sale opens");
        let has_outcomes = self
            .plot
            .without
            .is_none_or(|without| !without.leaves_payments_open());
        let scene = Arc::new(Scene {
            hall: house.hall,
            window: Doors::one(Client::to(&self.stage.sandbox, limits::WINDOW_CONNECTIONS)?),
            tally: Arc::clone(&tally),
            streams: Semaphore::new(limits::STREAMS_MAX),
            waits_for_outcome: if has_outcomes {
                OUTCOME_WITHIN
            } else {
                NO_OUTCOME_AFTER
            },
        });
        let cast = Cast {
            scene: Arc::clone(&scene),
            shop: shop.clone(),
            tokens: house.tokens,
        };
        let buyers = crowd(self.plot.seed, self.plot.buyers, scene.hall.per_order);
        let killer = Killer::new(
            self.plot.seed,
            self.plot.kills,
            scene.hall.seats.len(),
            self.plot.buyers,
        );

        let live = cast.play(buyers.clone());
        let (evening, company) = self.watch(live, killer, company, &scene, &shop).await?;
        let sold_in = tally.opened.elapsed();
        self.tell_sold_out(&tally);
        self.give_back(&cast, &buyers, &evening).await;
        self.wait_for_quiet(&tally, has_outcomes).await?;
        let outcome = self.look(&scene, sold_in).await?;
        self.screen.end();
        Ok((outcome, company))
    }

    /// Shows the sale while it runs, and kills the server when its moments come.
    async fn watch(
        &self,
        mut live: JoinSet<Ending>,
        mut killer: Killer,
        mut company: Company,
        scene: &Scene,
        shop: &Doors,
    ) -> Result<(Vec<Ending>, Company), Failure> {
        let mut endings = Vec::new();
        let mut sold = Sold::default();
        let mut tick = tokio::time::interval(Duration::from_millis(200));
        loop {
            tokio::select! {
                ended = live.join_next() => match ended {
                    Some(ended) => endings.push(ended.map_err(Failure::unexpected)?),
                    None => return Ok((endings, company)),
                },
                failure = company.ended() => return Err(failure),
                _ = tick.tick() => {
                    sold.look(shop, scene).await;
                    self.screen.draw(&sold.moment(scene, self.plot.buyers));
                }
            }
            if let Some(dead_for) = killer.next_kill(scene.tally.seats_paid.get()) {
                let (who, away) = company.kill_next(dead_for).await?;
                self.screen.event(
                    scene.tally.opened.elapsed(),
                    format_args!(
                        "the {who} was killed (kill -9); it answers again after {} ms",
                        away.as_millis()
                    ),
                );
            }
        }
    }

    fn tell_sold_out(&self, tally: &Tally) {
        let told = tally.all_told();
        let Some(first) = told.first() else {
            let after = tally.opened.elapsed();
            return self.screen.event(after, "everybody has been served");
        };
        let mut ways = Vec::new();
        if let Some((count, within)) = told.by_stream() {
            ways.push(format!(
                "{} by their stream within {} ms",
                grouped(count as u64),
                within.as_millis()
            ));
        }
        if let Some((count, within)) = told.by_asking() {
            ways.push(format!(
                "{} when they asked next, within {} ms",
                grouped(count as u64),
                within.as_millis()
            ));
        }
        let told_count = grouped(told.count() as u64);
        let line = format!(
            "sold out: {told_count} people still waiting were told: {}",
            ways.join(", ")
        );
        self.screen.event(first.duration_since(tally.opened), line);
    }

    /// Some give a ticket back, and latecomers buy those seats.
    async fn give_back(&self, cast: &Cast, buyers: &[Buyer], evening: &[Ending]) {
        let mut givers = JoinSet::new();
        for bought in evening.iter().flat_map(bought).filter(|bought| bought.gives_back) {
            let Some(buyer) = buyers.get(bought.buyer as usize) else {
                continue;
            };
            let person = cast.person(buyer.clone());
            let bought = bought.clone();
            givers.spawn(async move { person.give_back(&bought).await });
        }
        givers.join_all().await;
        let tally = &cast.scene.tally;
        let refunds = u32::try_from(tally.refunds.get()).unwrap_or(u32::MAX);
        let sold_before = tally.seats_paid.get();
        let late = latecomers(self.plot.seed, self.plot.buyers, refunds);
        cast.play(late).join_all().await;
        tally.sold_again.add(tally.seats_paid.get() - sold_before);
        let line = format!(
            "{} refunds: {} back, {} fees by the event's table; {} seats sold again to latecomers",
            grouped(tally.refunds.get()),
            won(tally.refunded_won.get()),
            won(tally.fees_won.get()),
            grouped(tally.sold_again.get())
        );
        self.screen.event(tally.opened.elapsed(), line);
    }

    /// Waits until no payment is without outcome and no refund without answer; not for ever.
    async fn wait_for_quiet(&self, tally: &Tally, has_outcomes: bool) -> Result<(), Failure> {
        let beside = self.stage.beside().await?;
        let within = if has_outcomes {
            limits::QUIET_WITHIN
        } else {
            Duration::from_secs(6)
        };
        let until = Instant::now() + within;
        while is_busy(&beside).await? && Instant::now() < until {
            sleep(Duration::from_millis(100)).await;
        }
        let (lost, found) = (tally.answers_lost.get(), tally.answers_found.get());
        let line = format!(
            "{} of {} payments whose answer was lost are settled and have tickets",
            grouped(found),
            grouped(lost)
        );
        self.screen.event(tally.opened.elapsed(), line);
        Ok(())
    }

    /// Checks every promise beside the server, and gathers the figures.
    async fn look(&self, scene: &Scene, sold_in: Duration) -> Result<Outcome, Failure> {
        let beside = self.stage.beside().await?;
        let basis = self.plot.without.map_or_else(Basis::default, Break::basis);
        let report = beside.check(basis).await?;
        let books =
            ticketon_server::verify::books_of(&DataFolder::ledger_in(self.stage.folder()), beside.now())?;
        let accounts = || books.accounts.values();
        let taken: Won = accounts().flat_map(|account| account.taken.iter().copied()).sum();
        let given_back: Won = accounts()
            .flat_map(|account| account.given_back.iter().copied())
            .sum();
        let tally = &scene.tally;
        let figures = Figures {
            seats: scene.hall.seats.len() as u64,
            buyers: self.plot.buyers.into(),
            sold: sold::in_store(&beside.reads, scene.hall.performance).await?,
            paid: tally.paid.get(),
            refunded: tally.refunds.get(),
            declined: tally.declined.get(),
            abandoned: tally.abandoned.get(),
            paid_won: taken,
            refunded_won: given_back,
            duration_ms: u64::try_from(tally.opened.elapsed().as_millis()).unwrap_or(u64::MAX),
            sales_per_s: per_second(tally.paid.get(), sold_in),
            latency_ms: latencies(tally),
            promises: promises(&report),
        };
        Ok(Outcome {
            command: self.plot.command.clone(),
            without: self.plot.without,
            figures,
            seat_taken: tally.seat_taken.get(),
            asked_again: tally.asked_again.get() + tally.told_later.get(),
            double_clicks: tally.double_clicks.get(),
            report,
            complaints: tally.complaints(),
        })
    }
}

/// Whoever may act as a buyer.
struct Cast {
    scene: Arc<Scene>,
    shop: Doors,
    tokens: Vec<String>,
}

impl Cast {
    fn person(&self, buyer: Buyer) -> Person {
        let token = self.tokens.get(buyer.number as usize);
        let shop = self.shop.bearing(token.map_or("", String::as_str));
        Person::new(Arc::clone(&self.scene), shop, buyer)
    }

    fn play(&self, buyers: Vec<Buyer>) -> JoinSet<Ending> {
        let mut live = JoinSet::new();
        for buyer in buyers {
            live.spawn(self.person(buyer).live());
        }
        live
    }
}

/// Whether the provider is being asked about anything.
async fn is_busy(beside: &Beside) -> Result<bool, Failure> {
    let far = Timestamp::from_millis(i64::MAX / 2);
    let payments = beside.reads.due(Table::Payment, far, 1).await?;
    let refunds = beside.reads.due(Table::Refund, far, 1).await?;
    Ok(!payments.is_empty() || !refunds.is_empty())
}

async fn stay_up(screen: &Screen, stage: &Stage, outcome: &Outcome, console: Console) -> Result<(), Failure> {
    screen.end();
    console.data(&outcome.figures, || outcome.human(Paint::of_stdout()))?;
    console.say(format_args!(
        "\nStill up: server {}, payment window {}. Press Ctrl-C to end it.",
        stage.shown(),
        stage.sandbox
    ));
    tokio::signal::ctrl_c().await.map_err(Failure::unexpected)
}

fn bought(ending: &Ending) -> &[Bought] {
    match ending {
        Ending::Bought(bought) => bought,
        Ending::ToldSoldOut | Ending::LeftEmpty | Ending::ClosedTab => &[],
    }
}

fn won(amount: u64) -> Won {
    Won(i64::try_from(amount).unwrap_or(i64::MAX))
}

fn per_second(count: u64, time: Duration) -> f64 {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let rate = f64::from(count) / time.as_secs_f64().max(0.001);
    (rate * 10.0).round() / 10.0
}

/// A number as people read it: `3,000`.
pub(crate) fn grouped(number: u64) -> String {
    Won(i64::try_from(number).unwrap_or(i64::MAX))
        .to_string()
        .replace('₩', "")
}

/// A seed for who gives none.
pub(crate) fn any_seed() -> u64 {
    let mut bytes = [0; 2];
    SystemEntropy.fill(&mut bytes);
    u16::from_le_bytes(bytes).into()
}

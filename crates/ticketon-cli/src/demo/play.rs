//! The play itself: the crowd comes, the hall sells out, some give back, and at the end everything is looked at.

use std::sync::Arc;
use std::time::Duration;

use ticketon_core::row::Table;
use ticketon_core::store::Reads as _;
use ticketon_core::verify::Basis;
use ticketon_core::{Timestamp, Won};
use ticketon_server::client::Client;
use ticketon_server::data_folder::DataFolder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::breaks::Break;
use super::buyer::{Bought, Ending, Scene};
use super::cast::Cast;
use super::company::Company;
use super::crowd::{Buyer, crowd, latecomers};
use super::doors::Doors;
use super::house::House;
use super::interruption::Interruptions;
use super::killer::Killer;
use super::report::{Figures, Outcome, latencies, promises};
use super::screen::Screen;
use super::sold::{self, Sold};
use super::stage::Stage;
use super::tally::Tally;
use super::{Plot, grouped};
use crate::beside::Beside;
use crate::failure::Failure;
use crate::limits;

/// One performance of the play.
pub(super) struct Play<'a> {
    pub(super) screen: &'a Screen,
    pub(super) plot: &'a Plot,
    pub(super) stage: &'a Stage,
}

impl Play<'_> {
    /// Plays it; says what it came to.
    pub(super) async fn perform(
        &self,
        house: House,
        company: Company,
    ) -> Result<(Outcome, Company), Failure> {
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
                limits::OUTCOME_WITHIN
            } else {
                limits::NO_OUTCOME_AFTER
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
        let hall = scene.hall.seats.len();
        let mut interruptions = Interruptions::new(&self.plot.interruptions, hall, self.plot.buyers);
        let mut tick = tokio::time::interval(limits::DRAWN_EVERY);
        loop {
            tokio::select! {
                ended = live.join_next() => {
                    let Some(ended) = ended else {
                        interruptions.complain(&scene.tally);
                        return Ok((endings, company));
                    };
                    endings.push(ended.map_err(Failure::unexpected)?);
                }
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
            if let Some(command) = interruptions.next(scene.tally.seats_paid.get()) {
                let line = interruptions.run(command, &scene.tally).await?;
                self.screen.event(scene.tally.opened.elapsed(), line);
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
            limits::QUIET_WITHOUT_OUTCOMES
        };
        let until = Instant::now() + within;
        while is_busy(&beside).await? && Instant::now() < until {
            sleep(limits::QUIET_POLLED).await;
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

/// Whether the provider is being asked about anything.
async fn is_busy(beside: &Beside) -> Result<bool, Failure> {
    let far = Timestamp::from_millis(i64::MAX / 2);
    let payments = beside.reads.due(Table::Payment, far, 1).await?;
    let refunds = beside.reads.due(Table::Refund, far, 1).await?;
    Ok(!payments.is_empty() || !refunds.is_empty())
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

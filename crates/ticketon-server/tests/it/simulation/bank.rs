//! The provider: the Toss sandbox's state machine without its HTTP, behind a line that loses answers. What reached it
//! it finishes, whether or not anybody still listens; its books are what the shop's are compared with.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ticketon_pay::sandbox::{
    Answer, Begun, Books, Card, Delivery, Finished, Open, Request, Sandbox, Timestamp,
};
use ticketon_pay::{
    Attempt, Call, Code, Judged, Keys, LookedUp, OrderId, OurFault, Outcome, PaymentKey, Refund,
    RefundOutcome, Reply, Unknown, Won,
};
use ticketon_server::provider::Provider;
use tokio::time::{Instant, sleep};

use super::Sabotage;
use super::port::Port;
use super::world::World;

/// Longer than any client waits.
const TOO_LATE: Duration = Duration::from_secs(61);

/// The provider's own side.
pub(super) struct Bank {
    sandbox: Mutex<Sandbox>,
    books: Mutex<Books>,
    cancels: Mutex<u32>,
}

/// The shop's side: what a process calls.
pub(super) struct Line(pub(super) Port);

impl Bank {
    pub(super) fn new() -> Self {
        Self {
            sandbox: Mutex::new(Sandbox::new(&Keys::sandbox())),
            books: Mutex::default(),
            cancels: Mutex::default(),
        }
    }

    pub(super) fn books(&self) -> Books {
        self.books.lock().unwrap().clone()
    }

    /// The buyer types a card's number into the payment window.
    pub(super) fn window(
        &self,
        world: &World,
        order_id: &str,
        amount: i64,
        card: Card,
    ) -> Result<String, Code> {
        let open = Open {
            order_id: OrderId::new(order_id).unwrap(),
            amount: Won(amount),
            order_name: "tickets".to_owned(),
            card: Some(card.number().to_owned()),
        };
        let opened = self
            .sandbox
            .lock()
            .unwrap()
            .open(open, now(world), world.dice.throw())?;
        Ok(opened.payment_key.as_str().to_owned())
    }

    /// A call is worked on to its end.
    async fn serve(world: &World, call: Call) -> Answer {
        let request = Request::of(call, &Keys::sandbox());
        let begun = world
            .bank
            .sandbox
            .lock()
            .unwrap()
            .begin(request, now(world), world.dice.throw());
        let running = match begun {
            Begun::Answered(answer) => return answer,
            Begun::Running(running) => running,
        };
        sleep(world.dice.millis(20, 300) + running.slowness()).await;
        let Finished { answer, record } = world.bank.sandbox.lock().unwrap().finish(running, now(world));
        if let Some(record) = record {
            world.bank.books.lock().unwrap().enter(record);
        }
        answer
    }

    /// Every cancel under a key that it was never sent with before.
    fn with_a_fresh_key(&self, refund: &Refund) -> Refund {
        let mut cancels = self.cancels.lock().unwrap();
        *cancels += 1;
        refund.clone().numbered(*cancels)
    }
}

fn now(world: &World) -> Timestamp {
    Timestamp::from_millisecond(world.time.now().as_millis()).unwrap()
}

impl Line {
    async fn send(&self, call: Call) -> Result<Reply, Unknown> {
        let world = &self.0.world;
        let path = call.path.clone();
        self.0
            .call("the bank")
            .await
            .map_err(|error| Unknown::NotSent(error.0))?;
        let weather = world.weather();
        if world.dice.chance(weather.refused) {
            world.say(format_args!("bank {path} → 500"));
            return Ok(stumbled());
        }
        let at_the_bank = Arc::clone(world);
        let served = tokio::spawn(async move { Bank::serve(&at_the_bank, call).await });
        let answer = served.await.expect("the bank does not panic");
        world.say(format_args!("bank {path} → {}", answer.status));
        match answer.delivery {
            Delivery::Prompt => {}
            Delivery::Cut => return Err(Unknown::NoAnswer("cut".to_owned())),
            Delivery::Late => {
                sleep(TOO_LATE).await;
                return Err(Unknown::NoAnswer("timed out".to_owned()));
            }
        }
        let heard = self.0.answer("the bank").await;
        heard.map_err(|error| Unknown::NoAnswer(error.0))?;
        Ok(answer.reply())
    }

    async fn look_up(&self, call: Call) -> LookedUp {
        match self.send(call).await {
            Ok(reply) => LookedUp::from_reply(&reply),
            Err(unknown) => LookedUp::Unknown(unknown),
        }
    }
}

fn stumbled() -> Reply {
    Reply {
        status: 500,
        body: br#"{"code":"FAILED_INTERNAL_SYSTEM_PROCESSING","message":"try again"}"#.to_vec(),
    }
}

/// Call by call what the real client does, over this line.
#[async_trait]
impl Provider for Line {
    async fn confirm(&self, attempt: &Attempt, key: &PaymentKey) -> Outcome {
        match self.send(attempt.confirm(key)).await {
            Ok(reply) => attempt.judge_reply(&reply),
            Err(unknown) => Outcome::Unknown(unknown),
        }
    }

    async fn settle(&self, attempt: &Attempt, at_most: Duration) -> Outcome {
        let end = Instant::now() + at_most;
        let mut pause = Duration::from_millis(200);
        loop {
            let looked_up = self.look_up(Call::look_up(attempt.order_id())).await;
            let unknown = match attempt.judge(looked_up) {
                Judged::Settled(outcome) => return outcome,
                Judged::AskLater(unknown) => unknown,
                Judged::ConfirmAgain(key) => match self.confirm(attempt, &key).await {
                    Outcome::Unknown(unknown) => unknown,
                    Outcome::OurFault(OurFault::Refused { code, message }) => {
                        Unknown::Unclear { code, message }
                    }
                    outcome => return outcome,
                },
            };
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Outcome::Unknown(unknown);
            }
            sleep(pause.min(left)).await;
            pause *= 2;
        }
    }

    async fn cancel(&self, refund: &Refund) -> RefundOutcome {
        let world = &self.0.world;
        let refund = match world.sabotage {
            Some(Sabotage::CancelKeysAreFresh) => &world.bank.with_a_fresh_key(refund),
            _ => refund,
        };
        let reply = match self.send(refund.cancel()).await {
            Ok(reply) => reply,
            Err(unknown) => return RefundOutcome::Unknown(unknown),
        };
        match refund.judge_reply(&reply) {
            RefundOutcome::Unknown(Unknown::Unclear { code, message }) => {
                let looked_up = self.look_up(Call::look_up_payment(refund.payment_key())).await;
                match looked_up {
                    LookedUp::Found(payment) if code == Code::AlreadyCanceledPayment => {
                        refund.judge_already_cancelled(code, message, &payment)
                    }
                    _ => RefundOutcome::Unknown(Unknown::Unclear { code, message }),
                }
            }
            outcome => outcome,
        }
    }

    fn is_live(&self) -> bool {
        false
    }
    fn client_key(&self) -> &'static str {
        "test_ck_simulation"
    }
}

//! Asking the provider: in a task that the shop owns, so that no closed connection ends it.

mod health;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Shared, join_all};
use ticketon_core::ids::OrderId;
use ticketon_core::limits::LOOK_UP_AFTER;
use ticketon_core::payment::{Payment, PaymentState, Refund};
use ticketon_core::purchase::Purchase;
use ticketon_core::row::{RowId, Table};
use ticketon_core::store::Freshness;
use ticketon_core::{
    Begun, Caller, Code, Context, RefundAnswer, Refusal, Timestamp, Won, begin_payment, postpone_look_up,
    settle_payment, settle_refund,
};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use ticketon_pay::Outcome;

use self::health::Health;
use crate::limits;
use crate::metrics::Calls;
use crate::provider::{self, Measured, Provider};

/// The payments that this process is asking the provider about.
#[derive(Clone)]
pub struct Payments {
    cx: Context,
    provider: Arc<dyn Provider>,
    calls: Calls,
    health: Arc<Health>,
    running: Arc<Mutex<BTreeMap<OrderId, Asking>>>,
}

/// Ready once the provider has been asked. Whoever waits goes on in the order of coming, which a `watch` does not
/// promise and a simulation needs.
type Asking = Shared<oneshot::Receiver<()>>;

impl Payments {
    /// Over a context and a provider.
    pub fn new(cx: Context, provider: Arc<dyn Provider>) -> Self {
        let calls = Calls::default();
        Self {
            cx,
            provider: Arc::new(Measured::new(provider, calls.clone())),
            calls,
            health: Arc::default(),
            running: Arc::default(),
        }
    }

    /// What names the shop to the provider's window; no secret.
    pub fn client_key(&self) -> &str {
        self.provider.client_key()
    }

    /// Refuses a new attempt that could not be paid: the [wrong money](Self::check_money), or a provider that does not
    /// answer.
    pub fn check_payable(&self, is_test: bool) -> Result<(), Refusal> {
        self.check_money(is_test)?;
        match self.health.rests_for(self.cx.now()) {
            Some(rest) => Err(Refusal::new(
                Code::ProviderUnavailable,
                "the payment provider does not answer: your seats are kept, try again in a moment",
            )
            .after(rest)),
            None => Ok(()),
        }
    }

    /// Refuses money that is none of the event's: play money for a real one, real money for a test.
    pub fn check_money(&self, is_test: bool) -> Result<(), Refusal> {
        match (is_test, self.provider.is_live()) {
            (true, true) => Err(Refusal::new(
                Code::ProviderMismatch,
                "this is a test event and the shop takes real money: set test keys of the payment provider, or make it \
                 a real event (`test = false`)",
            )),
            (false, false) => Err(Refusal::new(
                Code::ProviderMismatch,
                "this event is real and the shop takes play money: set `toss.base_url` and live keys, or make it a test \
                 event (`test = true`)",
            )),
            (true, false) | (false, true) => Ok(()),
        }
    }

    /// Begins paying, or joins whoever did, and waits for the outcome for at most `wait`. Answers the payment
    /// as it stands then; nothing begins where it is not [payable](Self::check_payable).
    pub async fn confirm(
        &self,
        caller: &Caller,
        order_id: &OrderId,
        payment_key: &str,
        amount: Won,
        wait: Duration,
    ) -> Result<Payment, Refusal> {
        let key = provider::payment_key(payment_key)?;
        self.check_attempt(order_id).await?;
        match begin_payment(&self.cx, caller, order_id, key.as_str(), amount).await? {
            Begun::Ask(payment) => self.ask(payment),
            Begun::Asking(_) => {}
            Begun::Settled(payment) => return Ok(payment),
        }
        self.outcome(order_id, wait).await
    }

    /// The payment once its outcome is known, or as it stands after `wait`. Who asks the provider may be this
    /// process, may be just about to, or may be another one.
    async fn outcome(&self, order_id: &OrderId, wait: Duration) -> Result<Payment, Refusal> {
        let until = Instant::now() + wait;
        let mut freshness = Freshness::Cached;
        loop {
            if let Some(asking) = self.asking(order_id) {
                // Done, gone or too late: what stands in the store says which.
                let _ = timeout_at(until, asking).await;
            }
            let payment = self.cx.load::<Payment>((order_id.clone(),), freshness).await?;
            let (payment, _) = payment.ok_or_else(|| Refusal::not_found("payment", order_id))?;
            if !matches!(payment.state, PaymentState::Approving(_)) || Instant::now() >= until {
                return Ok(payment);
            }
            sleep_until(until.min(Instant::now() + limits::OUTCOME_POLLED)).await;
            freshness = Freshness::Fresh;
        }
    }

    /// What was asked of the provider.
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// How long no new attempt begins, because the provider does not answer.
    pub(crate) fn rests_for(&self, now: Timestamp) -> Duration {
        self.health.rests_for(now).unwrap_or_default()
    }

    /// About how many this process is asking.
    pub(crate) fn running(&self) -> usize {
        self.lock().len()
    }

    /// Whether this process is asking about nothing.
    pub fn is_idle(&self) -> bool {
        self.lock().is_empty()
    }

    /// Ready once this process is asking about nothing.
    pub async fn idle(&self) {
        while !self.is_idle() {
            sleep(limits::DRAIN_POLLED).await;
        }
    }

    /// Looks up what is due, a bounded number at once; answers how many were looked up.
    pub async fn look_up_due(&self) -> Result<usize, Refusal> {
        let due = self
            .cx
            .reads
            .due(Table::Payment, self.cx.now(), limits::LOOK_UPS_AT_ONCE)
            .await?;
        self.look_up_all(due).await
    }

    /// Looks up at once what a process that died was asking about, instead of when its time has come: `LOOK_UP_AFTER`
    /// is for a process that lives. Where another one does live, the provider is asked twice, which charges once.
    pub async fn look_up_left_behind(&self) -> Result<usize, Refusal> {
        let soon = self.cx.now() + LOOK_UP_AFTER;
        let due = self
            .cx
            .reads
            .due(Table::Payment, soon, limits::LEFT_BEHIND_MAX)
            .await?;
        let mut looked_up = 0;
        for due in due.chunks(limits::LOOK_UPS_AT_ONCE) {
            looked_up += self.look_up_all(due.to_vec()).await?;
        }
        Ok(looked_up)
    }

    /// Asks for the refunds that are due, a bounded number at once; answers how many were asked for.
    pub async fn refund_due(&self) -> Result<usize, Refusal> {
        let due = self
            .cx
            .reads
            .due(Table::Refund, self.cx.now(), limits::REFUNDS_AT_ONCE)
            .await?;
        let refunds = self.cx.load_all::<Refund>(due, Freshness::Fresh).await?;
        let asked = refunds
            .into_iter()
            .flatten()
            .map(|(refund, _)| self.give_back(refund));
        Ok(join_all(asked).await.len())
    }

    /// Money that a shop should not take is not taken, even where the attempt was made before its keys changed.
    async fn check_attempt(&self, order_id: &OrderId) -> Result<(), Refusal> {
        let payment = self
            .cx
            .load::<Payment>((order_id.clone(),), Freshness::Cached)
            .await?;
        let Some((payment, _)) = payment else {
            return Err(Refusal::not_found("payment", order_id));
        };
        if payment.state != PaymentState::Ready {
            return Ok(());
        }
        match self
            .cx
            .load::<Purchase>((payment.purchase,), Freshness::Cached)
            .await?
        {
            Some((purchase, _)) => self.check_payable(purchase.test),
            None => Err(Refusal::not_found("payment", order_id)),
        }
    }

    async fn look_up_all(&self, due: Vec<RowId>) -> Result<usize, Refusal> {
        let payments = self.cx.load_all::<Payment>(due, Freshness::Fresh).await?;
        let look_ups = payments
            .into_iter()
            .flatten()
            .map(|(payment, _)| self.look_up(payment));
        Ok(join_all(look_ups).await.len())
    }

    fn ask(&self, payment: Payment) {
        let (done, asking) = oneshot::channel();
        self.lock().insert(payment.order_id.clone(), asking.shared());
        let payments = self.clone();
        tokio::spawn(async move {
            if let Err(refusal) = payments.charge(&payment).await {
                tracing::error!(payment.order_id = %payment.order_id, "could not settle a payment: {refusal}");
            }
            payments.lock().remove(&payment.order_id);
            // Who no longer waits has gone away.
            done.send(()).ok();
        });
    }

    fn asking(&self, order_id: &OrderId) -> Option<Asking> {
        self.lock().get(order_id).cloned()
    }

    /// Charges, and settles what came of it; what nobody knows after half a minute is left to the worker.
    async fn charge(&self, payment: &Payment) -> Result<(), Refusal> {
        let (attempt, key) = provider::question(payment)?;
        let mut outcome = self.provider.confirm(&attempt, &key).await;
        self.health
            .note(!matches!(outcome, Outcome::Unknown(_)), self.cx.now());
        if let Outcome::Unknown(why) = &outcome {
            tracing::warn!(payment.order_id = %payment.order_id, "no clear answer, looking up: {why}");
            outcome = self.provider.settle(&attempt, limits::SETTLED_BY_REQUEST).await;
        }
        self.settle(payment, outcome).await.map(drop)
    }

    /// What could not be settled is put off, whatever the reason: a row that stays due would keep the others from
    /// being looked up.
    async fn look_up(&self, payment: Payment) {
        let order_id = &payment.order_id;
        match self.try_look_up(&payment).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(refusal) => {
                tracing::error!(payment.order_id = %order_id, "could not look up a payment: {refusal}");
            }
        }
        if let Err(refusal) = postpone_look_up(&self.cx, order_id, limits::LOOKED_UP_AGAIN).await {
            tracing::error!(payment.order_id = %order_id, "could not put a look-up off: {refusal}");
        }
    }

    async fn try_look_up(&self, payment: &Payment) -> Result<bool, Refusal> {
        let attempt = provider::attempt(payment)?;
        let asked = self.provider.settle(&attempt, limits::SETTLED_BY_LOOK_UP);
        let Ok(outcome) = timeout(limits::PROVIDER_ANSWERS_WORKER, asked).await else {
            tracing::warn!(payment.order_id = %payment.order_id, "a look-up was not answered in time");
            return Ok(false);
        };
        self.settle(payment, outcome).await
    }

    async fn settle(&self, payment: &Payment, outcome: Outcome) -> Result<bool, Refusal> {
        let Some(settled) = provider::settled(payment, outcome, self.cx.now()) else {
            return Ok(false);
        };
        settle_payment(&self.cx, payment.purchase, settled).await?;
        Ok(true)
    }

    /// What could not be asked or settled is put off, as [look-ups](Self::look_up) are.
    async fn give_back(&self, refund: Refund) {
        let Err(refusal) = self.try_give_back(&refund).await else {
            return;
        };
        tracing::error!(refund.id = %refund.id, "could not settle a refund: {refusal}");
        if let Err(refusal) = settle_refund(&self.cx, refund.id, RefundAnswer::AskAgain).await {
            tracing::error!(refund.id = %refund.id, "could not put a refund off: {refusal}");
        }
    }

    async fn try_give_back(&self, refund: &Refund) -> Result<(), Refusal> {
        let question = provider::refund_question(refund)?;
        let asked = self.provider.cancel(&question);
        let answer = if let Ok(outcome) = timeout(limits::PROVIDER_ANSWERS_WORKER, asked).await {
            provider::refund_answer(refund, outcome)
        } else {
            tracing::warn!(refund.id = %refund.id, "a refund was not answered in time");
            RefundAnswer::AskAgain
        };
        settle_refund(&self.cx, refund.id, answer).await.map(drop)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<OrderId, Asking>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

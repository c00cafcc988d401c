//! Every operation of the shop in one table: the router and the interface's description are made of it.

use axum::Router;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use ticketon_core::{Code, Refusal};

use super::problem::Refused;
use super::{
    Http, audit, auth, batch, bus, events, health, holds, jwks, metrics, openapi, organizations, payments,
    performances, purchases, queue, sales, stream, tickets, users,
};
use crate::roles::{Role, Roles};

/// An operation of the shop.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    /// The handler's name in this crate.
    pub(super) name: &'static str,
    pub(super) who: Who,
    /// What it does, for people.
    pub(super) summary: &'static str,
    /// What can be said in the query.
    pub(super) query: &'static [&'static str],
    /// Which headers it heeds, besides those that every operation does.
    pub(super) heeds: &'static [&'static str],
    /// The name of the body that it takes.
    pub(super) takes: Option<&'static str>,
    /// Status and name of the body of each answer that is no refusal.
    pub(super) gives: &'static [(u16, &'static str)],
    /// Why it may refuse, besides what every operation like it may refuse for.
    pub(super) refuses: &'static [Code],
    handler: MethodRouter<Http>,
}

/// Who may ask at all; what they may see and do, the use cases say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Whoever comes.
    Anyone,
    /// Whoever is logged in.
    User,
}

macro_rules! routes {
    ($(
        $method:ident $path:literal $handler:path, $who:ident, $summary:literal $(, [$($query:literal),*])?
        $(heeds $($header:literal),+;)?
        $(takes $takes:ident)?
        gives $($status:literal $gives:ident),+
        $(refuses $($code:ident)|+)?;
    )*) => {
        vec![$(Operation {
            method: Method::$method,
            path: $path,
            name: stringify!($handler),
            who: Who::$who,
            summary: $summary,
            query: &[$($($query),*)?],
            heeds: &[$($($header),+)?],
            takes: None$(.or(Some(stringify!($takes))))?,
            gives: &[$(($status, stringify!($gives))),+],
            refuses: &[$($(Code::$code),+)?],
            handler: on(MethodFilter::$method, $handler),
        }),*]
    };
}

/// Every operation, in the order in which a reader wants them.
#[expect(
    clippy::too_many_lines,
    reason = "it is a table, and its lines are read one by one"
)]
pub(super) fn table() -> Vec<Operation> {
    routes! {
        POST "/api/v1/auth/register" auth::register::handler, Anyone, "Make an account and log in"
            takes NewAccount gives 201 Login refuses EmailTaken | Suspended;
        POST "/api/v1/auth/login" auth::login::handler, Anyone, "Log in"
            takes Credentials gives 200 Login refuses BadCredentials | Suspended;
        POST "/api/v1/auth/refresh" auth::refresh::handler, Anyone, "Another access token, by the cookie of a login"
            heeds "Cookie"; gives 200 Login refuses TokenReused | Suspended;
        POST "/api/v1/auth/logout" auth::logout::handler, Anyone, "Log out"
            heeds "Cookie"; gives 204 Nothing;
        GET "/api/v1/users/me" users::me::handler, User, "What is known of the caller"
            gives 200 User refuses NotFound;
        PATCH "/api/v1/users/me" users::change::handler, User, "Change name or birth date"
            takes UserChange gives 200 Login refuses NotFound;
        POST "/api/v1/admin/users" users::create::handler, User, "Make an account for somebody else"
            heeds "Ticketon-Reason"; takes NewAccount gives 201 User refuses Forbidden | EmailTaken;
        GET "/api/v1/admin/audit" audit::handler, User, "What somebody may have to answer for, the newest first", ["event", "organization", "user", "since", "limit", "cursor"]
            gives 200 AuditPage refuses Forbidden | NotFound;
        POST "/api/v1/organizations" organizations::create::handler, User, "Make an organization"
            heeds "Ticketon-Reason"; takes NewOrganization gives 201 Organization refuses Forbidden | SlugTaken;
        PUT "/api/v1/organizations/{organization}/members/{user}" organizations::members::put, User, "Give a user a role in an organization"
            heeds "Ticketon-Reason"; takes Membership gives 200 Member refuses Forbidden;
        DELETE "/api/v1/organizations/{organization}/members/{user}" organizations::members::delete, User, "Take a user's role in an organization away"
            heeds "Ticketon-Reason"; gives 200 Member refuses Forbidden;
        GET "/api/v1/events" events::list::handler, Anyone, "Look through events", ["keyword", "state", "sort", "limit", "cursor"]
            heeds "If-None-Match"; gives 200 EventPage, 304 Nothing;
        POST "/api/v1/events" events::create::handler, User, "Draft an event: its file as JSON"
            heeds "Ticketon-Reason"; takes NewEvent gives 201 Event refuses Forbidden | NotFound | SlugTaken;
        GET "/api/v1/events/{event}" events::show::handler, Anyone, "An event with its dates, prices and sales"
            heeds "If-None-Match"; gives 200 Event, 304 Nothing;
        PUT "/api/v1/events/{event}" events::apply::handler, User, "Make an event what its file says: draft it, or change it", ["dry_run"]
            heeds "Ticketon-Reason"; takes NewEvent gives 200 Applied, 201 Applied refuses Forbidden | NotFound | SlugTaken | CannotChange | NotReady;
        DELETE "/api/v1/events/{event}" events::delete::handler, User, "Take a draft away; its slug is free"
            heeds "Ticketon-Reason"; gives 200 DeletedEvent refuses Forbidden | NotADraft;
        POST "/api/v1/events/{event}/publish" events::publish::handler, User, "Put a draft on the shelf"
            heeds "Ticketon-Reason"; gives 200 Event refuses Forbidden | NotReady | ProviderMismatch;
        GET "/api/v1/events/{event}/performances" events::performances::handler, Anyone, "The dates of an event"
            gives 200 PerformancePage;
        GET "/api/v1/events/{event}/sales" events::sales::handler, Anyone, "The sales of an event, and where each stands"
            gives 200 SalePage;
        GET "/api/v1/performances/{performance}/seat-plan" performances::seat_plan::handler, Anyone, "The seat plan of a performance"
            heeds "If-None-Match"; gives 200 Plan, 304 Nothing;
        PUT "/api/v1/performances/{performance}/seat-plan" performances::seed::handler, User, "Seed the seats of a performance from a plan, as JSON or as text/csv"
            heeds "Ticketon-Reason"; takes Plan gives 200 Seeded refuses Forbidden | PlanInvalid | PlanDiffers | NotADraft;
        GET "/api/v1/performances/{performance}/seats" performances::seats::handler, Anyone, "Which seats are free, two bits a seat in base64"
            heeds "If-None-Match"; gives 200 Seats, 304 Nothing;
        POST "/api/v1/events/{event}/queue" queue::enter::handler, User, "Enter the queue, or find one's place again"
            heeds "Ticketon-Receipt"; gives 200 Place refuses NotOnSale;
        GET "/api/v1/events/{event}/queue" queue::position::handler, User, "Where one stands; whoever was admitted gets the pass"
            heeds "Ticketon-Receipt"; gives 200 Place refuses NotOnSale;
        DELETE "/api/v1/events/{event}/queue" queue::leave::handler, User, "Give the place or the pass up"
            gives 200 Place refuses NotOnSale;
        GET "/api/v1/sales/{sale}/queue" sales::queue::handler, User, "How a waiting room stands, for whoever runs the sale"
            gives 200 Room refuses Forbidden | NotOnSale | NotReady;
        PATCH "/api/v1/sales/{sale}/queue" sales::change_queue::handler, User, "Admit more or fewer, faster or slower, or nobody for now"
            heeds "If-Match"; takes RoomChange gives 200 Room refuses Forbidden | NotOnSale | NotReady | ChangedMeanwhile;
        POST "/api/v1/sales/{sale}/queue/announce" sales::announce::handler, User, "Tell everybody who waits something"
            takes Announcement gives 200 Room refuses Forbidden | NotOnSale | NotReady;
        POST "/api/v1/performances/{performance}/holds" holds::create::handler, User, "Hold seats by name, or the best there are; takes the header `Ticketon-Pass`"
            heeds "Ticketon-Pass"; takes NewHold gives 201 Hold refuses TooYoung | BirthDateRequired | PassRequired | PassInvalid | PassSpent
                | SeatTaken | NoSeatsLeft | PersonLimit | NotOnSale | SeatUnknown | PriceUnknown | OrderLimit;
        GET "/api/v1/holds/{hold}" holds::show::handler, User, "A hold of one's own"
            gives 200 Hold;
        DELETE "/api/v1/holds/{hold}" holds::release::handler, User, "Let held seats go; the pass lives on"
            gives 200 Hold refuses HoldTaken;
        POST "/api/v1/purchases" purchases::create::handler, User, "Make a hold an order, with its first payment"
            takes NewPurchase gives 201 Purchase refuses NotFound | HoldEnded | ProviderMismatch | ProviderUnavailable;
        GET "/api/v1/purchases" purchases::list::handler, User, "One's own purchases", ["limit", "cursor"]
            gives 200 PurchasePage;
        GET "/api/v1/purchases/{purchase}" purchases::show::handler, User, "A purchase with its payments, tickets and refunds"
            gives 200 Purchase;
        POST "/api/v1/purchases/{purchase}/payments" purchases::pay::handler, User, "The next attempt at paying"
            takes NewPayment gives 201 Payment refuses PurchaseEnded | PaymentInProgress | NoTriesLeft | ProviderMismatch | ProviderUnavailable;
        POST "/api/v1/purchases/{purchase}/cancel" purchases::cancel::handler, User, "End an order before it is paid; the hold lives on"
            gives 200 Purchase refuses PurchaseEnded | PaymentInProgress;
        GET "/api/v1/purchases/{purchase}/refund-quote" purchases::quote::handler, User, "What giving tickets back would cost now", ["tickets"]
            gives 200 Quote refuses PurchaseEnded | NoRefund | TicketVoid;
        POST "/api/v1/purchases/{purchase}/refunds" purchases::refund::handler, User, "Give tickets back"
            heeds "Ticketon-Reason"; takes NewRefund gives 201 Refund refuses PurchaseEnded | QuoteChanged | NoRefund | TicketVoid;
        POST "/api/v1/refunds/{refund}/retry" purchases::retry_refund::handler, User, "Have the provider asked again for a refund that it refused"
            heeds "Ticketon-Reason"; gives 200 Refund refuses Forbidden;
        POST "/api/v1/payments/{order_id}/confirm" payments::confirm::handler, User, "Pay: what the provider's window gave"
            heeds "Prefer"; takes Confirmation gives 200 Payment, 202 Payment refuses PurchaseEnded | PaymentInProgress | PaymentEnded | AmountMismatch | ProviderMismatch | ProviderUnavailable;
        GET "/api/v1/tickets" tickets::list::handler, User, "One's own tickets", ["limit", "cursor"]
            gives 200 TicketPage;
        GET "/api/v1/tickets/{ticket}" tickets::show::handler, User, "A ticket"
            gives 200 Ticket;
        GET "/api/v1/stream" stream::open::handler, Anyone, "What happens in a queue and on a seat map, as server-sent events", ["queue", "seats", "ticket"]
            heeds "Last-Event-ID"; gives 200 EventStream, 204 Nothing refuses NotFound | NotOnSale;
        POST "/api/v1/stream/tickets" stream::ticket::handler, User, "A ticket that opens one stream, where no header can be sent"
            gives 201 StreamTicket;
        GET "/api/v1/bus" bus::handler, User, "How far facts are published, and what Kafka holds of them"
            gives 200 Bus refuses Forbidden;
        GET "/api/batch/jobs" batch::jobs::handler, User, "The jobs, when each is due and how it went"
            gives 200 JobPage refuses Forbidden;
        POST "/api/batch/jobs/{job}/run" batch::run::handler, User, "Ask for a run of a job"
            heeds "Ticketon-Reason"; takes RunWish gives 202 Run refuses Forbidden | JobRunning;
        GET "/api/batch/jobs/{job}/history" batch::history::handler, User, "The runs of a job, the newest first", ["limit", "cursor"]
            gives 200 RunPage refuses Forbidden;
        POST "/api/batch/analyze/run" batch::analyze::run, User, "Ask for an analysis of the tables"
            heeds "Ticketon-Reason"; takes AnalyzeWish gives 202 Run refuses Forbidden | JobRunning;
        GET "/api/batch/analyze/history" batch::analyze::history, User, "The analyses, the newest first", ["limit", "cursor"]
            gives 200 RunPage refuses Forbidden;
        GET "/api/batch/analyze/stats" batch::stats::handler, User, "What the database counted of its tables, and how far that is from now"
            gives 200 Statistics refuses Forbidden | NotFound;
        GET "/api/batch/health" batch::health::handler, Anyone, "Whether tables can be counted; 503 names the right that is missing"
            gives 200 BatchHealth, 503 BatchHealth;
        GET "/api/batch/runs/{run}" batch::show::handler, User, "A run, and how far it has come"
            gives 200 Run refuses Forbidden;
        GET "/.well-known/jwks.json" jwks::handler, Anyone, "The public keys of tokens and passes"
            gives 200 Jwks;
        GET "/docs" openapi::page::handler, Anyone, "This document, for people"
            gives 200 Docs;
        GET "/openapi.json" openapi::handler, Anyone, "This document"
            gives 200 OpenApi;
        GET "/livez" health::live, Anyone, "Whether the process can still do its work, or must be started again"
            gives 200 Live, 503 Live;
        GET "/readyz" health::ready, Anyone, "Whether requests may be sent here, and if not, because of which part"
            gives 200 Ready, 503 Ready;
        GET "/metrics" metrics::handler, Anyone, "What there is to count, for Prometheus"
            gives 200 Metrics;
    }
}

/// Every operation: method and path.
pub fn operations() -> Vec<(Method, &'static str)> {
    table()
        .into_iter()
        .map(|operation| (operation.method, operation.path))
        .collect()
}

/// Which roles answer there; any of them is enough.
fn roles_at(path: &str) -> &'static [Role] {
    match path {
        "/docs" | "/openapi.json" | "/livez" | "/readyz" | "/metrics" => &Role::ALL,
        "/api/v1/events/{event}/queue" | "/api/v1/stream" | "/api/v1/stream/tickets" => &[Role::Broker],
        // Whoever is asked for a run, a process that runs jobs takes it.
        path if path.starts_with("/api/batch/") => &[Role::App, Role::Batch],
        _ => &[Role::App],
    }
}

/// Whether a path is asked by whoever watches over the process: a probe that is refused because somebody else asked too
/// often would have the process ended in the middle of a sale.
pub(super) fn is_probe(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz")
}

/// Whether an operation may take minutes.
pub(super) fn is_slow(method: &Method, path: &str) -> bool {
    *method == Method::PUT && path == "/api/v1/performances/{performance}/seat-plan"
}

/// Path and method of each operation of these roles.
pub(super) fn names(roles: &Roles) -> Vec<(&'static str, &'static str)> {
    let named = of(roles).map(|operation| (operation.path, method_name(&operation.method)));
    named.collect()
}

/// A method as it is counted; the names of those that nothing answers to are never needed.
pub(super) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "any",
    }
}

/// The operations of these roles.
pub(super) fn router(roles: &Roles) -> Router<Http> {
    let mut router = Router::new();
    for operation in of(roles) {
        router = router.route(operation.path, operation.handler);
    }
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
}

fn of(roles: &Roles) -> impl Iterator<Item = Operation> {
    let is_theirs = |operation: &Operation| roles_at(operation.path).iter().any(|role| roles.has(*role));
    table().into_iter().filter(is_theirs)
}

async fn no_such_path() -> Refused {
    Refusal::new(
        Code::NotFound,
        "there is nothing at this address: see `/openapi.json`",
    )
    .into()
}

async fn no_such_method() -> Refused {
    Refusal::new(
        Code::MethodNotAllowed,
        "this address has other methods: see `Allow`",
    )
    .into()
}

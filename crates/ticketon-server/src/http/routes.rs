//! Every operation of the shop in one table: method, path, handler.

use axum::Router;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use ticketon_core::{Code, Refusal};

use super::problem::Refused;
use super::{
    Http, auth, events, health, holds, jwks, organizations, payments, performances, purchases, queue, sales,
    stream, tickets, users,
};

/// Method, path and handler.
type Route = (Method, &'static str, MethodRouter<Http>);

macro_rules! routes {
    ($($method:ident $path:literal $handler:path;)*) => {
        vec![$((Method::$method, $path, on(MethodFilter::$method, $handler))),*]
    };
}

fn table() -> Vec<Route> {
    routes! {
        POST "/api/v1/auth/register" auth::register::handler;
        POST "/api/v1/auth/login" auth::login::handler;
        POST "/api/v1/auth/refresh" auth::refresh::handler;
        POST "/api/v1/auth/logout" auth::logout::handler;
        GET "/api/v1/users/me" users::me::handler;
        PATCH "/api/v1/users/me" users::change::handler;
        POST "/api/v1/admin/users" users::create::handler;
        POST "/api/v1/organizations" organizations::create::handler;
        PUT "/api/v1/organizations/{organization}/members/{user}" organizations::members::put;
        DELETE "/api/v1/organizations/{organization}/members/{user}" organizations::members::delete;
        GET "/api/v1/events" events::list::handler;
        POST "/api/v1/events" events::create::handler;
        GET "/api/v1/events/{event}" events::show::handler;
        POST "/api/v1/events/{event}/publish" events::publish::handler;
        GET "/api/v1/events/{event}/performances" events::performances::handler;
        GET "/api/v1/events/{event}/sales" events::sales::handler;
        GET "/api/v1/performances/{performance}/seat-plan" performances::seat_plan::handler;
        PUT "/api/v1/performances/{performance}/seat-plan" performances::seed::handler;
        GET "/api/v1/performances/{performance}/seats" performances::seats::handler;
        POST "/api/v1/events/{event}/queue" queue::enter::handler;
        GET "/api/v1/events/{event}/queue" queue::position::handler;
        DELETE "/api/v1/events/{event}/queue" queue::leave::handler;
        GET "/api/v1/sales/{sale}/queue" sales::queue::handler;
        PATCH "/api/v1/sales/{sale}/queue" sales::change_queue::handler;
        POST "/api/v1/sales/{sale}/queue/announce" sales::announce::handler;
        POST "/api/v1/performances/{performance}/holds" holds::create::handler;
        GET "/api/v1/holds/{hold}" holds::show::handler;
        DELETE "/api/v1/holds/{hold}" holds::release::handler;
        POST "/api/v1/purchases" purchases::create::handler;
        GET "/api/v1/purchases" purchases::list::handler;
        GET "/api/v1/purchases/{purchase}" purchases::show::handler;
        POST "/api/v1/purchases/{purchase}/payments" purchases::pay::handler;
        POST "/api/v1/purchases/{purchase}/cancel" purchases::cancel::handler;
        GET "/api/v1/purchases/{purchase}/refund-quote" purchases::quote::handler;
        POST "/api/v1/purchases/{purchase}/refunds" purchases::refund::handler;
        POST "/api/v1/refunds/{refund}/retry" purchases::retry_refund::handler;
        POST "/api/v1/payments/{order_id}/confirm" payments::confirm::handler;
        GET "/api/v1/tickets" tickets::list::handler;
        GET "/api/v1/tickets/{ticket}" tickets::show::handler;
        GET "/api/v1/stream" stream::open::handler;
        POST "/api/v1/stream/tickets" stream::ticket::handler;
        GET "/.well-known/jwks.json" jwks::handler;
        GET "/livez" health::live;
        GET "/readyz" health::ready;
    }
}

/// Every operation: method and path.
pub fn operations() -> Vec<(Method, &'static str)> {
    table()
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect()
}

/// Whether an operation may take minutes.
pub(super) fn is_slow(method: &Method, path: &str) -> bool {
    *method == Method::PUT && path == "/api/v1/performances/{performance}/seat-plan"
}

pub(super) fn router() -> Router<Http> {
    let mut router = Router::new();
    for (_, path, handler) in table() {
        router = router.route(path, handler);
    }
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
}

async fn no_such_path() -> Refused {
    Refusal::new(
        Code::NotFound,
        "there is nothing at this address: see the list of operations",
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

//! The API's client: what the commands and the demo's buyers call the shop with.
//!
//! Two transports, one meaning: HTTP/1.1 over connections that are kept alive and counted, or a router of this
//! process, called without a socket. An answer is an answer, whatever its status; an error means that there is
//! none, and says whether the request may have been heard. Nothing is sent twice here: who calls knows what may
//! be repeated.

mod answer;
mod events;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, Method, Request, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower::ServiceExt as _;

pub use answer::{Answer, CallError, Field, Problem};
pub use events::{Event, Events};

use crate::limits;

/// Calls the API, as somebody. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    token: Option<HeaderValue>,
    /// Why whatever it asks for is done.
    reason: Option<HeaderValue>,
}

#[derive(Clone)]
enum Transport {
    Http(Http),
    InProcess(Router),
}

#[derive(Clone)]
struct Http {
    base_url: Arc<str>,
    connections: reqwest::Client,
    slots: Arc<Semaphore>,
}

/// A URL that no client can be made for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of a shop: write it as `http://127.0.0.1:8080`")]
pub struct BadAddress(String);

impl Client {
    /// For a shop at an address (scheme, host and port), over at most so many connections; who calls while all
    /// are busy waits.
    pub fn to(base_url: &str, connections_max: usize) -> Result<Self, BadAddress> {
        let bad = || BadAddress(base_url.to_owned());
        let url = reqwest::Url::parse(base_url).map_err(|_| bad())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(bad());
        }
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let mut http = reqwest::Client::builder()
            .connect_timeout(limits::CLIENT_CONNECTS_WITHIN)
            .pool_max_idle_per_host(connections_max)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true);
        if is_here {
            http = http.no_proxy();
        }
        Ok(Self {
            transport: Transport::Http(Http {
                base_url: base_url.trim_end_matches('/').into(),
                connections: http.build().map_err(|_| bad())?,
                slots: Arc::new(Semaphore::new(connections_max)),
            }),
            token: None,
            reason: None,
        })
    }

    /// For a shop in this process.
    pub fn within(router: Router) -> Self {
        Self {
            transport: Transport::InProcess(router),
            token: None,
            reason: None,
        }
    }

    /// The same client as the bearer of a token. A token that no header can carry is no token.
    #[must_use]
    pub fn bearing(&self, token: &str) -> Self {
        let token = HeaderValue::from_str(&format!("Bearer {token}")).ok();
        Self {
            token: token.map(|mut token| {
                token.set_sensitive(true);
                token
            }),
            ..self.clone()
        }
    }

    /// The same client with a reason for all that it has done, which the audit trail keeps.
    #[must_use]
    pub fn because(&self, reason: &str) -> Self {
        let encoded = utf8_percent_encode(reason, NON_ALPHANUMERIC).to_string();
        Self {
            reason: HeaderValue::from_str(&encoded).ok(),
            ..self.clone()
        }
    }

    /// A GET of a path, its query included.
    pub fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::GET, path)
    }

    /// A POST to a path.
    pub fn post(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::POST, path)
    }

    /// A PUT to a path.
    pub fn put(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::PUT, path)
    }

    /// A PATCH of a path.
    pub fn patch(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    /// A DELETE of a path.
    pub fn delete(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    fn call(&self, method: Method, path: impl Into<String>) -> Call<'_> {
        Call {
            client: self,
            method,
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
            within: limits::CLIENT_ANSWERED_WITHIN,
        }
    }
}

/// A request in the making.
#[must_use = "a call does nothing until it is sent"]
pub struct Call<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
    within: Duration,
}

impl Call<'_> {
    /// With a body.
    ///
    /// # Panics
    /// If `body` is not JSON: requests are plain structs, whose keys are texts.
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a request is a plain struct");
        self.body("application/json", body)
    }

    /// With a body of some type.
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// With a header. A name that is none is left out.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Ok(name) = HeaderName::try_from(name) {
            self.headers.push((name, value.into()));
        }
        self
    }

    /// With a key of its own, so that its repeat hears the first answer.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Waits so long for the answer.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// Sends it, and reads the whole answer.
    pub async fn send(self) -> Result<Answer, CallError> {
        let within = self.within;
        let answered = async {
            let (response, _slot) = self.begin().await?;
            Answer::read(response).await
        };
        timeout(within, answered)
            .await
            .map_err(|_| CallError::TooLate(within))?
    }

    /// Sends it, and reads the answer as a stream of events that may never end.
    pub async fn listen(self) -> Result<Result<Events, Answer>, CallError> {
        let within = self.within;
        let begun = timeout(within, self.header("accept", "text/event-stream").begin()).await;
        let (response, slot) = begun.map_err(|_| CallError::TooLate(within))??;
        if response.status().is_success() {
            Ok(Ok(Events::new(response.into_body(), slot)))
        } else {
            Ok(Err(Answer::read(response).await?))
        }
    }

    async fn begin(self) -> Result<(Response<Body>, Option<OwnedSemaphorePermit>), CallError> {
        let base_url = match &self.client.transport {
            Transport::Http(http) => &*http.base_url,
            Transport::InProcess(_) => "",
        };
        let mut request = Request::builder()
            .method(self.method)
            .uri(format!("{base_url}{}", self.path));
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(token) = &self.client.token {
            request = request.header(AUTHORIZATION, token);
        }
        if let Some(reason) = &self.client.reason {
            request = request.header("ticketon-reason", reason);
        }
        let request = request
            .body(self.body)
            .map_err(|error| CallError::NotARequest(error.to_string()))?;
        match &self.client.transport {
            Transport::Http(http) => http.send(request).await,
            Transport::InProcess(router) => {
                let response = router.clone().oneshot(request.map(Body::from)).await;
                response
                    .map(|response| (response, None))
                    .map_err(|impossible| match impossible {})
            }
        }
    }
}

impl Http {
    async fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> Result<(Response<Body>, Option<OwnedSemaphorePermit>), CallError> {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let slot = slot.map_err(|error| CallError::Broken(error.to_string()))?;
        let request = reqwest::Request::try_from(request);
        let request = request.map_err(|error| CallError::NotARequest(error.to_string()))?;
        let response = self
            .connections
            .execute(request)
            .await
            .map_err(|error| failed(&error))?;
        Ok((Response::from(response).map(Body::new), Some(slot)))
    }
}

fn failed(error: &reqwest::Error) -> CallError {
    let why = reason(error);
    if error.is_connect() {
        CallError::Unreachable(why)
    } else {
        CallError::Broken(why)
    }
}

/// The innermost reason, which is the one that helps: *connection refused*, not *error sending request*.
fn reason(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = match &self.transport {
            Transport::Http(http) => &*http.base_url,
            Transport::InProcess(_) => "this process",
        };
        f.debug_struct("Client").field("to", &to).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};

    use super::*;

    fn shop() -> Router {
        Router::new()
            .route("/echo", post(|body: String| async move { body }))
            .route(
                "/busy",
                get(|| async {
                    (
                        axum::http::StatusCode::SERVICE_UNAVAILABLE,
                        [("retry-after", "2")],
                    )
                }),
            )
            .route(
                "/stream",
                get(|| async { "event: admitted\ndata: {}\n\n: still there\n\n" }),
            )
    }

    #[tokio::test]
    async fn an_answer_is_an_answer_whatever_its_status() {
        let client = Client::within(shop());
        let answer = client.post("/echo").json(&["hello"]).send().await.unwrap();
        assert_eq!((answer.status, &*answer.body), (200, b"[\"hello\"]".as_slice()));
        let busy = client.get("/busy").send().await.unwrap();
        assert_eq!(busy.retry_after, Some(Duration::from_secs(2)));
    }

    #[tokio::test]
    async fn events_are_read_one_by_one() {
        let client = Client::within(shop());
        let mut events = client.get("/stream").listen().await.unwrap().unwrap();
        let event = events.next().await.unwrap().unwrap();
        assert_eq!((event.name.as_str(), event.data.as_str()), ("admitted", "{}"));
        assert!(events.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn nobody_at_home_is_told_from_a_lost_answer() {
        let client = Client::to("http://127.0.0.1:9", 1).unwrap();
        let error = client.get("/").send().await.unwrap_err();
        assert!(matches!(error, CallError::Unreachable(_)), "{error}");
        assert!(Client::to("127.0.0.1:8080", 1).is_err());
    }
}

//! One kept-alive HTTP/1.1 connection, by the library that every Rust client is built on.

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::request::Builder;
use axum::http::{Method, Request};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use std::net::SocketAddr;
use tokio::net::TcpStream;

use crate::Outcome;

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 * 1_024;

/// A connection to one server.
pub(crate) struct Connection {
    requests: SendRequest<Body>,
    host: String,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the connection; what went wrong is told to the request that waits.
        tokio::spawn(connection);
        Ok(Self {
            requests,
            host: address.to_string(),
        })
    }

    /// The head of a request.
    pub(crate) fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, "application/json")
    }

    /// Sends one request and reads its whole answer, which must be a good one.
    pub(crate) async fn send(&mut self, head: Builder, body: impl Into<Body>) -> Outcome<Vec<u8>> {
        let request = head.body(body.into())?;
        self.requests.ready().await?;
        let response = self.requests.send_request(request).await?;
        let status = response.status();
        let answer = to_bytes(Body::new(response.into_body()), ANSWER_BYTES_MAX).await?;
        if status.is_success() {
            Ok(answer.into())
        } else {
            Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into())
        }
    }

    /// The same, and what the answer says.
    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, head: Builder, body: String) -> Outcome<T> {
        Ok(serde_json::from_slice(&self.send(head, body).await?)?)
    }
}

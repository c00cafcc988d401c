//! The yardstick: an axum server that says hello, asked by the same client.

use std::net::SocketAddr;

use axum::http::Method;
use axum::http::header::USER_AGENT;
use tokio::net::TcpListener;

use crate::Outcome;
use crate::connection::Connection;
use crate::spent::{Spent, Start};

/// What the clients send to a server that only says hello.
pub(crate) async fn say_hello(connections: usize) -> Outcome<Spent> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = axum::Router::new().route("/", axum::routing::get(|| async { "hello world" }));
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let spent = ask(address, "/", connections, 200_000).await;
    server.abort();
    spent
}

/// Asks for the same over and over, each connection as a browser of its own.
pub(crate) async fn ask(
    address: SocketAddr,
    path: &'static str,
    connections: usize,
    requests: usize,
) -> Outcome<Spent> {
    let start = Start::now();
    let each = requests / connections;
    let clients: Vec<_> = (0..connections)
        .map(|number| {
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await?;
                let browser = format!("bench/{number}");
                for _ in 0..each {
                    let head = connection.request(Method::GET, path).header(USER_AGENT, &browser);
                    connection.send(head, "").await?;
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for client in clients {
        client.await??;
    }
    Ok(start.spent_on(each * connections))
}

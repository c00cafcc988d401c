//! Everything that takes the server's parts together; one binary, because linking takes longest.

#[cfg(test)]
mod access;
#[cfg(test)]
mod accounts;
#[cfg(test)]
mod analyzing;
#[cfg(test)]
mod auditing;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod database;
#[cfg(test)]
mod dispatching;
#[cfg(test)]
mod health;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod members;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod on_kafka;
#[cfg(test)]
mod on_mysql_and_on_redis;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod redis;
#[cfg(test)]
mod replaying;
#[cfg(test)]
mod selling;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod sqlite;
#[cfg(test)]
mod support;
#[cfg(test)]
mod views;

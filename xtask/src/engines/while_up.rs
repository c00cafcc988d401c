//! A run that needs engines, and leaves them as it found them.

use super::home::Home;
use super::up::{self, Wish};
use super::{down, engine::Engine};
use crate::failure::Failure;

/// Runs something while these engines are up, and hands it the variables in which tests look for them. Engines that were
/// not up before are not up afterwards, however it ends; one that is interrupted leaves them to `cargo xtask down`.
pub(crate) fn while_up<T>(
    engines: &[Engine],
    run: impl FnOnce(&[(&str, &str)]) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (ready, failure) = up::ensure(&Wish::of(engines))?;
    let addresses: Vec<_> = ready
        .iter()
        .map(|ready| (ready.engine.variable(), ready.url.as_str()))
        .collect();
    let outcome = failure.and_then(|()| run(&addresses));
    let started: Vec<Engine> = ready
        .iter()
        .filter(|ready| ready.was_started)
        .map(|ready| ready.engine)
        .collect();
    let stopped = stop(&started);
    let outcome = outcome?;
    stopped?;
    Ok(outcome)
}

fn stop(engines: &[Engine]) -> Result<(), Failure> {
    let (home, _lock) = Home::entered()?;
    engines.iter().try_for_each(|engine| down::stop(*engine, &home))
}

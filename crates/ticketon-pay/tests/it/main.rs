//! The crate from outside: the sandbox as a state machine, behind HTTP with the real client and with a
//! foreign one, and its ledger.

#[cfg(test)]
mod client;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod machine;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod support;

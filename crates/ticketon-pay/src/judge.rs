//! From what the provider said to what it means. Pure, and the same for the client and for a simulation.
//!
//! Promises: *paid* only if the order and the amount that were asked have been charged; *not charged* only
//! from a payment that was aborted, has expired or does not exist; whatever is not understood is *unknown*.

mod charge;
mod look_up;
mod refund;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use crate::call::Reply;
use crate::code::Code;
use crate::outcome::Unknown;
use crate::payment::Payment;

pub use charge::Judged;

/// A reply, read once.
enum Read {
    Payment(Box<Payment>),
    Refusal { code: Code, message: String },
    Unknown(Unknown),
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
    #[serde(default)]
    message: String,
}

fn read(reply: &Reply) -> Read {
    let read = match reply.status {
        200..300 => serde_json::from_slice(&reply.body).map(|payment| Read::Payment(Box::new(payment))),
        _ => serde_json::from_slice(&reply.body).map(|error| refusal(reply.status, error)),
    };
    read.unwrap_or_else(|error| {
        Read::Unknown(Unknown::Unreadable {
            status: reply.status,
            reason: error.to_string(),
        })
    })
}

/// A server that failed says nothing about the money, whatever its words.
fn refusal(status: u16, ErrorBody { code, message }: ErrorBody) -> Read {
    let code = Code::from(code);
    if status >= 500 {
        Read::Unknown(Unknown::Unclear { code, message })
    } else {
        Read::Refusal { code, message }
    }
}

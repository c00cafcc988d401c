//! The receipt: proof of a place in line. The receipt is the truth of order, the queue only an index over receipts;
//! whoever shows one can be put where they were, even by a queue that has forgotten them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use serde::{Deserialize, Serialize};

use super::Keys;
use crate::entry::{Entry, EntryId, Seq};
use crate::limits::TOKEN_BYTES_MAX;
use crate::names::{RoomName, VisitorName};

/// A place in line that a queue has signed for. Made from an entry, or by checking a signed text; no other way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    pub(crate) room: RoomName,
    pub(crate) epoch: u32,
    pub(crate) seq: Seq,
    pub(crate) entry: EntryId,
    pub(crate) visitor: VisitorName,
}

/// Why a text is no receipt of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReceiptError {
    /// It does not have a receipt's form.
    #[error("the receipt is malformed")]
    Malformed,
    /// It was not signed with these keys, or was changed since.
    #[error("the receipt's signature is wrong")]
    BadSignature,
}

/// What is signed, in this order.
#[derive(Serialize, Deserialize)]
struct Signed(RoomName, u32, Seq, EntryId, VisitorName);

impl Signed {
    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("numbers and texts always have a JSON form")
    }
}

impl Receipt {
    /// The receipt of an entry of a room in its epoch.
    pub fn of(entry: &Entry, room: RoomName, epoch: u32) -> Self {
        Self {
            room,
            epoch,
            seq: entry.seq,
            entry: entry.id,
            visitor: entry.visitor.clone(),
        }
    }

    /// The place's number.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The entry's identity.
    pub fn entry(&self) -> EntryId {
        self.entry
    }
}

impl Keys {
    /// The receipt as text: what it says, a point, the signature.
    pub fn sign_receipt(&self, receipt: &Receipt) -> String {
        let Receipt {
            room,
            epoch,
            seq,
            entry,
            visitor,
        } = receipt.clone();
        let said = Signed(room, epoch, seq, entry, visitor).to_json();
        let mut text = URL_SAFE_NO_PAD.encode(said);
        let signature = self.receipts.clone().chain_update(&text).finalize().into_bytes();
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        text
    }

    /// The receipt that a text is. The signature is compared in constant time before the content is looked at.
    pub fn verify_receipt(&self, text: &str) -> Result<Receipt, ReceiptError> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(ReceiptError::Malformed);
        }
        let (said, signature) = text.split_once('.').ok_or(ReceiptError::Malformed)?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| ReceiptError::Malformed)?;
        self.receipts
            .clone()
            .chain_update(said)
            .verify_slice(&signature)
            .map_err(|_| ReceiptError::BadSignature)?;
        let said = URL_SAFE_NO_PAD
            .decode(said)
            .map_err(|_| ReceiptError::Malformed)?;
        let Signed(room, epoch, seq, entry, visitor) =
            serde_json::from_slice(&said).map_err(|_| ReceiptError::Malformed)?;
        Ok(Receipt {
            room,
            epoch,
            seq,
            entry,
            visitor,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt {
            room: RoomName::parse("opera").unwrap(),
            epoch: 1,
            seq: Seq(17),
            entry: EntryId::from_u128(42),
            visitor: VisitorName::parse("ana").unwrap(),
        }
    }

    #[test]
    fn a_receipt_survives_the_journey() {
        let keys = Keys::from_seed("k1", [7; 32]);
        let text = keys.sign_receipt(&receipt());
        assert_eq!(keys.verify_receipt(&text), Ok(receipt()));
        assert_eq!(keys.sign_receipt(&receipt()), text);
    }

    #[test]
    fn a_receipt_cannot_be_improved() {
        let keys = Keys::from_seed("k1", [7; 32]);
        let better = Receipt {
            seq: Seq(1),
            ..receipt()
        };
        let (said, _) = keys.sign_receipt(&better).split_once('.').map(own).unwrap();
        let (_, signature) = keys.sign_receipt(&receipt()).split_once('.').map(own).unwrap();
        let forged = format!("{said}.{signature}");
        assert_eq!(keys.verify_receipt(&forged), Err(ReceiptError::BadSignature));
    }

    #[test]
    fn other_keys_receipts_are_refused() {
        let theirs = Keys::from_seed("k1", [8; 32]).sign_receipt(&receipt());
        let ours = Keys::from_seed("k1", [7; 32]);
        assert_eq!(ours.verify_receipt(&theirs), Err(ReceiptError::BadSignature));
    }

    #[test]
    fn nonsense_is_malformed() {
        let keys = Keys::from_seed("k1", [7; 32]);
        for text in ["", "abc", "abc.!!", &"a.".repeat(1_000)] {
            assert_eq!(keys.verify_receipt(text), Err(ReceiptError::Malformed), "{text}");
        }
    }

    fn own((left, right): (&str, &str)) -> (String, String) {
        (left.to_owned(), right.to_owned())
    }
}

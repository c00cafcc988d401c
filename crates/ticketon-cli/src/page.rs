//! Lists as the API writes them, page by page.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connection::Connection;
use crate::failure::Failure;

/// A list, or the part of it that was asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Page {
    /// What is in it.
    pub(crate) items: Vec<Value>,
    /// Where the next page begins; none after the last.
    pub(crate) next_cursor: Option<String>,
}

/// The list at an address that has a query: its first page, or all of them in one.
pub(crate) async fn pages(shop: &Connection, address: &str, all: bool) -> Result<Page, Failure> {
    let mut list: Page = shop.done(shop.client().get(address)).await?.json()?;
    while all && let Some(cursor) = &list.next_cursor {
        let next = shop.client().get(format!("{address}&cursor={cursor}"));
        let next: Page = shop.done(next).await?.json()?;
        list.items.extend(next.items);
        list.next_cursor = next.next_cursor;
    }
    Ok(list)
}

/// A text as it stands in a query.
pub(crate) fn written(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn a_text_is_written_so_that_it_ends_no_query() {
        assert_eq!(
            written("ana+1@example.com&x=ü"),
            "ana%2B1%40example.com%26x%3D%C3%BC"
        );
        assert_eq!(written("winter-recital"), "winter-recital");
    }
}

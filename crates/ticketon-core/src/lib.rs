//! What a sale is.

//! The whole shop.

//! A waiting room.

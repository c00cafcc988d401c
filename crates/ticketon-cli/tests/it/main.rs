//! Transcripts of the built program.

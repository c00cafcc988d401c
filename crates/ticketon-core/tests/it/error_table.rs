//! `docs/errors.md` says what the table of codes says. The page is made from the table's own comments; where it differs,
//! `TICKETON_WRITE_DOCS=1 cargo test -p ticketon-core error_table` writes it anew.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use ticketon_core::Code;

const HEAD: &str = "\
# Errors

Every refusal is `application/problem+json` (RFC 9457) with one of these codes. `retryable` says whether the very same
request may succeed later; where it may, 429 and 503 carry `Retry-After`. A refusal has changed nothing. Beside `code` stand
`detail`, which says what to do, `request_id`, and what helps: `fields` names what is wrong where, `taken` and `alternatives`
name seats, `run` the run of a job.

| code | status | retryable | when |
|---|---|---|---|
";

#[test]
fn the_page_says_what_the_table_says() {
    let page = page();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    if env::var_os("TICKETON_WRITE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    assert!(
        written == page,
        "docs/errors.md is not what the table of codes says: run this test with TICKETON_WRITE_DOCS=1"
    );
}

fn page() -> String {
    let source = include_str!("../../src/error.rs");
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let (text, status) = (code.as_str(), code.status());
        let retryable = if code.is_retryable() { "yes" } else { "no" };
        let when = comment_above(source, text);
        writeln!(page, "| `{text}` | {status} | {retryable} | {when} |").unwrap();
    }
    page
}

/// The doc comment of a code's line in the table.
fn comment_above(source: &str, code: &str) -> String {
    let row = format!(" = \"{code}\", ");
    let lines: Vec<&str> = source.lines().collect();
    let at = lines.iter().position(|line| line.contains(&row)).unwrap();
    let comments = lines[..at]
        .iter()
        .rev()
        .map_while(|line| line.trim().strip_prefix("///"));
    let comments: Vec<&str> = comments.map(str::trim).collect();
    comments.into_iter().rev().collect::<Vec<_>>().join(" ")
}

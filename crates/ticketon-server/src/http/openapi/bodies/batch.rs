//! Jobs, and what a database counted.

use serde_json::{Value, json};

use super::super::schema::{
    About as _, answer, count, id, list, maybe, named, one_of, page, text, time, yes_or_no,
};

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("RunWish", run_wish()),
        ("AnalyzeWish", analyze_wish()),
        ("Run", run()),
        ("RunPage", page("Run")),
        ("Job", job()),
        ("JobPage", page("Job")),
        ("TableStatistics", table()),
        (
            "Statistics",
            answer([
                ("items", list(named("TableStatistics"))),
                (
                    "missing",
                    list(text()).about("what the batch user may not do; some figures are missing for that"),
                ),
                ("tells_stale", yes_or_no()),
            ]),
        ),
        (
            "BatchHealth",
            answer([
                ("status", one_of(&["UP", "DOWN"])),
                ("missing", list(text()).about("the rights that are missing")),
                ("because", maybe(text())),
            ]),
        ),
    ]
}

fn run_wish() -> Value {
    json!({
        "type": "object",
        "properties": {"dry_run": yes_or_no()},
        "additionalProperties": true,
        "description": "and what the job itself understands",
    })
}

fn analyze_wish() -> Value {
    json!({
        "type": "object",
        "properties": {
            "dry_run": yes_or_no().about("say only what would be done"),
            "tables": list(text()).about("only these, if any are named"),
            "stale_only": yes_or_no(),
            "during_sale": yes_or_no().about("whatever is sold meanwhile, and then gently"),
        },
        "additionalProperties": false,
    })
}

fn run() -> Value {
    let line = answer([
        ("step", text()),
        ("outcome", one_of(&["ok", "failed", "skipped"])),
        ("message", text()),
        ("took_ms", count()),
    ]);
    answer([
        ("id", id()),
        ("job", text()),
        (
            "state",
            one_of(&["requested", "running", "done", "failed", "died"]),
        ),
        ("reason", maybe(text())),
        ("due", maybe(time()).about("null where somebody asked for it")),
        ("asked_by", maybe(text())),
        ("dry_run", yes_or_no()),
        ("asked", json!({}).about("what was asked of the job")),
        ("process", maybe(text())),
        ("made_at", time()),
        ("started_at", maybe(time())),
        ("ended_at", maybe(time())),
        ("steps", count().about("0 while nobody knows")),
        ("failed", count()),
        ("lines", list(line)),
    ])
}

fn job() -> Value {
    answer([
        ("job", text()),
        ("expression", text().about("when it is due, as cron has it")),
        ("time_zone", text()),
        ("next_due", maybe(time())),
        ("under_way", yes_or_no()),
        ("last_run", maybe(named("Run"))),
    ])
}

fn table() -> Value {
    let kinds = [
        "never_counted",
        "changed",
        "rows_differ",
        "file_outgrew",
        "old",
        "independent_differ",
        "histogram_old",
    ];
    let mut stale = answer([("kind", one_of(&kinds))]);
    stale["additionalProperties"] = true.into();
    answer([
        ("table", text()),
        ("rows", count()),
        ("counted_rows", maybe(count())),
        ("drift_percent", maybe(count())),
        ("changed_rows", maybe(count())),
        ("data_bytes", count()),
        ("index_bytes", count()),
        ("counted_at", maybe(time())),
        (
            "stale",
            maybe(stale).about("why it should be counted again, and the figures that say so"),
        ),
        ("because", maybe(text()).about("`stale` in words")),
    ])
}

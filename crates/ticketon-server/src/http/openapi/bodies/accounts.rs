//! Who there is, and what somebody may have to answer for.

use serde_json::{Value, json};
use ticketon_core::fact::What;

use super::super::schema::{
    About as _, answer, asked, by_name, count, day, id, maybe, named, one_of, page, text, time, yes_or_no,
};

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("NewAccount", new_account()),
        (
            "Credentials",
            asked([("email", text()), ("password", text())], []),
        ),
        ("Login", login()),
        ("User", user()),
        (
            "UserChange",
            asked([], [("name", maybe(text())), ("birth_date", maybe(day()))]),
        ),
        ("NewOrganization", asked([("slug", text()), ("name", text())], [])),
        (
            "Organization",
            answer([("id", id()), ("slug", text()), ("name", text())]),
        ),
        ("Membership", asked([("role", role())], [])),
        (
            "Member",
            answer([("organization", id()), ("user", id()), ("role", maybe(role()))]),
        ),
        ("AuditEntry", audit_entry()),
        ("AuditPage", page("AuditEntry")),
    ]
}

fn new_account() -> Value {
    asked(
        [("email", text()), ("password", text()), ("name", text())],
        [
            (
                "birth_date",
                maybe(day()).about("needed where an event has an age limit"),
            ),
            (
                "is_admin",
                yes_or_no().about("may run the shop; only who runs it may say so"),
            ),
        ],
    )
}

fn login() -> Value {
    answer([
        ("user", named("User")),
        ("access_token", text()),
        ("token_type", one_of(&["Bearer"])),
        ("expires_in", count().about("seconds")),
    ])
}

fn user() -> Value {
    answer([
        ("id", id()),
        ("email", text()),
        ("name", text()),
        ("birth_date", maybe(day())),
        ("roles", by_name(role()).about("by the id of the organization")),
        ("is_admin", yes_or_no()),
        ("made_at", time()),
    ])
}

fn role() -> Value {
    one_of(&["gate", "box_office", "manager", "owner"])
}

fn audit_entry() -> Value {
    let of = |kind: &str| json!({"type": "object", "required": [kind], "properties": {kind: id()}});
    let mut entry = answer([
        ("position", count()),
        ("at", time()),
        (
            "stream",
            json!({"anyOf": [one_of(&["system"]), of("organization"), of("user"), of("event")]}),
        ),
        (
            "name",
            maybe(text()).about("what the stream is called now: a slug or an e-mail address"),
        ),
        (
            "by",
            maybe(text())
                .about("whose act it was: an id; null where the shop did it by itself, or nobody kept it"),
        ),
        ("by_email", maybe(text())),
        (
            "reason",
            maybe(text()).about("why, in their words (`Ticketon-Reason`)"),
        ),
        ("kind", one_of(What::KINDS)),
    ]);
    entry["additionalProperties"] = true.into();
    entry.about("what happened, and the ids and amounts of its kind")
}

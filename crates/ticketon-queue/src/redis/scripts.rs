//! The scripts, each with what all of them begin with. Redis knows a script by its hash once it has seen it.

use std::sync::LazyLock;

use redis::Script;

/// The names of a room's keys, in the order in which the scripts take them.
pub(super) const KEYS: [&str; 8] = [
    "room", "entries", "waiting", "inside", "gone", "blocks", "endings", "pace",
];

/// Every script of the engine.
pub(super) struct Scripts {
    pub(super) open: Script,
    pub(super) enter: Script,
    pub(super) find: Script,
    pub(super) end: Script,
    pub(super) end_pass: Script,
    pub(super) sweep: Script,
    pub(super) admit: Script,
    pub(super) look: Script,
    pub(super) close: Script,
    pub(super) change: Script,
    pub(super) grant: Script,
    pub(super) renew: Script,
    pub(super) audit: Script,
}

pub(super) static SCRIPTS: LazyLock<Scripts> = LazyLock::new(|| Scripts {
    open: Script::new(include_str!("lua/open.lua")),
    enter: admitting(include_str!("lua/enter.lua")),
    find: in_a_room(include_str!("lua/find.lua")),
    end: in_a_room(include_str!("lua/end.lua")),
    end_pass: in_a_room(include_str!("lua/end_pass.lua")),
    sweep: admitting(include_str!("lua/sweep.lua")),
    admit: admitting(include_str!("lua/admit.lua")),
    look: admitting(include_str!("lua/look.lua")),
    close: in_a_room(include_str!("lua/close.lua")),
    change: admitting(include_str!("lua/change.lua")),
    grant: in_a_room(include_str!("lua/grant.lua")),
    renew: in_a_room(include_str!("lua/renew.lua")),
    audit: in_a_room(include_str!("lua/audit.lua")),
});

const ROOM: &str = include_str!("lua/room.lua");
const ADMISSION: &str = include_str!("lua/admission.lua");

fn in_a_room(operation: &str) -> Script {
    Script::new(&[ROOM, operation].concat())
}

fn admitting(operation: &str) -> Script {
    Script::new(&[ROOM, ADMISSION, operation].concat())
}

//! What operators do, one after the other.

use std::time::Duration;

use crate::support::serving::Serving;
use crate::support::{Desk, HALL, RECITAL, example};

#[test]
fn init_makes_a_shop_with_something_to_sell_and_shows_the_password_once() {
    let desk = Desk::empty();
    desk.run(["init"])
        .expect(0)
        .says("a new store in ./ticketon-data")
        .says("password of admin@example.com, shown this once: ")
        .shows("ticketon serve");
    desk.run(["event", "list"])
        .expect(0)
        .says("via the store in ./ticketon-data/ticketon.db as operator:tester@")
        .shows("winter-recital");
    let event = desk
        .run(["event", "show", "winter-recital", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(
        (&event["state"], &event["test"]),
        (&"published".into(), &true.into())
    );
    assert_eq!(event["sale"][0]["phase"], "on_sale");
    desk.run(["event", "show", "winter-recital"])
        .expect(0)
        .shows("+09:00");
    let again = desk
        .run(["init"])
        .expect(3)
        .says("there is a store")
        .says("hint: ticketon user create --admin --email admin@example.com --name Admin");
    assert_eq!(again.out, "");
    desk.run(["--version"]).expect(0).shows("ticketon 0.");
}

#[test]
fn init_fills_a_store_that_is_there_and_empty() {
    let desk = Desk::empty();
    desk.run(["db", "migrate"]).expect(0);
    desk.run(["init"])
        .expect(0)
        .says("the store in ./ticketon-data/ticketon.db, which was empty")
        .says("shown this once");
    let desk = Desk::empty();
    let serving = Serving::start(&desk);
    desk.run(["init"]).expect(0);
    desk.run(["event", "list"]).expect(0).shows("winter-recital");
    serving.stop().expect(0);
}

#[test]
fn an_event_is_drafted_from_its_file_published_and_shown() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"])
        .expect(0)
        .shows("draft")
        .shows("3 seats")
        .says("next: ticketon event publish recital");
    desk.run(["event", "publish", "recital"])
        .expect(0)
        .shows("published");
    desk.run(["event", "publish", "recital"]).expect(0);
    let list = desk
        .run(["event", "list", "--all", "--limit", "1", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let lines = desk.run(["event", "list", "--format", "jsonl"]).expect(0);
    assert_eq!(lines.out.lines().count(), 2);
    desk.run(["seats", "show", "recital"]).expect(0).shows("off sale");
    desk.run(["seats", "show", "recital", "--map"])
        .expect(0)
        .shows("  A ..\n");
}

#[test]
fn a_draft_is_taken_away_once_somebody_says_so() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk.run(["event", "delete", "recital"])
        .expect(2)
        .says("recital  Recital  (play money)")
        .says("take the draft `recital` away? there is nobody to ask: say `--yes`");
    desk.run(["event", "delete", "recital", "--dry-run"])
        .expect(0)
        .shows("3 seats");
    desk.run(["event", "delete", "recital", "--yes"])
        .expect(0)
        .shows("recital is gone, and its slug is free");
    desk.run(["event", "delete", "recital", "--yes"]).expect(4);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk.run(["event", "delete", "winter-recital", "--yes"])
        .expect(3)
        .says("not_a_draft: `winter-recital` is published")
        .says("earlier `closes_at`");
    desk.run(["verify"]).expect(0);
}

#[test]
fn an_event_is_made_and_changed_by_its_file() {
    let desk = Desk::with_shop();
    let apply = ["event", "apply", "-f", "recital.toml"];
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    desk.run(["event", "apply", "-f", "recital.toml", "--dry-run"])
        .expect(0)
        .shows("recital would be drafted\n");
    desk.run(["event", "show", "recital"]).expect(4);
    desk.run(apply)
        .expect(0)
        .shows("recital was drafted\n")
        .says("next: ticketon event publish recital");
    desk.run(["event", "show", "recital"]).expect(0).shows("3 seats");
    desk.run(apply).expect(0).shows("recital is as its file says\n");

    desk.write("recital.toml", RECITAL.replace("55000", "60000"));
    let change = "  price[0].amount: 55000 -> 60000\n";
    desk.run(["event", "apply", "-f", "recital.toml", "--dry-run"])
        .expect(0)
        .shows("recital would be changed\n")
        .shows(change);
    desk.run(apply)
        .expect(0)
        .shows("recital was changed\n")
        .shows(change);
    desk.run(["event", "show", "recital"]).expect(0).shows("₩60,000");
    desk.write("hall.csv", format!("{HALL}Stalls,B,2,S\n"));
    desk.run(apply)
        .expect(3)
        .says("cannot_change: `performance[0].plan`: its seats were seeded from another plan")
        .says("delete the draft and create it again");
    desk.write("hall.csv", HALL);
    desk.run(["event", "publish", "recital"]).expect(0);
    desk.write("recital.toml", RECITAL.replace("2026-12-01T20", "2026-12-02T20"));
    desk.run(apply)
        .expect(3)
        .says("cannot_change: `sale[0].opens_at`: its waiting room was told when it opens");
    desk.write(
        "recital.toml",
        RECITAL.replace("title = \"Recital\"", "title = \"Concert\""),
    );
    desk.run(apply)
        .expect(0)
        .shows("  title: \"Recital\" -> \"Concert\"\n");
    desk.run(["verify"]).expect(0);
}

#[test]
fn a_real_event_stays_a_draft_where_the_shop_takes_play_money() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL.replace("test = true", ""));
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk.run(["event", "publish", "recital"])
        .expect(3)
        .says("provider_mismatch: this event is real and the shop takes play money")
        .says("hint: change `test` in its file");
    desk.run(["event", "show", "recital"]).expect(0).shows("draft");
}

#[test]
fn the_examples_are_accepted() {
    let desk = Desk::empty();
    desk.run(["init"]).expect(0);
    let two = example("events/two-evenings.toml");
    desk.run(["event", "create", "-f", &two])
        .expect(0)
        .shows("presale");
    desk.run(["event", "publish", "two-evenings"]).expect(0);
    desk.run(["seats", "show", "two-evenings"])
        .expect(2)
        .says("`two-evenings` has 2 performances")
        .says("hint: ticketon event show two-evenings");
    let recital = std::fs::read_to_string(example("events/winter-recital.toml")).unwrap();
    let other = recital
        .replace("slug = \"winter-recital\"", "slug = \"winter-recital-2\"")
        .replace("../plans/opera-house.json", &example("plans/opera-house.json"));
    desk.write("other.toml", other);
    desk.run(["event", "create", "-f", "other.toml"]).expect(0);
}

#[test]
fn a_hall_is_seeded_by_itself_and_the_same_plan_again_changes_nothing() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL.replace("plan = \"hall.csv\"", ""));
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"])
        .expect(0)
        .shows("0 seats");
    desk.run(["event", "publish", "recital"])
        .expect(3)
        .says("not_ready");
    desk.run(["seats", "seed", "recital", "--plan", "hall.csv"])
        .expect(0)
        .shows("3 seats added");
    let again = desk.run([
        "seats", "seed", "recital", "--plan", "hall.csv", "--format", "json",
    ]);
    assert_eq!(again.expect(0).json()["added"], 0);
}

#[test]
fn a_user_gets_a_password_that_is_shown_once() {
    let desk = Desk::with_shop();
    let made = desk.run([
        "user",
        "create",
        "--email",
        "ana@example.com",
        "--name",
        "Ana",
        "--format",
        "json",
    ]);
    let made = made
        .expect(0)
        .says("password of ana@example.com, shown this once: ");
    assert_eq!(made.json()["email"], "ana@example.com");
    desk.run(["user", "create", "--email", "ana@example.com", "--name", "Ana"])
        .expect(3)
        .says("email_taken");
}

#[test]
fn the_promises_of_a_fresh_shop_are_kept() {
    let desk = Desk::with_shop();
    let report = desk
        .run(["verify", "--format", "json"])
        .expect(0)
        .says("beside")
        .json();
    assert_eq!(report["promises"]["no_seat_sold_twice"]["broken"], 0);
    assert!(
        report["promises"]["replay_gives_same_state"]["checked"]
            .as_u64()
            .unwrap()
            > 2_000
    );
    desk.run(["verify", "--no-provider"])
        .expect(0)
        .shows("no seat sold twice");
}

#[test]
fn quiet_says_nothing_beside_data_and_errors() {
    let desk = Desk::with_shop();
    let list = desk.run(["event", "list", "--quiet"]).expect(0);
    assert_eq!(list.err, "");
}

#[test]
fn an_organization_has_members() {
    let desk = Desk::with_shop();
    desk.run(["user", "create", "--email", "ana@example.com", "--name", "Ana"])
        .expect(0);
    desk.run(["organization", "create", "opera", "--name", "The Opera"])
        .expect(0)
        .shows("The Opera");
    desk.run(["member", "set", "opera", "ana@example.com", "box_office"])
        .expect(0)
        .shows("ana@example.com is box_office of opera");
    desk.run(["member", "set", "opera", "ana@example.com", "king"])
        .expect(2)
        .says("king");
    desk.run(["member", "remove", "opera", "ana@example.com"])
        .expect(0);
    desk.run(["member", "remove", "opera", "bob@example.com"])
        .expect(4);
}

#[test]
fn a_waiting_room_is_looked_at_and_run() {
    let desk = Desk::with_shop();
    desk.write(
        "recital.toml",
        RECITAL.replace("2026-12-01T20:00:00", "2020-12-01T20:00:00"),
    );
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk.run(["event", "publish", "recital"]).expect(0);
    desk.run(["queue", "status", "recital"])
        .expect(0)
        .shows("0 waiting, 0 of 500 inside");
    desk.run(["queue", "set", "recital/general", "--capacity", "800"])
        .expect(0)
        .says("before: 500 inside at most")
        .shows("0 of 800 inside");
    desk.run(["queue", "pause", "recital"]).expect(0).shows("paused");
    desk.run(["queue", "resume", "recital"])
        .expect(0)
        .shows("nobody waits");
    desk.run(["queue", "announce", "recital", "soon"])
        .expect(0)
        .shows("those who wait are told: soon");
    desk.run(["queue", "status", "recital/presale"])
        .expect(4)
        .says("names no sale");
    desk.run(["queue", "set", "recital", "--capacity", "0"]).expect(2);
}

#[test]
fn one_event_is_verified_by_itself() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    let report = desk
        .run(["verify", "--event", "recital", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(report["promises"]["replay_gives_same_state"]["broken"], 0);
    let since = |at: &str| desk.run(["verify", "--since", at, "--format", "json"]).expect(0);
    let all = since("2020-01-01T00:00:00Z").json();
    assert!(all["promises"]["replay_gives_same_state"]["checked"].as_u64() > Some(0));
    let none = desk.run(["verify", "--since", "2100-01-01T00:00:00Z"]).expect(0);
    none.says("have something open: 0; not checked with `--since`: the others");
    desk.run(["verify", "--since", "yesterday"]).expect(2);
    desk.run(["verify", "--event", "nothing"])
        .expect(4)
        .says("there is no event `nothing`");
}

#[test]
fn the_audit_trail_is_listed_while_a_worker_keeps_it() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    let serving = Serving::start(&desk);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk.run(["event", "publish", "recital"]).expect(0);
    let is_listed = || {
        let list = ["audit", "list", "--event", "recital", "--limit", "1"];
        let list = desk.run(list).expect(0);
        list.out.contains("event_published") && list.err.contains("there are more: ticketon audit list --all")
    };
    for _ in 0..100 {
        if is_listed() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(is_listed());
    let since = [
        "audit",
        "list",
        "--since",
        "2100-01-01T00:00:00Z",
        "--format",
        "jsonl",
    ];
    assert_eq!(desk.run(since).expect(0).out, "");
    desk.run(["audit", "list", "--event", "nothing"]).expect(4);
    desk.run(["audit", "list", "--since", "yesterday"]).expect(2);
    serving.stop().expect(0);
}

#[test]
fn a_store_is_put_into_a_file_and_made_anew_from_it() {
    let desk = Desk::with_shop();
    let status = desk.run(["db", "status", "--format", "json"]).expect(0).json();
    assert_eq!(status["schema"], "current");
    let backup = desk
        .run(["db", "backup", "shop.db", "--format", "json"])
        .expect(0)
        .json();
    assert_eq!(backup["hash"], status["contents"]["hash"]);
    assert!(backup["rows"].as_u64().unwrap() > 2_000, "{backup}");
    desk.run(["db", "backup", "shop.db"])
        .expect(3)
        .says("there is a store at `shop.db`");
    desk.run(["db", "restore", "shop.db"])
        .expect(3)
        .says("there is a store");
    let other = ["--data-dir", "other"];
    desk.run(["db", "restore", "shop.db", other[0], other[1]])
        .expect(0)
        .shows(backup["hash"].as_str().unwrap());
    desk.run(["event", "list", other[0], other[1]])
        .expect(0)
        .shows("winter-recital");
    desk.run(["verify", other[0], other[1]]).expect(0);
    desk.run(["db", "migrate", other[0], other[1]])
        .expect(0)
        .shows("is up to date");
    desk.run(["db", "copy", "--to", "mysql://root@127.0.0.1:1/shop"])
        .expect(5)
        .says("mysql://127.0.0.1:1/shop` does not answer");
    desk.run(["db", "status", "--data-dir", "nowhere"])
        .expect(4)
        .says("there is no store");
}

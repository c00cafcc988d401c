//! What is refused, and what it says: the exit code, the reason, and something to type.

use crate::support::{Desk, HALL, RECITAL, Transcript};

#[test]
fn a_folder_without_a_store_is_no_new_shop() {
    let desk = Desk::empty();
    for arguments in [["event", "list"], ["event", "show"], ["seats", "show"]] {
        let [noun, verb] = arguments;
        let transcript = if verb == "list" {
            desk.run([noun, verb])
        } else {
            desk.run([noun, verb, "recital"])
        };
        transcript
            .expect(4)
            .says("there is no store")
            .says("hint: ticketon init");
    }
    desk.run(["verify"]).expect(4);
    assert_eq!(
        std::fs::read_dir(desk.path()).unwrap().count(),
        0,
        "nothing was made"
    );
}

#[test]
fn what_is_not_there_exits_4() {
    let desk = Desk::with_shop();
    desk.run(["event", "show", "nothing"])
        .expect(4)
        .says("error: not_found")
        .says("hint: ticketon event list");
    desk.run(["event", "publish", "nothing"]).expect(4);
}

#[test]
fn a_slug_is_given_once() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    let again = desk
        .run(["event", "create", "-f", "recital.toml"])
        .expect(3)
        .says("slug_taken");
    assert_eq!(again.out, "");
}

#[test]
fn a_file_that_is_none_is_a_mistake_of_usage() {
    let desk = Desk::with_shop();
    desk.run(["event", "create", "-f", "nowhere.toml"])
        .expect(2)
        .says("`nowhere.toml`");
    desk.write("torn.toml", "slug = \"rec");
    desk.run(["event", "create", "-f", "torn.toml"])
        .expect(2)
        .says("`torn.toml`");
    desk.write("latin.toml", b"title = \"\xe9\"");
    desk.run(["event", "create", "-f", "latin.toml"])
        .expect(2)
        .says("`latin.toml`");
}

#[test]
fn an_event_that_is_none_makes_nothing() {
    let desk = Desk::with_shop();
    desk.write("hall.csv", HALL);
    desk.write("odd.toml", format!("colour = \"red\"\n{RECITAL}"));
    desk.run(["event", "create", "-f", "odd.toml"])
        .expect(2)
        .says("colour");
    let faults = [
        (
            "per_order = 4",
            "`odd.toml`: `sale[0].limits.per_order`: must be a number from 1 to 100, and is `four`",
        ),
        (
            "slug = \"recital\"",
            "`odd.toml`: `slug`: must be 2 to 64 of a-z, 0-9 and `-`, beginning and ending with a letter or digit, and is `My Show`",
        ),
        (
            "amount = 55000",
            "`odd.toml`: `price[0].amount`: -₩1 is not a price: 0 to ₩1,000,000,000",
        ),
    ];
    for (good, said) in faults {
        let event = format!("{RECITAL}limits = {{ per_order = 4 }}\n");
        let bad = match good {
            "per_order = 4" => "per_order = \"four\"",
            "amount = 55000" => "amount = -1",
            _ => "slug = \"My Show\"",
        };
        desk.write("odd.toml", event.replace(good, bad));
        desk.run(["event", "create", "-f", "odd.toml"])
            .expect(2)
            .says(said);
    }
    desk.write("late.toml", RECITAL.replace("2027-02-05T18", "2026-02-05T18"));
    desk.run(["event", "create", "-f", "late.toml"])
        .expect(2)
        .says("closes before it opens");
    desk.write("no-plan.toml", RECITAL.replace("hall.csv", "no-hall.csv"));
    desk.run(["event", "create", "-f", "no-plan.toml"])
        .expect(2)
        .says("no-hall.csv");
    desk.run(["event", "show", "recital"]).expect(4);
}

#[test]
fn a_plan_that_is_none_says_what_is_wrong_where() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL.replace("plan = \"hall.csv\"", ""));
    desk.run(["event", "create", "-f", "recital.toml"]).expect(0);
    desk.write("twice.csv", "zone,row,seat,grade\nStalls,A,1,R\nStalls,A,1,R\n");
    desk.run(["seats", "seed", "recital", "--plan", "twice.csv"])
        .expect(2)
        .says("plan_invalid");
    desk.write("hall.pdf", "no plan");
    desk.run(["seats", "seed", "recital", "--plan", "hall.pdf"])
        .expect(2)
        .says("`.json` or `.csv`");
}

#[test]
fn an_event_whose_plan_is_none_is_not_even_drafted() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", "zone,row,seat,grade\nStalls,A,1,R\nStalls,A,1,R\n");
    desk.run(["event", "create", "-f", "recital.toml"])
        .expect(2)
        .says("hall.csv");
    desk.run(["event", "show", "recital"]).expect(4);
}

#[test]
fn a_setting_that_nobody_knows_is_refused_with_the_nearest() {
    let desk = Desk::with_shop();
    desk.write("ticketon.toml", "[http]\ngatway = \"127.0.0.1:0\"\n");
    desk.run(["event", "list"])
        .expect(2)
        .says("there is no setting `http.gatway`: did you mean `http.gateway`?");
    desk.run(["event", "list", "--config", "other.toml"])
        .expect(2)
        .says("`other.toml`");
}

#[test]
fn a_sandbox_does_not_sell_in_public() {
    let desk = Desk::empty();
    desk.run(["serve", "--listen", "0.0.0.0:0"])
        .expect(2)
        .says("toss.allow_sandbox");
    desk.run(["serve", "--listen", "everywhere"])
        .expect(2)
        .says("--listen");
    assert_eq!(
        std::fs::read_dir(desk.path()).unwrap().count(),
        0,
        "nothing was made"
    );
}

#[test]
fn nobody_at_home_exits_5() {
    let desk = Desk::empty();
    desk.run(["event", "list", "--server", "http://127.0.0.1:9"])
        .expect(5)
        .says("via http://127.0.0.1:9 as anyone")
        .says("hint: ticketon serve");
    desk.run(["event", "list", "--server", "somewhere"])
        .expect(2)
        .says("`somewhere`");
}

#[test]
fn a_mistyped_command_exits_2_and_help_has_an_example() {
    let desk = Desk::empty();
    desk.run(["evnt", "list"]).expect(2).says("event");
    desk.run(["demo", "--buyers", "0"]).expect(2);
    desk.run(["demo", "--break", "everything"])
        .expect(2)
        .says("seat-unique-key");
    desk.run(["demo", "--help"])
        .expect(0)
        .shows("Examples:\n  ticketon demo");
    desk.run(["event", "create", "--help"])
        .expect(0)
        .shows("ticketon event create -f");
}

#[test]
fn a_redis_that_does_not_answer_is_named_and_so_is_one_that_cannot_be() {
    let serve = |queue: &str| {
        let desk = Desk::empty();
        let mut command = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
        let ended = command.env("TICKETON_QUEUE_URL", queue).output().unwrap();
        Transcript::from(ended)
    };
    serve("redis://127.0.0.1:1")
        .expect(5)
        .says("`redis://127.0.0.1:1`")
        .says("`queue.url`");
    serve("valkey://127.0.0.1:1")
        .expect(2)
        .says("`queue.url` is `valkey://127.0.0.1:1`");
}

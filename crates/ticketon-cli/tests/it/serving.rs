//! `serve`: commands find it, and it stops when it is told to.

use crate::support::serving::Serving;
use crate::support::{Desk, HALL, RECITAL};
#[test]
fn commands_go_to_the_serve_that_holds_the_folder_and_it_drains_when_told_to() {
    let desk = Desk::with_shop();
    desk.write("recital.toml", RECITAL);
    desk.write("hall.csv", HALL);
    let serving = Serving::start(&desk);
    desk.run(["event", "create", "-f", "recital.toml"])
        .expect(0)
        .says(&format!("via {} as operator:tester@", serving.url));
    desk.run(["event", "list"]).expect(0).shows("recital");
    desk.run(["verify"]).expect(0);
    let anyone = desk.run(["event", "create", "-f", "recital.toml", "--server", &serving.url]);
    anyone.expect(3).says("login_required");
    let stopped = serving.stop().expect(0);
    assert_eq!(stopped.out, "", "stdout is data");
    desk.run(["event", "list"])
        .expect(0)
        .says("via the store in ./ticketon-data");
}

#[test]
fn a_new_folder_gets_a_new_store_and_serve_says_so() {
    let desk = Desk::empty();
    let serving = Serving::start(&desk);
    desk.run(["event", "list"]).expect(0).shows("no events yet");
    serving.stop().expect(0);
    assert!(desk.path().join("ticketon-data/ticketon.db").exists());
}

#[test]
fn an_address_that_somebody_has_is_named() {
    let somebody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = somebody.local_addr().unwrap().to_string();
    Desk::empty()
        .run(["serve", "--listen", &address])
        .expect(2)
        .says(&format!("cannot listen on {address}"))
        .says("; set `http.gateway` to a free address")
        .says("hint: ticketon serve --listen 127.0.0.1:0");
    let desk = Desk::empty();
    let mut serve = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
    let ended = serve.env("TICKETON_HTTP_SANDBOX", &address).output();
    crate::support::Transcript::from(ended.unwrap())
        .expect(2)
        .says(&format!("the sandbox cannot listen on `{address}`"))
        .says("hint: TICKETON_HTTP_SANDBOX=127.0.0.1:0 ticketon serve");
}

#[test]
fn brokers_that_do_not_answer_are_named() {
    let desk = Desk::empty();
    desk.write("ticketon.toml", "[bus]\nurl = \"kafka://127.0.0.1:1\"\n");
    let arguments = ["serve", "--listen", "127.0.0.1:0"];
    let ended = desk
        .command(&arguments)
        .env("TICKETON_HTTP_SANDBOX", "127.0.0.1:0")
        .output()
        .unwrap();
    crate::support::Transcript::from(ended)
        .expect(5)
        .says("Kafka at `127.0.0.1:1` does not answer")
        .says("`bus.url`");
}

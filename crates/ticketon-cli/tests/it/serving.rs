//! `serve`: commands find it, and it stops when it is told to.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::{Desk, HALL, RECITAL, Transcript};

/// A running `serve`.
struct Serving {
    process: Child,
    url: String,
    lines: std::thread::JoinHandle<String>,
}

impl Serving {
    fn start(desk: &Desk) -> Self {
        let arguments = ["serve", "--listen", "127.0.0.1:0"];
        let mut process = desk
            .command(&arguments)
            .env("TICKETON_HTTP_SANDBOX", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("a server that says where it is").unwrap();
            if let Some(url) = line.strip_prefix("serving at ") {
                break url.to_owned();
            }
        };
        let lines = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>().join("\n"));
        Self { process, url, lines }
    }

    /// As a service manager stops it.
    fn stop(self) -> Transcript {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        let output = self.process.wait_with_output().unwrap();
        let mut transcript = Transcript::from(output);
        transcript.err = self.lines.join().unwrap();
        transcript
    }
}

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
        .says("hint: ticketon serve --listen 127.0.0.1:0");
}

//! `docs/buy-with-curl.md` is true: its blocks are run as they stand there, as one script, against a real `serve`. Only
//! the ports differ, so that two runs do not meet. Needs `sh` and `curl`.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

const PAGE: &str = include_str!("../../../../docs/buy-with-curl.md");

#[test]
fn the_page_buys_a_ticket_and_gives_one_back() {
    let (gateway, sandbox) = (free_address(), free_address());
    let script = script(PAGE)
        .replace("127.0.0.1:8080", &gateway)
        .replace("127.0.0.1:9007", &sandbox);
    let folder = tempfile::tempdir().unwrap();
    let ran = run(&script, folder.path(), &gateway, &sandbox);
    let said = String::from_utf8_lossy(&ran.stdout);
    let complained = String::from_utf8_lossy(&ran.stderr);

    assert!(ran.status.success(), "{said}\n{complained}");
    assert_eq!(said.matches(r#""state":"issued""#).count(), 2, "{said}");
    assert!(said.contains(r#""reason":"fell ill""#), "{said}");
    let promises = said.split_once("Promises").map_or("", |(_, promises)| promises);
    assert_eq!(
        promises.lines().filter(|line| line.ends_with(" 0")).count(),
        9,
        "{said}"
    );
}

/// The page's blocks, stopping at the first thing that fails, and with `serve` ended at the end.
fn script(page: &str) -> String {
    let mut script = "set -eu\ntrap 'kill $!; wait $!' EXIT\n".to_owned();
    let mut is_inside = false;
    for line in page.lines() {
        match line {
            "```sh" => is_inside = true,
            "```" => is_inside = false,
            line if is_inside => script.extend([line, "\n"]),
            _ => {}
        }
    }
    script
}

fn run(script: &str, folder: &Path, gateway: &str, sandbox: &str) -> Output {
    let file = folder.join("page.sh");
    fs::write(&file, script).unwrap();
    Command::new("sh")
        .arg(&file)
        .current_dir(folder)
        .env("PATH", path_with_ticketon())
        .env("TICKETON_HTTP_GATEWAY", gateway)
        .env("TICKETON_HTTP_SANDBOX", sandbox)
        .output()
        .unwrap()
}

fn path_with_ticketon() -> OsString {
    let folder = Path::new(env!("CARGO_BIN_EXE_ticketon")).parent().unwrap();
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths([folder.to_owned()].into_iter().chain(env::split_paths(&others))).unwrap()
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

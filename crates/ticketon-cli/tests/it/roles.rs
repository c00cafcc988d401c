//! Roles in processes of their own: what they need, how soon they are there, and how they end.

use crate::support::{Desk, Transcript};

#[test]
fn roles_apart_are_refused_over_engines_that_one_process_has() {
    let desk = Desk::empty();
    let serve = |settings: &[(&str, &str)]| {
        let mut command = desk.command(&["serve", "--role", "app"]);
        let ended = command.envs(settings.iter().copied()).output().unwrap();
        Transcript::from(ended).expect(2)
    };
    let store = ("TICKETON_STORE_URL", "mysql://127.0.0.1:1/ticketon");
    let queue = ("TICKETON_QUEUE_URL", "redis://127.0.0.1:1");
    serve(&[]).says("app alone cannot share a store in a file: set `store.url` to `mysql://");
    serve(&[store]).says("waiting rooms in memory: set `queue.url` to `redis://");
    serve(&[store, queue]).says("set `toss.base_url`");
    desk.run(["dispatcher", "run", "--once"])
        .expect(2)
        .says("`store.url`");
    desk.run(["serve", "--role", "cashier"]).expect(2).says(
        "there is no role `cashier`: the roles are `app`, `broker`, `dispatcher`, `worker` and `batch`",
    );
    assert_eq!(
        std::fs::read_dir(desk.path()).unwrap().count(),
        0,
        "nothing was made"
    );
}

mod on_mysql_and_on_redis {
    use std::io::{BufRead as _, BufReader, Lines};
    use std::process::{Child, ChildStderr, Command, Stdio};
    use std::time::Duration;

    use ticketon_server::adapter::sql::MySqlStore;
    use tokio::runtime::Runtime;
    use tokio::time::Instant;

    use crate::support::{Desk, Transcript};

    /// A shop in a database of its own, and a folder to start its processes from.
    struct House {
        desk: Desk,
        mysql: String,
        name: String,
        settings: Vec<(&'static str, String)>,
    }

    impl House {
        fn open(of: &str) -> Self {
            let address = |variable: &str| {
                std::env::var(variable)
                    .unwrap_or_else(|_| panic!("{variable} is not set: `cargo xtask up` says what to set"))
            };
            let mysql = address("TICKETON_TEST_MYSQL_URL");
            let name = format!("ticketon_{of}_{}", std::process::id());
            let made = Runtime::new()
                .unwrap()
                .block_on(MySqlStore::create_database(&mysql, &name));
            let redis = format!(
                "{}?prefix={}",
                address("TICKETON_TEST_REDIS_URL"),
                name.replace('_', "-")
            );
            let house = Self {
                desk: Desk::empty(),
                settings: vec![
                    ("TICKETON_STORE_URL", made.unwrap()),
                    ("TICKETON_QUEUE_URL", redis),
                    ("TICKETON_TOSS_BASE_URL", "http://127.0.0.1:9".to_owned()),
                ],
                mysql,
                name,
            };
            house.run(&["init"]).expect(0);
            house
        }

        fn command(&self, arguments: &[&str]) -> Command {
            let mut command = self.desk.command(arguments);
            command.envs(self.settings.iter().cloned());
            command
        }

        fn run(&self, arguments: &[&str]) -> Transcript {
            self.command(arguments).output().unwrap().into()
        }

        /// Starts a role, and ends it as a service manager does; says how soon it served.
        fn starts_and_drains(&self, role: &str) -> Duration {
            let began = Instant::now();
            let (process, lines) = self.started(role);
            let took = began.elapsed();
            drained(process, lines);
            took
        }

        /// Starts a role, and waits until it serves.
        fn started(&self, role: &str) -> (Child, Lines<BufReader<ChildStderr>>) {
            let mut command = self.command(&["serve", "--role", role, "--listen", "127.0.0.1:0"]);
            let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
            let served = lines.find(|line| {
                let line = line.as_ref().unwrap();
                line.starts_with("serving at ") && line.ends_with(&format!(" as {role}"))
            });
            assert!(served.is_some(), "{role} says where it is");
            (process, lines)
        }

        fn close(self) {
            let dropped = MySqlStore::drop_database(&self.mysql, &self.name);
            Runtime::new().unwrap().block_on(dropped).unwrap();
        }
    }

    fn drained(mut process: Child, lines: Lines<BufReader<ChildStderr>>) {
        let id = process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        assert!(process.wait().unwrap().success(), "{rest:?}");
    }

    #[test]
    fn who_moves_no_money_needs_no_provider() {
        let mut house = House::open("moneyless");
        house
            .settings
            .retain(|(name, _)| *name != "TICKETON_TOSS_BASE_URL");
        for role in ["broker", "dispatcher", "batch"] {
            house.starts_and_drains(role);
        }
        house.close();
    }

    #[test]
    fn a_run_is_left_to_a_batch_process_and_run_by_the_command_only_where_there_is_none() {
        let house = House::open("runs");
        let ask = |more: &[&str]| {
            let asked = ["batch", "run", "views", "--format", "json"];
            house.run(&[&asked, more].concat()).expect(0).json()
        };
        let own = ask(&[]);
        assert_eq!(own["state"], "done", "a run that nobody takes is waited for");
        let (process, lines) = house.started("batch");
        let waited = ask(&["--wait"]);
        assert_eq!(waited["state"], "done");
        let left = ask(&[]);
        assert_eq!(
            left["process"], waited["process"],
            "one process takes what is asked for"
        );
        drained(process, lines);
        house.close();
    }

    #[test]
    fn each_role_serves_alone_in_under_a_second_and_the_dispatcher_says_why() {
        let house = House::open("roles");
        for role in ["app", "broker", "dispatcher", "worker", "batch"] {
            // This machine may be busy with other tests.
            let fastest = (0..3).map(|_| house.starts_and_drains(role)).min().unwrap();
            assert!(fastest < Duration::from_secs(1), "{role}: {fastest:?}");
        }
        let once = ["dispatcher", "run", "--once", "--event", "winter-recital"];
        house
            .run(&once)
            .expect(0)
            .shows("winter-recital/general  admitted 0: nobody waits; 0 wait, 0 inside");
        house
            .run(&["dispatcher", "run", "--once", "--event", "gala"])
            .expect(4);
        house.close();
    }
}

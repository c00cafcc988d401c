//! `ticketon serve`: the whole shop in this process, or some of its roles.

use ticketon_server::adapter::sql::SqlStore;
use ticketon_server::roles::{Role, Roles};
use ticketon_server::server::{Server, StartError, listen};
use tokio::signal::unix::{SignalKind, signal};

use crate::configuration::Key;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use crate::tracing_output;

/// Serve the shop of this folder
///
/// Makes a new store where there is none. Stops on Ctrl-C and on SIGTERM: what runs is finished first. With some roles
/// only, the others run in other processes, over engines that all of them share: MySQL, Redis and a payment provider.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon serve\n  ticketon serve --listen 127.0.0.1:9000 --data-dir /srv/shop\n  ticketon serve --role app\n  ticketon serve --role dispatcher --role worker"
)]
pub(crate) struct Args {
    /// Do only this: app, broker, dispatcher, worker or batch; may be given several times
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Role>,
    /// Listen there; if not said, on 127.0.0.1:8080, and with some roles where the first of them does
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

impl Args {
    /// Serves until it is told to stop.
    pub(crate) async fn run(self, mut shell: Shell) -> Result<Exit, Failure> {
        let roles = Roles::of(self.roles);
        if let Some(listen) = &self.listen {
            shell.set(Key::listener_of(&roles), listen, "--listen");
        }
        let settings = shell.with_schedules(shell.settings_of(roles)?)?;
        tracing_output::start(shell.get(Key::LogFormat))?;
        let store = settings.store();
        if !SqlStore::exists(&store).await.map_err(StartError::from)? {
            shell.console.say(format_args!("a new store in {store}"));
        }
        // From here on, so that whoever hears that it serves can stop it.
        let stop = told_to_stop()?;
        let listener = listen(settings.listen())
            .await
            .map_err(|error| not_listening(error, &settings.roles))?;
        let address = listener.local_addr().map_err(StartError::Listener)?;
        let server = Server::open_or_create(&settings)
            .await?
            .publishing(&settings.bus)
            .await?;
        if settings.roles.are_all() {
            shell.console.say(format_args!("serving at http://{address}"));
        } else {
            let roles = &settings.roles;
            shell
                .console
                .say(format_args!("serving at http://{address} as {roles}"));
        }
        if let Some(sandbox) = server.sandbox_url() {
            shell.console.say(format_args!(
                "selling for play money: payments go to the sandbox at {sandbox}"
            ));
        }
        server.serve(listener, stop).await?;
        Ok(Exit::Done)
    }
}

/// A failure that says whose address it was.
fn not_listening(error: StartError, roles: &Roles) -> Failure {
    let (failure, key) = (Failure::from(error), Key::listener_of(roles));
    let message = format!("{}; set `{key}` to a free address", failure.message);
    let mut serve = "ticketon serve".to_owned();
    for role in Role::ALL {
        if roles.has(role) && !roles.are_all() {
            serve.extend([" --role ", role.name()]);
        }
    }
    Failure { message, ..failure }.hint(format!("{serve} --listen 127.0.0.1:0"))
}

/// Ready once somebody says stop.
pub(super) fn told_to_stop() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::unexpected)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::unexpected)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

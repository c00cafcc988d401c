//! `ticketon user create`: an account for somebody, with a password that is shown once.

use std::io::Read as _;

use serde_json::{Value, json};
use ticketon_core::entropy::Entropy;
use ticketon_server::adapter::system::SystemEntropy;

use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Make an account for somebody
///
/// A password is made and shown once, on stderr, unless one comes on standard input.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon user create --email ana@example.com --name Ana\n  pass show ana | ticketon user create --email ana@example.com --name Ana --password-stdin"
)]
pub(crate) struct Args {
    /// The address to log in with
    #[arg(long)]
    email: String,
    /// The name for people
    #[arg(long)]
    name: String,
    /// Needed where an event has an age limit
    #[arg(long, value_name = "YYYY-MM-DD")]
    birth_date: Option<String>,
    /// May run the shop
    #[arg(long)]
    admin: bool,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// An account to be made.
pub(crate) struct Account<'a> {
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    pub(crate) birth_date: Option<&'a str>,
    pub(crate) is_admin: bool,
    pub(crate) password: &'a str,
}

impl Args {
    /// Makes it, and prints it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let password = if self.password_stdin {
            read_password()?
        } else {
            new_password()
        };
        let shop = shell.connect().await?;
        let account = Account {
            email: &self.email,
            name: &self.name,
            birth_date: self.birth_date.as_deref(),
            is_admin: self.admin,
            password: &password,
        };
        let user = create(&shop, &account).await;
        shop.close().await;
        let user = user?;
        if !self.password_stdin {
            eprintln!("password of {}, shown this once: {password}", self.email);
        }
        shell.console.data(&user, || {
            let id = user["id"].as_str().unwrap_or_default();
            format!("{}  {}  {id}\n", self.email, self.name)
        })?;
        Ok(Exit::Done)
    }
}

/// Makes an account; what the API says of it.
pub(crate) async fn create(shop: &Connection, account: &Account<'_>) -> Result<Value, Failure> {
    let body = json!({
        "email": account.email,
        "name": account.name,
        "birth_date": account.birth_date,
        "is_admin": account.is_admin,
        "password": account.password,
    });
    let answer = shop
        .done(shop.client().post("/api/v1/admin/users").json(&body))
        .await?;
    Ok(answer.json()?)
}

/// Twenty letters and digits that are not mistaken for each other: a hundred bits.
pub(crate) fn new_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnopqrstuvwxyz2345678";
    let mut random = [0; 20];
    SystemEntropy.fill(&mut random);
    random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

fn read_password() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| Failure::new(Exit::Usage, format!("standard input: {error}")))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

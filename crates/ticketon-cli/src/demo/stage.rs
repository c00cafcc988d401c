//! Where the sale takes place: one server on engines of its own, or two of each role on engines that they share.

use std::path::{Path, PathBuf};

use ticketon_server::client::Client;
use ticketon_server::roles::{Role, Roles};
use ticketon_server::settings::Settings;

use super::breaks::Break;
use super::child::{Recipe, free_port};
use super::doors::Doors;
use super::engines::Engines;
use super::house;
use crate::beside::Beside;
use crate::failure::Failure;
use crate::limits;

/// Where the sale takes place.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: PathBuf,
    /// The sandbox's address.
    pub(crate) sandbox: String,
    engines: Option<Engines>,
    /// How each of the shop's processes is started.
    pub(crate) recipes: Vec<Recipe>,
}

/// Processes of each role, where roles are apart.
const OF_EACH_ROLE: usize = 2;

impl Stage {
    /// One server on engines of its own, perhaps without a safeguard.
    pub(crate) fn of_one(folder: &Path, sandbox: &str, without: Option<Break>) -> Result<Self, Failure> {
        let recipe = Recipe {
            name: "server".to_owned(),
            folder: folder.to_owned(),
            listen: free_port()?,
            sandbox: sandbox.to_owned(),
            without,
            part: None,
        };
        Ok(Self {
            folder: folder.to_owned(),
            sandbox: sandbox.to_owned(),
            engines: None,
            recipes: vec![recipe],
        })
    }

    /// Two of each role on engines that they share.
    pub(crate) fn of_roles(folder: &Path, sandbox: &str, engines: Engines) -> Result<Self, Failure> {
        let mut recipes = Vec::new();
        for number in 1..=OF_EACH_ROLE {
            for role in Role::ALL {
                recipes.push(Recipe {
                    name: format!("{role}-{number}"),
                    folder: folder.to_owned(),
                    listen: free_port()?,
                    sandbox: sandbox.to_owned(),
                    without: None,
                    part: Some((role, engines.clone())),
                });
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            sandbox: sandbox.to_owned(),
            engines: Some(engines),
            recipes,
        })
    }

    /// The shop as one process sees it.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        house::settings(&self.folder, &self.sandbox, self.engines.as_ref(), Roles::all())
    }

    /// The doors for the crowd.
    pub(crate) fn doors(&self) -> Result<Doors, Failure> {
        let (apps, brokers) = (self.of_role(Role::App), self.of_role(Role::Broker));
        let connections = limits::BUYERS_CONNECTIONS / apps.len();
        let clients = |recipes: Vec<&Recipe>| -> Result<Vec<Client>, Failure> {
            let client = |recipe: &Recipe| Client::to(&recipe.url(), connections);
            Ok(recipes.into_iter().map(client).collect::<Result<_, _>>()?)
        };
        if self.engines.is_none() {
            return Ok(Doors::one(Client::to(&apps[0].url(), connections)?));
        }
        Ok(Doors::of(clients(apps)?, clients(brokers)?))
    }

    /// What the shop wrote, to be looked at beside it.
    pub(crate) async fn beside(&self) -> Result<Beside, Failure> {
        let settings = self.settings()?;
        let beside = Beside::open(&settings.store(), &self.folder).await?;
        beside.with_rooms(&settings.queue).await
    }

    /// The folder of ledger and logs.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// For people.
    pub(crate) fn shown(&self) -> String {
        if self.engines.is_none() {
            return self.recipes[0].url();
        }
        let of = |role: Role| {
            let ports: Vec<String> = self
                .of_role(role)
                .iter()
                .map(|it| it.listen.port().to_string())
                .collect();
            format!("{role} :{}", ports.join(" :"))
        };
        Role::ALL.map(of).join("  ")
    }

    /// Those that play a role; a server of all roles plays each.
    fn of_role(&self, role: Role) -> Vec<&Recipe> {
        let plays = |recipe: &&Recipe| recipe.part.as_ref().is_none_or(|(part, _)| *part == role);
        self.recipes.iter().filter(plays).collect()
    }
}

//! Events and plans as files that can live in git.
//!
//! An event's file is TOML; as JSON it is the body of `POST /events`, so the server says what is wrong with it. The
//! plan that a performance names stays here: it is found beside the event's file and sent by itself.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use ticketon_core::plan::{PlanError, PlanId};
use ticketon_core::{NewEvent, Plan};
use toml::Value as Toml;

use crate::failure::Failure;

/// An event's file.
#[derive(Debug, Clone)]
pub(crate) struct EventFile {
    /// Where it was found; names in errors and plans are relative to it.
    path: PathBuf,
    body: Json,
    plans: Vec<Option<PathBuf>>,
}

/// A plan's file, as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct PlanFile {
    /// What kind of text it is.
    pub(crate) content_type: &'static str,
    /// The text.
    pub(crate) text: Vec<u8>,
}

impl EventFile {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        Self::parsed(&text, path)
    }

    /// An event that is compiled in.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        Self::parsed(text, Path::new("event.toml"))
    }

    fn parsed(text: &str, path: &Path) -> Result<Self, Failure> {
        let table: toml::Table = text.parse().map_err(|error| Failure::file(path, error))?;
        let mut body = json(&Toml::Table(table));
        let mut plans = Vec::new();
        let performances = body.get_mut("performance").and_then(Json::as_array_mut);
        for performance in performances.into_iter().flatten() {
            let plan = performance
                .as_object_mut()
                .and_then(|performance| performance.remove("plan"));
            plans.push(match plan {
                Some(Json::String(plan)) => Some(PathBuf::from(plan)),
                Some(_) => return Err(Failure::file(path, "`plan` must be a path")),
                None => None,
            });
        }
        Ok(Self {
            path: path.to_owned(),
            body,
            plans,
        })
    }

    /// A failure that its contents are to blame for.
    pub(crate) fn blamed(&self, failure: Failure) -> Failure {
        let message = match failure.message.strip_prefix("invalid_request: ") {
            Some(message) => format!("`{}`: {message}", self.path.display()),
            None => return failure,
        };
        Failure { message, ..failure }
    }

    /// The body of `PUT /events/{event}`: with the names of the plans, so that another one than was seeded is noticed.
    pub(crate) fn body_naming(&self, plans: &[Option<PlanFile>]) -> Json {
        let mut body = self.body.clone();
        let performances = body.get_mut("performance").and_then(Json::as_array_mut);
        for (performance, plan) in performances.into_iter().flatten().zip(plans) {
            let id = plan.as_ref().and_then(PlanFile::id);
            if let (Some(performance), Some(id)) = (performance.as_object_mut(), id) {
                performance.insert("plan".to_owned(), Json::from(id.to_string()));
            }
        }
        body
    }

    /// The body of `POST /events`.
    pub(crate) fn body(&self) -> &Json {
        &self.body
    }

    /// The body, to be changed.
    pub(crate) fn body_mut(&mut self) -> &mut Json {
        &mut self.body
    }

    /// The event, for a command that sells it itself.
    pub(crate) fn event(&self) -> Result<NewEvent, Failure> {
        NewEvent::from_json(&self.body).map_err(|refusal| Failure::file(&self.path, refusal.message()))
    }

    /// The plans of its performances, read; each is known to be one.
    pub(crate) fn plan_files(&self) -> Result<Vec<Option<PlanFile>>, Failure> {
        self.each_plan(|path| {
            let file = PlanFile::read(path)?;
            file.understood(path)?;
            Ok(file)
        })
    }

    /// The same, understood.
    pub(crate) fn plans(&self) -> Result<Vec<Option<Plan>>, Failure> {
        self.each_plan(read_plan)
    }

    fn each_plan<T>(&self, read: impl Fn(&Path) -> Result<T, Failure>) -> Result<Vec<Option<T>>, Failure> {
        let beside = self.path.parent().unwrap_or(Path::new(""));
        let read = |plan: &Option<PathBuf>| plan.as_ref().map(|plan| read(&beside.join(plan))).transpose();
        self.plans.iter().map(read).collect()
    }
}

impl PlanFile {
    /// Reads a file; its name says what kind it is.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let content_type = match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => "application/json",
            Some("csv") => "text/csv",
            _ => return Err(Failure::file(path, "a plan's file ends with `.json` or `.csv`")),
        };
        let text = std::fs::read(path).map_err(|error| Failure::file(path, error))?;
        Ok(Self { content_type, text })
    }

    /// What names the plan that it is, if it is one.
    fn id(&self) -> Option<PlanId> {
        self.plan().ok().map(|plan| plan.id())
    }

    /// The plan that it is; `path` is named where it is none.
    fn understood(&self, path: &Path) -> Result<Plan, Failure> {
        self.plan().map_err(|error| Failure::file(path, error))
    }

    fn plan(&self) -> Result<Plan, PlanError> {
        match self.content_type {
            "text/csv" => Plan::from_csv(&self.text),
            _ => Plan::from_json(&self.text),
        }
    }
}

/// A plan, for a command that seats people itself.
pub(crate) fn read_plan(path: &Path) -> Result<Plan, Failure> {
    PlanFile::read(path)?.understood(path)
}

/// TOML as JSON: a time is a text.
fn json(value: &Toml) -> Json {
    match value {
        Toml::String(text) => Json::from(text.as_str()),
        Toml::Integer(number) => Json::from(*number),
        Toml::Float(number) => Json::from(*number),
        Toml::Boolean(is_true) => Json::from(*is_true),
        Toml::Datetime(time) => Json::from(time.to_string()),
        Toml::Array(values) => values.iter().map(json).collect(),
        Toml::Table(table) => table
            .iter()
            .map(|(name, value)| (name.clone(), json(value)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    const EVENT: &str = r#"
        slug = "recital"
        title = "Recital"
        organization = "house"
        [[performance]]
        starts_at = 2027-02-05T19:30:00+09:00
        plan = "hall.json"
    "#;

    #[test]
    fn a_time_is_a_text_and_a_plan_stays_here() {
        let file = EventFile::parse(EVENT).unwrap();
        let performance = &file.body()["performance"][0];
        assert_eq!(performance["starts_at"], "2027-02-05T19:30:00+09:00");
        assert_eq!(performance.get("plan"), None);
        assert_eq!(file.event().unwrap().title, "Recital");
    }

    #[test]
    fn a_key_that_no_event_has_is_refused() {
        let file = EventFile::parse(&format!("colour = \"red\"\n{EVENT}")).unwrap();
        let failure = file.event().unwrap_err();
        assert!(failure.message.contains("colour"), "{}", failure.message);
    }

    #[test]
    fn a_plan_is_json_or_csv() {
        let failure = read_plan(Path::new("hall.xls")).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
    }
}

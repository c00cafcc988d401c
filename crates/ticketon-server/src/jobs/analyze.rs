//! The job `analyze`: has the database look at its tables, the seats first, so that it finds rows the short way.

use serde::Deserialize;
use serde_json::Value;
use ticketon_core::job::Outcome;
use ticketon_core::{Code, Refusal};
use tokio::time::Instant;

use super::Report;
use crate::adapter::sql::table_names;
use crate::limits;
use crate::shop::Shop;

/// What is asked of an analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Analyze {
    /// Only these tables, if any are named.
    tables: Vec<String>,
}

impl Analyze {
    /// What a request says; everything as usual where it says nothing.
    pub(super) fn asked(asked: &Value) -> Result<Self, Refusal> {
        if asked.is_null() {
            return Ok(Self::default());
        }
        Self::deserialize(asked).map_err(|error| Refusal::field("body", error.to_string()))
    }

    /// Refuses tables that there are not.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.tables.len() > limits::ANALYZED_TABLES_MAX {
            return Err(Refusal::field("tables", "there are not so many"));
        }
        for (place, name) in self.tables.iter().enumerate() {
            if !table_names().any(|table| table == name) {
                let field = format!("tables[{place}]");
                return Err(Refusal::field(&field, format!("there is no table `{name}`")));
            }
        }
        Ok(())
    }

    /// Has the database look at each table.
    pub(super) async fn run(&self, shop: &Shop, report: &Report) -> Result<(), Refusal> {
        let Some(upkeep) = &shop.upkeep else {
            return Err(Refusal::new(
                Code::NotFound,
                "this store has no tables to look at",
            ));
        };
        let tables: Vec<&str> = table_names().filter(|table| self.is_wanted(table)).collect();
        report.expect(tables.len());
        for table in tables {
            let began = Instant::now();
            if report.is_dry() {
                report.add(table, Outcome::Skipped, "would be analyzed", began.elapsed());
                continue;
            }
            match upkeep.analyze(table).await {
                Ok(()) => report.add(table, Outcome::Ok, "analyzed", began.elapsed()),
                Err(error) => report.add(table, Outcome::Failed, &error.0, began.elapsed()),
            }
        }
        Ok(())
    }

    fn is_wanted(&self, table: &str) -> bool {
        self.tables.is_empty() || self.tables.iter().any(|wanted| wanted == table)
    }
}

//! Where two files of an event differ, by the names that the files have for it.

use serde::Serialize;
use serde_json::Value;

use super::super::create_event::NewEvent;
use crate::error::Refusal;

/// A place where two files of an event differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where, as `sale[0].limits.per_order`.
    pub field: String,
    /// What stands there; null where there is nothing.
    pub from: Value,
    /// What shall stand there; null where there is to be nothing.
    pub to: Value,
}

/// Every place where `new` says something else than `old`, in the order of the keys.
pub(super) fn between(old: &NewEvent, new: &NewEvent) -> Result<Vec<Difference>, Refusal> {
    let written = |event| serde_json::to_value(event).map_err(Refusal::internal);
    let mut found = Vec::new();
    compare(String::new(), &written(old)?, &written(new)?, &mut found);
    Ok(found)
}

/// The keys of the file under which something differs.
pub(super) fn keys(differences: &[Difference]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for difference in differences {
        let key = difference.field.split(['.', '[']).next().unwrap_or_default();
        if keys.last().is_none_or(|last| last != key) {
            keys.push(key.to_owned());
        }
    }
    keys
}

fn compare(field: String, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let dot = if field.is_empty() { "" } else { "." };
                let (old, new) = (old.get(key), new.get(key));
                let null = &Value::Null;
                compare(
                    format!("{field}{dot}{key}"),
                    old.unwrap_or(null),
                    new.unwrap_or(null),
                    found,
                );
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for at in 0..old.len().max(new.len()) {
                let (old, new) = (old.get(at), new.get(at));
                let null = &Value::Null;
                compare(
                    format!("{field}[{at}]"),
                    old.unwrap_or(null),
                    new.unwrap_or(null),
                    found,
                );
            }
        }
        (old, new) if old == new => {}
        (old, new) => found.push(Difference {
            field,
            from: old.clone(),
            to: new.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Won;

    #[test]
    fn every_place_is_named_as_the_file_names_it() {
        let old = NewEvent::single("Recital", "2027-02-05T19:30:00+09:00").price("R", "adult", Won(50_000));
        let mut new = old.clone().price("S", "adult", Won(30_000));
        new.title = "Concert".to_owned();
        new.sales[0].limits.per_order = 2;
        let found = between(&old, &new).unwrap();
        let fields: Vec<&str> = found.iter().map(|difference| &*difference.field).collect();
        assert_eq!(fields, ["price[1]", "sale[0].limits.per_order", "title"]);
        assert_eq!((&found[1].from, &found[1].to), (&4.into(), &2.into()));
        assert_eq!(found[0].from, Value::Null);
        assert_eq!(keys(&found), ["price", "sale", "title"]);
        assert_eq!(between(&new, &new), Ok(Vec::new()));
    }
}

//! `GET /docs`: the interface's description for people: one page, written here, that needs nothing from elsewhere and no
//! script.

use std::fmt::Write as _;

use axum::response::Html;
use serde_json::{Map, Value};

use super::document;

pub(in crate::http) async fn handler() -> Html<String> {
    Html(written(&document()))
}

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Ticketon: the interface</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
summary { cursor: pointer; padding: .2rem 0 }
code, pre { font-family: ui-monospace, monospace; font-size: .9rem }
pre { overflow-x: auto; padding: .5rem; border: 1px solid #8886 }
td { vertical-align: top; padding-right: 1rem }
</style>
<h1>Ticketon</h1>
<p>Every operation, as <a href=\"/openapi.json\">openapi.json</a> describes it for programs.</p>
";

fn written(document: &Value) -> String {
    let mut page = HEAD.to_owned();
    for (path, operations) in entries(&document["paths"]) {
        for (method, operation) in entries(operations) {
            write_operation(&mut page, method, path, operation);
        }
    }
    page.push_str("<h2>Bodies</h2>\n");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let schema = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = writeln!(
            page,
            "<details id=\"{name}\"><summary><code>{name}</code></summary><pre>{}</pre></details>",
            escaped(&schema)
        );
    }
    page
}

fn write_operation(page: &mut String, method: &str, path: &str, operation: &Value) {
    let method = method.to_uppercase();
    let summary = escaped(operation["summary"].as_str().unwrap_or_default());
    let _ = writeln!(
        page,
        "<details><summary><code>{method} {path}</code> {summary}</summary><table>"
    );
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let [place, name] = ["in", "name"].map(|key| parameter[key].as_str().unwrap_or_default());
        let about = parameter["schema"]["description"].as_str().unwrap_or_default();
        let _ = writeln!(page, "<tr><td>{place} <code>{name}</code><td>{}", escaped(about));
    }
    write_body(page, "body", "", &operation["requestBody"]["content"]);
    for (status, response) in entries(&operation["responses"]) {
        let about = response["description"].as_str().unwrap_or_default();
        write_body(page, status, about, &response["content"]);
    }
    page.push_str("</table></details>\n");
}

/// The bodies that there may be, with links to how they look.
fn write_body(page: &mut String, what: &str, about: &str, content: &Value) {
    if what == "body" && content.is_null() {
        return;
    }
    let _ = write!(page, "<tr><td>{what}<td>{}", escaped(about));
    for (kind, body) in entries(content) {
        match body["schema"]["$ref"]
            .as_str()
            .and_then(|name| name.rsplit('/').next())
        {
            Some(name) => {
                let _ = write!(page, " <a href=\"#{name}\">{name}</a>");
            }
            None => {
                let _ = write!(page, " {kind}");
            }
        }
    }
    page.push('\n');
}

fn entries(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_body_it_links_to_and_asks_nobody_else() {
        let page = written(&document());
        for link in page.split("href=\"#").skip(1) {
            let name = link.split('"').next().unwrap();
            assert!(page.contains(&format!("id=\"{name}\"")), "{name}");
        }
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"));
    }
}

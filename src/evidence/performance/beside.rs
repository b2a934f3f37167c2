//! What lies beside a load test's results and holds none: the script or the plan, what k6 and autocannon print for people, pages for people.
//! Told by content. Alone it is no proof; beside results it is passed over.

/// What it is; none where it is none of them.
pub(super) fn tell(start: &str) -> Option<&'static str> {
    let line = |is: fn(&str) -> bool| start.lines().any(|line| is(line.trim()));
    let key = |name: &str| start.lines().any(|line| line.trim_end() == name || line.starts_with(&format!("{name} ")));
    if start.starts_with(['{', '[']) {
        return None;
    }
    if start.starts_with('<') {
        return page(start);
    }
    if line(imports_k6) || line(imports_locust) {
        return Some("it is the script of a load test, and tells no results");
    }
    if key("config:") && key("scenarios:") {
        return Some("it is Artillery's test definition, and tells no results");
    }
    if line(|line| line.starts_with("http_req_duration") && line.contains("avg=")) || start.contains("█ TOTAL RESULTS")
    {
        return Some(
            "it is what k6 prints for people; its results are read as JSON (`--summary-export`, `handleSummary`, `--out json`)",
        );
    }
    if line(|line| line.starts_with("│ Stat ") && line.contains("97.5%")) {
        return Some("it is what autocannon prints for people; its results are read as JSON (`-j`)");
    }
    None
}

fn imports_k6(line: &str) -> bool {
    let from = |quote: char| line.contains(&format!("{quote}k6/")) || line.contains(&format!("{quote}k6{quote}"));
    let is_import = line.starts_with("import ") || line.contains("require(") || line.contains("from ");
    is_import && (from('"') || from('\''))
}

fn imports_locust(line: &str) -> bool {
    line.starts_with("from locust import ") || line == "import locust" || line.starts_with("import locust.")
}

/// A plan of JMeter, or a page that a tool made of its results; a page of somebody else is a failed download.
fn page(start: &str) -> Option<&'static str> {
    if start.contains("<jmeterTestPlan") {
        return Some("it is JMeter's test plan, and tells no results");
    }
    let lower = start.get(..start.len().min(8_000)).unwrap_or(start).to_ascii_lowercase();
    let title = lower.split_once("<title>")?.1.split_once("</title>")?.0;
    let tools = ["locust", "gatling", "jmeter", "k6", "artillery", "vegeta"];
    let words = title.split(|c: char| !c.is_alphanumeric());
    let made = words.into_iter().any(|word| tools.contains(&word));
    made.then_some("it is a page for people; the results are read in the tool's other formats")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_plans_and_pages_hold_no_results() {
        for text in [
            "import http from 'k6/http';\nexport default function () {}\n",
            "const http = require(\"k6/http\");\n",
            "from locust import HttpUser, task\n",
            "config:\n  target: http://127.0.0.1\nscenarios:\n  - flow: []\n",
            "<?xml version=\"1.0\"?>\n<jmeterTestPlan version=\"1.2\"></jmeterTestPlan>",
            "<!doctype html><html><head><title>Locust Test Report</title></head></html>",
            "\n     http_req_duration..............: avg=2ms min=1ms\n",
            "Running 2s test @ http://127.0.0.1\n\n│ Stat    │ 2.5% │ 50%  │ 97.5% │ 99%  │\n",
            "  █ TOTAL RESULTS\n\n    checks_total.......: 4\n",
        ] {
            assert!(tell(text.trim_start()).is_some(), "{text}");
        }
        for text in [
            "<html><head><title>502 Bad Gateway</title></head></html>",
            "",
            "Requests per second: 5",
            "config:\n",
            "import locustpy\n",
            "{\"scenarios\":1}",
        ] {
            assert!(tell(text).is_none(), "{text}");
        }
    }
}

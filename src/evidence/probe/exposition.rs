//! Metrics as Prometheus reads them: the text format 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>) and OpenMetrics 1.0 (the same page links it). Strict: a
//! page in HTML is no metrics, and neither is a text that only looks like them in its first lines.

use std::collections::{HashMap, HashSet};

use crate::facts::probes::Metrics;

/// A line over this many bytes is refused.
const MAX_LINE: usize = 1 << 20;

/// Reads an exposition; else the line, from 1, and what is wrong there.
pub(super) fn read(content_type: Option<&str>, body: &[u8]) -> Result<Metrics, (u32, String)> {
    let kind = content_type.map(|text| text.split(';').next().unwrap_or(text).trim().to_ascii_lowercase());
    let open = match kind.as_deref() {
        Some("application/openmetrics-text") => true,
        Some("text/plain") | None => false,
        Some(other) => return Err((1, format!("the content type `{other}` is not one of metrics"))),
    };
    let text = std::str::from_utf8(body).map_err(|error| {
        let before = &body[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        (number(line), "this is not UTF-8".to_owned())
    })?;
    let mut reader = Reader { open, ..Reader::default() };
    let lines: Vec<&str> = text.split('\n').collect();
    let last = lines.len().saturating_sub(1);
    for (index, line) in lines.iter().enumerate() {
        let at = number(index + 1);
        if index == last && line.is_empty() {
            break;
        }
        if line.len() > MAX_LINE {
            return Err((at, "the line is too long".to_owned()));
        }
        reader.line(line).map_err(|why| (at, why))?;
    }
    if open && !reader.ended {
        return Err((number(lines.len()), "`# EOF` is missing at the end: it is cut off".to_owned()));
    }
    reader.finish().map_err(|why| (number(lines.len()), why))?;
    Ok(Metrics { families: reader.families.len(), samples: reader.series.len() })
}

fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// What is known of a family.
#[derive(Debug, Default)]
struct Family {
    kind: Option<String>,
    help: bool,
    unit: bool,
    sampled: bool,
    infinite: bool,
}

#[derive(Debug, Default)]
struct Reader {
    open: bool,
    ended: bool,
    families: HashMap<String, Family>,
    order: Vec<String>,
    series: HashSet<String>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if self.ended {
            return Err("something stands behind `# EOF`".to_owned());
        }
        if self.open && line == "# EOF" {
            self.ended = true;
            return Ok(());
        }
        let line = if self.open { line } else { line.trim_matches([' ', '\t']) };
        if line.is_empty() {
            return if self.open { Err("an empty line".to_owned()) } else { Ok(()) };
        }
        match line.strip_prefix('#') {
            Some(comment) => self.comment(comment),
            None => self.sample(line),
        }
    }

    fn comment(&mut self, comment: &str) -> Result<(), String> {
        let mut words = comment.trim_start_matches([' ', '\t']).splitn(3, [' ', '\t']);
        let (keyword, name, rest) = (words.next().unwrap_or_default(), words.next(), words.next());
        if !matches!(keyword, "HELP" | "TYPE" | "UNIT") || (keyword == "UNIT" && !self.open) {
            return if self.open { Err("a comment that OpenMetrics does not know".to_owned()) } else { Ok(()) };
        }
        let name = name.filter(|name| !name.is_empty()).ok_or_else(|| format!("`# {keyword}` without a name"))?;
        let name = quoted(name).unwrap_or_else(|| name.to_owned());
        if !is_name(&name, true) {
            return Err(format!("`{name}` is no name of a metric"));
        }
        let open = self.open;
        let family = self.family(&name);
        if family.sampled {
            return Err(format!("`# {keyword} {name}` stands behind the samples of {name}"));
        }
        let twice = match keyword {
            "HELP" => std::mem::replace(&mut family.help, true),
            "UNIT" => std::mem::replace(&mut family.unit, true),
            _ => family.kind.is_some(),
        };
        if twice {
            return Err(format!("a second `# {keyword}` of {name}"));
        }
        if keyword == "TYPE" {
            let kind = rest.unwrap_or_default().trim();
            let known: &[&str] = if open {
                &["counter", "gauge", "histogram", "gaugehistogram", "stateset", "info", "summary", "unknown"]
            } else {
                &["counter", "gauge", "histogram", "summary", "untyped"]
            };
            if !known.contains(&kind) {
                return Err(format!("`{kind}` is no type of a metric"));
            }
            family.kind = Some(kind.to_owned());
        }
        Ok(())
    }

    fn family(&mut self, name: &str) -> &mut Family {
        if !self.families.contains_key(name) {
            self.order.push(name.to_owned());
        }
        self.families.entry(name.to_owned()).or_default()
    }

    fn sample(&mut self, line: &str) -> Result<(), String> {
        let mut cursor = Cursor { text: line, at: 0 };
        let bare = cursor.word(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'));
        let mut labels = Vec::new();
        let mut name = bare.to_owned();
        cursor.blank();
        if cursor.eat('{') {
            let inner = cursor.labels(bare.is_empty())?;
            if let Some(quoted) = inner.0 {
                name = quoted;
            }
            labels = inner.1;
            cursor.blank();
        } else if !bare.is_empty() && cursor.at == bare.len() {
            return Err(format!("`{bare}` has no value"));
        }
        if name.is_empty() || (!bare.is_empty() && !is_name(bare, true)) {
            let shown: String = line.chars().take(40).collect();
            return Err(format!("`{shown}` starts no sample"));
        }
        let value = cursor.word(|c| !matches!(c, ' ' | '\t'));
        float(value).ok_or_else(|| format!("`{value}` is no value"))?;
        cursor.blank();
        self.tail(&mut cursor)?;
        self.take(&name, labels)
    }

    /// What stands behind a value: a time; in OpenMetrics perhaps an exemplar.
    fn tail(&self, cursor: &mut Cursor<'_>) -> Result<(), String> {
        let time = if cursor.rest().starts_with('#') { "" } else { cursor.word(|c| !matches!(c, ' ' | '\t')) };
        let timed = if self.open { float(time).is_some_and(f64::is_finite) } else { time.parse::<i64>().is_ok() };
        if !time.is_empty() && !timed {
            return Err(format!("`{time}` is no time"));
        }
        cursor.blank();
        if self.open && cursor.eat('#') {
            cursor.blank();
            if !cursor.eat('{') {
                return Err("an exemplar wants labels".to_owned());
            }
            cursor.labels(false)?;
            cursor.blank();
            let value = cursor.word(|c| !matches!(c, ' ' | '\t'));
            float(value).ok_or_else(|| format!("`{value}` is no value of an exemplar"))?;
            cursor.blank();
            let time = cursor.word(|c| !matches!(c, ' ' | '\t'));
            if !time.is_empty() && float(time).is_none() {
                return Err(format!("`{time}` is no time"));
            }
        }
        if cursor.rest().is_empty() { Ok(()) } else { Err(format!("`{}` stands behind the sample", cursor.rest())) }
    }

    fn take(&mut self, name: &str, mut labels: Labels) -> Result<(), String> {
        let family_name = self.family_of(name);
        let label = |wanted: &str| labels.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        let (le, quantile) = (label("le"), label("quantile"));
        let family = self.family(&family_name);
        family.sampled = true;
        let kind = family.kind.as_deref().unwrap_or("untyped");
        let suffix = name.strip_prefix(family_name.as_str()).unwrap_or_default();
        match (kind, suffix) {
            ("histogram" | "gaugehistogram", "_bucket") => {
                let bound = le.as_deref().and_then(float);
                let bound = bound.ok_or_else(|| format!("{name} wants a label `le` that is a number"))?;
                family.infinite |= bound == f64::INFINITY;
            }
            ("histogram", "") => return Err(format!("{name} is a histogram: it has _bucket, _sum and _count alone")),
            ("summary", "") if quantile.as_deref().and_then(float).is_none() => {
                return Err(format!("{name} wants a label `quantile` that is a number"));
            }
            _ => {}
        }
        labels.sort();
        if let Some(pair) = labels.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(format!("the label `{}` stands twice", pair[0].0));
        }
        let mut key = name.to_owned();
        for (name, value) in &labels {
            key.push('\u{0}');
            key.push_str(name);
            key.push('\u{1}');
            key.push_str(value);
        }
        if self.series.insert(key) { Ok(()) } else { Err(format!("{name} stands twice with the same labels")) }
    }

    /// The family of a sample: the one that a type was given for, whose name it has with or without a suffix.
    fn family_of(&self, name: &str) -> String {
        for suffix in ["_bucket", "_sum", "_count", "_total", "_created", "_info", "_gsum", "_gcount"] {
            let Some(stem) = name.strip_suffix(suffix) else { continue };
            let kind = self.families.get(stem).and_then(|family| family.kind.as_deref());
            let fits = match suffix {
                "_bucket" => matches!(kind, Some("histogram" | "gaugehistogram")),
                "_sum" | "_count" => matches!(kind, Some("histogram" | "summary")),
                "_gsum" | "_gcount" => kind == Some("gaugehistogram"),
                "_info" => self.open && kind == Some("info"),
                "_total" => self.open && kind == Some("counter"),
                _ => self.open && matches!(kind, Some("counter" | "histogram" | "summary")),
            };
            if fits {
                return stem.to_owned();
            }
        }
        name.to_owned()
    }

    fn finish(&mut self) -> Result<(), String> {
        for name in &self.order {
            let Some(family) = self.families.get(name) else { continue };
            if family.sampled && family.kind.as_deref() == Some("histogram") && !family.infinite {
                return Err(format!("the histogram {name} has no bucket for `+Inf`"));
            }
        }
        Ok(())
    }
}

/// A number as Prometheus reads it.
fn float(text: &str) -> Option<f64> {
    let plain = text.trim_start_matches(['+', '-']);
    let known = plain.eq_ignore_ascii_case("inf")
        || plain.eq_ignore_ascii_case("infinity")
        || plain.eq_ignore_ascii_case("nan");
    let digits = plain.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if known || digits { text.parse().ok() } else { None }
}

fn is_name(text: &str, colon: bool) -> bool {
    let first = text.chars().next().is_some_and(|c| !c.is_ascii_digit());
    first && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || (colon && c == ':') || !c.is_ascii())
}

fn quoted(text: &str) -> Option<String> {
    text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
}

/// Labels with their values, in order.
type Labels = Vec<(String, String)>;

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blank(&mut self) {
        self.word(|c| matches!(c, ' ' | '\t'));
    }

    fn word(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Labels up to the closing brace; with `named`, a quoted name of the metric may stand first.
    fn labels(&mut self, named: bool) -> Result<(Option<String>, Labels), String> {
        let mut name = None;
        let mut labels = Vec::new();
        loop {
            self.blank();
            if self.eat('}') {
                return Ok((name, labels));
            }
            let label = if self.rest().starts_with('"') {
                self.string()?
            } else {
                let label = self.word(|c| c.is_ascii_alphanumeric() || c == '_').to_owned();
                if !is_name(&label, false) {
                    return Err(format!("`{label}` is no name of a label"));
                }
                label
            };
            self.blank();
            if self.eat('=') {
                self.blank();
                labels.push((label, self.string()?));
            } else if named && name.is_none() && labels.is_empty() {
                name = Some(label);
            } else {
                return Err(format!("the label `{label}` has no value"));
            }
            self.blank();
            if !self.eat(',') && !self.rest().starts_with('}') {
                return Err("the labels do not end".to_owned());
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.eat('"') {
            return Err("the value of a label stands in quotes".to_owned());
        }
        let mut out = String::new();
        let mut escaped = false;
        for (index, c) in self.rest().char_indices() {
            match (escaped, c) {
                (true, 'n') => out.push('\n'),
                (true, '\\' | '"') => out.push(c),
                (true, _) => return Err(format!("`\\{c}` is no escape")),
                (false, '"') => {
                    self.at += index + 1;
                    return Ok(out);
                }
                (false, '\\') => {}
                (false, _) => out.push(c),
            }
            escaped = !escaped && c == '\\';
        }
        Err("the value of a label does not end".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "# HELP http_requests_total All.\n# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\",path=\"/a\\\"b\"} 1027 1395066363000\nhttp_requests_total{code=\"400\"} 3\n\n# a remark\n# TYPE d histogram\nd_bucket{le=\"0.1\"} 1\nd_bucket{le=\"+Inf\"} 2\nd_sum 1.5e-3\nd_count 2\nup NaN\n";
    const OPEN: &str = "# TYPE a counter\n# UNIT a seconds\n# HELP a x\na_total 17.0 1520879607.789 # {trace_id=\"x\"} 0.67 1520879607.0\na_created 1520430000.123\n# TYPE b info\nb_info{v=\"1\"} 1\n# EOF\n";

    #[test]
    fn both_formats_are_read() {
        assert_eq!(Ok(Metrics { families: 3, samples: 7 }), read(Some("text/plain; version=0.0.4"), PLAIN.as_bytes()));
        let open = read(Some("application/openmetrics-text; version=1.0.0; charset=utf-8"), OPEN.as_bytes());
        assert_eq!(Ok(Metrics { families: 2, samples: 3 }), open);
        assert_eq!(Ok(Metrics::default()), read(None, b""), "an empty exposition is well-formed; it proves nothing");
        assert!(read(None, b"{\"http.requests\", code=\"200\"} 1\n").is_ok());
    }

    #[test]
    fn what_is_no_exposition_is_refused_at_its_line() {
        for (line, text) in [
            (1, "<!DOCTYPE html>\n<html></html>\n"),
            (1, "{\"status\": \"ok\"}\n"),
            (1, "ok\n"),
            (2, "a 1\nb\n"),
            (1, "a one\n"),
            (1, "a 1 soon\n"),
            (1, "a 1 2 3\n"),
            (1, "a{b=\"c\" 1\n"),
            (1, "a{b=c} 1\n"),
            (1, "a{b=\"c} 1\n"),
            (1, "a{b=\"\\x\"} 1\n"),
            (1, "a{1b=\"c\"} 1\n"),
            (1, "a{b=\"1\",b=\"2\"} 1\n"),
            (1, "1a 1\n"),
            (1, "a-b 1\n"),
            (2, "a 1\na 2\n"),
            (1, "# TYPE a sometimes\n"),
            (2, "# TYPE a counter\n# TYPE a gauge\n"),
            (2, "a 1\n# TYPE a counter\n"),
            (2, "# TYPE a histogram\na_bucket 1\n"),
            (3, "# TYPE a histogram\na_bucket{le=\"1\"} 1\n"),
            (2, "# TYPE a summary\na{x=\"y\"} 1\n"),
            (1, "a 0x10\n"),
            (1, "a 1\r\n"),
        ] {
            let found = read(None, text.as_bytes()).expect_err(text);
            assert_eq!(line, found.0, "{text}: {}", found.1);
        }
        assert_eq!(2, read(None, b"a 1\nb{c=\"\xff\"} 1\n").expect_err("not UTF-8").0);
        assert!(read(Some("text/html"), b"a 1\n").is_err());
        assert!(read(Some("application/json"), b"").is_err());
    }

    #[test]
    fn openmetrics_ends_as_it_must() {
        let open = |text: &str| read(Some("application/openmetrics-text"), text.as_bytes());
        for end in (0..OPEN.len()).filter(|end| OPEN.is_char_boundary(*end) && *end < OPEN.len() - 1) {
            open(&OPEN[..end]).expect_err("cut");
        }
        for text in ["a 1\n\n# EOF\n", "# EOF\na 1\n", "# note\n# EOF\n", "a 1 # 2\n# EOF\n"] {
            open(text).expect_err(text);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(value: f64, label in "[^\\x00-\\x08]*", name in "[a-z_:][a-z0-9_:]{0,8}") {
            let escaped = label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let text = format!("{name}{{l=\"{escaped}\"}} {value:?}\n");
            proptest::prop_assert_eq!(Ok(Metrics { families: 1, samples: 1 }), read(None, text.as_bytes()), "{}", text);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            // Whatever comes out, something does.
            let _ = read(None, &bytes);
            let _ = read(Some("application/openmetrics-text"), &bytes);
        }
    }
}

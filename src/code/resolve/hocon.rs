//! HOCON, as Typesafe's configuration spells it: keys with dots, objects within objects, values put together of texts and of
//! other settings. Lists and files that are included are passed over.

/// Objects within objects.
const MOST_NESTED: usize = 32;
/// The most settings of one file.
const MOST: usize = 4_000;

/// The settings of a file by their whole names, each with its line: what is said last of one counts. Other settings in a value
/// stand in it as `${name}`; what only a variable that may be absent says is left out.
pub(super) fn read(text: &str) -> Vec<(String, String, u32)> {
    let mut reader = Reader { text, at: 0, out: Vec::new() };
    reader.space(true);
    reader.skip("{");
    reader.object("", 0);
    reader.out
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    out: Vec<(String, String, u32)>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, sign: &str) -> bool {
        let there = self.rest().starts_with(sign);
        if there {
            self.at += sign.len();
        }
        there
    }

    /// Passes over blanks and comments, and over the ends of lines and commas where `lines` says so.
    fn space(&mut self, lines: bool) {
        loop {
            let rest = self.rest();
            let blanks = rest.len()
                - rest
                    .trim_start_matches(|c: char| {
                        if lines {
                            c.is_whitespace() || matches!(c, ',' | '\u{feff}')
                        } else {
                            c.is_whitespace() && c != '\n'
                        }
                    })
                    .len();
            let comment = rest.get(blanks..).is_some_and(|rest| rest.starts_with('#') || rest.starts_with("//"));
            let length = if comment {
                rest.get(blanks..).and_then(|rest| rest.find('\n')).unwrap_or(rest.len() - blanks)
            } else {
                0
            };
            self.at += blanks + length;
            if !comment || !lines {
                return;
            }
        }
    }

    fn object(&mut self, prefix: &str, depth: usize) {
        loop {
            self.space(true);
            if self.rest().is_empty() || self.skip("}") || depth > MOST_NESTED || self.out.len() >= MOST {
                return;
            }
            let line = u32::try_from(self.text.get(..self.at).unwrap_or_default().matches('\n').count() + 1);
            let key = self.key();
            if key.is_empty() || key.starts_with("include ") {
                self.line();
                continue;
            }
            let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            let more = self.skip("+=");
            if !more && !self.skip("=") {
                self.skip(":");
            }
            self.space(true);
            if self.skip("{") {
                self.object(&name, depth + 1);
            } else if self.rest().starts_with('[') {
                self.list();
            } else if let (Some(value), false) = (self.value(), more) {
                self.out.retain(|(own, _, _)| *own != name);
                self.out.push((name, value, line.unwrap_or(u32::MAX)));
            }
        }
    }

    /// A name up to what it is set to, its dots kept.
    fn key(&mut self) -> String {
        let mut out = String::new();
        loop {
            if self.rest().starts_with('"') {
                out.push_str(&self.quoted());
                continue;
            }
            let Some(sign) = self.rest().chars().next() else { break };
            if matches!(sign, '=' | ':' | '{' | '\n' | '}' | '[') || self.rest().starts_with("+=") {
                break;
            }
            out.push(sign);
            self.at += sign.len_utf8();
        }
        out.trim().to_owned()
    }

    fn quoted(&mut self) -> String {
        if self.skip("\"\"\"") {
            let rest = self.rest();
            let end = rest.find("\"\"\"").unwrap_or(rest.len());
            let out = rest.get(..end).unwrap_or_default().to_owned();
            self.at = (self.at + end + 3).min(self.text.len());
            return out;
        }
        self.skip("\"");
        let mut out = String::new();
        while let Some(sign) = self.rest().chars().next() {
            self.at += sign.len_utf8();
            match sign {
                '"' | '\n' => break,
                '\\' => {
                    let escaped = self.rest().chars().next().unwrap_or_default();
                    self.at += escaped.len_utf8().min(self.rest().len());
                    out.push(escaped);
                }
                sign => out.push(sign),
            }
        }
        out
    }

    /// What a setting is set to; none where only a variable that may be absent says it.
    fn value(&mut self) -> Option<String> {
        let mut out = String::new();
        let mut parts = 0;
        let mut may = false;
        loop {
            let rest = self.rest();
            if rest.starts_with('"') {
                out.push_str(&self.quoted());
            } else if rest.starts_with("${") {
                let end = rest.find('}').unwrap_or(rest.len() - 1);
                let name = rest.get(2..end).unwrap_or_default();
                may = name.starts_with('?');
                let name = name.trim_start_matches('?').trim().to_owned();
                self.at += end + 1;
                out.extend(["${", &name, if may { ":}" } else { "}" }]);
            } else {
                let comment = rest.starts_with('#') || rest.starts_with("//");
                let Some(sign) = rest.chars().next().filter(|sign| !matches!(sign, '\n' | ',' | '}' | '{') && !comment)
                else {
                    break;
                };
                out.push(sign);
                self.at += sign.len_utf8();
                // Blanks are no part of it.
                parts += usize::from(!sign.is_whitespace());
                continue;
            }
            parts += 1;
        }
        (parts > 1 || !may).then(|| out.trim().to_owned())
    }

    fn list(&mut self) {
        let mut depth = 0_usize;
        while let Some(sign) = self.rest().chars().next() {
            if sign == '"' {
                self.quoted();
                continue;
            }
            self.at += sign.len_utf8();
            match sign {
                '[' => depth += 1,
                ']' if depth <= 1 => return,
                ']' => depth -= 1,
                _ => {}
            }
        }
    }

    fn line(&mut self) {
        let rest = self.rest();
        self.at += rest.find('\n').map_or(rest.len(), |at| at + 1).max(usize::from(!rest.is_empty()));
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn keys_lead_inwards_and_values_are_put_together() {
        let text = "include \"other\"\n# a comment\napi {\n  version = v1, base : \"/api\" // why\n  path = ${api.base}\"/\"${api.version}\n  port = 80\n  port = ${?PORT}\n  list = [ \"a]\", { b: 1 } ]\n  under.path = /x\n}\n\"quoted\" { a = \"\"\"b\"\"\" }\nlast += 1\n";
        let all: Vec<String> =
            read(text).into_iter().map(|(key, value, line)| format!("{key}={value}@{line}")).collect();
        let expected = [
            "api.version=v1@4",
            "api.base=/api@4",
            "api.path=${api.base}/${api.version}@5",
            "api.port=80@6",
            "api.under.path=/x@9",
            "quoted.a=b@11",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn what_is_broken_off_ends() {
        let text = "a { b = \"x\\\" }\nc = ${d\n e [ 1, [\n } } =: + \"\"\"";
        for (at, _) in text.char_indices() {
            read(&text[..at]);
        }
        assert_eq!(read("{ \"a\": { \"b\": \"/c\" } }"), [("a.b".to_owned(), "/c".to_owned(), 1)]);
    }
}

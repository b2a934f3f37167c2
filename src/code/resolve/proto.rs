//! Services that .proto files declare: what their remote calls are named and where each is declared. Which of them a program
//! serves is for its code to say.

use super::Tree;
use crate::code::form::Name;
use crate::domain::folders::{Role, lies_in};

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Service {
    /// Its name behind that of its package: `shop.v1.Orders`.
    pub(crate) name: String,
    /// Its methods and the lines that declare them.
    pub(crate) methods: Vec<(String, u32)>,
    /// What its methods answer over HTTP, by their rules.
    pub(crate) rules: Vec<Rule>,
    /// The file.
    pub(crate) file: Name,
}

impl Service {
    /// Whether a name means it: its full one, or its own without a package.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name || (!name.contains('.') && self.name.rsplit('.').next() == Some(name))
    }
}

/// An HTTP rule: `get: "/v1/{name}"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The method.
    pub(crate) method: String,
    /// The path as written.
    pub(crate) path: String,
    /// The line.
    pub(crate) line: u32,
}

/// Every service that the tree's own .proto files declare, by file.
pub(super) fn services(tree: &Tree<'_>) -> Vec<Service> {
    let mut out = Vec::new();
    for path in tree.files() {
        if path.ends_with(".proto") && !lies_in(path, &[Role::Vendored, Role::Fixture]) {
            let text = tree.text(path).unwrap_or_default();
            out.extend(declared(&text, path));
        }
    }
    out
}

/// The services of one file.
fn declared(text: &str, file: &Name) -> Vec<Service> {
    let words = words(text);
    let word = |at: usize| words.get(at).map_or("", |(word, _)| *word);
    let mut out: Vec<Service> = Vec::new();
    let mut package = "";
    let mut depth = 0_usize;
    let mut inside = None;
    let mut ruled = false;
    for (at, (here, line)) in words.iter().enumerate() {
        match *here {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if inside == Some(depth) {
                    inside = None;
                }
            }
            "package" if depth == 0 && word(at + 2) == ";" => package = word(at + 1),
            "service" if depth == 0 && word(at + 2) == "{" => {
                let dot = if package.is_empty() { "" } else { "." };
                let name = format!("{package}{dot}{}", word(at + 1));
                out.push(Service { name, methods: Vec::new(), rules: Vec::new(), file: file.clone() });
                inside = Some(depth);
            }
            "rpc" if inside.is_some_and(|outer| depth == outer + 1) && word(at + 2) == "(" => {
                if let Some(service) = out.last_mut() {
                    service.methods.push((word(at + 1).to_owned(), *line));
                }
            }
            "option" => ruled = word(at + 1) == "(" && word(at + 2) == "google.api.http",
            "get" | "put" | "post" | "delete" | "patch" if ruled && inside.is_some() && word(at + 1) == ":" => {
                let path = word(at + 2).trim_matches(['"', '\'']);
                if let (Some(service), true) = (out.last_mut(), path.starts_with('/')) {
                    service.rules.push(Rule { method: here.to_uppercase(), path: path.to_owned(), line: *line });
                }
            }
            _ => {}
        }
    }
    out
}

/// Words, signs and strings with their lines; comments are left out.
fn words(text: &str) -> Vec<(&str, u32)> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut line = 1;
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' || first == '\'' {
            quoted(rest, first)
        } else if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(length);
        if !piece.starts_with('/') && !first.is_whitespace() {
            out.push((piece, line));
        }
        line += u32::try_from(piece.matches('\n').count()).unwrap_or(0);
        rest = after;
    }
    out
}

/// How long a string at the start is, its quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote || c == '\n' {
            return at + c.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_the_name_of_their_package_and_methods_their_lines() {
        let text = "syntax = \"proto3\"; // service No {\npackage shop.v1;\noption x = \"rpc A(B)\";\nmessage M { string service = 1; }\nservice Orders {\n  rpc Get(M) returns (M) {\n    option (http) = { get: \"/v1\" };\n  }\n  /* rpc Old(M) */ rpc Watch (M) returns (stream M);\n}\n";
        let found = declared(text, &"a.proto".into());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].name, "shop.v1.Orders");
        assert_eq!(found[0].methods, [("Get".to_owned(), 6), ("Watch".to_owned(), 9)]);
    }

    #[test]
    fn what_is_cut_off_anywhere_ends() {
        let text = "package a; service B { rpc C(D) returns (E) { option x = \"\\\"é\"; } /* f */ }";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            declared(&text[..end], &"a.proto".into());
        }
    }
}

//! Build constraints: whether the default build on Linux takes a file in.

/// Whether the constraint at the head of a source holds; true where there is none.
pub(super) fn holds(source: &str) -> bool {
    for line in source.lines() {
        let line = line.trim();
        if let Some(constraint) = line.strip_prefix("//go:build ") {
            // Of what wire reads and what it wrote of that, whichever is there counts: who lists a package's files knows.
            if matches!(constraint.trim(), "wireinject" | "!wireinject") {
                return true;
            }
            return Constraint { rest: constraint }.any();
        }
        if line.starts_with("package ") {
            break;
        }
    }
    true
}

/// Whether a tag is set by default.
fn is_set(tag: &str) -> bool {
    matches!(tag, "linux" | "amd64" | "unix" | "cgo" | "gc") || tag.starts_with("go1")
}

/// A constraint being read: `||` of `&&` of negated, grouped or plain tags. Brackets nest no deeper than the line is long,
/// and a line that is longer than any real one is not read.
struct Constraint<'s> {
    rest: &'s str,
}

impl Constraint<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> bool {
        if self.rest.len() > 400 {
            return true;
        }
        let mut value = self.all();
        while self.takes("||") {
            let right = self.all();
            value = value || right;
        }
        value
    }

    fn all(&mut self) -> bool {
        let mut value = self.one();
        while self.takes("&&") {
            let right = self.one();
            value = value && right;
        }
        value
    }

    fn one(&mut self) -> bool {
        if self.takes("!") {
            return !self.one();
        }
        if self.takes("(") {
            let value = self.any();
            self.takes(")");
            return value;
        }
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(self.rest.len());
        let (tag, rest) = self.rest.split_at(end);
        self.rest = rest;
        is_set(tag)
    }
}

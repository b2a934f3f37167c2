//! Path templates (`/users/{id}`), held against each other with the names of parameters erased.

/// What stands between two slashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Text alone.
    Literal(String),
    /// One parameter alone.
    Parameter,
    /// Text with parameters in it: each is `{}`.
    Mixed(String),
    /// Whatever follows, slashes included.
    Wildcard,
}

/// A path as segments. A slash at the end and doubled ones make no difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Template(pub Vec<Segment>);

impl Segment {
    fn parse(text: &str) -> Self {
        if text.strip_prefix(':').is_some_and(|name| !name.is_empty()) {
            return Self::Parameter;
        }
        let mut out = String::with_capacity(text.len());
        let (mut rest, mut wild) = (text, false);
        while let Some((before, inner, after)) = group(rest) {
            out.push_str(before);
            out.push_str("{}");
            wild |= inner.starts_with(['*', '+']) || inner.ends_with(['*', '+']);
            rest = after;
        }
        out.push_str(rest);
        match out.as_str() {
            "{}" if wild => Self::Wildcard,
            "{}" => Self::Parameter,
            _ if out.contains("{}") => Self::Mixed(out),
            _ => Self::Literal(out),
        }
    }
}

/// The first `{name}` of a text: what stands before, the name, what stands behind.
fn group(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find('{')?;
    let end = start + text[start..].find('}')?;
    Some((&text[..start], &text[start + 1..end], &text[end + 1..]))
}

/// The names of the parameters of a path, in order.
#[must_use]
pub fn parameters(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, name, after)) = group(rest) {
        names.push(name);
        rest = after;
    }
    names
}

impl Template {
    /// Reads `/users/{id}`, `/users/:id`, `/files/{*rest}`.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        Self(path.split('/').filter(|segment| !segment.is_empty()).map(Segment::parse).collect())
    }

    /// Its one spelling, with the names of parameters erased.
    #[must_use]
    pub fn spelled(&self) -> String {
        let spell = |segment: &Segment| match segment {
            Segment::Literal(text) | Segment::Mixed(text) => format!("/{text}"),
            Segment::Parameter => "/{}".to_owned(),
            Segment::Wildcard => "/{+}".to_owned(),
        };
        self.0.iter().map(spell).collect()
    }

    /// Whether a word of its own stands in it, and not parameters alone.
    #[must_use]
    pub fn has_literal(&self) -> bool {
        self.0.iter().any(|segment| matches!(segment, Segment::Literal(_) | Segment::Mixed(_)))
    }

    /// Whether it ends in a wildcard.
    #[must_use]
    pub fn is_wild(&self) -> bool {
        self.0.last() == Some(&Segment::Wildcard)
    }

    /// The same with the last wildcard as a parameter: how documents spell one.
    #[must_use]
    pub fn tamed(&self) -> Self {
        let tame = |segment: &Segment| if *segment == Segment::Wildcard { Segment::Parameter } else { segment.clone() };
        Self(self.0.iter().map(tame).collect())
    }

    /// This behind another.
    #[must_use]
    pub fn under(&self, prefix: &Template) -> Self {
        Self(prefix.0.iter().chain(&self.0).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_slashes_make_no_difference() {
        for (left, right) in [
            ("/users/{id}", "/users/:userId/"),
            ("//users/{a}", "users/{b}"),
            ("/f/{a}.{b}", "/f/{x}.{y}"),
            ("/f/{*a}", "/f/{b+}"),
        ] {
            assert_eq!(Template::parse(left), Template::parse(right), "{left} {right}");
        }
        for (left, right) in
            [("/users/{id}", "/users/me"), ("/a/{*b}", "/a/{b}"), ("/a/{b}.json", "/a/{b}"), ("/", "/{a}")]
        {
            assert_ne!(Template::parse(left), Template::parse(right), "{left} {right}");
        }
        assert_eq!(Template::parse("/a/{b}"), Template::parse("/a/{*b}").tamed());
        assert_eq!(vec!["a", "b"], parameters("/x/{a}/y-{b}.json"));
    }
}

//! Paths that tests ask for by the name of a route: `reverse("users:detail", args=[1])`, `url_for("users.get", id=1)`. Which path
//! that is, is not known here: the text says what was asked, and the routes tell.

use super::idioms::Given;
use super::values::{HOLE, Values};
use super::walk::{Chain, Scope};
use crate::code::form::{Arg, Entry, ExprKind, Spread};

/// Opens a name in a text.
const OPEN: char = '\u{1}';
/// Parts a name from how many parameters are given.
const COUNT: char = '\u{3}';
/// Closes a name.
const CLOSE: char = '\u{2}';

/// What a text asks for by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// The least and the most parameters that the path may have.
    pub(crate) parameters: (usize, usize),
    /// What stands behind the path.
    pub(crate) rest: &'a str,
}

/// What a text asks for by name, where that is the whole of its path.
pub(crate) fn asked(text: &str) -> Option<Asked<'_>> {
    let (_, after) = text.split_once(OPEN)?;
    let (inner, rest) = after.split_once(CLOSE)?;
    let (name, count) = inner.split_once(COUNT)?;
    let parameters = match (count.get(..1), count.get(1..).and_then(|count| count.parse().ok())) {
        (Some("="), Some(count)) => (count, count),
        (Some("<"), Some(count)) => (0, count),
        _ => (0, usize::MAX),
    };
    Some(Asked { name, parameters, rest })
}

impl<'a> Values<'a> {
    /// The text for a call that asks for a path by name.
    pub(super) fn asked(&self, chain: &Chain<'a>, scope: Scope, depth: u32) -> Option<Vec<String>> {
        let last = chain.links.last()?;
        let told = last.name?;
        let alone = chain.links.len() == 1 && matches!(chain.root.kind, ExprKind::Name(_));
        let told = self.aliases.get(told).copied().filter(|_| alone).unwrap_or(told);
        let naming = self.namings.iter().find(|naming| naming.call.iter().any(|call| call == told))?;
        let (first, rest) = last.args().split_first()?;
        let counted: Vec<&Arg> =
            rest.iter().filter(|arg| !naming.besides.iter().any(|name| Some(&**name) == arg.name.as_deref())).collect();
        let spread = last.args().iter().any(|arg| arg.spread != Spread::No);
        let count = match naming.given {
            _ if spread => String::new(),
            Given::Each => format!("={}", counted.len()),
            Given::Among => format!("<{}", counted.len()),
            Given::Listed => self.listed(&counted, scope),
        };
        let names = self.text((&first.value, scope), depth);
        let known = names.into_iter().filter(|name| !name.contains(HOLE) && !name.is_empty());
        Some(known.map(|name| format!("{OPEN}{name}{COUNT}{count}{CLOSE}")).collect())
    }

    /// How many parameters `args` or `kwargs` give.
    fn listed(&self, args: &[&'a Arg], scope: Scope) -> String {
        // `reverse(name, urlconf, args, kwargs)`
        let at = |index: usize| args.get(index).filter(|arg| arg.name.is_none());
        let named = |name: &str| args.iter().find(|arg| arg.name.as_deref() == Some(name));
        let given = named("args").or(named("kwargs")).or(at(1)).or(at(2));
        let Some(given) = given else { return if args.is_empty() { "=0".to_owned() } else { String::new() } };
        let count = self.literal((&given.value, scope), 0).first().and_then(|(expr, _)| match &expr.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) if items.iter().all(|item| item.spread == Spread::No) => {
                Some(items.len())
            }
            ExprKind::Map(entries) if entries.iter().all(|entry| matches!(entry, Entry::Pair(..))) => {
                Some(entries.len())
            }
            _ => None,
        });
        count.map_or_else(String::new, |count| format!("={count}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_what_it_asks_for() {
        let text = format!("http://testserver{OPEN}users:detail{COUNT}=1{CLOSE}?page=2");
        let wanted = Asked { name: "users:detail", parameters: (1, 1), rest: "?page=2" };
        assert_eq!(Some(wanted), asked(&text));
        assert_eq!((0, 2), asked(&format!("{OPEN}a{COUNT}<2{CLOSE}")).expect("a name").parameters);
        assert_eq!((0, usize::MAX), asked(&format!("{OPEN}a{COUNT}{CLOSE}")).expect("a name").parameters);
        assert_eq!(None, asked("/users/1"));
    }
}

//! Filters: what answers a request told by parts that are put together (`and`) or stand beside each other (`or`). Putting
//! together makes a new one; the parts stay what they are.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Modelled, Object, Spot, Value};
use super::forest::{Entry, Methods, Node};
use crate::code::form::{Expr, ExprKind, Language, Stmt, StmtKind};
use crate::code::models::JoinWord;

/// The most alternatives that one filter has.
const MOST: usize = 2_000;
/// How deep what a function gives is looked into.
const DEEPEST: usize = 8;

impl Machine<'_> {
    /// The filter that two filters make; what is no filter adds nothing to `and` and is a loss to `or`.
    pub(crate) fn joined(
        &mut self,
        word: &JoinWord,
        model: &Modelled,
        this: &Value,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Value {
        let other = self.argument_at(bound, &word.with, spot);
        let mut others = Vec::new();
        for one in other.each() {
            if let Value::Object(object) = &one
                && let Some(it) = object.model.borrow().as_ref()
            {
                others.push(it.node);
            }
        }
        if others.is_empty() {
            if word.either {
                self.note(spot, "what is mounted here is not known");
            }
            return this.clone();
        }
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, model.ty);
        let left = self.routes_of(model.node);
        let right: Vec<Entry> = others.iter().flat_map(|node| self.routes_of(*node)).collect();
        for node in others.into_iter().chain([model.node]) {
            self.forest.nodes[node].listed = true;
        }
        let mut all: Vec<Entry> = Vec::new();
        if word.either {
            all.extend(left.into_iter().chain(right));
        } else {
            for first in &left {
                for second in &right {
                    if all.len() < MOST {
                        all.extend(self.both(first, second));
                    }
                }
            }
        }
        if all.len() >= MOST {
            self.note(spot, "more alternatives than are told apart");
            all.truncate(MOST);
        }
        if let Some(it) = object.model.borrow().as_ref() {
            self.forest.nodes[it.node].entries = all;
        }
        Value::Object(object)
    }

    /// The filter that lets through what another one does not, too, where a function gives something in place of what that
    /// one would have told: an optional part of a path.
    pub(crate) fn spared(&mut self, word: &str, model: &Modelled, this: &Value, bound: &Rc<Map>, spot: Spot) -> Value {
        let otherwise = self.argument_at(bound, word, spot);
        let mut entries = self.routes_of(model.node);
        let told = |entry: &&Entry| matches!(entry, Entry::Route { path, .. } if !path.is_nothing());
        let (Value::Function(closure), Some(first)) = (&otherwise, entries.iter().find(told).cloned()) else {
            return this.clone();
        };
        if !gives_something(&closure.function.body, 0) {
            return this.clone();
        }
        if let Entry::Route { spot, chain, conditional, paths, library, .. } = first {
            let (path, methods, handler) = (Value::Null, Methods::Fixed(vec!["ANY".to_owned()]), Value::Undefined);
            entries.push(Entry::Route { path, methods, handler, spot, chain, conditional, paths, library });
        }
        let object = Rc::new(Object { class: None, members: Map::default(), model: RefCell::default() });
        self.become_object(&object, model.ty);
        self.forest.nodes[model.node].listed = true;
        if let Some(it) = object.model.borrow().as_ref() {
            self.forest.nodes[it.node].entries = entries;
        }
        Value::Object(object)
    }

    /// The filters and other parts with a path that nothing else is made of and that code of Rust got which nobody sees: they are
    /// served there where nothing of their library is seen to be served, and may be elsewhere.
    pub(in crate::code::eval) fn handed_filters(&self, roots: &[usize]) -> (Vec<usize>, bool) {
        let nodes = &self.forest.nodes;
        let in_rust = |node: &Node| {
            node.entries.first().is_some_and(|it| self.modules[it.spot().module.0].language == Language::Rust)
        };
        let is_one = |node: &usize| {
            let node = &nodes[*node];
            let path = node.prefix.as_text().is_some_and(|path| !path.is_empty()) && in_rust(node);
            let part = node.model.is_filter() || (node.model.part && path);
            part && node.handed && !node.listed && !node.served
        };
        let handed: Vec<usize> = roots.iter().copied().filter(is_one).collect();
        let of = |node: usize| nodes[node].model.framework();
        let seen = handed.first().is_some_and(|one| {
            let served = |node: &usize| {
                let it = &nodes[*node];
                (it.served || (it.model.served && !it.entries.is_empty())) && !handed.contains(node)
            };
            (0..nodes.len()).any(|node| served(&node) && of(node) == of(*one))
        });
        (handed, seen)
    }

    /// Whether all that stands on a root stands on a router like it that is mounted: the same code made both, and what is made
    /// for the second time is left aside.
    pub(in crate::code::eval) fn is_left_aside(&self, root: usize, children: &BTreeSet<usize>) -> bool {
        let node = &self.forest.nodes[root];
        let like = |child: &&usize| std::ptr::eq(self.forest.nodes[**child].model, node.model) && **child != root;
        let mounted: BTreeSet<Spot> = children
            .iter()
            .filter(like)
            .flat_map(|child| &self.forest.nodes[*child].entries)
            .map(Entry::spot)
            .collect();
        !node.entries.is_empty()
            && node.entries.iter().all(|entry| {
                mounted.contains(&entry.spot()) && self.modules[entry.spot().module.0].language == Language::Rust
            })
    }

    /// What a macro that is not in the repository makes of filters holds them; what else it gets may be one.
    pub(in crate::code::eval) fn saw_filters(&mut self, path: &str, args: &Args, spot: Spot) {
        let is_filter = |value: &Value| {
            let Value::Object(object) = value else { return false };
            object.model.borrow().as_ref().is_some_and(|it| it.ty.is_filter())
        };
        let called = |value: &Value| matches!(value, Value::Unknown(path) if path.ends_with("()"));
        if path.ends_with('!') && args.list.iter().any(is_filter) && args.list.iter().any(called) {
            self.note(spot, "what is mounted here is not known");
        }
    }

    /// The routes that a router has itself.
    fn routes_of(&self, node: usize) -> Vec<Entry> {
        self.forest.nodes[node].entries.iter().filter(|entry| matches!(entry, Entry::Route { .. })).cloned().collect()
    }

    fn both(&mut self, first: &Entry, second: &Entry) -> Option<Entry> {
        let Entry::Route { path: left, methods: one, spot: at, chain, conditional, handler, library, .. } = first
        else {
            return None;
        };
        let Entry::Route {
            path: right,
            methods: two,
            spot: there,
            chain: calls,
            conditional: perhaps,
            library: brought,
            ..
        } = second
        else {
            return None;
        };
        let (path, spot, chain) = if left.is_nothing() {
            (right.clone(), *there, calls.clone())
        } else if right.is_nothing() {
            (left.clone(), *at, chain.clone())
        } else {
            let slash = self.concat(left, &Value::text("/"));
            (self.concat(&slash, right), *at, chain.clone())
        };
        let conditional = *conditional || *perhaps;
        Some(Entry::Route {
            path,
            methods: common(one, two),
            handler: handler.clone(),
            spot,
            chain,
            conditional,
            paths: None,
            library: library.clone().or_else(|| brought.clone()),
        })
    }
}

/// Whether the last thing that a function of Rust does is to give something that is no error, at once or as a future.
fn gives_something(body: &[Stmt], depth: usize) -> bool {
    let Some(StmtKind::Expr(last) | StmtKind::Return(Some(last))) = body.last().map(|stmt| &stmt.kind) else {
        return false;
    };
    is_something(last, depth)
}

fn is_something(expr: &Expr, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    match &expr.kind {
        ExprKind::Block(body) => gives_something(body, depth + 1),
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Function(block) => gives_something(&block.body, depth + 1),
            ExprKind::Name(name) => &**name == "Ok",
            ExprKind::Path(path) => match path.last().map(|name| &**name) {
                Some("Ok" | "ok") => true,
                Some("ready") => call.args.first().is_some_and(|arg| is_something(&arg.value, depth + 1)),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// The methods that both let through.
fn common(one: &Methods, two: &Methods) -> Methods {
    match (names(one), names(two)) {
        (None, _) => two.clone(),
        (_, None) => one.clone(),
        (Some(left), Some(right)) => {
            Methods::Fixed(left.iter().filter(|method| right.contains(method)).cloned().collect())
        }
    }
}

/// The methods that are named; none where every method is let through.
fn names(methods: &Methods) -> Option<&Vec<String>> {
    match methods {
        Methods::Fixed(all) | Methods::Default(all) | Methods::Unknown(all) => {
            (!all.is_empty() && !all.iter().any(|method| method == "ANY")).then_some(all)
        }
    }
}

/// The path in the tokens of a macro: texts and types between slashes; `..` at the end says that more may follow.
pub(crate) fn segments(tokens: &str) -> String {
    let mut out = String::new();
    let mut rest = tokens.trim();
    while !rest.is_empty() {
        let (part, after) = match rest.strip_prefix('"').and_then(|text| text.split_once('"')) {
            Some((text, after)) => (text.to_owned(), after),
            None => {
                let end = rest.find('/').unwrap_or(rest.len());
                let name = rest[..end].trim().rsplit("::").next().unwrap_or("").to_lowercase();
                let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let part = if name.is_empty() { String::new() } else { format!("{{{name}}}") };
                (part, &rest[end..])
            }
        };
        if !part.is_empty() {
            out.push('/');
            out.push_str(&part);
        }
        rest = after.trim_start().strip_prefix('/').unwrap_or("").trim_start();
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn tokens_of_a_path_become_a_template() {
        for (tokens, path) in [
            ("\"a\" / u32 / \"b\"", "/a/{u32}/b"),
            ("\"v1\" / uuid::Uuid / ..", "/v1/{uuid}"),
            ("", "/"),
            ("\"a/b\"", "/a/b"),
            ("\"unfinished", "/"),
        ] {
            assert_eq!(path, segments(tokens), "{tokens}");
        }
    }
}

//! Handlers of the project's own that choose among routers which a table or a list holds, or that change the path before they
//! hand a request on. How they choose is seen by what arrives where: each prefix that the table knows is tried. Where that does
//! not show under which paths a router answers, its routes are told.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Sees};
use super::super::scope::{Scope, ScopeKind};
use super::super::value::{Closure, Map, Native, Spot, Value};
use super::probe::{Hit, Sent};
use crate::code::form::{Block, Call, Expr, ExprKind, Function, Name, Pattern, Stmt, StmtKind};
use crate::code::holes::hole;

/// How deeply code and values are looked into.
const DEEPEST: usize = 12;
/// How deeply values in a table are looked into.
const DEEPEST_VALUE: usize = 5;
/// The most prefixes that are tried.
const MOST_TRIED: usize = 64;
/// The most handlers within handlers that are tried.
const MOST_WITHIN: usize = 3;
/// The segments that no program knows.
const OPEN: [&str; 3] = ["zq0open", "zq1open", "zq2open"];
/// The host that no program knows.
const HOST: &str = "zq.open";

/// A handler that was found to choose among routers.
#[derive(Debug)]
pub(super) struct Dispatcher {
    closure: Rc<Closure>,
    receiver: Option<Value>,
    /// The router that stands for it.
    router: Value,
    node: usize,
}

/// What a handler says of how it chooses.
#[derive(Default)]
struct Said {
    /// The tables and lists that it takes something of.
    tables: Vec<Value>,
    /// The texts in its code.
    texts: Vec<String>,
    /// It changes a path.
    rewrites: bool,
    /// The functions that were looked into.
    looked: Vec<usize>,
}

/// The prefixes under which requests arrive, and what is taken off before, where that is known.
type Arrivals = Vec<(String, Option<String>)>;

/// Where a router answers.
enum Under {
    /// Wherever the handler does.
    All,
    /// Below this path, of which it does not see the part that is taken off.
    Path { path: String, off: String },
    /// That is not known.
    Open,
}

impl Machine<'_> {
    /// The router that stands for a handler which chooses among routers; none where it does not.
    pub(super) fn go_dispatched(&mut self, closure: &Rc<Closure>, receiver: Option<&Value>) -> Option<Value> {
        let address = Rc::as_ptr(closure).addr();
        let of = receiver.and_then(Value::identity);
        let same =
            |it: &&Dispatcher| Rc::ptr_eq(&it.closure, closure) && it.receiver.as_ref().and_then(Value::identity) == of;
        if let Some(known) = self.go.dispatchers.iter().find(same) {
            return Some(known.router.clone());
        }
        let within = &self.go.trying;
        if !self.is_go(closure.scope.module) || within.contains(&address) || within.len() >= MOST_WITHIN {
            return None;
        }
        closure.function.params.get(1)?;
        let mounts = self.answered_under(closure, receiver)?;
        let router = self.router_for_dispatch()?;
        let Value::Object(object) = &router else { return None };
        let node = object.model.borrow().as_ref()?.node;
        self.go.dispatches.insert(node);
        self.put_mounts(node, closure, mounts);
        let it = Dispatcher { closure: closure.clone(), receiver: receiver.cloned(), router: router.clone(), node };
        self.go.dispatchers.push(it);
        Some(router)
    }

    fn router_for_dispatch(&mut self) -> Option<Value> {
        let within = std::mem::take(&mut self.conditional);
        let made = self.made_router(super::compared::ROUTER);
        self.conditional = within;
        made
    }

    /// A program has ended: what its tables hold now is what its handlers choose among.
    pub(super) fn go_dispatch_again(&mut self) {
        for at in 0..self.go.dispatchers.len() {
            let it = &self.go.dispatchers[at];
            let (closure, receiver, node) = (it.closure.clone(), it.receiver.clone(), it.node);
            if let Some(mounts) = self.answered_under(&closure, receiver.as_ref()) {
                self.forest.nodes[node].entries.clear();
                self.put_mounts(node, &closure, mounts);
            }
        }
        // What was served before its table held anything.
        for (closure, receiver) in std::mem::take(&mut self.go.served_early) {
            if let Some(Value::Object(router)) = self.go_dispatched(&closure, receiver.as_ref())
                && let Some(model) = router.model.borrow().as_ref()
            {
                self.forest.nodes[model.node].served = true;
            }
        }
    }

    /// A table is given something under a key that is not known as a whole: it has that under what the key may be.
    pub(in crate::code::eval) fn go_written_open(&mut self, map: &Rc<Map>, key: &Value, value: &Value) {
        let running = self.frames.last().is_some_and(|frame| self.is_go(frame.spot.module));
        let may_route = matches!(value, Value::Object(_) | Value::Native(_) | Value::Function(_) | Value::Bound(_));
        if !running || !may_route {
            return;
        }
        let texts: Vec<Value> = match key {
            Value::Alt(all) => all.iter().filter(|one| one.as_whole_text().is_some()).cloned().collect(),
            _ => Vec::new(),
        };
        if texts.is_empty() {
            return self.go.written_open.push((map.clone(), value.clone()));
        }
        for text in texts {
            if let Some(key) = text.key() {
                map.set(key, text, value.clone());
            }
        }
    }

    /// A handler is served that may choose among what its tables will hold.
    pub(super) fn go_served_early(&mut self, handler: &Value) {
        if let Some((closure, receiver)) = self.own_handler(handler) {
            let mut said = Said::default();
            self.read_chooser(&closure, receiver.as_ref(), &mut said, 0);
            if !said.tables.is_empty() {
                self.go.served_early.push((closure, receiver));
            }
        }
    }

    fn put_mounts(&mut self, node: usize, closure: &Rc<Closure>, mounts: Vec<(Value, Under)>) {
        self.effects += 1;
        let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
        for (child, under) in mounts {
            let (at, sees) = match under {
                Under::All => (Value::text("/"), Value::text("")),
                Under::Path { path, off } => (Value::text(format!("{path}/")), Value::text(off)),
                Under::Open => {
                    let open = format!("/{}", hole("prefix"));
                    (Value::text(format!("{open}/")), Value::text(open))
                }
            };
            self.forest.nodes[node].entries.push(Entry::Mount {
                at,
                child,
                replaces: false,
                loose: true,
                sees: Sees::Behind(sees),
                spot,
                conditional: false,
            });
        }
    }

    /// The routers that a handler chooses among, each with where it answers; none where it does not choose.
    fn answered_under(&mut self, closure: &Rc<Closure>, receiver: Option<&Value>) -> Option<Vec<(Value, Under)>> {
        let address = Rc::as_ptr(closure).addr();
        self.go.trying.push(address);
        let mounts = self.tried(closure, receiver);
        self.go.trying.pop();
        mounts.filter(|mounts| mounts.iter().any(|(_, under)| !matches!(under, Under::All)) || mounts.len() > 1)
    }

    fn tried(&mut self, closure: &Rc<Closure>, receiver: Option<&Value>) -> Option<Vec<(Value, Under)>> {
        let mut said = Said::default();
        self.read_chooser(closure, receiver, &mut said, 0);
        let mut held = BTreeMap::new();
        let mut names = BTreeSet::new();
        said.tables.retain(|table| {
            let mut inside = BTreeMap::new();
            self.routers_in(table, &mut inside, 0);
            let written = self.go.written_open.clone();
            let of_table = |map: &Rc<Map>| matches!(table, Value::Map(table) if Rc::ptr_eq(table, map));
            for (_, value) in written.iter().filter(|(map, _)| of_table(map)) {
                self.routers_in(value, &mut inside, 0);
            }
            let any = !inside.is_empty();
            held.extend(inside);
            any
        });
        if held.is_empty() && !said.rewrites {
            return None;
        }
        for table in &said.tables {
            self.texts_in(table, &mut names, 0);
        }
        let tried = prefixes(&names, &said);
        let mut mounts: BTreeMap<usize, (Value, Under)> = BTreeMap::new();
        let mut open: BTreeMap<usize, Vec<(Hit, String)>> = BTreeMap::new();
        for depth in 1..=OPEN.len() {
            let path = format!("/{}", OPEN[..depth].join("/"));
            for hit in self.go_send(closure, receiver, &Sent { path: path.clone(), host: HOST.to_owned() }) {
                open.entry(hit.node).or_default().push((hit, path.clone()));
            }
        }
        for (node, hits) in &open {
            // An element of a table that answers whatever is asked for was chosen in a way that is not seen. What else gets a
            // path that is not known sees it as it is, as far as is known.
            let of_table = held.contains_key(node);
            let chosen = of_table && hits.iter().any(|(hit, _)| !hit.sure);
            let whole = hits.iter().all(|(hit, path)| hit.seen.as_deref().map_or(!of_table, |seen| seen == path));
            let under = if whole && !chosen { Under::All } else { Under::Open };
            mounts.insert(*node, (hits[0].0.router.clone(), under));
        }
        let mut below: BTreeMap<usize, (Value, Arrivals)> = BTreeMap::new();
        for prefix in &tried {
            let path = format!("{prefix}/{}", OPEN[0]);
            for hit in self.go_send(closure, receiver, &Sent { path: path.clone(), host: HOST.to_owned() }) {
                let off = hit.seen.as_deref().and_then(|seen| path.strip_suffix(seen)).map(str::to_owned);
                let off = off.filter(|off| prefix.starts_with(off.as_str()));
                let entry = below.entry(hit.node).or_insert_with(|| (hit.router.clone(), Vec::new()));
                entry.1.push((prefix.clone(), off));
            }
        }
        let mut all: Vec<(Value, Under)> = Vec::new();
        for (node, (router, hits)) in below {
            if !open.contains_key(&node) {
                all.extend(narrowed(hits).into_iter().map(|under| (router.clone(), under)));
                mounts.insert(node, (router, Under::Open));
            } else if let Some((router, under)) = mounts.remove(&node) {
                all.push((router, under));
                mounts.insert(node, (Value::Undefined, Under::Open));
            }
        }
        // What another handler chooses among is placed there.
        let mut placed: BTreeSet<usize> = mounts.keys().copied().collect();
        for node in mounts.keys().filter(|node| self.go.dispatches.contains(node)) {
            for entry in &self.forest.nodes[*node].entries {
                if let Entry::Mount { child: Value::Object(child), .. } = entry {
                    placed.extend(child.model.borrow().as_ref().map(|model| model.node));
                }
            }
        }
        let beside = mounts.into_iter().filter(|(node, (router, _))| !router.is_nothing() && open.contains_key(node));
        all.extend(beside.map(|(_, placed)| placed));
        let left: Vec<(usize, Value)> = held.into_iter().filter(|(node, _)| !placed.contains(node)).collect();
        if !left.is_empty() {
            let by_host = self.hosted(closure, receiver, &names);
            for (node, router) in left {
                all.push((router, if by_host.contains(&node) { Under::All } else { Under::Open }));
            }
        }
        Some(all)
    }

    /// The routers that are chosen by the host.
    fn hosted(&mut self, closure: &Rc<Closure>, receiver: Option<&Value>, names: &BTreeSet<String>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for name in names.iter().filter(|name| !name.contains('/') && !name.is_empty()).take(MOST_TRIED / 2) {
            for host in [name.clone(), format!("{name}.{HOST}"), format!("{}.{}", OPEN[0], name.trim_matches('.'))] {
                let path = format!("/{}", OPEN[0]);
                let hits = self.go_send(closure, receiver, &Sent { path: path.clone(), host });
                let whole = hits.iter().filter(|hit| hit.sure && hit.seen.as_deref() == Some(&*path));
                found.extend(whole.map(|hit| hit.node));
            }
        }
        found
    }

    /// What a handler and the project's own functions that it calls say.
    fn read_chooser(&mut self, closure: &Rc<Closure>, receiver: Option<&Value>, said: &mut Said, depth: usize) {
        let address = Rc::as_ptr(closure).addr();
        if depth > 3 || said.looked.contains(&address) || said.looked.len() > 24 {
            return;
        }
        said.looked.push(address);
        let function: std::sync::Arc<Function> = closure.function.clone();
        let scope = Scope::inside(&closure.scope, ScopeKind::Function);
        if let (Some(receiver), Some(param)) = (receiver, &function.receiver) {
            self.bind(&param.target, receiver.clone(), &scope, true);
        }
        let mut parts = Parts::default();
        parts.block(&function.body, 0);
        said.rewrites |= parts.rewrites;
        said.texts.extend(parts.texts.iter().map(|text| text.to_string()));
        let mut own: BTreeSet<&Name> = function.params.iter().filter_map(|param| named(&param.target)).collect();
        for (name, value) in &parts.locals {
            // `routes := r.routes`
            if let Some(value) = self.go_plain(value, &scope).filter(|_| !own.contains(root(value).unwrap_or(name))) {
                scope.set(name, value);
            } else {
                own.insert(name);
            }
        }
        for table in parts.tables {
            if root(table).is_some_and(|root| own.contains(root)) {
                continue;
            }
            if let Some(value @ (Value::Map(_) | Value::List(_))) = self.go_plain(table, &scope) {
                said.tables.push(value);
            }
        }
        for callee in parts.calls {
            // What answers by itself chooses by itself.
            let answers = matches!(&callee.kind, ExprKind::Member(_, name) if &**name == "ServeHTTP");
            if answers || root(callee).is_none_or(|root| own.contains(root)) {
                continue;
            }
            match self.go_plain(callee, &scope) {
                Some(Value::Function(inner)) if inner.function.name.is_some() => {
                    self.read_chooser(&inner, None, said, depth + 1)
                }
                Some(Value::Bound(inner)) => {
                    if let Value::Function(method) = &inner.callee {
                        self.read_chooser(&method.clone(), Some(&inner.receiver), said, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// The routers that a value holds, by their nodes.
    fn routers_in(&mut self, value: &Value, out: &mut BTreeMap<usize, Value>, depth: usize) {
        if depth > DEEPEST_VALUE {
            return;
        }
        match self.force(value.clone()) {
            Value::Object(it) => {
                let node = it.model.borrow().as_ref().map(|model| model.node);
                match node {
                    Some(node) => drop(out.insert(node, Value::Object(it))),
                    None => {
                        let all = it.members.pairs();
                        all.iter().for_each(|(_, value)| self.routers_in(value, out, depth + 1));
                    }
                }
            }
            Value::Map(map) => map.pairs().iter().for_each(|(_, value)| self.routers_in(value, out, depth + 1)),
            Value::List(list) => {
                let items = list.items.borrow().clone();
                items.iter().for_each(|value| self.routers_in(value, out, depth + 1));
            }
            Value::Alt(all) => all.iter().for_each(|value| self.routers_in(value, out, depth + 1)),
            Value::Native(native) => match &*native {
                Native::Wrapped(all) => all.iter().for_each(|value| self.routers_in(value, out, depth + 1)),
                Native::Stripped { inner, .. } => self.routers_in(inner, out, depth + 1),
                _ => {}
            },
            value @ (Value::Function(_) | Value::Bound(_)) => {
                for (router, _) in self.led_to(&value) {
                    self.routers_in(&router, out, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The texts that a value holds: what a table has its elements under, and what is in them.
    fn texts_in(&mut self, value: &Value, out: &mut BTreeSet<String>, depth: usize) {
        if depth > DEEPEST_VALUE || out.len() > MOST_TRIED {
            return;
        }
        match self.force(value.clone()) {
            value @ (Value::Str(_) | Value::Env(_)) => {
                let Some(text) = value.as_whole_text() else { return };
                let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '{' | '}' | '?' | '%' | '<' | '>');
                if !text.is_empty() && text.len() < 80 && text.chars().all(plain) {
                    out.insert(text.to_string());
                }
            }
            Value::Object(it) if it.model.borrow().is_none() => self.texts_in_map(&it.members, out, depth),
            Value::Map(map) => {
                map.pairs().iter().for_each(|(key, _)| self.texts_in(key, out, depth + 1));
                self.texts_in_map(&map, out, depth);
            }
            Value::List(list) => {
                let items = list.items.borrow().clone();
                items.iter().for_each(|value| self.texts_in(value, out, depth + 1));
            }
            Value::Native(native) => {
                if let Native::Stripped { prefix, .. } = &*native {
                    self.texts_in(prefix, out, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn texts_in_map(&mut self, map: &Map, out: &mut BTreeSet<String>, depth: usize) {
        map.pairs().iter().for_each(|(_, value)| self.texts_in(value, out, depth + 1));
    }
}

/// The paths to try: what tables hold, also behind what the code says.
fn prefixes(names: &BTreeSet<String>, said: &Said) -> Vec<String> {
    let path = |text: &str| {
        let text = text.trim_end_matches('*').trim_matches('/');
        (!text.is_empty()).then(|| format!("/{text}"))
    };
    let word =
        |text: &&String| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_/.".contains(c));
    let texts: BTreeSet<String> = said.texts.iter().filter(word).filter_map(|text| path(text)).collect();
    let own: BTreeSet<String> = names.iter().filter_map(|text| path(text)).collect();
    let bases =
        texts.iter().filter(|text| said.texts.iter().any(|said| said.starts_with('/') && said.contains(&***text)));
    let both: Vec<String> =
        bases.take(4).flat_map(|base| own.iter().map(move |name| format!("{base}{name}"))).collect();
    let mut seen = BTreeSet::new();
    let all = own.iter().chain(&texts).cloned().chain(both).filter(|one| seen.insert(one.clone()));
    all.take(MOST_TRIED).collect()
}

/// Where a router answers that got these requests: each is a prefix and what was taken off, where that is known.
fn narrowed(hits: Arrivals) -> Vec<Under> {
    let mut out: Vec<Under> = Vec::new();
    if hits.iter().any(|(_, off)| off.is_none()) {
        return vec![Under::Open];
    }
    let taken: BTreeSet<String> =
        hits.iter().filter_map(|(_, off)| off.clone()).filter(|off| !off.is_empty()).collect();
    out.extend(taken.iter().map(|off| Under::Path { path: off.clone(), off: off.clone() }));
    let whole: Vec<&String> =
        hits.iter().filter(|(_, off)| off.as_deref() == Some("")).map(|(prefix, _)| prefix).collect();
    let outer = whole.iter().filter(|one| {
        let above = |other: &String| other.len() < one.len() && one.starts_with(&format!("{other}/"));
        !whole.iter().any(|other| above(other))
    });
    out.extend(outer.map(|path| Under::Path { path: (*path).clone(), off: String::new() }));
    out
}

fn named(target: &Pattern) -> Option<&Name> {
    match target {
        Pattern::Name(name, _) => Some(name),
        _ => None,
    }
}

/// The name that a plain expression begins with.
fn root(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Member(object, _) => root(object),
        _ => None,
    }
}

/// What stands in a function.
#[derive(Default)]
struct Parts<'b> {
    tables: Vec<&'b Expr>,
    calls: Vec<&'b Expr>,
    locals: Vec<(&'b Name, &'b Expr)>,
    texts: Vec<&'b Name>,
    rewrites: bool,
}

impl<'b> Parts<'b> {
    fn block(&mut self, body: &'b Block, depth: usize) {
        if depth <= DEEPEST {
            body.iter().for_each(|stmt| self.stmt(stmt, depth));
        }
    }

    fn stmt(&mut self, stmt: &'b Stmt, depth: usize) {
        match &stmt.kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Deferred(value) => {
                self.expr(value, depth)
            }
            StmtKind::Bind { target, value: Some(value), .. } => {
                self.locals.extend(named(target).map(|name| (name, value)));
                self.expr(value, depth);
            }
            StmtKind::Assign { target, value, .. } => {
                self.target(target);
                self.expr(value, depth);
            }
            StmtKind::If { test, then, otherwise } => {
                self.expr(test, depth);
                self.block(then, depth + 1);
                self.block(otherwise, depth + 1);
            }
            StmtKind::Each { iterable, body, .. } => {
                self.tables.push(iterable);
                self.expr(iterable, depth);
                self.block(body, depth + 1);
            }
            StmtKind::Loop { body, .. } | StmtKind::Block(body) => self.block(body, depth + 1),
            StmtKind::Switch { subject, arms } => {
                subject.iter().for_each(|subject| self.expr(subject, depth));
                for arm in arms {
                    arm.values.iter().for_each(|value| self.expr(value, depth));
                    self.block(&arm.body, depth + 1);
                }
            }
            StmtKind::Perhaps(inner) => self.stmt(inner, depth),
            _ => {}
        }
    }

    /// `r.URL.Path = …`, also as one of several.
    fn target(&mut self, target: &'b Pattern) {
        match target {
            Pattern::Place(place) => {
                self.rewrites |= matches!(&place.kind, ExprKind::Member(_, name) if &**name == "Path");
            }
            Pattern::List(items) => items.iter().for_each(|item| self.target(&item.target)),
            _ => {}
        }
    }

    fn expr(&mut self, value: &'b Expr, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match &value.kind {
            ExprKind::Str(text) => self.texts.push(text),
            ExprKind::Index(table, key) => {
                self.tables.push(table);
                self.expr(key, depth + 1);
            }
            ExprKind::Call(call) => {
                let Call { callee, args, .. } = &**call;
                self.calls.push(callee);
                if let ExprKind::Member(object, _) = &callee.kind {
                    self.expr(object, depth + 1);
                }
                args.iter().for_each(|arg| self.expr(&arg.value, depth + 1));
            }
            ExprKind::Function(function) => self.block(&function.body, depth + 1),
            // `router, ok := routers[name]`
            ExprKind::Tuple(items) => items.iter().for_each(|item| self.expr(&item.value, depth + 1)),
            ExprKind::Member(inner, _) | ExprKind::Unary(_, inner) | ExprKind::Slice(inner, ..) => {
                self.expr(inner, depth + 1);
            }
            ExprKind::Binary(_, a, b) | ExprKind::Logical(_, a, b) => {
                self.expr(a, depth + 1);
                self.expr(b, depth + 1);
            }
            _ => {}
        }
    }
}

//! Handlers of the project's own are run with a request whose path is known, to see which routers get it and what path those see.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Closure, Map, Native, Spot, Value};
use crate::code::form::{Expr, ExprKind, Name, Pattern};

/// What a request and its address carry that is sent to see where it arrives; no program's own map has it.
const SENT: &str = "\u{0}sent";
/// How much one request may compute.
const MOST_STEPS: u64 = 20_000;
/// The most arrivals of one request.
const MOST_HITS: usize = 64;
/// What a router is asked with a request to learn whether it answers that.
const ASKS: &[&str] = &["ServeHTTP", "Handler", "Match", "Lookup", "Find"];

/// A request that is sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// Its path.
    pub(super) path: String,
    /// Its host.
    pub(super) host: String,
}

/// A router that a request arrived at.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// The router.
    pub(super) router: Value,
    /// Its node.
    pub(super) node: usize,
    /// The path that it sees; none where that is not known.
    pub(super) seen: Option<Name>,
    /// No condition that is not known stands before it.
    pub(super) sure: bool,
}

impl Machine<'_> {
    /// The routers that get a request.
    pub(super) fn go_send(&mut self, closure: &Rc<Closure>, receiver: Option<&Value>, sent: &Sent) -> Vec<Hit> {
        let request = request_for(sent);
        let outer = self.go.arrived.replace(Vec::new());
        // What is computed meanwhile counts for nothing: no entry, nothing told, nothing registered.
        let idle = std::mem::take(&mut self.idle);
        let idle_steps = std::mem::take(&mut self.idle_steps);
        let idle_results = std::mem::take(&mut self.idle_results);
        let worn = std::mem::take(&mut self.go.worn);
        let pending = std::mem::take(&mut self.go.pending);
        let unresolved = self.unresolved.clone();
        let registrations = self.go.registrations.len();
        let entries: Vec<usize> = self.forest.nodes.iter().map(|node| node.entries.len()).collect();
        let handed: Vec<bool> = self.forest.nodes.iter().map(|node| node.handed).collect();
        let spot = Spot { module: closure.scope.module, line: closure.function.pos.line };
        let args = Args::of(vec![Value::unknown(), request]);
        let callee = match receiver {
            Some(receiver) => Self::bound(Value::Function(closure.clone()), receiver.clone()),
            None => Value::Function(closure.clone()),
        };
        self.sliced(MOST_STEPS, |machine| machine.aside(|machine| machine.call(&callee, args, spot)));
        self.idle = idle;
        self.idle_steps = idle_steps;
        self.idle_results = idle_results;
        self.go.worn = worn;
        self.go.pending = pending;
        self.unresolved = unresolved;
        self.go.registrations.truncate(registrations);
        for (at, node) in self.forest.nodes.iter_mut().enumerate() {
            if !self.go.dispatches.contains(&at) {
                node.entries.truncate(entries.get(at).copied().unwrap_or(0));
            }
            node.handed = handed.get(at).copied().unwrap_or(node.handed);
        }
        std::mem::replace(&mut self.go.arrived, outer).unwrap_or_default()
    }

    /// Whether requests are being sent to see where they arrive.
    pub(super) fn go_sends(&self) -> bool {
        self.go.arrived.is_some()
    }

    /// A call of a member while a request is sent: the request arrives, or is copied; none where the common way does.
    pub(super) fn go_sent(&mut self, object: &Value, name: &Name, args: &Args, spot: Spot) -> Option<Value> {
        if let Value::Map(map) = object
            && map.named(SENT).is_some()
        {
            return match &**name {
                "Clone" | "WithContext" | "SetPathValue" => Some(copied(map, &**name == "Clone")),
                "EscapedPath" | "RequestURI" | "String" | "JoinPath" => map.named("Path"),
                _ => Some(Value::unknown()),
            };
        }
        let request = args.list.iter().find(|arg| is_sent(arg))?.clone();
        match object {
            Value::Object(it) if it.model.borrow().is_some() => {
                if ASKS.contains(&&**name) {
                    self.go_arrive(object, &request, spot, 0);
                }
                Some(Value::unknown())
            }
            Value::Object(_) | Value::Function(_) | Value::Bound(_) | Value::Native(_) if &**name == "ServeHTTP" => {
                self.go_arrive(object, &request, spot, 0);
                Some(Value::unknown())
            }
            _ => None,
        }
    }

    /// A request arrives at what answers it.
    pub(in crate::code::eval) fn go_arrive(&mut self, handler: &Value, request: &Value, spot: Spot, depth: usize) {
        let full = self.go.arrived.as_ref().is_none_or(|hits| hits.len() >= MOST_HITS);
        if depth > 12 || full {
            return;
        }
        let args = || Args::of(vec![Value::unknown(), request.clone()]);
        match self.force(handler.clone()) {
            Value::Object(it) => {
                let node = it.model.borrow().as_ref().map(|model| model.node);
                if let Some(node) = node {
                    let (router, sure) = (Value::Object(it), self.conditional == 0);
                    let seen = self.path_of_sent(request, spot);
                    let hit = Hit { router, node, seen, sure };
                    self.go.arrived.iter_mut().for_each(|hits| hits.push(hit.clone()));
                    return;
                }
                let Some(class) = it.class.clone() else { return };
                if let Some((Value::Function(method), _)) = self.class_member(&class, "ServeHTTP") {
                    let own = Value::Object(it);
                    match self.go_dispatched(&method, Some(&own)) {
                        Some(router) => self.go_arrive(&router, request, spot, depth + 1),
                        None => drop(self.call(&Self::bound(Value::Function(method), own), args(), spot)),
                    }
                    return;
                }
                for field in class.class.fields.iter().filter(|field| field.is_embedded) {
                    if let Some(value) = it.members.named(&field.name) {
                        self.go_arrive(&value, request, spot, depth + 1);
                    }
                }
            }
            callee @ (Value::Function(_) | Value::Bound(_) | Value::Method(_)) => {
                drop(self.call(&callee, args(), spot))
            }
            Value::Alt(all) => {
                self.conditional += 1;
                all.iter().for_each(|one| self.go_arrive(one, request, spot, depth + 1));
                self.conditional -= 1;
            }
            Value::Native(native) => self.go_arrive_native(&native, request, spot, depth),
            _ => {}
        }
    }

    /// A request arrives at what was made of handlers.
    pub(in crate::code::eval) fn go_arrive_native(
        &mut self,
        native: &Native,
        request: &Value,
        spot: Spot,
        depth: usize,
    ) {
        match native {
            Native::Wrapped(all) => all.iter().for_each(|one| self.go_arrive(one, request, spot, depth + 1)),
            Native::Stripped { prefix, inner } => {
                let seen = self.path_of_sent(request, spot);
                let rest = match (seen, prefix.as_whole_text()) {
                    (Some(seen), Some(prefix)) => match seen.strip_prefix(&*prefix) {
                        Some(rest) => Value::text(rest),
                        // Nothing answers there.
                        None => return,
                    },
                    _ => Value::unknown(),
                };
                let Value::Map(map) = request else { return };
                let copy = copied(map, true);
                if let Value::Map(copy) = &copy
                    && let Some(Value::Map(url)) = copy.named("URL")
                {
                    url.put("Path", rest);
                }
                self.go_arrive(inner, &copy, spot, depth + 1);
            }
            _ => {}
        }
    }

    /// The path that a request has come to.
    fn path_of_sent(&mut self, request: &Value, spot: Spot) -> Option<Name> {
        let scope = self.modules[spot.module.0].scope.clone();
        let url = self.member(request, &"URL".into(), &scope, spot.line);
        self.member(&url, &"Path".into(), &scope, spot.line).as_whole_text()
    }

    /// What a value is while a request is sent: a variable of the environment is what stands in its place.
    pub(in crate::code::eval) fn go_settled(&self, value: Value) -> Value {
        match &value {
            Value::Env(env) if self.go_sends() => env.default.clone().unwrap_or(value),
            _ => value,
        }
    }

    /// What is bound or assigned while a request is sent: `*copy = *request` makes another one, and whether a table has a key
    /// is known.
    pub(in crate::code::eval) fn go_bound(
        &self,
        target: &Pattern,
        written: &Expr,
        value: Value,
        assigns: bool,
    ) -> Value {
        if !self.go_sends() {
            return value;
        }
        match (target, &value) {
            (_, Value::Map(map)) if map.named(SENT).is_some() => {
                let url = matches!(written.kind, ExprKind::Member(..));
                if assigns || !url { copied(map, false) } else { value }
            }
            (Pattern::List(_), Value::List(list)) if asks_table(written) => {
                let element = list.items.borrow().first().cloned().unwrap_or(Value::Undefined);
                match &element {
                    Value::Unknown(_) | Value::Alt(_) | Value::Lazy(_) => value,
                    known => Self::tuple(vec![known.clone(), Value::Bool(!known.is_nothing())]),
                }
            }
            _ => value,
        }
    }

    /// The value of a plain expression: a name, a member, an element of those.
    pub(super) fn go_plain(&mut self, expr: &Expr, scope: &ScopeRef) -> Option<Value> {
        fn plain(expr: &Expr) -> bool {
            match &expr.kind {
                ExprKind::Name(_) => true,
                ExprKind::Member(object, _) => plain(object),
                _ => false,
            }
        }
        plain(expr).then(|| self.eval(expr, scope))
    }
}

/// Whether it is what a table has under a key, and whether it has that.
fn asks_table(written: &Expr) -> bool {
    let ExprKind::Tuple(items) = &written.kind else { return false };
    match items.as_slice() {
        [element, there] => {
            matches!(element.value.kind, ExprKind::Index(..)) && matches!(there.value.kind, ExprKind::Unknown(_))
        }
        _ => false,
    }
}

/// Whether a value is a request that is sent.
pub(in crate::code::eval) fn is_sent(value: &Value) -> bool {
    matches!(value, Value::Map(map) if map.named(SENT).is_some() && map.named("URL").is_some())
}

/// A request with a path and a host.
fn request_for(sent: &Sent) -> Value {
    let open = |pairs: &[(&str, Value)]| {
        let map = Map::default();
        map.put(SENT, Value::Bool(true));
        pairs.iter().for_each(|(name, value)| map.put(name, value.clone()));
        map.partial.set(true);
        Value::Map(Rc::new(map))
    };
    let path = Value::text(sent.path.as_str());
    let url = open(&[("Path", path.clone()), ("RawPath", Value::text(""))]);
    open(&[("URL", url), ("Host", Value::text(sent.host.as_str())), ("RequestURI", path)])
}

/// Another map with the same members; of a request with an address of its own where that is asked for.
fn copied(map: &Rc<Map>, deep: bool) -> Value {
    let copy = Map::default();
    for (shown, value) in map.pairs() {
        let value = match (&value, shown.as_text()) {
            (Value::Map(url), Some(name)) if deep && &*name == "URL" => copied(url, false),
            _ => value,
        };
        if let Some(key) = shown.key() {
            copy.set(key, shown, value);
        }
    }
    copy.partial.set(map.partial.get());
    Value::Map(Rc::new(copy))
}

//! Routes that are put together by calls one after the other, handlers made of others, and what libraries hold for all.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Map, Modelled, Native, Object, Spot, Value};
use super::forest::{Entry, Found, Methods, Sees};
use super::reading::Reading;
use crate::code::holes::hole;
use crate::code::models::{BuildWord, Join, WrapWord, put_together, tidy};

impl Machine<'_> {
    /// The object that a function acts on: an argument, or one that the library holds for all.
    pub(in crate::code::eval) fn acted_on(&mut self, on: &str, bound: &Rc<Map>, spot: Spot) -> Value {
        match self.shared_object(on) {
            Some(object) => object,
            None => self.argument_at(bound, on, spot),
        }
    }

    /// An object that a library holds for all; made when it is first asked for.
    pub(in crate::code::eval) fn shared_object(&mut self, path: &str) -> Option<Value> {
        let model = self.models.shared.get(path).copied()?;
        if let Some(object) = self.shared.get(path) {
            return Some(object.clone());
        }
        let object = Rc::new(Object { class: None, members: Map::default(), model: std::cell::RefCell::default() });
        self.become_object(&object, model);
        let filed = self.filed_prefix(model, None);
        if let Some(it) = object.model.borrow().as_ref() {
            let node = &mut self.forest.nodes[it.node];
            (node.conditional, node.unbound) = (false, false);
            if let Some(prefix) = filed {
                node.prefix = prefix;
            } else if let Some(prefix) = model.prefix_default.as_ref().filter(|prefix| !prefix.contains('{')) {
                node.prefix = Value::text(prefix.as_str());
            }
        }
        self.shared.insert(path.to_owned(), Value::Object(object.clone()));
        Some(Value::Object(object))
    }

    /// A constant of a library, or an object that it holds for all.
    pub(in crate::code::eval) fn held(&mut self, path: &str, name: &str) -> Option<Value> {
        let full = format!("{path}.{name}");
        match self.models.constants.get(&full) {
            Some(constant) => Some(Value::text(constant.as_str())),
            None => self.shared_object(&full).or_else(|| self.enumerated(path, name)),
        }
    }

    /// A handler made of another.
    pub(in crate::code::eval) fn wrap(&mut self, word: &WrapWord, bound: &Rc<Map>, spot: Spot) -> Value {
        let inner = self.argument_at(bound, &word.inner, spot);
        match &word.strip {
            None => inner,
            Some(strip) => {
                let prefix = self.argument_at(bound, strip, spot);
                Value::Native(Rc::new(Native::Stripped { prefix, inner }))
            }
        }
    }

    /// Adds to the route that an object is.
    pub(in crate::code::eval) fn build(&mut self, word: &BuildWord, object: &Value, bound: &Rc<Map>, spot: Spot) {
        let Value::Object(it) = object else { return };
        let Some(model) = it.model.borrow().clone() else { return };
        self.effects += 1;
        if self.forest.nodes[model.node].built.place.is_none() {
            self.forest.nodes[model.node].built.place = Some((spot, self.chain()));
        }
        if let Some(path) = &word.path {
            let mut piece = self.argument_at(bound, path, spot);
            let open = piece.as_whole_text().filter(|text| !word.open.is_empty() && text.ends_with(&word.open));
            if let Some(text) = open {
                piece = Value::text(text.trim_end_matches(&word.open));
                self.forest.nodes[model.node].built.wild = true;
            }
            let before = self.forest.nodes[model.node].prefix.clone();
            let whole = if before.is_nothing() {
                piece
            } else {
                let piece = self.shown(&piece, "path");
                self.concat(&before, &piece)
            };
            let node = &mut self.forest.nodes[model.node];
            node.prefix = whole;
            node.built.wild |= word.wild;
        }
        if !word.method.is_empty() {
            self.forest.nodes[model.node].built.methods = Some(Methods::Fixed(word.method.clone()));
        }
        if let Some(methods) = &word.methods {
            let given = self.argument_at(bound, methods, spot);
            let scope = self.modules[spot.module.0].scope.clone();
            // A part that what is given does not have says nothing.
            let absent = methods.contains('.') && matches!(&given, Value::Unknown(path) if path.is_empty());
            if !given.is_nothing() && !absent {
                let mut methods = self.given_methods(&given, &[], &scope);
                if let (true, Some(Methods::Fixed(before)), Methods::Fixed(more)) =
                    (word.adds, &self.forest.nodes[model.node].built.methods, &mut methods)
                {
                    more.extend(before.iter().filter(|one| !one.is_empty()).cloned());
                }
                self.forest.nodes[model.node].built.methods = Some(methods);
            }
        }
        if let Some(handler) = &word.handler {
            let handler = self.argument_at(bound, handler, spot);
            if self.passes_on(&handler) {
                return self.because(spot, "a handler of the library's own that passes on");
            }
            if self.forest.nodes[model.node].built.wild {
                self.keep_wild(&handler);
            }
            let prefix = match self.forest.nodes[model.node].built.wild {
                true => Value::text("*"),
                false => self.forest.nodes[model.node].prefix.clone(),
            };
            let files = self.is_for_files(&prefix, &handler, spot);
            self.forest.nodes[model.node].built.handled = !files;
            self.forest.nodes[model.node].built.handler = Some(handler.clone());
            self.mount_led(&model, &Value::Undefined, &handler, spot);
        }
    }

    /// A route without a path stands at that of an address which something was made with.
    pub(in crate::code::eval) fn placed_by_address(&mut self, address: &str, of: &Modelled, route: &Object) {
        let Some(node) = route.model.borrow().as_ref().map(|model| model.node) else { return };
        if address.is_empty() || !self.forest.nodes[node].prefix.is_nothing() {
            return;
        }
        let given = of.args.named(address).and_then(|given| given.as_text());
        let path = given.as_deref().and_then(path_of_address);
        self.forest.nodes[node].prefix = Value::text(path.map_or_else(|| hole(address), str::to_owned));
    }

    /// Whether a handler is one that a library brings and that only passes on, or answers with files, or a class of the project's
    /// that is one of those.
    fn passes_on(&mut self, handler: &Value) -> bool {
        let handler = self.force(handler.clone());
        let class = match &handler {
            Value::Object(it) => {
                let model = it.model.borrow().clone();
                if model.is_some_and(|model| model.ty.types.iter().any(|ty| self.models.passing.contains(ty))) {
                    return true;
                }
                it.class.clone()
            }
            Value::Class(class) => Some(class.clone()),
            _ => None,
        };
        if let Some(class) = class {
            let line = self.ancestors(&class);
            return line.iter().any(|one| matches!(one, Value::Unknown(path) if self.models.passing.contains(&**path)));
        }
        let (Value::Unknown(path) | Value::Str(path)) = handler else { return false };
        let mut name = path.split('(').next();
        while let Some(full) = name {
            if self.models.passing.contains(full) {
                return true;
            }
            name = full.rsplit_once('.').map(|(package, _)| package);
        }
        false
    }

    /// Mounts the routers that a handler leads to; false where there are none.
    pub(in crate::code::eval) fn mount_led(
        &mut self,
        model: &Modelled,
        at: &Value,
        handler: &Value,
        spot: Spot,
    ) -> bool {
        if handler.is_nothing() || !self.is_go(spot.module) {
            return false;
        }
        let led = self.led_below(model, handler);
        for (child, stripped) in &led {
            self.mount_whole(model, at, child.clone(), stripped.clone(), spot);
        }
        !led.is_empty()
    }

    /// Whether a handler serves files: a route is what code of the project's own answers.
    pub(in crate::code::eval) fn is_for_files(&mut self, at: &Value, handler: &Value, spot: Spot) -> bool {
        let open = at.as_text().is_some_and(|path| path.ends_with('/') || path.contains('*') || path.contains("..."));
        let files = match self.is_go(spot.module) {
            true => !handler.is_nothing() && self.serves_files(handler, open),
            false => self.passes_on(handler),
        };
        if files {
            self.because(spot, "serves files");
        }
        files
    }

    /// The routers that a handler leads to, without those that it stands on.
    fn led_below(&mut self, model: &Modelled, handler: &Value) -> Vec<(Value, Option<Value>)> {
        let mut led = self.led_to(handler);
        if !led.is_empty() {
            let above = self.above(model.node);
            led.retain(|(child, _)| node_of(child).is_some_and(|node| !above.contains(&node)));
        }
        led
    }

    /// Mounts a child that sees the whole path, or what is behind a prefix of it.
    fn mount_whole(&mut self, model: &Modelled, at: &Value, child: Value, stripped: Option<Value>, spot: Spot) {
        self.effects += 1;
        let entry = Entry::Mount {
            at: at.clone(),
            child,
            replaces: false,
            loose: true,
            sees: Sees::Behind(stripped.unwrap_or_else(|| Value::text(""))),
            spot,
            conditional: self.conditional > 0,
        };
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// A node and those that it is mounted on.
    fn above(&mut self, node: usize) -> Vec<usize> {
        let mut parents: Vec<(usize, usize)> = Vec::new();
        for (at, one) in self.forest.nodes.iter().enumerate() {
            for entry in &one.entries {
                if let Entry::Mount { child, .. } = entry
                    && let Some(child) = node_of(child)
                {
                    parents.push((child, at));
                }
            }
        }
        let mut out = vec![node];
        let mut at = 0;
        while let Some(&child) = out.get(at) {
            at += 1;
            for (below, above) in &parents {
                if *below == child && !out.contains(above) {
                    out.push(*above);
                }
            }
        }
        out
    }

    /// Of routers one of which is served, one that another of them has mounted may be served alone:
    /// `if let Some(base) = base { Router::new().nest(&base, app) } else { app }`.
    pub(in crate::code::eval) fn stand_beside(&mut self, all: &[Value]) {
        let nodes: Vec<usize> = all.iter().filter_map(node_of).collect();
        for node in nodes.iter().copied().filter(|_| nodes.len() > 1) {
            let above = self.above(node);
            if nodes.iter().any(|other| *other != node && above.contains(other)) {
                self.forest.nodes[node].beside = true;
            }
        }
    }

    /// Mounts a handler: routers of its own kind see what is behind the prefix, those of others the whole path; what is
    /// no router is a route.
    pub(in crate::code::eval) fn mount_handler(
        &mut self,
        model: &Modelled,
        at: Value,
        child: &Value,
        plain: &str,
        spot: Spot,
    ) {
        let led = self.led_below(model, child);
        for (child, stripped) in &led {
            let own = matches!(child, Value::Object(it) if it.model.borrow().as_ref().is_some_and(|it| it.ty.framework() == model.ty.framework()));
            match stripped {
                None if own => self.mount(model.node, at.clone(), child.clone(), (false, true), spot),
                _ => self.mount_whole(model, &at, child.clone(), stripped.clone(), spot),
            }
        }
        if !led.is_empty() || self.is_for_files(&Value::text("*"), child, spot) {
            return;
        }
        let hidden = match child {
            Value::Unknown(path) => path.is_empty() || &**path == "net/http.Handler()",
            Value::Object(it) => it.class.is_some() && it.model.borrow().is_none(),
            _ => false,
        };
        if hidden {
            return self.note(spot, "what is mounted here is not known");
        }
        let end = Value::text(plain);
        let at = self.shown(&at, "path");
        let path = self.concat(&at, &end);
        self.effects += 1;
        let entry = self.route_entry(path, Methods::Fixed(vec!["ANY".to_owned()]), child.clone(), spot);
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// Reads a route that was put together, unless it is a place for others.
    pub(in crate::code::eval) fn read_built(
        &mut self,
        node: usize,
        prefixes: &[String],
        conditional: bool,
        reading: &mut Reading,
    ) {
        let it = &self.forest.nodes[node];
        if !it.model.builder || !it.built.handled || !it.entries.is_empty() {
            return;
        }
        let before = it.built.methods.is_none() && (it.built.wild || it.prefix.is_nothing());
        if it.model.middleware && before {
            return;
        }
        let Some((spot, _)) = it.built.place.clone() else { return };
        let (built, framework) = (it.built.clone(), it.model.framework());
        let methods = built.methods.unwrap_or(Methods::Fixed(Vec::new()));
        let handler = built.handler.unwrap_or(Value::Undefined);
        let methods = self.methods(&methods, &handler, spot, reading);
        for prefix in prefixes {
            let path = match built.wild && !prefix.ends_with('}') {
                true => put_together(Join::Slash, prefix, "{*}"),
                false => prefix.clone(),
            };
            let found = Found {
                path: tidy(&path),
                method: String::new(),
                framework: framework.to_owned(),
                spot,
                conditional,
                library: None,
                by: None,
            };
            super::reading::add(reading, &found, &methods);
        }
    }

    /// A route that is a place for others leaves them its methods; whether it does.
    pub(in crate::code::eval) fn narrowed(&mut self, node: usize, reading: &mut Reading) -> bool {
        match &self.forest.nodes[node].built.methods {
            Some(Methods::Fixed(methods)) => {
                reading.methods.push(methods.clone());
                true
            }
            Some(Methods::Default(_) | Methods::Unknown(_)) | None => false,
        }
    }
}

/// The path of an address, whatever is known of its server.
fn path_of_address(address: &str) -> Option<&str> {
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let path = behind.get(behind.find('/')?..)?;
    Some(path.split(['?', '#']).next().unwrap_or(path))
}

/// The node of a router.
fn node_of(value: &Value) -> Option<usize> {
    match value {
        Value::Object(it) => it.model.borrow().as_ref().map(|it| it.node),
        _ => None,
    }
}

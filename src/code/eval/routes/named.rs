//! Routes that no path in the code tells: those that a library has of its own, and remote calls of services, which .proto
//! files declare.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Modelled, Object, Spot, Value};
use super::forest::{Entry, Found};
use super::reading::Reading;
use crate::code::form::{Language, Name, Yields};
use crate::code::holes::has_hole;
use crate::code::models::{LibraryWord, ObjectModel, RpcWord, Syntax, put_together, spell, tidy};
use crate::code::resolve::Service;

/// Where something is registered, and whether under a condition that is not known.
type Place = (Spot, bool);

impl Machine<'_> {
    /// Calls a function of any package by its name; none where no pattern fits or what it acts on is no object.
    pub(in crate::code::eval) fn call_named(&mut self, path: &Name, args: &Args, spot: Spot) -> Option<Value> {
        let models = self.models;
        for (pattern, action) in &models.calls {
            let alone = action.make.is_some() || action.settings.is_some() || action.gives.is_some();
            if alone && action.on.is_none() && is_like(pattern, path) {
                return Some(self.act(action, path, None, args, spot));
            }
            let Some(on) = action.on.as_ref().filter(|_| captured(pattern, path).is_some()) else { continue };
            let bound = self.bind_names(&action.args, args);
            // Another library's function of such a name is called on that one's objects.
            if let Value::Object(it) = self.argument_at(&bound, on, spot)
                && it.model.borrow().as_ref().is_some_and(|it| it.ty.framework() == action.framework)
            {
                return Some(self.act(action, path, None, args, spot));
            }
        }
        None
    }

    /// A library registers routes of its own.
    pub(in crate::code::eval) fn library(
        &mut self,
        word: &'static LibraryWord,
        model: &Modelled,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let path = word.path.as_ref().map_or(Value::Undefined, |path| self.argument_at(bound, path, spot));
        let given = word.prefix.as_ref().map_or(Value::Undefined, |prefix| self.argument_at(bound, prefix, spot));
        let prefix = if given.is_nothing() { Value::text(word.at.as_str()) } else { given };
        self.effects += 1;
        let entry = Entry::Library { word, path, prefix, spot, conditional: self.conditional > 0 };
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// The service that generated code in the repository answers: it says so, or its type does.
    fn generated_service(&mut self, it: &Rc<Object>, pattern: &str) -> Value {
        let Some(class) = it.class.clone() else { return Value::unknown() };
        match self.class_member(&class, super::super::rust::SERVICE) {
            Some((name @ Value::Str(_), _)) => name,
            _ => {
                let name = class.class.name.as_ref().and_then(|name| captured(pattern, name));
                name.map_or_else(Value::unknown, Value::text)
            }
        }
    }

    /// A service of remote calls is registered.
    pub(in crate::code::eval) fn service(
        &mut self,
        word: &RpcWord,
        model: &Modelled,
        called: &Name,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let given = word.service.as_ref().map(|service| self.argument_at(bound, service, spot));
        let name = match (given, &word.named) {
            (None, _) => {
                let models = self.models;
                let own = model.ty.framework();
                let fits = models.calls.iter().filter(|(_, action)| action.framework == own);
                let name = fits.filter_map(|(pattern, _)| captured(pattern, called)).min_by_key(String::len);
                name.map_or_else(Value::unknown, Value::text)
            }
            (Some(Value::Unknown(path)), Some(pattern)) => {
                let segments = path.split(['.', ':', '(']);
                let name = segments.filter_map(|segment| captured(pattern, segment)).next_back();
                name.map_or_else(Value::unknown, Value::text)
            }
            (Some(Value::Object(it)), Some(pattern)) if it.class.is_some() => self.generated_service(&it, pattern),
            (Some(given), _) => given,
        };
        let scope = self.modules[spot.module.0].scope.clone();
        let mut methods = Vec::new();
        for (list, member) in &word.methods {
            let list = self.argument_at(bound, list, spot);
            for item in self.walk(&list, Yields::Elements, &scope).0 {
                let named = self.member(&item, &member.as_str().into(), &scope, spot.line);
                methods.extend(named.as_whole_text().map(|name| name.to_string()));
            }
        }
        // Generated code registers on behalf of the line that calls it.
        let generated = self.frames.last().filter(|frame| {
            let function = frame.closure.as_ref().and_then(|closure| closure.function.name.as_deref());
            function.is_some_and(|function| captured("Register*Server", function).is_some())
        });
        let spot = generated.map_or(spot, |frame| frame.spot);
        self.effects += 1;
        let entry = Entry::Service { name, methods, http: word.http, spot, conditional: self.conditional > 0 };
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// Reads the routes that a library has of its own.
    pub(in crate::code::eval) fn read_library(
        &mut self,
        word: &LibraryWord,
        path: &Value,
        prefixes: &[String],
        (model, (spot, conditional)): (&'static ObjectModel, Place),
        reading: &mut Reading,
    ) {
        let (syntax, join) = (model.paths.unwrap_or_default(), model.join.unwrap_or_default());
        let given = path.as_whole_text();
        if given.is_none() && !path.is_nothing() {
            reading.notes.push((spot, format!("the path that {} registers is not known", word.name)));
            return;
        }
        if prefixes.iter().any(|prefix| has_hole(prefix)) {
            reading.notes.push((spot, format!("where the routes of {} stand is not known", word.name)));
        }
        let prefixes: Vec<&String> = prefixes.iter().filter(|prefix| !has_hole(prefix)).collect();
        for route in &word.routes {
            let Some((method, own)) = route.split_once(' ') else { continue };
            let path = given.as_deref().unwrap_or(own);
            for prefix in &prefixes {
                for path in spell(syntax, path) {
                    reading.found.insert(Found {
                        path: tidy(&put_together(join, prefix, &path)),
                        method: method.to_owned(),
                        framework: model.framework().to_owned(),
                        spot,
                        conditional,
                        library: Some(word.name.clone()),
                        by: None,
                    });
                }
            }
        }
    }

    /// Reads what a service answers by the HTTP rules of its .proto file.
    pub(in crate::code::eval) fn read_rules(
        &mut self,
        name: &Value,
        prefixes: &[String],
        (model, (spot, conditional)): (&'static ObjectModel, Place),
        reading: &mut Reading,
    ) {
        let Some(name) = name.as_whole_text() else {
            reading.notes.push((spot, "which service is registered here is not known".to_owned()));
            return;
        };
        let services: Vec<Service> = self.tree.services().into_iter().filter(|service| service.is(&name)).collect();
        let [service] = services.as_slice() else {
            let why = if services.is_empty() { "no .proto file declares" } else { "several .proto files declare" };
            reading.notes.push((spot, format!("{why} the service {name} whose HTTP rules count here")));
            return;
        };
        let module = self.module_of(&service.file, Language::Go);
        let join = model.join.unwrap_or_default();
        for rule in &service.rules {
            for prefix in prefixes {
                for path in spell(Syntax::HttpRule, &rule.path) {
                    let found = Found {
                        path: tidy(&put_together(join, prefix, &path)),
                        method: rule.method.clone(),
                        framework: model.framework().to_owned(),
                        spot: Spot { module, line: rule.line },
                        conditional,
                        library: None,
                        by: None,
                    };
                    super::reading::add(reading, &found, std::slice::from_ref(&rule.method));
                }
            }
        }
    }

    /// Reads the remote calls of a service: those that its .proto file declares, else those that the code lists.
    pub(in crate::code::eval) fn read_service(
        &mut self,
        name: &Value,
        listed: &[String],
        (model, (spot, conditional)): (&'static ObjectModel, Place),
        reading: &mut Reading,
    ) {
        let Some(name) = name.as_whole_text() else {
            reading.notes.push((spot, "which service is registered here is not known".to_owned()));
            return;
        };
        let found = |service: &str, method: &str, spot: Spot| Found {
            path: format!("/{service}/{method}"),
            method: "RPC".to_owned(),
            framework: model.framework().to_owned(),
            spot,
            conditional,
            library: None,
            by: None,
        };
        let services: Vec<Service> = self.tree.services().into_iter().filter(|service| service.is(&name)).collect();
        if let Some(service) = services.first()
            && services.iter().all(|other| other.name == service.name)
        {
            let module = self.module_of(&service.file, Language::Go);
            for (method, line) in &service.methods {
                reading.found.insert(found(&service.name, method, Spot { module, line: *line }));
            }
        } else if services.is_empty() && !listed.is_empty() {
            reading.found.extend(listed.iter().map(|method| found(&name, method, spot)));
        } else {
            let why = if services.is_empty() { "no .proto file declares" } else { "several .proto files declare" };
            reading.notes.push((spot, format!("{why} the service {name} that is registered here")));
        }
    }
}

/// What the last `*` of a pattern stands for in a name; it is one word.
fn captured(pattern: &str, name: &str) -> Option<String> {
    let (before, end) = pattern.rsplit_once('*')?;
    let rest = name.strip_suffix(end)?;
    let word = match before.rsplit_once('*') {
        Some((start, middle)) => {
            let at = rest.rfind(middle)?;
            rest.starts_with(start).then(|| rest.get(at + middle.len()..)).flatten()?
        }
        None => rest.strip_prefix(before)?,
    };
    (!word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')).then(|| word.to_owned())
}

/// Whether a path is like a pattern with one star, which stands for anything.
fn is_like(pattern: &str, path: &str) -> bool {
    let parts = pattern.split_once('*');
    parts.is_some_and(|(start, end)| path.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::captured;

    #[test]
    fn a_pattern_gives_the_word_that_its_last_star_stands_for() {
        for (pattern, name, expected) in [
            ("*.Register*Server", "example.org/gen/shop.RegisterOrdersServer", Some("Orders")),
            ("*.Register*Server", "example.org/gen/shop.NewOrdersServer", None),
            ("*Server", "OrdersServer", Some("Orders")),
            ("*Server", "a.OrdersServer", None),
            ("*.Register*Server", "a.RegisterServer", None),
        ] {
            assert_eq!(captured(pattern, name).as_deref(), expected, "{name}");
        }
    }
}

//! Classes that are registered as a whole and whose methods are routes by what decorators say of them, or by their names and
//! parameters (Flask-Classful, Flask-Admin).

use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::routes::attributes::written_call;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, ClassValue, Closure, Map, Modelled, Object, Spot, Value};
use crate::code::form::{Name, ParamKind, Pattern};
use crate::code::models::ExposesWord;

/// Methods of a class by their names: what they answer.
const USUAL: [(&str, &str); 6] =
    [("index", "GET"), ("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")];

impl Machine<'_> {
    /// Registers the methods of a class that a call is given, or of each in a list.
    pub(in crate::code::eval) fn expose(
        &mut self,
        word: &ExposesWord,
        model: Option<&Modelled>,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let target = self.meant_by(word.on.as_deref(), model, bound, spot);
        let Some(target) = target else { return self.note(spot, "the app that this registers on is not known") };
        let given = self.argument_at(bound, &word.class, spot);
        let mut all = Vec::new();
        self.flatten(&given, &mut all, 0);
        for one in all {
            let (class, object) = match &one {
                Value::Class(class) => (Some(class.clone()), None),
                Value::Object(it) => (it.class.clone(), Some(it.clone())),
                // What a library makes has no methods of the project's.
                Value::Unknown(path) if path.ends_with("()") && path.contains('.') => continue,
                _ => (None, None),
            };
            let Some(class) = class else {
                self.note(spot, "the class whose methods answer here is not known");
                continue;
            };
            let Some(base) = self.base_of(word, &class, object.as_ref(), bound, spot) else { continue };
            let before = word.before.as_ref().map_or(Value::Undefined, |before| self.argument_at(bound, before, spot));
            let base = match before.is_nothing() {
                true => base,
                false => {
                    let before = self.concat(&before, &Value::text("/"));
                    self.concat(&before, &base)
                }
            };
            self.expose_class(word, &target, &class, &base);
        }
    }

    /// What stands before the methods of a class: what the call, the instance or the class says, else its name.
    fn base_of(
        &mut self,
        word: &ExposesWord,
        class: &Rc<ClassValue>,
        object: Option<&Rc<Object>>,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Option<Value> {
        for name in &word.base {
            let said = bound.named(name).or_else(|| object.and_then(|it| it.members.named(name)));
            let said = said.or_else(|| self.class_member(class, name).map(|(value, _)| value));
            match said.map(|said| self.force(said)) {
                None | Some(Value::Undefined | Value::Null) => {}
                Some(said) => return Some(said),
            }
        }
        let Some(name) = class.class.name.clone() else {
            self.note(spot, "what stands before the methods of this class is not known");
            return None;
        };
        let bare = name.strip_suffix(word.without.as_str()).filter(|bare| !bare.is_empty()).unwrap_or(&name);
        Some(Value::text(bare.to_lowercase()))
    }

    fn expose_class(&mut self, word: &ExposesWord, model: &Modelled, class: &Rc<ClassValue>, base: &Value) {
        let mut seen: Vec<Name> = Vec::new();
        for one in self.ancestors(class) {
            let Value::Class(one) = one else { continue };
            for (name, member) in one.members.pairs() {
                let (Some(name), Value::Function(method)) = (name.as_whole_text(), self.force(member)) else {
                    continue;
                };
                if seen.contains(&name) {
                    continue;
                }
                seen.push(name.clone());
                let method = self.unwrapped(&method);
                if !self.expose_decorated(word, model, &method, base) && word.named {
                    self.expose_named(model, &name, &method, base);
                }
            }
        }
    }

    /// Registers what decorators of a method say; whether any does.
    fn expose_decorated(&mut self, word: &ExposesWord, model: &Modelled, method: &Rc<Closure>, base: &Value) -> bool {
        let mut any = false;
        for decorator in &method.function.decorators {
            let Some((path, given)) = written_call(decorator) else { continue };
            if path.rsplit('.').next() != Some(word.decorator.as_str()) {
                continue;
            }
            any = true;
            let spot = Spot { module: method.scope.module, line: decorator.pos.line };
            let args = self.arguments(given, &method.scope);
            let rule = args.get(0, "url").or_else(|| args.get(0, "rule")).unwrap_or_else(|| Value::text("/"));
            let methods = args.get(1, "methods").unwrap_or(Value::Undefined);
            let scope = self.modules[spot.module.0].scope.clone();
            let methods = self.given_methods(&methods, &["GET".to_owned()], &scope);
            self.push_exposed(model, base, &rule, methods, method, spot);
        }
        any
    }

    /// Registers what a method answers by its name, with its parameters as parts of the path.
    fn expose_named(&mut self, model: &Modelled, name: &Name, method: &Rc<Closure>, base: &Value) {
        let hook = ["before_", "after_", "_"].iter().any(|begin| name.starts_with(begin));
        if hook || method.function.kind != crate::code::form::FunctionKind::Method {
            return;
        }
        let usual = USUAL.iter().find(|(own, _)| *own == &**name);
        let mut rule = String::new();
        if usual.is_none() {
            rule.push('/');
            rule.push_str(name);
        }
        let params = method.function.params.iter().skip(1).filter(|param| param.kind == ParamKind::Plain);
        let mut rules = Vec::new();
        for param in params {
            let Pattern::Name(param_name, _) = &param.target else { continue };
            if param.default.is_some() {
                rules.push(rule.clone());
            }
            rule.extend(["/<", param_name, ">"]);
        }
        rules.push(rule);
        let spot = Spot { module: method.scope.module, line: method.function.pos.line };
        let methods = usual.map_or("GET", |(_, method)| *method);
        for rule in rules {
            let methods = Methods::Fixed(vec![methods.to_owned()]);
            self.push_exposed(model, base, &Value::text(rule), methods, method, spot);
        }
    }

    fn push_exposed(
        &mut self,
        model: &Modelled,
        base: &Value,
        rule: &Value,
        methods: Methods,
        method: &Rc<Closure>,
        spot: Spot,
    ) {
        self.effects += 1;
        self.carried.insert(Arc::as_ptr(&method.function).addr());
        let base = self.concat(&Value::text("/"), base);
        let base = self.concat(&base, &Value::text("/"));
        let path = self.concat(&base, rule);
        let path = self.viewed(model, path);
        let entry = Entry::Route {
            path,
            methods,
            handler: Value::Undefined,
            spot,
            chain: Vec::new(),
            conditional: self.conditional > 0,
            paths: None,
            library: None,
        };
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// A member of a library class that registers the class that it is called on: that is its first argument.
    pub(in crate::code::eval) fn given_itself(&self, path: &str, class: &Rc<ClassValue>, mut args: Args) -> Args {
        if self.models.functions.get(path).is_some_and(|action| action.exposes.is_some()) {
            args.list.insert(0, Value::Class(class.clone()));
        }
        args
    }
}

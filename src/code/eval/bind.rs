//! Binding: patterns, places, names.

use std::rc::Rc;

use super::machine::Machine;
use super::scope::{self, ScopeRef};
use super::value::{Args, Key, ListKind, Object, Spot, Value};
use crate::code::form::{Expr, ExprKind, FunctionKind, Language, Name, Pattern, PatternField, PatternItem, StmtKind};

impl Machine<'_> {
    /// Binds a pattern; `declares` tells a declaration from an assignment.
    pub(crate) fn bind(&mut self, target: &Pattern, value: Value, scope: &ScopeRef, declares: bool) {
        match target {
            Pattern::Name(name, _) => {
                if declares || self.language(scope) == Language::Python {
                    self.bind_name(name, value, scope);
                } else {
                    self.assign_name(name, value, scope);
                }
            }
            Pattern::Place(place) => self.assign_place(place, value, scope),
            Pattern::List(items) => self.bind_list(items, &value, scope, declares),
            Pattern::Map(fields) => self.bind_map(fields, &value, scope, declares),
            Pattern::Ignore => {}
        }
    }

    /// Binds a name in the scope; Python binds in the function's, or where `global` and `nonlocal` say.
    pub(crate) fn bind_name(&mut self, name: &Name, value: Value, scope: &ScopeRef) {
        if self.language(scope) != Language::Python {
            self.set_in(scope, name, value);
            return;
        }
        let frame = scope::frame_of(scope);
        if frame.outer.borrow().contains(name) {
            let owner = frame.parent.as_ref().and_then(|parent| scope::find(parent, name, true));
            let owner = owner.unwrap_or_else(|| scope::top_of(scope));
            owner.age.written();
            self.set_in(&owner, name, value);
        } else {
            self.set_in(&frame, name, value);
        }
    }

    /// What a Go package's variable is initialised with is computed before it is assigned to.
    fn initialise_first(&mut self, scope: &ScopeRef, name: &Name) {
        if self.is_go(scope.module)
            && let Some(waiting @ Value::Lazy(_)) = scope.own(name)
        {
            self.force(waiting);
        }
    }

    pub(crate) fn assign_name(&mut self, name: &Name, value: Value, scope: &ScopeRef) {
        let owner = scope::find(scope, name, false);
        if owner.is_none()
            && self.has_packages(scope)
            && let Some(frame) = self.frames.last()
        {
            let this = frame.this.clone();
            return self.write_member(&this, name, value);
        }
        if owner.is_none() && self.language(scope) == Language::JavaScript {
            self.set_global("global", name, &value);
        }
        let owner = owner.unwrap_or_else(|| scope::top_of(scope));
        self.initialise_first(&owner, name);
        owner.age.written();
        self.set_in(&owner, name, value);
    }

    /// Sets a binding and journals it, unless it is of a call that began within the branch: the journal would keep every
    /// call's values for nothing.
    pub(crate) fn set_in(&mut self, scope: &ScopeRef, name: &Name, value: Value) {
        let old = scope.set(name, value);
        let inner = scope.depth >= self.journals.len();
        if let Some(journal) = self.journals.last_mut().filter(|_| !inner) {
            journal.push((scope.clone(), name.clone(), old));
        }
    }

    fn bind_list(&mut self, items: &[PatternItem], value: &Value, scope: &ScopeRef, declares: bool) {
        let value = match self.force(value.clone()) {
            Value::Object(it) => match super::values::listing::elements_of(&it).or_else(|| self.components(&it)) {
                Some(elements) => elements,
                None => Value::Object(it),
            },
            value => value,
        };
        let known = match &value {
            // Go's lists are never taken apart: what several names are bound to are results.
            Value::List(list) if list.kind != ListKind::Tuple && self.language(scope) == Language::Go => None,
            Value::List(list) if !list.partial.get() => Some(list.items.borrow().clone()),
            Value::List(list) => {
                let mut known = list.items.borrow().clone();
                known.resize(known.len().max(items.len()), Value::unknown());
                Some(known)
            }
            Value::Map(_) => {
                let (walked, partial) = self.walk(&value, crate::code::form::Yields::Elements, scope);
                (!partial).then_some(walked)
            }
            _ => None,
        };
        let after = items.iter().rev().take_while(|item| !item.rest).count();
        for (at, item) in items.iter().enumerate() {
            let bound = match &known {
                None if at == 0 && !item.rest && self.language(scope) == Language::Go => value.clone(),
                // Whether a variable is there: who asks does without it, or ends.
                None if matches!(value, Value::Env(_)) && self.language(scope) == Language::Go => value.clone(),
                None => Value::unknown(),
                Some(known) if item.rest => {
                    let end = known.len().saturating_sub(after);
                    Value::list(known.get(at..end.max(at)).unwrap_or_default().to_vec())
                }
                Some(known) => {
                    let rest_before = items[..at].iter().any(|item| item.rest);
                    let index = if rest_before { (known.len() + at).saturating_sub(items.len()) } else { at };
                    known.get(index).cloned().unwrap_or(Value::Undefined)
                }
            };
            let bound = self.or_default(bound, item.default.as_ref(), scope);
            self.bind(&item.target, bound, scope, declares);
        }
    }

    /// What an instance is taken apart into: the properties of its primary constructor (Kotlin).
    fn components(&mut self, it: &Rc<Object>) -> Option<Value> {
        let class = it.class.clone().filter(|class| self.has_packages(&class.scope))?;
        let constructor = class.class.body.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Function(function) if function.kind == FunctionKind::Constructor => Some(function),
            _ => None,
        });
        let fields = constructor?.params.iter().filter(|param| param.is_field);
        let names = fields.filter_map(|param| match &param.target {
            Pattern::Name(name, _) => Some(name.clone()),
            Pattern::Place(_) | Pattern::List(_) | Pattern::Map(_) | Pattern::Ignore => None,
        });
        let parts: Vec<Value> = names
            .map(|name| it.members.named(&name).or_else(|| self.field_of(it, &name)).unwrap_or_else(Value::unknown))
            .collect();
        (!parts.is_empty()).then(|| Value::list(parts))
    }

    fn bind_map(&mut self, fields: &[PatternField], value: &Value, scope: &ScopeRef, declares: bool) {
        let mut used = Vec::new();
        for field in fields {
            match field {
                PatternField::Key { key, target, default } => {
                    let line = key.pos.line;
                    let key = self.eval(key, scope);
                    let mut bound = self.index_read(value, &key, scope, line);
                    used.extend(key.key());
                    bound = self.or_default(bound, default.as_ref(), scope);
                    self.bind(target, bound, scope, declares);
                }
                PatternField::Rest(target) => {
                    let rest = self.rest_of(value, &used);
                    self.bind(target, rest, scope, declares);
                }
            }
        }
    }

    fn rest_of(&mut self, value: &Value, used: &[Key]) -> Value {
        match self.force(value.clone()) {
            Value::Map(map) => {
                let rest = map.pairs().into_iter().filter(|(key, _)| key.key().is_none_or(|key| !used.contains(&key)));
                let out = Value::map(rest.collect());
                if let Value::Map(copy) = &out {
                    copy.partial.set(map.partial.get());
                }
                out
            }
            // What a module exports (`import * as routes`).
            Value::Module(id) if self.modules[id.0].language == Language::JavaScript => {
                let rest = self.all_exports(id).into_iter().map(|(name, value)| (Value::Str(name), value));
                Value::map(rest.filter(|(key, _)| key.key().is_none_or(|key| !used.contains(&key))).collect())
            }
            _ => Value::unknown(),
        }
    }

    /// The value, or the default where nothing is there. An unknown value takes the default as what it may be.
    pub(crate) fn or_default(&mut self, value: Value, default: Option<&Expr>, scope: &ScopeRef) -> Value {
        let Some(default) = default else { return value };
        match &value {
            Value::Undefined => self.eval(default, scope),
            Value::Env(_) => {
                let default = self.eval(default, scope);
                self.env_or(value, default)
            }
            Value::Unknown(_) => {
                let default = self.eval(default, scope);
                value.join(default)
            }
            _ => value,
        }
    }

    /// What an augmented assignment starts from.
    pub(crate) fn read_target(&mut self, target: &Pattern, scope: &ScopeRef) -> Value {
        match target {
            Pattern::Name(name, _) => self.name(name, scope),
            Pattern::Place(place) => self.eval(place, scope),
            Pattern::List(_) | Pattern::Map(_) | Pattern::Ignore => Value::unknown(),
        }
    }

    /// Appends in place, as `+=` does to a list; false where the left is none.
    pub(crate) fn extend_list(&mut self, list: &Value, more: &Value) -> bool {
        let Value::List(list) = list else { return false };
        list.age.written();
        match self.force(more.clone()) {
            Value::List(more) if !Rc::ptr_eq(&more, list) => {
                let more_items = more.items.borrow().clone();
                self.spend(more_items.len());
                list.items.borrow_mut().extend(more_items);
                list.partial.set(list.partial.get() || more.partial.get());
            }
            Value::List(_) => list.partial.set(true),
            Value::Object(it) if it.model.borrow().is_some() => list.items.borrow_mut().push(Value::Object(it)),
            other => {
                list.items.borrow_mut().extend(self.as_element(other));
                list.partial.set(true);
            }
        }
        true
    }

    /// An unknown part of a list: kept as an element where a model object may still be told from it.
    fn as_element(&self, value: Value) -> Option<Value> {
        match value {
            Value::Object(_) | Value::Module(_) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn assign_place(&mut self, place: &Expr, value: Value, scope: &ScopeRef) {
        match &place.kind {
            ExprKind::Name(name) => self.bind_name(name, value, scope),
            ExprKind::Member(object, name) => {
                let object = self.eval_place(object, scope);
                self.keep_written(&object, &Value::Str(name.clone()), &value);
                self.write_member(&object, name, value);
            }
            ExprKind::Index(object, index) => {
                let object = self.eval_place(object, scope);
                let index = self.eval(index, scope);
                self.keep_written(&object, &index, &value);
                if let Value::Unknown(path) = &object
                    && self.models.sources.contains_key(&**path)
                {
                    self.write_env(&index, &value, Spot { module: scope.module, line: place.pos.line });
                }
                self.write_index(&object, &index, value);
            }
            ExprKind::Unary(_, inner) => self.assign_place(inner, value, scope),
            _ => {}
        }
    }

    /// Whether a field of Go's is text and is given a variable of the environment in its place.
    fn is_set_instead(&self, object: &Object, name: &Name, value: &Value) -> bool {
        let running = self.frames.last().is_some_and(|frame| self.is_go(frame.spot.module));
        let absent = matches!(value, Value::Env(env) if env.default.is_none());
        let text = || object.members.named(name).and_then(|old| old.as_whole_text());
        running && absent && text().is_some_and(|text| !text.is_empty())
    }

    /// Sets a member.
    pub(crate) fn write_member(&mut self, object: &Value, name: &Name, value: Value) {
        if let Value::Object(it) = object
            && let Some(model) = it.model.borrow().clone()
            && let Some((set, spot)) = Some(format!("{name}=")).zip(self.frames.last().map(|frame| frame.spot))
            && model.ty.members.contains_key(&set)
        {
            self.call_modelled(it, object, &set.into(), &Args::of(vec![value.clone()]), spot);
        }
        match object {
            // A branch that may not run takes no router away.
            Value::Object(it)
                if self.conditional > 0
                    && value.is_nothing()
                    && it.members.named(name).is_some_and(|it| is_router(&it)) => {}
            // `if v := os.Getenv("BASE"); v != "" { c.Base = v }`: what was there is what it has else.
            Value::Object(it) if self.conditional > 0 && self.is_set_instead(it, name, &value) => {
                let old = it.members.named(name).unwrap_or(Value::Undefined);
                let either = self.env_or(value, old);
                it.members.put(name, either);
            }
            // `if c.Mode == "" { c.Mode = "live" }`: what the variable says else is still what it may have.
            Value::Object(it) if self.conditional > 0 && value.as_whole_text().is_some() => {
                let kept = match it.members.named(name) {
                    Some(old @ Value::Env(_)) => self.env_or(old, value),
                    Some(old @ Value::Alt(_)) if is_read_or_default(&old) => old,
                    _ => value,
                };
                it.members.put(name, kept);
            }
            Value::Object(it) => it.members.put(name, value),
            Value::Map(it) => it.put(name, value),
            Value::Class(it) => it.members.put(name, value),
            Value::Function(it) => it.attributes.put(name, value),
            Value::List(it) if &**name != "length" => {
                self.escape(&value);
                it.members.borrow_mut().get_or_insert_default().put(name, value);
            }
            Value::Module(id) => {
                let scope = self.modules[id.0].scope.clone();
                self.initialise_first(&scope, name);
                self.set_in(&scope, name, value);
            }
            Value::Alt(all) => {
                for one in all.iter() {
                    self.write_member(one, name, value.clone());
                }
            }
            Value::Unknown(path) if self.set_global(path, name, &value) => {}
            _ => self.escape(&value),
        }
    }

    /// Sets an element.
    pub(super) fn write_index(&mut self, object: &Value, index: &Value, value: Value) {
        match (object, index) {
            (Value::List(list), Value::Int(at)) => {
                list.age.written();
                let mut items = list.items.borrow_mut();
                match usize::try_from(*at) {
                    Ok(at) if at < items.len() => items[at] = value,
                    Ok(at) if at == items.len() => items.push(value),
                    Ok(_) | Err(_) => list.partial.set(true),
                }
            }
            (Value::List(list), _) => list.partial.set(true),
            (Value::Map(map), index) => match index.key() {
                Some(key) => map.set(key, index.clone(), value),
                None => {
                    map.partial.set(true);
                    self.go_written_open(map, index, &value);
                    self.write_any(map, index, &value);
                    self.escape(&value);
                }
            },
            (Value::Object(object), Value::Str(name)) => object.members.put(name, value),
            (Value::Class(class), Value::Str(name)) => class.members.put(name, value),
            (Value::Unknown(path), Value::Str(name)) if self.set_global(path, name, &value) => {}
            _ => self.escape(&value),
        }
    }
}

/// Whether a value is what the environment has or some text.
fn is_read_or_default(value: &Value) -> bool {
    let all = value.each();
    let text = |one: &Value| one.as_whole_text().is_some_and(|text| !text.is_empty());
    all.iter().any(|one| matches!(one, Value::Env(_))) && all.iter().any(text)
}

/// Whether a value is an object of a model.
fn is_router(value: &Value) -> bool {
    matches!(value, Value::Object(it) if it.model.borrow().is_some())
}

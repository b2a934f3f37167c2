//! Literals: the type tells whether a key is a field's name, and what an element is that leaves its type out.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ListKind, Map, Spot, Value};
use super::types::Shape;
use crate::code::form::{Entry, Expr, ExprKind, Name, TypeRef};

impl Machine<'_> {
    /// A literal with a type.
    pub(crate) fn go_literal(&mut self, ty: &TypeRef, literal: &Expr, scope: &ScopeRef, line: u32) -> Value {
        let shape = self.shape(ty, scope);
        let value = self.shaped(&shape, literal, scope, line);
        // A list of a type of its own has that type's methods.
        if let Value::List(list) = &value
            && let Value::Class(class) = self.type_value(ty, scope)
        {
            list.class.replace(Some(class));
        }
        value
    }

    fn shaped(&mut self, shape: &Shape, literal: &Expr, scope: &ScopeRef, line: u32) -> Value {
        match shape {
            Shape::List(element, inner) => {
                let mut items = Vec::new();
                for value in elements(literal) {
                    items.push(self.element(value, element, inner, scope));
                }
                Value::list_of(ListKind::List, items, false)
            }
            Shape::Map(key_type, value_type, inner) => {
                let map = Rc::new(Map::default());
                let ExprKind::Map(entries) = &literal.kind else { return Value::Map(map) };
                for entry in entries {
                    let Entry::Pair(key, value) = entry else { continue };
                    let key = self.element(key, key_type, inner, scope);
                    let value = self.element(value, value_type, inner, scope);
                    match key.key() {
                        Some(at) => map.set(at, key, value),
                        None => map.partial.set(true),
                    }
                }
                Value::Map(map)
            }
            Shape::Struct(class) => {
                let object = self.zero_object(class.clone());
                self.fields(&object, class, literal, scope);
                object
            }
            Shape::Outside(path) => self.outside(path, literal, scope, line),
            Shape::Function | Shape::Interface(_) | Shape::Plain(_) => match &literal.kind {
                ExprKind::List(_) => {
                    let items = elements(literal).into_iter().map(|value| self.eval(value, scope)).collect();
                    Value::list_of(ListKind::List, items, false)
                }
                _ => {
                    let map = Map::default();
                    self.named_fields(literal, scope, &map);
                    Value::Map(Rc::new(map))
                }
            },
        }
    }

    fn fields(
        &mut self,
        object: &Value,
        class: &Rc<super::super::value::ClassValue>,
        literal: &Expr,
        scope: &ScopeRef,
    ) {
        let Value::Object(it) = object else { return };
        let written = class.class.clone();
        let set = |machine: &mut Self, name: &Name, value: &Expr| {
            let field = written.fields.iter().find(|field| field.name == *name);
            let value = match field.and_then(|field| field.ty.as_ref()) {
                Some(ty) => {
                    let value = machine.element(value, ty, &class.scope, scope);
                    match &value {
                        Value::Unknown(path) if path.is_empty() => machine.typed(ty, &class.scope).unwrap_or(value),
                        _ => value,
                    }
                }
                None => machine.eval(value, scope),
            };
            it.members.put(name, value);
        };
        match &literal.kind {
            ExprKind::Map(entries) => {
                for entry in entries {
                    if let Entry::Pair(Expr { kind: ExprKind::Name(name), .. }, value) = entry {
                        set(self, name, value);
                    }
                }
            }
            _ => {
                for (field, value) in written.fields.iter().zip(elements(literal)) {
                    set(self, &field.name, value);
                }
            }
        }
    }

    /// A literal of a library's type: a model's object, or fields that are known with others that are not. Functions among
    /// them are called some day.
    fn outside(&mut self, path: &Name, literal: &Expr, scope: &ScopeRef, line: u32) -> Value {
        // Without keys it is a list, whatever the library calls it.
        if let ExprKind::List(items) = &literal.kind
            && !items.is_empty()
        {
            let items: Vec<Value> = items.iter().map(|item| self.eval(&item.value, scope)).collect();
            items.iter().for_each(|value| self.escape(value));
            return Value::list_of(ListKind::List, items, false);
        }
        let map = Rc::new(Map::default());
        map.partial.set(true);
        self.named_fields(literal, scope, &map);
        if self.models.types.get(&**path).is_some_and(|model| model.zero) {
            let spot = Spot { module: scope.module, line };
            return self.construct_path(path, Args::of(vec![Value::Map(map)]), spot);
        }
        if let Some(action) = self.models.functions.get(&format!("{path}{{}}")).copied() {
            let named = map.pairs().into_iter().filter_map(|(key, value)| Some((key.as_text()?, value)));
            let args = Args { named: named.collect(), ..Args::default() };
            self.act(action, path, None, &args, Spot { module: scope.module, line });
        }
        for (_, value) in map.pairs() {
            if value.is_callable() {
                self.go.pending.push(value);
            }
        }
        // Only maps have texts for keys.
        if let ExprKind::Map(entries) = &literal.kind
            && entries.iter().any(has_text_for_key)
        {
            map.partial.set(!entries.iter().all(has_text_for_key));
        }
        Value::Map(map)
    }

    fn named_fields(&mut self, literal: &Expr, scope: &ScopeRef, map: &Map) {
        let ExprKind::Map(entries) = &literal.kind else {
            for value in elements(literal) {
                let value = self.eval(value, scope);
                self.escape(&value);
            }
            return;
        };
        for entry in entries {
            let Entry::Pair(key, value) = entry else { continue };
            let value = self.eval(value, scope);
            match &key.kind {
                ExprKind::Name(name) | ExprKind::Str(name) => map.put(name, value),
                _ => map.partial.set(true),
            }
        }
    }

    /// An element: one that leaves its type out has the one given.
    fn element(&mut self, value: &Expr, ty: &TypeRef, inner: &ScopeRef, scope: &ScopeRef) -> Value {
        if let ExprKind::Composite(own, literal) = &value.kind
            && own.path.is_empty()
            && own.text.is_empty()
        {
            let made = self.nested(|machine| {
                let shape = machine.shape(ty, inner);
                machine.shaped(&shape, literal, scope, value.pos.line)
            });
            return made.unwrap_or_else(Value::unknown);
        }
        self.eval(value, scope)
    }
}

fn has_text_for_key(entry: &Entry) -> bool {
    matches!(entry, Entry::Pair(key, _) if matches!(key.kind, ExprKind::Str(_)))
}

/// The elements of a literal in order, whatever their keys.
fn elements(literal: &Expr) -> Vec<&Expr> {
    match &literal.kind {
        ExprKind::List(items) => items.iter().map(|item| &item.value).collect(),
        ExprKind::Map(entries) => entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Pair(_, value) => Some(value),
                Entry::Spread(_) => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

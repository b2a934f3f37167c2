//! What Python runs when a class is made: its metaclass's `__new__` and `__init__`, and its bases' `__init_subclass__`.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, ListKind, Spot, Value};
use crate::code::form::{Class, Name};

/// The mark of a class that says what its metaclass is.
const MARK: &str = "metaclass";

impl Machine<'_> {
    /// Notes what a class says is its metaclass.
    pub(in crate::code::eval) fn note_metaclass(&mut self, class: &Class, value: &Rc<ClassValue>, scope: &ScopeRef) {
        let written = class.bases.iter().find(|base| base.name.as_deref() == Some(MARK));
        if let Some(base) = written {
            let of = self.eval(&base.value, scope);
            value.marks.put(MARK, of);
        }
    }

    /// Runs what a class's metaclass and bases do with it.
    pub(in crate::code::eval) fn run_metaclass(&mut self, class: &Rc<ClassValue>) {
        let spot = class.spot;
        let metaclass = self.ancestors(class).into_iter().find_map(|one| match one {
            Value::Class(one) => one.marks.named(MARK),
            _ => None,
        });
        if let Some(Value::Class(meta)) = metaclass {
            let name = class.class.name.clone().unwrap_or_else(|| "".into());
            let bases = Value::list_of(ListKind::Tuple, class.bases.clone(), false);
            let attributes = Value::map(class.members.pairs());
            let given = Args::of(vec![Value::Str(name), bases, attributes]);
            for (name, receiver) in [("__new__", Value::Class(meta.clone())), ("__init__", Value::Class(class.clone()))]
            {
                if let Some((Value::Function(method), _)) = self.class_member(&meta, name) {
                    self.making.push(class.clone());
                    self.enter(&method, Some(receiver), given.clone(), spot);
                    self.making.pop();
                }
            }
        }
        self.tell_base(class);
        let Some(hook) = self.inherited(class, "__init_subclass__") else { return };
        if let Value::Function(method) = hook {
            self.enter(&method, Some(Value::Class(class.clone())), Args::default(), spot);
        }
    }

    /// What a base of a library does with what a class says beside its bases, as a model of its `__init_subclass__` has it: the
    /// class comes first.
    fn tell_base(&mut self, class: &Rc<ClassValue>) {
        let said = class.class.bases.iter().any(|base| base.name.as_deref().is_some_and(|name| name != MARK));
        if !said {
            return;
        }
        let hook = self.ancestors(class).into_iter().find_map(|one| match one {
            Value::Unknown(path) => {
                let path: Name = format!("{path}.__init_subclass__").into();
                self.models.functions.get(&*path).copied().map(|action| (action, path))
            }
            _ => None,
        });
        let Some((action, path)) = hook else { return };
        let mut args = Args::of(vec![Value::Class(class.clone())]);
        for base in &class.class.bases {
            if let Some(name) = base.name.as_ref().filter(|name| &***name != MARK) {
                let value = self.eval(&base.value, &class.scope);
                args.named.push((name.clone(), value));
            }
        }
        let on = args.named.iter().find(|(name, _)| Some(&**name) == action.on.as_deref()).map(|(_, on)| on.clone());
        match on.map(|on| self.force(on)) {
            Some(Value::Object(_)) => {
                self.call_path(&path, args, class.spot);
            }
            None | Some(Value::Null | Value::Undefined) => {}
            Some(_) => self.note(class.spot, "the router that this registers on is not known"),
        }
    }

    /// A member that a class has from its bases.
    fn inherited(&mut self, class: &Rc<ClassValue>, name: &str) -> Option<Value> {
        self.ancestors(class).into_iter().skip(1).find_map(|one| match one {
            Value::Class(one) => one.members.named(name),
            _ => None,
        })
    }

    /// `super().__new__(…)` and `type.__new__(…)` in a metaclass: the class that is made, with what it is given for members.
    pub(in crate::code::eval) fn new_class(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let class = self.making.last().cloned().filter(|_| &**name == "__new__")?;
        match object {
            Value::Super(it) => {
                let (home, this) = (it.0.clone(), it.1.clone());
                if let Value::Bound(bound) = self.super_member(&home, &this, name)
                    && let Value::Function(method) = &bound.callee
                {
                    // It is given the metaclass as any other argument.
                    return Some(self.enter(&method.clone(), None, args.clone(), spot));
                }
            }
            Value::Unknown(_) => {}
            _ => return None,
        }
        if let Some(Value::Map(attributes)) = args.list.last() {
            for (key, value) in attributes.pairs() {
                if let Some(name) = key.as_whole_text() {
                    class.members.put(&name, value);
                }
            }
        }
        Some(Value::Class(class))
    }
}

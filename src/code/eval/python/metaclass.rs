//! What Python runs when a class is made: its metaclass's `__new__` and `__init__`, and its bases' `__init_subclass__`.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, ListKind, Spot, Value};
use crate::code::form::{Decorator, ExprKind, Name};

/// The mark of a class that says what its metaclass is.
const MARK: &str = "metaclass";

impl Machine<'_> {
    /// Runs what a class's metaclass and bases do with it; they are given what it says beside its bases, by name.
    pub(in crate::code::eval) fn run_metaclass(&mut self, class: &Rc<ClassValue>, mut said: Vec<(Name, Value)>) {
        if let Some(at) = said.iter().position(|(name, _)| &**name == MARK) {
            class.marks.put(MARK, said.remove(at).1);
        }
        let spot = class.spot;
        let metaclass = self.ancestors(class).into_iter().find_map(|one| match one {
            Value::Class(one) => one.marks.named(MARK),
            _ => None,
        });
        if let Some(Value::Class(meta)) = metaclass {
            let name = class.class.name.clone().unwrap_or_else(|| "".into());
            let bases = Value::list_of(ListKind::Tuple, class.bases.clone(), false);
            let attributes = Value::map(class.members.pairs());
            let mut given = Args::of(vec![Value::Str(name), bases, attributes]);
            given.named.clone_from(&said);
            for (name, receiver) in [("__new__", Value::Class(meta.clone())), ("__init__", Value::Class(class.clone()))]
            {
                if let Some((Value::Function(method), _)) = self.class_member(&meta, name) {
                    self.making.push(class.clone());
                    self.enter(&method, Some(receiver), given.clone(), spot);
                    self.making.pop();
                }
            }
        }
        self.tell_base(class, &said);
        let Some(hook) = self.inherited(class, "__init_subclass__") else { return };
        if let Value::Function(method) = hook {
            let given = Args { named: said, ..Args::default() };
            self.enter(&method, Some(Value::Class(class.clone())), given, spot);
        }
    }

    /// What a base of a library does with what a class says beside its bases, as a model of its `__init_subclass__` has it: the
    /// class comes first.
    fn tell_base(&mut self, class: &Rc<ClassValue>, said: &[(Name, Value)]) {
        if said.is_empty() {
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
        args.named = said.to_vec();
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

    /// Whether a class, or one between it and the base that has a constructor, gets another one from what it is decorated with.
    pub(in crate::code::eval) fn is_written_below(&mut self, class: &Rc<ClassValue>, home: &Rc<ClassValue>) -> bool {
        let below = self.ancestors(class);
        let below = below.iter().take_while(|one| !matches!(one, Value::Class(one) if Rc::ptr_eq(one, home)));
        below
            .into_iter()
            .any(|one| matches!(one, Value::Class(one) if one.class.decorators.iter().any(writes_constructor)))
    }
}

/// Whether a decorator writes the constructor of a class by its fields.
fn writes_constructor(decorator: &Decorator) -> bool {
    let called = match &decorator.expr.kind {
        ExprKind::Call(call) => &call.callee.kind,
        other => other,
    };
    matches!(called, ExprKind::Name(name) | ExprKind::Member(_, name) if matches!(&**name, "dataclass" | "define" | "frozen"))
}

//! What Python's classes and modules answer for members that nobody set: `__getattr__`. Settings that are read when they are first
//! asked for stand behind it.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ModuleId, Object, Spot, Value};
use crate::code::form::Name;

/// The method, or a module's function, that is asked for members which are not there.
const ASKED: &str = "__getattr__";
/// The method that sets a member, whatever the class's own does with it.
const SET: &str = "__setattr__";

impl Machine<'_> {
    /// What an instance's class answers for a member that neither has. Where it does not answer by the name, it is not known.
    pub(in crate::code::eval) fn answered_member(
        &mut self,
        it: &Rc<Object>,
        object: &Value,
        name: &Name,
        spot: Spot,
    ) -> Option<Value> {
        let class = it.class.clone().filter(|class| self.is_python(class.spot.module))?;
        let (Value::Function(method), _) = self.class_member(&class, ASKED)? else { return None };
        let receiver = Some(object.clone());
        Some(self.answer_to(Rc::as_ptr(it).addr(), name, |machine| {
            machine.enter(&method, receiver, Args::of(vec![Value::Str(name.clone())]), spot)
        }))
    }

    /// What a module's own function answers for a member that it does not have.
    pub(in crate::code::eval) fn answered_by_module(&mut self, module: ModuleId, name: &Name) -> Value {
        let asked = self.modules[module.0].scope.own(ASKED);
        let Some(Value::Function(function)) = asked else { return Value::Undefined };
        let spot = Spot { module, line: function.function.pos.line };
        self.answer_to(Rc::as_ptr(&function).addr(), name, |machine| {
            machine.enter(&function, None, Args::of(vec![Value::Str(name.clone())]), spot)
        })
    }

    /// What is answered for a name, unless it asks for the same again. Names of the language's own are asked elsewhere.
    fn answer_to(&mut self, of: usize, name: &Name, ask: impl FnOnce(&mut Self) -> Value) -> Value {
        if name.starts_with("__") {
            return Value::Undefined;
        }
        let question = (of, name.clone());
        if self.answering.contains(&question) {
            return Value::unknown();
        }
        self.answering.push(question);
        let value = self.nested(ask).unwrap_or_else(Value::unknown);
        self.answering.pop();
        if value.is_nothing() { Value::unknown() } else { value }
    }

    /// `object.__setattr__(self, name, value)` and `super().__setattr__(name, value)`: the member is set as it stands.
    pub(in crate::code::eval) fn set_plainly(&mut self, object: &Value, name: &Name, args: &Args) -> Option<Value> {
        if &**name != SET {
            return None;
        }
        let (this, rest) = match (object, args.list.as_slice()) {
            (Value::Super(it), rest) => (it.1.clone(), rest),
            (Value::Unknown(_), [this, rest @ ..]) => (this.clone(), rest),
            _ => return None,
        };
        let [name, value] = rest else { return None };
        let name = name.as_whole_text()?;
        self.write_member(&this, &name, value.clone());
        Some(Value::Null)
    }
}

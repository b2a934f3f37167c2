//! Routers that are handed to what fills them.

use super::super::machine::Machine;
use super::super::value::{Args, Spot, Value};
use crate::code::form::{Language, Name};
use crate::code::models::HandWord;

impl Machine<'_> {
    /// Hands a router to what is to fill it: functions, instances with members for that, what a dotted name leads to.
    pub(in crate::code::eval) fn hand(&mut self, word: &HandWord, to: &Value, given: &Value, spot: Spot) {
        for one in to.each() {
            match self.force(one) {
                Value::Unknown(_) if self.is_go(spot.module) && word.members.is_empty() => {
                    self.note(spot, "what fills this group is not known");
                }
                Value::Unknown(path)
                    if self.modules[spot.module.0].language == Language::Rust
                        && word.members.is_empty()
                        && path.contains('.')
                        && !path.contains("()") =>
                {
                    let path = path.replace('.', "::");
                    self.note(spot, format!("what `{path}` registers here is not known: it is not in the repository"));
                }
                // What a library has of its own brings nothing of the project's.
                Value::Unknown(path)
                    if !word.members.is_empty()
                        && self.modules[spot.module.0].language == Language::Java
                        && !self.models.inert.iter().any(|package| path.starts_with(package)) =>
                {
                    self.note(spot, "what is registered here is not known");
                }
                Value::List(list) => {
                    let items = list.items.borrow().clone();
                    for item in items {
                        self.hand(word, &item, given, spot);
                    }
                }
                named @ (Value::Str(_) | Value::Module(_) | Value::Unknown(_)) if word.dotted => {
                    self.hand_dotted(&word.members, &named, given, spot);
                }
                instance @ (Value::Object(_) | Value::Class(_)) if !word.members.is_empty() => {
                    let scope = self.modules[spot.module.0].scope.clone();
                    // Rust's structs without fields are their only instances.
                    let instance = match instance {
                        Value::Class(_) => self.call(&instance, Args::default(), spot),
                        instance => instance,
                    };
                    if word.mounts && matches!(&instance, Value::Object(it) if it.model.borrow().is_some()) {
                        self.attach(given, &instance, Value::text(""), spot);
                        continue;
                    }
                    for name in word.members.iter().map(|name| Name::from(name.as_str())) {
                        if self.has_member(&instance, &name) {
                            self.call_member(&instance, &name, Args::starting(vec![given.clone()]), &scope, spot);
                        }
                    }
                }
                callee if callee.is_callable() || matches!(callee, Value::Class(_)) => {
                    let before = word.failing.then_some(Value::Null);
                    let args = Args::starting(before.into_iter().chain([given.clone()]).collect());
                    let result = match &callee {
                        Value::Function(closure) if word.receiver => {
                            let args = match self.has_packages(&closure.scope) {
                                true => super::super::jvm::single::besides(closure, given),
                                false => args,
                            };
                            self.enter(closure, Some(given.clone()), args, spot)
                        }
                        callee => self.call(callee, args, spot),
                    };
                    if word.mounts && result.identity() != given.identity() {
                        self.attach(given, &result, Value::text(""), spot);
                    }
                }
                other => {
                    if word.mounts && matches!(other, Value::Object(_)) {
                        self.attach(given, &other, Value::text(""), spot);
                    }
                }
            }
        }
    }
}

//! What decorators of Python make of what they stand on.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::Value;
use crate::code::form::Language;

impl Machine<'_> {
    /// What a call gave that stands as a decorator of Python: a class that it was given is told about, and decorates nothing.
    pub(in crate::code::eval) fn decorator_made(&self, made: Value, given: &[Value], scope: &ScopeRef) -> Value {
        let is_given = |made: &Value| given.iter().any(|one| one.same(made) == Some(true));
        match made {
            Value::Class(_) if self.language(scope) == Language::Python && is_given(&made) => Value::unknown(),
            made => made,
        }
    }
}

//! Reads of the environment that no literal names: every variable at once, and the fields of a type.

use std::rc::Rc;

use super::env::{call_of, last_name};
use super::machine::Machine;
use super::scope::ScopeRef;
use super::value::{Args, ClassValue, Map, Spot, Value};
use crate::code::form::{Arg, Field, Name, TypeRef};
use crate::code::holes::{HOLE, HOLE_END, hole};
use crate::code::models::FieldsWord;

/// How a name is called that stands for every variable.
const EVERY: &str = "variable";
/// How deep the fields of types may be taken in.
const DEPTH: usize = 4;

impl Machine<'_> {
    /// Pairs of name and value of every variable.
    pub(crate) fn every_variable(&mut self, spot: Spot) -> Value {
        let name = Value::text(hole(&format!("{EVERY}{}", self.reads.len())));
        self.read_env(&Value::unknown(), spot, true);
        let pair = Self::tuple(vec![name, Value::unknown()]);
        Value::list_of(super::value::ListKind::List, vec![pair], true)
    }

    /// What the names of every variable are asked to begin with is the pattern of what is read; false where the text is
    /// no such name.
    pub(crate) fn narrow_every(&mut self, text: &str, args: &Args) -> bool {
        let inner = text.strip_prefix(HOLE).and_then(|text| text.strip_suffix(HOLE_END));
        let index = inner.and_then(|hint| hint.strip_prefix(EVERY)).and_then(|index| index.parse::<usize>().ok());
        let (Some(index), Some(prefix)) = (index, args.at(0).as_whole_text()) else { return false };
        match self.reads.get_mut(index) {
            Some(read) => {
                read.name = format!("{prefix}*");
                true
            }
            None => false,
        }
    }

    /// What the running function returns is expected of what it ends with.
    pub(crate) fn expect_returned(&mut self) {
        let closure = self.frames.last().and_then(|frame| frame.closure.clone());
        if let Some(closure) = closure
            && let Some(ty) = &closure.function.returns
        {
            self.rust.expected = Some((ty.clone(), closure.scope.clone()));
        }
    }

    /// Reads the fields of the type that a call states, or that is expected of it.
    pub(crate) fn fields_given(&mut self, word: &FieldsWord, prefix: Option<&Value>, bound: &Rc<Map>, spot: Spot) {
        let ty = match (bound.named("<>"), self.rust.expected.clone()) {
            (Some(stated), _) => Some(stated),
            (None, Some((ty, scope))) => Some(self.expected_type(&ty, &scope, 0)),
            (None, None) => None,
        };
        let prefix = prefix.and_then(Value::as_text).unwrap_or_else(|| "".into());
        match ty {
            Some(Value::Class(class)) => self.read_fields(word, &class, &prefix, 0),
            _ => {
                let name = self.concat(&Value::Str(prefix), &Value::text(hole("rest")));
                self.read_env(&name, spot, true);
            }
        }
    }

    /// The type within `Result`, `Option` and their peers.
    fn expected_type(&mut self, ty: &TypeRef, scope: &ScopeRef, depth: usize) -> Value {
        let outer = ty.path.last().is_some_and(|name| matches!(&**name, "Result" | "Option" | "Box" | "Arc" | "Rc"));
        match ty.args.first() {
            Some(inner) if outer && depth < DEPTH => self.expected_type(inner, scope, depth + 1),
            _ => self.type_value(ty, scope),
        }
    }

    fn read_fields(&mut self, word: &FieldsWord, class: &Rc<ClassValue>, prefix: &Name, depth: usize) {
        let written = class.class.clone();
        for field in &written.fields {
            let said = said(field, &word.attribute);
            let any = |wanted: &[String]| said.iter().any(|arg| wanted.iter().any(|one| is(arg, one)));
            if any(&word.skip) {
                continue;
            }
            if any(&word.flatten)
                && let Some(ty) = &field.ty
                && let Value::Class(inner) = self.expected_type(ty, &class.scope, 0)
            {
                if depth < DEPTH {
                    self.read_fields(word, &inner, prefix, depth + 1);
                }
                continue;
            }
            let optional = field.ty.as_ref().and_then(|ty| ty.path.last()).is_some_and(|name| &**name == "Option");
            let tolerated = optional || any(&word.default);
            let scope = class.scope.clone();
            let renamed = said.iter().find(|arg| is(arg, &word.rename) && arg.name.is_some());
            let own = match renamed {
                Some(arg) => self.eval(&arg.value, &scope).as_text().unwrap_or_else(|| field.name.clone()),
                None => field.name.clone(),
            };
            let name = Value::text(format!("{prefix}{own}").to_uppercase());
            let spot = Spot { module: class.spot.module, line: field.pos.line };
            self.read_env(&name, spot, tolerated);
            // The field names it, whoever asks for the type.
            if let Some(read) = self.reads.last_mut() {
                read.chain.clear();
            }
        }
    }
}

/// The arguments of a field's attributes.
fn said<'f>(field: &'f Field, attributes: &[String]) -> Vec<&'f Arg> {
    let calls = field.decorators.iter().filter_map(|decorator| call_of(&decorator.expr));
    calls.filter(|(name, _)| attributes.iter().any(|one| one == name)).flat_map(|(_, args)| args.iter()).collect()
}

fn is(arg: &Arg, wanted: &str) -> bool {
    match &arg.name {
        Some(name) => **name == *wanted,
        None => last_name(&arg.value).is_some_and(|name| **name == *wanted),
    }
}

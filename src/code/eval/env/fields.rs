//! Reads of the environment that no literal names: every variable at once, and the fields of a type.

use std::rc::Rc;

use super::super::env::{call_of, last_name};
use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Map, Spot, Value};
use crate::code::form::{Arg, Decorator, Field, Name, TypeRef};
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
        Value::list_of(super::super::value::ListKind::List, vec![pair], true)
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

    /// What a function gives that its type says gets an object is called with one, whoever calls it.
    pub(crate) fn expect_given(&mut self, value: &Value) {
        let Value::Function(_) = value else { return };
        let closure = self.frames.last().and_then(|frame| frame.closure.clone());
        if let Some(closure) = closure
            && self.has_packages(&closure.scope)
            && let Some(ty) = &closure.function.returns
        {
            self.refined(value.clone(), ty, &closure.scope);
        }
    }

    /// Reads the fields of the type that a call states, or that is expected of it.
    pub(crate) fn fields_given(&mut self, word: &FieldsWord, prefix: Option<&Value>, bound: &Rc<Map>, spot: Spot) {
        let ty = self.asked_type(bound);
        let prefix = prefix.and_then(Value::as_text).unwrap_or_else(|| "".into());
        match ty {
            Some(Value::Class(class)) => self.read_fields(word, &class, &prefix, 0),
            _ => {
                let name = self.concat(&Value::Str(prefix), &Value::text(hole("rest")));
                self.read_env(&name, spot, true);
            }
        }
    }

    /// The type that a call states, or that is expected of it; within a function of any type that of its own call.
    pub(in crate::code::eval) fn asked_type(&mut self, bound: &Rc<Map>) -> Option<Value> {
        let ty = match (bound.named("<>"), self.rust.expected.clone()) {
            (Some(stated), _) => stated,
            (None, Some((ty, scope))) => self.expected_type(&ty, &scope, 0),
            (None, None) => return None,
        };
        match ty {
            Value::Unknown(name) if !name.contains('.') => Some(self.rust_asked().unwrap_or(Value::Unknown(name))),
            ty => Some(ty),
        }
    }

    /// The type within `Result`, `Option` and their peers.
    pub(in crate::code::eval) fn expected_type(&mut self, ty: &TypeRef, scope: &ScopeRef, depth: usize) -> Value {
        let outer = ty.path.last().is_some_and(|name| {
            matches!(
                &**name,
                "Result"
                    | "Option"
                    | "Box"
                    | "Arc"
                    | "Rc"
                    | "Lazy"
                    | "LazyLock"
                    | "OnceCell"
                    | "OnceLock"
                    | "Mutex"
                    | "RwLock"
            )
        });
        match ty.args.first() {
            Some(inner) if outer && depth < DEPTH => self.expected_type(inner, scope, depth + 1),
            _ => self.type_value(ty, scope),
        }
    }

    fn read_fields(&mut self, word: &FieldsWord, class: &Rc<ClassValue>, prefix: &Name, depth: usize) {
        let written = class.class.clone();
        for field in &written.fields {
            let said = attribute_args(&field.decorators, &word.attribute);
            let any = |wanted: &[String]| said.iter().any(|arg| wanted.iter().any(|one| is_argument(arg, one)));
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
            let own = self.named_field(word, class, field, &[], &said);
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

impl Machine<'_> {
    /// What a field is called: by its own attributes, else as its type's spell it.
    pub(in crate::code::eval) fn named_field(
        &mut self,
        word: &FieldsWord,
        class: &ClassValue,
        field: &Field,
        of_class: &[&Arg],
        said: &[&Arg],
    ) -> Name {
        let scope = class.scope.clone();
        let renamed = said.iter().find(|arg| is_argument(arg, &word.rename) && arg.name.is_some());
        if let Some(name) = renamed.and_then(|arg| self.eval(&arg.value, &scope).as_text()) {
            return name;
        }
        let styled = of_class.iter().find(|arg| is_argument(arg, &word.rename_all) && arg.name.is_some());
        match styled.and_then(|arg| self.eval(&arg.value, &scope).as_text()) {
            Some(style) => respelt(&field.name, &style).into(),
            None => field.name.clone(),
        }
    }
}

/// The arguments of attributes.
pub(in crate::code::eval) fn attribute_args<'f>(decorators: &'f [Decorator], attributes: &[String]) -> Vec<&'f Arg> {
    let calls = decorators.iter().filter_map(|decorator| call_of(&decorator.expr));
    calls.filter(|(name, _)| attributes.iter().any(|one| one == name)).flat_map(|(_, args)| args.iter()).collect()
}

/// Whether an argument of an attribute is of a name.
pub(in crate::code::eval) fn is_argument(arg: &Arg, wanted: &str) -> bool {
    match &arg.name {
        Some(name) => **name == *wanted,
        None => last_name(&arg.value).is_some_and(|name| **name == *wanted),
    }
}

/// A field's name as `rename_all` spells it.
pub(in crate::code::eval) fn respelt(name: &str, style: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    };
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    match style {
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => name.to_uppercase(),
        "kebab-case" => name.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => name.replace('_', "-").to_uppercase(),
        "PascalCase" => words.iter().map(|word| capital(word)).collect(),
        "camelCase" => {
            let (first, rest) = words.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
            first.to_owned() + &rest.iter().map(|word| capital(word)).collect::<String>()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::respelt;

    #[test]
    fn names_are_spelt_as_types_say() {
        for (style, expected) in [
            ("camelCase", "maxIdleTime"),
            ("PascalCase", "MaxIdleTime"),
            ("kebab-case", "max-idle-time"),
            ("SCREAMING_SNAKE_CASE", "MAX_IDLE_TIME"),
            ("snake_case", "max_idle_time"),
        ] {
            assert_eq!(respelt("max_idle_time", style), expected);
        }
    }
}

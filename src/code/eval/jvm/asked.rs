//! Settings that code asks a library for by their names: what the module's files say.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, Closure, EnvValue, Spot, Value};
use super::overloads::takes;
use crate::code::form::{FunctionKind, Language, Name};
use crate::code::holes::has_hole;

/// Members that are asked for a setting, and what holds where there is none.
const ASKED: &[&str] = &["getProperty", "getString"];
/// Members that are asked for one alone.
const ALONE: &[&str] = &["getPropertyOrNull", "getStringOrNull", "property", "propertyOrNull", "tryGetString"];
/// Members that give the settings below a name.
const BELOW: &[&str] = &["getConfig", "config"];
/// Words of what holds settings, in the names of its types.
const HOLDERS: &[&str] = &["onfig", "roperties", "containers."];
/// Objects of models that hold settings besides what they are told.
const CONTAINERS: &[&str] = &["kotlin-containers.container", "kotlin-containers.definitions"];
/// Members of what builds an address that leave its path as it is.
const BUILDING: &[&str] = &["build", "host", "port", "scheme"];
/// What stands around a name in the path of settings below it: no signs of any language's names.
const NAMED: (&str, &str) = ("(<", ">)");

/// Whether what has this path holds settings, by the names of its types.
pub(super) fn holds_settings(path: &str) -> bool {
    HOLDERS.iter().any(|word| path.contains(word))
}

impl Machine<'_> {
    /// What asking something of a library for a setting comes to: what the module's settings say, else the text that is given as
    /// what holds without it. It decides no branch.
    pub(in crate::code::eval) fn property_of(
        &self,
        object: &Value,
        name: &Name,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        if self.modules[spot.module.0].language != Language::Java {
            return None;
        }
        if matches!(object, Value::Str(text) if text.contains("://")) && BUILDING.contains(&&**name) {
            return Some(object.clone());
        }
        if matches!(object, Value::Env(_)) && &**name == "getString" && args.list.is_empty() {
            return Some(object.clone());
        }
        let asked = ASKED.contains(&&**name);
        if !asked && !ALONE.contains(&&**name) && !BELOW.contains(&&**name) {
            return None;
        }
        let from: Name = match object {
            Value::Unknown(from) => from.clone(),
            Value::Object(it) => {
                let model = it.model.borrow();
                model.as_ref().filter(|model| CONTAINERS.contains(&&*model.ty.name))?.ty.name.as_str().into()
            }
            _ => return None,
        };
        if self.models.functions.contains_key(&format!("{from}.{name}")) {
            return None;
        }
        let key = args.list.first()?.as_whole_text()?;
        let holder = holds_settings(&from);
        if BELOW.contains(&&**name) {
            let below = format!("{from}.{name}{}{key}{}", NAMED.0, NAMED.1);
            return (holder && args.list.len() == 1).then(|| Value::Unknown(below.as_str().into()));
        }
        let default = args.list.get(1).filter(|_| asked).map(|default| default.as_whole_text());
        if matches!(default, Some(None)) || args.list.len() > 2 {
            return None;
        }
        let key = self.whole_key(&from, &key);
        let said = (default.is_some() || holder || key.contains('.')).then(|| self.set_in_files(&key, spot)).flatten();
        let value = said.map(Value::text).or_else(|| default.flatten().map(Value::Str))?;
        Some(Value::Env(Rc::new(EnvValue { reads: Vec::new(), default: Some(value) })))
    }

    /// A call of a function of the project's own for the type of what holds settings (Kotlin), which asks it for one.
    pub(in crate::code::eval) fn call_on_settings(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let Value::Unknown(path) = object else { return None };
        if !holds_settings(path) || !self.is_of_kotlin(scope.module) {
            return None;
        }
        let (known, _) = self.own_meanings(name, scope);
        let mut fitting = known.into_iter().filter(|closure| {
            closure.function.kind != FunctionKind::Getter
                && self.extends_settings(path, closure)
                && takes(closure, args)
                && self.fits(closure, args).is_some()
        });
        let (closure, other) = (fitting.next()?, fitting.next());
        if other.is_some() {
            return None;
        }
        Some(self.enter(&closure, Some(object.clone()), args.clone(), spot))
    }

    /// Whether a function is for a library's type that holds settings, of which a value of this path may be.
    pub(super) fn extends_settings(&mut self, path: &str, closure: &Closure) -> bool {
        let Some(ty) = closure.function.receiver.as_ref().and_then(|receiver| receiver.ty.clone()) else {
            return false;
        };
        let stated = self.type_value(&ty, &closure.scope);
        holds_settings(path)
            && matches!(self.force(stated), Value::Unknown(of) if of.contains('.') && holds_settings(&of))
    }

    /// What an annotation's text names: what containers were told under it, where that is one thing alone, else a setting whose
    /// name has several parts.
    pub(in crate::code::eval) fn told_or_set(&mut self, text: &Name, spot: Spot) -> Option<Value> {
        if let Some(told) = self.told_as(text, spot) {
            return Some(told);
        }
        let said = self.set_in_files(text, spot).filter(|_| text.contains('.'))?;
        Some(Value::Env(Rc::new(EnvValue { reads: Vec::new(), default: Some(Value::text(said)) })))
    }

    /// What the settings of the module say of a name, where all of it is known.
    fn set_in_files(&self, key: &str, spot: Spot) -> Option<String> {
        let homes = self.tree.homes_of(self.file(spot));
        let home = homes.iter().find(|home| home.settings.get(key).is_some())?;
        Some(home.settings.filled(&home.settings.get(key)?.value)).filter(|said| !has_hole(said))
    }

    /// A name with those before it that led to the settings which it is asked of.
    fn whole_key(&self, from: &str, key: &str) -> String {
        let mut out = String::new();
        for part in from.split(NAMED.0).skip(1) {
            out.extend([part.split(NAMED.1).next().unwrap_or_default(), "."]);
        }
        out + key
    }
}

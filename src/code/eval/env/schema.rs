//! Classes whose fields are read from the environment.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Map, Spot, Value};
use crate::code::form::{ExprKind, Field, Name, TypeRef, Yields};
use crate::code::models::Settings;

/// Classes of fields within classes of fields.
const MOST_NESTED: usize = 6;

/// What stands before the names of a class's fields.
struct Before<'a> {
    settings: &'a Settings,
    prefix: &'a str,
    /// What stands between the name of a field and those of the class that it holds.
    delimiter: Option<&'a str>,
    /// Names are looked for as they are written, not in upper case.
    cased: bool,
    /// The program does without all of them.
    tolerated: bool,
}

/// Whether what a class declares is none of its settings: its configuration, what is its own, what all instances share.
fn is_no_field(field: &Field, settings: &Settings) -> bool {
    let shared = field.ty.as_ref().and_then(|ty| ty.path.last()).is_some_and(|name| &**name == "ClassVar");
    shared || field.name.starts_with('_') || settings.except.iter().any(|except| **except == *field.name)
}

impl Machine<'_> {
    /// Reads what a class of settings says is read.
    pub(crate) fn class_settings(&mut self, class: &Rc<ClassValue>) {
        self.derived_settings(class);
        let ancestors = self.ancestors(class);
        let Some(settings) = self.settings_of(&ancestors) else { return };
        let text = |value: &Value| value.as_whole_text().map(|text| text.to_string());
        let is_true = |value: &Value| matches!(value, Value::Bool(_)).then(|| matches!(value, Value::Bool(true)));
        let prefix = self.said(&settings.prefix, &ancestors, class, text).unwrap_or_default();
        let delimiter = self.said(&settings.nested, &ancestors, class, text);
        let cased = self.said(&settings.cased, &ancestors, class, is_true).unwrap_or_default();
        let before = Before { settings, prefix: &prefix, delimiter: delimiter.as_deref(), cased, tolerated: false };
        self.setting_fields(class, &before, 0);
        // What is inherited is read by the names that the class itself gives.
        let mut own: BTreeSet<Name> = class.class.fields.iter().map(|field| field.name.clone()).collect();
        for ancestor in ancestors.iter().skip(1) {
            let Value::Class(base) = ancestor else { continue };
            for field in base.class.fields.iter().filter(|field| !own.contains(&field.name)) {
                if !is_no_field(field, before.settings) {
                    self.setting_field(base, field, &before, 0);
                }
            }
            own.extend(base.class.fields.iter().map(|field| field.name.clone()));
        }
    }

    /// What files of deployment say of a field of settings that has no default.
    pub(in crate::code::eval) fn deployed_field(&mut self, class: &Rc<ClassValue>, name: &Name) -> Option<Value> {
        let ancestors = self.ancestors(class);
        let settings = self.settings_of(&ancestors)?;
        let text = |value: &Value| value.as_whole_text().map(|text| text.to_string());
        let prefix = self.said(&settings.prefix, &ancestors, class, text).unwrap_or_default();
        let variable = format!("{prefix}{name}").to_uppercase();
        self.deployed(&variable, class.spot.module).map(Value::fallback)
    }

    fn settings_of(&self, ancestors: &[Value]) -> Option<&'static Settings> {
        ancestors.iter().find_map(|one| match one {
            Value::Unknown(path) => self.models.classes.get(&**path).and_then(|class| class.settings.as_ref()),
            _ => None,
        })
    }

    /// What the class or a base says under one of these paths.
    fn said<T>(
        &mut self,
        paths: &[String],
        ancestors: &[Value],
        class: &Rc<ClassValue>,
        taken: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        for path in paths {
            for ancestor in ancestors {
                let Value::Class(ancestor) = ancestor else { continue };
                let bound = Map::default();
                for (key, value) in ancestor.members.pairs() {
                    if let Some(at) = key.key() {
                        bound.set(at, key, value);
                    }
                }
                if let Some(said) = taken(&self.argument_at(&Rc::new(bound), path, class.spot)) {
                    return Some(said);
                }
                // `class Mail(BaseSettings, env_prefix="MAIL_")`.
                let last = path.rsplit('.').next();
                let keyword =
                    ancestor.class.bases.iter().find(|arg| arg.name.as_deref().is_some_and(|name| Some(name) == last));
                if let Some(arg) = keyword
                    && let Some(said) = taken(&self.eval(&arg.value, &ancestor.scope.clone()))
                {
                    return Some(said);
                }
            }
        }
        None
    }

    fn setting_fields(&mut self, class: &Rc<ClassValue>, before: &Before<'_>, depth: usize) {
        let written = class.class.clone();
        for field in &written.fields {
            if !is_no_field(field, before.settings) {
                self.setting_field(class, field, before, depth);
            }
        }
    }

    fn setting_field(&mut self, class: &Rc<ClassValue>, field: &Field, before: &Before<'_>, depth: usize) {
        let spot = Spot { module: class.spot.module, line: field.pos.line };
        let name = format!("{}{}", before.prefix, field.name);
        let mut names = Value::text(name.as_str());
        let mut tolerated = before.tolerated || field.value.is_some();
        let mut aliased = false;
        if let Some(expr) = &field.value
            && let ExprKind::Call(call) = &expr.kind
            && !matches!(&call.callee.kind, ExprKind::Name(callee) if self.is_own_class(callee, class))
        {
            let args = self.arguments(&call.args, &class.scope.clone());
            let required = matches!(args.list.first(), None | Some(Value::Unknown(_)));
            tolerated = before.tolerated
                || !required
                || args.named.iter().any(|(name, _)| before.settings.default.iter().any(|it| **it == **name));
            for alias in &before.settings.alias {
                if let Some((_, value)) = args.named.iter().find(|(name, _)| **name == **alias) {
                    names = value.clone();
                    aliased = true;
                    break;
                }
            }
        }
        let held = field.ty.as_ref().and_then(|ty| self.held_class(ty, class, 0));
        if let (Some(held), false) = (held, aliased) {
            let ancestors = self.ancestors(&held);
            // A class of settings reads for itself; another one is read in parts where there is a way to name them.
            if self.settings_of(&ancestors).is_some() {
                return;
            }
            match before.delimiter {
                Some(delimiter) if depth < MOST_NESTED => {
                    let prefix = format!("{name}{delimiter}");
                    let inner = Before { prefix: &prefix, tolerated, ..*before };
                    return self.setting_fields(&held, &inner, depth + 1);
                }
                _ if tolerated => return,
                _ => {}
            }
        }
        let scope = class.scope.clone();
        let all = match &names {
            Value::List(_) => self.walk(&names, Yields::Elements, &scope).0,
            other => vec![other.clone()],
        };
        let first = self.reads.len();
        for name in all {
            let name = match name.as_whole_text() {
                Some(text) if !before.cased => Value::text(text.to_uppercase()),
                _ => name,
            };
            self.read_env(&name, spot, tolerated);
        }
        let made = self.reads.get_mut(first..).unwrap_or_default();
        let peers: Vec<String> = made.iter().map(|read| read.name.clone()).collect();
        if peers.len() > 1 {
            made.iter_mut().for_each(|read| read.peers.clone_from(&peers));
        }
    }

    fn is_own_class(&mut self, name: &crate::code::form::Name, class: &Rc<ClassValue>) -> bool {
        let scope = class.scope.clone();
        matches!(self.name(name, &scope), Value::Class(_))
    }

    /// The class with fields that a type names.
    fn held_class(&mut self, ty: &TypeRef, class: &Rc<ClassValue>, depth: usize) -> Option<Rc<ClassValue>> {
        let last = ty.path.last()?;
        if matches!(&**last, "Optional" | "Annotated") && depth < 4 {
            return ty.args.first().and_then(|inner| self.held_class(inner, class, depth + 1));
        }
        let scope = class.scope.clone();
        match self.type_value(ty, &scope) {
            Value::Class(held) if !held.class.fields.is_empty() && !Rc::ptr_eq(&held, class) => Some(held),
            _ => None,
        }
    }
}

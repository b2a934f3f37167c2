//! Enums of Java and Kotlin: their entries, and what each of them is called.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, EnvValue, Object, Value};
use crate::code::form::{ClassKind, ExprKind, Field, FunctionKind, Name};

/// The names under which an entry holds what it is called and at which place it stands: no names of the language.
const NAME: &str = "<name>";
const ORDINAL: &str = "<ordinal>";

/// An entry that is being made.
#[derive(Debug)]
pub(crate) struct Entry {
    class: Rc<ClassValue>,
    name: Name,
    ordinal: usize,
}

impl Machine<'_> {
    /// What an entry is called is known before its constructor runs.
    pub(in crate::code::eval) fn begin_entry(&mut self, class: &Rc<ClassValue>, at: usize) {
        self.entry = None;
        let Some(field) = class.class.fields.get(at).filter(|field| is_entry(class, field)) else { return };
        let ordinal = class.class.fields.iter().take(at).filter(|field| is_entry(class, field)).count();
        self.entry = Some(Entry { class: class.clone(), name: field.name.clone(), ordinal });
    }

    /// Names an instance where it is the entry that is being made.
    pub(in crate::code::eval) fn name_entry(&mut self, object: &Rc<Object>) {
        let Some(class) = object.class.clone().filter(|_| self.entry.is_some()) else { return };
        let of = |entry: &Entry| Value::Class(entry.class.clone());
        let line = self.ancestors(&class);
        if let Some(entry) = self.entry.take_if(|entry| line.iter().any(|one| one.same(&of(entry)) == Some(true))) {
            object.members.put(NAME, Value::Str(entry.name));
            object.members.put(ORDINAL, Value::Int(i64::try_from(entry.ordinal).unwrap_or(i64::MAX)));
        }
    }

    /// The entries of an enum.
    pub(in crate::code::eval) fn enum_entries(&mut self, class: &Rc<ClassValue>) -> Option<Value> {
        if class.class.kind != ClassKind::Enum || !self.has_packages(&class.scope) {
            return None;
        }
        let written = class.class.clone();
        let fields = written.fields.iter().enumerate().filter(|(_, field)| is_entry(class, field));
        let all = fields.map(|(at, _)| self.static_field(class, at).unwrap_or_else(Value::unknown));
        Some(Value::list(all.collect()))
    }

    /// A member that every enum has, read off its class.
    pub(in crate::code::eval) fn enum_member(&mut self, class: &Rc<ClassValue>, name: &str) -> Option<Value> {
        match name {
            "entries" | "enumConstants" => self.enum_entries(class),
            _ => None,
        }
    }

    /// A call of a member that every enum has on its class.
    pub(in crate::code::eval) fn enum_call(
        &mut self,
        class: &Rc<ClassValue>,
        name: &str,
        args: &Args,
    ) -> Option<Value> {
        match (name, args.list.as_slice()) {
            ("values" | "getEntries" | "getEnumConstants", []) => self.enum_entries(class),
            ("valueOf", [wanted]) => {
                let entries = self.enum_entries(class)?;
                let (Some(text), Value::List(entries)) = (wanted.as_whole_text(), entries) else {
                    return Some(Value::unknown());
                };
                let found = entries.items.borrow().iter().find(|entry| named(entry).as_ref() == Some(&text)).cloned();
                let found = found.unwrap_or_else(Value::unknown);
                Some(match wanted {
                    // What a variable's default names may be another entry.
                    Value::Env(env) => Value::Env(Rc::new(EnvValue { reads: env.reads.clone(), default: Some(found) })),
                    _ => found,
                })
            }
            _ => None,
        }
    }

    /// The entries of the enum that a function of the language is asked for.
    pub(in crate::code::eval) fn enum_asked(&mut self, path: &str, args: &Args) -> Option<Value> {
        let stated = || args.named.iter().find(|(name, _)| &**name == "<type>").map(|(_, ty)| ty.clone());
        let (class, name) = match path {
            "enumValues" | "enumEntries" | "kotlin.enumValues" | "kotlin.enums.enumEntries" => (stated()?, "values"),
            "enumValueOf" | "kotlin.enumValueOf" => (stated()?, "valueOf"),
            "EnumSet.allOf" | "java.util.EnumSet.allOf" => (args.at(0), "allOf"),
            _ => return None,
        };
        let Value::Class(class) = class else { return None };
        match name {
            "allOf" => self.enum_entries(&class),
            name => self.enum_call(&class, name, args),
        }
    }

    /// What an entry is called and where it stands, where its class has no property of that name.
    pub(in crate::code::eval) fn entry_member(&self, object: &Object, name: &str) -> Option<Value> {
        match name {
            "name" => object.members.named(NAME),
            "ordinal" => object.members.named(ORDINAL),
            _ => None,
        }
    }

    /// A call of a method that every entry has.
    pub(in crate::code::eval) fn entry_call(&self, object: &Object, name: &str, args: &Args) -> Option<Value> {
        match name {
            "name" | "toString" if args.list.is_empty() => object.members.named(NAME),
            "ordinal" if args.list.is_empty() => object.members.named(ORDINAL),
            _ => None,
        }
    }

    /// An instance as a piece of a string (Java, Kotlin): what its class says, else an entry's name; none where it is no such.
    pub(in crate::code::eval) fn instance_shown(&mut self, object: &Rc<Object>) -> Option<Value> {
        let class = object.class.clone().filter(|class| self.has_packages(&class.scope))?;
        let value = Value::Object(object.clone());
        let shown = match self.class_member(&class, "toString") {
            Some((Value::Function(method), home)) if method.function.kind == FunctionKind::Method => {
                self.enter(&method, Some(value), Args::default(), home.spot)
            }
            _ => object.members.named(NAME).unwrap_or_else(Value::unknown),
        };
        Some(shown)
    }
}

/// Whether a field of an enum is one of its entries: an instance of the enum that states no type.
fn is_entry(class: &ClassValue, field: &Field) -> bool {
    let made = field.value.as_ref().is_some_and(|value| match &value.kind {
        ExprKind::Call(call) => call.is_new,
        _ => false,
    });
    class.class.kind == ClassKind::Enum && field.is_static && field.ty.is_none() && made
}

/// What an entry is called.
fn named(entry: &Value) -> Option<Name> {
    let Value::Object(object) = entry else { return None };
    object.members.named(NAME)?.as_whole_text()
}

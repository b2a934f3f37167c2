//! What code of the Java platform asks of a class about its own name.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Native, Object, Value};
use super::packages::classes_around;
use crate::code::form::{ClassKind, Language, Name};

/// What gives the class of an instance: called, and read.
const CLASS_CALLED: &str = "getClass";
const CLASS_READ: &str = "javaClass";
/// What a class is asked for that gives the same class in another form.
const FORMS: &[&str] = &[".java", ".kotlin", ".javaObjectType"];
/// What stands behind the name of a class of which the class is meant.
const CLASS: &str = ".class";

/// What of a name is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The last word.
    Simple,
    /// All of it, with this between a class and those within it.
    Whole(char),
}

impl Asked {
    fn of(question: &str) -> Option<Self> {
        Some(match question {
            "getSimpleName" | "simpleName" => Self::Simple,
            "getName" | "name" | "getTypeName" | "typeName" => Self::Whole('$'),
            "getCanonicalName" | "canonicalName" | "qualifiedName" => Self::Whole('.'),
            _ => return None,
        })
    }
}

impl Machine<'_> {
    /// The name of a class of the project's, as it is asked for. One without instances of its own is asked for by those of the
    /// classes below it, whatever these are.
    pub(in crate::code::eval) fn name_of_class(&self, class: &Rc<ClassValue>, question: &str) -> Option<Value> {
        let asked = Asked::of(question).filter(|_| self.has_packages(&class.scope))?;
        let name = class.class.name.clone().filter(|_| class.class.kind != ClassKind::Abstract)?;
        let Asked::Whole(between) = asked else { return Some(Value::Str(name)) };
        let mut out = name.to_string();
        for outer in classes_around(&class.scope).iter().filter(|outer| !Rc::ptr_eq(outer, class)) {
            out = format!("{}{between}{out}", outer.class.name.clone()?);
        }
        let package = &self.modules[class.spot.module.0].dotted;
        Some(Value::text(if package.is_empty() { out } else { format!("{package}.{out}") }))
    }

    /// The name of a class that a library has: what is not imported may be a name for any type, and has none.
    pub(in crate::code::eval) fn name_of_foreign(
        &self,
        path: &str,
        question: &str,
        language: Language,
    ) -> Option<Value> {
        let asked = Asked::of(question).filter(|_| language == Language::Java)?;
        let mut name = path;
        while let Some(shorter) = FORMS.iter().find_map(|form| name.strip_suffix(form)) {
            name = shorter;
        }
        let name = name.strip_suffix(CLASS)?;
        let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
        let parts: Vec<&str> = name.split('.').collect();
        let is_class = |part: &str| part.starts_with(char::is_uppercase);
        let (packages, classes) = parts.split_at(parts.iter().position(|part| is_class(part))?);
        if packages.is_empty() || !parts.iter().all(|part| plain(part)) || !classes.iter().all(|part| is_class(part)) {
            return None;
        }
        Some(match asked {
            Asked::Simple => Value::text(*classes.last()?),
            Asked::Whole(between) => {
                let classes = classes.join(&between.to_string());
                Value::text(format!("{}.{classes}", packages.join(".")))
            }
        })
    }

    /// The class of an instance that is asked for it by a call.
    pub(in crate::code::eval) fn class_of_instance(&self, it: &Object, name: &str, args: &Args) -> Option<Value> {
        let class = it.class.clone().filter(|class| self.has_packages(&class.scope))?;
        (name == CLASS_CALLED && args.list.is_empty()).then_some(Value::Class(class))
    }

    /// The same where code asks what it stands on: `getClass()`, `javaClass`.
    pub(super) fn own_class(&self, name: &Name, scope: &ScopeRef) -> Option<Value> {
        if !matches!(&**name, CLASS_CALLED | CLASS_READ) {
            return None;
        }
        let class = self.receivers(scope).into_iter().find_map(|this| match this {
            Value::Object(it) => it.class.clone().filter(|class| self.has_packages(&class.scope)),
            Value::Class(class) if super::super::class::is_object(&Value::Class(class.clone())) => Some(class),
            _ => None,
        })?;
        let class = Value::Class(class);
        Some(if &**name == CLASS_READ { class } else { Value::Native(Rc::new(Native::Gives(class))) })
    }
}

//! What `#[derive(Default)]` makes of a struct.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Map, Object, Spot, Value};
use crate::code::form::{ClassKind, ExprKind, TypeRef};

/// How deep structs hold each other.
const DEEPEST: usize = 8;

impl Machine<'_> {
    /// An instance with its fields as their types are by default; none where the class derives no such thing. Texts, numbers
    /// and flags stay unknown: who makes an instance so may fill it where nobody sees.
    pub(crate) fn rust_default(&mut self, class: &Rc<ClassValue>, spot: Spot, depth: usize) -> Option<Value> {
        if !has_default(class) || depth > DEEPEST {
            return None;
        }
        // What may be filled from files may hold more than nothing.
        let filled = derives(class, "Deserialize");
        let members = Map::default();
        let written = class.class.clone();
        for field in &written.fields {
            let value = field.ty.as_ref().filter(|ty| !(filled && is_collection(ty)));
            let value = value.and_then(|ty| self.zero_of(ty, &class.scope, spot, depth + 1));
            members.put(&field.name, value.unwrap_or_else(Value::unknown));
        }
        class.made.set(true);
        Some(Value::Object(Rc::new(Object { class: Some(class.clone()), members, model: RefCell::default() })))
    }

    fn zero_of(&mut self, ty: &TypeRef, scope: &ScopeRef, spot: Spot, depth: usize) -> Option<Value> {
        match ty.path.last().map(|name| &**name) {
            Some("Vec" | "VecDeque" | "HashSet" | "BTreeSet" | "IndexSet") => return Some(Value::list(Vec::new())),
            Some("HashMap" | "BTreeMap" | "IndexMap") => return Some(Value::map(Vec::new())),
            Some("Box" | "Arc" | "Rc" | "Mutex" | "RwLock" | "RefCell" | "Cell") => {
                return ty.args.first().and_then(|inner| self.zero_of(inner, scope, spot, depth));
            }
            _ => {}
        }
        match self.type_value(ty, scope) {
            Value::Class(class) => match self.class_member(&class, "default") {
                Some((function, _)) if function.is_callable() => {
                    Some(self.call(&function, Args::default(), spot)).filter(|made| matches!(made, Value::Object(_)))
                }
                _ => self.rust_default(&class, spot, depth),
            },
            Value::Unknown(path) if self.models.types.contains_key(&*path) => {
                Some(self.call_path(&format!("{path}.default").into(), Args::default(), spot))
            }
            _ => None,
        }
    }
}

fn is_collection(ty: &TypeRef) -> bool {
    let last = ty.path.last().map(|name| &**name);
    matches!(
        last,
        Some(
            "Vec"
                | "VecDeque"
                | "HashSet"
                | "BTreeSet"
                | "IndexSet"
                | "HashMap"
                | "BTreeMap"
                | "IndexMap"
                | "Mutex"
                | "RwLock"
        )
    )
}

/// Whether a struct derives what it is by default.
pub(crate) fn has_default(class: &ClassValue) -> bool {
    class.class.kind == ClassKind::Struct && derives(class, "Default")
}

fn derives(class: &ClassValue, wanted: &str) -> bool {
    let is = |expr: &ExprKind, wanted: &str| match expr {
        ExprKind::Name(name) => &**name == wanted,
        ExprKind::Path(path) => path.last().is_some_and(|name| &**name == wanted),
        _ => false,
    };
    class.class.decorators.iter().any(|decorator| match &decorator.expr.kind {
        ExprKind::Call(call) => {
            is(&call.callee.kind, "derive") && call.args.iter().any(|arg| is(&arg.value.kind, wanted))
        }
        _ => false,
    })
}

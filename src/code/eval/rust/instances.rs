//! Instances of types whose fields derived code fills: a field that says what it is by default is that, or what a variable
//! gives; of another one only its type is known.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::env::fields::{attribute_args, is_argument};
use super::super::machine::Machine;
use super::super::value::{ClassValue, Map, Object, Spot, Value};
use crate::code::form::{ClassKind, Field, Language};
use crate::code::models::DeriveModel;

/// How deep such types hold each other.
const DEEPEST: usize = 6;
/// What a field says whose own fields stand among those around it.
const FLAT: &[&str] = &["flatten", "nested"];

impl Machine<'_> {
    /// The model of what fills a type's fields.
    fn filled_by(&self, class: &ClassValue) -> Option<&'static DeriveModel> {
        if self.language(&class.scope) != Language::Rust || class.class.kind != ClassKind::Struct {
            return None;
        }
        let derive = ["derive".to_owned()];
        let derived = attribute_args(&class.class.decorators, &derive);
        let models = self.models.derives.iter().copied();
        models.into_iter().find(|model| derived.iter().any(|arg| model.on.iter().any(|on| is_argument(arg, on))))
    }

    /// Whether functions of a type that nobody defines give an instance of it.
    pub(crate) fn is_filled_by_derive(&self, class: &ClassValue) -> bool {
        self.filled_by(class).is_some()
    }

    /// An instance as derived code makes one.
    pub(crate) fn derived_instance(&mut self, class: &Rc<ClassValue>, depth: usize) -> Option<Value> {
        let model = self.filled_by(class)?;
        if depth > DEEPEST {
            return None;
        }
        let members = Map::default();
        let written = class.class.clone();
        for field in &written.fields {
            let value = self.derived_field(model, class, field, depth);
            members.put(&field.name, value);
        }
        class.made.set(true);
        Some(Value::Object(Rc::new(Object { class: Some(class.clone()), members, model: RefCell::default() })))
    }

    fn derived_field(
        &mut self,
        model: &'static DeriveModel,
        class: &Rc<ClassValue>,
        field: &Field,
        depth: usize,
    ) -> Value {
        let scope = class.scope.clone();
        let mut attributes = model.attribute.clone();
        attributes.push("command".to_owned());
        let said = attribute_args(&field.decorators, &attributes);
        let any = |wanted: &str| said.iter().find(|arg| is_argument(arg, wanted)).copied();
        let inner = field.ty.as_ref().map(|ty| self.expected_type(ty, &scope, 0));
        if let Some(Value::Class(inner)) = &inner
            && FLAT.iter().any(|flat| any(flat).is_some())
            && let Some(made) = self.derived_instance(inner, depth + 1)
        {
            return made;
        }
        let default = model.default.iter().find_map(|name| any(name)).filter(|arg| arg.name.is_some());
        let default = default.map(|arg| self.eval(&arg.value, &scope)).filter(|value| value.as_text().is_some());
        let named = any(&model.name);
        let read = match named {
            None if !model.always => Value::unknown(),
            named => {
                let name = match named.filter(|named| named.name.is_some()) {
                    Some(named) => self.eval(&named.value, &scope),
                    None => Value::text(field.name.to_uppercase()),
                };
                let spot = Spot { module: class.spot.module, line: field.pos.line };
                let optional = field.ty.as_ref().and_then(|ty| ty.path.last()).is_some_and(|ty| &**ty == "Option");
                self.read_env(&name, spot, optional || default.is_some())
            }
        };
        match (read, default) {
            (read @ Value::Env(_), Some(default)) => self.env_or(read, default),
            (read @ Value::Env(_), None) => read,
            (_, Some(default)) => default.fallback(),
            (_, None) => field.ty.as_ref().and_then(|ty| self.typed(ty, &scope)).unwrap_or_else(Value::unknown),
        }
    }
}

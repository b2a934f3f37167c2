//! Paths that configuration puts before the routes of some annotated classes, and what code asks of a class as a value.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Map, Modelled, Native, Object, Value};
use crate::code::form::ExprKind;
use crate::code::models::put_together;

/// Conditions within conditions.
const MOST_JOINED: usize = 6;

impl Machine<'_> {
    /// What configuration puts before the routes of a class; none where that is not known.
    pub(crate) fn before(&mut self, class: &Rc<ClassValue>) -> Option<String> {
        let file = self.file(class.spot).to_owned();
        let module = self.tree.module_of(&file).to_owned();
        let mut out = self.before_by_mapping(class)?;
        for (_, spot, path, when) in self.befores.clone() {
            let homes = self.tree.homes_of(&file);
            let there = self.tree.module_of(self.file(spot)).to_owned();
            if there != module && homes.iter().all(|home| home.folder != there) {
                continue;
            }
            match self.holds(&when, class, 0) {
                Some(false) => {}
                Some(true) => match path.as_text() {
                    Some(text) => {
                        let text = self.filled(&text, spot);
                        // The first that holds counts alone.
                        out = put_together(Default::default(), &out, &text);
                        break;
                    }
                    None => {
                        self.note(class.spot, "the path that is put before this class's routes is not known");
                        return None;
                    }
                },
                None => {
                    self.note(class.spot, "whether a path is put before this class's routes is not known");
                    return None;
                }
            }
        }
        Some(out)
    }

    /// What a setting says in the module of a class.
    pub(super) fn setting_of(&self, class: &Rc<ClassValue>, key: &str) -> String {
        let homes = self.tree.homes_of(self.file(class.spot));
        let said = homes.first().and_then(|home| Some(home.settings.filled(&home.settings.get(key)?.value)));
        said.unwrap_or_default()
    }

    /// Whether something holds for a class; none where it is not known.
    fn holds(&mut self, when: &Value, class: &Rc<ClassValue>, depth: usize) -> Option<bool> {
        if depth > MOST_JOINED {
            return None;
        }
        if let Value::Object(object) = when
            && let Some(model) = object.model.borrow().clone()
        {
            return self.is_narrowed_to(&model, class, depth);
        }
        let answer = self.call(when, super::super::value::Args::of(vec![Value::Class(class.clone())]), class.spot);
        match answer {
            Value::Bool(answer) => Some(answer),
            _ => None,
        }
    }

    /// Whether a class is one of those that an object says: by annotations, packages and types, any of which is enough, and by what
    /// joins those.
    fn is_narrowed_to(&mut self, model: &Modelled, class: &Rc<ClassValue>, depth: usize) -> Option<bool> {
        let (mut any, mut asked) = (false, false);
        for one in self.argument_list(&model.args, "annotations") {
            asked = true;
            any |= self.is_annotated(class, &one)?;
        }
        let own = self.modules[class.spot.module.0].dotted.clone();
        let mut packages = Vec::new();
        for one in self.argument_list(&model.args, "packages") {
            packages.push(one.as_whole_text()?);
        }
        for one in self.argument_list(&model.args, "beside") {
            let Value::Class(one) = one else { return None };
            packages.push(self.modules[one.spot.module.0].dotted.clone());
        }
        asked |= !packages.is_empty();
        any |= packages.iter().any(|package| own == *package || own.starts_with(&format!("{package}.")));
        for one in self.argument_list(&model.args, "types") {
            asked = true;
            any |= self.ancestors(class).iter().any(|ancestor| match (ancestor, &one) {
                (Value::Class(ancestor), Value::Class(one)) => Rc::ptr_eq(ancestor, one),
                (Value::Unknown(ancestor), Value::Unknown(one)) => **ancestor == *one.trim_end_matches(".class"),
                _ => false,
            });
        }
        let mut holds = any || !asked;
        for other in self.argument_list(&model.args, "both") {
            holds &= self.holds(&other, class, depth + 1)?;
        }
        for other in self.argument_list(&model.args, "either") {
            holds |= self.holds(&other, class, depth + 1)?;
        }
        Some(holds != model.args.named("negated").is_some())
    }

    /// The elements of a list among arguments, and of lists in it.
    fn argument_list(&mut self, args: &Rc<Map>, name: &str) -> Vec<Value> {
        let mut out = Vec::new();
        if let Some(given) = args.named(name).filter(|given| !given.is_nothing()) {
            self.flatten(&given, &mut out, 0);
        }
        out
    }

    /// Whether a class has an annotation, directly or by one of the project's own.
    fn is_annotated(&mut self, class: &Rc<ClassValue>, wanted: &Value) -> Option<bool> {
        let applied = self.applied(&class.class.decorators, &class.scope, class.spot);
        match wanted {
            Value::Unknown(path) => {
                let full = path.trim_end_matches(".java").trim_end_matches(".class");
                (!full.is_empty()).then(|| applied.iter().any(|one| one.model.name == full))
            }
            Value::Class(own) => {
                let scope = class.scope.clone();
                let mut any = false;
                for decorator in &class.class.decorators {
                    let callee = match &decorator.expr.kind {
                        ExprKind::Call(call) => &call.callee,
                        _ => &decorator.expr,
                    };
                    any |= matches!(self.annotation_type(callee, &scope), Value::Class(one) if Rc::ptr_eq(&one, own));
                }
                Some(any)
            }
            _ => None,
        }
    }

    /// What code asks of a class as a value.
    pub(crate) fn type_question(
        &mut self,
        class: &Rc<ClassValue>,
        name: &str,
        args: &super::super::value::Args,
    ) -> Option<Value> {
        if !self.has_packages(&class.scope) {
            return None;
        }
        match name {
            "isAnnotationPresent" if !args.list.is_empty() => self.is_annotated(class, &args.at(0)).map(Value::Bool),
            "getPackageName" | "packageName" => Some(Value::Str(self.modules[class.spot.module.0].dotted.clone())),
            "getPackage" | "package" => {
                let members = Map::default();
                let package = Value::Str(self.modules[class.spot.module.0].dotted.clone());
                members.put("name", package.clone());
                members.put("getName", Value::Native(Rc::new(Native::Gives(package))));
                Some(Value::Object(Rc::new(Object { class: None, members, model: std::cell::RefCell::default() })))
            }
            _ => self.name_of_class(class, name).or_else(|| self.class_question(class, name, args)),
        }
    }
}

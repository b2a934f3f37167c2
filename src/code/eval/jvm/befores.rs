//! Paths that configuration puts before the routes of some annotated classes, and what code asks of a class as a value.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Map, Value};
use crate::code::form::ExprKind;
use crate::code::models::put_together;

impl Machine<'_> {
    /// What configuration puts before the routes of a class; none where that is not known.
    pub(crate) fn before(&mut self, class: &Rc<ClassValue>) -> Option<String> {
        let file = self.file(class.spot).to_owned();
        let module = self.tree.module_of(&file).to_owned();
        let mut out = String::new();
        for (_, spot, path, when) in self.befores.clone() {
            let homes = self.tree.homes_of(&file);
            let there = self.tree.module_of(self.file(spot)).to_owned();
            if there != module && homes.iter().all(|home| home.folder != there) {
                continue;
            }
            match self.holds(&when, class) {
                Some(false) => {}
                Some(true) => match path.as_text() {
                    Some(text) => {
                        let text = self.filled(&text, spot);
                        out = put_together(Default::default(), &text, &out);
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
    fn holds(&mut self, when: &Value, class: &Rc<ClassValue>) -> Option<bool> {
        if let Value::Object(object) = when
            && let Some(model) = object.model.borrow().clone()
        {
            let mut any = false;
            for one in self.argument_list(&model.args, "annotations") {
                any |= self.is_annotated(class, &one)?;
            }
            let own = self.modules[class.spot.module.0].dotted.clone();
            for one in self.argument_list(&model.args, "packages") {
                let package = one.as_whole_text()?;
                any |= own == package || own.starts_with(&format!("{package}."));
            }
            return Some(any);
        }
        let answer = self.call(when, super::super::value::Args::of(vec![Value::Class(class.clone())]), class.spot);
        match answer {
            Value::Bool(answer) => Some(answer),
            _ => None,
        }
    }

    /// The elements of a list among arguments.
    fn argument_list(&self, args: &Rc<Map>, name: &str) -> Vec<Value> {
        match args.named(name) {
            Some(Value::List(list)) => list.items.borrow().clone(),
            Some(one) => vec![one],
            None => Vec::new(),
        }
    }

    /// Whether a class has an annotation, directly or by one of the project's own.
    fn is_annotated(&mut self, class: &Rc<ClassValue>, wanted: &Value) -> Option<bool> {
        let applied = self.applied(&class.class.decorators, &class.scope, class.spot);
        match wanted {
            Value::Unknown(path) => {
                let full = path.trim_end_matches(".class").trim_end_matches(".java");
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
            "getSimpleName" | "simpleName" => class.class.name.clone().map(Value::Str),
            "getName" | "qualifiedName" => {
                let package = self.modules[class.spot.module.0].dotted.clone();
                class.class.name.as_ref().map(|name| Value::text(format!("{package}.{name}")))
            }
            _ => self.class_question(class, name, args),
        }
    }
}

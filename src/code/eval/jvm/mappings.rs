//! Mappings of Spring's that a project writes itself: what they put before the paths that annotations say.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Value};
use crate::code::models::put_together;

/// What such a class inherits from, and its members that may change paths.
const MAPPING: &str = "RequestMappingHandlerMapping";
const GIVES: &str = "getMappingForMethod";
const TAKES: &[&str] = &["registerHandlerMethod", "registerMapping"];
/// Words without one of which paths stay as they are.
const CHANGING: &[&str] = &["combine(", "paths(", "PatternsRequestCondition", "mutate("];
/// Where what is made of paths keeps them.
const PATHS: &str = "paths";

impl Machine<'_> {
    /// What the project's own mappings put before the routes of a class; none where that is not known, which is told.
    pub(super) fn before_by_mapping(&mut self, class: &Rc<ClassValue>) -> Option<String> {
        let mut out = String::new();
        for mapping in self.handler_mappings() {
            if !self.is_beside(&mapping, class) {
                continue;
            }
            let text = self.tree.text(self.file(mapping.spot)).unwrap_or_default();
            if !CHANGING.iter().any(|word| text.contains(word)) {
                continue;
            }
            if TAKES.iter().any(|name| mapping.members.named(name).is_some()) {
                self.note(class.spot, "what a mapping of the project's own makes of this class's paths is not known");
                return None;
            }
            let Some((method @ Value::Function(_), _)) = self.class_member(&mapping, GIVES) else { continue };
            let open = Args { partial: true, ..Args::default() };
            let object = self.instantiate(&Value::Class(mapping.clone()), open, mapping.spot);
            let args = Args::of(vec![Value::unknown(), Value::Class(class.clone())]);
            let given = self.call(&Self::bound(method, object), args, mapping.spot);
            match self.paths_before(&given) {
                Some(Some(path)) => out = put_together(Default::default(), &path, &out),
                Some(None) => {}
                None => {
                    self.note(
                        class.spot,
                        "what a mapping of the project's own makes of this class's paths is not known",
                    );
                    return None;
                }
            }
        }
        Some(out)
    }

    /// The path that what a mapping gives puts first, if it does; none where it is not known.
    #[expect(clippy::option_option, reason = "that there is none is known")]
    fn paths_before(&mut self, given: &Value) -> Option<Option<String>> {
        let mut out = None;
        for one in given.each() {
            let Value::Object(object) = &one else { continue };
            let model = object.model.borrow().clone();
            let Some(paths) = model.and_then(|model| model.args.named(PATHS)) else { continue };
            let mut all = Vec::new();
            self.flatten(&paths, &mut all, 0);
            let [one] = all.as_slice() else { return None };
            let path = one.as_whole_text()?.to_string();
            match &out {
                Some(known) if *known != path => return None,
                _ => out = Some(path),
            }
        }
        Some(out)
    }

    /// The mappings that the project writes.
    fn handler_mappings(&mut self) -> Vec<Rc<ClassValue>> {
        if let Some(known) = &self.mappings {
            return known.clone();
        }
        let mut out = Vec::new();
        for class in self.classes.clone() {
            let is_it = |one: &Value| matches!(one, Value::Unknown(path) if path.ends_with(MAPPING));
            if self.has_packages(&class.scope) && self.ancestors(&class).iter().any(is_it) {
                out.push(class);
            }
        }
        self.mappings.insert(out).clone()
    }

    /// Whether a class is of the module of another, or of one under whose settings that runs.
    pub(super) fn is_beside(&self, one: &Rc<ClassValue>, other: &Rc<ClassValue>) -> bool {
        let (there, file) = (self.tree.module_of(self.file(one.spot)), self.file(other.spot));
        there == self.tree.module_of(file) || self.tree.homes_of(file).iter().any(|home| home.folder == there)
    }
}

//! Java's ServiceLoader: the classes that files below `META-INF/services` name for a type, and those that `@AutoService` adds there.

use std::rc::Rc;

use super::super::env::call_of;
use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Spot, Value};
use crate::code::form::{Language, Name};

/// Where files of services stand.
const PLACE: &str = "META-INF/services/";
/// The annotation that has one written.
const ANNOTATION: &str = "AutoService";
/// The most files that are looked into, and the most providers of a service.
const MOST_FILES: usize = 4_000;
const MOST_PROVIDERS: usize = 256;

impl Machine<'_> {
    /// What `ServiceLoader.load` gives for a class of the project's own; none where it is another call or nothing is known.
    pub(in crate::code::eval) fn loaded_services(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        // A file that imports the whole package names it alone.
        let path = path.strip_prefix("java.util.").unwrap_or(path);
        if !matches!(path, "ServiceLoader.load" | "ServiceLoader.loadInstalled") {
            return None;
        }
        let Value::Class(service) = args.at(0) else { return None };
        let mut providers: Vec<Rc<ClassValue>> = Vec::new();
        let mut whole = true;
        let listed = self.listed_providers(&service, spot, &mut whole);
        for provider in listed.into_iter().chain(self.annotated_providers(&service)) {
            if providers.len() < MOST_PROVIDERS && !providers.iter().any(|known| Rc::ptr_eq(known, &provider)) {
                providers.push(provider);
            }
        }
        if providers.is_empty() {
            return None;
        }
        let made = providers.into_iter().map(|provider| {
            let class = Value::Class(provider);
            if super::super::class::is_object(&class) { class } else { self.instantiate(&class, Args::default(), spot) }
        });
        let made: Vec<Value> = made.collect();
        Some(Value::list_of(super::super::value::ListKind::List, made, !whole))
    }

    fn listed_providers(&mut self, service: &Rc<ClassValue>, spot: Spot, whole: &mut bool) -> Vec<Rc<ClassValue>> {
        let Some(name) = service.class.name.clone() else { return Vec::new() };
        let package = self.modules[service.spot.module.0].dotted.clone();
        let is_it = |path: &&Name| {
            let named = path.rsplit_once(PLACE).map(|(_, named)| named);
            // A class within another is named behind it.
            let fits = |full: &str| {
                let rest = full.strip_prefix(&*package).map(|rest| rest.trim_start_matches('.'));
                rest.is_some_and(|rest| rest.rsplit(['.', '$']).next() == Some(&*name))
            };
            named.is_some_and(fits) && crate::code::select::is_own(path)
        };
        let files: Vec<Name> = self.tree.files().filter(is_it).take(MOST_PROVIDERS).cloned().collect();
        let mut out = Vec::new();
        for file in files {
            let text = self.tree.text(&file).unwrap_or_default();
            let names = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
            for full in names.filter(|name| !name.is_empty()).take(MOST_PROVIDERS) {
                let found = self.full_name(&full.replace('$', "."), spot.module);
                match found.map(|found| self.force(found)) {
                    Some(Value::Class(class)) => out.push(class),
                    _ => *whole = false,
                }
            }
        }
        out
    }

    fn annotated_providers(&mut self, service: &Rc<ClassValue>) -> Vec<Rc<ClassValue>> {
        let files: Vec<Name> = self.tree.classes().take(MOST_FILES).cloned().collect();
        for path in files {
            let says = self.tree.text(&path).is_some_and(|text| text.contains(ANNOTATION));
            if says && crate::code::select::is_own(&path) {
                let id = self.module_of(&path, Language::Java);
                self.load(id);
            }
        }
        let wanted = Value::Class(service.clone());
        let classes = self.classes.clone();
        let mut out = Vec::new();
        for class in classes {
            let written = class.class.clone();
            let said = written.decorators.iter().filter_map(|decorator| call_of(&decorator.expr));
            let args: Vec<_> = said
                .filter(|(name, _)| *name == ANNOTATION)
                .flat_map(|(_, args)| args.iter().map(|arg| &arg.value))
                .collect();
            for arg in args {
                let given = self.eval(arg, &class.scope);
                let is_it = match &given {
                    Value::List(list) => list.items.borrow().iter().any(|one| one.same(&wanted) == Some(true)),
                    given => given.same(&wanted) == Some(true),
                };
                if is_it {
                    out.push(class.clone());
                }
            }
        }
        out
    }
}

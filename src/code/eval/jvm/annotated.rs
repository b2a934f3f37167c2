//! Routes that annotations on classes and methods tell, also those of bases, interfaces and annotations of the project's own.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::routes::forest::Found;
use super::super::scope::{Scope, ScopeKind, ScopeRef};
use super::super::value::{ClassValue, ModuleId, Spot, Value};
use super::combined::{Wide, wide};
use crate::code::form::{ClassKind, Decorator, Expr, ExprKind, Function, Language, Name, StmtKind, TypeRef};
use crate::code::holes::{has_hole, has_unknown};
use crate::code::models::{Alone, AnnotationModel, put_together, spell, tidy};

/// Annotations on annotations on annotations.
const MOST_META: usize = 6;
/// Paths that one method may have.
const MOST_PATHS: usize = 64;

/// An annotation that a model speaks of, with what it is given.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    pub(crate) model: &'static AnnotationModel,
    pub(super) args: Vec<(Name, Value)>,
    pub(super) line: u32,
    /// How many annotations of the project's own lead to it.
    depth: usize,
}

/// What a class's annotations say.
#[derive(Default)]
pub(super) struct Standing {
    serves: bool,
    client: bool,
    conditional: bool,
    /// It is among what Spring scans for.
    scanned: bool,
    /// It is a resource of JAX-RS.
    pub(super) resource: bool,
    /// The setting that stands before its routes.
    behind: Option<&'static str>,
    pub(super) mapping: Option<Mapping>,
}

/// Paths and methods, as far as they are known.
#[derive(Clone)]
pub(super) struct Mapping {
    pub(super) model: &'static AnnotationModel,
    pub(super) paths: Vec<Value>,
    pub(super) methods: BTreeSet<String>,
    pub(super) line: u32,
}

/// A method and the class that declares it.
#[derive(Clone)]
pub(super) struct Declared {
    pub(super) class: Rc<ClassValue>,
    pub(super) function: Arc<Function>,
}

/// What stands before the methods of a class that is being read.
pub(super) struct Place<'p> {
    pub(super) prefixes: &'p [String],
    /// For each prefix the pattern that it is, where Spring puts it together otherwise.
    pub(super) wide: &'p [Option<Wide>],
    pub(super) methods: &'p BTreeSet<String>,
    pub(super) conditional: bool,
    pub(super) depth: usize,
    /// The file of the class that answers.
    pub(super) by: ModuleId,
}

impl Machine<'_> {
    /// Reads the routes of every class that answers requests.
    pub(crate) fn read_annotated(&mut self) {
        let classes: Vec<_> = self.classes.iter().filter(|class| self.has_packages(&class.scope)).cloned().collect();
        for class in classes {
            if matches!(class.class.kind, ClassKind::Class | ClassKind::Object | ClassKind::Struct)
                && class.class.name.is_some()
            {
                self.read_placeholders(&class);
                self.read_application(&class);
                self.read_class(&class);
                self.read_routed(&class);
            }
        }
    }

    /// Loads the classes that implement annotated interfaces: their own files may name no library.
    pub(crate) fn load_implementations(&mut self) {
        let mut names = BTreeSet::new();
        for class in self.classes.clone() {
            if class.class.kind != ClassKind::Interface || !self.has_packages(&class.scope) {
                continue;
            }
            let applied = self.applied(&class.class.decorators, &class.scope, class.spot);
            let serves = applied.iter().any(|one| one.model.serves) && !applied.iter().any(|one| one.model.client);
            if serves && let Some(name) = &class.class.name {
                names.insert(name.to_string());
            }
        }
        names.append(&mut self.generated_names());
        let Ok(automaton) = aho_corasick::AhoCorasick::new(&names) else { return };
        if names.is_empty() {
            return;
        }
        let files: Vec<Name> = self.tree.classes().cloned().collect();
        for path in files.iter().filter(|path| !self.by_path.contains_key(*path)).collect::<Vec<_>>() {
            if self.tree.text(path).is_some_and(|text| automaton.is_match(&text)) {
                let id = self.module_of(path, Language::Java);
                self.load(id);
            }
        }
    }

    /// Reads of the environment by placeholders in annotations on fields, parameters and methods.
    fn read_placeholders(&mut self, class: &Rc<ClassValue>) {
        let written = class.class.clone();
        let mut all: Vec<&Decorator> = written.fields.iter().flat_map(|field| &field.decorators).collect();
        for stmt in &written.body {
            if let StmtKind::Function(function) = &stmt.kind {
                all.extend(function.decorators.iter().chain(function.params.iter().flat_map(|it| &it.decorators)));
            }
        }
        for decorator in all {
            let ExprKind::Call(call) = &decorator.expr.kind else { continue };
            let Value::Unknown(path) = self.annotation_type(&call.callee, &class.scope) else { continue };
            let Some(model) = self.models.annotations.get(&*path).copied() else { continue };
            let Some(reads) = &model.reads else { continue };
            let spot = Spot { module: class.spot.module, line: decorator.pos.line };
            let given = |name: &str| {
                call.args.iter().find(|arg| arg.name.as_deref().unwrap_or("value") == name).map(|arg| &arg.value)
            };
            let Some(text) = given(reads).map(|value| self.eval(value, &class.scope)).and_then(|it| it.as_whole_text())
            else {
                continue;
            };
            let tolerated = model.default.as_deref().is_some_and(|name| given(name).is_some());
            for (name, _, has_default) in crate::code::properties::variables(&text, model.bare) {
                self.read_env(&Value::text(name), spot, has_default || tolerated);
            }
        }
    }

    fn read_application(&mut self, class: &Rc<ClassValue>) {
        for one in self.applied(&class.class.decorators, &class.scope, class.spot) {
            if !one.model.application {
                continue;
            }
            let paths: Vec<Value> = one.args.iter().map(|(_, value)| value.clone()).collect();
            let spot = Spot { module: class.spot.module, line: one.line };
            for path in self.spelled_paths(one.model, &paths, spot).into_iter().take(1) {
                self.note_application(&one.model.framework, spot, path);
            }
        }
    }

    fn read_class(&mut self, class: &Rc<ClassValue>) {
        let standing = self.standing(class);
        if !standing.serves || standing.client {
            self.tell_delegate(class);
            return self.tell_unhanded(class);
        }
        if standing.scanned && self.is_unscanned(class) {
            let reason =
                "no application of the repository scans the package of this class: whether it answers is not known";
            return self.note(class.spot, reason);
        }
        if standing.resource && self.is_unregistered(class) {
            let reason = "no code of the repository names this resource: whether a program registers it is not known";
            return self.note(class.spot, reason);
        }
        self.note_foreign_bases(class);
        let (spelled, methods) = match &standing.mapping {
            Some(mapping) => {
                let spot = Spot { module: class.spot.module, line: mapping.line };
                (self.spelled_paths(mapping.model, &mapping.paths, spot), mapping.methods.clone())
            }
            None => (vec![String::new()], BTreeSet::new()),
        };
        if let Some(mapping) = standing.mapping.as_ref().filter(|mapping| !mapping.model.answers.is_empty()) {
            let spot = Spot { module: class.spot.module, line: mapping.line };
            return self.read_servlet(class, mapping.model, &spelled, spot);
        }
        let Some(before) = self.before(class) else { return };
        let behind = standing.behind.map(|key| self.setting_of(class, key)).unwrap_or_default();
        let before = put_together(Default::default(), &behind, &before);
        let patterns = match &standing.mapping {
            Some(mapping) if mapping.model.framework == "spring" => wide(&mapping.paths, &spelled, &before),
            _ => Vec::new(),
        };
        let spelled: Vec<String> = spelled.iter().map(|path| put_together(Default::default(), &before, path)).collect();
        self.read_generated(class, &spelled, standing.conditional);
        let conditional = standing.conditional;
        let place = Place {
            prefixes: &spelled,
            wide: &patterns,
            methods: &methods,
            conditional,
            depth: 0,
            by: class.spot.module,
        };
        self.read_methods(class, &place);
    }

    /// What a class is by its own annotations and by those of what it inherits from.
    pub(super) fn standing(&mut self, class: &Rc<ClassValue>) -> Standing {
        let mut out = Standing::default();
        let mut component = false;
        let mut inherited = false;
        let mut own = false;
        for (at, ancestor) in self.ancestors(class).into_iter().enumerate() {
            let Value::Class(ancestor) = ancestor else { continue };
            let applied = self.applied(&ancestor.class.decorators, &ancestor.scope, ancestor.spot);
            for one in &applied {
                out.scanned |= one.model.serves && one.model.framework == "spring";
                out.resource |= one.model.serves && one.model.framework == "jaxrs";
                own |= one.model.serves && at == 0;
                // A controller answers what the interface of its clients tells: the client is another class.
                out.client |= one.model.client && !(own && at > 0);
                out.conditional |= one.model.conditional && at == 0;
                out.behind = out.behind.or(one.model.behind.as_deref());
                component |= one.model.component && at == 0;
                out.serves |= one.model.serves && (at == 0 || one.model.inherited);
                inherited |= one.model.serves;
            }
            if out.mapping.is_none() {
                out.mapping = self.mapping(&applied, &ancestor.scope);
            }
        }
        out.serves |= component && inherited;
        out.serves |= self.answers_generated(class);
        out
    }

    /// A base that is neither here nor known to bring nothing may bring routes.
    fn note_foreign_bases(&mut self, class: &Rc<ClassValue>) {
        for ancestor in self.ancestors(class) {
            let Value::Unknown(path) = ancestor else { continue };
            if self.is_generated(class, &path) {
                continue;
            }
            let inert = !path.contains('.') || self.models.inert.iter().any(|package| path.starts_with(package));
            if !inert {
                let reason = format!(
                    "inherits from {path}, which is not in the repository: routes that it brings are not known"
                );
                self.note(class.spot, reason);
            }
        }
    }

    /// The annotations among these that models speak of, those on annotations of the project's own included.
    pub(crate) fn applied(&mut self, decorators: &[Decorator], scope: &ScopeRef, spot: Spot) -> Vec<Applied> {
        let mut out = Vec::new();
        for decorator in decorators {
            let line = if decorator.pos.line > 0 { decorator.pos.line } else { spot.line };
            self.apply(&decorator.expr, scope, line, 0, &mut out);
        }
        out
    }

    /// What an annotation's argument is: fields of the class that always have the same value are constants there.
    fn annotation_argument(&mut self, expr: &Expr, scope: &ScopeRef) -> Value {
        let value = self.eval(expr, scope);
        let whole = match &value {
            Value::Unknown(_) => false,
            Value::List(list) => list.items.borrow().iter().all(|item| item.as_whole_text().is_some()),
            Value::Str(text) => !has_hole(text),
            _ => true,
        };
        let class = if whole { None } else { self.classes.iter().find(|it| Rc::ptr_eq(&it.scope, scope)).cloned() };
        let Some(class) = class.filter(|class| self.has_packages(&class.scope)) else { return value };
        let inner = Scope::inside(scope, ScopeKind::Block);
        for ancestor in self.ancestors(&class) {
            let Value::Class(one) = ancestor else { continue };
            let written = one.class.clone();
            for field in written.fields.iter().filter(|field| !field.is_static && inner.own(&field.name).is_none()) {
                if let Some(init) = &field.value {
                    let value = self.eval(init, &one.scope.clone());
                    inner.set(&field.name, value);
                }
            }
        }
        self.eval(expr, &inner)
    }

    fn apply(&mut self, expr: &Expr, scope: &ScopeRef, line: u32, depth: usize, out: &mut Vec<Applied>) {
        let (callee, given) = match &expr.kind {
            ExprKind::Call(call) => (&call.callee, call.args.as_slice()),
            _ => (expr, [].as_slice()),
        };
        match self.annotation_type(callee, scope) {
            Value::Unknown(path) => {
                let Some(model) = self.models.annotations.get(&*path).copied() else { return };
                let first = model.path.first().or(model.methods.as_ref()).map_or("value", |name| name.as_str());
                let mut args = Vec::new();
                for arg in given {
                    let name = arg.name.clone().unwrap_or_else(|| first.into());
                    if model.asks(&name) {
                        args.push((name, self.annotation_argument(&arg.value, scope)));
                    }
                }
                out.push(Applied { model, args, line, depth });
            }
            Value::Class(own) if own.class.kind == ClassKind::Annotation && depth < MOST_META => {
                let before = out.len();
                let decorators = &own.class.decorators;
                for decorator in decorators {
                    self.apply(&decorator.expr, &own.scope, line, depth + 1, out);
                }
                let mut args = Vec::new();
                for arg in given {
                    let name = arg.name.clone().unwrap_or_else(|| "value".into());
                    args.push((name, self.eval(&arg.value, scope)));
                }
                self.hand_on(&own, &args, &mut out[before..]);
            }
            _ => {}
        }
    }

    pub(crate) fn annotation_type(&mut self, callee: &Expr, scope: &ScopeRef) -> Value {
        if let Some(full) = dotted(callee)
            && full.contains('.')
            && self.models.annotations.contains_key(&full)
        {
            return Value::from_path(full);
        }
        let found = self.eval(callee, scope);
        match (&found, &callee.kind) {
            (Value::Class(_) | Value::Unknown(_), _) => found,
            // A field of the same name is not meant: types have names of their own.
            (_, ExprKind::Name(name)) => match super::super::scope::top_of(scope).own(name) {
                Some(imported) => self.force(imported),
                None => self.package_type(name, scope).map_or(found, |it| self.force(it)),
            },
            _ => found,
        }
    }

    /// Arguments of an annotation of the project's own reach the annotations on it under the names that it says.
    fn hand_on(&mut self, own: &Rc<ClassValue>, given: &[(Name, Value)], inner: &mut [Applied]) {
        for stmt in &own.class.body {
            let StmtKind::Function(element) = &stmt.kind else { continue };
            let Some(name) = &element.name else { continue };
            let value = match given.iter().find(|(key, _)| key == name) {
                Some((_, value)) => value.clone(),
                None => match element.body.first().map(|stmt| &stmt.kind) {
                    Some(StmtKind::Return(Some(default))) if !matches!(default.kind, ExprKind::Unknown(_)) => {
                        self.eval(default, &own.scope)
                    }
                    _ => continue,
                },
            };
            let empty = matches!(&value, Value::List(list) if list.items.borrow().is_empty());
            if empty || matches!(&value, Value::Str(text) if text.is_empty()) {
                continue;
            }
            for decorator in &element.decorators {
                let Some((target, attribute)) = self.alias(&decorator.expr, &own.scope, name) else { continue };
                for applied in inner.iter_mut() {
                    let meant = target.as_ref().is_none_or(|target| *target == applied.model.name);
                    if meant && applied.model.asks(&attribute) {
                        applied.args.retain(|(key, _)| {
                            !applied.model.path.iter().any(|path| **path == **key)
                                || !applied.model.path.iter().any(|path| **path == *attribute)
                        });
                        applied.args.retain(|(key, _)| *key != attribute);
                        applied.args.push((attribute.clone(), value.clone()));
                    }
                }
            }
        }
    }

    /// The annotation and the argument that an alias names.
    fn alias(&mut self, expr: &Expr, scope: &ScopeRef, own: &Name) -> Option<(Option<String>, Name)> {
        let ExprKind::Call(call) = &expr.kind else { return None };
        let Value::Unknown(path) = self.annotation_type(&call.callee, scope) else { return None };
        let model = self.models.annotations.get(&*path).copied()?;
        let (wanted, attributes) = model.alias.split_first()?;
        let mut target = None;
        let mut attribute = own.clone();
        for arg in &call.args {
            let name = arg.name.clone().unwrap_or_else(|| "value".into());
            let value = self.eval(&arg.value, scope);
            if *name == **wanted {
                if let Value::Unknown(path) = &value {
                    target = Some(path.trim_end_matches(".class").to_owned());
                }
            } else if attributes.iter().any(|one| **one == *name) {
                attribute = value.as_whole_text().unwrap_or(attribute);
            }
        }
        Some((target, attribute))
    }

    /// What annotations say of paths and methods together. Where one of them says both, it counts alone: the nearest, where
    /// annotations of the project's own bring others.
    pub(super) fn mapping(&mut self, applied: &[Applied], scope: &ScopeRef) -> Option<Mapping> {
        let telling = |one: &&Applied| one.model.tells();
        let says_path =
            |one: &Applied| one.args.iter().any(|(name, _)| one.model.path.iter().any(|path| **path == **name));
        // One that leaves the path to another says the method alone.
        let beside =
            applied.iter().any(|one| one.model.method.is_empty() && one.model.methods.is_none() && says_path(one));
        let whole = applied
            .iter()
            .filter(telling)
            .filter(|one| !one.model.path.is_empty() && (one.model.methods.is_some() || !one.model.method.is_empty()))
            .filter(|one| !beside || says_path(one))
            .min_by_key(|one| one.depth);
        let counted: Vec<&Applied> = match whole {
            Some(one) => vec![one],
            None => applied.iter().filter(telling).collect(),
        };
        let first = counted.first()?;
        let mut out = Mapping { model: first.model, paths: Vec::new(), methods: BTreeSet::new(), line: first.line };
        for one in counted {
            if out.model.path.is_empty() {
                out.model = one.model;
            }
            out.methods.extend(one.model.method.iter().cloned());
            for (name, value) in &one.args {
                if one.model.path.iter().any(|path| **path == **name) {
                    self.spread_paths(value, &mut out.paths, 0);
                } else if one.model.methods.as_deref() == Some(&**name) {
                    self.spread_methods(value, &mut out.methods, scope);
                }
            }
        }
        Some(out)
    }

    fn spread_paths(&mut self, value: &Value, out: &mut Vec<Value>, depth: usize) {
        match self.force(value.clone()) {
            Value::List(list) if depth < 4 => {
                let items = list.items.borrow().clone();
                for item in items {
                    self.spread_paths(&item, out, depth + 1);
                }
            }
            other => out.push(other),
        }
    }

    fn spread_methods(&mut self, value: &Value, out: &mut BTreeSet<String>, scope: &ScopeRef) {
        let (items, _) = match value {
            Value::List(_) => self.walk(value, crate::code::form::Yields::Elements, scope),
            other => (vec![other.clone()], false),
        };
        for item in items {
            let text = match &item {
                Value::Unknown(path) => path.rsplit('.').next().unwrap_or_default().to_owned(),
                other => other.as_whole_text().unwrap_or_else(|| "".into()).to_string(),
            };
            if !text.is_empty() {
                out.insert(text.to_uppercase());
            }
        }
    }

    /// The paths in the one form, `""` where there is none. What is not known is noted and left out.
    pub(super) fn spelled_paths(
        &mut self,
        model: &'static AnnotationModel,
        paths: &[Value],
        spot: Spot,
    ) -> Vec<String> {
        if paths.is_empty() {
            return vec![String::new()];
        }
        let mut out = Vec::new();
        for path in paths.iter().flat_map(Value::each).take(MOST_PATHS) {
            match path.as_text() {
                Some(text) => {
                    let text = self.filled(&text, spot);
                    out.extend(spell(model.paths, &text));
                }
                None => self.note(spot, "the path that the annotation gives is not known"),
            }
        }
        out
    }

    /// The methods of a class and of all that it inherits from; one that is overridden keeps the nearest annotations.
    fn methods_of(&mut self, class: &Rc<ClassValue>) -> Vec<Vec<Declared>> {
        let mut out: Vec<Vec<Declared>> = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(ancestor) = ancestor else { continue };
            let mut fresh = Vec::new();
            for stmt in &ancestor.class.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                let declared = Declared { class: ancestor.clone(), function: function.clone() };
                match out.iter_mut().find(|known| known.iter().any(|one| overrides(one, &declared))) {
                    Some(known) => known.push(declared),
                    None => fresh.push(vec![declared]),
                }
            }
            out.extend(fresh);
        }
        out
    }

    pub(super) fn read_methods(&mut self, class: &Rc<ClassValue>, place: &Place<'_>) {
        for declarations in self.methods_of(class) {
            for declared in &declarations {
                let spot = Spot { module: declared.class.spot.module, line: declared.function.pos.line };
                let scope = declared.class.scope.clone();
                let applied = self.applied(&declared.function.decorators, &scope, spot);
                let conditional = place.conditional || applied.iter().any(|one| one.model.conditional);
                let applied: Vec<Applied> = applied.into_iter().filter(|one| !one.model.alone_serves).collect();
                let Some(mapping) = self.mapping(&applied, &scope) else { continue };
                let place = Place { conditional, ..*place };
                self.read_method(&mapping, declared, &place);
                break;
            }
        }
    }

    pub(super) fn read_method(&mut self, mapping: &Mapping, declared: &Declared, place: &Place<'_>) {
        let model = mapping.model;
        let spot = Spot { module: declared.class.spot.module, line: mapping.line };
        let own = self.spelled_paths(model, &mapping.paths, spot);
        let joined = |(at, prefix): (usize, &String), path: &String| {
            let alone = place.wide.get(at).and_then(Option::as_ref).and_then(|pattern| pattern.with(path));
            alone.unwrap_or_else(|| put_together(model.join, prefix, path))
        };
        let prefixes = place.prefixes.iter().enumerate();
        let full: Vec<String> =
            prefixes.flat_map(|it| own.iter().map(move |path| joined(it, path))).take(MOST_PATHS).collect();
        if mapping.methods.is_empty() && model.alone == Alone::Child {
            return self.read_child(declared, &full, spot, place);
        }
        let mut methods: Vec<String> = mapping.methods.union(place.methods).cloned().collect();
        if methods.is_empty() {
            methods.push("ANY".to_owned());
        }
        for path in full {
            if has_unknown(&path) {
                self.note_path(spot, &tidy(&path));
                continue;
            }
            for method in &methods {
                self.annotated.push(Found {
                    path: path.clone(),
                    method: method.clone(),
                    framework: model.framework.clone(),
                    spot,
                    conditional: place.conditional,
                    library: None,
                    by: Some(place.by).filter(|by| *by != spot.module),
                });
            }
        }
    }
}

/// Whether a method of a nearer class overrides one of a farther class: same name, as many parameters, and types that do not
/// tell them apart. A single letter is a type parameter.
fn overrides(near: &Declared, far: &Declared) -> bool {
    if Rc::ptr_eq(&near.class, &far.class) || near.function.name != far.function.name {
        return false;
    }
    let (a, b) = (&near.function.params, &far.function.params);
    let name = |ty: &Option<TypeRef>| ty.as_ref().and_then(|ty| ty.path.last().cloned());
    let open = |name: &Name| name.len() <= 2 && name.starts_with(|c: char| c.is_uppercase());
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| match (name(&a.ty), name(&b.ty)) {
            (Some(a), Some(b)) => a == b || open(&a) || open(&b),
            _ => true,
        })
}

/// The dotted name that an expression spells.
fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.to_string()),
        ExprKind::Member(object, name) => Some(format!("{}.{name}", dotted(object)?)),
        _ => None,
    }
}

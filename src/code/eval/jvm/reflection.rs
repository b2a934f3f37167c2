//! What code of the Java platform asks of classes and methods by reflection, to register what annotations of its own tell, and
//! what it asks a scan of the class path for.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Closure, ListKind, Map, Object, Spot, Value};
use super::methods::{alike, overloaded};
use crate::code::form::{ClassKind, Decorator, ExprKind, Function, FunctionKind, Language, Name, StmtKind};

/// The most files that are looked into for the classes that a scan finds, and how often for what inherits from these.
const MOST_FILES: usize = 8_000;
const ROUNDS: usize = 3;
/// The most classes that a scan gives.
const MOST_FOUND: usize = 512;

/// The classes below one, as far as classes were looked through for them.
#[derive(Debug, Default)]
pub(crate) struct Below {
    /// How many of all classes were looked at.
    seen: usize,
    /// Those that are below it.
    found: Vec<Rc<ClassValue>>,
}

/// Which methods are asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// Those of what the class extends, too.
    inherited: bool,
    /// Those that are private, too.
    hidden: bool,
}

impl Machine<'_> {
    /// What a class says of its methods and of the annotations of the project's own on it, and what is made of it.
    pub(super) fn class_question(&mut self, class: &Rc<ClassValue>, name: &str, args: &Args) -> Option<Value> {
        let asked = |inherited, hidden| Asked { inherited, hidden };
        match name {
            "methods" | "getMethods" => Some(self.reflected_methods(class, asked(true, false))),
            "declaredMethods" | "getDeclaredMethods" | "declaredFunctions" | "declaredMemberFunctions" => {
                Some(self.reflected_methods(class, asked(false, true)))
            }
            "functions" | "memberFunctions" => Some(self.reflected_methods(class, asked(true, true))),
            "isAnnotationPresent"
            | "hasAnnotation"
            | "getAnnotation"
            | "findAnnotation"
            | "annotations"
            | "getAnnotations"
            | "declaredAnnotations"
            | "getDeclaredAnnotations" => self.annotation_question(&class.class.decorators, &class.scope, name, args),
            "kotlin" | "loadClass" | "primaryConstructor" | "getConstructor" | "getDeclaredConstructor" => {
                Some(Value::Class(class.clone()))
            }
            "objectInstance" => Some(match class.class.kind {
                ClassKind::Object => Value::Class(class.clone()),
                _ => Value::Null,
            }),
            "newInstance" | "createInstance" | "call" => {
                let value = Value::Class(class.clone());
                match super::super::class::is_object(&value) {
                    true => Some(value),
                    false => Some(self.instantiate(&value, args.clone(), class.spot)),
                }
            }
            "cast" | "safeCast" => args.list.first().cloned(),
            "isInstance" => self.is_instance(class, &args.at(0)).map(Value::Bool),
            "sealedSubclasses" => {
                let all = self.classes_below(class).into_iter().map(Value::Class).collect();
                Some(Value::list_of(ListKind::List, all, false))
            }
            _ => None,
        }
    }

    /// Whether a value is an instance of a class, or of one below it.
    fn is_instance(&mut self, class: &Rc<ClassValue>, value: &Value) -> Option<bool> {
        let value = self.force(value.clone());
        let own = match &value {
            Value::Object(it) => it.class.clone()?,
            Value::Class(own) if super::super::class::is_object(&value) => own.clone(),
            _ => return None,
        };
        let wanted = Value::Class(class.clone());
        Some(self.ancestors(&own).iter().any(|one| one.same(&wanted) == Some(true)))
    }

    /// What a method says of itself.
    pub(in crate::code::eval) fn method_question(
        &mut self,
        method: &Rc<Closure>,
        name: &str,
        args: &Args,
    ) -> Option<Value> {
        if !self.has_packages(&method.scope) {
            return None;
        }
        match name {
            "javaMethod" | "kotlinFunction" => Some(Value::Function(method.clone())),
            _ => self.annotation_question(&method.function.decorators, &method.scope, name, args),
        }
    }

    /// What is asked of annotations: one of them, whether it is there, or all.
    fn annotation_question(
        &mut self,
        decorators: &[Decorator],
        scope: &ScopeRef,
        name: &str,
        args: &Args,
    ) -> Option<Value> {
        match name {
            "getAnnotation" | "findAnnotation" => self.annotation_on(decorators, scope, &wanted(args)),
            "isAnnotationPresent" | "hasAnnotation" => {
                let found = self.annotation_on(decorators, scope, &wanted(args))?;
                Some(Value::Bool(!matches!(found, Value::Null)))
            }
            "annotations" | "getAnnotations" | "declaredAnnotations" | "getDeclaredAnnotations" => {
                let mut all = Vec::new();
                for decorator in decorators {
                    if let Value::Class(own) = self.annotation_type(written(decorator).0, scope) {
                        all.push(self.annotation(decorator, &own, scope)?);
                    }
                }
                Some(Value::list_of(ListKind::List, all, false))
            }
            _ => None,
        }
    }

    /// The methods of a class, and of those that it extends.
    fn reflected_methods(&mut self, class: &Rc<ClassValue>, asked: Asked) -> Value {
        let mut seen: BTreeSet<(Name, usize)> = BTreeSet::new();
        let mut out = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(one) = ancestor else { continue };
            if !asked.inherited && !Rc::ptr_eq(&one, class) {
                break;
            }
            let mut own = BTreeSet::new();
            for stmt in &one.class.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                let Some(name) = &function.name else { continue };
                let method = matches!(function.kind, FunctionKind::Method | FunctionKind::Plain | FunctionKind::Static);
                let shown = asked.hidden || function.is_public || one.class.kind == ClassKind::Interface;
                let key = (name.clone(), function.params.len());
                if method && shown && !seen.contains(&key) {
                    out.extend(self.method_as_written(&one, name, function));
                }
                own.insert(key);
            }
            seen.extend(own);
        }
        Value::list_of(ListKind::List, out, false)
    }

    /// The method of a class that a declaration in it made.
    fn method_as_written(&mut self, class: &Rc<ClassValue>, name: &Name, function: &Arc<Function>) -> Option<Value> {
        let key = overloaded(name, function.params.len());
        let named = [&**name, &*key].into_iter().filter_map(|name| class.members.named(name));
        let all: Vec<Value> = named.chain(alike(class, &key)).collect();
        all.into_iter().map(|one| self.force(one)).find(|one| match one {
            Value::Function(closure) => Arc::ptr_eq(&closure.function, function),
            _ => false,
        })
    }

    /// The annotation of the project's own among decorators; nothing where it does not stand there.
    fn annotation_on(&mut self, decorators: &[Decorator], scope: &ScopeRef, wanted: &Value) -> Option<Value> {
        let Value::Class(own) = wanted else { return None };
        for decorator in decorators {
            let callee = written(decorator).0;
            if matches!(self.annotation_type(callee, scope), Value::Class(one) if Rc::ptr_eq(&one, own)) {
                return self.annotation(decorator, own, scope);
            }
        }
        Some(Value::Null)
    }

    /// An annotation with what its elements are given, or are by default.
    pub(super) fn annotation(
        &mut self,
        decorator: &Decorator,
        own: &Rc<ClassValue>,
        scope: &ScopeRef,
    ) -> Option<Value> {
        let given = written(decorator).1;
        let members = Map::default();
        let mut elements: Vec<Name> = Vec::new();
        for stmt in &own.class.body {
            let StmtKind::Function(element) = &stmt.kind else { continue };
            let Some(name) = &element.name else { continue };
            elements.push(name.clone());
            if let Some(StmtKind::Return(Some(default))) = element.body.first().map(|stmt| &stmt.kind) {
                let value = self.eval(default, &own.scope);
                members.put(name, value);
            } else {
                members.put(name, Value::unknown());
            }
        }
        for (at, arg) in given.iter().enumerate() {
            let name = arg.name.as_ref().or(elements.get(at))?;
            let value = self.eval(&arg.value, scope);
            members.put(name, value);
        }
        Some(Value::Object(Rc::new(Object { class: Some(own.clone()), members, model: RefCell::default() })))
    }

    /// What an element of an annotation is, where it is asked for by a call as in Java, and the annotation's class.
    pub(in crate::code::eval) fn annotation_element(&mut self, it: &Object, name: &str, args: &Args) -> Option<Value> {
        let class = it.class.as_ref().filter(|class| class.class.kind == ClassKind::Annotation)?;
        if !args.list.is_empty() {
            return None;
        }
        if matches!(name, "annotationClass" | "annotationType") {
            return Some(Value::Class(class.clone()));
        }
        it.members.named(name)
    }

    /// What a scan of the class path, or the container that did one, gives for an annotation or a type of the project's.
    pub(in crate::code::eval) fn scanned_for(&mut self, name: &str, args: &Args, spot: Spot) -> Option<Value> {
        if self.modules[spot.module.0].language != Language::Java {
            return None;
        }
        let (annotated, beans) = match name {
            "getTypesAnnotatedWith" | "getClassesWithAnnotation" => (true, false),
            "getSubTypesOf" | "getSubclasses" | "getClassesImplementing" => (false, false),
            "getBeansOfType" => (false, true),
            "getBeansWithAnnotation" => (true, true),
            _ => return None,
        };
        let Value::Class(own) = wanted(args) else { return None };
        let all = if annotated { self.annotated_with(&own) } else { self.classes_below(&own) };
        if all.is_empty() {
            return None;
        }
        if !beans {
            return Some(Value::list_of(ListKind::List, all.into_iter().map(Value::Class).collect(), false));
        }
        let map = Map::default();
        for class in all {
            let Some(name) = class.class.name.clone() else { continue };
            let value = Value::Class(class);
            let made = if super::super::class::is_object(&value) {
                value
            } else {
                self.instantiate(&value, Args::unknown(), spot)
            };
            map.put(&name, made);
        }
        Some(Value::Map(Rc::new(map)))
    }

    /// The classes that an annotation stands on.
    fn annotated_with(&mut self, own: &Rc<ClassValue>) -> Vec<Rc<ClassValue>> {
        self.load_mentioning(own);
        let classes = self.classes_of_packages();
        let mut out = Vec::new();
        for class in &classes {
            let there = class.class.decorators.iter().any(|decorator| {
                matches!(self.annotation_type(written(decorator).0, &class.scope), Value::Class(one) if Rc::ptr_eq(&one, own))
            });
            if there && out.len() < MOST_FOUND {
                out.push(class.clone());
            }
        }
        out
    }

    /// The classes below a type of which there may be instances.
    pub(super) fn classes_below(&mut self, own: &Rc<ClassValue>) -> Vec<Rc<ClassValue>> {
        let wanted = Value::Class(own.clone());
        let key = Rc::as_ptr(own).addr();
        let mut below = self.below.remove(&key).unwrap_or_default();
        for _ in 0..ROUNDS {
            self.load_mentioning(own);
            for one in below.found.clone() {
                self.load_mentioning(&one);
            }
            let unseen: Vec<_> = self.classes.iter().skip(below.seen).cloned().collect();
            below.seen += unseen.len();
            let before = below.found.len();
            for class in unseen.into_iter().filter(|class| !Rc::ptr_eq(class, own)) {
                if below.found.len() < MOST_FOUND
                    && self.has_packages(&class.scope)
                    && self.ancestors(&class).iter().any(|one| one.same(&wanted) == Some(true))
                {
                    below.found.push(class);
                }
            }
            if below.found.len() == before {
                break;
            }
        }
        let made = |class: &&Rc<ClassValue>| !matches!(class.class.kind, ClassKind::Abstract | ClassKind::Interface);
        let out = below.found.iter().filter(made).cloned().collect();
        self.below.insert(key, below);
        out
    }

    pub(super) fn classes_of_packages(&self) -> Vec<Rc<ClassValue>> {
        self.classes.iter().filter(|class| self.has_packages(&class.scope)).cloned().collect()
    }

    /// Loads the files that have a class's name.
    pub(super) fn load_mentioning(&mut self, class: &Rc<ClassValue>) {
        let Some(name) = class.class.name.clone() else { return };
        if !self.mentioned.insert(name.clone()) {
            return;
        }
        let unread = |path: &&Name| {
            !self.by_path.contains_key(*path)
                && self.tree.may_have_word(path, &name)
                && crate::code::select::is_own(path)
                && self.tree.text(path).is_some_and(|text| crate::code::select::has_word(&text, &name))
        };
        let files: Vec<Name> = self.tree.classes().take(MOST_FILES).filter(unread).cloned().collect();
        self.tree.lower_all(&files);
        for path in files {
            // One of them may have loaded another.
            if !self.by_path.contains_key(&path) {
                let id = self.module_of(&path, Language::Java);
                self.load(id);
            }
        }
    }
}

/// The class that a question is about: what it is given, else the type that stands behind its name.
fn wanted(args: &Args) -> Value {
    let stated = || args.named.iter().find(|(name, _)| &**name == "<type>").map(|(_, ty)| ty.clone());
    args.list.first().cloned().or_else(stated).unwrap_or_else(Value::unknown)
}

/// What a decorator names, and what it is given.
pub(super) fn written(decorator: &Decorator) -> (&crate::code::form::Expr, &[crate::code::form::Arg]) {
    match &decorator.expr.kind {
        ExprKind::Call(call) => (&call.callee, call.args.as_slice()),
        _ => (&decorator.expr, [].as_slice()),
    }
}

//! Classes whose methods answer by their annotations once an app is given them: alone they answer nothing.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Found, Methods};
use super::super::value::{ClassValue, Map, Modelled, Spot, Value};
use super::annotated::Place;
use crate::code::form::{Expr, ExprKind, Name, StmtKind};
use crate::code::models::HandedWord;

impl Machine<'_> {
    /// Registers what annotations say of the classes that a call is given, or of those of its instances.
    pub(in crate::code::eval) fn hand_in(&mut self, word: &HandedWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        let at = word.at.as_ref().map_or(Value::Undefined, |at| self.argument_at(bound, at, spot));
        let at = if at.is_nothing() { Value::text("") } else { at };
        let given = self.argument_at(bound, &word.of, spot);
        let mut all = Vec::new();
        self.flatten(&given, &mut all, 0);
        for one in all {
            let class = match &one {
                Value::Class(class) => Some(class.clone()),
                Value::Object(it) if it.model.borrow().is_some() => continue,
                Value::Object(it) => it.class.clone(),
                Value::Unknown(path) => self.written_for(path, &word.generated, spot),
                _ => None,
            };
            let Some(class) = class else {
                if !word.loose {
                    self.note(spot, "the class whose methods answer here is not known");
                }
                continue;
            };
            self.handed.insert(Rc::as_ptr(&class).addr());
            let methods = self.annotated_methods(&class);
            // Where one knows neither what stands first nor of any method, this may be no path and no service.
            if methods.is_empty() && matches!(at, Value::Unknown(_)) && !word.loose {
                self.note(spot, "the class whose methods answer here is not known");
            }
            for found in methods {
                let own = self.concat(&Value::text("/"), &Value::text(found.path.trim_start_matches('/')));
                let path = self.concat(&at, &if found.path.is_empty() { Value::text("") } else { own });
                let path = self.viewed(model, path);
                let conditional = found.conditional || self.conditional > 0;
                self.effects += 1;
                let entry = Entry::Route {
                    path,
                    methods: Methods::Fixed(vec![found.method]),
                    handler: Value::Undefined,
                    spot: found.spot,
                    chain: self.chain(),
                    conditional,
                    paths: None,
                    library: None,
                };
                self.forest.nodes[model.node].entries.push(entry);
            }
        }
    }

    /// What annotations say of a class's methods, whoever serves it.
    fn annotated_methods(&mut self, class: &Rc<ClassValue>) -> Vec<Found> {
        let standing = self.standing(class);
        let (prefixes, methods) = match &standing.mapping {
            Some(mapping) => {
                let spot = Spot { module: class.spot.module, line: mapping.line };
                (self.spelled_paths(mapping.model, &mapping.paths, spot), mapping.methods.clone())
            }
            None => (vec![String::new()], BTreeSet::new()),
        };
        let by = class.spot.module;
        let place = Place { prefixes: &prefixes, wide: &[], methods: &methods, conditional: false, depth: 0, by };
        let before = std::mem::take(&mut self.annotated);
        self.read_methods(class, &place);
        std::mem::replace(&mut self.annotated, before)
    }

    /// The class that a build writes another one for, under a name that ends in some way.
    fn written_for(&mut self, path: &str, ending: &str, spot: Spot) -> Option<Rc<ClassValue>> {
        let path = path.strip_suffix("()").or_else(|| path.strip_suffix(".class")).unwrap_or(path);
        let own = path.strip_suffix(ending).filter(|_| !ending.is_empty())?;
        let found = match own.rsplit_once('.') {
            Some(_) => self.full_name(own, spot.module),
            None => {
                let scope = self.modules[spot.module.0].scope.clone();
                self.package_type(&Name::from(own), &scope)
            }
        };
        match self.force(found?) {
            Value::Class(class) => Some(class),
            _ => None,
        }
    }

    /// Tells of classes whose methods have annotations that count where an app is given them, and that none is given.
    pub(super) fn tell_unhanded(&mut self, class: &Rc<ClassValue>) {
        let models = self.models;
        let names: BTreeSet<&str> =
            models.annotations.values().filter(|one| one.handed).map(|one| last(&one.name)).collect();
        let speaks = class.class.body.iter().any(|stmt| match &stmt.kind {
            StmtKind::Function(function) => function
                .decorators
                .iter()
                .any(|one| written_name(&one.expr).is_some_and(|name| names.contains(last(name)))),
            _ => false,
        });
        if speaks
            && !self.handed.contains(&Rc::as_ptr(class).addr())
            && self
                .annotated_methods(class)
                .iter()
                .any(|found| models.annotations.values().any(|one| one.handed && one.framework == found.framework))
        {
            self.note(class.spot, "its methods answer where an app is given it: none is seen that is");
        }
    }
}

/// The last name of an annotation as it is written.
fn written_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => Some(name),
        ExprKind::Call(call) => written_name(&call.callee),
        _ => None,
    }
}

/// The last name of a dotted one.
fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

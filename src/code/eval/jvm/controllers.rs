//! Controllers that a library registers with all of their public methods, each under its own name, and those that it finds by
//! their annotations.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, ClassValue, Map, Modelled, Spot, Value};
use crate::code::form::{ClassKind, Decorator, Expr, ExprKind, Function, FunctionKind, Language, Name, StmtKind};
use crate::code::holes::has_hole;
use crate::code::models::{ActionsWord, By, ControlsWord};
use crate::code::select::{has_word, is_own};

/// How often classes are looked for that inherit from those that were found.
const ROUNDS: usize = 4;

impl Machine<'_> {
    /// Registers the methods of a controller, or of those that are found.
    pub(in crate::code::eval) fn control_members(
        &mut self,
        word: &'static ControlsWord,
        model: &Modelled,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let of = self.argument_at(bound, &word.of, spot);
        let of = self.force(of);
        let path = word.path.as_ref().map_or(Value::Undefined, |path| self.argument_at(bound, path, spot));
        let path = self.force(path);
        match (&path, &of) {
            _ if word.by == By::Scanned => match of.as_whole_text() {
                Some(package) => self.scan(word, model, Some(&package), None, spot),
                None => self.note(spot, "which package's controllers are registered here is not known"),
            },
            // What is given alone registers by itself: it is known, or a library's that looks for controllers.
            (Value::Object(_), Value::Undefined | Value::Null) => {
                let fills = Name::from(word.fills.as_str());
                if self.has_member(&path, &fills) {
                    let scope = self.modules[spot.module.0].scope.clone();
                    self.call_member(&path, &fills, Args::default(), &scope, spot);
                }
            }
            (Value::Unknown(from), Value::Undefined | Value::Null) => {
                self.scan(word, model, None, Some(from), spot);
            }
            (_, Value::Class(class)) => match path.as_text().filter(|path| !has_hole(path)) {
                Some(path) => self.put_members(word, model, class, &path, spot),
                None => self.note(spot, "the path that a controller is registered at is not known"),
            },
            // What a scan of the project's own found, each at what its annotation says.
            (Value::Unknown(_), Value::Unknown(_)) => {
                self.scan(word, model, None, None, spot);
            }
            _ => self.note(spot, "which controller is registered here, or where, is not known"),
        }
    }

    /// Registers the controllers that annotations give a path, those of a package and below it where one is told. `library` is what
    /// looks for them.
    fn scan(
        &mut self,
        word: &'static ControlsWord,
        model: &Modelled,
        package: Option<&str>,
        library: Option<&Name>,
        spot: Spot,
    ) {
        let Some(actions) = self.controller_actions(word) else { return };
        let file = self.file(spot).to_owned();
        let text = self.tree.text(&file).unwrap_or_default();
        let home = self.tree.module_of(&file).to_owned();
        let controllers = self.controllers(word);
        let named = library.is_some_and(|from| word.naming.iter().any(|name| from.contains(name.as_str())));
        let named = named && !actions.unnamed.iter().any(|said| text.contains(said.as_str()));
        let mut any = false;
        let mut bases: BTreeSet<usize> = BTreeSet::new();
        for class in &controllers {
            let line = self.ancestors(class);
            bases.extend(line.iter().skip(1).filter_map(|one| match one {
                Value::Class(one) => Some(Rc::as_ptr(one).addr()),
                _ => None,
            }));
        }
        for class in &controllers {
            let own = self.file(class.spot).to_owned();
            let dotted = self.modules[class.spot.module.0].dotted.clone();
            let within = package.map(|package| package.trim_matches('.')).is_none_or(|package| {
                *dotted == *package || dotted.strip_prefix(package).is_some_and(|rest| rest.starts_with('.'))
            });
            let folder = self.tree.module_of(&own).to_owned();
            if class.class.kind != ClassKind::Class
                || !within
                || !(folder == home || self.tree.dependents_of(&folder).contains(&home))
            {
                continue;
            }
            let mut paths = self.said_paths(actions, &class.class.clone().decorators, class);
            let stem = class
                .class
                .name
                .as_ref()
                .and_then(|name| name.strip_suffix(&*actions.suffix))
                .filter(|it| !it.is_empty());
            let base = bases.contains(&Rc::as_ptr(class).addr());
            let excluded = class.class.name.as_ref().is_some_and(|name| has_word(&text, name));
            if let (true, Some(stem), false, false) = (named && paths.is_empty(), stem, base, excluded) {
                let mut signs = stem.chars();
                paths.push(signs.next().into_iter().flat_map(char::to_lowercase).chain(signs).collect());
            }
            for path in paths {
                any = true;
                self.put_members(word, model, class, &path, spot);
            }
        }
        if !any {
            self.note(spot, "which controllers are found here, and where they stand, is not known");
        }
    }

    /// Every class below the library's controller.
    fn controllers(&mut self, word: &'static ControlsWord) -> Vec<Rc<ClassValue>> {
        let mut out: Vec<Rc<ClassValue>> = Vec::new();
        let mut seen = 0;
        for _ in 0..ROUNDS {
            let fresh = self.classes.iter().skip(seen).filter(|class| self.has_packages(&class.scope));
            let fresh: Vec<Rc<ClassValue>> = fresh.cloned().collect();
            seen = self.classes.len();
            let before = out.len();
            for class in fresh {
                let line = self.ancestors(&class);
                let below =
                    |one: &Value| matches!(one, Value::Unknown(path) if word.bases.iter().any(|base| **base == **path));
                if class.class.name.is_some() && line.iter().any(below) {
                    out.push(class);
                }
            }
            if out.len() == before {
                break;
            }
            self.load_below(out.get(before..).unwrap_or_default());
        }
        out
    }

    /// Loads the files whose classes extend one of these.
    fn load_below(&mut self, classes: &[Rc<ClassValue>]) {
        let names = classes.iter().filter_map(|class| class.class.name.as_ref());
        let names: BTreeSet<String> = names.map(|name| format!("extends {name}")).collect();
        let Ok(automaton) = aho_corasick::AhoCorasick::new(&names) else { return };
        let files: Vec<Name> = self.tree.classes().filter(|path| !self.by_path.contains_key(*path)).cloned().collect();
        for path in files.iter().filter(|path| !names.is_empty() && is_own(path)) {
            if self.tree.text(path).is_some_and(|text| automaton.is_match(&text)) {
                let id = self.module_of(path, Language::Java);
                self.load(id);
            }
        }
    }

    /// The paths that annotations on a class say.
    fn said_paths(&mut self, actions: &ActionsWord, decorators: &[Decorator], class: &Rc<ClassValue>) -> Vec<String> {
        for decorator in decorators {
            let ExprKind::Call(call) = &decorator.expr.kind else { continue };
            let known = matches!(self.annotation_type(&call.callee, &class.scope), Value::Unknown(path)
                if actions.placing.iter().any(|package| path.starts_with(package.as_str())));
            let said = |name: &str| actions.said.iter().any(|said| said == name);
            let given = call.args.iter().find(|arg| said(arg.name.as_deref().unwrap_or("value")));
            let Some(given) = given else { continue };
            let value = self.eval(&given.value, &class.scope);
            let items = match &value {
                Value::List(list) => list.items.borrow().clone(),
                other => vec![other.clone()],
            };
            let texts: Option<Vec<String>> =
                items.iter().map(|item| item.as_whole_text().map(|text| text.trim().to_owned())).collect();
            let texts = texts.unwrap_or_default();
            if !texts.is_empty() && texts.iter().all(|text| text.starts_with('/') || (known && !text.is_empty())) {
                return texts;
            }
        }
        Vec::new()
    }

    /// Registers the public methods of a controller below a path, each under its name.
    fn put_members(
        &mut self,
        word: &'static ControlsWord,
        model: &Modelled,
        class: &Rc<ClassValue>,
        path: &str,
        spot: Spot,
    ) {
        let Some(actions) = self.controller_actions(word) else { return };
        let version = self.tree.library_version(self.file(class.spot), &word.library);
        let said = matches!(model.args.named(&actions.inherited), Some(Value::Bool(true)));
        let (old, young) = (version.is_some_and(|it| it < actions.own), version.is_some_and(|it| it >= actions.own));
        let taking = version.is_some_and(|version| version >= actions.taking);
        let path = format!("/{}", path.trim().trim_matches('/'));
        let mut seen: BTreeSet<Name> = BTreeSet::new();
        let mut left: BTreeSet<Name> = BTreeSet::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(one) = ancestor else { continue };
            let own = Rc::ptr_eq(&one, class);
            if !own && !said && !old {
                break;
            }
            let written = one.class.clone();
            for stmt in &written.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                let Some(name) =
                    function.name.clone().filter(|name| self.is_member_action(function, name, word, !young))
                else {
                    continue;
                };
                if self.marked(function, &one, &actions.silent).is_some() || !seen.insert(name.clone()) {
                    continue;
                }
                if !function.params.is_empty() && !taking {
                    left.extend(version.is_none().then_some(name));
                    continue;
                }
                let at = Spot { module: one.spot.module, line: function.pos.line };
                let full = match self.marked(function, &one, &actions.keyed) {
                    Some(Some(key)) => format!("/{}", key.trim().trim_start_matches('/')),
                    Some(None) => {
                        self.note(at, "the path that the annotation gives is not known");
                        continue;
                    }
                    None if *name == *actions.index => path.clone(),
                    None => format!("{}/{name}", path.trim_end_matches('/')),
                };
                self.put_member(model, full, at);
            }
        }
        if !left.is_empty() {
            let left: Vec<&str> = left.iter().map(|name| &**name).collect();
            let of = class.class.name.clone().unwrap_or_else(|| "".into());
            let reason = format!("methods of {of} that take something may answer here, too: {}", left.join(", "));
            self.note(spot, reason);
        }
    }

    fn put_member(&mut self, model: &Modelled, path: String, spot: Spot) {
        let path = self.viewed(model, Value::text(path));
        self.effects += 1;
        let entry = Entry::Route {
            path,
            methods: Methods::Fixed(vec!["ANY".to_owned()]),
            handler: Value::Undefined,
            spot,
            chain: self.chain(),
            conditional: false,
            paths: None,
            library: None,
        };
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// What the library looks at in controllers.
    fn controller_actions(&self, word: &ControlsWord) -> Option<&'static ActionsWord> {
        let mut classes = word.bases.iter().filter_map(|base| self.models.classes.get(base).copied());
        classes.find_map(|class| class.actions.as_ref())
    }

    /// What one of these annotations says on a method, where it is there.
    fn marked(&mut self, function: &Function, class: &Rc<ClassValue>, marks: &[String]) -> Option<Option<Name>> {
        for decorator in &function.decorators {
            let (callee, given): (&Expr, _) = match &decorator.expr.kind {
                ExprKind::Call(call) => (&call.callee, call.args.first()),
                _ => (&decorator.expr, None),
            };
            let found = self.annotation_type(callee, &class.scope);
            if matches!(&found, Value::Unknown(path) if marks.iter().any(|mark| **mark == **path)) {
                return Some(given.and_then(|given| self.eval(&given.value, &class.scope).as_whole_text()));
            }
        }
        None
    }

    /// Whether a method of a controller answers unless something says that it does not. Names that the library's controllers have
    /// were none in old versions, whatever the methods take.
    fn is_member_action(&self, function: &Function, name: &str, word: &ControlsWord, old: bool) -> bool {
        let models = self.models;
        let bases = word.bases.iter().filter_map(|base| models.classes.get(base));
        let has = bases.flat_map(|base| &base.has).any(|one| match one.strip_suffix("(…)") {
            Some(taking) => taking == name && (old || !function.params.is_empty()),
            None => one == name,
        });
        function.kind == FunctionKind::Method && function.is_public && !has
    }
}

//! What Struts' convention plugin makes of classes: packages are what stands before the paths, names of classes and methods'
//! annotations are the paths.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{ClassValue, Spot, Value};
use crate::code::form::{Call, ClassKind, Decorator, Expr, ExprKind, Language, Name, StmtKind};
use crate::code::resolve::{Action, folder_of, under};

/// Where the plugin's annotations are.
const ANNOTATIONS: &str = "org.apache.struts2.convention.annotation.";
/// Builds that name one of these have the plugin.
const PLUGINS: &[&str] = &["struts2-convention-plugin", "struts2-rest-plugin"];
/// What the plugin looks for where no settings say something else.
const LOCATORS: &str = "action,actions,struts,struts2";
/// What the names of classes end with.
const SUFFIX: &str = "Action";
/// The types whose classes are actions whatever they are called.
const ACTIONS: &[&str] =
    &["com.opensymphony.xwork2.Action", "org.apache.struts2.Action", "org.apache.struts2.action.Action"];
/// The method that answers where nothing says which one.
const USUAL: &str = "execute";

/// The settings of Struts.
pub(in crate::code::eval) type Constants = BTreeMap<String, String>;

/// A list among the settings, or what holds where there is none.
fn list<'c>(constants: &'c Constants, key: &str, usual: &'c str) -> Vec<&'c str> {
    let said = constants.get(key).map_or(usual, String::as_str);
    said.split(',').map(str::trim).filter(|one| !one.is_empty()).collect()
}

impl Machine<'_> {
    /// Loads the classes that the plugin looks at: their own files may name no library.
    pub(in crate::code::eval) fn load_conventional(&mut self) {
        let suffixes = [SUFFIX, "Controller"];
        let locators: Vec<&str> = LOCATORS.split(',').collect();
        let may_be = |path: &&Name| {
            let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
            suffixes.iter().any(|suffix| stem.ends_with(suffix))
                && folder_of(path).split('/').any(|it| locators.contains(&it))
        };
        let files: Vec<Name> = self.tree.classes().filter(may_be).cloned().collect();
        for path in files.iter().filter(|path| !self.by_path.contains_key(*path)).collect::<Vec<_>>() {
            if self.has_plugin(path) {
                let id = self.module_of(path, Language::Java);
                self.load(id);
            }
        }
    }

    /// Whether the plugin runs in the module of a file.
    fn has_plugin(&self, file: &str) -> bool {
        let jar = |path: &Name| path.ends_with(".jar") && PLUGINS.iter().any(|name| path.contains(name));
        self.tree.homes_of(file).iter().any(|home| PLUGINS.iter().any(|name| home.names(name).is_some()))
            || self.tree.files().any(jar)
    }

    /// The actions of every class that the plugin takes for one, without what their paths end with.
    pub(in crate::code::eval) fn conventional_actions(&mut self, constants: &Constants) -> Vec<(Action, Spot)> {
        let off = constants.get("struts.convention.package.locators.disable").is_some_and(|set| set == "true");
        let mut out = Vec::new();
        let mut plugins: BTreeMap<Name, bool> = BTreeMap::new();
        for class in self.classes.clone() {
            let module = &self.modules[class.spot.module.0];
            if module.language != Language::Java || class.class.kind != ClassKind::Class {
                continue;
            }
            let (file, package) = (module.path.clone(), module.dotted.clone());
            let Some(name) = class.class.name.clone() else { continue };
            let suffixes = list(constants, "struts.convention.action.suffix", SUFFIX);
            let called = suffixes.iter().any(|suffix| name.ends_with(suffix));
            let annotated = self.names_actions(&class);
            if !annotated && (!called || package.is_empty()) {
                continue;
            }
            let has = annotated || *plugins.entry(file.clone()).or_insert_with(|| self.has_plugin(&file));
            if !has {
                continue;
            }
            let below = below_package(constants, &package, off);
            if below.is_none() || !(called || self.is_action(&class)) {
                if annotated {
                    self.note(
                        class.spot,
                        "an action of Struts where its convention does not look: whether it answers is not known",
                    );
                }
                continue;
            }
            self.read_actions(&class, &name, &below.unwrap_or_default(), constants, &mut out);
        }
        out
    }

    fn names_actions(&mut self, class: &Rc<ClassValue>) -> bool {
        let written = class.class.clone();
        let own = self.calls_of(&written.decorators, "Action", &class.scope);
        let methods = written.body.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Function(function) => Some(function.clone()),
            _ => None,
        });
        let methods: Vec<_> = methods.collect();
        !own.is_empty()
            || methods.iter().any(|function| !self.calls_of(&function.decorators, "Action", &class.scope).is_empty())
    }

    fn is_action(&mut self, class: &Rc<ClassValue>) -> bool {
        self.ancestors(class).iter().any(|one| {
            matches!(one, Value::Unknown(path) if ACTIONS.iter().any(|known| **path == **known || **path == *format!("{known}Support"))
                || path.ends_with(".ActionSupport"))
        })
    }

    fn read_actions(
        &mut self,
        class: &Rc<ClassValue>,
        name: &Name,
        below: &str,
        constants: &Constants,
        out: &mut Vec<(Action, Spot)>,
    ) {
        let suffixes = list(constants, "struts.convention.action.suffix", SUFFIX);
        let stem = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix)).filter(|stem| !stem.is_empty());
        let usual = spelled(stem.unwrap_or(name), constants);
        let said = self.namespaces(class);
        let namespaces = if said.is_empty() {
            let words = below.split('.').filter(|word| !word.is_empty());
            vec![words.map(|word| format!("/{}", spelled(word, constants))).collect::<String>()]
        } else {
            said
        };
        let (mut found, mut has_usual) = (Vec::new(), false);
        let (mut seen, mut annotated, mut usual_annotated) = (BTreeSet::new(), BTreeSet::new(), false);
        let own = self.names_said(&class.class.clone().decorators, class, class.spot);
        for ancestor in self.ancestors(class) {
            // What a library's class inherits to actions has the method.
            let Value::Class(ancestor) = ancestor else {
                has_usual |= matches!(&ancestor, Value::Unknown(path) if path.ends_with("ActionSupport"));
                continue;
            };
            let written = ancestor.class.clone();
            for stmt in &written.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                let Some(method) = function.name.clone().filter(|method| seen.insert(method.clone())) else { continue };
                let spot = Spot { module: ancestor.spot.module, line: function.pos.line };
                let named = self.names_said(&function.decorators, &ancestor, spot);
                has_usual |= &*method == USUAL;
                usual_annotated |= &*method == USUAL && !named.is_empty();
                annotated.extend(named.iter().map(|(name, _)| name.clone()));
                found.extend(named);
            }
        }
        if has_usual && !usual_annotated && own.is_empty() && !annotated.contains(&usual) {
            found.push((String::new(), class.spot));
        }
        found.extend(own);
        let mut told = BTreeSet::new();
        for namespace in &namespaces {
            for (name, spot) in &found {
                let name = if name.is_empty() { &usual } else { name };
                let path = if name.starts_with('/') { name.clone() } else { format!("{namespace}/{name}") };
                if told.insert(path.clone()) {
                    let action = Action { method: "ANY".to_owned(), path, line: spot.line, asset: false, choice: None };
                    out.push((action, *spot));
                }
            }
        }
    }

    /// The names that annotations say, empty where they say none; what is not known is told.
    fn names_said(&mut self, decorators: &[Decorator], class: &Rc<ClassValue>, spot: Spot) -> Vec<(String, Spot)> {
        let mut out = Vec::new();
        for (text, line) in self.calls_of(decorators, "Action", &class.scope) {
            let spot = Spot { module: spot.module, line: if line > 0 { line } else { spot.line } };
            match text {
                Some(text) => out.push((text, spot)),
                None => self.note(spot, "the name of this action is not known"),
            }
        }
        out
    }

    /// What stands before the actions of a class by its annotations, or those of its package.
    fn namespaces(&mut self, class: &Rc<ClassValue>) -> Vec<String> {
        for ancestor in self.ancestors(class) {
            let Value::Class(ancestor) = ancestor else { continue };
            let said = self.calls_of(&ancestor.class.clone().decorators, "Namespace", &ancestor.scope);
            if !said.is_empty() {
                return said.into_iter().map(|(text, _)| based(&text.unwrap_or_default())).collect();
            }
        }
        let package = under(folder_of(self.file(class.spot)), "package-info.java");
        let text = self.tree.text(&package).unwrap_or_default();
        let said =
            text.split_once("Namespace(\"").and_then(|(_, rest)| rest.split_once('"')).map(|(text, _)| based(text));
        said.into_iter().collect()
    }

    /// The plugin's annotations of a name among these, those within one that holds several (`@Actions`) too: what each says first, and
    /// the line.
    fn calls_of(&mut self, decorators: &[Decorator], name: &str, scope: &ScopeRef) -> Vec<(Option<String>, u32)> {
        let mut out = Vec::new();
        for decorator in decorators {
            let mut open: Vec<&Expr> = vec![&decorator.expr];
            while let Some(expr) = open.pop() {
                let (callee, given) = match &expr.kind {
                    ExprKind::Call(call) => (&call.callee, Some(call)),
                    ExprKind::List(items) => {
                        open.extend(items.iter().rev().map(|item| &item.value));
                        continue;
                    }
                    _ => (expr, None),
                };
                let Value::Unknown(path) = self.annotation_type(callee, scope) else { continue };
                let Some(kind) = path.strip_prefix(ANNOTATIONS) else { continue };
                if kind == name {
                    let line = if expr.pos.line > 0 { expr.pos.line } else { decorator.pos.line };
                    out.push((self.text_given(given.map(|call| &**call), scope), line));
                } else if kind.strip_suffix('s') == Some(name) {
                    open.extend(given.into_iter().flat_map(|call| call.args.iter().rev().map(|arg| &arg.value)));
                }
            }
        }
        out
    }

    /// The text that an annotation is given; empty where it is given none, none where it is not known.
    fn text_given(&mut self, call: Option<&Call>, scope: &ScopeRef) -> Option<String> {
        let given =
            call.and_then(|call| call.args.iter().find(|arg| arg.name.as_deref().is_none_or(|name| name == "value")));
        let Some(given) = given else { return Some(String::new()) };
        self.eval(&given.value, scope).as_whole_text().map(|text| text.to_string())
    }
}

/// What of a package lies below where the plugin looks; none where it does not look there.
fn below_package(constants: &Constants, package: &str, off: bool) -> Option<String> {
    for told in list(constants, "struts.convention.action.packages", "") {
        let told = told.trim_end_matches(".*").trim_end_matches('*');
        if let Some(rest) = package.strip_prefix(told).filter(|rest| rest.is_empty() || rest.starts_with('.')) {
            return Some(rest.to_owned());
        }
    }
    let base = constants.get("struts.convention.package.locators.basePackage").map_or("", String::as_str);
    if off || !package.starts_with(base) {
        return None;
    }
    let words: Vec<&str> = package.split('.').collect();
    let at = list(constants, "struts.convention.package.locators", LOCATORS)
        .iter()
        .find_map(|locator| words.iter().rposition(|word| word == locator))?;
    words.get(at + 1..).map(|rest| rest.join("."))
}

/// A name as the plugin spells it in paths: `OrderItem` is `order-item`.
fn spelled(name: &str, constants: &Constants) -> String {
    let set = |key: &str, usual: &'static str| constants.get(key).cloned().unwrap_or_else(|| usual.to_owned());
    if constants.get("struts.convention.action.name.builder").is_some_and(|it| it != "seo") {
        let mut signs = name.chars();
        return signs.next().into_iter().flat_map(char::to_lowercase).chain(signs).collect();
    }
    let separator = set("struts.convention.action.name.separator", "-");
    let lower = set("struts.convention.action.name.lowercase", "true") != "false";
    let mut out = String::new();
    let signs: Vec<char> = name.chars().collect();
    for (at, sign) in signs.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| signs.get(at));
        let after = signs.get(at + 1);
        let begins = sign.is_uppercase()
            && before.is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
        if begins {
            out.push_str(&separator);
        }
        if lower { out.extend(sign.to_lowercase()) } else { out.push(*sign) }
    }
    out
}

/// What stands before paths, with a slash before it and none behind.
fn based(text: &str) -> String {
    let inner = text.trim_matches('/');
    if inner.is_empty() { String::new() } else { format!("/{inner}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_with_dashes() {
        let none = Constants::new();
        for (name, expected) in [("HelloWorld", "hello-world"), ("list", "list"), ("ShowURLList", "show-url-list")] {
            assert_eq!(spelled(name, &none), expected);
        }
        let set = Constants::from([("struts.convention.action.name.separator".to_owned(), "_".to_owned())]);
        assert_eq!(spelled("OrderItem", &set), "order_item");
    }

    #[test]
    fn packages_stand_below_what_locates_them() {
        let none = Constants::new();
        assert_eq!(below_package(&none, "a.actions.admin.users", false).as_deref(), Some("admin.users"));
        assert_eq!(below_package(&none, "a.web", false), None);
        let set = Constants::from([("struts.convention.action.packages".to_owned(), "a.web".to_owned())]);
        assert_eq!(below_package(&set, "a.web.x", true).as_deref(), Some(".x"));
    }
}

//! Servlets that stand before everything and look up what answers in a map, by the request's path: the map's keys are the paths.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::Found;
use super::super::value::{Args, ClassValue, Map, Spot, Value};
use crate::code::form::{FunctionKind, Language, Name};
use crate::code::models::{AnnotationModel, tidy};
use crate::code::select::{has_word, is_own};

/// What asks a map for what is under a key.
const LOOKING: &[&str] = &["get", "getOrDefault"];
/// What leaves a path as it is, and what cuts something off.
const PLAIN: &[&str] = &["trim", "strip", "toLowerCase", "toString", "intern"];
const CUTTING: &[&str] = &["replace", "replaceAll", "replaceFirst", "substring"];
/// What stands around an argument in what is known of a path that was changed: no signs of any language's names.
const NAMED: (&str, &str) = ("(<", ">)");
/// The most files that are looked into, the most listeners, and the most functions that may fill a map.
const MOST_FILES: usize = 4_000;
const MOST_LISTENERS: usize = 8;
const MOST_FILLING: usize = 64;
/// Why it is told.
const REASON: &str = "this servlet answers what it looks up by the request's path, which is not known here";

/// What is known of servlets, and what is asked by the path of a request while one is tried.
#[derive(Debug, Default)]
pub(crate) struct Fronts {
    /// Programs of Spring Boot's that no other server runs, looked for once.
    pub(super) boots: Option<Option<Rc<super::servlets::Boots>>>,
    /// What a request is asked by for its path; empty while none is tried.
    words: Vec<String>,
    /// The maps that were asked, with what was done with the path before and where.
    maps: Vec<(Rc<Map>, Name, Spot)>,
    /// Whether something stands for what a map does not have: then nothing is left unanswered.
    otherwise: bool,
    /// Where something was asked of which nothing is known.
    lost: BTreeSet<Spot>,
    /// Whether listeners were told that the program starts.
    begun: bool,
}

impl Machine<'_> {
    /// The routes of a servlet at a pattern, where it looks up what answers by the request's path; none where it does not, and
    /// what of it cannot be understood is told.
    pub(super) fn command_routes(
        &mut self,
        class: &Rc<ClassValue>,
        pattern: &str,
        model: &'static AnnotationModel,
        spot: Spot,
    ) -> Option<Vec<Found>> {
        let pattern = &pattern.replace("{*}", "*");
        if (pattern != "/" && !pattern.contains('*')) || !self.may_look_up(class, model) {
            return None;
        }
        let object = self.one_instance(class, Args::unknown(), class.spot);
        self.begin_listeners(model);
        let begins = model.begins.as_ref().map(|name| self.methods_called(class, &name.as_str().into()));
        for method in begins.into_iter().flatten() {
            self.sliced(self.limits.steps, |machine| machine.enter_alone(&method, Some(object.clone())));
        }
        let mut out = Vec::new();
        let (mut any, mut told) = (false, false);
        let answers: Vec<(&String, &String)> = model.answers.iter().collect();
        for (name, verb) in answers {
            let methods = self.methods_called(class, &name.as_str().into());
            if methods.is_empty() {
                continue;
            }
            self.fronts.words.clone_from(&model.asked);
            for method in methods {
                let most = self.most_alone(&method);
                self.sliced(most, |machine| machine.enter_alone(&method, Some(object.clone())));
            }
            self.fronts.words.clear();
            let maps = std::mem::take(&mut self.fronts.maps);
            for at in std::mem::take(&mut self.fronts.lost) {
                self.note(at, REASON);
            }
            any |= !maps.is_empty();
            let mut paths: Vec<(String, Spot)> = Vec::new();
            for (map, changes, at) in &maps {
                match self.keys_as_paths(map, changes, pattern, *at) {
                    Some(found) => paths.extend(found),
                    None => {
                        told = true;
                        self.note(*at, REASON);
                    }
                }
            }
            if std::mem::take(&mut self.fronts.otherwise) || maps.is_empty() {
                paths.push((pattern.clone(), spot));
            }
            out.extend(paths.into_iter().map(|(path, spot)| Found {
                path: tidy(&path.replace('*', "{*}")),
                method: verb.clone(),
                framework: model.framework.clone(),
                spot,
                conditional: false,
                library: None,
                by: None,
            }));
        }
        let mut seen = BTreeSet::new();
        out.retain(|one| seen.insert((one.path.clone(), one.method.clone())));
        // What is told may be all that there is.
        let known = out.iter().any(|one| one.path.trim_end_matches("{*}") != pattern.trim_end_matches('*'));
        (any && (known || told)).then_some(out)
    }

    /// Whether the code of a servlet, or of what it names, asks a request for its path.
    fn may_look_up(&mut self, class: &Rc<ClassValue>, model: &AnnotationModel) -> bool {
        let asks = |text: &str| model.asked.iter().any(|word| text.contains(word.as_str()));
        let mut own: Vec<String> = Vec::new();
        for one in self.ancestors(class) {
            let Value::Class(one) = one else { continue };
            own.extend(self.tree.text(self.file(one.spot)));
        }
        if own.iter().any(|text| asks(text)) {
            return true;
        }
        let stem =
            |path: &Name| path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|it| it.0.to_owned());
        let named = |path: &&Name| stem(path).is_some_and(|stem| own.iter().any(|text| has_word(text, &stem)));
        let mut files = self.tree.classes().filter(|path| is_own(path)).take(MOST_FILES).filter(named);
        files.any(|path| self.tree.text(path).is_some_and(|text| asks(&text)))
    }

    /// Tells the program's listeners that it starts, as a container does.
    fn begin_listeners(&mut self, model: &AnnotationModel) {
        if std::mem::replace(&mut self.fronts.begun, true) {
            return;
        }
        let says = |text: &str| model.listeners.keys().any(|word| text.contains(word.as_str()));
        let listens = |path: &&Name| self.tree.text(path).is_some_and(|text| says(&text));
        let files: Vec<Name> =
            self.tree.classes().filter(|path| is_own(path)).take(MOST_FILES).filter(listens).cloned().collect();
        for path in files.into_iter().take(MOST_LISTENERS) {
            let id = self.module_of(&path, Language::Java);
            self.load(id);
            let classes: Vec<Rc<ClassValue>> =
                self.classes.iter().filter(|one| one.spot.module == id).cloned().collect();
            for (class, name) in
                classes.iter().flat_map(|class| model.listeners.values().map(move |name| (class, name)))
            {
                for method in self.methods_called(class, &name.as_str().into()) {
                    let object = self.one_instance(class, Args::unknown(), class.spot);
                    let most = self.most_alone(&method);
                    self.sliced(most, |machine| machine.enter_alone(&method, Some(object.clone())));
                }
            }
        }
    }

    /// The paths that the keys of a map are, with where they are written.
    fn keys_as_paths(&mut self, map: &Rc<Map>, changes: &Name, pattern: &str, at: Spot) -> Option<Vec<(String, Spot)>> {
        if map.len() == 0 {
            self.fill_by(at);
        }
        let pairs = map.pairs();
        if pairs.is_empty() || map.partial.get() {
            return None;
        }
        let text = self.tree.text(self.file(at)).unwrap_or_default();
        let mut out = Vec::new();
        for (key, _) in pairs {
            let key = key.as_whole_text()?;
            let written = format!("\"{key}\"");
            let line = text.lines().position(|line| line.contains(&written)).and_then(|at| u32::try_from(at + 1).ok());
            out.push((path_of(&key, changes, pattern)?, Spot { line: line.unwrap_or(at.line), ..at }));
        }
        // A key that is no path beside others that begin with a slash is one for something else.
        let slashed = |path: &(String, Spot), key: &str| !path.0.is_empty() && key.starts_with('/');
        let keys: Vec<Name> = map.pairs().iter().filter_map(|(key, _)| key.as_whole_text()).collect();
        if keys.iter().any(|key| key.starts_with('/')) && is_whole(changes) {
            let mut kept = keys.iter();
            out.retain(|path| kept.next().is_some_and(|key| slashed(path, key)));
        }
        Some(out)
    }

    /// Runs what may fill a map that code looks into: the other functions of the same file.
    fn fill_by(&mut self, at: Spot) {
        let waits = |closure: &Rc<crate::code::eval::value::Closure>| {
            closure.scope.module == at.module
                && !closure.entered.get()
                && matches!(closure.function.kind, FunctionKind::Method | FunctionKind::Static | FunctionKind::Plain)
        };
        let closures: Vec<_> = self.closures.iter().filter(|it| waits(it)).take(MOST_FILLING).cloned().collect();
        for closure in closures {
            let receiver = match (closure.function.kind, closure.home.borrow().clone()) {
                (FunctionKind::Method, Some(home)) => Some(home),
                _ => None,
            };
            let receiver = receiver.map(|home| self.one_instance(&home, Args::unknown(), home.spot));
            let most = self.most_alone(&closure);
            self.sliced(most, |machine| machine.enter_alone(&closure, receiver));
        }
    }

    /// Whether a value is the path of the request that a servlet is tried with, or what is made of it.
    pub(in crate::code::eval) fn is_asked(&self, value: &Value) -> bool {
        let Value::Unknown(path) = value else { return false };
        self.fronts.words.iter().any(|word| called(path, word).is_some())
    }

    /// Notes that something is asked for what is under the path of a request.
    pub(in crate::code::eval) fn note_asked(&mut self, of: &Value, name: &str, args: &Args, spot: Spot) {
        if self.fronts.words.is_empty() || !LOOKING.contains(&name) || !self.is_asked(&args.at(0)) {
            return;
        }
        let Value::Unknown(path) = args.at(0) else { return };
        let Some(changes) = self.fronts.words.iter().find_map(|word| called(&path, word)) else { return };
        // What was noted is something that the call does.
        self.effects += 1;
        self.fronts.otherwise |=
            matches!(of, Value::Map(_)) && args.list.get(1).is_some_and(|other| !other.is_nothing());
        match of {
            Value::Map(map) if self.fronts.maps.iter().all(|(known, ..)| !Rc::ptr_eq(known, map)) => {
                self.fronts.maps.push((map.clone(), changes.into(), spot));
            }
            Value::Unknown(_) => drop(self.fronts.lost.insert(spot)),
            _ => {}
        }
    }

    /// What the path of a request is once something is cut off, where that is written.
    pub(in crate::code::eval) fn asked_cut(&mut self, object: &Value, name: &Name, args: &Args) -> Option<Value> {
        if self.fronts.words.is_empty() || !CUTTING.contains(&&**name) || !self.is_asked(object) {
            return None;
        }
        let Value::Unknown(path) = object else { return None };
        let said = match (args.at(0), args.list.len()) {
            (Value::Str(text), 2) if args.at(1).as_whole_text().is_some_and(|other| other.is_empty()) => {
                text.to_string()
            }
            (Value::Str(_), _) => return None,
            (Value::Int(number), 1) => number.to_string(),
            (_, 1) => String::new(),
            (Value::Unknown(_), 2) if &**name != "substring" => String::new(),
            _ => return None,
        };
        Some(Value::from_path(format!("{path}.{name}{}{said}{}", NAMED.0, NAMED.1)))
    }
}

/// What stands behind a call in what is known of a value.
fn called<'p>(path: &'p str, word: &str) -> Option<&'p str> {
    let at = path.rfind(word)?;
    path.get(at + word.len()..)?.strip_prefix("()")
}

/// Whether what is left by changes is the whole path, or what is left of it behind a program's own.
fn is_whole(changes: &str) -> bool {
    !changes.contains(NAMED.0) || changes.ends_with(&format!("substring{}{}", NAMED.0, NAMED.1))
}

/// The path for which a key is asked for; none where that cannot be understood.
fn path_of(key: &str, changes: &str, pattern: &str) -> Option<String> {
    if key.contains(|c: char| c.is_whitespace() || "{}*\\^$?|()[]".contains(c)) {
        return None;
    }
    let ending = pattern.strip_prefix("/*").or_else(|| pattern.strip_prefix('*')).filter(|it| it.starts_with('.'));
    let before = pattern.strip_suffix("/*").filter(|_| ending.is_none()).unwrap_or_default();
    if ending.is_none() && pattern != "/" && !pattern.ends_with("/*") {
        return None;
    }
    let mut stem = before.to_owned();
    let mut behind = "";
    let mut rest = changes;
    while let Some(change) = rest.strip_prefix('.') {
        let (name, behind_name) = change.split_once('(')?;
        let (said, behind_all) = match behind_name.strip_prefix('<') {
            Some(said) => said.split_once(NAMED.1).map(|(said, rest)| (Some(said), rest))?,
            None => (None, behind_name.strip_prefix(')')?),
        };
        rest = behind_all;
        if PLAIN.contains(&name) {
            continue;
        }
        let said = said.filter(|_| CUTTING.contains(&name))?;
        if name == "substring" {
            let cut = if said.is_empty() { 1 } else { said.parse::<usize>().ok()? };
            if cut > 1 && cut != before.len() && cut != before.len() + 1 {
                return None;
            }
            continue;
        }
        let cut = said.trim_start_matches('^').trim_start_matches(".*");
        if cut.is_empty() || cut == "/" {
            continue;
        }
        if cut.contains(|c: char| "{}*\\^$?|()[]+".contains(c)) || !cut.starts_with('/') {
            return None;
        }
        cut.trim_end_matches('/').clone_into(&mut stem);
    }
    if !rest.is_empty() {
        return None;
    }
    if let Some(ending) = ending.filter(|ending| !key.ends_with(*ending)) {
        behind = ending;
    }
    let key = key.trim_start_matches('/');
    let inside = format!("/{key}");
    let within = !stem.is_empty() && (inside == stem || inside.starts_with(&format!("{stem}/")));
    Some(if within { inside } else { format!("{stem}/{key}{behind}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_paths_by_what_was_cut_off() {
        let of = path_of;
        assert_eq!(Some("/login".to_owned()), of("/login", "", "/"));
        assert_eq!(Some("/app/login".to_owned()), of("login", ".replaceAll(<.*/app/>)", "/app/*"));
        assert_eq!(Some("/app/login".to_owned()), of("/app/login", "", "/app/*"));
        assert_eq!(Some("/login.do".to_owned()), of("login.do", ".substring(<>)", "*.do"));
        assert_eq!(Some("/login.do".to_owned()), of("/login", "", "*.do"));
        assert_eq!(Some("/app/login".to_owned()), of("login", ".substring(<5>)", "/app/*"));
        assert_eq!(None, of("login", ".substring(<7>)", "/app/*"));
        assert_eq!(None, of("login", ".split()[]", "/"));
        assert_eq!(None, of("/users/\\d+", "", "/"));
    }
}

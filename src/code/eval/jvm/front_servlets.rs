//! Servlets that stand before everything and look, while they run, for annotations of the project's own on methods: what those
//! say is what they answer.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::Found;
use super::super::value::{ClassValue, Spot, Value};
use super::reflection::written;
use crate::code::form::{ClassKind, Function, Language, Name, StmtKind};
use crate::code::holes::has_hole;
use crate::code::models::{Syntax, spell, tidy};
use crate::code::select::{has_word, is_own};
use crate::domain::method::{METHODS, is_method};

/// What asks a method or a class for an annotation, and what asks a class for its methods.
const QUESTIONS: &[&str] =
    &["getAnnotation(", "getAnnotationsByType(", "getDeclaredAnnotation(", "isAnnotationPresent("];
const LISTING: &[&str] = &["getDeclaredMethods()", "getMethods()"];
/// What stands behind the name of a class in such a question.
const CLASS: &str = ".class";
/// Elements of annotations that say a path, where several texts are said.
const PATHS: &[&str] = &["value", "path", "url", "uri", "route", "mapping"];
/// What the path of a servlet that answers everything ends with.
const ALL: &str = "{*}";
/// The most files that are looked into, and the most methods that are.
const MOST_FILES: usize = 4_000;
const MOST_METHODS: usize = 2_000;
/// Why it is told.
const REASON: &str =
    "this servlet answers what annotations of the project's own say of methods that it looks for while it runs";

/// What annotations say of one method.
struct Said {
    /// The paths; none where they are not known.
    paths: Option<Vec<String>>,
    /// The HTTP method, where they say it.
    verb: Option<String>,
    spot: Spot,
}

impl Machine<'_> {
    /// The routes of a servlet at a pattern, where it answers what annotations of the project's own say of methods; none where it is
    /// no such servlet. What cannot be read is told.
    pub(super) fn front_routes(
        &mut self,
        class: &Rc<ClassValue>,
        pattern: &str,
        methods: &[String],
        framework: &str,
        spot: Spot,
    ) -> Option<Vec<Found>> {
        if pattern != "/" && !pattern.contains('*') {
            return None;
        }
        let asked = self.annotations_asked(class);
        let said = self.said_of_methods(&asked);
        if !said.iter().any(|one| one.paths.as_ref().is_none_or(|paths| !paths.is_empty())) {
            return None;
        }
        let ending = pattern.strip_prefix("/*").or_else(|| pattern.strip_prefix('*')).filter(|it| it.starts_with('.'));
        let whole = matches!(pattern, "/" | "/*") || pattern == format!("/{ALL}");
        let ends = |path: &String| ending.is_none_or(|ending| path.ends_with(ending));
        let plain = |one: &Said| one.paths.as_ref().is_some_and(|paths| paths.iter().all(ends));
        if !(whole || ending.is_some()) || methods.is_empty() || !said.iter().all(plain) {
            self.note(spot, REASON);
            return Some(Vec::new());
        }
        let mut out = Vec::new();
        for one in said {
            let verbs = one.verb.map_or_else(|| methods.to_vec(), |verb| vec![verb]);
            let paths = one.paths.unwrap_or_default();
            for path in paths.iter().flat_map(|path| spell(Syntax::Brace, path)) {
                out.extend(verbs.iter().map(|method| Found {
                    path: tidy(&format!("/{}", path.trim_start_matches('/'))),
                    method: method.clone(),
                    framework: framework.to_owned(),
                    spot: one.spot,
                    conditional: false,
                    library: None,
                    by: None,
                }));
            }
        }
        Some(out)
    }

    /// The annotations of the project's own that a servlet, or what it names, asks methods for.
    fn annotations_asked(&mut self, class: &Rc<ClassValue>) -> Vec<Rc<ClassValue>> {
        let own = Name::from(self.file(class.spot));
        let text = self.tree.text(&own).unwrap_or_default();
        let files: Vec<Name> = self.tree.classes().filter(|path| is_own(path)).take(MOST_FILES).cloned().collect();
        let named = |text: &str, path: &Name| stem(path).is_some_and(|stem| has_word(text, stem));
        let asking = |text: &str| QUESTIONS.iter().chain(LISTING).any(|word| text.contains(word));
        let near: Vec<(Name, String)> = files
            .iter()
            .filter(|path| **path == own || named(&text, path))
            .filter_map(|path| Some((path.clone(), self.tree.text(path)?.to_string())))
            .collect();
        let far = files.iter().filter(|path| !near.iter().any(|(other, _)| other == *path));
        let far: Vec<(Name, String)> = far
            .filter(|path| near.iter().any(|(_, text)| named(text, path)))
            .filter_map(|path| Some((path.clone(), self.tree.text(path)?.to_string())))
            .collect();
        // One file asks a class for its methods, the same or another asks these for annotations.
        let all: Vec<&(Name, String)> = near.iter().chain(&far).filter(|(_, text)| asking(text)).collect();
        if !all.iter().any(|(_, text)| LISTING.iter().any(|word| text.contains(word))) {
            return Vec::new();
        }
        let mut out: Vec<Rc<ClassValue>> = Vec::new();
        for (path, text) in all {
            for name in asked_names(text) {
                let id = self.module_of(path, Language::Java);
                self.load(id);
                let scope = self.modules[id.0].scope.clone();
                let meant = self.name_alone(&Name::from(name), &scope);
                if let Value::Class(found) = self.force(meant)
                    && found.class.kind == ClassKind::Annotation
                    && !out.iter().any(|other| Rc::ptr_eq(other, &found))
                {
                    out.push(found);
                }
            }
        }
        out
    }

    /// What these annotations say of methods; one whose class says a path as well has none that is known.
    fn said_of_methods(&mut self, asked: &[Rc<ClassValue>]) -> Vec<Said> {
        for annotation in asked {
            self.load_mentioning(annotation);
        }
        let mut out = Vec::new();
        for class in self.classes_of_packages() {
            let mut methods = Vec::new();
            for stmt in &class.class.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                if methods.len() + out.len() < MOST_METHODS {
                    methods.extend(self.annotated_method(function, asked, &class));
                }
            }
            if methods.is_empty() {
                continue;
            }
            let (paths, _) = self.annotations_say(&class.class.decorators.clone(), asked, &class);
            let below = paths.is_none_or(|paths| paths.iter().any(|path| !path.trim_matches('/').is_empty()));
            for one in &mut methods {
                if below {
                    one.paths = None;
                }
            }
            out.append(&mut methods);
        }
        out
    }

    fn annotated_method(
        &mut self,
        function: &Function,
        asked: &[Rc<ClassValue>],
        class: &Rc<ClassValue>,
    ) -> Option<Said> {
        if function.decorators.is_empty() {
            return None;
        }
        let (paths, verb) = self.annotations_say(&function.decorators, asked, class);
        if paths.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        Some(Said { paths, verb, spot: Spot { module: class.spot.module, line: function.pos.line } })
    }

    /// The paths that annotations say, nothing where these are not known, and the HTTP method.
    fn annotations_say(
        &mut self,
        decorators: &[crate::code::form::Decorator],
        asked: &[Rc<ClassValue>],
        class: &Rc<ClassValue>,
    ) -> (Option<Vec<String>>, Option<String>) {
        let mut paths = Some(Vec::new());
        let mut verb = None;
        for decorator in decorators {
            let Value::Class(own) = self.annotation_type(written(decorator).0, &class.scope) else { continue };
            let Some(name) = own.class.name.clone().filter(|_| asked.iter().any(|one| Rc::ptr_eq(one, &own))) else {
                continue;
            };
            verb = verb_in(&name).or(verb);
            let Some(Value::Object(it)) = self.annotation(decorator, &own, &class.scope) else { continue };
            let mut texts: Vec<(String, Vec<String>)> = Vec::new();
            for (key, value) in it.members.pairs() {
                let Some(key) = key.as_text() else { continue };
                match texts_of(&value) {
                    Some(one) => match &one[..] {
                        [single] if is_method(&single.to_ascii_uppercase()) => {
                            verb = Some(single.to_ascii_uppercase());
                        }
                        [single] if single.is_empty() => {}
                        _ => texts.push((key.to_string(), one)),
                    },
                    None if PATHS.contains(&&*key) => paths = None,
                    None => {}
                }
            }
            let named = |(key, _): &&(String, Vec<String>)| PATHS.contains(&key.as_str());
            let found = match &texts[..] {
                [(_, one)] => Some(one),
                several => several.iter().find(named).map(|(_, one)| one),
            };
            if let (Some(paths), Some(found)) = (&mut paths, found) {
                paths.extend(found.iter().cloned());
            }
        }
        (paths, verb)
    }
}

/// Texts that an element is, where all of them are known and may be paths.
fn texts_of(value: &Value) -> Option<Vec<String>> {
    let texts: Option<Vec<String>> = match value {
        Value::List(list) if !list.partial.get() => {
            list.items.borrow().iter().map(|one| one.as_whole_text().map(|text| text.to_string())).collect()
        }
        Value::Str(text) => Some(vec![text.to_string()]),
        _ => None,
    };
    texts.filter(|all| all.iter().all(|text| !has_hole(text) && !text.contains(char::is_whitespace)))
}

/// The HTTP method in an annotation's name: `Get`, `PostMapping`.
fn verb_in(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let verb = METHODS.iter().find(|verb| upper.starts_with(**verb))?;
    let rest = name.get(verb.len()..)?;
    (rest.is_empty() || rest.starts_with(char::is_uppercase)).then(|| (*verb).to_owned())
}

/// The names of the annotations that a text asks for.
fn asked_names(text: &str) -> BTreeSet<&str> {
    let mut out = BTreeSet::new();
    for question in QUESTIONS {
        for (at, _) in text.match_indices(question) {
            let rest = text.get(at + question.len()..).unwrap_or_default().trim_start();
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (name, behind) = rest.split_at(end);
            if behind.starts_with(CLASS) && name.starts_with(char::is_uppercase) {
                out.insert(name);
            }
        }
    }
    out
}

/// The name of a file of Java's without its ending.
fn stem(path: &str) -> Option<&str> {
    path.rsplit('/').next()?.strip_suffix(".java")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_names_are_told_apart() {
        let text =
            "if (m.isAnnotationPresent(Url.class)) { x.getAnnotation( Get.class ).value(); y.getAnnotation(type); }";
        assert_eq!(vec!["Get", "Url"], asked_names(text).into_iter().collect::<Vec<_>>());
        assert_eq!(Some("GET".to_owned()), verb_in("Get"));
        assert_eq!(Some("POST".to_owned()), verb_in("PostMapping"));
        assert_eq!(None, verb_in("Getter"));
        assert_eq!(None, verb_in("Url"));
    }
}

//! Servlets: classes whose methods answer the paths that an annotation or a deployment descriptor maps to them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::attributes::written_call;
use super::super::routes::forest::Found;
use super::super::value::{ClassValue, Spot, Value};
use crate::code::form::{Decorator, Language, StmtKind};
use crate::code::models::{AnnotationModel, Syntax, spell, tidy};
use crate::code::resolve::{Servlet, UrlBean};
use crate::code::select::{has_word, is_own};

/// What makes a program run within a server of its own.
const BOOT: &str = "@SpringBootApplication";
/// What looks for annotated servlets there, or has another server run the program.
const LOOKING: &[&str] = &["ServletComponentScan", "SpringBootServletInitializer"];
/// What registers servlets by their classes or instances.
const NAMING: &[&str] = &["RegistrationBean", "addServlet", "@Bean", "@Import"];
/// Why such a servlet answers nothing.
const UNSCANNED: &str = "Spring Boot looks for annotated servlets only where it is told to";

/// Programs that Spring Boot runs within a server of its own.
#[derive(Debug, Default)]
pub(crate) struct Boots {
    /// The folders of their modules.
    folders: BTreeSet<String>,
    /// The code that may register servlets.
    naming: Vec<String>,
}

impl Machine<'_> {
    /// The HTTP methods that a class answers by methods of these names, its own or inherited.
    pub(super) fn servlet_methods(&mut self, class: &Rc<ClassValue>, model: &AnnotationModel) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(ancestor) = ancestor else { continue };
            for stmt in &ancestor.class.body {
                let StmtKind::Function(function) = &stmt.kind else { continue };
                let method = function.name.as_ref().and_then(|name| model.answers.get(&**name));
                out.extend(method.filter(|method| !out.contains(method)).cloned());
            }
        }
        if out.iter().any(|method| method == "ANY") { vec!["ANY".to_owned()] } else { out }
    }

    /// The routes of a class that is annotated as a servlet.
    pub(in crate::code::eval) fn read_servlet(
        &mut self,
        class: &Rc<ClassValue>,
        model: &'static AnnotationModel,
        paths: &[String],
        spot: Spot,
    ) {
        let methods = self.servlet_methods(class, model);
        if self.is_left_by_boot(class) {
            self.because(spot, UNSCANNED);
            return self.because(class.spot, UNSCANNED);
        }
        for path in paths {
            if let Some(found) = self.front_routes(class, path, &methods, &model.framework, spot) {
                self.annotated.extend(found);
                continue;
            }
            if let Some(found) = self.command_routes(class, path, model, spot) {
                self.annotated.extend(found);
                continue;
            }
            for method in &methods {
                self.annotated.push(Found {
                    path: path.clone(),
                    method: method.clone(),
                    framework: model.framework.clone(),
                    spot,
                    conditional: false,
                    library: None,
                    by: None,
                });
            }
        }
        if methods.is_empty() {
            self.note(spot, "what this servlet answers is not known");
        }
    }

    /// Whether Spring Boot runs the program of a class from a jar, and nothing there looks for annotated servlets or names this
    /// one: no container does then.
    fn is_left_by_boot(&mut self, class: &Rc<ClassValue>) -> bool {
        let Some(name) = class.class.name.clone() else { return false };
        let own = |one: &Decorator| written_call(one).is_none_or(|(path, _)| !path.ends_with("WebServlet"));
        if class.class.decorators.iter().any(own) {
            return false;
        }
        let boots = match &self.fronts.boots {
            Some(known) => known.clone(),
            None => {
                let found = self.boots_alone().map(Rc::new);
                self.fronts.boots.insert(found).clone()
            }
        };
        let Some(boots) = boots else { return false };
        let file = self.modules[class.spot.module.0].path.clone();
        let folder = self.tree.module_of(&file);
        let runs = boots.folders.contains(folder)
            || self.tree.dependents_of(folder).iter().any(|module| boots.folders.contains(module));
        runs && !boots.naming.iter().any(|text| has_word(text, &name))
    }

    /// The programs that Spring Boot runs from jars; none where it looks for annotated servlets, or another server runs one.
    fn boots_alone(&self) -> Option<Boots> {
        let mut out = Boots::default();
        for path in self.tree.classes().filter(|path| is_own(path)) {
            let text = self.tree.text(path)?;
            if LOOKING.iter().any(|word| text.contains(word)) {
                return None;
            }
            if text.contains(BOOT) {
                out.folders.insert(self.tree.module_of(path).to_owned());
            }
            if NAMING.iter().any(|word| text.contains(word)) {
                out.naming.push(text);
            }
        }
        (!out.folders.is_empty() && !self.tree.homes().iter().any(|home| home.is_war())).then_some(out)
    }

    /// The routes of the servlets that deployment descriptors map; those that a framework runs in are its own.
    pub(in crate::code::eval) fn descriptor_routes(&mut self) -> Vec<Found> {
        let Some(model) = self.models.annotations.values().find(|model| !model.answers.is_empty()).copied() else {
            return Vec::new();
        };
        let servlets: Vec<Servlet> = self.tree.homes().iter().flat_map(|home| home.servlets.clone()).collect();
        let mut out = Vec::new();
        for servlet in servlets {
            if self.models.prefixes.iter().any(|prefix| servlet.is_one_of(&prefix.servlets)) {
                continue;
            }
            // The container's own servlets for files and pages, by the names that it gives them.
            if servlet.class.is_empty() && matches!(&*servlet.name, "default" | "jsp") {
                continue;
            }
            // What Struts answers its configuration lists.
            if servlet.class.ends_with("struts.action.ActionServlet") {
                continue;
            }
            let class = self.servlet_class(&servlet);
            let module = self.module_of(&servlet.file, Language::Java);
            for (pattern, line) in &servlet.patterns {
                let spot = Spot { module, line: *line };
                let (methods, library) = match &class {
                    Some(class) => (self.servlet_methods(class, model), None),
                    None => (vec!["ANY".to_owned()], Some(servlet.class.clone())),
                };
                let front = class
                    .as_ref()
                    .and_then(|class| self.front_routes(class, pattern, &methods, &model.framework, spot));
                let front =
                    front.or_else(|| class.as_ref().and_then(|class| self.command_routes(class, pattern, model, spot)));
                if let Some(found) = front {
                    out.extend(found);
                    continue;
                }
                if methods.is_empty() || pattern.starts_with('*') || (library.is_some() && servlet.class.is_empty()) {
                    self.note(spot, format!("what the servlet {} answers at {pattern} is not known", servlet.name));
                    continue;
                }
                for path in spell(Syntax::Ant, pattern) {
                    out.extend(methods.iter().map(|method| Found {
                        path: tidy(&path),
                        method: method.clone(),
                        framework: model.framework.clone(),
                        spot,
                        conditional: false,
                        library: library.clone(),
                        by: None,
                    }));
                }
            }
        }
        out
    }

    /// The routes of the beans and view controllers that Spring's configuration in XML puts at paths.
    pub(in crate::code::eval) fn bean_routes(&mut self) -> Vec<Found> {
        let beans: Vec<UrlBean> = self.tree.homes().iter().flat_map(|home| home.url_beans.clone()).collect();
        let mut out = Vec::new();
        for bean in beans {
            let module = self.module_of(&bean.place.0, Language::Java);
            let spot = Spot { module, line: bean.place.1 };
            let unknown = if bean.view { &['$', '#'][..] } else { &['*', '$', '?'][..] };
            if bean.class.is_none() || bean.path.contains(unknown) {
                self.note(spot, format!("what the bean at {} answers is not known", bean.path));
                continue;
            }
            let paths = if bean.view { spell(Syntax::Ant, &bean.path) } else { vec![bean.path.clone()] };
            out.extend(paths.iter().map(|path| Found {
                path: tidy(path),
                method: if bean.view { "GET" } else { "ANY" }.to_owned(),
                framework: "spring".to_owned(),
                spot,
                conditional: false,
                library: None,
                by: None,
            }));
        }
        out
    }

    fn servlet_class(&mut self, servlet: &Servlet) -> Option<Rc<ClassValue>> {
        self.class_of(&servlet.file, &servlet.class)
    }
}

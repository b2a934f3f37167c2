//! Routes of code that a build generates of an OpenAPI document: the document is their source.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Spot, Value};
use super::forest::Found;
use crate::code::form::{ClassKind, Language};
use crate::code::holes::has_hole;
use crate::code::models::{Syntax, put_together, spell, tidy};
use crate::code::resolve::{Generated, Home, Listed, Operation, operations};

/// What routes of generated code are marked with where no code of the project answers them.
const LIBRARY: &str = "openapi-generator";
/// How interfaces that are generated end.
const ENDINGS: [&str; 2] = ["ApiDelegate", "Api"];

impl Machine<'_> {
    /// Everything that the tree's builds generate server code of.
    fn all_generated(&self) -> Vec<(Rc<Home>, Generated)> {
        let homes = self.tree.homes().iter();
        homes.flat_map(|home| home.generated.iter().map(|one| (home.clone(), one.clone()))).collect()
    }

    /// Looks whether a generated controller hands its requests to a class. Where nobody knows what that answers it is told.
    pub(in crate::code::eval) fn tell_delegate(&mut self, class: &Rc<ClassValue>) {
        if class.class.kind == ClassKind::Interface {
            return;
        }
        for ancestor in self.ancestors(class) {
            let Value::Unknown(path) = ancestor else { continue };
            if !path.ends_with(ENDINGS[0]) {
                continue;
            }
            match self.generated_base(&path) {
                Some((one, _)) => self.delegated.extend(one.document),
                None => {
                    let reason =
                        format!("answers for {path}, which is not in the repository: its routes are not known");
                    self.note(class.spot, reason);
                }
            }
        }
    }

    /// The operations of the document that an interface is generated of; none where no build generates it.
    fn generated_base(&mut self, path: &str) -> Option<(Generated, Vec<Operation>)> {
        let last = path.rsplit('.').next().unwrap_or(path);
        let name = ENDINGS.iter().find_map(|ending| last.strip_suffix(ending))?;
        for (_, one) in self.all_generated() {
            let Some(listed) = self.operations_of(&one) else { continue };
            let all = &listed.0;
            for by_tag in [one.by_tag, !one.by_tag] {
                let own: Vec<Operation> = all.iter().filter(|it| it.interface(by_tag) == name).cloned().collect();
                if !own.is_empty() {
                    return Some((one, own));
                }
            }
        }
        None
    }

    /// Whether a class answers for an interface that is generated with the annotations which make its implementations answer.
    pub(in crate::code::eval) fn answers_generated(&mut self, class: &Rc<ClassValue>) -> bool {
        if !self.tree.homes().iter().any(|home| home.generated.iter().any(|one| one.framework == "jaxrs")) {
            return false;
        }
        self.ancestors(class).into_iter().any(|ancestor| {
            let Value::Unknown(path) = ancestor else { return false };
            self.generated_base(&path).is_some_and(|(one, _)| one.framework == "jaxrs")
        })
    }

    /// The names of the interfaces that builds generate.
    pub(in crate::code::eval) fn generated_names(&mut self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (_, one) in self.all_generated() {
            let Some(listed) = self.operations_of(&one) else { continue };
            let each = listed.0.iter().flat_map(|it| [true, false].map(|by_tag| it.interface(by_tag).to_owned()));
            names.extend(each.flat_map(|name| ENDINGS.map(|ending| format!("{name}{ending}"))));
        }
        names
    }

    fn operations_of(&mut self, one: &Generated) -> Option<Rc<Listed>> {
        let file = one.document.as_ref()?;
        if let Some(known) = self.documents.get(file) {
            return known.clone();
        }
        let read = self.tree.text(file).and_then(|text| match operations(&text, file) {
            Ok(listed) => Some(Rc::new(listed)),
            Err((line, why)) => {
                let module = self.module_of(file, Language::Java);
                let reason = format!("code is generated of this document, which cannot be read: {why}");
                self.note(Spot { module, line }, reason);
                None
            }
        });
        self.documents.insert(file.clone(), read.clone());
        read
    }

    /// Whether the routes of a base are those of a document. A base that a build is said to generate of a document that is
    /// not there is noted.
    pub(in crate::code::eval) fn is_generated(&mut self, class: &Rc<ClassValue>, path: &str) -> bool {
        if self.generated_base(path).is_some() {
            return true;
        }
        let last = path.rsplit('.').next().unwrap_or(path);
        if !path.contains('.') && ENDINGS.iter().any(|ending| last.ends_with(ending)) {
            self.note(
                class.spot,
                format!("inherits from {path}, which is not in the repository: routes that it brings are not known"),
            );
        }
        false
    }

    /// The routes that a class answers for the interfaces that are generated of a document.
    pub(in crate::code::eval) fn read_generated(
        &mut self,
        class: &Rc<ClassValue>,
        prefixes: &[String],
        conditional: bool,
    ) {
        for ancestor in self.ancestors(class) {
            let Value::Unknown(path) = ancestor else { continue };
            let Some((one, own)) = self.generated_base(&path) else { continue };
            let file = self.file(class.spot).to_owned();
            let homes = self.tree.homes_of(&file);
            let mut before: Vec<String> =
                homes.iter().map(|home| self.prefix(one.framework, home, Some(&file))).collect();
            if before.is_empty() {
                before.push(String::new());
            }
            let all = before
                .iter()
                .flat_map(|home| prefixes.iter().map(move |prefix| put_together(Default::default(), home, prefix)));
            let all: Vec<String> = all.collect();
            self.answered_for.extend(one.document.clone());
            self.made_of(&one, &own, &all, conditional, None);
        }
    }

    /// The routes of controllers that are generated whole.
    pub(in crate::code::eval) fn generated_routes(&mut self) -> Vec<Found> {
        for (home, one) in self.all_generated() {
            let module = self.module_of(&one.build.0, Language::Java);
            let spot = Spot { module, line: one.build.1 };
            let Some(document) = one.document.clone() else {
                self.note(
                    spot,
                    "code is generated of a document that is not in the repository: its routes are not known",
                );
                continue;
            };
            if one.interfaces || self.answered_for.contains(&document) {
                continue;
            }
            let Some(listed) = self.operations_of(&one) else { continue };
            let (all, base) = (&listed.0, listed.1.first().cloned().unwrap_or_default());
            let before = self.prefix(one.framework, &home, None);
            let base = match one.framework {
                "spring" => home.settings.only_between("openapi.", ".base-path").map_or(base, |set| set.value.clone()),
                _ => String::new(),
            };
            let prefix = put_together(Default::default(), &before, &base);
            // What the project gives the generated controllers is its own code.
            let library = (!self.delegated.contains(&document)).then_some(LIBRARY);
            self.made_of(&one, all, &[prefix], false, library);
        }
        std::mem::take(&mut self.generated)
    }

    fn made_of(
        &mut self,
        one: &Generated,
        operations: &[Operation],
        prefixes: &[String],
        conditional: bool,
        library: Option<&str>,
    ) {
        let Some(file) = &one.document else { return };
        let module = self.module_of(file, Language::Java);
        for operation in operations {
            let spot = Spot { module, line: operation.line };
            for path in spell(Syntax::Brace, &operation.path) {
                for prefix in prefixes {
                    let path = tidy(&put_together(Default::default(), prefix, &path));
                    if has_hole(&path) {
                        self.note(spot, "what stands before this path is not known");
                        continue;
                    }
                    self.generated.push(Found {
                        path,
                        method: operation.method.clone(),
                        framework: one.framework.to_owned(),
                        spot,
                        conditional,
                        library: library.map(str::to_owned),
                        by: None,
                    });
                }
            }
        }
    }
}

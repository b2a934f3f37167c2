//! Resources that nothing of the repository names where its programs register what they name: one by one (Dropwizard), or in lists
//! of their own (JAX-RS). Where classes may be found in other ways, nothing is said.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::ClassValue;
use crate::code::form::Name;
use crate::code::models::ListingModel;
use crate::code::select::{has_word, is_own};

/// Lines that register nothing.
const ASIDE: &[&str] = &["import ", "package ", "//", "*", "/*"];
/// The end of a deployment descriptor's name.
const DESCRIPTOR: &str = "WEB-INF/web.xml";

/// Where programs are, and the code that may register.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    /// The folders of the modules with programs that register what they name.
    folders: BTreeSet<String>,
    /// The folders of those with programs that register all that there is.
    open: BTreeSet<String>,
    /// The files of code that name a resource, apart from what they import and say of themselves, and whether each holds a program.
    naming: BTreeMap<Name, Vec<(Name, bool)>>,
}

impl Machine<'_> {
    /// Whether a resource of a module whose programs register what they name is named nowhere but where it is declared.
    pub(super) fn is_unregistered(&mut self, class: &Rc<ClassValue>) -> bool {
        let programs = match &self.programs {
            Some(known) => known.clone(),
            None => {
                let found = self.programs_that_list().map(Rc::new);
                self.programs.insert(found).clone()
            }
        };
        let (Some(programs), Some(name)) = (programs, &class.class.name) else { return false };
        let file = self.modules[class.spot.module.0].path.clone();
        let own = self.tree.module_of(&file);
        let around = self.tree.dependents_of(own);
        let runs = |folders: &BTreeSet<String>| folders.iter().any(|folder| around.contains(folder) || *folder == own);
        let named = |(path, runs): &(Name, bool)| *path != file || *runs;
        runs(&programs.folders)
            && !runs(&programs.open)
            && !programs.naming.get(name).is_some_and(|files| files.iter().any(named))
    }

    /// None where there is no such program.
    fn programs_that_list(&mut self) -> Option<Programs> {
        let models = self.models;
        let files: Vec<Name> = self.tree.classes().filter(|path| is_own(path)).cloned().collect();
        let descriptors: Vec<Name> = self.tree.files().filter(|path| path.ends_with(DESCRIPTOR)).cloned().collect();
        let mut listings: Vec<(&ListingModel, bool)> = models.listings.iter().map(|listing| (listing, false)).collect();
        for path in files.iter().chain(&descriptors) {
            let text = self.tree.text(path)?;
            listings.retain_mut(|(listing, any)| {
                *any = *any || is_program(&text, listing);
                !listing.unless.iter().any(|word| text.contains(word.as_str()))
            });
        }
        listings.retain(|(_, any)| *any);
        if listings.is_empty() {
            return None;
        }
        let programs = |text: &str| listings.iter().map(|one| one.0).find(|listing| is_program(text, listing));
        let resources = self.resources();
        let mut out = Programs::default();
        for path in &files {
            let text = self.tree.text(path)?;
            let aside = |line: &&str| ASIDE.iter().any(|start| line.trim_start().starts_with(start));
            let words: BTreeSet<&str> = text
                .lines()
                .filter(|line| !aside(line))
                .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
                .filter(|word| resources.contains(*word))
                .collect();
            let program = programs(&text);
            if let Some(listing) = program {
                let lists = listing.by.is_empty()
                    || (!words.is_empty() && listing.by.iter().any(|method| has_word(&text, method)));
                let folders = if lists { &mut out.folders } else { &mut out.open };
                folders.insert(self.tree.module_of(path).to_owned());
            }
            for word in words {
                out.naming.entry(word.into()).or_default().push((path.clone(), program.is_some()));
            }
        }
        (!out.folders.is_empty()).then_some(out)
    }

    /// The names of the classes that are resources of JAX-RS.
    fn resources(&mut self) -> BTreeSet<Name> {
        let mut out = BTreeSet::new();
        for class in self.classes_of_packages() {
            if let Some(name) = &class.class.name
                && self.standing(&class).resource
            {
                out.insert(name.clone());
            }
        }
        out
    }
}

/// Whether a file holds a program of these.
fn is_program(text: &str, listing: &ListingModel) -> bool {
    listing.of.iter().any(|base| {
        let Some((package, name)) = base.rsplit_once('.') else { return false };
        let imported = text.contains(base.as_str()) || text.contains(&format!("{package}.*"));
        let is_name = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let below = |word: &str| text.split(&format!("{word} {name}")).skip(1).any(is_name);
        imported && (below("extends") || below(":"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_by_what_they_are() {
        let listing = ListingModel { of: vec!["a.b.Application".to_owned()], ..ListingModel::default() };
        let is = |text: &str| is_program(text, &listing);
        assert!(is("import a.b.Application;\nclass Api extends Application {"));
        assert!(is("import a.b.*\nclass Api : Application<Settings>() {"));
        assert!(is("class Api extends a.b.Application {}\n//: Application"));
        assert!(!is("import a.b.Application;\nclass Api extends ApplicationBase {"));
        assert!(!is("import c.Application;\nclass Api extends Application {"));
    }
}

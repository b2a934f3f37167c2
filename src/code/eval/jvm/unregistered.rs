//! Resources of Dropwizard's programs that nothing of the repository names: its programs register what they name, one by one.
//! Where classes may be found in other ways, nothing is said.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::ClassValue;
use crate::code::form::Name;
use crate::code::select::{has_word, is_own};

/// What files of Dropwizard's programs import, and what the programs are.
const PROGRAMS: &[&str] = &[
    "io.dropwizard.Application",
    "io.dropwizard.*",
    "io.dropwizard.core.Application",
    "io.dropwizard.core.*",
    "com.yammer.dropwizard.Service",
];
const BASES: &[&str] = &["extends Application<", ": Application<", "extends Service<"];
/// Lines that register nothing.
const ASIDE: &[&str] = &["import ", "package ", "//", "*", "/*"];
/// What finds classes without their names.
const FINDING: &[&str] = &[
    "AutoConfig",
    "ClassGraph",
    "ClassPath",
    "FastClasspathScanner",
    "Reflections",
    "ServiceLoader",
    "getTypesAnnotatedWith",
    "jersey.config.server.provider",
    "org.springframework",
    "packages(",
    "scan(",
];

/// Where programs are, and the code that may register.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    /// The folders of their modules.
    folders: BTreeSet<String>,
    /// The files of code without what they import and say of themselves, and whether each holds a program.
    sources: Vec<(Name, String, bool)>,
}

impl Machine<'_> {
    /// Whether a resource of a module that Dropwizard runs is named nowhere but where it is declared.
    pub(super) fn is_unregistered(&mut self, class: &Rc<ClassValue>) -> bool {
        let programs = match &self.programs {
            Some(known) => known.clone(),
            None => {
                let found = self.programs_of_dropwizard().map(Rc::new);
                self.programs.insert(found).clone()
            }
        };
        let (Some(programs), Some(name)) = (programs, &class.class.name) else { return false };
        let file = self.modules[class.spot.module.0].path.clone();
        let around = self.tree.dependents_of(self.tree.module_of(&file));
        programs.folders.iter().any(|folder| around.contains(folder) || *folder == self.tree.module_of(&file))
            && !programs.sources.iter().any(|(path, text, runs)| (*path != file || *runs) && has_word(text, name))
    }

    /// None where there is no program, or classes may be found without their names.
    fn programs_of_dropwizard(&self) -> Option<Programs> {
        let mut out = Programs::default();
        for path in self.tree.classes().filter(|path| is_own(path)) {
            let text = self.tree.text(path)?;
            if FINDING.iter().any(|word| text.contains(word)) {
                return None;
            }
            let runs = PROGRAMS.iter().any(|word| text.contains(word)) && BASES.iter().any(|base| text.contains(base));
            if runs {
                out.folders.insert(self.tree.module_of(path).to_owned());
            }
            let aside = |line: &str| ASIDE.iter().any(|start| line.trim_start().starts_with(start));
            let code = text.lines().filter(|line| !aside(line)).flat_map(|line| [line, "\n"]).collect();
            out.sources.push((path.clone(), code, runs));
        }
        (!out.folders.is_empty()).then_some(out)
    }
}

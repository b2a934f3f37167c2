//! Which packages Spring's applications scan for components: a controller outside of them all answers nothing unless something
//! else brings it. Where anything is not known of that, nothing is said.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::ClassValue;
use crate::code::form::Name;
use crate::code::select::has_word;

/// What is scanned, as far as all of it is known.
#[derive(Debug, Default)]
pub(crate) struct Scans {
    /// The packages.
    packages: BTreeSet<String>,
    /// Files whose configuration may bring classes by their names.
    configuring: Vec<Name>,
}

/// What makes an application scan its own package, unless it says which others.
const APPLICATION: &str = "@SpringBootApplication";
const SCAN: &str = "@ComponentScan";
/// The packages that each says.
const SAID: &[&str] = &["scanBasePackages", "basePackages", "value"];
/// What else brings classes, in ways that are not followed.
const BRINGING: &[&str] = &[
    "EnableAutoConfiguration",
    "ImportResource",
    "ImportSelector",
    "ImportBeanDefinitionRegistrar",
    "BasePackageClasses",
    "basePackageClasses",
    "ClassPathBeanDefinitionScanner",
    "AnnotationConfigApplicationContext",
    "AnnotationConfigWebApplicationContext",
];
/// Files by which libraries bring classes.
const REGISTERED: &[&str] = &["META-INF/spring.factories", "AutoConfiguration.imports"];

impl Machine<'_> {
    /// Whether a controller is in no package that an application of the repository scans, and nothing else is seen to bring it.
    pub(in crate::code::eval) fn is_unscanned(&mut self, class: &Rc<ClassValue>) -> bool {
        let scans = match &self.scans {
            Some(known) => known.clone(),
            None => {
                let found = self.scanned().map(Rc::new);
                self.scans.insert(found).clone()
            }
        };
        let Some(scans) = scans else { return false };
        let module = &self.modules[class.spot.module.0];
        let (own, file) = (module.dotted.clone(), module.path.clone());
        let within = |package: &String| {
            package.is_empty()
                || *own == **package
                || own.strip_prefix(&**package).is_some_and(|rest| rest.starts_with('.'))
        };
        if own.is_empty() || scans.packages.iter().any(within) {
            return false;
        }
        let Some(name) = &class.class.name else { return false };
        !scans
            .configuring
            .iter()
            .any(|path| *path != file && self.tree.text(path).is_some_and(|text| has_word(&text, name)))
    }

    /// The packages that all applications of the repository scan; none where there is no application, or anything is not known.
    fn scanned(&self) -> Option<Scans> {
        let brought = |path: &Name| {
            REGISTERED.iter().any(|end| path.ends_with(end))
                || (path.ends_with(".xml")
                    && self
                        .tree
                        .text(path)
                        .is_some_and(|text| text.contains("component-scan") || text.contains("<bean ")))
        };
        if self.tree.files().any(brought) {
            return None;
        }
        let mut out = Scans::default();
        let mut applications = 0;
        for path in self.tree.classes().cloned().collect::<BTreeSet<_>>() {
            let text = self.tree.text(&path)?;
            if !text.contains("springframework") {
                continue;
            }
            if BRINGING.iter().any(|word| text.contains(word)) {
                return None;
            }
            if ["@Configuration", "@Import", "@Bean", "beans {"].iter().any(|word| text.contains(word)) {
                out.configuring.push(path.clone());
            }
            for mark in [APPLICATION, SCAN] {
                for (at, _) in text.match_indices(mark) {
                    let begins = text.get(..at)?.rsplit('\n').next()?.trim_start();
                    if begins.starts_with("//") || begins.starts_with('*') {
                        continue;
                    }
                    // An annotation of the project's own that is one.
                    if text.contains("@interface ") || text.contains("annotation class ") {
                        return None;
                    }
                    applications += usize::from(mark == APPLICATION);
                    let rest = text.get(at + mark.len()..)?;
                    match said(rest)? {
                        packages if packages.is_empty() => {
                            out.packages.insert(package_of(&text));
                        }
                        packages => out.packages.extend(packages),
                    }
                }
            }
        }
        (applications > 0).then_some(out)
    }
}

/// The packages that an annotation says, by what stands behind its name: empty where it says none; none where they are not known.
fn said(rest: &str) -> Option<Vec<String>> {
    // `@ComponentScans` holds others, which are found by themselves.
    if rest.starts_with('s') {
        return Some(Vec::new());
    }
    let Some(open) = rest.strip_prefix('(') else { return Some(Vec::new()) };
    let args = open.get(..closing(open)?)?;
    let named = SAID.iter().find_map(|name| {
        let at = args.find(name)?;
        args.get(at + name.len()..)?.trim_start().strip_prefix('=')
    });
    let given = match named {
        Some(given) => given.trim_start(),
        None if args.trim_start().starts_with(['"', '{', '[']) => args.trim_start(),
        None if args.trim().is_empty() || args.contains('=') => return Some(Vec::new()),
        None => return None,
    };
    let list = given.strip_prefix(['{', '[']).or_else(|| given.strip_prefix("arrayOf("));
    let given = match list {
        Some(list) => list.split(['}', ']', ')']).next()?,
        None => given.split(',').next()?,
    };
    let mut out = Vec::new();
    for one in given.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let text = one.strip_prefix('"')?.strip_suffix('"')?;
        let plain = text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
        out.push(if plain { text.to_owned() } else { return None });
    }
    if out.is_empty() { None } else { Some(out) }
}

/// Where the parenthesis closes that has just opened.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn package_of(text: &str) -> String {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix("package "));
    line.unwrap_or_default().trim().trim_end_matches(';').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn annotations_say_packages() {
        let said = |rest: &str| said(rest).map(|all| all.join(" "));
        assert_eq!(said("\npublic class A {}").as_deref(), Some(""));
        assert_eq!(said("(exclude = {DataSource.class})\n").as_deref(), Some(""));
        assert_eq!(said("(scanBasePackages = {\"a.b\", \"c\"})").as_deref(), Some("a.b c"));
        assert_eq!(said("(\"a.b\")").as_deref(), Some("a.b"));
        assert_eq!(said("(value = [\"a\"], lazyInit = true)").as_deref(), Some("a"));
        assert_eq!(said("(basePackages = Packages.ALL)"), None);
        assert_eq!(said("(\"${a}\")"), None);
        assert_eq!(said("(\"a.**.b\")"), None);
    }
}

//! Which version of a library a build of Java names: in its build's file, or by the name of a file that lies in the repository.

use super::{Home, Tree};
use crate::code::form::Name;

/// The first two numbers of a library's version, where the module of a file, another one or a file of the library says it.
pub(super) fn version(tree: &Tree<'_>, file: &str, library: &str) -> Option<(u32, u32)> {
    let own = tree.homes_of(file);
    let found = own.iter().chain(tree.homes()).find_map(|home| in_build(home, library));
    let jar = |path: &str| {
        let name = path.rsplit('/').next()?.strip_suffix(".jar")?;
        numbers(name.strip_prefix(library)?.strip_prefix('-')?)
    };
    found.or_else(|| tree.files().find_map(|path| jar(path)))
}

fn in_build(home: &Home, library: &str) -> Option<(u32, u32)> {
    let (file, line) = home.names(library)?;
    let (_, text) = home.builds.iter().find(|(path, _)| *path == file)?;
    let at: usize = text.split_inclusive('\n').take(usize::try_from(line).ok()?.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(at..)?;
    // A line that names it by an accessor alone leaves its version to the catalogue.
    if let Some(version) =
        home.catalogue.version(library).filter(|_| !rest.lines().next().unwrap_or_default().contains(library))
    {
        return numbers(version);
    }
    let rest = rest.get(rest.find(library)? + library.len()..)?;
    let said = match rest.strip_prefix(':') {
        Some(rest) => rest.split(['"', '\'', '@', '\n']).next()?.trim(),
        None => {
            let own = rest.split("</dependency>").next()?;
            own.split_once("<version>")?.1.split("</version>").next()?.trim()
        }
    };
    match said.strip_prefix("${").and_then(|name| name.strip_suffix('}')) {
        Some(property) => {
            let (open, close) = (format!("<{property}>"), format!("</{property}>"));
            let said = |(_, text): &(Name, String)| Some(text.split_once(&open)?.1.split_once(&close)?.0.to_owned());
            home.builds.iter().find_map(said).and_then(|said| numbers(said.trim()))
        }
        None => numbers(said),
    }
}

/// The first two numbers of a version.
fn numbers(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(|c: char| !c.is_ascii_digit());
    let first = parts.next()?.parse().ok()?;
    Some((first, parts.next().and_then(|part| part.parse().ok()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Repo;

    #[test]
    fn versions_are_said_by_builds_and_by_files() {
        let pom = "<project><properties><f.version>3.6</f.version></properties><dependencies>\n<dependency><artifactId>f</artifactId><version>${f.version}</version></dependency>\n<dependency>\n<artifactId>g</artifactId>\n<version>2.5.22</version></dependency></dependencies></project>";
        let of = |files: &[(&str, &str)], library: &str| {
            let repo = Repo::in_memory(files);
            version(&Tree::new(&repo, std::collections::BTreeMap::new()), "src/A.java", library)
        };
        assert_eq!(of(&[("pom.xml", pom)], "f"), Some((3, 6)));
        assert_eq!(of(&[("pom.xml", pom)], "g"), Some((2, 5)));
        assert_eq!(of(&[("build.gradle", "compile 'a.b:f:4.9.01'\n")], "f"), Some((4, 9)));
        assert_eq!(of(&[("web/WEB-INF/lib/f-1.5-bin.jar", "")], "f"), Some((1, 5)));
        assert_eq!(of(&[("pom.xml", "<artifactId>f-ext</artifactId>")], "f"), None);
        let catalogue = "[libraries]\ng = \"a.b:f:7.1\"\n[bundles]\nh = [\"g\"]\n";
        let files = [("build.gradle", "compile libs.bundles.h\n"), ("gradle/libs.versions.toml", catalogue)];
        assert_eq!(of(&files, "f"), Some((7, 1)));
    }
}

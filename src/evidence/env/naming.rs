//! How files name each other: what code imports, and the paths that stand in texts and commands. A look at words, not a reading.

use std::collections::BTreeSet;

use crate::code::{self, under as join};

/// Ends of files that a name may leave out, or that were made of another file.
const ENDS: &[&str] = &["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "py", "pyc", "go", "vue", "sh"];

/// What one file names, without endings.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Paths from the root.
    exact: Vec<String>,
    /// Ends of paths.
    ends: Vec<String>,
}

impl Names {
    /// What code names: its imports, and the paths among its texts.
    pub(super) fn in_code(path: &str, text: &str) -> Self {
        let mut names = Self::imported(path, text);
        let (folder, _) = split(path);
        let python = path.ends_with(".py");
        // What stands within quotes: the odd pieces, or the even ones where a quote stands in a comment.
        let written = without_prose(text, python);
        for piece in
            written.split(['"', '\'', '`', '\n']).filter(|piece| piece.len() < 200 && piece.contains(['/', '.']))
        {
            if piece.contains('/') && !piece.contains("//") {
                piece.split_whitespace().filter(|word| word.contains('/')).for_each(|word| names.add(folder, word));
            } else if python && !piece.contains(char::is_whitespace) {
                names.add_module(folder, piece);
            }
        }
        names
    }

    /// What code imports.
    fn imported(path: &str, text: &str) -> Self {
        let mut names = Self::default();
        let (folder, _) = split(path);
        for import in code::imports(path, text) {
            if path.ends_with(".py") {
                names.add_module(folder, &import);
            } else {
                names.add(folder, &import);
            }
        }
        names
    }

    /// What a command, a recipe or a table of commands names.
    pub(super) fn in_commands(path: &str, text: &str) -> Self {
        let mut names = Self::default();
        let (folder, _) = split(path);
        let splits = |c: char| c.is_whitespace() || "\"'`,;()[]{}&|<>=$".contains(c);
        for word in text.split(splits).filter(|word| !word.is_empty() && word.len() < 200) {
            names.add(folder, word);
            // A module of Python and what is taken from it: `jobs.run:main`.
            let module = word.split(':').next().unwrap_or(word);
            if module.contains('.') && !module.contains('/') {
                names.add_module(folder, module);
            }
        }
        names
    }

    fn add(&mut self, folder: &str, word: &str) {
        let word = word.split(['?', '#', ':']).next().unwrap_or(word).trim_end_matches('/');
        let bare = word.trim_start_matches(['@', '~', '$']).trim_start_matches('/');
        if word.is_empty() || word.contains('*') {
            return;
        }
        if !word.starts_with('/') {
            self.exact.push(stem(&join(folder, word)).to_owned());
        }
        if !word.starts_with("../") {
            self.ends.push(stem(bare.trim_start_matches("./")).to_owned());
        }
    }

    /// A module of Python, with a dot for each level where it is relative.
    fn add_module(&mut self, folder: &str, module: &str) {
        let path = module.trim_start_matches('.');
        let level = module.len() - path.len();
        let path = path.replace('.', "/");
        let mut from = folder;
        for _ in 1..level {
            from = split(from).0;
        }
        self.exact.push(join(from, &path));
        if level == 0 {
            self.ends.push(path);
        }
    }

    /// Whether a file, or the package of Go that it belongs to, is among them. What a path ends with counts from the folder on
    /// that begins at `from`.
    pub(super) fn has(&self, file: &str, from: usize) -> bool {
        let is_end = |whole: &str, end: &str| {
            whole.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let named = |path: &str| {
            let tail = path.get(from..).unwrap_or(path);
            self.exact.iter().any(|exact| exact == path)
                || self.ends.iter().any(|end| end.contains('/') && (is_end(path, end) || is_end(end, tail)))
        };
        named(stem(file)) || (file.ends_with(".go") && named(split(file).0))
    }
}

/// The files and folders of a repository, without endings.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeSet<String>);

impl Places {
    pub(super) fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut places = BTreeSet::new();
        for path in paths {
            let mut place = stem(path);
            while !place.is_empty() && places.insert(place.to_owned()) {
                place = split(place).0;
            }
        }
        Self(places)
    }

    /// Whether code in a folder imports what lies outside of it.
    pub(super) fn leaves(&self, folder: &str, path: &str, text: &str) -> bool {
        let within =
            |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let names = Names::imported(path, text);
        let outside = |path: &str| self.0.contains(path) && !within(path);
        // What a module's own path or an alias stands before ends with a place from the root on.
        let ends_outside = |end: &str| {
            let mut rest = end;
            while let Some((_, shorter)) = rest.split_once('/').filter(|_| !outside(rest)) {
                rest = shorter;
            }
            outside(rest) && !self.0.contains(&join(folder, end))
        };
        let under_sources = |end: &str| end.contains('/') && ["src", "app"].iter().any(|it| outside(&join(it, end)));
        names.exact.iter().any(|path| outside(path))
            || names.ends.iter().any(|end| ends_outside(end) || under_sources(end))
    }
}

/// Code without lines of comments, and without the texts of Python that explain what stands below them.
fn without_prose(text: &str, python: bool) -> String {
    let mut within = None;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let trimmed = line.trim_start();
        let marks = ["\"\"\"", "\'\'\'"].into_iter().find(|mark| trimmed.starts_with(mark)).filter(|_| python);
        if let Some(mark) = within {
            within = Some(mark).filter(|mark| !line.contains(mark));
        } else if let Some(mark) = marks {
            within = Some(mark).filter(|mark| trimmed.matches(mark).count() == 1);
        } else if !["#", "//", "*", "/*"].iter().any(|comment| trimmed.starts_with(comment)) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// A path without its ending and without the name of a file that stands for its folder.
pub(in crate::evidence) fn stem(path: &str) -> &str {
    let stem = match path.rsplit_once('.') {
        Some((stem, end)) if ENDS.contains(&end) => stem,
        _ => path,
    };
    let whole = stem.strip_suffix("/index").or_else(|| stem.strip_suffix("/__init__")).unwrap_or(stem);
    whole.strip_suffix("/__main__").unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &Names, files: &[&str]) -> Vec<bool> {
        files.iter().map(|file| names.has(file, file.find("jobs").unwrap_or(0))).collect()
    }

    #[test]
    fn code_names_files_by_imports_and_texts() {
        let script =
            "import { a } from '../jobs/a';\nconst b = require('@/jobs/b');\nspawn('node', ['dist/jobs/c.js']);\n";
        let names = Names::in_code("src/app.ts", script);
        assert_eq!(
            vec![true, true, true, false],
            named(&names, &["jobs/a.ts", "src/jobs/b/index.ts", "jobs/c.ts", "jobs/d.ts"])
        );
        let python = "from .jobs.a import x\nfrom svc import jobs\nrun('svc.jobs.c')\n";
        let names = Names::in_code("svc/app.py", python);
        assert_eq!(
            vec![true, true, true, false],
            named(&names, &["svc/jobs/a.py", "svc/jobs/__init__.py", "svc/jobs/c.py", "svc/jobs/d.py"])
        );
        let prose = "\"\"\"Held by ``jobs/a.py``.\n\"\"\"\n# see 'jobs/b.py'\nrun('jobs/c.py')\n";
        let names = Names::in_code("svc/app.py", prose);
        assert_eq!(vec![false, false, true], named(&names, &["jobs/a.py", "jobs/b.py", "jobs/c.py"]));
        let names = Names::in_code("main.go", "package main\nimport (\n\t\"example.com/me/app/jobs/a\"\n)\n");
        assert_eq!(vec![true, false], named(&names, &["jobs/a/run.go", "jobs/b/run.go"]));
    }

    #[test]
    fn commands_name_files_from_where_they_stand_and_from_where_they_run() {
        let names = Names::in_commands(
            "api/Dockerfile",
            "CMD [\"node\", \"jobs/a.js\"]\nRUN python -m jobs.b && /app/jobs/c.sh\n",
        );
        assert_eq!(
            vec![true, true, true, false],
            named(&names, &["api/jobs/a.ts", "jobs/b.py", "api/jobs/c.sh", "api/a.ts"])
        );
    }

    #[test]
    fn code_leaves_its_folder_for_what_is_there() {
        let places =
            Places::new(["api/a.ts", "api/in/b.ts", "lib/c.ts", "svc/core/d.py", "internal/e/e.go"].into_iter());
        let leaves = |path: &str, text: &str| places.leaves("api", path, text);
        assert!(leaves("api/a.ts", "import c from '../lib/c';\n") && leaves("api/a.ts", "import c from '@/lib/c';\n"));
        assert!(leaves("api/a.py", "from svc.core import d\n"));
        assert!(leaves("api/a.go", "import \"example.com/me/app/internal/e\"\n"));
        assert!(!leaves("api/a.ts", "import b from './in/b';\nimport x from 'lib-x';\nread('../lib/c')\n"));
    }
}

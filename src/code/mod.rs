//! Reading facts out of code: front ends lower each language to one common form, one evaluator runs it, and libraries'
//! meaning is data under `rules/`.

pub(crate) mod catalogue;
mod copied;
mod eval;
pub mod explain;
mod foreign;
pub mod form;
mod given;
mod holes;
mod logging;
pub mod lower;
mod mentions;
mod models;
mod properties;
pub mod requests;
mod resolve;
mod select;
mod testing;
#[cfg(test)]
mod tests;
mod uncompiled;
mod unread;
mod vendored;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::repo::{Content, MAX_SOURCE_BYTES, Repo};
use form::{Language, Module, Name};
pub(crate) use resolve::under;
use uncompiled::Uncompiled;

/// What the code of a repository says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// The routes it registers.
    pub routes: BTreeSet<RouteFound>,
    /// What paths are asked for by (`users:detail`), and the paths.
    pub names: BTreeSet<(String, String)>,
    /// Registrations that could not be evaluated: file, line, reason.
    pub unresolved: BTreeSet<(String, u32, String)>,
    /// The paths that such may have, where a part of them is known: a star stands for what is not, and what stands before the
    /// whole may be missing.
    pub partial: BTreeMap<(String, u32, String), BTreeSet<String>>,
    /// Variables that it reads.
    pub env_reads: BTreeSet<EnvRead>,
    /// Reads whose name is not known: file, line, pattern.
    pub env_dynamic: BTreeSet<(String, u32, String)>,
    /// Names that functions build of what they are given, all of which are among the reads: file, line, pattern.
    pub env_built: BTreeSet<(String, u32, String)>,
    /// The variables that the settings of a framework may be given by, though no code names them, and where each setting is.
    pub env_settings: BTreeMap<String, (String, u32)>,
    /// The frameworks whose libraries it names.
    pub frameworks: BTreeSet<String>,
    /// Files of a language that is read which could not be: file, line, why.
    pub problems: BTreeSet<(String, u32, String)>,
    /// The code computes more than is evaluated: there may be more of everything.
    pub cut_short: bool,
    /// How many source files of languages that are read there are.
    pub sources: usize,
}

/// A route that code registers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteFound {
    /// The full path in the one form.
    pub path: String,
    /// The method in upper case; `ANY` for all.
    pub method: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The framework.
    pub framework: String,
    /// Registered under a condition that is not known.
    pub conditional: bool,
    /// The library that registers it, where it is not the code's own.
    pub library: Option<String>,
}

/// A variable that code reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvRead {
    /// Its name.
    pub name: String,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Whether the program does not do without it.
    pub required: bool,
    /// What of the name is sure, where the program makes the rest by changing the case of letters.
    pub supposed: Option<String>,
    /// Names any of which will do, this one among them.
    pub peers: Vec<String>,
}

/// What explains places that look like registrations: each by file and line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// Where routes and mounts were registered, and where that was called from.
    pub(crate) registrations: BTreeSet<(String, u32)>,
    /// Why what stands there registers nothing.
    pub(crate) reasons: BTreeMap<(String, u32), String>,
    /// Why what is registered there is answered by nobody.
    pub(crate) left: BTreeMap<(String, u32), String>,
    /// What members were called on: none where nothing is known of it.
    pub(crate) seen: BTreeMap<(String, u32), Option<String>>,
    /// The files that were evaluated.
    pub(crate) loaded: BTreeSet<String>,
    /// Folders that a generator copies out.
    pub(crate) copied: Vec<String>,
    /// Modules that tests alone depend on.
    pub(crate) tested: Vec<String>,
    /// Sources that no build compiles.
    pub(crate) uncompiled: Uncompiled,
}

/// Bytes of stack for the evaluator: its nesting is bounded, and this holds it.
const STACK: usize = 512 << 20;

/// Reads routes and reads of the environment out of a repository's code.
#[must_use]
pub fn analyse(repo: &Repo) -> Analysis {
    on_a_deep_stack(repo, false).0
}

/// The same, with what explains places that look like registrations.
pub(crate) fn analyse_traced(repo: &Repo) -> (Analysis, Trace) {
    on_a_deep_stack(repo, true)
}

fn on_a_deep_stack(repo: &Repo, traced: bool) -> (Analysis, Trace) {
    std::thread::scope(|scope| {
        let run = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || analyse_here(repo, traced));
        run.map_or_else(
            |error| surprised(&error.to_string()),
            |run| run.join().unwrap_or_else(|_| surprised("a bug in the evaluator")),
        )
    })
}

/// Whether a path is source that is read: of a language that is known, no test, nothing that others wrote.
#[must_use]
pub fn is_source(path: &str) -> bool {
    select::is_own_source(path)
}

/// What a file of code imports, by a quick look at its words.
pub(crate) fn imports(path: &str, text: &str) -> Vec<String> {
    match Language::of(path) {
        Some(Language::JavaScript) => resolve::javascript::specifiers(text.as_bytes()),
        Some(Language::Python) => resolve::python::imported(text.as_bytes()),
        Some(Language::Go) => resolve::go_imports(text),
        Some(Language::Java | Language::Rust) | None => Vec::new(),
    }
}

/// The folders that a generator copies out, each with a slash at its end: what stands in them is no code of the service.
pub(crate) fn copied(repo: &Repo) -> Vec<String> {
    copied::folders(repo)
}

/// Whether a file belongs to a package that is there for tests alone.
pub(crate) fn helps_tests(path: &str) -> bool {
    select::helps_tests(path)
}

/// An analysis that says that it could not be made.
fn surprised(why: &str) -> (Analysis, Trace) {
    let mut analysis = Analysis { sources: 1, ..Analysis::default() };
    analysis.unresolved.insert((".".to_owned(), 1, format!("the code could not be evaluated: {why}")));
    analysis.env_dynamic.insert((".".to_owned(), 1, "*".to_owned()));
    (analysis, Trace::default())
}

/// What reading one file came to.
enum Looked {
    /// It does not matter.
    Nothing,
    /// It names no library, and what it imports.
    Idle(Name, Vec<String>),
    /// It cannot be read, and why.
    Problem(Name, String),
    /// It matters: its form, and the frameworks that it names.
    Form(Name, Language, Option<Arc<Module>>, BTreeSet<String>),
}

/// What a file has of frameworks without a model.
#[derive(Default)]
struct Unmodelled {
    /// What looks like a registration.
    places: Vec<foreign::Place>,
    /// The frameworks that it imports, each with the line.
    imports: Vec<(&'static str, u32)>,
}

fn analyse_here(repo: &Repo, traced: bool) -> (Analysis, Trace) {
    let models = models::builtin();
    let tokens = select::tokens();
    let copied = copied::folders(repo);
    let tested = testing::folders(repo);
    let vendored = vendored::folders(repo, models);
    let uncompiled = Uncompiled::of(repo);
    let compiled = |path: &str| uncompiled.why(path).is_none();
    let aside = |path: &str| {
        !compiled(path) || [&copied, &tested, &vendored].iter().any(|folders| copied::is_under(folders, path))
    };
    let is_own = |path: &str| select::is_own_source(path) && !aside(path);
    let files: Vec<_> = repo.files().iter().filter(|entry| !entry.link && is_own(&entry.path)).collect();
    let looked: Vec<(Looked, Unmodelled)> = files.par_iter().map(|entry| look(repo, &entry.path, tokens)).collect();
    let mut analysis = Analysis { sources: files.len(), ..Analysis::default() };
    let mut lowered = BTreeMap::new();
    let mut entries = Vec::new();
    let mut idle = Vec::new();
    let mut unread = Vec::new();
    let mut imported: BTreeMap<&str, Vec<(Name, u32)>> = BTreeMap::new();
    for (entry, (one, unmodelled)) in files.iter().zip(looked) {
        if !unmodelled.places.is_empty() {
            unread.push((&entry.path, unmodelled.places));
        }
        for (framework, line) in unmodelled.imports {
            imported.entry(framework).or_default().push((entry.path.clone(), line));
        }
        match one {
            Looked::Nothing => {}
            Looked::Idle(path, names) => idle.push((path, names)),
            Looked::Problem(path, why) => {
                analysis.problems.insert((path.to_string(), 1, why));
            }
            Looked::Form(path, language, form, frameworks) => {
                analysis.frameworks.extend(frameworks);
                if let Some(form) = &form {
                    for at in form.errors.iter().take(1) {
                        analysis.problems.insert((path.to_string(), at.line, "this does not parse".to_owned()));
                    }
                }
                entries.push((path.clone(), language));
                lowered.insert(path, form);
            }
        }
    }
    tell_imported(&imported, &mut analysis);
    properties::read(repo, &mut analysis);
    let tree = resolve::Tree::new(repo, lowered);
    let outcome = eval::run(&tree, models, &entries, &idle, eval::machine::Limits::default(), traced);
    for (found, file) in outcome.routes {
        if aside(&file) {
            continue;
        }
        let placed = outcome.placed.contains(file.as_str());
        if select::may_serve(&file) || placed || found.library.is_some() {
            analysis.routes.insert(RouteFound {
                path: found.path,
                method: found.method,
                file,
                line: found.spot.line,
                framework: found.framework,
                conditional: found.conditional,
                library: found.library,
            });
        }
    }
    let own = |file: &str| select::may_serve(file) || select::is_own(file);
    let unresolved = outcome.unresolved.into_iter().filter(|(file, _, _)| {
        own(file) && compiled(file) && ![&tested, &vendored].iter().any(|folders| copied::is_under(folders, file))
    });
    analysis.unresolved.extend(unresolved);
    analysis.partial = outcome.partial;
    for (file, places) in unread {
        let evaluated = outcome.evaluated.contains(&**file);
        foreign::tell(&mut analysis, file, places, evaluated);
    }
    analysis.names = outcome.names;
    analysis.cut_short = outcome.cut_short;
    let given = properties::given_by_builds(repo);
    for (read, dynamic) in outcome.reads {
        if !select::is_own_source(&read.file) || select::helps_tests(&read.file) {
            continue;
        }
        if read.file.ends_with(".rs") && given.contains(&read.name) {
            continue;
        }
        if dynamic {
            analysis.env_dynamic.insert((read.file, read.line, read.name));
        } else {
            analysis.env_reads.insert(read);
        }
    }
    for (name, file, line) in outcome.settings.into_iter().filter(|(_, file, _)| select::is_own_source(file)) {
        analysis.env_settings.entry(name).or_insert((file, line));
    }
    properties::tagged(repo, &mut analysis);
    analysis.env_built.extend(outcome.built.into_iter().filter(|(file, _, _)| select::is_own_source(file)));
    (analysis, Trace { copied, tested, uncompiled, ..outcome.trace })
}

/// Where the first file imports a framework that is not read, this is told for all of them.
fn tell_imported(imported: &BTreeMap<&str, Vec<(Name, u32)>>, analysis: &mut Analysis) {
    for (framework, places) in imported {
        let Some((file, line)) = places.first() else { continue };
        let more = match places.len() - 1 {
            0 => String::new(),
            1 => " and in one more file".to_owned(),
            more => format!(" and in {more} more files"),
        };
        let reason = format!("{framework} is imported here{more}; its routes are not read, there is no model of it");
        analysis.frameworks.insert((*framework).to_owned());
        analysis.unresolved.insert((file.to_string(), *line, reason));
    }
}

/// Reads one file: what it came to, and what it has of frameworks without a model.
fn look(repo: &Repo, path: &Name, tokens: &select::Tokens) -> (Looked, Unmodelled) {
    let Some(language) = Language::of(path) else { return (Looked::Nothing, Unmodelled::default()) };
    let content = match repo.read(path, MAX_SOURCE_BYTES) {
        Ok(content) => content,
        Err(error) => return (Looked::Problem(path.clone(), error.to_string()), Unmodelled::default()),
    };
    if select::is_bundled(path, &content.bytes) {
        return (Looked::Nothing, Unmodelled::default());
    }
    let unmodelled = Unmodelled {
        places: foreign::places(path, &content.bytes),
        imports: unread::imported(language, &content.bytes),
    };
    (look_into(path, language, &content, tokens), unmodelled)
}

fn look_into(path: &Name, language: Language, content: &Content, tokens: &select::Tokens) -> Looked {
    let Some(frameworks) = tokens.found(language, &content.bytes) else {
        return match language {
            Language::JavaScript => Looked::Idle(path.clone(), resolve::javascript::specifiers(&content.bytes)),
            Language::Python => Looked::Idle(path.clone(), resolve::python::imported(&content.bytes)),
            Language::Java => Looked::Idle(path.clone(), Vec::new()),
            Language::Go | Language::Rust => Looked::Nothing,
        };
    };
    match source_text(language, content) {
        Ok(text) => {
            let form = lower_file(path, &text).map(Arc::new);
            Looked::Form(path.clone(), language, form, frameworks)
        }
        Err(offset) => Looked::Problem(path.clone(), format!("not UTF-8 text (byte {offset})")),
    }
}

/// The text of a source file. Java, JavaScript and Python take sources of other encodings than UTF-8: what paths and names are made
/// of is the same in those that are in use, and what is not is U+FFFD here, so that a path with it is known to be unknown.
///
/// # Errors
/// The offset of the first byte that is not UTF-8 where the language takes nothing else, or where it is no text at all.
fn source_text(language: Language, content: &Content) -> Result<Cow<'_, str>, usize> {
    match (content.text(), language) {
        (Ok(text), _) => Ok(Cow::Borrowed(text)),
        (Err(_), Language::Java | Language::JavaScript | Language::Python) if !content.bytes.contains(&0) => {
            Ok(content.lossy())
        }
        (Err(offset), _) => Err(offset),
    }
}

/// Lowers a file by what its name says it is.
fn lower_file(path: &str, text: &str) -> Option<Module> {
    lower::lower(path, text)
}

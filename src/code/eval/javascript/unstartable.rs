//! Programs of JavaScript that cannot start: a module that they load first of all is not in the repository, while the package
//! starts another program of which all is there. They are what was left behind; what stands on their apps is answered by nobody.
//!
//! What may be there where the program runs (ignored, generated, configured), and what anything names to be run, is kept.
//!
//! A program that is called a stand-in (`scripts/mock-server.js`) is left out in the same way, where those that start the package do
//! not load it: it answers in the place of a service while that is developed or tested. So is an app that a function makes which a
//! file exports and nobody imports but tests: the package starts another one.

use std::collections::{BTreeMap, BTreeSet};

use super::super::machine::Machine;
use super::super::routes::reading::Reading;
use super::super::value::Spot;
use super::super::values::spelling::words;
use crate::code::form::{Arg, Block, Entry, Export, Expr, ExprKind, Item, Language, Module, Name, StmtKind};
use crate::code::resolve::{Target, imported};

/// Words of names of files and folders that call a program a stand-in.
const STAND_INS: &[&str] = &["fake", "fakes", "faked", "mock", "mocks", "mocked", "stub", "stubs", "stubbed"];
/// Words of a file that runs what it makes, or may be run by a platform.
const RUNS: &[&str] = &[
    ".listen(",
    "serve(",
    ".fetch",
    ".fire(",
    "handle(",
    ".request(",
    ".emit(",
    ".inject(",
    "handler =",
    "function handler",
    "lambda",
    "serverless",
    "onrequest",
];
/// The most files that one program loads.
const MOST_FILES: usize = 2_000;

/// What was found out of programs so far.
#[derive(Default)]
struct Programs {
    /// By the folder of a package: the first of the programs that start it of which all is there, and all files that such
    /// programs may load.
    whole: BTreeMap<String, Option<(Name, BTreeSet<Name>)>>,
    /// By the file that makes an app: why it cannot start.
    broken: BTreeMap<Name, Option<String>>,
    /// By the same, where it is made by a function that nobody calls: why nobody serves it.
    built: BTreeMap<Name, Option<String>>,
}

impl Machine<'_> {
    /// The apps among roots that are made by programs which cannot start, each with the reason.
    pub(in crate::code::eval) fn unstartable(&mut self, roots: &[usize]) -> BTreeMap<usize, String> {
        let made = |node: &usize| {
            let it = &self.forest.nodes[*node];
            let module = &self.modules[it.made.filter(|_| !it.entries.is_empty())?.0];
            (module.language == Language::JavaScript).then(|| (*node, module.path.clone()))
        };
        let apps: Vec<(usize, Name)> = roots.iter().filter_map(made).collect();
        let files: BTreeSet<&Name> = apps.iter().map(|(_, file)| file).collect();
        if files.len() < 2 {
            return BTreeMap::new();
        }
        let mut programs = Programs::default();
        let mut out = BTreeMap::new();
        for (node, file) in &apps {
            let why = match programs.broken.get(file) {
                Some(known) => known.clone(),
                None => {
                    let why = self.why_broken(file, &files, &mut programs);
                    programs.broken.insert(file.clone(), why.clone());
                    why
                }
            };
            let why = match why {
                None if self.forest.nodes[*node].uncalled && !self.forest.nodes[*node].served => {
                    self.why_unbuilt(file, &files, &mut programs)
                }
                why => why,
            };
            out.extend(why.map(|why| (*node, why)));
        }
        out
    }

    fn why_broken(&self, file: &Name, apps: &BTreeSet<&Name>, programs: &mut Programs) -> Option<String> {
        let (started, _) = self.started_without(file, apps, programs)?;
        if let Some(word) = stand_in(file) {
            return Some(format!("its program is called a {word}; the package starts {started}"));
        }
        let (from, source) = self.first_absent(file)?;
        if self.tree.is_named(file) {
            return None;
        }
        Some(format!(
            "its program cannot start: `{source}`, which {from} loads, is not there; the package starts {started}"
        ))
    }

    /// Why nobody serves what a function of a file makes that nobody calls: only tests can import the file, and it does not run
    /// what it makes.
    fn why_unbuilt(&mut self, file: &Name, apps: &BTreeSet<&Name>, programs: &mut Programs) -> Option<String> {
        if let Some(known) = programs.built.get(file) {
            return known.clone();
        }
        let started = self.started_without(file, apps, programs).map(|(started, _)| started.clone());
        let why = started.filter(|_| !self.is_imported(file) && !self.tree.is_named(file) && !self.may_run(file));
        let why = why.map(|started| format!("nothing but tests makes its app; the package starts {started}"));
        programs.built.insert(file.clone(), why.clone());
        why
    }

    /// Whether a file may run what it makes, or stand where platforms run files by themselves.
    fn may_run(&self, file: &Name) -> bool {
        let text = self.tree.text(file).unwrap_or_default().to_lowercase();
        super::unused::is_run_by_platforms(file) || RUNS.iter().any(|word| text.contains(word))
    }

    /// The first program that starts the package of a file, and all that those load which start it, where the file is none of
    /// that.
    fn started_without<'b>(
        &self,
        file: &Name,
        apps: &BTreeSet<&Name>,
        programs: &'b mut Programs,
    ) -> Option<&'b (Name, BTreeSet<Name>)> {
        let package = self.tree.package_of(file)?.to_owned();
        let whole = programs.whole.entry(package).or_insert_with_key(|package| self.whole_program(package, apps));
        whole.as_ref().filter(|(_, loaded)| !loaded.contains(file))
    }

    /// The first program that starts a package, of which all is there and which makes an app, with all that any of the
    /// programs that start it may load.
    fn whole_program(&self, package: &str, apps: &BTreeSet<&Name>) -> Option<(Name, BTreeSet<Name>)> {
        let started: Vec<Name> = self.tree.started(package).into_iter().map(Name::from).collect();
        let makes = |start: &Name| self.loaded_from(start).iter().any(|file| apps.contains(file));
        let whole = started.iter().find(|start| self.first_absent(start).is_none() && makes(start))?.clone();
        Some((whole, started.iter().flat_map(|start| self.loaded_from(start)).collect()))
    }

    /// All files that a file may load, at any time.
    fn loaded_from(&self, start: &Name) -> BTreeSet<Name> {
        let mut seen = BTreeSet::from([start.clone()]);
        let mut open = vec![start.clone()];
        while let Some(file) = open.pop().filter(|_| seen.len() < MOST_FILES) {
            let text = self.tree.text(&file).unwrap_or_default();
            for source in imported(&text) {
                if let Target::File(found) = self.tree.resolve(Language::JavaScript, &file, &source, 0)
                    && seen.insert(found.clone())
                {
                    open.push(found);
                }
            }
        }
        seen
    }

    /// The first module that a file, or what it loads in turn, cannot do without and which is not there: who loads it, and
    /// how it is called.
    fn first_absent(&self, start: &Name) -> Option<(Name, Name)> {
        let mut seen = BTreeSet::from([start.clone()]);
        let mut open = vec![start.clone()];
        while let Some(file) = open.pop().filter(|_| seen.len() < MOST_FILES) {
            let Some(form) = self.tree.form(&file) else { continue };
            for source in loads(&form) {
                match self.tree.resolve(Language::JavaScript, &file, &source, 0) {
                    Target::File(found) if seen.insert(found.clone()) => open.push(found),
                    Target::Outside(_) if self.tree.is_absent(&file, &source) => return Some((file, source)),
                    Target::File(_) | Target::Folder(_) | Target::Data(_) | Target::Outside(_) => {}
                }
            }
        }
        None
    }

    /// Keeps why nothing is answered that stands on apps whose programs cannot start, where explaining is asked for.
    pub(in crate::code::eval) fn explain_unstartable(&mut self, broken: &BTreeMap<usize, String>, reading: &Reading) {
        let Some(mut tracing) = self.tracing.take() else { return };
        let told: BTreeSet<Spot> = reading.found.iter().map(|found| found.spot).collect();
        for (root, why) in broken {
            let mut aside = Reading::default();
            self.read(*root, vec![String::new()], false, None, &mut aside);
            for found in aside.found.iter().filter(|found| !told.contains(&found.spot)) {
                tracing.left.insert(found.spot, why.clone());
            }
        }
        self.tracing = Some(tracing);
    }
}

/// The word of a path that calls a program a stand-in.
fn stand_in(path: &str) -> Option<&'static str> {
    let path = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let all = path.split('/').flat_map(words).collect::<Vec<_>>();
    STAND_INS.iter().copied().find(|word| all.iter().any(|own| own.eq_ignore_ascii_case(word)))
}

/// The modules that running a module loads for sure.
fn loads(form: &Module) -> Vec<Name> {
    let mut out = Vec::new();
    block(&form.body, &mut out);
    out
}

fn block(body: &Block, out: &mut Vec<Name>) {
    for stmt in body {
        statement(&stmt.kind, out);
    }
}

fn statement(kind: &StmtKind, out: &mut Vec<Name>) {
    match kind {
        StmtKind::Import(import) if !import.type_only => out.push(import.source.clone()),
        StmtKind::Export(Export::From(source, _) | Export::AllFrom(source)) => out.push(source.clone()),
        StmtKind::Export(Export::Declaration(inner)) => statement(&inner.kind, out),
        StmtKind::Export(Export::Default(value))
        | StmtKind::Expr(value)
        | StmtKind::Assign { value, .. }
        | StmtKind::Bind { value: Some(value), .. } => expression(value, out),
        // What is behind a condition, a `try` or a call may never be loaded.
        _ => {}
    }
}

fn expression(expr: &Expr, out: &mut Vec<Name>) {
    let items = |items: &[Item], out: &mut Vec<Name>| items.iter().for_each(|item| expression(&item.value, out));
    match &expr.kind {
        ExprKind::Call(call) => {
            match (&call.callee.kind, call.args.as_slice()) {
                (ExprKind::Name(name), [Arg { value: Expr { kind: ExprKind::Str(source), .. }, .. }])
                    if &**name == "require" =>
                {
                    out.push(source.clone());
                }
                _ => expression(&call.callee, out),
            }
            call.args.iter().for_each(|arg| expression(&arg.value, out));
        }
        ExprKind::Member(of, _) | ExprKind::Await(of) | ExprKind::Cast(of, _) => expression(of, out),
        ExprKind::List(all) => items(all, out),
        ExprKind::Map(all) => {
            for entry in all {
                match entry {
                    Entry::Pair(_, value) | Entry::Spread(value) => expression(value, out),
                }
            }
        }
        _ => {}
    }
}

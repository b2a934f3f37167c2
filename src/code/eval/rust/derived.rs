//! Attributes and derives of the project's own whose macros write routes: a macro that runs on tokens is not evaluated, so what
//! it registers is told as not known.

use std::collections::BTreeSet;

use super::super::machine::Machine;
use super::super::value::{ModuleId, Spot};
use crate::code::form::{Decorator, Export, ExprKind, Language, Name, Stmt, StmtKind};
use crate::code::select;

/// What a macro's body holds that writes routes.
const WRITES: &[&str] = &[
    ".route(",
    ".service(",
    "::Router",
    "::routing::",
    "web::resource",
    "web::scope",
    "ServiceConfig",
    "#[get(",
    "#[post(",
    "actix_web::get(",
    "rocket::get(",
];

/// More attributes are not told of.
const MOST: usize = 2_000;

impl Machine<'_> {
    /// Tells of items whose attributes or derives are macros of the project that write routes.
    pub(crate) fn tell_macros(&mut self) {
        let all = self.route_macros();
        if all.is_empty() {
            return;
        }
        let mut found: Vec<(Spot, Name)> = Vec::new();
        let mut seen = BTreeSet::new();
        for index in 0..self.modules.len() {
            let path = self.modules[index].path.clone();
            if self.modules[index].language != Language::Rust || !seen.insert(path.clone()) {
                continue;
            }
            if let Some(form) = self.tree.form(&path) {
                attributes_in(&form.body, ModuleId(index), &all, &mut found);
            }
        }
        for (spot, name) in found.into_iter().take(MOST) {
            self.note(spot, format!("what the macro `{name}` registers here is not known"));
        }
    }

    /// The attributes and derives that the project defines and whose text, or that of a module that it names, writes routes.
    fn route_macros(&mut self) -> BTreeSet<Name> {
        let sources = self.tree.files().filter(|path| path.ends_with(".rs") && select::is_own_source(path));
        let sources: Vec<Name> = sources.cloned().collect();
        let mut out = BTreeSet::new();
        for path in &sources {
            let Some(text) = self.tree.text(path) else { continue };
            let mut pieces = text.split("#[proc_macro");
            pieces.next();
            for piece in pieces {
                let Some(name) = macro_name(piece) else { continue };
                if self.writes_routes(path, piece, &sources) {
                    out.insert(name);
                }
            }
        }
        out
    }

    fn writes_routes(&self, path: &Name, body: &str, sources: &[Name]) -> bool {
        let writes =
            |text: &str| quoted(text).any(|code| WRITES.iter().any(|word| code.replace(' ', "").contains(word)));
        if writes(body) {
            return true;
        }
        // What it calls in its crate.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let calls: BTreeSet<&str> = body
            .match_indices('(')
            .filter_map(|(at, _)| {
                let before = &body[..at];
                let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
                Some(&before[start..]).filter(|name| name.len() > 2)
            })
            .collect();
        sources.iter().filter(|other| *other != path && other.starts_with(folder)).any(|other| {
            self.tree
                .text(other)
                .is_some_and(|text| writes(&text) && calls.iter().any(|name| text.contains(&format!("fn {name}("))))
        })
    }
}

/// The code that the `quote!`s of a text write.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("quote").filter_map(|(at, word)| {
        let rest = text.get(at + word.len()..)?;
        let rest = rest.strip_prefix("_spanned").unwrap_or(rest).strip_prefix('!')?.trim_start();
        let mut depth = 0_usize;
        let end = rest.find(|c: char| {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })?;
        rest.get(..end)
    })
}

/// The name of a macro, from what stands behind `#[proc_macro`.
fn macro_name(piece: &str) -> Option<Name> {
    let word = |text: &str| {
        let text = text.trim_start();
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
        (end > 0).then(|| Name::from(&text[..end]))
    };
    if let Some(rest) = piece.strip_prefix("_derive(") {
        return word(rest);
    }
    let rest = piece.strip_prefix("_attribute")?;
    word(rest.split_once("fn ")?.1)
}

fn attributes_in(body: &[Stmt], id: ModuleId, all: &BTreeSet<Name>, found: &mut Vec<(Spot, Name)>) {
    for stmt in body {
        let mut stmt = stmt;
        while let StmtKind::Perhaps(inner) | StmtKind::Export(Export::Declaration(inner)) = &stmt.kind {
            stmt = inner;
        }
        let decorators: &[Decorator] = match &stmt.kind {
            StmtKind::Function(function) => &function.decorators,
            StmtKind::Class(class) => &class.decorators,
            StmtKind::Extend(extension) => &extension.decorators,
            StmtKind::Module { attributes, body, .. } => {
                attributes_in(body.as_deref().unwrap_or_default(), id, all, found);
                attributes
            }
            _ => continue,
        };
        for decorator in decorators {
            let spot = Spot { module: id, line: decorator.pos.line };
            found.extend(named_by(decorator).into_iter().filter(|name| all.contains(name)).map(|name| (spot, name)));
        }
    }
}

/// The macros that an attribute names: itself, or what it derives.
fn named_by(decorator: &Decorator) -> Vec<Name> {
    let last = |kind: &ExprKind| match kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Path(path) => path.last().cloned(),
        _ => None,
    };
    match &decorator.expr.kind {
        ExprKind::Call(call) => match last(&call.callee.kind) {
            Some(name) if &*name == "derive" => call.args.iter().filter_map(|arg| last(&arg.value.kind)).collect(),
            name => name.into_iter().collect(),
        },
        kind => last(kind).into_iter().collect(),
    }
}

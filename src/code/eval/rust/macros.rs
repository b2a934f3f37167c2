//! Macro calls: the project's own are expanded, what others mean is a model's.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::machine::{Flow, Machine};
use super::super::scope::{Scope, ScopeKind, ScopeRef, find};
use super::super::value::{Args, Spot, Value};
use super::macro_name;
use crate::code::form::{Block, Expr, ExprKind, Language, MacroCall, MacroRules, Name, Pattern, Stmt, StmtKind};
use crate::code::holes::has_hole;
use crate::code::lower::rust::expand;
use crate::code::select;

/// Macros of the language and of libraries that are everywhere: no file of the project is looked for.
const COMMON: &[&str] = &[
    "println",
    "print",
    "eprintln",
    "eprint",
    "format",
    "format_args",
    "vec",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "write",
    "writeln",
    "todo",
    "unimplemented",
    "unreachable",
    "matches",
    "dbg",
    "include_str",
    "include_bytes",
    "concat",
    "env",
    "option_env",
    "stringify",
    "json",
    "info",
    "debug",
    "warn",
    "error",
    "trace",
    "select",
    "join",
    "try_join",
    "bail",
    "ensure",
    "anyhow",
    "span",
    "instrument",
    "query",
    "query_as",
    "query_scalar",
    "routes",
    "path",
    "line",
    "file",
    "column",
    "cfg",
    "compile_error",
    "thread_local",
    "lazy_static",
    "doc",
    "html",
    "params",
    "hashmap",
];

/// The most files that submit something to `inventory`.
const MOST_SUBMITTING: usize = 500;
/// The most expansions of one run.
const MOST: usize = 20_000;

impl Machine<'_> {
    /// A macro of the project's own.
    pub(crate) fn note_macro(&mut self, rules: &Arc<MacroRules>, scope: &ScopeRef) {
        let known = self.rust.macros.entry(rules.name.clone()).or_default();
        if !known.iter().any(|(_, other)| Arc::ptr_eq(other, rules)) {
            known.push((scope.module, rules.clone()));
        }
    }

    /// A macro call as a value.
    pub(crate) fn macro_call(&mut self, call: &MacroCall, scope: &ScopeRef, line: u32) -> Value {
        if let Some(rules) = self.own_macro(call, scope).or_else(|| self.library_macro(call, scope)) {
            let Some(block) = self.expanded(&rules, &call.tokens, false, line) else {
                return Value::unknown();
            };
            let inner = Scope::inside(scope, ScopeKind::Block);
            return self.block_value(&block, &inner);
        }
        let mut args = self.arguments(&call.args, scope);
        let spot = Spot { module: scope.module, line };
        let last = call.path.last().map_or("", |name| &**name);
        match last {
            "format" | "format_args" | "write" => {
                // What is written into something is what that is to whoever shows a value.
                if last == "write" && !args.list.is_empty() {
                    args.list.remove(0);
                }
                if args.list.is_empty() {
                    return Value::unknown();
                }
                let Some(text) = args.list.remove(0).as_text() else { return Value::unknown() };
                self.name_fields(&text, &mut args, scope);
                let values = args.list.iter_mut().chain(args.named.iter_mut().map(|(_, value)| value));
                for value in values {
                    if let Some(shown) = self.displayed(value, spot) {
                        *value = shown;
                    }
                }
                self.format(&text, &args)
            }
            "matches" => {
                self.ask_about(&args.at(0));
                Value::unknown()
            }
            "concat" => self.join_items("", &args.list),
            "stringify" => Value::text(call.tokens.split_whitespace().collect::<Vec<_>>().join(" ")),
            "vec" if args.list.is_empty() && !call.tokens.trim().is_empty() => {
                Value::list_of(super::super::value::ListKind::List, Vec::new(), true)
            }
            "vec" => Value::list(args.list),
            _ => {
                let path = self.macro_path(call, scope);
                let modelled = self.models.functions.contains_key(&format!("{path}!"));
                if !modelled && !COMMON.contains(&last) && args.list.iter().any(takes_routes) {
                    self.note(
                        spot,
                        format!("what the macro `{last}` registers here is not known: it is not in the repository"),
                    );
                }
                args.named.push(("tokens".into(), Value::Str(call.tokens.clone())));
                self.call_path(&format!("{path}!").into(), args, spot)
            }
        }
    }

    /// A call of a macro of the project's as a statement: what it binds under names that it is given stays bound.
    pub(crate) fn macro_statement(&mut self, expr: &Expr, scope: &ScopeRef) -> Option<Flow> {
        let ExprKind::Macro(call) = &expr.kind else { return None };
        let rules = self.own_macro(call, scope).or_else(|| self.library_macro(call, scope))?;
        let block = self.expanded(&rules, &call.tokens, false, expr.pos.line)?;
        let inner = Scope::inside(scope, ScopeKind::Block);
        let flow = self.block(&block, &inner);
        let bound = inner.names.borrow().clone();
        for (name, value) in bound {
            let given = |word: &str| word == &*name;
            if call.tokens.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(given) {
                self.set_in(scope, &name, value);
            }
        }
        Some(flow)
    }

    /// Names in a format string that stand for what is bound around it.
    fn name_fields(&mut self, text: &str, args: &mut Args, scope: &ScopeRef) {
        let bare = text.replace("{{", "").replace("}}", "");
        for field in bare.split('{').skip(1) {
            let name = field.split(['}', ':']).next().unwrap_or("");
            let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            if word
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && !args.named.iter().any(|(key, _)| &**key == name)
            {
                let name: Name = name.into();
                let value = self.name(&name, scope);
                args.named.push((name, value));
            }
        }
    }

    /// The path of a macro: what its name is imported as.
    fn macro_path(&mut self, call: &MacroCall, scope: &ScopeRef) -> String {
        let written = || call.path.iter().map(|name| &**name).collect::<Vec<_>>().join(".");
        let apart = match &*call.path {
            [only] => Some(macro_name(only)).filter(|name| find(scope, name, false).is_some()),
            _ => None,
        };
        let value = match &apart {
            Some(name) => self.path(std::slice::from_ref(name), scope),
            None => self.path(&call.path, scope),
        };
        match value {
            Value::Unknown(path) if !path.is_empty() && !path.contains("()") => path.to_string(),
            _ => written(),
        }
    }

    fn own_macro(&mut self, call: &MacroCall, scope: &ScopeRef) -> Option<Arc<MacroRules>> {
        let name = call.path.last()?;
        if !self.rust.macros.contains_key(name) {
            self.load_macro(name);
        }
        let known = self.rust.macros.get(name)?;
        let file = &self.modules[scope.module.0].path;
        let near = known.iter().rev().find(|(module, _)| self.modules[module.0].path == *file);
        near.or_else(|| known.last()).map(|(_, rules)| rules.clone())
    }

    /// A macro whose rules a model has.
    fn library_macro(&mut self, call: &MacroCall, scope: &ScopeRef) -> Option<Arc<MacroRules>> {
        let last = call.path.last()?;
        if self.models.macros.values().all(|rules| rules.name != *last) {
            return None;
        }
        let path = self.macro_path(call, scope);
        self.models.macros.get(&path).cloned()
    }

    /// Loads the files that define a macro of a name: an exported one is seen where nothing names its module.
    fn load_macro(&mut self, name: &Name) {
        if COMMON.contains(&&**name) {
            return;
        }
        if self.rust.macro_files.is_none() {
            let mut all: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
            let sources = self.tree.files().filter(|path| path.ends_with(".rs") && select::is_own_source(path));
            for path in sources.cloned().collect::<Vec<_>>() {
                let Some(text) = self.tree.text(&path) else { continue };
                for (at, word) in text.match_indices("macro_rules!") {
                    let rest = text.get(at + word.len()..).unwrap_or_default().trim_start();
                    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                    let files = all.entry(rest.get(..end).unwrap_or_default().into()).or_default();
                    if !files.contains(&path) {
                        files.push(path.clone());
                    }
                }
            }
            self.rust.macro_files = Some(all);
        }
        let files = self.rust.macro_files.as_ref().and_then(|all| all.get(name)).cloned().unwrap_or_default();
        for path in files {
            let id = self.module_of(&path, Language::Rust);
            self.load(id);
        }
    }

    fn expanded(&mut self, rules: &Arc<MacroRules>, tokens: &Name, items: bool, line: u32) -> Option<Arc<Block>> {
        let key = (Arc::as_ptr(rules).addr(), tokens.clone(), items, line);
        if let Some(done) = self.rust.expansions.get(&key) {
            return done.clone();
        }
        if self.rust.expansions.len() >= MOST || !self.tick() {
            return None;
        }
        let block = expand(rules, tokens, items, line).map(|(block, length)| {
            self.spend(length);
            Arc::new(block)
        });
        self.rust.expansions.insert(key, block.clone());
        block
    }

    /// Whether statements in a scope are items, which are bound before anything runs.
    pub(crate) fn is_rust_item(&self, scope: &ScopeRef) -> bool {
        scope.kind == ScopeKind::Module && self.language(scope) == crate::code::form::Language::Rust
    }

    /// Binds constants and statics and expands macros that stand as items. A constant may come before what it names.
    pub(crate) fn rust_items(&mut self, body: &[Stmt], scope: &ScopeRef) {
        for stmt in body {
            self.rust_item(stmt, scope);
        }
        for stmt in body {
            if let StmtKind::Bind { target: Pattern::Name(name, _), value: Some(value), .. } = &stmt.kind
                && is_plain(value)
                && scope.own(name).is_none_or(|value| match value {
                    Value::Unknown(_) => true,
                    Value::Str(text) => has_hole(&text),
                    _ => false,
                })
            {
                self.rust_item(stmt, scope);
            }
        }
    }

    /// The members that macros in an implementation write.
    pub(crate) fn macro_members(&mut self, body: &[Stmt], scope: &ScopeRef) -> Vec<Arc<Block>> {
        let mut out = Vec::new();
        for stmt in body {
            if let StmtKind::Expr(Expr { kind: ExprKind::Macro(call), pos }) = &stmt.kind
                && let Some(rules) = self.own_macro(call, scope)
                && let Some(block) = self.expanded(&rules, &call.tokens, true, pos.line)
            {
                out.push(block);
            }
        }
        out
    }

    /// Binds the constants that functions of the project's types make: those functions are known only now.
    pub(crate) fn rust_constants(&mut self, body: &[Stmt], scope: &ScopeRef) {
        for stmt in body {
            let StmtKind::Bind { target: Pattern::Name(name, _), value: Some(value), .. } = &stmt.kind else {
                continue;
            };
            let ExprKind::Call(call) = &value.kind else { continue };
            let waits = match scope.own(name) {
                Some(Value::Unknown(_)) => true,
                // What only its type tells.
                Some(Value::Object(it)) => {
                    let has_fields = it.class.as_ref().is_some_and(|class| !class.class.fields.is_empty());
                    has_fields && it.members.pairs().is_empty()
                }
                _ => false,
            };
            let path = match &call.callee.kind {
                ExprKind::Path(path) => path.clone(),
                ExprKind::Name(name) => vec![name.clone()],
                _ => continue,
            };
            if waits && (is_lazy(&path) || matches!(self.path(&path, scope), Value::Function(_) | Value::Bound(_))) {
                self.rust_item(stmt, scope);
            }
        }
    }

    /// The values that the project's code submits to `inventory`, of a type.
    pub(super) fn submitted(&mut self, wanted: &Value) -> Value {
        if self.rust.submitting.is_none() {
            let sources = self.tree.files().filter(|path| path.ends_with(".rs") && select::is_own_source(path));
            let says = |path: &&Name| self.tree.text(path).is_some_and(|text| text.contains("inventory::submit"));
            let files: Vec<Name> = sources.filter(says).take(MOST_SUBMITTING).cloned().collect();
            self.rust.submitting = Some(Vec::new());
            for path in files {
                let id = self.module_of(&path, Language::Rust);
                self.load(id);
                let Some(form) = self.tree.form(&path) else { continue };
                let scope = self.modules[id.0].scope.clone();
                self.submit(&form.body, &scope);
            }
        }
        let all = self.rust.submitting.clone().unwrap_or_default();
        let of_type = |value: &Value| match (value, wanted) {
            (Value::Object(it), Value::Class(wanted)) => {
                it.class.as_ref().is_some_and(|class| Arc::ptr_eq(&class.class, &wanted.class))
            }
            _ => wanted.is_unknown(),
        };
        Value::list(all.into_iter().filter(of_type).collect())
    }

    fn submit(&mut self, body: &[Stmt], scope: &ScopeRef) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Expr(Expr { kind: ExprKind::Macro(call), .. }) if matches!(call.path.as_slice(), [.., library, name] if &**library == "inventory" && &**name == "submit") =>
                {
                    let args = self.arguments(&call.args, scope);
                    if let Some(all) = &mut self.rust.submitting {
                        all.extend(args.list);
                    }
                }
                StmtKind::Perhaps(inner) => self.submit(std::slice::from_ref(inner), scope),
                _ => {}
            }
        }
    }

    fn rust_item(&mut self, stmt: &Stmt, scope: &ScopeRef) {
        match &stmt.kind {
            StmtKind::Bind { target, ty, value } => {
                self.rust.expected = ty.clone().map(|ty| (ty, scope.clone()));
                let value = value.as_ref().map_or(Value::Undefined, |value| self.eval(value, scope));
                let value = match (&value, ty) {
                    (Value::Unknown(_), Some(ty)) => self.typed(ty, scope).unwrap_or(value),
                    _ => value,
                };
                self.bind(target, value, scope, true);
            }
            StmtKind::Perhaps(inner) => {
                if let StmtKind::Bind { target: Pattern::Name(name, _), .. } = &inner.kind {
                    let old = scope.own(name);
                    self.conditional += 1;
                    self.rust_item(inner, scope);
                    self.conditional -= 1;
                    if let (Some(old), Some(new)) = (old, scope.own(name)) {
                        self.set_in(scope, name, old.join(new));
                    }
                }
            }
            StmtKind::Expr(Expr { kind: ExprKind::Macro(call), pos }) => {
                if let ([only], Some(arg)) = (call.path.as_slice(), call.args.first())
                    && &**only == "include"
                    && let ExprKind::Str(path) = &arg.value.kind
                {
                    return self.rust_include(path, scope);
                }
                let Some(rules) = self.own_macro(call, scope) else { return };
                if self.loading > 100 || self.nesting > self.limits.nesting {
                    return;
                }
                if let Some(block) = self.expanded(&rules, &call.tokens, true, pos.line) {
                    self.nesting += 1;
                    self.block(&block, scope);
                    self.nesting -= 1;
                }
            }
            _ => {}
        }
    }
}

/// Whether a value is something that others register on or mount things on.
pub(super) fn takes_routes(value: &Value) -> bool {
    let Value::Object(it) = value else { return false };
    let model = it.model.borrow();
    model.as_ref().is_some_and(|model| {
        let takes =
            |action: &std::sync::Arc<crate::code::models::Action>| action.route.is_some() || action.mount.is_some();
        !model.ty.part && model.ty.members.values().any(takes)
    })
}

/// Whether a path is that of what makes a value when it is first asked for.
fn is_lazy(path: &[Name]) -> bool {
    matches!(path, [.., owner, last] if matches!(&**owner, "Lazy" | "LazyLock") && &**last == "new")
}

/// Whether evaluating twice does nothing: names, text, and what puts them together.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Path(_) | ExprKind::Str(_) => true,
        ExprKind::Binary(_, left, right) => is_plain(left) && is_plain(right),
        ExprKind::Macro(call) => call.path.last().is_some_and(|name| &**name == "concat"),
        ExprKind::List(items) => items.iter().all(|item| is_plain(&item.value)),
        _ => false,
    }
}

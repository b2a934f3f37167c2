//! Files: the package clause, imports, functions, variables and constants.

use super::super::reader::{children, fields};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Block, Expr, ExprKind, Extension, Function, FunctionKind, Import, ImportName, Imported, Item, Name, Pattern,
    PatternItem, Spread, Stmt, StmtKind,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn package(&self, root: Node<'_>) -> Option<Name> {
        let clause = children(root).into_iter().find(|child| child.kind() == "package_clause")?;
        children(clause).first().map(|name| self.name(*name))
    }

    pub(super) fn file(&mut self, root: Node<'_>) -> Block {
        let mut out = Block::new();
        for child in children(root) {
            match child.kind() {
                "package_clause" => {}
                "import_declaration" => self.imports(child, &mut out),
                "function_declaration" => {
                    let function = self.function(child, FunctionKind::Plain);
                    self.push(child, StmtKind::Function(Arc::new(function)), &mut out);
                }
                "method_declaration" => self.method(child, &mut out),
                _ => self.statement(child, &mut out),
            }
        }
        out
    }

    fn imports(&mut self, node: Node<'_>, out: &mut Block) {
        for child in children(node) {
            if child.kind() == "import_spec_list" {
                self.imports(child, out);
                continue;
            }
            let Some(path) = child.child_by_field_name("path") else { continue };
            let source = self.string(path);
            let alias = child.child_by_field_name("name");
            let names = match alias.map(|alias| (alias.kind(), alias)) {
                Some(("blank_identifier", _)) => Vec::new(),
                Some(("dot", at)) => {
                    vec![ImportName { what: Imported::All, alias: "*".into(), pos: self.pos(at) }]
                }
                Some((_, at)) => {
                    vec![ImportName { what: Imported::Module, alias: self.name(at), pos: self.pos(at) }]
                }
                None => vec![ImportName { what: Imported::Module, alias: usual_name(&source), pos: self.pos(path) }],
            };
            self.push(child, StmtKind::Import(Import { source, level: 0, names, type_only: false }), out);
        }
    }

    /// A function; its results that have names are bound first.
    pub(super) fn function(&mut self, node: Node<'_>, kind: FunctionKind) -> Function {
        let name = node.child_by_field_name("name");
        let params = node.child_by_field_name("parameters").map(|list| self.params(list)).unwrap_or_default();
        let returns = self.result(node);
        let mut body = Block::new();
        let named = self.named_results(node, &mut body);
        self.results.push(named);
        if let Some(block) = node.child_by_field_name("body") {
            self.statements(block, &mut body);
        }
        let named = self.results.pop().unwrap_or_default();
        let open = !matches!(body.last().map(|last| &last.kind), Some(StmtKind::Return(_) | StmtKind::Throw));
        if open && !named.is_empty() {
            let value = self.results_value(node, &named);
            self.push(node, StmtKind::Return(value), &mut body);
        }
        let is_public = name.is_some_and(|name| self.text(name).starts_with(char::is_uppercase));
        Function {
            name: name.map(|name| self.name(name)),
            params,
            receiver: None,
            body,
            decorators: Vec::new(),
            returns,
            kind,
            is_async: false,
            parameters: Vec::new(),
            is_generator: false,
            is_public,
            pos: self.pos(name.unwrap_or(node)),
        }
    }

    fn named_results(&mut self, node: Node<'_>, body: &mut Block) -> Vec<Name> {
        let Some(list) = node.child_by_field_name("result").filter(|list| list.kind() == "parameter_list") else {
            return Vec::new();
        };
        let mut names = Vec::new();
        for child in children(list) {
            let Some(ty) = child.child_by_field_name("type") else { continue };
            for name in fields(child, "name") {
                let ty = Some(self.ty(ty));
                let target = self.target(name);
                names.push(self.name(name));
                self.push(name, StmtKind::Bind { target, ty, value: None }, body);
            }
        }
        names
    }

    /// What the results that have names come to.
    pub(super) fn results_value(&self, node: Node<'_>, names: &[Name]) -> Option<Expr> {
        let value = |name: &Name| self.at(node, ExprKind::Name(name.clone()));
        match names {
            [] => None,
            [one] => Some(value(one)),
            many => {
                let items = many.iter().map(|name| Item { spread: Spread::No, value: value(name) }).collect();
                Some(self.at(node, ExprKind::Tuple(items)))
            }
        }
    }

    /// A method extends the type of its receiver.
    fn method(&mut self, node: Node<'_>, out: &mut Block) {
        let receiver = node.child_by_field_name("receiver").map(|list| self.params(list)).unwrap_or_default();
        let Some(receiver) = receiver.into_iter().next() else { return };
        let Some(target) = receiver.ty.clone() else { return };
        let mut function = self.function(node, FunctionKind::Method);
        function.receiver = Some(receiver);
        let body = vec![Stmt { kind: StmtKind::Function(Arc::new(function)), pos: self.pos(node) }];
        let extension = Extension { target, parameters: Vec::new(), implements: None, body, decorators: Vec::new() };
        self.push(node, StmtKind::Extend(Arc::new(extension)), out);
    }

    /// `var a, b T = x, y`, alone or in brackets.
    pub(super) fn variables(&mut self, node: Node<'_>, out: &mut Block) {
        for spec in children(node) {
            if spec.kind() == "var_spec_list" {
                self.variables(spec, out);
                continue;
            }
            let ty = spec.child_by_field_name("type");
            let names = fields(spec, "name");
            match spec.child_by_field_name("value") {
                Some(values) => {
                    let ty = ty.map(|ty| self.ty(ty));
                    self.declare(spec, &names, values, ty, out);
                }
                None => {
                    for name in names {
                        let ty = ty.map(|ty| self.ty(ty));
                        let target = self.target(name);
                        self.push(name, StmtKind::Bind { target, ty, value: None }, out);
                    }
                }
            }
        }
    }

    /// As many names as values are bound one by one; several names of one value share it.
    fn declare(
        &mut self,
        node: Node<'_>,
        names: &[Node<'_>],
        values: Node<'_>,
        ty: Option<crate::code::form::TypeRef>,
        out: &mut Block,
    ) {
        let all = children(values);
        if all.len() == names.len() {
            for (name, value) in names.iter().zip(all) {
                let value = Some(self.expr(value));
                let target = self.target(*name);
                self.push(*name, StmtKind::Bind { target, ty: ty.clone(), value }, out);
            }
            return;
        }
        let value = self.several(values, names.len());
        let target = self.targets(names);
        self.push(node, StmtKind::Bind { target, ty: None, value: Some(value) }, out);
    }

    /// Constants: one without a value repeats the one before, with its own `iota`.
    pub(super) fn constants(&mut self, node: Node<'_>, out: &mut Block) {
        let mut last = None;
        let outer = self.iota;
        let specs = children(node).into_iter().filter(|child| child.kind() == "const_spec");
        for (at, spec) in specs.enumerate() {
            self.iota = i64::try_from(at).ok();
            let values = spec.child_by_field_name("value").or(last);
            last = values;
            let names: Vec<Node<'_>> =
                fields(spec, "name").into_iter().filter(|name| name.kind() == "identifier").collect();
            match values {
                Some(values) => self.declare(spec, &names, values, None, out),
                None => {
                    for name in names {
                        let target = self.target(name);
                        self.push(name, StmtKind::Bind { target, ty: None, value: None }, out);
                    }
                }
            }
        }
        self.iota = outer;
    }

    pub(super) fn target(&self, name: Node<'_>) -> Pattern {
        match self.text(name) {
            "_" => Pattern::Ignore,
            _ => Pattern::Name(self.name(name), self.pos(name)),
        }
    }

    pub(super) fn targets(&self, names: &[Node<'_>]) -> Pattern {
        match names {
            [one] => self.target(*one),
            many => {
                let item = |name: &Node<'_>| PatternItem { target: self.target(*name), default: None, rest: false };
                Pattern::List(many.iter().map(item).collect())
            }
        }
    }
}

/// What a package is usually called, by its path: the last segment that is no version, without `go-` and `-go`.
fn usual_name(path: &str) -> Name {
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let last = path.rsplit('/').find(|part| !is_version(part)).unwrap_or(path);
    let last = last.rsplit_once(".v").filter(|(_, rest)| rest.parse::<u32>().is_ok()).map_or(last, |(name, _)| name);
    // A domain alone: `goji.io`.
    let last = if last == path { last.split('.').next().unwrap_or(last) } else { last };
    let last = last.strip_prefix("go-").or_else(|| last.strip_suffix("-go")).unwrap_or(last);
    last.into()
}

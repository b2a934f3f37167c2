//! Functions, arrow functions, methods, and their parameters.

use super::super::reader::{children, fields, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Decorator, Function, FunctionKind, Name, Param, ParamKind, Pattern, Stmt, StmtKind};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn function_declaration(&mut self, node: Node<'_>, is_public: bool, out: &mut Block) {
        let name = node.child_by_field_name("name").map(|name| self.name(name));
        let function = self.function_of(node, name, FunctionKind::Plain, Vec::new(), is_public);
        self.push(node, StmtKind::Function(function), out);
    }

    /// A function expression, generator or arrow function.
    pub(super) fn function(&mut self, node: Node<'_>) -> Arc<Function> {
        let name = node.child_by_field_name("name").map(|name| self.name(name));
        let kind = if node.kind() == "arrow_function" { FunctionKind::Lexical } else { FunctionKind::Plain };
        self.function_of(node, name, kind, Vec::new(), false)
    }

    /// A method of a class or an object literal. A computed name is none; so is a setter's, which nothing calls.
    pub(super) fn method(&mut self, node: Node<'_>, decorators: Vec<Decorator>) -> Arc<Function> {
        let name = node.child_by_field_name("name").and_then(|name| self.plain_key(name));
        let is_static = has(node, "static");
        let kind = if has(node, "get") {
            FunctionKind::Getter
        } else if is_static {
            FunctionKind::Static
        } else if name.as_deref() == Some("constructor") {
            FunctionKind::Constructor
        } else {
            FunctionKind::Method
        };
        let name = if has(node, "set") { None } else { name };
        self.function_of(node, name, kind, decorators, true)
    }

    fn function_of(
        &mut self,
        node: Node<'_>,
        name: Option<Name>,
        kind: FunctionKind,
        decorators: Vec<Decorator>,
        is_public: bool,
    ) -> Arc<Function> {
        let params = match (node.child_by_field_name("parameters"), node.child_by_field_name("parameter")) {
            (Some(list), _) => children(list).into_iter().filter_map(|param| self.param(param)).collect(),
            (None, Some(single)) => vec![plain(self.pattern(single))],
            (None, None) => Vec::new(),
        };
        let body = match node.child_by_field_name("body") {
            Some(body) if body.kind() == "statement_block" => self.block(body),
            Some(value) => {
                let kind = StmtKind::Return(Some(self.expr(value)));
                vec![Stmt { kind, pos: self.pos(value) }]
            }
            None => Block::new(),
        };
        Arc::new(Function {
            params,
            receiver: None,
            body,
            decorators,
            returns: node.child_by_field_name("return_type").map(|ty| self.annotation(ty)),
            kind,
            is_async: has(node, "async"),
            parameters: Vec::new(),
            is_generator: has(node, "*") || node.kind().starts_with("generator"),
            is_public,
            pos: self.pos(node.child_by_field_name("name").unwrap_or(node)),
            name,
        })
    }

    /// A parameter; TypeScript's `this` is none.
    fn param(&mut self, node: Node<'_>) -> Option<Param> {
        if !matches!(node.kind(), "required_parameter" | "optional_parameter") {
            return Some(self.bare_param(node));
        }
        let pattern = node.child_by_field_name("pattern").or_else(|| node.child_by_field_name("name"))?;
        if pattern.kind() == "this" {
            return None;
        }
        let mut param = self.bare_param(pattern);
        if let Some(value) = node.child_by_field_name("value") {
            param.default = Some(self.expr(value));
        }
        param.ty = node.child_by_field_name("type").map(|ty| self.annotation(ty));
        param.decorators = fields(node, "decorator").into_iter().map(|decorator| self.decorator(decorator)).collect();
        param.is_field = ["accessibility_modifier", "readonly", "override_modifier"].iter().any(|word| has(node, word));
        Some(param)
    }

    fn bare_param(&mut self, node: Node<'_>) -> Param {
        if let Some(target) = self.rest_target(node) {
            return Param { kind: ParamKind::Rest, ..plain(target) };
        }
        let (target, default) = self.with_default(node);
        Param { default, ..plain(target) }
    }
}

/// A parameter that is nothing but its target.
fn plain(target: Pattern) -> Param {
    Param { target, default: None, kind: ParamKind::Plain, ty: None, decorators: Vec::new(), is_field: false }
}

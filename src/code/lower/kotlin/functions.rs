//! Functions, their parameters, and lambdas.

use super::super::reader::{all_children, children};
use super::types::TYPES;
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Block, Expr, ExprKind, Function, FunctionKind, Name, Param, ParamKind, Pattern, PatternItem, Stmt, StmtKind,
    TypeRef,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// A function. One for a type that is declared elsewhere has that type's value as its receiver.
    pub(super) fn function(&mut self, node: Node<'_>, kind: FunctionKind) -> Function {
        let name = node.child_by_field_name("name");
        let before = |child: &Node<'_>| name.is_some_and(|name| child.end_byte() <= name.start_byte());
        let types: Vec<_> = children(node).into_iter().filter(|child| TYPES.contains(&child.kind())).collect();
        let receiver = types.iter().copied().find(before).map(|ty| {
            let target = Pattern::Name("this".into(), self.pos(ty));
            plain(target, Some(self.ty(ty)))
        });
        let context = self.context_of(node);
        let returns = types.iter().copied().find(|child| !before(child)).map(|ty| self.ty(ty));
        let params = self.params_in(node);
        let body = children(node).into_iter().find(|child| child.kind() == "function_body");
        let label = match receiver {
            Some(_) => name.map(|name| self.name(name)),
            None => self.within.clone(),
        };
        let body = body.map(|body| self.labelled(body, label, |lowering| lowering.function_body(body)));
        Function {
            name: name.map(|name| self.name(name)),
            params,
            receiver: receiver.or(context),
            body: match body {
                Some(body) => self.returning(body, returns.as_ref()),
                None => {
                    let value = self.unknown(node);
                    vec![Stmt { pos: value.pos, kind: StmtKind::Return(Some(value)) }]
                }
            },
            decorators: self.annotations(node),
            returns,
            kind,
            is_async: self.is(node, "suspend"),
            parameters: self.type_parameters(node),
            is_generator: false,
            is_public: !self.is(node, "private"),
            pos: self.pos(name.unwrap_or(node)),
        }
    }

    /// The names of a function's type parameters.
    fn type_parameters(&self, node: Node<'_>) -> Vec<Name> {
        let list = children(node).into_iter().find(|child| child.kind() == "type_parameters");
        let all = list.map(children).unwrap_or_default().into_iter().filter(|child| child.kind() == "type_parameter");
        let names = all.flat_map(|one| children(one).into_iter().find(|child| child.kind() == "identifier"));
        names.map(|name| self.name(name)).collect()
    }

    /// `= value` is returned.
    pub(super) fn function_body(&mut self, node: Node<'_>) -> Block {
        let outer = std::mem::replace(&mut self.in_lambda, false);
        let body = self.function_block(node);
        self.in_lambda = outer;
        body
    }

    fn function_block(&mut self, node: Node<'_>) -> Block {
        match self.part(node) {
            Some(block) if block.kind() == "block" => self.block(block),
            Some(value) => {
                let value = self.expr(value);
                vec![Stmt { pos: value.pos, kind: StmtKind::Return(Some(value)) }]
            }
            None => Block::new(),
        }
    }

    /// A function without a name.
    pub(super) fn anonymous(&mut self, node: Node<'_>) -> ExprKind {
        let params = self.params_in(node);
        let body = children(node).into_iter().find(|child| child.kind() == "function_body");
        let body = body.map(|body| self.function_body(body)).unwrap_or_default();
        let mut function = self.made(node, None, params, body, FunctionKind::Lexical);
        function.receiver = self.receiver_before(node);
        ExprKind::Function(Arc::new(function))
    }

    /// What a function without a name is called on: the type that stands before its parameters.
    fn receiver_before(&mut self, node: Node<'_>) -> Option<Param> {
        let before = children(node).into_iter().take_while(|child| child.kind() != "function_value_parameters");
        let ty = before.into_iter().find(|child| TYPES.contains(&child.kind()))?;
        let target = Pattern::Name("this".into(), self.pos(ty));
        Some(plain(target, Some(self.ty(ty))))
    }

    /// The parameters of a function.
    pub(super) fn params_in(&mut self, node: Node<'_>) -> Vec<Param> {
        let list = children(node).into_iter().find(|child| child.kind() == "function_value_parameters");
        let mut out: Vec<Param> = Vec::new();
        let mut modifiers = None;
        for child in list.map(all_children).unwrap_or_default() {
            match child.kind() {
                "parameter_modifiers" => modifiers = Some(child),
                "parameter" => {
                    let parts = children(child);
                    let target = parts.first().map_or(Pattern::Ignore, |name| self.bound(*name));
                    let mut param = plain(target, self.type_in(child));
                    if let Some(modifiers) = modifiers.take() {
                        let all = children(modifiers);
                        if all.iter().any(|one| self.text(*one) == "vararg") {
                            param.kind = ParamKind::Rest;
                        }
                        let annotations = all.into_iter().filter(|one| one.kind() == "annotation");
                        param.decorators = annotations.flat_map(|one| self.annotation(one)).collect();
                    }
                    out.push(param);
                }
                "(" | ")" | "," | "=" => {}
                _ => {
                    let default = self.expr(child);
                    if let Some(param) = out.last_mut() {
                        param.default = Some(default);
                    }
                }
            }
        }
        out
    }

    /// What a parameter or variable binds.
    pub(super) fn bound(&self, node: Node<'_>) -> Pattern {
        match node.kind() {
            "identifier" if self.text(node) == "_" => Pattern::Ignore,
            "identifier" => Pattern::Name(self.name(node), self.pos(node)),
            "variable_declaration" => {
                let name = children(node).into_iter().find(|child| child.kind() == "identifier");
                name.map_or(Pattern::Ignore, |name| self.bound(name))
            }
            "multi_variable_declaration" => {
                let items = children(node).into_iter().map(|child| PatternItem {
                    target: self.bound(child),
                    default: None,
                    rest: false,
                });
                Pattern::List(items.collect())
            }
            _ => Pattern::Ignore,
        }
    }

    /// A lambda: its last expression is returned; without parameters it has `it`.
    pub(super) fn lambda(&mut self, node: Node<'_>) -> Expr {
        let mut params = Vec::new();
        let stated = children(node).into_iter().find(|child| child.kind() == "lambda_parameters");
        for param in stated.map(children).unwrap_or_default() {
            let ty = self.type_in(param);
            params.push(plain(self.bound(param), ty));
        }
        let label = self.label_of(node);
        let outer = std::mem::replace(&mut self.in_lambda, true);
        let mut body = self.labelled(node, label, |lowering| {
            let mut body = Block::new();
            for child in children(node).into_iter().filter(|child| child.kind() != "lambda_parameters") {
                lowering.statement(child, &mut body);
            }
            body
        });
        self.in_lambda = outer;
        if stated.is_none() {
            params.push(plain(Pattern::Name("it".into(), self.pos(node)), None));
        }
        if let Some(Stmt { kind: StmtKind::Expr(_), .. }) = body.last()
            && let Some(Stmt { kind: StmtKind::Expr(value), pos }) = body.pop()
        {
            body.push(Stmt { kind: StmtKind::Return(Some(value)), pos });
        }
        let function = self.made(node, None, params, body, FunctionKind::Lexical);
        self.at(node, ExprKind::Function(Arc::new(function)))
    }

    /// A function that is not written as one.
    pub(super) fn made(
        &self,
        node: Node<'_>,
        name: Option<&str>,
        params: Vec<Param>,
        body: Block,
        kind: FunctionKind,
    ) -> Function {
        Function {
            name: name.map(Into::into),
            params,
            receiver: None,
            body,
            decorators: Vec::new(),
            returns: None,
            kind,
            is_async: false,
            parameters: Vec::new(),
            is_generator: false,
            is_public: kind != FunctionKind::Lexical,
            pos: self.pos(node),
        }
    }

    /// The expression or block that a node ends in: words that are values are no named nodes.
    pub(super) fn part<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        let value = |child: &Node<'_>| child.is_named() || matches!(child.kind(), "true" | "false" | "null");
        all_children(node).into_iter().rfind(value)
    }
}

/// A parameter of a type.
pub(super) fn plain(target: Pattern, ty: Option<TypeRef>) -> Param {
    Param { target, default: None, kind: ParamKind::Plain, ty, decorators: Vec::new(), is_field: false }
}

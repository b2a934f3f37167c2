//! Items: functions, types, implementations, constants, modules.

use super::super::reader::{all_children, children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, Block, Class, ClassKind, Decorator, Expr, ExprKind, Extension, Field, Function, FunctionKind, Param,
    ParamKind, Pattern, Spread, Stmt, StmtKind,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// The items of a file, a module or an implementation, each with the attributes before it.
    pub(super) fn items(&mut self, node: Node<'_>) -> Block {
        let mut out = Block::new();
        let mut attributes = Vec::new();
        for child in children(node) {
            if child.kind() == "attribute_item" {
                attributes.push(child);
                continue;
            }
            self.statement(child, &std::mem::take(&mut attributes), false, &mut out);
        }
        out
    }

    pub(super) fn push(&self, node: Node<'_>, kind: StmtKind, out: &mut Block) {
        out.push(Stmt { kind, pos: self.pos(node) });
    }

    /// Lowers an item; false where the node is none.
    pub(super) fn item(&mut self, node: Node<'_>, attributes: &[Node<'_>], out: &mut Block) -> bool {
        let kind = match node.kind() {
            "function_item" => StmtKind::Function(self.function(node, attributes, false)),
            "const_item" | "static_item" => self.constant(node),
            "struct_item" | "union_item" => StmtKind::Class(self.structure(node, attributes)),
            "enum_item" => StmtKind::Class(self.enumeration(node, attributes)),
            "trait_item" => StmtKind::Class(self.interface(node, attributes)),
            "impl_item" => StmtKind::Extend(self.implementation(node, attributes)),
            "mod_item" => {
                let Some(name) = node.child_by_field_name("name") else { return true };
                let body = node.child_by_field_name("body").map(|body| self.items(body));
                StmtKind::Module { name: self.name(name), attributes: self.attributes(attributes), body }
            }
            "type_item" => self.alias(node),
            "macro_definition" => StmtKind::Macro(Arc::new(self.macro_rules(node))),
            "use_declaration" | "extern_crate_declaration" => {
                self.import(node, out);
                return true;
            }
            "function_signature_item"
            | "associated_type"
            | "foreign_mod_item"
            | "inner_attribute_item"
            | "attribute_item"
            | "empty_statement"
            | "shebang"
            | "label" => return true,
            _ => return false,
        };
        self.push(node, kind, out);
        if !attributes.is_empty() {
            self.beside(node, attributes, out);
        }
        true
    }

    fn constant(&mut self, node: Node<'_>) -> StmtKind {
        let target = match node.child_by_field_name("name") {
            Some(name) => Pattern::Name(self.name(name), self.pos(name)),
            None => Pattern::Ignore,
        };
        let ty = node.child_by_field_name("type").map(|ty| self.ty(ty));
        let value = node.child_by_field_name("value").map(|value| self.expr(value));
        StmtKind::Bind { target, ty, value }
    }

    /// `type A = B;` binds the name to the type.
    fn alias(&mut self, node: Node<'_>) -> StmtKind {
        let target = match node.child_by_field_name("name") {
            Some(name) => Pattern::Name(self.name(name), self.pos(name)),
            None => Pattern::Ignore,
        };
        let value = node.child_by_field_name("type").map(|ty| {
            let kind = ExprKind::Type(self.ty(ty));
            self.at(ty, kind)
        });
        StmtKind::Bind { target, ty: None, value }
    }

    /// A function; inside an implementation or a trait, one with a `self` is a method and others are static.
    fn function(&mut self, node: Node<'_>, attributes: &[Node<'_>], is_member: bool) -> Arc<Function> {
        let mut receiver = None;
        let mut params = Vec::new();
        for child in node.child_by_field_name("parameters").map(children).unwrap_or_default() {
            match child.kind() {
                "self_parameter" => receiver = Some(plain(Pattern::Name("self".into(), self.pos(child)), None)),
                "parameter" => {
                    let param = self.param(child);
                    params.push(param);
                }
                _ => {}
            }
        }
        let kind = match (&receiver, is_member) {
            (Some(_), _) => FunctionKind::Method,
            (None, true) => FunctionKind::Static,
            (None, false) => FunctionKind::Plain,
        };
        let name = node.child_by_field_name("name");
        let modifiers = children(node).into_iter().find(|child| child.kind() == "function_modifiers");
        Arc::new(Function {
            name: name.map(|name| self.name(name)),
            params,
            receiver,
            body: node.child_by_field_name("body").map(|body| self.body(body)).unwrap_or_default(),
            decorators: self.attributes(attributes),
            returns: node.child_by_field_name("return_type").map(|ty| self.ty(ty)),
            kind,
            is_async: modifiers.is_some_and(|modifiers| has(modifiers, "async")),
            parameters: self.parameters(node),
            is_generator: false,
            is_public: has(node, "visibility_modifier"),
            pos: self.pos(name.unwrap_or(node)),
        })
    }

    pub(super) fn param(&mut self, node: Node<'_>) -> Param {
        if node.kind() != "parameter" {
            return plain(self.pattern(node), None);
        }
        let target = node.child_by_field_name("pattern").map_or(Pattern::Ignore, |pattern| self.pattern(pattern));
        let ty = node.child_by_field_name("type").map(|ty| self.ty(ty));
        plain(target, ty)
    }

    fn class(&mut self, node: Node<'_>, attributes: &[Node<'_>], kind: ClassKind) -> Class {
        let name = node.child_by_field_name("name");
        Class {
            name: name.map(|name| self.name(name)),
            bases: Vec::new(),
            body: Block::new(),
            fields: Vec::new(),
            decorators: self.attributes(attributes),
            kind,
            pos: self.pos(name.unwrap_or(node)),
        }
    }

    fn structure(&mut self, node: Node<'_>, attributes: &[Node<'_>]) -> Arc<Class> {
        let mut class = self.class(node, attributes, ClassKind::Struct);
        class.fields = node.child_by_field_name("body").map(|body| self.fields(body)).unwrap_or_default();
        Arc::new(class)
    }

    /// The fields of a struct or of an enum's variant; those of a tuple are named by their index.
    fn fields(&mut self, body: Node<'_>) -> Vec<Field> {
        let mut out = Vec::new();
        let mut attributes = Vec::new();
        for child in children(body) {
            match child.kind() {
                "attribute_item" => attributes.push(child),
                "visibility_modifier" => {}
                "field_declaration" => {
                    let Some(name) = child.child_by_field_name("name") else { continue };
                    let decorators = self.attributes(&std::mem::take(&mut attributes));
                    let ty = child.child_by_field_name("type");
                    let named = self.name(name);
                    let field = self.field(name, named, ty, decorators);
                    out.push(field);
                }
                _ => {
                    let decorators = self.attributes(&std::mem::take(&mut attributes));
                    let field = self.field(child, out.len().to_string().into(), Some(child), decorators);
                    out.push(field);
                }
            }
        }
        out
    }

    fn field(
        &mut self,
        node: Node<'_>,
        name: crate::code::form::Name,
        ty: Option<Node<'_>>,
        decorators: Vec<Decorator>,
    ) -> Field {
        Field {
            name,
            ty: ty.map(|ty| self.ty(ty)),
            value: None,
            is_static: false,
            is_embedded: false,
            decorators,
            tag: None,
            pos: self.pos(node),
        }
    }

    /// The variants are static fields; one that has fields of its own is a struct in the body too.
    fn enumeration(&mut self, node: Node<'_>, attributes: &[Node<'_>]) -> Arc<Class> {
        let mut class = self.class(node, attributes, ClassKind::Enum);
        let mut pending = Vec::new();
        for child in node.child_by_field_name("body").map(children).unwrap_or_default() {
            if child.kind() == "attribute_item" {
                pending.push(child);
                continue;
            }
            let Some(name) = child.child_by_field_name("name") else { continue };
            let own = std::mem::take(&mut pending);
            let decorators = self.attributes(&own);
            let named = self.name(name);
            let mut field = self.field(name, named, None, decorators);
            field.is_static = true;
            field.value = child.child_by_field_name("value").map(|value| self.expr(value));
            class.fields.push(field);
            if child.child_by_field_name("body").is_some() {
                let variant = self.structure(child, &own);
                self.push(child, StmtKind::Class(variant), &mut class.body);
            }
        }
        Arc::new(class)
    }

    fn interface(&mut self, node: Node<'_>, attributes: &[Node<'_>]) -> Arc<Class> {
        let mut class = self.class(node, attributes, ClassKind::Interface);
        for ty in node.child_by_field_name("bounds").map(children).unwrap_or_default() {
            let kind = ExprKind::Type(self.ty(ty));
            class.bases.push(Arg { name: None, spread: Spread::No, value: self.at(ty, kind) });
        }
        let signatures = self.describes(attributes);
        class.body = node.child_by_field_name("body").map(|body| self.members(body, signatures)).unwrap_or_default();
        Arc::new(class)
    }

    fn implementation(&mut self, node: Node<'_>, attributes: &[Node<'_>]) -> Arc<Extension> {
        let target = node.child_by_field_name("type").unwrap_or(node);
        Arc::new(Extension {
            target: self.ty(target),
            parameters: self.parameters(node),
            implements: node.child_by_field_name("trait").map(|ty| self.ty(ty)),
            body: node.child_by_field_name("body").map(|body| self.members(body, false)).unwrap_or_default(),
            decorators: self.attributes(attributes),
        })
    }

    /// The names of an item's type parameters.
    fn parameters(&self, node: Node<'_>) -> Vec<crate::code::form::Name> {
        let all = node.child_by_field_name("type_parameters").map(children).unwrap_or_default();
        let types = all.into_iter().filter(|parameter| parameter.kind() == "type_parameter");
        types.filter_map(|parameter| parameter.child_by_field_name("name")).map(|name| self.name(name)).collect()
    }

    /// The members of a trait or an implementation, functions without a body among them where these count.
    fn members(&mut self, body: Node<'_>, signatures: bool) -> Block {
        let mut out = Block::new();
        let mut attributes = Vec::new();
        for child in children(body) {
            match child.kind() {
                "attribute_item" => {
                    attributes.push(child);
                    continue;
                }
                kind if kind == "function_item" || (signatures && kind == "function_signature_item") => {
                    self.gated(child, &attributes, &mut out, |lowering, out| {
                        let function = lowering.function(child, &attributes, true);
                        lowering.push(child, StmtKind::Function(function), out);
                    })
                }
                _ => self.statement(child, &attributes, false, &mut out),
            }
            attributes.clear();
        }
        out
    }

    /// A closure.
    pub(super) fn closure(&mut self, node: Node<'_>) -> Expr {
        let params = node.child_by_field_name("parameters").map(children).unwrap_or_default();
        let params = params.into_iter().map(|param| self.param(param)).collect();
        let body = node.child_by_field_name("body").map(|body| self.body(body)).unwrap_or_default();
        let is_async = all_children(node).iter().any(|child| child.kind() == "async");
        self.lexical(node, params, body, is_async)
    }

    pub(super) fn lexical(&self, node: Node<'_>, params: Vec<Param>, body: Block, is_async: bool) -> Expr {
        let function = Function {
            name: None,
            params,
            receiver: None,
            body,
            decorators: Vec::new(),
            returns: None,
            kind: FunctionKind::Lexical,
            is_async,
            parameters: Vec::new(),
            is_generator: false,
            is_public: false,
            pos: self.pos(node),
        };
        self.at(node, ExprKind::Function(Arc::new(function)))
    }
}

fn plain(target: Pattern, ty: Option<crate::code::form::TypeRef>) -> Param {
    Param { target, default: None, kind: ParamKind::Plain, ty, decorators: Vec::new(), is_field: false }
}

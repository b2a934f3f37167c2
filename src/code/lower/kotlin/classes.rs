//! Classes, interfaces, objects, enums and annotation classes.

use super::super::reader::{children, has};
use super::functions::plain;
use super::mended::{self, Parsed};
use super::types::TYPES;
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, Block, Call, Class, ClassKind, DELEGATE, Decorator, Expr, ExprKind, Field, Function, FunctionKind,
    INITIALISER, Name, Param, ParamKind, Spread, Stmt, StmtKind, TypeRef,
};
use std::sync::Arc;
use tree_sitter::Node;

impl Lowering<'_> {
    /// A type's declaration.
    pub(super) fn class(&mut self, node: Node<'_>) -> Option<Arc<Class>> {
        let kind = match node.kind() {
            "object_declaration" => ClassKind::Object,
            "class_declaration" if has(node, "interface") => ClassKind::Interface,
            "class_declaration" if self.is(node, "enum") => ClassKind::Enum,
            "class_declaration" if self.is(node, "annotation") => ClassKind::Annotation,
            "class_declaration" if self.is(node, "abstract") || self.is(node, "sealed") => ClassKind::Abstract,
            "class_declaration" => ClassKind::Class,
            _ => return None,
        };
        let name = node.child_by_field_name("name")?;
        let mut class = self.empty(node, kind);
        class.name = Some(self.name(name));
        class.pos = self.pos(name);
        class.decorators = self.annotations(node);
        let outer = std::mem::replace(&mut self.within, class.name.clone());
        self.class_parts(node, &mut class, node.kind() == "object_declaration");
        self.within = outer;
        Some(Arc::new(class))
    }

    fn empty(&self, node: Node<'_>, kind: ClassKind) -> Class {
        Class {
            name: None,
            bases: Vec::new(),
            body: Block::new(),
            fields: Vec::new(),
            decorators: Vec::new(),
            kind,
            pos: self.pos(node),
        }
    }

    /// `object : T { … }`, made at once.
    pub(super) fn object(&mut self, node: Node<'_>) -> Expr {
        let mut class = self.empty(node, ClassKind::Class);
        let outer = self.within.take();
        self.class_parts(node, &mut class, false);
        self.within = outer;
        let callee = self.at(node, ExprKind::Class(Arc::new(class)));
        self.at(node, ExprKind::Call(Box::new(Call { callee, args: Vec::new(), is_new: true })))
    }

    /// What it extends, its primary constructor and its members.
    fn class_parts(&mut self, node: Node<'_>, class: &mut Class, is_static: bool) {
        let mut above: Option<Vec<Arg>> = None;
        for child in children(node) {
            if child.kind() == "delegation_specifiers" {
                for specifier in children(child) {
                    if let Some(args) = self.base(specifier, class) {
                        above = Some(args);
                    }
                }
            }
        }
        let primary = children(node).into_iter().find(|child| child.kind() == "primary_constructor");
        if class.kind == ClassKind::Annotation {
            primary.map(|primary| self.primary(primary, class));
        } else if primary.is_some() || above.is_some() {
            let params = primary.map(|primary| self.primary(primary, class)).unwrap_or_default();
            let mut body = Block::new();
            if let Some(args) = above {
                let callee = self.at(node, ExprKind::Super);
                let call = self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: false })));
                body.push(Stmt { kind: StmtKind::Expr(call), pos: self.pos(node) });
            }
            let made = self.made(node, Some("constructor"), params, body, FunctionKind::Constructor);
            class.body.push(Stmt { kind: StmtKind::Function(Arc::new(made)), pos: self.pos(node) });
        }
        for child in children(node) {
            if matches!(child.kind(), "class_body" | "enum_class_body") {
                self.members(child, class, is_static);
            }
        }
    }

    /// Something that is extended; the arguments of its constructor, where it is called.
    fn base(&mut self, node: Node<'_>, class: &mut Class) -> Option<Vec<Arg>> {
        let inner = children(node).into_iter().find(|child| child.kind() != "annotation")?;
        let (ty, args) = match inner.kind() {
            "constructor_invocation" => {
                let parts = children(inner);
                let args = parts.iter().find(|part| part.kind() == "value_arguments").map(|list| self.args(*list));
                (parts.first().copied()?, Some(args.unwrap_or_default()))
            }
            "explicit_delegation" => {
                if let [ty, value] = children(inner).as_slice() {
                    let value = self.expr(*value);
                    self.delegate(*ty, value, class);
                }
                (children(inner).first().copied()?, None)
            }
            _ => {
                if let Some(value) = self.left_out(node) {
                    self.delegate(inner, value, class);
                }
                (inner, None)
            }
        };
        let kind = ExprKind::Type(self.ty(ty));
        class.bases.push(Arg { name: None, spread: Spread::No, value: self.at(ty, kind) });
        args
    }

    /// Keeps what a class gives on as its own.
    fn delegate(&mut self, ty: Node<'_>, value: Expr, class: &mut Class) {
        let field = Field {
            name: delegate(class.fields.len()),
            ty: Some(self.ty(ty)),
            pos: value.pos,
            value: Some(value),
            is_static: false,
            is_embedded: false,
            decorators: Vec::new(),
            tag: None,
        };
        class.fields.push(field);
    }

    /// `by value` behind a type, which the tree does not have where braces follow.
    fn left_out(&mut self, node: Node<'_>) -> Option<Expr> {
        let end = node.parent()?.parent()?.end_byte();
        let rest = self.reader.between(node.end_byte(), end);
        let rest = rest.trim_start().strip_prefix("by").filter(|rest| rest.starts_with(char::is_whitespace))?;
        let mut depth = 0_usize;
        let ends = |(_, sign): &(usize, char)| {
            match sign {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(sign, '{' | ',')
        };
        let written = rest.get(..rest.char_indices().find(ends)?.0)?.trim().to_owned();
        let source = format!("\nval a = {written}\n");
        let Parsed { tree, .. } = mended::parsed(&source);
        let reader = self.reader.piece(&source, self.pos(node).line);
        let mut inner = Lowering::over(reader);
        let root = tree.as_ref().map(|tree| tree.root_node())?;
        let declared = children(root).into_iter().find(|child| child.kind() == "property_declaration")?;
        inner.initial(declared)
    }

    /// The parameters of a primary constructor; an annotation class's are members that return their defaults.
    fn primary(&mut self, node: Node<'_>, class: &mut Class) -> Vec<Param> {
        let list = children(node).into_iter().find(|child| child.kind() == "class_parameters");
        let mut out = Vec::new();
        for child in list.map(children).unwrap_or_default() {
            let Some(name) = children(child).into_iter().find(|part| part.kind() == "identifier") else { continue };
            let ty = self.type_in(child);
            let kept =
                |part: &Node<'_>| !TYPES.contains(&part.kind()) && part.kind() != "modifiers" && part.id() != name.id();
            let default = self.part(child).filter(|part| kept(part) && has(child, "="));
            if class.kind == ClassKind::Annotation {
                let element = self.element(child, name, ty, default);
                class.body.push(Stmt { kind: StmtKind::Function(Arc::new(element)), pos: self.pos(name) });
                continue;
            }
            let mut param = plain(self.bound(name), ty.clone());
            param.default = default.map(|default| self.expr(default));
            if self.is(child, "vararg") {
                param.kind = ParamKind::Rest;
            }
            param.is_field = has(child, "val") || has(child, "var");
            param.decorators = self.annotations(child);
            if param.is_field {
                let decorators = self.annotations(child);
                class.fields.push(self.field(name, ty, None, decorators, false));
            }
            out.push(param);
        }
        out
    }

    fn element(&mut self, node: Node<'_>, name: Node<'_>, ty: Option<TypeRef>, default: Option<Node<'_>>) -> Function {
        let value = match default {
            Some(default) => self.expr(default),
            None => self.unknown(node),
        };
        let body = vec![Stmt { pos: value.pos, kind: StmtKind::Return(Some(value)) }];
        let own = self.name(name);
        let mut made = self.made(node, Some(&own), Vec::new(), body, FunctionKind::Method);
        made.decorators = self.annotations(node);
        made.returns = ty;
        made
    }

    fn field(
        &self,
        name: Node<'_>,
        ty: Option<TypeRef>,
        value: Option<Expr>,
        decorators: Vec<Decorator>,
        is_static: bool,
    ) -> Field {
        Field {
            name: self.name(name),
            ty,
            value,
            is_static,
            is_embedded: false,
            decorators,
            tag: None,
            pos: self.pos(name),
        }
    }

    fn members(&mut self, body: Node<'_>, class: &mut Class, is_static: bool) {
        let mut initial = Block::new();
        for child in children(body) {
            if !self.reader.enter(child) {
                return;
            }
            match child.kind() {
                "anonymous_initializer" => {
                    let block = children(child).into_iter().find(|child| child.kind() == "block");
                    let block = block.map(|block| self.block(block)).unwrap_or_default();
                    initial.push(Stmt { kind: StmtKind::Block(block), pos: self.pos(child) });
                }
                _ => self.member(child, class, is_static),
            }
            self.reader.leave();
        }
        if is_static {
            class.body.append(&mut initial);
        } else if !initial.is_empty() {
            let made = self.made(body, Some(INITIALISER), Vec::new(), initial, FunctionKind::Method);
            class.body.push(Stmt { kind: StmtKind::Function(Arc::new(made)), pos: self.pos(body) });
        }
    }

    fn member(&mut self, node: Node<'_>, class: &mut Class, is_static: bool) {
        match node.kind() {
            "function_declaration" => {
                let kind = if is_static { FunctionKind::Static } else { FunctionKind::Method };
                let function = self.function(node, kind);
                class.body.push(Stmt { kind: StmtKind::Function(Arc::new(function)), pos: self.pos(node) });
            }
            "property_declaration" => self.property(node, class, is_static),
            "companion_object" => {
                for inner in children(node).into_iter().filter(|child| child.kind() == "class_body") {
                    self.members(inner, class, true);
                }
                // One that has a name is asked for by it too.
                if let Some(name) = node.child_by_field_name("name") {
                    let mut named = self.empty(node, ClassKind::Class);
                    named.name = Some(self.name(name));
                    self.class_parts(node, &mut named, true);
                    class.body.push(Stmt { kind: StmtKind::Class(Arc::new(named)), pos: self.pos(node) });
                }
            }
            "secondary_constructor" => {
                let params = self.params_in(node);
                let block = children(node).into_iter().find(|child| child.kind() == "block");
                let mut body: Block = self.delegation(node).into_iter().collect();
                body.extend(block.map(|block| self.block(block)).unwrap_or_default());
                let made = self.made(node, Some("constructor"), params, body, FunctionKind::Constructor);
                class.body.push(Stmt { kind: StmtKind::Function(Arc::new(made)), pos: self.pos(node) });
            }
            "enum_entry" => {
                let Some(name) = children(node).into_iter().find(|child| child.kind() == "identifier") else { return };
                let own = class.name.clone().unwrap_or_else(|| "".into());
                let callee = self.at(node, ExprKind::Name(own));
                let body = children(node).into_iter().find(|child| child.kind() == "class_body");
                let callee = match body {
                    Some(body) => self.entry_class(body, callee),
                    None => callee,
                };
                let list = children(node).into_iter().find(|child| child.kind() == "value_arguments");
                let args = list.map(|list| self.args(list)).unwrap_or_default();
                let value = self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: true })));
                let decorators = self.annotations(node);
                class.fields.push(self.field(name, None, Some(value), decorators, true));
            }
            _ => {
                if let Some(inner) = self.class(node) {
                    class.body.push(Stmt { kind: StmtKind::Class(inner), pos: self.pos(node) });
                }
            }
        }
    }

    /// `: this(…)` and `: super(…)` behind a constructor.
    fn delegation(&mut self, node: Node<'_>) -> Option<Stmt> {
        let call = children(node).into_iter().find(|child| child.kind() == "constructor_delegation_call")?;
        let list = children(call).into_iter().find(|child| child.kind() == "value_arguments");
        let args = list.map(|list| self.args(list)).unwrap_or_default();
        let callee = if has(call, "this") {
            let this = self.at(call, ExprKind::This);
            self.at(call, ExprKind::Member(Box::new(this), "constructor".into()))
        } else {
            self.at(call, ExprKind::Super)
        };
        let value = self.at(call, ExprKind::Call(Box::new(Call { callee, args, is_new: false })));
        Some(Stmt { kind: StmtKind::Expr(value), pos: self.pos(call) })
    }

    /// The class of its own that an entry of an enum is of.
    fn entry_class(&mut self, body: Node<'_>, of: Expr) -> Expr {
        let mut class = self.empty(body, ClassKind::Class);
        class.bases.push(Arg { name: None, spread: Spread::No, value: of });
        self.members(body, &mut class, false);
        self.at(body, ExprKind::Class(Arc::new(class)))
    }

    /// A property: a field, or a function that is read like one where it has a getter.
    fn property(&mut self, node: Node<'_>, class: &mut Class, is_static: bool) {
        let declared = children(node).into_iter().find(|child| child.kind() == "variable_declaration");
        let Some(declared) = declared else { return };
        let Some(name) = children(declared).into_iter().find(|child| child.kind() == "identifier") else { return };
        if let Some(body) = self.getter_body(node) {
            let (body, ty) = (self.function_body(body), self.type_in(declared));
            let (own, body) = (self.name(name), self.returning(body, ty.as_ref()));
            let mut made = self.made(node, Some(&own), Vec::new(), body, FunctionKind::Getter);
            made.receiver = self.receiver_of(node, declared);
            class.body.push(Stmt { kind: StmtKind::Function(Arc::new(made)), pos: self.pos(node) });
            return;
        }
        let ty = self.type_in(declared);
        let value = self.initial(node).map(|value| self.received(value, ty.as_ref()));
        let decorators = self.annotations(node);
        class.fields.push(self.field(name, ty, value, decorators, is_static));
    }

    /// What a property starts with; `by lazy { … }` is what the block gives.
    pub(super) fn initial(&mut self, node: Node<'_>) -> Option<Expr> {
        if let Some(delegate) = children(node).into_iter().find(|child| child.kind() == "property_delegate") {
            let call = children(delegate).first().map(|&inner| self.expr(inner))?;
            return Some(match self.named_by_property(node, call) {
                (true, named) => named,
                (false, call) => self.lazily(call),
            });
        }
        if !has(node, "=") {
            return None;
        }
        let value = children(node).into_iter().rfind(|child| !matches!(child.kind(), "getter" | "setter"));
        match value.or_else(|| self.part(node)) {
            Some(value) if !TYPES.contains(&value.kind()) && value.kind() != "variable_declaration" => {
                Some(self.expr(value))
            }
            _ => self.part(node).filter(|part| !part.is_named()).map(|part| self.expr(part)),
        }
    }

    /// A call of `of` without a name that a property is delegated to gets the property's: `val id by Path.of()`.
    fn named_by_property(&self, node: Node<'_>, mut value: Expr) -> (bool, Expr) {
        let mut is_it = false;
        if let ExprKind::Call(call) = &mut value.kind
            && call.args.is_empty()
            && matches!(&call.callee.kind, ExprKind::Member(_, name) if &**name == "of")
        {
            let declared = children(node).into_iter().find(|child| child.kind() == "variable_declaration");
            let name =
                declared.and_then(|declared| children(declared).into_iter().find(|it| it.kind() == "identifier"));
            let named = name.map(|name| self.at(name, ExprKind::Str(self.name(name))));
            is_it = named.is_some();
            call.args.extend(named.map(|value| Arg { name: None, spread: Spread::No, value }));
        }
        (is_it, value)
    }

    fn lazily(&self, value: Expr) -> Expr {
        let pos = value.pos;
        match value.kind {
            ExprKind::Call(mut call) if matches!(&call.callee.kind, ExprKind::Name(name) if &**name == "lazy") => {
                match call.args.pop().map(|arg| arg.value) {
                    Some(block @ Expr { kind: ExprKind::Function(_), .. }) => Expr {
                        kind: ExprKind::Call(Box::new(Call { callee: block, args: Vec::new(), is_new: false })),
                        pos,
                    },
                    _ => Expr { kind: ExprKind::Unknown(Vec::new()), pos },
                }
            }
            // Koin's delegate gives what its container has.
            kind if injects(&kind) => Expr { kind, pos },
            // What a container gives late is of the type that is asked for.
            ExprKind::Cast(call, ty) => {
                let late = Expr { kind: ExprKind::Unknown(vec![*call]), pos };
                Expr { kind: ExprKind::Cast(Box::new(late), ty), pos }
            }
            kind => Expr { kind: ExprKind::Unknown(vec![Expr { kind, pos }]), pos },
        }
    }
}

/// Whether a delegate is one of Koin's.
fn injects(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Cast(call, _) => injects(&call.kind),
        ExprKind::Call(call) => match &call.callee.kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => matches!(&**name, "inject" | "injectOrNull"),
            _ => false,
        },
        _ => false,
    }
}

/// The name of the field that holds what a class gives on as its own: no name of the language.
fn delegate(number: usize) -> Name {
    format!("{DELEGATE}{number}").into()
}

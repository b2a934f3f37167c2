//! Expressions.

use super::super::reader::{all_children, children};
use super::super::rust::stated_type;
use super::types::TYPES;
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, BinaryOp, Call, Expr, ExprKind, Item, LogicalOp, Name, Pattern, Spread, Stmt, StmtKind, TypeRef, TypeTest,
    UnaryOp,
};
use tree_sitter::Node;

impl Lowering<'_> {
    fn last(&mut self, node: Node<'_>) -> Expr {
        match self.part(node) {
            Some(child) => self.expr(child),
            None => self.unknown(node),
        }
    }

    /// Lowers one expression by its kind.
    pub(super) fn expression(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "call_expression" => self.call(node),
            "navigation_expression" => self.access(node),
            "callable_reference" => self.reference(node),
            "string_literal" | "multiline_string_literal" => self.string(node),
            "lambda_literal" => self.lambda(node),
            "annotated_lambda" | "parenthesized_expression" | "annotated_expression" | "labeled_expression" => {
                self.last(node)
            }
            "object_literal" => self.object(node),
            "user_type" => self.dotted(node),
            _ => {
                let kind = self.simple(node);
                self.at(node, kind)
            }
        }
    }

    fn simple(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            "identifier" => match self.text(node) {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "null" => ExprKind::Null,
                // The grammar takes these for names.
                "continue" => ExprKind::Block(vec![Stmt { pos: self.pos(node), kind: StmtKind::Continue }]),
                "break" => ExprKind::Block(vec![Stmt { pos: self.pos(node), kind: StmtKind::Break }]),
                _ => ExprKind::Name(self.name(node)),
            },
            "null" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "this_expression" => self.this(node),
            "super_expression" => ExprKind::Super,
            // What stands for a list without elements.
            "number_literal" if self.text(node).starts_with('[') => ExprKind::List(Vec::new()),
            "number_literal" => self.number(node),
            "float_literal" => self.float(node),
            "character_literal" => self.character(node),
            "collection_literal" => {
                let elements = children(node).into_iter().filter(|child| !child.is_missing());
                let items = elements.map(|child| Item { spread: Spread::No, value: self.expr(child) });
                ExprKind::List(items.collect())
            }
            "index_expression" => match children(node).as_slice() {
                [object, index] => ExprKind::Index(Box::new(self.expr(*object)), Box::new(self.expr(*index))),
                _ => ExprKind::Unknown(Vec::new()),
            },
            "binary_expression" => self.binary(node),
            "range_expression" => self.range(node),
            "unary_expression" => self.unary(node),
            "infix_expression" => self.infix(node),
            "as_expression" => self.cast(node),
            "if_expression" => {
                let (test, then, otherwise) = self.branches(node);
                let then = self.block_expr(node, then);
                let otherwise = self.block_expr(node, otherwise);
                ExprKind::Conditional(Box::new(test), Box::new(then), Box::new(otherwise))
            }
            "when_expression" => {
                let (subject, arms) = self.arms(node);
                self.named_subject(node, subject, arms)
            }
            "try_expression" => self.guarded(node),
            "anonymous_function" => self.anonymous(node),
            // Control flow where a value may stand: a block that does it.
            "return_expression" | "throw_expression" => {
                let mut block = Vec::new();
                self.statement(node, &mut block);
                ExprKind::Block(block)
            }
            "is_expression" => self.type_test(node, node.child_by_field_name("left")).kind,
            "in_expression" => {
                let within = !all_children(node).iter().any(|part| part.kind() == "!in");
                let op = if within { BinaryOp::In } else { BinaryOp::NotIn };
                let (left, right) = (self.expr_in(node, "left"), self.expr_in(node, "right"));
                ExprKind::Binary(op, Box::new(left), Box::new(right))
            }
            _ => {
                let parts = children(node).into_iter().map(|child| self.expr(child)).collect();
                ExprKind::Unknown(parts)
            }
        }
    }

    /// `value is T`, `value !is T`; without a value in an arm of `when`.
    pub(super) fn type_test(&mut self, node: Node<'_>, value: Option<Node<'_>>) -> Expr {
        let value = value.map(|value| self.expr(value));
        let stated = children(node).into_iter().rfind(|child| TYPES.contains(&child.kind()));
        let Some(ty) = stated.map(|ty| self.ty(ty)) else {
            return self.at(node, ExprKind::Unknown(value.into_iter().collect()));
        };
        let positive = !all_children(node).iter().any(|part| part.kind() == "!is");
        self.at(node, ExprKind::Is(Box::new(TypeTest { value, ty, positive, target: Pattern::Ignore })))
    }

    /// `a.b`, `a?.b`, `a::b`: it stands where its member's name stands.
    fn access(&mut self, node: Node<'_>) -> Expr {
        let parts = children(node);
        let Some(&object) = parts.first() else { return self.unknown(node) };
        let (sign, object) = signed(object, self.expr(object));
        if let Some(sign) = sign {
            let inner = self.access_of(node, &parts, object);
            return Expr { pos: inner.pos, kind: ExprKind::Unary(sign, Box::new(inner)) };
        }
        self.access_of(node, &parts, object)
    }

    fn access_of(&mut self, node: Node<'_>, parts: &[Node<'_>], object: Expr) -> Expr {
        match parts.last().filter(|_| parts.len() > 1) {
            Some(&name) => {
                let pos = self.pos(name);
                let may = all_children(node).iter().any(|part| part.kind() == "?.");
                let object = if may {
                    Expr { pos: object.pos, kind: ExprKind::Unary(UnaryOp::Maybe, Box::new(object)) }
                } else {
                    object
                };
                let member = Expr { kind: ExprKind::Member(Box::new(object), self.name(name)), pos };
                let refers = all_children(node).iter().any(|part| part.kind() == "::") && self.text(name) != "class";
                if refers { Expr { kind: ExprKind::Cast(Box::new(member), TypeRef::reference()), pos } } else { member }
            }
            None if self.text(node).ends_with("class") => {
                self.at(node, ExprKind::Member(Box::new(object), "class".into()))
            }
            None => object,
        }
    }

    /// `T::name`, `::name`, `T::class`.
    fn reference(&mut self, node: Node<'_>) -> Expr {
        let parts = children(node);
        let object = match parts.as_slice() {
            [object, _, ..] if !TYPES.contains(&object.kind()) => Some(self.expr(*object)),
            _ => parts.iter().find(|part| TYPES.contains(&part.kind())).map(|ty| self.dotted(*ty)),
        };
        let name = match parts.last().filter(|last| last.kind() == "identifier") {
            Some(name) => self.name(*name),
            None => Name::from("class"),
        };
        let is_class = &*name == "class";
        let named = match object {
            Some(object) => ExprKind::Member(Box::new(object), name),
            None => ExprKind::Name(name),
        };
        let named = self.at(node, named);
        if is_class { named } else { self.at(node, ExprKind::Cast(Box::new(named), TypeRef::reference())) }
    }

    /// A call. A lambda behind the parentheses is the last argument, also where the grammar takes it for a call of its own.
    fn call(&mut self, node: Node<'_>) -> Expr {
        let parts = children(node);
        let Some(&function) = parts.first() else { return self.unknown(node) };
        let list = parts.iter().find(|part| part.kind() == "value_arguments");
        let lambda = parts.iter().find(|part| part.kind() == "annotated_lambda");
        let own = list.map(|list| self.args(*list));
        let callee = match function.kind() {
            "navigation_expression" => self.access(function),
            _ => self.expr(function),
        };
        let (sign, mut callee) = signed(function, callee);
        // The type that a call states behind which a lambda stands is the lambda's matter.
        if lambda.is_some()
            && function.kind() == "call_expression"
            && let ExprKind::Cast(call, _) = callee.kind
        {
            callee = *call;
        }
        let pos = if matches!(callee.kind, ExprKind::Member(..)) { callee.pos } else { self.pos(node) };
        let last = lambda.map(|lambda| {
            let value = self.last(*lambda);
            Arg { name: None, spread: Spread::Behind, value }
        });
        let called = match (own, callee.kind) {
            (None, ExprKind::Call(mut inner)) if function.kind() == "call_expression" => {
                inner.args.extend(last);
                Expr { kind: ExprKind::Call(inner), pos: callee.pos }
            }
            (own, kind) => {
                let mut args = own.unwrap_or_default();
                args.extend(last);
                if let Some(list) = parts.iter().find(|part| part.kind() == "type_arguments") {
                    args.extend(self.type_argument(*list));
                    args.extend(self.type_arguments(*list));
                }
                let callee = Expr { kind, pos: callee.pos };
                Expr { kind: ExprKind::Call(Box::new(Call { callee, args, is_new: false })), pos }
            }
        };
        let called = match sign {
            Some(sign) => Expr { pos: called.pos, kind: ExprKind::Unary(sign, Box::new(called)) },
            None => called,
        };
        let called = self.asked_before(node, function, called);
        match parts.iter().find(|part| part.kind() == "type_arguments" && lambda.is_none()) {
            Some(list) => self.stated(called, *list),
            None => called,
        }
    }

    /// `value as T`, and `value as? T` where the value may be asked for twice: nothing where it is of another type.
    fn cast(&mut self, node: Node<'_>) -> ExprKind {
        let value = self.expr_in(node, "left");
        let ty = node.child_by_field_name("right").unwrap_or(node);
        let cast = ExprKind::Cast(Box::new(value), self.ty(ty));
        let left = node.child_by_field_name("left").map_or("", |left| left.kind());
        let may = all_children(node).iter().any(|part| part.kind() == "as?");
        if !may || !matches!(left, "identifier" | "this_expression") {
            return cast;
        }
        let test = self.type_test(node, node.child_by_field_name("left"));
        let (cast, null) = (self.at(node, cast), self.at(node, ExprKind::Null));
        ExprKind::Conditional(Box::new(test), Box::new(cast), Box::new(null))
    }

    /// A call of what a value is cast to for it, `(value as? T)?.name()`: nothing where the value is of another type.
    fn asked_before(&mut self, node: Node<'_>, function: Node<'_>, called: Expr) -> Expr {
        let Some(test) = self.cast_before(function) else { return called };
        let (pos, null) = (called.pos, self.at(node, ExprKind::Null));
        Expr { kind: ExprKind::Conditional(Box::new(test), Box::new(called), Box::new(null)), pos }
    }

    /// What `(value as? T)?.name` is asked of: whether the value is of the type.
    fn cast_before(&mut self, function: Node<'_>) -> Option<Expr> {
        let may = all_children(function).iter().any(|part| part.kind() == "?.");
        let mut object = children(function).first().copied().filter(|_| may)?;
        while object.kind() == "parenthesized_expression" {
            object = children(object).first().copied()?;
        }
        let left = object.child_by_field_name("left").filter(|left| left.kind() == "identifier");
        let cast = object.kind() == "as_expression" && all_children(object).iter().any(|part| part.kind() == "as?");
        left.filter(|_| cast).map(|left| self.type_test(object, Some(left)))
    }

    /// A call that states one type gives it, as far as nothing else is known: `get<Kitchen>()` of a container. What is built of
    /// elements states theirs.
    fn stated(&mut self, call: Expr, list: Node<'_>) -> Expr {
        let builds = match &call.kind {
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Name(name) | ExprKind::Member(_, name) => {
                    name.ends_with("Of")
                        || name.starts_with("empty")
                        || name.starts_with("build")
                        || name.ends_with("All")
                }
                _ => true,
            },
            _ => true,
        };
        let types: Vec<_> = children(list);
        let ty = types.first().filter(|_| types.len() == 1 && !builds).map(|ty| self.ty(*ty));
        match ty.filter(|ty| !ty.path.is_empty()) {
            Some(ty) => Expr { pos: call.pos, kind: ExprKind::Cast(Box::new(call), ty) },
            None => call,
        }
    }

    /// The type that a call states, as an argument under a name that no parameter has.
    fn type_argument(&mut self, list: Node<'_>) -> Option<Arg> {
        let ty = children(list).into_iter().next()?;
        let ty = children(ty).into_iter().find(|child| TYPES.contains(&child.kind())).unwrap_or(ty);
        if ty.kind() != "user_type" {
            return None;
        }
        // What the type is of tells it apart: a list of these from a list of those.
        let value = match children(ty).iter().any(|part| part.kind() == "type_arguments") {
            true => self.at(ty, ExprKind::Str(self.text(ty).into())),
            false => self.dotted(ty),
        };
        Some(Arg { name: Some("<type>".into()), spread: Spread::No, value })
    }

    /// All types that a call states, each under its place.
    fn type_arguments(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut out = Vec::new();
        for (at, ty) in children(list).into_iter().enumerate() {
            let ty = children(ty).into_iter().find(|child| TYPES.contains(&child.kind())).unwrap_or(ty);
            if ty.kind() == "user_type" {
                out.push(Arg { name: Some(stated_type(at)), spread: Spread::No, value: self.dotted(ty) });
            }
        }
        out
    }

    /// Arguments, some by name.
    pub(super) fn args(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        for child in children(list) {
            let all = all_children(child);
            let named = all.iter().position(|part| part.kind() == "=");
            let name = named.and_then(|at| at.checked_sub(1)).and_then(|at| all.get(at)).map(|name| self.name(*name));
            let Some(value) = self.part(child) else { continue };
            let (spread, value) = match value.kind() {
                "spread_expression" => (Spread::List, self.last(value)),
                _ if all.iter().any(|part| part.kind() == "*") => (Spread::List, self.expr(value)),
                _ => (Spread::No, self.expr(value)),
            };
            args.push(Arg { name, spread, value });
        }
        args
    }

    fn binary(&mut self, node: Node<'_>) -> ExprKind {
        let sign = node.child_by_field_name("operator").map_or("", |operator| operator.kind());
        if sign == ">"
            && let Some(call) = self.stated_call(node)
        {
            return call;
        }
        let left = Box::new(self.expr_in(node, "left"));
        let right = Box::new(self.expr_in(node, "right"));
        match sign {
            "&&" => ExprKind::Logical(LogicalOp::And, left, right),
            "||" => ExprKind::Logical(LogicalOp::Or, left, right),
            "?:" => ExprKind::Logical(LogicalOp::Coalesce, left, right),
            sign => ExprKind::Binary(binary_op(sign), left, right),
        }
    }

    /// `f<T> { … }`, which the grammar takes for comparisons.
    fn stated_call(&mut self, node: Node<'_>) -> Option<ExprKind> {
        let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
        let operator = left.child_by_field_name("operator").filter(|_| left.kind() == "binary_expression")?;
        let (function, ty) = (left.child_by_field_name("left")?, left.child_by_field_name("right")?);
        let named = |node: Node<'_>| matches!(node.kind(), "identifier" | "navigation_expression");
        if operator.kind() != "<" || !named(function) || !named(ty) {
            return None;
        }
        let parts = if right.kind() == "call_expression" { children(right) } else { vec![right] };
        let is_argument = |part: &Node<'_>| match part.kind() {
            "lambda_literal" | "annotated_lambda" | "parenthesized_expression" => true,
            // `f<T> label@ { … }`
            "labeled_expression" => children(*part).last().is_some_and(|last| last.kind() == "lambda_literal"),
            _ => false,
        };
        if parts.is_empty() || !parts.iter().all(is_argument) {
            return None;
        }
        let mut args: Vec<Arg> =
            parts.iter().map(|part| Arg { name: None, spread: Spread::No, value: self.expr(*part) }).collect();
        let value = self.expr(ty);
        args.push(Arg { name: Some("<type>".into()), spread: Spread::No, value });
        args.push(Arg { name: Some(stated_type(0)), spread: Spread::No, value: self.expr(ty) });
        let callee = self.expr(function);
        Some(ExprKind::Call(Box::new(Call { callee, args, is_new: false })))
    }

    fn unary(&mut self, node: Node<'_>) -> ExprKind {
        let operand = self.expr_in(node, "argument");
        let op = match node.child_by_field_name("operator").map_or("", |operator| operator.kind()) {
            "!!" => return operand.kind,
            "!" => UnaryOp::Not,
            "-" => UnaryOp::Minus,
            "+" => UnaryOp::Plus,
            sign @ ("++" | "--") => {
                let op = if sign == "++" { BinaryOp::Add } else { BinaryOp::Sub };
                let one = Box::new(self.at(node, ExprKind::Int(1)));
                return ExprKind::Assign(Box::new(Pattern::Place(Box::new(operand))), Some(op), one);
            }
            _ => UnaryOp::Other,
        };
        ExprKind::Unary(op, Box::new(operand))
    }

    /// `a..b` and `a..<b` are calls of members.
    fn range(&mut self, node: Node<'_>) -> ExprKind {
        let parts = children(node);
        let [left, right] = parts.as_slice() else { return ExprKind::Unknown(Vec::new()) };
        let open = all_children(node).iter().any(|part| part.kind() == "..<");
        let name = Name::from(if open { "rangeUntil" } else { "rangeTo" });
        let (left, right) = (self.expr(*left), self.expr(*right));
        let callee = self.at(node, ExprKind::Member(Box::new(left), name));
        let args = vec![Arg { name: None, spread: Spread::No, value: right }];
        ExprKind::Call(Box::new(Call { callee, args, is_new: false }))
    }

    /// `a name b` is a call of the member; `to` makes a pair.
    fn infix(&mut self, node: Node<'_>) -> ExprKind {
        let parts = children(node);
        let [left, name, right] = parts.as_slice() else { return ExprKind::Unknown(Vec::new()) };
        let (left, right) = (self.expr(*left), self.expr(*right));
        let item = |value| Item { spread: Spread::No, value };
        if self.text(*name) == "to" {
            return ExprKind::Tuple(vec![item(left), item(right)]);
        }
        let callee = self.at(*name, ExprKind::Member(Box::new(left), self.name(*name)));
        let args = vec![Arg { name: None, spread: Spread::No, value: right }];
        ExprKind::Call(Box::new(Call { callee, args, is_new: false }))
    }

    /// `try` as a value: that of its block.
    fn guarded(&mut self, node: Node<'_>) -> ExprKind {
        let mut body = Vec::new();
        let mut handlers = Vec::new();
        let mut finally = Vec::new();
        for child in children(node) {
            let inner = children(child).into_iter().rfind(|part| part.kind() == "block");
            match (child.kind(), inner) {
                ("block", _) => body = self.block(child),
                ("catch_block", Some(inner)) => handlers.push(self.block(inner)),
                ("finally_block", Some(inner)) => finally = self.block(inner),
                _ => {}
            }
        }
        let last = match body.pop() {
            Some(Stmt { kind: StmtKind::Expr(value), .. }) => Some(value),
            Some(other) => {
                body.push(other);
                None
            }
            None => None,
        };
        let pos = self.pos(node);
        let mut block = Vec::new();
        let declares =
            |stmt: &Stmt| matches!(stmt.kind, StmtKind::Bind { .. } | StmtKind::Function(_) | StmtKind::Class(_));
        let last = match last {
            // What it is may be made of what is declared there, and of nothing outside.
            Some(value) if body.iter().any(declares) => {
                let (name, at) = (Name::from(format!("<tried>{}", pos.line)), value.pos);
                let target = Pattern::Name(name.clone(), at);
                block.push(Stmt { pos, kind: StmtKind::Bind { target: target.clone(), ty: None, value: None } });
                body.push(Stmt { pos: at, kind: StmtKind::Assign { target, op: None, value } });
                Some(Expr { pos: at, kind: ExprKind::Name(name) })
            }
            last => last,
        };
        block.push(Stmt { kind: StmtKind::Try { body, handlers, finally }, pos });
        block.extend(last.map(|value| Stmt { pos: value.pos, kind: StmtKind::Expr(value) }));
        ExprKind::Block(block)
    }
}

/// The operator that a sign stands for.
fn binary_op(sign: &str) -> BinaryOp {
    match sign {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Mod,
        "==" | "===" => BinaryOp::Eq,
        "!=" | "!==" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        _ => BinaryOp::Other,
    }
}

/// The sign before something that is called or whose member is asked for: the grammar binds it to the first name, the language to
/// the whole.
fn signed(node: Node<'_>, value: Expr) -> (Option<UnaryOp>, Expr) {
    let may = matches!(node.kind(), "unary_expression" | "navigation_expression" | "call_expression");
    match value.kind {
        ExprKind::Unary(op @ (UnaryOp::Not | UnaryOp::Minus | UnaryOp::Plus), inner) if may => (Some(op), *inner),
        kind => (None, Expr { kind, pos: value.pos }),
    }
}

//! Handlers that cut a request's path into its segments and compare those with texts: where they answer is not read.

use super::request::Request;
use crate::code::form::{Block, Expr, ExprKind, Function, Name, Pattern, Stmt, StmtKind};

/// How deeply blocks and conditions are looked into.
const DEEPEST: usize = 12;
/// Functions that cut a text into parts.
const CUTTING: &[&str] = &["Split", "SplitN"];

/// Whether a function that answers below a pattern compares segments of its request's path with texts that are not those of the
/// pattern.
pub(super) fn compares(function: &Function, pattern: &str) -> bool {
    let mut reader = Reader { request: Request::of(function), pattern, lists: Vec::new(), segments: Vec::new() };
    reader.block(&function.body, 0)
}

struct Reader<'f> {
    request: Request<'f>,
    pattern: &'f str,
    /// What the segments are called, and what one of them is.
    lists: Vec<&'f Name>,
    segments: Vec<&'f Name>,
}

impl<'f> Reader<'f> {
    fn block(&mut self, body: &'f Block, depth: usize) -> bool {
        depth <= DEEPEST && body.iter().any(|stmt| self.stmt(stmt, depth + 1))
    }

    fn stmt(&mut self, stmt: &'f Stmt, depth: usize) -> bool {
        match &stmt.kind {
            StmtKind::Bind { target: Pattern::Name(name, _), value: Some(value), .. }
            | StmtKind::Assign { target: Pattern::Name(name, _), value, .. } => {
                if self.is_list(value) {
                    self.lists.push(name);
                } else if self.is_segment(value) {
                    self.segments.push(name);
                } else if self.request.is_path(value) {
                    self.request.paths.push(name);
                }
                false
            }
            StmtKind::If { test, then, otherwise } => {
                self.asks(test, depth) || self.block(then, depth) || self.block(otherwise, depth)
            }
            StmtKind::Switch { subject, arms } => {
                let segment = subject.as_ref().is_some_and(|subject| self.is_segment(subject));
                arms.iter().any(|arm| {
                    arm.values.iter().any(|value| if segment { self.is_text(value) } else { self.asks(value, depth) })
                        || self.block(&arm.body, depth)
                })
            }
            StmtKind::Each { body, .. } | StmtKind::Loop { body, .. } | StmtKind::Block(body) => {
                self.block(body, depth)
            }
            _ => false,
        }
    }

    fn asks(&self, test: &Expr, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        match &test.kind {
            ExprKind::Binary(_, a, b) => self.is_segment(a) && self.is_text(b) || self.is_segment(b) && self.is_text(a),
            ExprKind::Logical(_, a, b) => self.asks(a, depth + 1) || self.asks(b, depth + 1),
            ExprKind::Unary(_, inner) => self.asks(inner, depth + 1),
            _ => false,
        }
    }

    /// `strings.Split(r.URL.Path, "/")`, also of what is left of the path.
    fn is_list(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Name(name) => self.lists.contains(&name),
            ExprKind::Slice(inner, ..) => self.is_list(inner),
            ExprKind::Call(call) => match (&call.callee.kind, call.args.as_slice()) {
                (ExprKind::Member(_, name), [path, by, ..]) => {
                    CUTTING.contains(&&**name)
                        && matches!(&by.value.kind, ExprKind::Str(by) if &**by == "/")
                        && self.is_rest(&path.value)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The path, or what is left of it without a prefix.
    fn is_rest(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Call(call) => {
                let trims = matches!(&call.callee.kind, ExprKind::Member(_, name)
                    if matches!(&**name, "TrimPrefix" | "TrimLeft" | "Trim" | "TrimSuffix"));
                self.request.is_path(value) || trims && call.args.first().is_some_and(|arg| self.is_rest(&arg.value))
            }
            _ => self.request.is_path(value),
        }
    }

    fn is_segment(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Name(name) => self.segments.contains(&name),
            ExprKind::Index(list, _) => self.is_list(list),
            _ => false,
        }
    }

    /// Whether it is a text that is not empty and no segment of the pattern, which says no more than the pattern.
    fn is_text(&self, value: &Expr) -> bool {
        matches!(&value.kind, ExprKind::Str(text)
            if !text.is_empty() && !self.pattern.split('/').any(|segment| *segment == **text))
    }
}

//! What a handler calls its request, the request's path and its method.

use crate::code::form::{Expr, ExprKind, Function, Name, Pattern};

/// Functions that leave of a path what its routes are told by.
const KEEPING: &[&str] = &["Trim", "TrimRight", "TrimSuffix", "TrimSpace", "ToLower", "Clean"];
/// What the types of requests are called: net/http's and fasthttp's.
const TYPES: &[&str] = &["Request", "RequestCtx"];

/// A request and what it is called.
pub(super) struct Request<'f> {
    name: Option<Name>,
    /// What else its path and its method are called.
    pub(super) paths: Vec<&'f Name>,
    pub(super) methods: Vec<&'f Name>,
}

impl Request<'_> {
    /// The request that a function gets.
    pub(super) fn of(function: &Function) -> Self {
        let is_type = |name: &Name| TYPES.contains(&&**name);
        let mut params = function.params.iter();
        let param = params.find(|param| param.ty.as_ref().is_some_and(|ty| ty.path.last().is_some_and(is_type)));
        let name = match param.map(|param| &param.target) {
            Some(Pattern::Name(name, _)) => Some(name.clone()),
            _ => None,
        };
        Request { name, paths: Vec::new(), methods: Vec::new() }
    }

    pub(super) fn is(&self, value: &Expr) -> bool {
        matches!((&value.kind, &self.name), (ExprKind::Name(name), Some(request)) if name == request)
    }

    /// Whether it is the request's path: `r.URL.Path`, `string(ctx.Path())`, another name for it, or what is left of it without a
    /// slash.
    pub(super) fn is_path(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Name(name) => self.paths.contains(&name),
            ExprKind::Member(url, name) if &**name == "Path" => {
                matches!(&url.kind, ExprKind::Member(_, name) if &**name == "URL")
            }
            ExprKind::Slice(inner, ..) | ExprKind::Cast(inner, _) => self.is_path(inner),
            ExprKind::Call(call) => match (&call.callee.kind, call.args.as_slice()) {
                (ExprKind::Member(request, name), []) => &**name == "Path" && self.is(request),
                (ExprKind::Member(url, name), _) if &**name == "EscapedPath" => {
                    matches!(&url.kind, ExprKind::Member(_, name) if &**name == "URL")
                }
                (ExprKind::Name(name), [inner]) => &**name == "string" && self.is_path(&inner.value),
                (ExprKind::Member(_, name), [first, ..]) => KEEPING.contains(&&**name) && self.is_path(&first.value),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether it is a call that makes something else of the path.
    pub(super) fn takes_path(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Call(call) => call.args.iter().any(|arg| self.is_path(&arg.value)),
            _ => false,
        }
    }

    /// Whether it is the request's method: `r.Method`, `string(ctx.Method())`, or another name for it.
    pub(super) fn is_method(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Name(name) => self.methods.contains(&name),
            ExprKind::Member(request, name) if &**name == "Method" => match &request.kind {
                ExprKind::Member(_, name) => &**name == "Request",
                _ => self.is(request),
            },
            ExprKind::Cast(inner, _) => self.is_method(inner),
            ExprKind::Call(call) => match (&call.callee.kind, call.args.as_slice()) {
                (ExprKind::Member(request, name), []) => &**name == "Method" && self.is(request),
                (ExprKind::Name(name), [inner]) => &**name == "string" && self.is_method(&inner.value),
                _ => false,
            },
            _ => false,
        }
    }
}

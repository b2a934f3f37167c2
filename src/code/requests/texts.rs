//! What a text may be: literals, templates, concatenations, formatting, what helpers give. What is not known is a hole.

use super::scopes::is_this;
use super::values::{At, HOLE, MOST_DEPTH, MOST_VALUES, Source, Values};
use super::walk::{Chain, Scope, chain};
use crate::code::form::{Arg, BinaryOp, Entry, Expr, ExprKind, LogicalOp, MacroCall, TemplatePart};

/// Bytes of a text.
const MOST_BYTES: usize = 2_048;

impl<'a> Values<'a> {
    /// What a text may be.
    pub(super) fn texts(&self, expr: &'a Expr, scope: Scope) -> Vec<String> {
        let mut all = self.text((expr, scope), 0);
        all.sort();
        all.dedup();
        all
    }

    pub(super) fn sources(&self, sources: &[Source<'a>], depth: u32) -> Vec<String> {
        let exprs: Vec<At<'a>> =
            sources.iter().take(MOST_VALUES).flat_map(|source| self.behind(source, depth)).collect();
        exprs.into_iter().take(MOST_VALUES).flat_map(|at| self.text(at, depth)).take(MOST_VALUES).collect()
    }

    pub(super) fn text(&self, (expr, scope): At<'a>, depth: u32) -> Vec<String> {
        let hole = || vec![HOLE.to_string()];
        if depth > MOST_DEPTH || self.spent() {
            return hole();
        }
        let next = depth + 1;
        let of = |expr: &'a Expr| self.text((expr, scope), next);
        let known = |all: Vec<String>| if all.is_empty() { hole() } else { all };
        match &expr.kind {
            ExprKind::Str(text) => vec![text.to_string()],
            ExprKind::Int(number) => vec![number.to_string()],
            ExprKind::Template(parts) => parts.iter().fold(vec![String::new()], |all, part| match part {
                TemplatePart::Text(text) => product(&all, &[text.to_string()]),
                TemplatePart::Expr(expr) => product(&all, &of(expr)),
            }),
            ExprKind::Binary(BinaryOp::Add, left, right) => product(&of(left), &of(right)),
            ExprKind::Binary(BinaryOp::Mod, left, _) => of(left).iter().map(|text| percents(text)).collect(),
            ExprKind::Conditional(_, left, right)
            | ExprKind::Logical(LogicalOp::Or | LogicalOp::Coalesce, left, right) => {
                let mut all = of(left);
                all.extend(of(right));
                all
            }
            ExprKind::Await(inner) | ExprKind::Cast(inner, _) | ExprKind::Unary(_, inner) => of(inner),
            ExprKind::Name(_) | ExprKind::Member(..) => {
                let address = std::ptr::from_ref(expr).addr();
                if self.active.borrow().contains(&address) {
                    return hole();
                }
                self.active.borrow_mut().push(address);
                let all = match &expr.kind {
                    ExprKind::Member(object, name) => self.member(object, name, scope, next),
                    ExprKind::Name(name) => self.sources(&self.bound(name, scope), next),
                    _ => Vec::new(),
                };
                self.active.borrow_mut().pop();
                known(all)
            }
            ExprKind::Call(_) => {
                let chain = chain(expr);
                let named = self.asked(&chain, scope, next);
                let all =
                    named.or_else(|| self.called(&chain, scope, next)).or_else(|| self.entered(&chain, scope, next));
                known(all.unwrap_or_default())
            }
            // A function that builds the URL: what it gives.
            ExprKind::Function(_) => {
                let made = self.callees(expr, scope, next).into_iter();
                known(made.flat_map(|(_, own)| self.given_by(own)).flat_map(|at| self.text(at, next)).collect())
            }
            ExprKind::Macro(inner) => self.formatted(inner, scope, next).unwrap_or_else(hole),
            _ => hole(),
        }
    }

    /// A member of a map, or `self.url` and `this.base`: what is bound to a member or a field of that name.
    fn member(&self, object: &'a Expr, name: &str, scope: Scope, depth: u32) -> Vec<String> {
        let objects = self.literal((object, scope), depth);
        let fields: Vec<At<'a>> =
            objects.into_iter().filter_map(|(expr, scope)| self.field(expr, name).map(|expr| (expr, scope))).collect();
        if !fields.is_empty() {
            return fields.into_iter().flat_map(|at| self.text(at, depth)).take(MOST_VALUES).collect();
        }
        if !is_this(object) {
            return Vec::new();
        }
        self.sources(&self.own_member(name, scope), depth)
    }

    /// Calls that give text: formatting, and what wraps a URL.
    fn called(&self, chain: &Chain<'a>, scope: Scope, depth: u32) -> Option<Vec<String>> {
        let last = chain.links.last()?;
        let first = last.args().first().map(|arg| &arg.value);
        let of = |expr: &'a Expr| self.text((expr, scope), depth);
        let alone = chain.links.len() == 1;
        match last.name? {
            "format" if alone && !matches!(chain.root.kind, ExprKind::Name(_) | ExprKind::Path(_)) => {
                Some(of(chain.root).iter().map(|text| braces(text)).collect())
            }
            "Sprintf" | "sprintf" | "format" => Some(of(first?).iter().map(|text| percents(text)).collect()),
            "upper" | "toUpperCase" | "lower" | "toLowerCase" | "lowercase" | "uppercase" if alone => {
                let up = last.name?.starts_with("upper") || last.name? == "toUpperCase";
                let change = |text: &String| if up { text.to_uppercase() } else { text.to_lowercase() };
                Some(of(chain.root).iter().map(change).collect())
            }
            "formatted" if alone => Some(of(chain.root).iter().map(|text| percents(text)).collect()),
            "concat" if alone => {
                Some(last.args().iter().fold(of(chain.root), |all, arg| product(&all, &of(&arg.value))))
            }
            "join" if matches!(chain.root.kind, ExprKind::Str(_)) => self.joined(chain.root, first?, scope, depth),
            "JoinPath" => Some(self.segments(last.args(), scope, depth)),
            "build" | "buildAndExpand" | "toUri" | "toUriString" | "encode" => self.built(chain, scope, depth),
            "URL" | "URI" | "create" | "from_static" | "encodeURI" | "str" | "String" | "from" | "join" => {
                Some(of(first?))
            }
            "urljoin" => last.args().get(1).map(|arg| of(&arg.value)),
            "toString" | "to_string" | "to_owned" | "as_str" | "into" | "clone" | "parse" | "unwrap" | "strip"
                if alone =>
            {
                Some(of(chain.root))
            }
            _ => None,
        }
    }

    /// `"/".join([…])`
    fn joined(&self, between: &'a Expr, list: &'a Expr, scope: Scope, depth: u32) -> Option<Vec<String>> {
        let between = self.text((between, scope), depth);
        let (list, scope) = self.literal((list, scope), depth).into_iter().next()?;
        let (ExprKind::List(items) | ExprKind::Tuple(items)) = &list.kind else { return None };
        let mut all = vec![String::new()];
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                all = product(&all, &between);
            }
            all = product(&all, &self.text((&item.value, scope), depth));
        }
        Some(all)
    }

    /// `url.JoinPath(base, "a", "b")`: one slash between each.
    fn segments(&self, args: &'a [Arg], scope: Scope, depth: u32) -> Vec<String> {
        let mut all = vec![String::new()];
        for (index, arg) in args.iter().enumerate() {
            let part = self.text((&arg.value, scope), depth);
            let slashed = |text: &String| format!("/{}", text.trim_start_matches('/'));
            let part: Vec<String> = if index == 0 { part } else { part.iter().map(slashed).collect() };
            all = product(&all.iter().map(|text| text.trim_end_matches('/').to_owned()).collect::<Vec<_>>(), &part);
        }
        all
    }

    /// What a builder of URLs is given: `b.path("/a").pathSegment("b").build()`.
    fn built(&self, chain: &Chain<'a>, scope: Scope, depth: u32) -> Option<Vec<String>> {
        let mut all: Option<Vec<String>> = None;
        for link in chain.links.iter().filter(|link| link.call.is_some()) {
            let begins =
                matches!(link.name, Some("fromPath" | "fromUriString" | "fromHttpUrl" | "path" | "replacePath"));
            let args = if begins { link.args().get(..1).unwrap_or_default() } else { link.args() };
            let part = match link.name {
                _ if begins => args.first().map(|arg| self.text((&arg.value, scope), depth))?,
                Some("pathSegment") => product(&["/".to_owned()], &self.segments(args, scope, depth)),
                _ => continue,
            };
            all = Some(product(&all.unwrap_or_else(|| vec![String::new()]), &part));
        }
        all.map(|all| all.iter().map(|text| braces(text)).collect())
    }

    /// `format!("/x/{id}", …)`: names in braces are looked up.
    fn formatted(&self, inner: &'a MacroCall, scope: Scope, depth: u32) -> Option<Vec<String>> {
        if inner.path.last().map(|name| &**name) != Some("format") {
            return None;
        }
        let ExprKind::Str(pattern) = &inner.args.first()?.value.kind else { return None };
        let mut positional = inner.args.iter().skip(1).filter(|arg| arg.name.is_none()).map(|arg| &arg.value);
        let mut all = vec![String::new()];
        let mut rest: &str = pattern;
        while let Some(start) = rest.find('{') {
            let Some(end) = rest[start..].find('}').map(|end| start + end) else { break };
            all = product(&all, &[rest[..start].to_owned()]);
            let name = rest[start + 1..end].split(':').next().unwrap_or_default().trim();
            let value = if name.is_empty() {
                positional.next().map(|expr| self.text((expr, scope), depth)).unwrap_or_default()
            } else {
                self.sources(&self.bound(name, scope), depth)
            };
            all = product(&all, &if value.is_empty() { vec![HOLE.to_string()] } else { value });
            rest = &rest[end + 1..];
        }
        Some(product(&all, &[rest.to_owned()]))
    }
}

/// A member of a map literal.
pub(super) fn field<'a>(expr: &'a Expr, name: &str) -> Option<&'a Expr> {
    let entries = match &expr.kind {
        ExprKind::Map(entries) => entries,
        ExprKind::Composite(_, inner) | ExprKind::Unary(_, inner) => return field(inner, name),
        _ => return None,
    };
    entries.iter().find_map(|entry| match entry {
        Entry::Pair(key, value) => {
            let found = matches!(&key.kind, ExprKind::Str(key) | ExprKind::Name(key) if **key == *name);
            found.then_some(value)
        }
        Entry::Spread(_) => None,
    })
}

fn product(left: &[String], right: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for one in left {
        for other in right {
            if all.len() < MOST_VALUES && one.len() + other.len() <= MOST_BYTES {
                all.push(format!("{one}{other}"));
            }
        }
    }
    all
}

/// `%s`, `%d`, `%(name)s` as holes.
fn percents(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            out.push('%');
            continue;
        }
        while chars.next_if(|c| !c.is_ascii_alphabetic() || *c == '(').is_some() {}
        chars.next();
        out.push(HOLE);
    }
    out
}

/// `{}`, `{name}` as holes.
pub(super) fn braces(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}') else { break };
        out.push_str(&rest[..start]);
        out.push(HOLE);
        rest = &rest[start + end + 1..];
    }
    out + rest
}
